//! A convolution on the processor, by whichever way needs the least work: tap by tap ([`super::direct`]) or, where
//! pictures and kernels are large enough, by Winograd's products ([`super::winograd`]).

use super::super::finish::cpu::Ending;
use super::super::footprint::{Footprint, product};
use super::super::plane::{LANES, Lane, Plane, Room, lanes, vectors};
use super::super::product::WIDE;
use super::super::{Kernel, OpError, Ready, Site, Weights};
use super::direct::Direct;
use super::winograd::{Four, Two, Winograd};
use super::{Conv, Resample};
use bytemuck::Zeroable;

/// Fewest tiles of a picture, so that the transformed weights, up to four times as many, are read for enough of them.
const TILES: usize = 16;
/// Fewest input channels, below which changing the inputs costs more than is won.
const CHANNELS: usize = 8;

/// A convolution with its weights packed.
pub struct Convolution {
    conv: Conv,
    bias: Vec<f32>,
    way: Way,
}

/// How the sums are found.
enum Way {
    Direct(Direct),
    Two(Winograd<Two>),
    Four(Winograd<Four>),
}

impl Convolution {
    /// Packs the weights.
    pub fn new(conv: &Conv, site: &Site<'_>, weights: &Weights) -> Result<Convolution, OpError> {
        let (shape, bias) = (site.shape(), site.tensor(weights, "bias")?.data.clone());
        let weights = &site.tensor(weights, "weight")?.data;
        let tiles = |side: usize| shape.height.div_ceil(side) * shape.width.div_ceil(side);
        let fits = conv.kernel == 3 && conv.resample != Resample::Halve && conv.input_channels >= CHANNELS;
        let way = match () {
            () if fits && tiles(4) >= TILES => Way::Four(Winograd::new(conv, weights)),
            () if fits && tiles(2) >= TILES => Way::Two(Winograd::new(conv, weights)),
            () => Way::Direct(Direct::new(conv, weights)),
        };
        Ok(Convolution { conv: conv.clone(), bias, way })
    }

    /// Convolves `input` (and `skip`, behind its channels) and ends the sums into `output`.
    fn convolve(&self, input: &Plane, skip: Option<&Plane>, ending: &Ending<'_>, room: &mut Room, output: &mut Plane) {
        let mut start = self.bias.clone();
        start.iter_mut().zip(ending.shift).for_each(|(start, shift)| *start += shift);
        let mut start = vectors(&start);
        start.resize(start.len().next_multiple_of(WIDE), Lane::zeroed());
        match &self.way {
            Way::Direct(way) => way.run(input, skip, &start, ending, output),
            Way::Two(way) => way.run(input, skip, &start, ending, room, output),
            Way::Four(way) => way.run(input, skip, &start, ending, room, output),
        }
    }
}

impl Kernel for Convolution {
    fn run(&self, ready: &Ready<'_>, room: &mut Room, output: &mut Plane) {
        let Conv { input, skip, channels, .. } = self.conv;
        let (input, skip) = (ready.value(input), skip.map(|skip| ready.value(skip)));
        let ending = Ending::new(&self.conv.finish, channels, ready);
        if ending.scale.is_empty() {
            return self.convolve(input, skip, &ending, room, output);
        }
        // The sums begin with bias and shift, which a scale would have to pass between.
        self.convolve(input, skip, &Ending::default(), room, output);
        ending.apply(vec![1.0; channels], vec![0.0; channels], output);
    }
}

/// What it takes in memory.
pub fn footprint(conv: &Conv) -> Footprint {
    let kept = packed(conv);
    // While it is packed: a list that has grown to at most twice its length, beside the result.
    Footprint { kept, meanwhile: kept.saturating_mul(2).max(products(conv)) }
}

/// Bytes of the weights, packed: tap by tap, where a doubled input has a smaller kernel for each of four parities, or as
/// the 36 products of Winograd's larger tile.
fn packed(conv: &Conv) -> u64 {
    let side = match (conv.kernel, conv.resample) {
        (3, Resample::Keep | Resample::Double) => 6,
        (kernel, Resample::Double) => 2 * kernel,
        (kernel, _) => kernel,
    };
    let inputs = lanes(conv.input_channels) + lanes(conv.skip_channels);
    product(&[4, conv.channels.next_multiple_of(WIDE * LANES), inputs, side, side])
}

/// Bytes of Winograd's inputs and products, 36 for a tile: of 24 tiles at once, with room to grow.
fn products(conv: &Conv) -> u64 {
    let inputs = lanes(conv.input_channels) + lanes(conv.skip_channels) + WIDE * LANES;
    product(&[2, 4, 36, 25, inputs])
}

//! A convolution with everything that is fused into it, by whichever way needs the least work: tap by tap
//! ([`super::direct`]) or, where pictures and kernels are large enough, by Winograd's products ([`super::winograd`]).

use super::Finish;
use super::direct::Direct;
use super::plane::{Lane, Plane, vectors};
use super::winograd::{Four, Two, Winograd};
use crate::denoiser::ImageShape;
use crate::network::layers::{Conv, Resample};
use crate::simd::{BASELINE, Baseline, Simd};
use bytemuck::Zeroable;
use core::array::from_fn;

/// Vectors of output channels in a tile.
pub const WIDE: usize = 2;
/// Fewest tiles of a picture, so that the transformed weights, up to four times as many, are read for enough of them.
const TILES: usize = 16;
/// Fewest input channels, below which changing the inputs costs more than is won.
const CHANNELS: usize = 8;

/// A vector in a register.
pub type V = <Baseline as Simd>::V;

/// A convolution with its weights packed.
pub struct Convolution {
    bias: Vec<f32>,
    way: Way,
}

/// How the sums are found.
enum Way {
    Direct(Direct),
    Two(Winograd<Two>),
    Four(Winograd<Four>),
}

/// Room for values on the way, shared by the layers of a network.
#[derive(Default)]
pub struct Room {
    /// Inputs as Winograd's products want them.
    pub inputs: Vec<Lane>,
    /// Their products with the weights.
    pub products: Vec<Lane>,
}

impl Convolution {
    /// Packs `weights` `[out, in, k, k]` for results of `output`'s size.
    pub fn new(conv: &Conv, weights: &[f32], bias: &[f32], output: ImageShape) -> Convolution {
        let tiles = |side: usize| output.height.div_ceil(side) * output.width.div_ceil(side);
        let fits = conv.kernel == 3 && conv.resample != Resample::Halve && conv.input_channels >= CHANNELS;
        let way = match () {
            () if fits && tiles(4) >= TILES => Way::Four(Winograd::new(conv, weights)),
            () if fits && tiles(2) >= TILES => Way::Two(Winograd::new(conv, weights)),
            () => Way::Direct(Direct::new(conv, weights)),
        };
        Convolution { bias: bias.to_vec(), way }
    }

    /// Convolves `input` (and `skip`, behind its channels) and finishes into `output`.
    pub fn run(&self, input: &Plane, skip: Option<&Plane>, finish: &Finish, room: &mut Room, output: &mut Plane) {
        let mut start = self.bias.clone();
        start.iter_mut().zip(finish.shift).for_each(|(start, shift)| *start += shift);
        let mut start = vectors(&start);
        start.resize(start.len().next_multiple_of(WIDE), Lane::zeroed());
        match &self.way {
            Way::Direct(way) => way.run(input, skip, &start, finish, output),
            Way::Two(way) => way.run(input, skip, &start, finish, room, output),
            Way::Four(way) => way.run(input, skip, &start, finish, room, output),
        }
    }
}

/// `sums[p] += Σ_c x[p·step + c] · weights[c]`: `P` rows of inputs against `N` vectors of outputs.
#[inline(always)]
pub fn accumulate<const P: usize, const N: usize>(sums: &mut [[V; N]; P], x: &[f32], step: usize, weights: &[Lane]) {
    let s = BASELINE;
    let length = weights.len() / N;
    let rows: [&[f32]; P] = from_fn(|p| &x[p * step..][..length]);
    let mut local = *sums;
    for (c, weights) in weights.chunks_exact(N).enumerate() {
        let weights: [V; N] = from_fn(|v| s.load(&weights[v]));
        for (sums, row) in local.iter_mut().zip(rows) {
            let x = s.splat(row[c]);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = s.mul_add(x, weight, *sum);
            }
        }
    }
    *sums = local;
}

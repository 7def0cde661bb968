//! A convolution with everything that is fused into it, by whichever way needs the least work: tap by tap
//! ([`super::direct`]) or, where pictures and kernels are large enough, by Winograd's products ([`super::winograd`]).

use super::Finish;
use super::direct::Direct;
use super::plane::{LANES, Lane, Plane, vectors};
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

/// Products of rows of inputs, `step` vectors apart, with a block of weights, `[input, WIDE]`: `WIDE` vectors for each row, as many as fit
/// into `products`.
#[inline(never)]
pub fn multiply(inputs: &[Lane], step: usize, weights: &[Lane], products: &mut [Lane]) {
    #[inline(always)]
    fn rows<const P: usize>(inputs: &[Lane], step: usize, weights: &[Lane], products: &mut [Lane]) -> usize {
        let s = BASELINE;
        let mut sums = [[s.splat(0.0); WIDE]; P];
        accumulate(&mut sums, inputs, step, weights);
        for (sum, product) in sums.as_flattened().iter().zip(products) {
            s.store(*sum, product);
        }
        P
    }
    let (mut row, count) = (0, products.len() / WIDE);
    while row < count {
        let (inputs, products) = (&inputs[row * step..], &mut products[row * WIDE..]);
        row += match count - row {
            6 | 7 | 9.. => rows::<6>(inputs, step, weights, products),
            4.. => rows::<4>(inputs, step, weights, products),
            2.. => rows::<2>(inputs, step, weights, products),
            _ => rows::<1>(inputs, step, weights, products),
        };
    }
}

/// `sums[p] += Σ_c x[p·step][c] · weights[c]`: `P` rows of inputs, `step` vectors apart, against `N` vectors of outputs.
/// Inputs are read a vector at a time, and each of its lanes is spread from there: that takes a third fewer reads than
/// spreading them from memory. Never inlined, so that the few sizes exist once.
#[inline(never)]
pub fn accumulate<const P: usize, const N: usize>(sums: &mut [[V; N]; P], x: &[Lane], step: usize, weights: &[Lane]) {
    let s = BASELINE;
    let (weights, _) = weights.as_chunks::<N>();
    let (weights, _) = weights.as_chunks::<LANES>();
    let rows: [&[Lane]; P] = from_fn(|p| &x[p * step..][..weights.len()]);
    let mut local = *sums;
    for (c, weights) in weights.iter().enumerate() {
        let x: [V; P] = from_fn(|p| s.load(&rows[p][c]));
        add_products(&mut local, x.map(|x| s.spread::<0>(x)), &weights[0]);
        add_products(&mut local, x.map(|x| s.spread::<1>(x)), &weights[1]);
        add_products(&mut local, x.map(|x| s.spread::<2>(x)), &weights[2]);
        add_products(&mut local, x.map(|x| s.spread::<3>(x)), &weights[3]);
    }
    *sums = local;
}

/// `sums[p] += x[p] · weights`.
#[inline(always)]
fn add_products<const P: usize, const N: usize>(sums: &mut [[V; N]; P], x: [V; P], weights: &[Lane; N]) {
    let s = BASELINE;
    let weights: [V; N] = from_fn(|v| s.load(&weights[v]));
    for (sums, x) in sums.iter_mut().zip(x) {
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum = s.mul_add(x, weight, *sum);
        }
    }
}

//! Convolution with kernels of 3 × 3 by Winograd's minimal filtering (Lavin & Gray 2016): a tile of `M × M` outputs is found
//! from `(M + 2)²` products for each pair of channels, not `9·M²`: `Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A`. Products at the same place of many
//! tiles are a matrix product, with the inner loop that all convolutions share.
//!
//! A picture that is doubled before it is convolved repeats its pixels in pairs. Then one row and one column of `Bᵀ d B` are
//! always zero ([`Filter::ZERO`]), and their products are left out: for 4 × 4 outputs, 25 for an input's channel and not 36.

use super::super::finish::cpu::Ending;
use super::super::plane::{LANES, Lane, Plane, Room};
use super::super::product::{V, WIDE, multiply};
use super::{Conv, Resample};
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;
use core::array::from_fn;
use core::marker::PhantomData;

/// Tiles that are worked on together.
pub const TOGETHER: usize = 24;
/// Vectors between the rows of two places, so that they do not all fall into the same lines of a cache.
pub const APART: usize = 4;

/// The transforms of one size, along one side; `M` outputs from `N = M + 2` inputs.
pub trait Filter {
    /// Outputs of a tile's side.
    const M: usize;
    /// Inputs of a tile's side.
    const N: usize;
    /// The place that is zero for inputs in pairs `a b b c c d`.
    const ZERO: usize;
    /// `Bᵀ` times inputs.
    fn input(x: [V; 6]) -> [V; 6];
    /// `Aᵀ` times products.
    fn output(x: [V; 6]) -> [V; 4];
    /// `G` times a kernel.
    fn kernel(g: [f64; 3]) -> [f64; 6];

    /// The first channel that a place has anything of, where `first` are the (doubled) input's.
    fn begin(place: usize, double: bool, first: usize) -> usize {
        let zero = place / Self::N == Self::ZERO || place % Self::N == Self::ZERO;
        if double && zero { first } else { 0 }
    }
}

/// 2 × 2 outputs: 16 products, by the points 0, 1, −1, ∞.
pub struct Two;
/// 4 × 4 outputs: 36 products, by the points 0, 1, −1, 2, −2, ∞.
pub struct Four;

impl Filter for Two {
    const M: usize = 2;
    const N: usize = 4;
    const ZERO: usize = 2;

    #[inline(always)]
    fn input(x: [V; 6]) -> [V; 6] {
        let s = BASELINE;
        [s.sub(x[0], x[2]), s.add(x[1], x[2]), s.sub(x[2], x[1]), s.sub(x[1], x[3]), s.splat(0.0), s.splat(0.0)]
    }
    #[inline(always)]
    fn output(x: [V; 6]) -> [V; 4] {
        let s = BASELINE;
        let (sum, difference) = (s.add(x[1], x[2]), s.sub(x[1], x[2]));
        [s.add(x[0], sum), s.sub(difference, x[3]), s.splat(0.0), s.splat(0.0)]
    }
    fn kernel(g: [f64; 3]) -> [f64; 6] {
        [g[0], (g[0] + g[1] + g[2]) / 2.0, (g[0] - g[1] + g[2]) / 2.0, g[2], 0.0, 0.0]
    }
}

impl Filter for Four {
    const M: usize = 4;
    const N: usize = 6;
    const ZERO: usize = 2;

    #[inline(always)]
    fn input(x: [V; 6]) -> [V; 6] {
        let s = BASELINE;
        let (four, five) = (s.splat(4.0), s.splat(5.0));
        let twice = |x: V| s.add(x, x);
        let (a, b) = (s.neg_mul_add(four, x[2], x[4]), s.neg_mul_add(four, x[1], x[3]));
        let (c, d) = (s.sub(x[4], x[2]), twice(s.sub(x[3], x[1])));
        let first = s.neg_mul_add(five, x[2], s.mul_add(four, x[0], x[4]));
        let last = s.neg_mul_add(five, x[3], s.mul_add(four, x[1], x[5]));
        [first, s.add(a, b), s.sub(a, b), s.add(c, d), s.sub(c, d), last]
    }
    #[inline(always)]
    fn output(x: [V; 6]) -> [V; 4] {
        let s = BASELINE;
        let (near, odd) = (s.add(x[1], x[2]), s.sub(x[1], x[2]));
        let (far, wide) = (s.add(x[3], x[4]), s.sub(x[3], x[4]));
        [
            s.add(s.add(x[0], near), far),
            s.mul_add(s.splat(2.0), wide, odd),
            s.mul_add(s.splat(4.0), far, near),
            s.add(s.mul_add(s.splat(8.0), wide, odd), x[5]),
        ]
    }
    fn kernel(g: [f64; 3]) -> [f64; 6] {
        let (even, odd) = ((g[0] + g[2]) / -6.0, g[1] / -6.0);
        let (wide, far) = ((g[0] + 4.0 * g[2]) / 24.0, g[1] / 12.0);
        [g[0] / 4.0, even + odd, even - odd, wide + far, wide - far, g[2]]
    }
}

/// A convolution with its weights transformed and packed.
pub struct Winograd<F> {
    /// `[block of output channels][place][channel of input, then skip][WIDE]`, without the input's channels where they are zero.
    weights: Vec<Lane>,
    double: bool,
    filter: PhantomData<F>,
}

impl<F: Filter> Winograd<F> {
    /// Packs `weights` `[out, in, 3, 3]`.
    pub fn new(conv: &Conv, weights: &[f32]) -> Self {
        let inputs = conv.input_channels + conv.skip_channels;
        let double = conv.resample == Resample::Double;
        let first = conv.input_channels.next_multiple_of(LANES);
        let all = first + conv.skip_channels.next_multiple_of(LANES);
        let block_size: usize = (0..F::N * F::N).map(|place| all - F::begin(place, double, first)).sum();
        let wide = WIDE * LANES;
        let mut packed = vec![Lane::zeroed(); conv.channels.div_ceil(wide) * block_size * WIDE];
        let values: &mut [f32] = bytemuck::cast_slice_mut(&mut packed);
        for (at, kernel) in weights.chunks_exact(9).enumerate() {
            let (output, input) = (at / inputs, at % inputs);
            let channel = if input < conv.input_channels { input } else { first + input - conv.input_channels };
            let mut start = output / wide * block_size;
            for (place, value) in transformed::<F>(kernel).into_iter().enumerate().take(F::N * F::N) {
                let begin = F::begin(place, double, first);
                if channel >= begin {
                    values[(start + channel - begin) * wide + output % wide] = value;
                }
                start += all - begin;
            }
        }
        Winograd { weights: packed, double, filter: PhantomData }
    }
    /// Convolves `input` (and `skip`, behind its channels) and ends the sums into `output`; `start` is added to all sums.
    pub fn run(
        &self,
        input: &Plane,
        skip: Option<&Plane>,
        start: &[Lane],
        ending: &Ending<'_>,
        room: &mut Room,
        output: &mut Plane,
    ) {
        let groups = input.groups + skip.map_or(0, |skip| skip.groups);
        let across = output.shape.width.div_ceil(F::M);
        let tiles = output.shape.height.div_ceil(F::M) * across;
        let together = tiles.div_ceil(tiles.div_ceil(TOGETHER));
        let (stride, places) = (together * groups + APART, F::N * F::N);
        room.inputs.resize(room.inputs.len().max(places * stride), Lane::zeroed());
        room.products.resize(room.products.len().max(places * together * WIDE), Lane::zeroed());
        let inputs = &mut room.inputs[..places * stride];
        let products = &mut room.products[..places * together * WIDE];
        let corner = |tile: usize| (tile / across * F::M, tile % across * F::M);
        for begin in (0..tiles).step_by(together) {
            let some = begin..tiles.min(begin + together);
            for (i, (y, x)) in some.clone().map(corner).enumerate() {
                let mut at = i * groups;
                for (plane, double) in [(Some(input), self.double), (skip, false)] {
                    let Some(plane) = plane else { continue };
                    spread::<F>(plane, (y, x), double, &mut inputs[at..], stride);
                    at += plane.groups;
                }
            }
            let blocks =
                start.chunks_exact(WIDE).zip(self.weights.chunks_exact(self.weights.len() / (start.len() / WIDE)));
            for (block, (start, mut weights)) in blocks.enumerate() {
                for (place, products) in products.chunks_exact_mut(together * WIDE).enumerate() {
                    let first = F::begin(place, self.double, input.groups);
                    let (now, later) = weights.split_at((groups - first) * LANES * WIDE);
                    multiply(&inputs[place * stride + first..], groups, now, &mut products[..some.len() * WIDE]);
                    weights = later;
                }
                for v in 0..WIDE.min(output.groups - block * WIDE) {
                    for (i, corner) in some.clone().map(corner).enumerate() {
                        let products = &products[i * WIDE + v..];
                        gather::<F>(products, together * WIDE, corner, &start[v], block * WIDE + v, ending, output);
                    }
                }
            }
        }
    }
}

/// `G g Gᵀ` of a kernel `[3, 3]`: a number for each place.
fn transformed<F: Filter>(kernel: &[f32]) -> [f32; 36] {
    let value = |row: usize, column: usize| f64::from(kernel[row * 3 + column]);
    let columns: [[f64; 6]; 3] = from_fn(|column| F::kernel(from_fn(|row| value(row, column))));
    let mut places = [0.0; 36];
    for row in 0..F::N {
        let line = F::kernel(from_fn(|column| columns[column][row]));
        for column in 0..F::N {
            places[row * F::N + column] = line[column] as f32;
        }
    }
    places
}

/// `Bᵀ d B` of the tile whose first output is at `(y, x)`, for all channels of `plane`; the places are `stride` apart.
#[allow(clippy::needless_range_loop)] // Matrices: places are named by row and column.
#[inline(never)]
pub fn spread<F: Filter>(plane: &Plane, (y, x): (usize, usize), double: bool, inputs: &mut [Lane], stride: usize) {
    let s = BASELINE;
    // What lies beyond the border reaches only outputs that nobody wants.
    let at = |position: usize, i: usize, side: usize| {
        (((position + i) as isize - 1) >> isize::from(double)).min(side as isize)
    };
    let rows: [usize; 6] = from_fn(|i| plane.pixel(at(y, i.min(F::N - 1), plane.shape.height), 0));
    let origin = plane.pixel(0, 0) as isize;
    let columns: [isize; 6] = from_fn(|i| plane.pixel(0, at(x, i.min(F::N - 1), plane.shape.width)) as isize - origin);
    let lanes = plane.lanes();
    for group in 0..plane.groups {
        let mut half = [[s.splat(0.0); 6]; 6];
        for column in 0..F::N {
            let place = |row: usize| (rows[row] as isize + columns[column]) as usize + group;
            let line = F::input(from_fn(|row| s.load(&lanes[place(row)])));
            for row in 0..F::N {
                half[row][column] = line[row];
            }
        }
        for row in 0..F::N {
            let line = F::input(half[row]);
            for column in 0..F::N {
                s.store(line[column], &mut inputs[(row * F::N + column) * stride + group]);
            }
        }
    }
}

/// `Aᵀ m A` of the tile whose first output is at `(y, x)`, ended in one vector of channels; the places of `products`
/// are `stride` apart.
#[allow(clippy::needless_range_loop)] // Matrices: places are named by row and column.
#[inline(never)]
pub fn gather<F: Filter>(
    products: &[Lane],
    stride: usize,
    (y, x): (usize, usize),
    start: &Lane,
    group: usize,
    ending: &Ending<'_>,
    output: &mut Plane,
) {
    let s = BASELINE;
    let start = s.load(start);
    let mut half = [[s.splat(0.0); 6]; 4];
    for column in 0..F::N {
        let place = |row: usize| (row.min(F::N - 1) * F::N + column) * stride;
        let line = F::output(from_fn(|row| s.load(&products[place(row)])));
        for row in 0..F::M {
            half[row][column] = line[row];
        }
    }
    for row in 0..F::M.min(output.shape.height - y) {
        let line = F::output(half[row]);
        let first = output.pixel((y + row) as isize, x as isize) + group;
        for column in 0..F::M.min(output.shape.width - x) {
            ending.store(s.add(line[column], start), first + column * output.groups, output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::direct::Direct;
    use super::*;
    use crate::denoiser::ImageShape;
    use crate::ops::plane::vectors;
    use crate::ops::{Activation, Finish};
    use crate::sampler::noise;
    use proptest::prelude::*;

    /// Random numbers.
    fn random(stream: u64, count: usize) -> Vec<f32> {
        let mut values = vec![0.0; count];
        noise::fill(7, stream, &mut values);
        values
    }

    /// A random picture with a border of one pixel, of zeros or of the opposite side.
    fn plane(stream: u64, channels: usize, (height, width): (usize, usize), circular: bool) -> Plane {
        let shape = ImageShape { channels, height, width };
        let mut plane = Plane::new(shape, 1);
        plane.write(&random(stream, shape.len()));
        if circular {
            plane.wrap();
        }
        plane
    }

    /// Largest difference of what a filter and the direct way say, over the largest value.
    fn difference<F: Filter>(conv: &Conv, (height, width): (usize, usize), circular: bool) -> f32 {
        let double = conv.resample == Resample::Double;
        let below = if double { (height / 2, width / 2) } else { (height, width) };
        let input = plane(0, conv.input_channels, below, circular);
        let skip = conv.skip.map(|_| plane(1, conv.skip_channels, (height, width), circular));
        let residual = plane(2, conv.channels, (height, width), circular);
        let weights = random(3, conv.channels * (conv.input_channels + conv.skip_channels) * 9);
        let mut start = vectors(&random(4, conv.channels));
        start.resize(start.len().next_multiple_of(WIDE), Lane::zeroed());
        let activation = conv.finish.activation;
        let ending = Ending { activation, residual: Some(&residual), ..Ending::default() };
        let empty = || Plane::new(ImageShape { channels: conv.channels, height, width }, 1);
        let (mut expected, mut found) = (empty(), empty());
        Direct::new(conv, &weights).run(&input, skip.as_ref(), &start, &ending, &mut expected);
        // Room that another layer has left its values in.
        let mut room = Room { inputs: vectors(&[1e9; 200]), products: vectors(&[1e9; 200]), ..Room::default() };
        Winograd::<F>::new(conv, &weights).run(&input, skip.as_ref(), &start, &ending, &mut room, &mut found);
        let largest = expected.read().fold(1.0f32, |largest, value| largest.max(value.abs()));
        expected.read().zip(found.read()).fold(0.0f32, |worst, (e, f)| worst.max((e - f).abs())) / largest
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn both_sizes_say_what_the_direct_way_says(
            half in (1usize..10, 1usize..10),
            odd in any::<bool>(),
            channels in (1usize..20, 0usize..12, 1usize..20),
            double in any::<bool>(),
            activation in prop::sample::select(vec![Activation::None, Activation::Relu]),
            circular in any::<bool>(),
        ) {
            let more = usize::from(odd && !double);
            let side = (2 * half.0 + more, 2 * half.1 + more);
            let (input_channels, skip_channels, channels) = channels;
            let conv = Conv {
                input: 0,
                input_channels,
                skip: (skip_channels > 0).then_some(1),
                skip_channels,
                channels,
                kernel: 3,
                resample: if double { Resample::Double } else { Resample::Keep },
                finish: Finish { activation, ..Finish::default() },
            };
            let (two, four) = (difference::<Two>(&conv, side, circular), difference::<Four>(&conv, side, circular));
            prop_assert!(two < 2e-6, "2 × 2: off by {two}");
            prop_assert!(four < 1e-5, "4 × 4: off by {four}");
        }
    }
}

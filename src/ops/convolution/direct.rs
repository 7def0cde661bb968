//! Convolution tap by tap, for every kernel, stride and size, channels last. A tile is a few neighbouring pixels × two vectors of
//! output channels, all of it in registers; along a row of the kernel the inputs of a pixel lie behind each other, so the inner
//! loop reads one weight vector after the other and spreads one input value over the lanes.
//!
//! A convolution of a doubled input never makes the doubled picture: the pixels of equal parity see it through a smaller
//! kernel whose weights are sums of the given ones, so each parity is a convolution at the low resolution.

use super::super::finish::cpu::Ending;
use super::super::plane::{LANES, Lane, Plane, vectors};
use super::super::product::{V, WIDE, accumulate};
use super::{Conv, Resample};
use crate::simd::{BASELINE, Simd};
use core::array::from_fn;

/// A convolution with its weights packed.
pub struct Direct {
    /// Output pixels of one parity, or all of them.
    pub parities: Vec<Parity>,
    /// Distance of the output pixels of one parity.
    pub step: usize,
    /// Distance of their inputs.
    pub stride: usize,
}

/// How the output pixels of one parity are computed.
pub struct Parity {
    pub row: usize,
    pub column: usize,
    pub input: Vec<Strip>,
    pub skip: Vec<Strip>,
    /// `[block of output channels][strip of input, then skip][pixel][channel][WIDE]`.
    pub weights: Vec<Lane>,
}

/// Neighbouring pixels under one row of the kernel, relative to the pixel under its centre.
#[derive(Clone, Copy)]
pub struct Strip {
    pub row: isize,
    pub column: isize,
    pub pixels: usize,
}

impl Direct {
    /// Packs `weights` `[out, in, k, k]`.
    pub fn new(conv: &Conv, weights: &[f32]) -> Direct {
        let double = conv.resample == Resample::Double;
        let parities = if double { vec![(0, 0), (0, 1), (1, 0), (1, 1)] } else { vec![(0, 0)] };
        let pack = |(row, column): (usize, usize)| {
            let strips = |parity: Option<(usize, usize)>| {
                let rows = reach(conv.kernel, parity.map(|(row, _)| row));
                let columns = reach(conv.kernel, parity.map(|(_, column)| column));
                rows.map(|row| Strip { row, column: *columns.start(), pixels: columns.clone().count() }).collect()
            };
            let parity = double.then_some((row, column));
            let input: Vec<Strip> = strips(parity);
            let skip: Vec<Strip> = if conv.skip.is_some() { strips(None) } else { Vec::new() };
            let mut packed = Vec::new();
            let blocks = conv.channels.div_ceil(LANES * WIDE);
            for block in 0..blocks {
                let mut source = |strips: &[Strip], first: usize, channels: usize, parity: Option<(usize, usize)>| {
                    for strip in strips {
                        for pixel in 0..strip.pixels as isize {
                            for channel in 0..channels.next_multiple_of(LANES) {
                                for lane in 0..WIDE * LANES {
                                    let output = block * WIDE * LANES + lane;
                                    let there = channel < channels && output < conv.channels;
                                    let tap = (strip.row, strip.column + pixel);
                                    let sum = || taps(conv, weights, output, first + channel, tap, parity);
                                    packed.push(if there { sum() } else { 0.0 });
                                }
                            }
                        }
                    }
                };
                source(&input, 0, conv.input_channels, parity);
                source(&skip, conv.input_channels, conv.skip_channels, None);
            }
            Parity { row, column, input, skip, weights: vectors(&packed) }
        };
        Direct {
            parities: parities.into_iter().map(pack).collect(),
            step: if double { 2 } else { 1 },
            stride: if conv.resample == Resample::Halve { 2 } else { 1 },
        }
    }

    /// Convolves `input` (and `skip`, behind its channels) and ends the sums into `output`; sums begin with `start`.
    pub fn run(&self, input: &Plane, skip: Option<&Plane>, start: &[Lane], ending: &Ending<'_>, output: &mut Plane) {
        for parity in &self.parities {
            let block = parity.weights.len() / (start.len() / WIDE);
            for (b, (weights, start)) in parity.weights.chunks_exact(block).zip(start.chunks_exact(WIDE)).enumerate() {
                let piece = Piece { convolution: self, parity, weights, start, block: b, input, skip, ending };
                for row in 0..output.shape.height / self.step {
                    piece.row(row, output);
                }
            }
        }
    }
}

/// Where the taps of a kernel fall, in input pixels: all around, or through doubling for output pixels of one parity.
fn reach(kernel: usize, parity: Option<usize>) -> core::ops::RangeInclusive<isize> {
    let half = (kernel / 2) as isize;
    match parity {
        None => -half..=half,
        Some(parity) => (parity as isize - half).div_euclid(2)..=(parity as isize + half).div_euclid(2),
    }
}

/// The weight of one input pixel: the sum of all taps that fall on it.
fn taps(
    conv: &Conv,
    weights: &[f32],
    output: usize,
    channel: usize,
    (row, column): (isize, isize),
    parity: Option<(usize, usize)>,
) -> f32 {
    let (inputs, k) = (conv.input_channels + conv.skip_channels, conv.kernel);
    let kernel = &weights[(output * inputs + channel) * k * k..][..k * k];
    let on = |tap: usize, at: isize, parity: Option<usize>| {
        let offset = tap as isize - (k / 2) as isize;
        at == parity.map_or(offset, |parity| (parity as isize + offset).div_euclid(2))
    };
    let rows = (0..k).filter(|&tap| on(tap, row, parity.map(|p| p.0)));
    let hits = rows.flat_map(|r| (0..k).filter(|&tap| on(tap, column, parity.map(|p| p.1))).map(move |c| (r, c)));
    hits.map(|(r, c)| kernel[r * k + c]).sum()
}

/// One block of output channels over the pixels of one parity.
struct Piece<'a> {
    convolution: &'a Direct,
    parity: &'a Parity,
    weights: &'a [Lane],
    start: &'a [Lane],
    block: usize,
    input: &'a Plane,
    skip: Option<&'a Plane>,
    ending: &'a Ending<'a>,
}

impl Piece<'_> {
    /// One row, in tiles as wide as the registers allow.
    fn row(&self, row: usize, output: &mut Plane) {
        let width = output.shape.width / self.convolution.step;
        let mut column = 0;
        while column < width {
            column += match width - column {
                6 | 7 | 9.. => self.tile::<6>(row, column, output),
                4.. => self.tile::<4>(row, column, output),
                2.. => self.tile::<2>(row, column, output),
                _ => self.tile::<1>(row, column, output),
            };
        }
    }

    /// `P` pixels; how many they were.
    #[inline(always)]
    fn tile<const P: usize>(&self, row: usize, column: usize, output: &mut Plane) -> usize {
        let (s, Direct { step, stride, .. }, parity) = (BASELINE, self.convolution, self.parity);
        let first: [V; WIDE] = from_fn(|v| s.load(&self.start[v]));
        let mut sums = [first; P];
        let weights = add(&mut sums, self.input, &parity.input, (row * stride, column * stride), *stride, self.weights);
        let (row, column) = (row * step + parity.row, column * step + parity.column);
        if let Some(skip) = self.skip {
            add(&mut sums, skip, &parity.skip, (row, column), *step, weights);
        }
        for (p, sums) in sums.into_iter().enumerate() {
            let at = output.pixel(row as isize, (column + p * step) as isize) + self.block * WIDE;
            let groups = output.groups - self.block * WIDE;
            for (v, sum) in sums.into_iter().enumerate().take(groups) {
                self.ending.store(sum, at + v, output);
            }
        }
        P
    }
}

/// Adds what `P` pixels of one plane give, `stride` pixels apart from `(row, column)` on; the weights that are left over.
#[inline(always)]
fn add<'a, const P: usize>(
    sums: &mut [[V; WIDE]; P],
    plane: &Plane,
    strips: &[Strip],
    (row, column): (usize, usize),
    stride: usize,
    mut weights: &'a [Lane],
) -> &'a [Lane] {
    for strip in strips {
        let (now, later) = weights.split_at(strip.pixels * plane.groups * LANES * WIDE);
        let at = plane.pixel(row as isize + strip.row, column as isize + strip.column);
        accumulate(sums, &plane.lanes()[at..], stride * plane.groups, now);
        weights = later;
    }
    weights
}

//! Learning through the convolution. The gradient of what it reads is a convolution again, with weights transposed and
//! flipped ([`super::taps`]).
//!
//! The gradient of the weights is, for each tap, a product over pixels of inputs and gradients. Under a row of the kernel
//! the inputs lie behind each other, so three of their vectors against one of the gradient stay in registers while the
//! pixels go by. Through doubling, the pixels of one parity give the gradient of its own small kernel, which is shared out
//! to the taps that it is a sum of.

use super::super::backward::{Backward, Learner, Pass, add_pixels};
use super::super::plane::{LANES, Lane, Plane};
use super::super::product::V;
use super::super::{Site, Value};
use super::direct::Strip;
use super::taps::{Line, Taps, cross, parities};
use super::tiles::{self, Tiles};
use super::{Conv, Resample};
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;
use core::array::from_fn;

/// About how many bytes of inputs and gradients go by together: what a processor's nearest memory holds.
const NEAR: usize = 1 << 15;

/// A convolution that learns.
struct Lesson {
    conv: Conv,
    output: Value,
    /// The way forward.
    forward: Taps,
    /// From the gradient of its sums to those of the input and of the skip.
    back: Vec<(Value, Taps)>,
    /// The products that make the gradient of the weights.
    crossings: Vec<Crossing>,
    /// Room for one of them.
    products: Vec<Lane>,
}

impl Backward for Conv {
    fn learner(&self, site: &Site<'_>) -> Box<dyn Learner> {
        if tiles::fits(self, site.shape()) { Box::new(Tiles::new(self, site)) } else { direct(self, site) }
    }
}

/// Tap by tap, for every kernel, stride and size.
pub fn direct(conv: &Conv, site: &Site<'_>) -> Box<dyn Learner> {
    // Nobody asks how the loss changes with the noisy picture.
    let input = (conv.input, 0, conv.input_channels, conv.resample);
    let skip = conv.skip.map(|skip| (skip, conv.input_channels, conv.skip_channels, Resample::Keep));
    let read = [input].into_iter().chain(skip).filter(|&(value, ..)| value > 0);
    let back = read.map(|(value, first, channels, resample)| (value, Taps::back(conv, first, channels, resample)));
    Box::new(Lesson {
        conv: conv.clone(),
        output: site.output,
        forward: Taps::forward(conv),
        back: back.collect(),
        crossings: crossings(conv),
        products: Vec::new(),
    })
}

impl Lesson {
    fn weights(&self) -> usize {
        self.conv.channels * self.conv.inputs() * self.conv.kernel * self.conv.kernel
    }

    /// Adds the gradients of weights and biases, from those of the sums.
    fn add_gradients(&mut self, passes: &[Pass], tensors: &mut [f32]) {
        let (weights, biases) = tensors.split_at_mut(self.weights());
        let mut sums = vec![Lane::zeroed(); self.conv.channels.div_ceil(LANES)];
        passes.iter().for_each(|pass| add_pixels(&mut sums, &pass.gradients[self.output]));
        biases.iter_mut().zip(bytemuck::cast_slice::<Lane, f32>(&sums)).for_each(|(bias, sum)| *bias += sum);
        for crossing in &self.crossings {
            let pairs: Vec<_> =
                passes.iter().map(|pass| (&pass.values[crossing.value], &pass.gradients[self.output])).collect();
            let Some(&(value, gradient)) = pairs.first() else { return };
            let places = crossing.places(value, gradient);
            self.products.clear();
            self.products.resize(sums.len() * LANES * crossing.width(), Lane::zeroed());
            let together = (NEAR / (size_of_val(value.lanes()) + size_of_val(gradient.lanes()))).max(1);
            pairs.chunks(together).for_each(|pairs| crossing.multiply(pairs, &places, &mut self.products));
            crossing.share_out(&self.conv, &self.products, weights);
        }
    }
}

impl Learner for Lesson {
    fn pack(&mut self, tensors: &[f32]) {
        let (weights, bias) = tensors.split_at(self.weights());
        self.forward.pack(weights);
        bytemuck::cast_slice_mut::<Lane, f32>(&mut self.forward.start)[..bias.len()].copy_from_slice(bias);
        self.back.iter_mut().for_each(|(_, taps)| taps.pack(weights));
    }

    fn forward(&self, pass: &mut Pass) {
        let plain = self.conv.finish.is_nothing();
        let mut sums = if plain { pass.take(self.output) } else { std::mem::take(&mut pass.sums[self.output]) };
        let skip = self.conv.skip.map(|skip| &pass.values[skip]);
        self.forward.run(&pass.values[self.conv.input], skip, &mut sums);
        if plain {
            pass.put(self.output, sums);
        } else {
            pass.sums[self.output] = sums;
            self.conv.finish.forward(self.conv.channels, self.output, pass);
        }
    }

    fn backward(&mut self, passes: &mut [Pass], tensors: &mut [f32]) {
        for pass in passes.iter_mut() {
            self.conv.finish.backward(self.conv.channels, self.output, pass);
            pass.border(self.output);
        }
        self.add_gradients(passes, tensors);
        for (value, taps) in &self.back {
            for pass in passes.iter_mut() {
                pass.spare.reshape(pass.values[*value].shape);
                taps.run(&pass.gradients[self.output], None, &mut pass.spare);
                pass.add_spare(*value);
            }
        }
    }
}

/// Neighbouring pixels under a row of the kernel, as it goes over the picture: what is read there, times the gradient of
/// the sums, summed over the output pixels of one parity, is the gradient of the taps on them.
struct Crossing {
    value: Value,
    channels: usize,
    /// The first of its channels among all inputs.
    first: usize,
    /// The taps on each pixel.
    taps: Vec<Vec<usize>>,
    strip: Strip,
    parity: (usize, usize),
    /// Distance of the output pixels, and of the inputs under them.
    step: usize,
    stride: usize,
}

/// All rows of a convolution's kernel.
fn crossings(conv: &Conv) -> Vec<Crossing> {
    let (k, double) = (conv.kernel, conv.resample == Resample::Double);
    let mut list = Vec::new();
    let mut over = |value: Value, first: usize, channels: usize, double: bool, stride: usize| {
        for &parity in parities(double) {
            let line = |parity: usize| if double { Line::doubled(k, parity) } else { Line::plain(k) };
            let (strips, taps) = cross(&line(parity.0), &line(parity.1), k);
            let pixels = strips.first().map_or(1, |strip| strip.pixels);
            for (strip, taps) in strips.into_iter().zip(taps.chunks(pixels)) {
                let (step, taps) = (if double { 2 } else { 1 }, taps.to_vec());
                list.push(Crossing { value, channels, first, taps, strip, parity, step, stride });
            }
        }
    };
    over(conv.input, 0, conv.input_channels, double, conv.stride());
    if let Some(skip) = conv.skip {
        over(skip, conv.input_channels, conv.skip_channels, false, 1);
    }
    list
}

impl Crossing {
    /// Vectors under a row of the kernel.
    fn width(&self) -> usize {
        self.strip.pixels * self.channels.div_ceil(LANES)
    }

    /// Where the vectors of every output pixel begin: of the inputs under its row, and of its gradient.
    fn places(&self, value: &Plane, gradient: &Plane) -> Vec<(usize, usize)> {
        let (rows, columns) = (gradient.shape.height / self.step, gradient.shape.width / self.step);
        let place = |at: usize| {
            let (row, column) = (at / columns, at % columns);
            let input = |at: usize, off: isize| (at * self.stride) as isize + off;
            let output = |at: usize, parity: usize| (at * self.step + parity) as isize;
            let from = value.pixel(input(row, self.strip.row), input(column, self.strip.column));
            (from, gradient.pixel(output(row, self.parity.0), output(column, self.parity.1)))
        };
        (0..rows * columns).map(place).collect()
    }

    /// Adds the products of gradients and inputs, summed over pixels, to `products`, `[output][vector under the row]`.
    fn multiply(&self, pairs: &[(&Plane, &Plane)], places: &[(usize, usize)], products: &mut [Lane]) {
        let width = self.width();
        for (group, products) in products.chunks_exact_mut(LANES * width).enumerate() {
            let mut at = 0;
            while at < width {
                at += match width - at {
                    3 | 5.. => self.tile::<3>(pairs, places, (group, at), products),
                    2 | 4 => self.tile::<2>(pairs, places, (group, at), products),
                    _ => self.tile::<1>(pairs, places, (group, at), products),
                };
            }
        }
    }

    /// The same for one vector of outputs and `N` of inputs; how many these are.
    #[inline(never)]
    fn tile<const N: usize>(
        &self,
        pairs: &[(&Plane, &Plane)],
        places: &[(usize, usize)],
        (group, at): (usize, usize),
        products: &mut [Lane],
    ) -> usize {
        let (s, width) = (BASELINE, self.width());
        let place = |lane: usize, n: usize| lane * width + at + n;
        let mut sums: [[V; N]; LANES] = from_fn(|lane| from_fn(|n| s.load(&products[place(lane, n)])));
        for (value, gradient) in pairs {
            let (values, gradients) = (&value.lanes()[at..], &gradient.lanes()[group..]);
            for &(from, to) in places {
                let gradient = s.load(&gradients[to]);
                let values = &values[from..from + N];
                let values: [V; N] = from_fn(|n| s.load(&values[n]));
                let spread = [
                    s.spread::<0>(gradient),
                    s.spread::<1>(gradient),
                    s.spread::<2>(gradient),
                    s.spread::<3>(gradient),
                ];
                for (sums, gradient) in sums.iter_mut().zip(spread) {
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum = s.mul_add(value, gradient, *sum);
                    }
                }
            }
        }
        for (lane, sums) in sums.iter().enumerate() {
            for (n, sum) in sums.iter().enumerate() {
                s.store(*sum, &mut products[place(lane, n)]);
            }
        }
        N
    }

    /// Adds its products to the gradients of its taps, in weights `[out, in, k, k]`.
    fn share_out(&self, conv: &Conv, products: &[Lane], weights: &mut [f32]) {
        let area = conv.kernel * conv.kernel;
        let lanes = self.channels.next_multiple_of(LANES);
        let rows = bytemuck::cast_slice::<Lane, f32>(products).chunks_exact(self.width() * LANES);
        for (output, row) in rows.enumerate().take(conv.channels) {
            let kernels = &mut weights[(output * conv.inputs() + self.first) * area..][..self.channels * area];
            for (products, taps) in row.chunks_exact(lanes).zip(&self.taps) {
                for (kernel, product) in kernels.chunks_exact_mut(area).zip(products) {
                    taps.iter().for_each(|&tap| kernel[tap] += product);
                }
            }
        }
    }
}

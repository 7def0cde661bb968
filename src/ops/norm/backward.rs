//! Learning through group normalisation. With x̂ the normalised value, γ its scale and N the values of a group, the
//! gradient of the input is `(γ·g − mean(γ·g) − x̂·mean(γ·g·x̂)) / deviation`: for each channel a sum of the gradient, the
//! input and a number, so that two passes over the pixels are enough.

use super::super::backward::{Backward, Learner, Pass, add_pixels};
use super::super::plane::{Lane, Plane, vectors};
use super::super::{Site, Value};
use super::Norm;
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;

/// Group normalisation that learns.
struct Lesson {
    norm: Norm,
    output: Value,
    /// Scales, then offsets.
    tensors: Vec<f32>,
}

impl Backward for Norm {
    fn learner(&self, site: &Site<'_>) -> Box<dyn Learner> {
        Box::new(Lesson { norm: self.clone(), output: site.output, tensors: Vec::new() })
    }
}

/// Mean and inverse deviation of every channel's group.
struct Moments {
    mean: Vec<f32>,
    inverse: Vec<f32>,
}

impl Lesson {
    /// Values of a group.
    fn count(&self, plane: &Plane) -> f32 {
        (self.norm.channels / self.norm.groups * plane.shape.height * plane.shape.width) as f32
    }

    /// For every channel the sum over the channels of its group.
    fn grouped(&self, channels: &[f32]) -> Vec<f32> {
        let size = self.norm.channels / self.norm.groups;
        let sums = channels[..self.norm.channels].chunks_exact(size).map(|group| group.iter().sum::<f32>());
        sums.flat_map(|sum| std::iter::repeat_n(sum, size)).collect()
    }

    fn moments(&self, plane: &Plane) -> Moments {
        let (s, count) = (BASELINE, self.count(plane));
        let mut sums = vec![Lane::zeroed(); plane.groups];
        add_pixels(&mut sums, plane);
        let mean: Vec<f32> = self.grouped(bytemuck::cast_slice(&sums)).iter().map(|sum| sum / count).collect();
        let (means, mut squares) = (vectors(&mean), vec![Lane::zeroed(); plane.groups]);
        pixels(plane, |at| {
            for (group, square) in squares.iter_mut().enumerate() {
                let off = s.sub(s.load(&plane.lanes()[at + group]), s.load(&means[group]));
                s.store(s.mul_add(off, off, s.load(square)), square);
            }
        });
        let variance = self.grouped(bytemuck::cast_slice(&squares));
        Moments { mean, inverse: variance.iter().map(|sum| 1.0 / (sum / count + 1e-5).sqrt()).collect() }
    }

    /// The gradient of the input, from `gradient` of what was normalised; those of scales and offsets are added to `tensors`.
    fn back(&self, input: &Plane, gradient: &Plane, tensors: &mut [f32], spare: &mut Plane) {
        let (s, channels) = (BASELINE, self.norm.channels);
        let Moments { mean, inverse } = self.moments(input);
        let means = vectors(&mean);
        let (mut sums, mut products) = (vec![Lane::zeroed(); input.groups], vec![Lane::zeroed(); input.groups]);
        add_pixels(&mut sums, gradient);
        pixels(input, |at| {
            for (group, product) in products.iter_mut().enumerate() {
                let off = s.sub(s.load(&input.lanes()[at + group]), s.load(&means[group]));
                s.store(s.mul_add(off, s.load(&gradient.lanes()[at + group]), s.load(product)), product);
            }
        });
        let (sums, products) = (bytemuck::cast_slice::<Lane, f32>(&sums), bytemuck::cast_slice::<Lane, f32>(&products));
        let scales = &self.tensors[..channels];
        let by_scale: Vec<f32> = (0..channels).map(|c| products[c] * inverse[c]).collect();
        for (c, by_scale) in by_scale.iter().enumerate() {
            tensors[c] += by_scale;
            tensors[channels + c] += sums[c];
        }
        let weighed = |values: &[f32]| self.grouped(&(0..channels).map(|c| scales[c] * values[c]).collect::<Vec<_>>());
        let (first, second, count) = (weighed(sums), weighed(&by_scale), self.count(input));
        let of = |number: &dyn Fn(usize) -> f32| vectors(&(0..channels).map(number).collect::<Vec<_>>());
        let by_gradient = of(&|c| inverse[c] * scales[c]);
        let by_input = of(&|c| -inverse[c] * inverse[c] * second[c] / count);
        let alone = of(&|c| -inverse[c] * first[c] / count);
        spare.reshape(input.shape);
        pixels(input, |at| {
            for group in 0..input.groups {
                let off = s.sub(s.load(&input.lanes()[at + group]), s.load(&means[group]));
                let sum = s.mul_add(off, s.load(&by_input[group]), s.load(&alone[group]));
                let gradient = s.load(&gradient.lanes()[at + group]);
                s.store(s.mul_add(gradient, s.load(&by_gradient[group]), sum), &mut spare.lanes_mut()[at + group]);
            }
        });
    }
}

impl Learner for Lesson {
    fn pack(&mut self, tensors: &[f32]) {
        self.tensors = tensors.to_vec();
    }

    fn forward(&self, pass: &mut Pass) {
        let (s, channels) = (BASELINE, self.norm.channels);
        let Moments { mean, inverse } = self.moments(&pass.values[self.norm.input]);
        let factor = |c: usize| self.tensors[c] * inverse[c];
        let factors = vectors(&(0..channels).map(factor).collect::<Vec<_>>());
        let offset = |c: usize| self.tensors[channels + c] - mean[c] * factor(c);
        let offsets = vectors(&(0..channels).map(offset).collect::<Vec<_>>());
        let plain = self.norm.finish.is_nothing();
        let mut sums = if plain { pass.take(self.output) } else { std::mem::take(&mut pass.sums[self.output]) };
        let input = &pass.values[self.norm.input];
        pixels(input, |at| {
            for (group, (factor, offset)) in factors.iter().zip(&offsets).enumerate() {
                let value = s.mul_add(s.load(&input.lanes()[at + group]), s.load(factor), s.load(offset));
                s.store(value, &mut sums.lanes_mut()[at + group]);
            }
        });
        if plain {
            pass.put(self.output, sums);
        } else {
            pass.sums[self.output] = sums;
            self.norm.finish.forward(channels, self.output, pass);
        }
    }

    fn backward(&mut self, passes: &mut [Pass], tensors: &mut [f32]) {
        for pass in passes {
            self.norm.finish.backward(self.norm.channels, self.output, pass);
            let (input, gradient) = (&pass.values[self.norm.input], &pass.gradients[self.output]);
            self.back(input, gradient, tensors, &mut pass.spare);
            pass.add_spare(self.norm.input);
        }
    }
}

/// Visits every pixel: where its first vector lies.
#[inline(always)]
fn pixels(plane: &Plane, mut visit: impl FnMut(usize)) {
    for y in 0..plane.shape.height as isize {
        let start = plane.pixel(y, 0);
        (0..plane.shape.width).for_each(|x| visit(start + x * plane.groups));
    }
}

//! Learning through self-attention. For one head, with P the shares that the softmax gives and O = P·V: the gradients of
//! values, keys and queries are Pᵀ·g, Sᵀ·Q and S·K, where S = P ∘ (g·Vᵀ − rows of Σ P ∘ (g·Vᵀ)), scaled as the scores are. P
//! is found again on the way back: it is larger than what it is made of.

use super::super::backward::{Backward, Learner, Pass};
use super::super::plane::{LANES, Plane};
use super::super::{Site, Value};
use super::{Attention, cpu};

/// Self-attention that learns; it has no tensors.
struct Lesson {
    attention: Attention,
    output: Value,
}

impl Backward for Attention {
    fn learner(&self, site: &Site<'_>) -> Box<dyn Learner> {
        Box::new(Lesson { attention: self.clone(), output: site.output })
    }
}

impl Learner for Lesson {
    fn pack(&mut self, _: &[f32]) {}

    fn forward(&self, pass: &mut Pass) {
        let mut plane = pass.take(self.output);
        cpu::attend(self.attention.heads, &pass.values[self.attention.input], &mut plane);
        pass.put(self.output, plane);
    }

    fn backward(&mut self, passes: &mut [Pass], _: &mut [f32]) {
        let Attention { input, channels, heads } = self.attention;
        for pass in passes {
            let value = Columns::of(&pass.values[input]);
            let above = Columns::of(&pass.gradients[self.output]);
            let mut below = Columns { values: vec![0.0; value.values.len()], ..value };
            (0..heads).for_each(|head| back(head, channels, channels / heads, &value, &above, &mut below));
            below.write(&mut pass.spare, pass.values[input].shape);
            pass.add_spare(input);
        }
    }
}

/// A plane's pixels as rows of channels.
struct Columns {
    values: Vec<f32>,
    channels: usize,
}

impl Columns {
    fn of(plane: &Plane) -> Columns {
        let channels = plane.shape.channels;
        let mut values = Vec::with_capacity(plane.shape.len());
        for token in 0..plane.shape.height * plane.shape.width {
            values.extend_from_slice(&plane.values()[place(plane, token)..][..channels]);
        }
        Columns { values, channels }
    }

    /// Channels of a token from `start` on.
    fn at(&self, token: usize, start: usize, length: usize) -> &[f32] {
        &self.values[token * self.channels + start..][..length]
    }

    /// Adds `factor · row` to channels of a token from `start` on.
    fn add(&mut self, token: usize, start: usize, row: &[f32], factor: f32) {
        let to = &mut self.values[token * self.channels + start..][..row.len()];
        to.iter_mut().zip(row).for_each(|(to, row)| *to += factor * row);
    }

    fn write(&self, plane: &mut Plane, shape: crate::denoiser::ImageShape) {
        plane.reshape(shape);
        for (token, row) in self.values.chunks_exact(self.channels).enumerate() {
            let at = place(plane, token);
            plane.values_mut()[at..at + row.len()].copy_from_slice(row);
        }
    }
}

/// Where the channels of a token begin.
fn place(plane: &Plane, token: usize) -> usize {
    let width = plane.shape.width;
    plane.pixel((token / width) as isize, (token % width) as isize) * LANES
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// One head: adds the gradients of queries, keys and values to `below`.
fn back(head: usize, channels: usize, depth: usize, value: &Columns, above: &Columns, below: &mut Columns) {
    let tokens = value.values.len() / value.channels;
    let [queries, keys, values] = [0, 1, 2].map(|part| part * channels + head * depth);
    let scale = 1.0 / (depth as f32).sqrt();
    let mut shares = vec![0.0; tokens];
    let mut slopes = vec![0.0; tokens];
    for token in 0..tokens {
        let query = value.at(token, queries, depth);
        for (key, share) in shares.iter_mut().enumerate() {
            *share = scale * dot(query, value.at(key, keys, depth));
        }
        let highest = shares.iter().copied().fold(f32::MIN, f32::max);
        shares.iter_mut().for_each(|share| *share = (*share - highest).exp());
        let sum: f32 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
        let gradient = above.at(token, head * depth, depth);
        for (key, slope) in slopes.iter_mut().enumerate() {
            *slope = dot(gradient, value.at(key, values, depth));
        }
        let mean = dot(&shares, &slopes);
        for key in 0..tokens {
            let slope = scale * shares[key] * (slopes[key] - mean);
            below.add(key, values, gradient, shares[key]);
            below.add(key, keys, query, slope);
            below.add(token, queries, value.at(key, keys, depth), slope);
        }
    }
}

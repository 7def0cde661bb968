//! Self-attention on the processor, with the convolution's inner loop: queries against a transposed block of keys, and
//! the softmax against a block of values.

use super::super::plane::{LANES, Lane, Plane, Room, vectors};
use super::super::product::{WIDE, multiply};
use super::super::{Kernel, Ready};
use super::Attention;
use bytemuck::Zeroable;

/// Most lanes of a block.
const BLOCK: usize = WIDE * LANES;

impl Kernel for Attention {
    fn run(&self, ready: &Ready<'_>, _: &mut Room, output: &mut Plane) {
        attend(self.heads, ready.value(self.input), output);
    }
}

/// Attends from `input`, queries, keys and values behind each other in its channels, into `output`.
pub fn attend(heads: usize, input: &Plane, output: &mut Plane) {
    let depth = output.shape.channels / heads;
    let (height, width) = (output.shape.height, output.shape.width);
    let tokens = height * width;
    let pixels: Vec<(isize, isize)> = (0..tokens).map(|t| ((t / width) as isize, (t % width) as isize)).collect();
    let part = |token: usize, part: usize, head: usize| {
        let start = part * output.shape.channels + head * depth;
        &input.values()[input.pixel(pixels[token].0, pixels[token].1) * LANES + start..][..depth]
    };
    let scale = 1.0 / (depth as f32).sqrt();
    let mut mixed = vec![0.0; tokens * output.shape.channels];
    for head in 0..heads {
        let queries: Vec<f32> = (0..tokens).flat_map(|token| part(token, 0, head)).map(|q| q * scale).collect();
        let keys = |c: usize, token: usize| part(token, 1, head)[c];
        let mut scores = product(&queries, depth, tokens, keys);
        for row in scores.chunks_exact_mut(tokens) {
            let highest = row.iter().copied().fold(f32::MIN, f32::max);
            row.iter_mut().for_each(|score| *score = (*score - highest).exp());
            let sum: f32 = row.iter().sum();
            row.iter_mut().for_each(|score| *score /= sum);
        }
        let values = |token: usize, c: usize| part(token, 2, head)[c];
        let answers = product(&scores, tokens, depth, values);
        for (token, answer) in answers.chunks_exact(depth).enumerate() {
            mixed[token * output.shape.channels + head * depth..][..depth].copy_from_slice(answer);
        }
    }
    for (token, row) in mixed.chunks_exact(output.shape.channels).enumerate() {
        let at = output.pixel(pixels[token].0, pixels[token].1);
        output.lanes_mut()[at..][..row.len().div_ceil(LANES)].copy_from_slice(&vectors(row));
    }
}

/// The product of `rows` `[n, inner]` and a matrix `[inner, columns]` that is asked for value by value: `[n, columns]`.
fn product(rows: &[f32], inner: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Vec<f32> {
    let count = rows.len() / inner;
    let step = inner.div_ceil(LANES);
    let rows: Vec<Lane> = rows.chunks_exact(inner).flat_map(vectors).collect();
    let mut result = vec![0.0; count * columns];
    let mut sums = vec![Lane::zeroed(); count * WIDE];
    for block in (0..columns).step_by(BLOCK) {
        let cell = |i: usize, c: usize| if i < inner && c < columns { value(i, c) } else { 0.0 };
        let packed: Vec<f32> = (0..step * LANES)
            .flat_map(|i| (block..block + BLOCK).map(move |c| (i, c)))
            .map(|(i, c)| cell(i, c))
            .collect();
        multiply(&rows, step, &vectors(&packed), &mut sums);
        let wide = BLOCK.min(columns - block);
        for (row, sums) in bytemuck::cast_slice::<Lane, f32>(&sums).chunks_exact(BLOCK).enumerate() {
            result[row * columns + block..][..wide].copy_from_slice(&sums[..wide]);
        }
    }
    result
}

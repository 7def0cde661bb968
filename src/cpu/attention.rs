//! Multi-head self-attention over all pixels (Vaswani et al. 2017, eq. 1), with the convolution's inner loop: queries
//! against a transposed block of keys, and the softmax against a block of values.

use super::convolution::{WIDE, accumulate};
use super::plane::{LANES, Lane, Plane, vectors};
use crate::simd::{BASELINE, Simd};

/// Most lanes of a block.
const BLOCK: usize = WIDE * LANES;

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
        let keys = |c: usize, token: usize| if token < tokens { part(token, 1, head)[c] } else { 0.0 };
        let mut scores = product(&queries, depth, tokens, keys);
        for row in scores.chunks_exact_mut(tokens) {
            let highest = row.iter().copied().fold(f32::MIN, f32::max);
            row.iter_mut().for_each(|score| *score = (*score - highest).exp());
            let sum: f32 = row.iter().sum();
            row.iter_mut().for_each(|score| *score /= sum);
        }
        let values = |token: usize, c: usize| if c < depth { part(token, 2, head)[c] } else { 0.0 };
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
    const TILE: usize = 4;
    let s = BASELINE;
    let count = rows.len() / inner;
    let mut result = vec![0.0; count * columns];
    for block in (0..columns).step_by(BLOCK) {
        let packed: Vec<f32> =
            (0..inner).flat_map(|i| (block..block + BLOCK).map(move |c| (i, c))).map(|(i, c)| value(i, c)).collect();
        let packed = vectors(&packed);
        let wide = BLOCK.min(columns - block);
        let mut keep = |row: usize, sums: &[_; WIDE]| {
            let mut lanes = [<Lane as bytemuck::Zeroable>::zeroed(); WIDE];
            lanes.iter_mut().zip(sums).for_each(|(lane, &sum)| s.store(sum, lane));
            result[row * columns + block..][..wide].copy_from_slice(&bytemuck::cast_slice::<Lane, f32>(&lanes)[..wide]);
        };
        let mut row = 0;
        while row < count {
            let x = &rows[row * inner..];
            if count - row >= TILE {
                let mut sums = [[s.splat(0.0); WIDE]; TILE];
                accumulate(&mut sums, x, inner, &packed);
                sums.iter().enumerate().for_each(|(i, sums)| keep(row + i, sums));
                row += TILE;
            } else {
                let mut sums = [[s.splat(0.0); WIDE]; 1];
                accumulate(&mut sums, x, inner, &packed);
                keep(row, &sums[0]);
                row += 1;
            }
        }
    }
    result
}

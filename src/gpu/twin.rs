//! A list of layers through the operations' twins: plain loops, line by line comparable with what both engines run. Tests
//! compare them; nothing else uses it.

use crate::denoiser::ImageShape;
use crate::network::{Layers, Weights};

/// Runs `layers` over a batch `x` `[B, C, H, W]` of pictures of `shape`, with one row of shifts a picture; the last value.
///
/// # Panics
/// Where a tensor is missing: tests bring all.
pub fn run(layers: &Layers, shape: ImageShape, weights: &Weights, x: &[f32], rows: &[Vec<f32>]) -> Vec<f32> {
    let shapes = layers.shapes(shape);
    let mut values = vec![x.to_vec()];
    for (op, site) in layers.sites(&shapes) {
        values.push(op.twin().twin(&site, weights, &values, rows));
    }
    values.pop().unwrap_or_default()
}

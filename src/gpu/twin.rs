//! The stages' CPU twins: plain loops that say what each WGSL file computes, line by line comparable with it. Tests run
//! both over the same list of stages; nothing else uses them.

use super::stage::{Attention, Conv, Finish, Norm, Stage};
use crate::denoiser::ImageShape;
use crate::network::layers::Resample;
use crate::network::weights::Weights;

/// Runs `stages` over a batch `x` `[B, C, H, W]` with one row of shifts a picture; the last value.
///
/// # Panics
/// Where a tensor is missing: tests bring all.
pub fn run(stages: &[Stage], shapes: &[ImageShape], weights: &Weights, x: &[f32], rows: &[Vec<f32>]) -> Vec<f32> {
    let mut values: Vec<Vec<f32>> = vec![Vec::new(); shapes.len()];
    values[0] = x.to_vec();
    for stage in stages {
        let result = match stage {
            Stage::Conv(stage) => conv(stage, weights, &values, rows),
            Stage::Norm(stage) => norm(stage, weights, &values, rows),
            Stage::Attention(stage) => attention(stage, &values[stage.input]),
        };
        values[stage.output()] = result;
    }
    values.pop().unwrap_or_default()
}

/// `shader/conv.wgsl`.
fn conv(conv: &Conv, weights: &Weights, values: &[Vec<f32>], rows: &[Vec<f32>]) -> Vec<f32> {
    let weight = &weights[&format!("{}.weight", conv.name)].data;
    let bias = &weights[&format!("{}.bias", conv.name)].data;
    let ImageShape { channels, height, width } = conv.shape;
    let inputs = conv.input_shape.channels + conv.skip_channels;
    let stride = if conv.resample == Resample::Halve { 2 } else { 1 };
    let mut output = vec![0.0; rows.len() * conv.shape.len()];
    for (index, output) in output.iter_mut().enumerate() {
        let (column, row) = (index % width, index / width % height);
        let channel = index / (width * height) % channels;
        let picture = index / conv.shape.len();
        let mut sum = bias[channel];
        for input in 0..inputs {
            for l in 0..conv.kernel {
                for k in 0..conv.kernel {
                    let y = wrap(row * stride + l, conv.kernel / 2, height * stride, conv.circular);
                    let x = wrap(column * stride + k, conv.kernel / 2, width * stride, conv.circular);
                    let (Some(y), Some(x)) = (y, x) else { continue };
                    let pixel = source(conv, values, picture, input, y, x);
                    sum += weight[((channel * inputs + input) * conv.kernel + l) * conv.kernel + k] * pixel;
                }
            }
        }
        *output = finish(&conv.finish, sum, values, &rows[picture], channel, index);
    }
    output
}

/// `at − pad`, wrapped around or `None` beyond the border.
fn wrap(at: usize, pad: usize, size: usize, circular: bool) -> Option<usize> {
    if circular { Some((at + size * 8 - pad) % size) } else { at.checked_sub(pad).filter(|&at| at < size) }
}

/// A pixel of the resampled input, or of the skip behind its channels.
fn source(conv: &Conv, values: &[Vec<f32>], picture: usize, channel: usize, y: usize, x: usize) -> f32 {
    let shape = conv.input_shape;
    if channel < shape.channels {
        let half = usize::from(conv.resample == Resample::Double);
        values[conv.input]
            [((picture * shape.channels + channel) * shape.height + (y >> half)) * shape.width + (x >> half)]
    } else {
        let channel = picture * conv.skip_channels + channel - shape.channels;
        conv.skip.map_or(0.0, |skip| values[skip][(channel * conv.shape.height + y) * conv.shape.width + x])
    }
}

/// `residual + relu(sum·(1 + scale) + shift)`.
fn finish(finish: &Finish, sum: f32, values: &[Vec<f32>], row: &[f32], channel: usize, index: usize) -> f32 {
    let mut value = sum;
    if let Some(scale) = finish.scale {
        value *= 1.0 + row[scale + channel];
    }
    if let Some(shift) = finish.shift {
        value += row[shift + channel];
    }
    if finish.relu {
        value = value.max(0.0);
    }
    if let Some(residual) = finish.residual {
        value += values[residual][index];
    }
    value
}

/// `shader/norm.wgsl`.
fn norm(norm: &Norm, weights: &Weights, values: &[Vec<f32>], rows: &[Vec<f32>]) -> Vec<f32> {
    let scale = &weights[&format!("{}.norm.scale", norm.name)].data;
    let offset = &weights[&format!("{}.norm.offset", norm.name)].data;
    let area = norm.shape.height * norm.shape.width;
    let size = norm.shape.channels / norm.groups * area;
    let value = &values[norm.value];
    let mut output = Vec::with_capacity(value.len());
    for (group, pixels) in value.chunks(size).enumerate() {
        let mean = pixels.iter().sum::<f32>() / size as f32;
        let variance = pixels.iter().map(|pixel| (pixel - mean) * (pixel - mean)).sum::<f32>() / size as f32;
        let inverse = 1.0 / (variance + 1e-5).sqrt();
        for (i, pixel) in pixels.iter().enumerate() {
            let index = group * size + i;
            let channel = index / area % norm.shape.channels;
            let result = (pixel - mean) * inverse * scale[channel] + offset[channel];
            output.push(finish(&norm.finish, result, values, &rows[index / norm.shape.len()], channel, index));
        }
    }
    output
}

/// `shader/attention.wgsl`.
fn attention(attention: &Attention, input: &[f32]) -> Vec<f32> {
    let ImageShape { channels, height, width } = attention.shape;
    let tokens = height * width;
    let depth = channels / attention.heads;
    let mut output = vec![0.0; input.len() / 3];
    for index in 0..output.len() / (depth * tokens) {
        let (picture, head) = (index / attention.heads, index % attention.heads);
        let queries = (picture * 3 * channels + head * depth) * tokens;
        let keys = queries + channels * tokens;
        let values = keys + channels * tokens;
        for token in 0..tokens {
            let score = |key: usize| {
                let products = (0..depth).map(|c| input[queries + c * tokens + token] * input[keys + c * tokens + key]);
                products.sum::<f32>() / (depth as f32).sqrt()
            };
            let scores: Vec<f32> = (0..tokens).map(score).collect();
            let highest = scores.iter().copied().fold(f32::MIN, f32::max);
            let scores: Vec<f32> = scores.iter().map(|score| (score - highest).exp()).collect();
            let sum: f32 = scores.iter().sum();
            for c in 0..depth {
                let mixed: f32 = (0..tokens).map(|key| scores[key] * input[values + c * tokens + key]).sum();
                output[(picture * channels + head * depth + c) * tokens + token] = mixed / sum;
            }
        }
    }
    output
}

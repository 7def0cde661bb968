//! Multi-head self-attention over all pixels (Vaswani et al. 2017, eq. 1); no tensors of its own.

#[cfg(with_learning)]
mod backward;
mod cpu;
#[cfg(all(with_gpu, with_learning))]
mod lesson;
#[cfg(test)]
mod tests;

#[cfg(with_gpu)]
use super::Next;
use super::footprint::{Footprint, product};
use super::plane::{LANES, lanes};
use super::product::WIDE;
#[cfg(with_gpu)]
use super::program::{Binding, Dispatch, Program, Tuning, names, shader};
use super::{Kernel, OpError, Operation, Site, Twin, Value, Weights};
use crate::denoiser::ImageShape;

/// Self-attention: the input holds queries, keys and values behind each other in its channels, `[B, 3·channels, H, W]`.
/// Head `i` takes channels `i·channels/heads ..` of each; scores are scaled by `1/√(channels/heads)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    /// The `[B, 3·channels, H, W]` value.
    pub input: Value,
    /// Output channels.
    pub channels: usize,
    /// Heads; divides `channels`.
    pub heads: usize,
}

/// Most pixels that the GPU can look at: the scores of four queries stay in 16 KiB of workgroup memory.
pub const MAX_TOKENS: usize = 900;

impl Operation for Attention {
    fn reads(&self) -> Vec<Value> {
        vec![self.input]
    }

    fn shape(&self, shapes: &[ImageShape]) -> ImageShape {
        ImageShape { channels: self.channels, ..shapes[self.input] }
    }

    fn work(&self, site: &Site<'_>) -> f64 {
        let shape = site.shape();
        [4, shape.len(), shape.height, shape.width].iter().map(|&size| size as f64).product()
    }

    fn tokens(&self, shape: ImageShape) -> u64 {
        product(&[shape.height, shape.width])
    }

    fn footprint(&self, shape: ImageShape) -> Footprint {
        // Scores and their copy, queries, blocks of keys and values, results.
        let tokens = shape.height * shape.width;
        let rest = product(&[8, 4, tokens, lanes(shape.channels) + WIDE * LANES]);
        Footprint { kept: 0, meanwhile: product(&[3, 4, tokens, tokens]).saturating_add(rest) }
    }

    fn kernel(&self, _: &Site<'_>, _: &Weights) -> Result<Box<dyn Kernel>, OpError> {
        Ok(Box::new(self.clone()))
    }

    #[cfg(with_gpu)]
    fn program(&self, site: &Site<'_>, _: Option<Next<'_>>, _: &Weights, _: Tuning) -> Result<Program, OpError> {
        let tokens = site.shape().height * site.shape().width;
        if tokens > MAX_TOKENS {
            return Err(OpError::Size(format!("attention takes at most {MAX_TOKENS} pixels, found {tokens}")));
        }
        Ok(Program {
            layers: 1,
            text: shader!("ops/attention/attention.wgsl"),
            names: names([
                ("CHANNELS", self.channels),
                ("HEADS", self.heads),
                ("DEPTH", self.channels / self.heads),
                ("TOKENS", tokens),
                ("QUADS", tokens.div_ceil(4)),
            ]),
            tensors: Vec::new(),
            bindings: vec![Binding::Value(self.input), Binding::Value(site.output)],
            dispatch: Dispatch::Groups(tokens.div_ceil(4) * self.heads),
            larger: Vec::new(),
        })
    }
}

impl Twin for Attention {
    fn twin(&self, site: &Site<'_>, _: &Weights, values: &[Vec<f32>], _: &[Vec<f32>]) -> Vec<f32> {
        let (input, ImageShape { channels, height, width }) = (&values[self.input], site.shape());
        let tokens = height * width;
        let depth = channels / self.heads;
        let mut output = vec![0.0; input.len() / 3];
        for index in 0..output.len() / (depth * tokens) {
            let (picture, head) = (index / self.heads, index % self.heads);
            let queries = (picture * 3 * channels + head * depth) * tokens;
            let keys = queries + channels * tokens;
            let values = keys + channels * tokens;
            for token in 0..tokens {
                let score = |key: usize| {
                    let products =
                        (0..depth).map(|c| input[queries + c * tokens + token] * input[keys + c * tokens + key]);
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
}

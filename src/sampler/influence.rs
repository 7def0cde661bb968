//! What the words did: how far each term of a sum moved each pixel, over all steps of a sample. A step answers with
//! `x̂₀ = u + Σ_k w_k · m_k · (c_k − u)`; what term k does in it is `|w_k · m_k · (c_k − u)|`, the mean over channels. It tells
//! where in the picture which words were at work, not why: two terms that pull the same way both count.

use super::terms::{Calls, Sum};
use crate::denoiser::ImageShape;

/// The sum under way.
#[derive(Debug, Clone)]
pub(super) struct Influence {
    shape: ImageShape,
    /// Terms of the request, K.
    terms: usize,
    /// `[B, K, H, W]`.
    moved: Vec<f32>,
}

impl Influence {
    /// Of `count` pictures that nothing has moved yet.
    pub fn new(terms: usize, count: usize, shape: ImageShape) -> Self {
        Influence { shape, terms, moved: vec![0.0; count * terms * shape.height * shape.width] }
    }

    /// Adds a step: `answer` holds the guesses of `calls`, `length` values each, and behind them the one that they lead away
    /// from, whether the step itself asks for it or not.
    pub fn add(&mut self, sum: &Sum, calls: &Calls, answer: &[f32], length: usize) {
        let (area, size) = (self.shape.height * self.shape.width, self.shape.len());
        let against = &answer[calls.terms.len() * length..];
        for (kind, &k) in calls.terms.iter().enumerate() {
            for index in 0..length {
                let (picture, pixel) = (index / size, index % area);
                let step = sum.share(k, index) * (answer[kind * length + index] - against[index]);
                self.moved[(picture * self.terms + k) * area + pixel] += step.abs() / self.shape.channels as f32;
            }
        }
    }

    /// What each term did to each pixel so far, `[B, K, H, W]`.
    pub fn moved(&self) -> &[f32] {
        &self.moved
    }
}

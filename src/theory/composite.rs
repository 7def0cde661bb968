//! Windows that answer for all they cover: a pixel is the mean of what the windows around it say, each with the weights that it
//! has as a whole (the patch set posterior composite of Niedoba et al. 2025, arXiv 2411.19339, here with any sources):
//!
//! ```text
//! x̂₀(q) = 1/|{i : i covers q}| · Σ_{i covers q} Σ_{n, p} w_i(n, p) y_n(p + q − i)
//! ```
//!
//! Two rounds over the training images: the first finds the largest logit and the sum of each window's weights, which is the
//! [`Partial`] that every patch posterior has; the second spreads the weights, now known, over the pixels. Parts of either
//! round may be computed by others: [`Levels`] go out to them, and [`Composite`]s come back and add up.

use super::machine::Boundary;
use super::partial::Partial;
use super::plan::Axis;
use super::sweep::inside;
use super::{Sight, TheoryError};
use crate::denoiser::ImageShape;

/// What a window's weights count from, once all training images were seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// The logit that the sum is relative to, and the logarithm of the sum, both in powers of two: `[H·W, 2]`.
    values: Vec<f32>,
}

impl Levels {
    /// Those of a posterior over all training images.
    pub fn of(whole: &Partial) -> Levels {
        Levels { values: whole.levels().flat_map(|(max, sum)| [max as f32, libm::log2(sum) as f32]).collect() }
    }

    /// Of window `q`, `row · W + column`.
    #[inline(always)]
    pub(super) fn at(&self, q: usize) -> (f32, f32) {
        (self.values[2 * q], self.values[2 * q + 1])
    }

    /// The flat form, `[H, W, 2]`.
    pub fn floats(&self) -> &[f32] {
        &self.values
    }

    /// Reads the flat form of a picture of `shape`.
    ///
    /// # Errors
    /// [`TheoryError::Floats`] where the number of floats does not fit.
    pub fn from_floats(floats: &[f32], shape: ImageShape) -> Result<Levels, TheoryError> {
        let expected = 2 * shape.height * shape.width;
        if floats.len() != expected {
            return Err(TheoryError::Floats { expected, found: floats.len() });
        }
        Ok(Levels { values: floats.to_vec() })
    }
}

/// What part of the training images gives to each pixel; the parts of a picture add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Composite {
    shape: ImageShape,
    /// `Σ w y`, `[C, H, W]`.
    sums: Vec<f64>,
}

impl Composite {
    /// What no training image gives.
    pub fn empty(shape: ImageShape) -> Composite {
        Composite { shape, sums: vec![0.0; shape.len()] }
    }

    /// Adds the sums of a padded query, `[C, columns.x_size, rows.x_size]`; what lies beyond the border is left out, or comes
    /// around.
    pub(super) fn add(&mut self, rows: &Axis, columns: &Axis, sums: impl Iterator<Item = f64>) {
        for (n, sum) in sums.enumerate() {
            let (line, i) = (n / rows.x_size, n % rows.x_size);
            let (c, j) = (line / columns.x_size, line % columns.x_size);
            if let (Some(i), Some(j)) = (inside(rows, i, rows.x_pad), inside(columns, j, columns.x_pad)) {
                self.sums[(c * rows.size + i) * columns.size + j] += sum;
            }
        }
    }

    /// Takes in what another part of the training images gives.
    ///
    /// # Errors
    /// [`TheoryError::Merge`] where the pictures have different shapes.
    pub fn merge(&mut self, other: &Composite) -> Result<(), TheoryError> {
        if self.shape != other.shape {
            return Err(TheoryError::Merge { expected: self.shape, found: other.shape });
        }
        self.absorb(other);
        Ok(())
    }

    /// As [`Composite::merge`], for one that is known to have the same shape.
    pub(super) fn absorb(&mut self, other: &Composite) {
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
    }

    /// The posterior mean `x̂₀` `[C, H, W]`, once all parts are there; `sight` is what the windows are like.
    pub fn mean(&self, sight: impl Into<Sight>, boundary: Boundary) -> Vec<f32> {
        let ImageShape { height, width, .. } = self.shape;
        let sight = sight.into();
        let half = sight.window / 2;
        let counts = |n: usize| -> Vec<f64> {
            // Window i, which lies around pixel i, has its say of q at its offset q − i.
            let there = |q: usize, at: usize| {
                boundary == Boundary::Circular || (half + q).checked_sub(at).is_some_and(|i| i < n)
            };
            let covering = |q: usize| {
                sight.weights().enumerate().filter(|(at, _)| there(q, *at)).map(|(_, weight)| weight).sum::<usize>()
            };
            (0..n).map(|q| covering(q) as f64).collect()
        };
        let (rows, columns) = (counts(height), counts(width));
        let count = |n: usize| rows[n / width % height] * columns[n % width];
        self.sums.iter().enumerate().map(|(n, sum)| (sum / count(n)) as f32).collect()
    }

    /// The flat form, `[C, H, W]`.
    pub fn to_floats(&self) -> Vec<f32> {
        self.sums.iter().map(|sum| *sum as f32).collect()
    }

    /// Reads the flat form of a picture of `shape`.
    ///
    /// # Errors
    /// [`TheoryError::Floats`] where the number of floats does not fit.
    pub fn from_floats(floats: &[f32], shape: ImageShape) -> Result<Composite, TheoryError> {
        if floats.len() != shape.len() {
            return Err(TheoryError::Floats { expected: shape.len(), found: floats.len() });
        }
        Ok(Composite { shape, sums: floats.iter().map(|v| f64::from(*v)).collect() })
    }
}

//! The Wiener filter as a matrix, `W = a C (a² C + s² I)⁻¹`, row by row: how much each pixel of the answer takes from each
//! pixel of the noisy picture. The best linear denoiser is free to look everywhere, and yet its rows fall off around their
//! pixel: locality that comes from the pictures alone (Lukoianov et al. 2025, arXiv 2509.09672).
//!
//! Never held whole: for colours of 64 × 64 it would be 600 MB. It is `Bᵀ S` with B and S `[n, D]`, where n is the number of
//! images, or D where there are more.

use crate::denoiser::ImageShape;
use core::ops::Range;
use std::sync::Arc;

/// Rows that are made at once, so that the second matrix is read once for all of them.
const TOGETHER: usize = 8;

/// W at one time; made by [`super::Wiener::response`].
#[derive(Debug, Clone)]
pub struct Response {
    shape: ImageShape,
    /// B, `[n, D]`.
    basis: Arc<Vec<f32>>,
    /// S, `[n, D]`.
    solved: Vec<f32>,
}

impl Response {
    pub(super) fn new(shape: ImageShape, basis: Arc<Vec<f32>>, solved: Vec<f32>) -> Response {
        Response { shape, basis, solved }
    }

    /// The shape of a picture.
    pub fn shape(&self) -> ImageShape {
        self.shape
    }

    /// How strongly each pixel of `pixels` (`row · W + column`) leans on every pixel, `[pixels, H·W]`: the root of the sum of
    /// squares over the channels, each leaning on the same one there (all pairs would take three times as long).
    pub fn strengths(&self, pixels: Range<usize>) -> Vec<f32> {
        let area = self.shape.height * self.shape.width;
        let mut out = vec![0.0; pixels.len() * area];
        let mut rows = vec![0.0; TOGETHER * area];
        for c in 0..self.shape.channels {
            for (at, out) in pixels.clone().step_by(TOGETHER).zip(out.chunks_mut(TOGETHER * area)) {
                let rows = &mut rows[..out.len()];
                self.rows(c * area, at, rows);
                out.iter_mut().zip(rows.iter()).for_each(|(to, w)| *to += w * w);
            }
        }
        out.iter_mut().for_each(|v| *v = libm::sqrtf(*v));
        out
    }

    /// Writes what the pixels from `first` on take from their own channel, which begins at `channel`, `[rows, H·W]`.
    fn rows(&self, channel: usize, first: usize, rows: &mut [f32]) {
        let (size, area) = (self.shape.len(), self.shape.height * self.shape.width);
        rows.fill(0.0);
        for (basis, solved) in self.basis.chunks_exact(size).zip(self.solved.chunks_exact(size)) {
            let solved = &solved[channel..channel + area];
            for (row, b) in rows.chunks_exact_mut(area).zip(&basis[channel + first..]) {
                row.iter_mut().zip(solved).for_each(|(to, s)| *to += b * s);
            }
        }
    }
}

//! A patch posterior over part of the training set: for every pixel the sums that a softmax needs. Two of them merge
//! into the posterior over both parts, so parts may be computed by other threads, workers, GPUs or machines, and sent
//! as plain floats.

use super::{Provenance, TheoryError};
use crate::denoiser::ImageShape;

/// Floats per pixel in the flat form, besides the channels.
const HEADER: usize = 6;

/// The sums of one pixel. Logits and maxima count in powers of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    /// The logit that weights are relative to, near the largest so far; always an exact f32.
    pub max: f64,
    /// Σ w, with `w = 2^(logit − max)`.
    pub sum: f64,
    /// Σ w·(logit − max), for the entropy.
    pub log: f64,
    /// The largest logit, where provenance is kept.
    pub best: f64,
    /// The image it belongs to.
    pub image: u32,
    /// The place in it, `row · W + column`.
    pub place: u32,
}

impl Cell {
    pub const EMPTY: Cell =
        Cell { max: f64::NEG_INFINITY, sum: 0.0, log: 0.0, best: f64::NEG_INFINITY, image: 0, place: 0 };

    /// The same sums, with weights relative to `max`, and the factor that values take.
    fn rescaled(self, max: f64) -> (Cell, f64) {
        if self.sum == 0.0 {
            return (Cell { max, ..self }, 0.0);
        }
        let shift = self.max - max;
        let factor = libm::exp2(shift);
        (Cell { max, sum: factor * self.sum, log: factor * (self.log + self.sum * shift), ..self }, factor)
    }
}

/// The posterior of one picture over part of the training set.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    shape: ImageShape,
    cells: Vec<Cell>,
    /// Σ w·y, `[H·W, C]`.
    values: Vec<f64>,
}

impl Partial {
    /// The posterior over no image at all.
    pub fn empty(shape: ImageShape) -> Partial {
        Partial { shape, cells: vec![Cell::EMPTY; shape.height * shape.width], values: vec![0.0; shape.len()] }
    }

    /// Adds the sums of pixel `q` over more images; `values` holds `Σ w·y` per channel.
    pub(super) fn add(&mut self, q: usize, cell: Cell, values: &[f64]) {
        if cell.sum == 0.0 {
            return;
        }
        let old = self.cells[q];
        let max = old.max.max(cell.max);
        let (mut kept, keep) = old.rescaled(max);
        let (more, scale) = cell.rescaled(max);
        kept.sum += more.sum;
        kept.log += more.log;
        // On equal logits the earlier image wins, so that the order of merging does not matter.
        if more.best > kept.best || (more.best == kept.best && (more.image, more.place) < (kept.image, kept.place)) {
            (kept.best, kept.image, kept.place) = (more.best, more.image, more.place);
        }
        self.cells[q] = kept;
        let channels = self.shape.channels;
        for (total, v) in self.values[q * channels..(q + 1) * channels].iter_mut().zip(values) {
            *total = keep * *total + scale * v;
        }
    }

    /// Takes in the posterior over another part of the training set.
    ///
    /// # Errors
    /// [`TheoryError::Merge`] where the pictures have different shapes.
    pub fn merge(&mut self, other: &Partial) -> Result<(), TheoryError> {
        if self.shape != other.shape {
            return Err(TheoryError::Merge { expected: self.shape, found: other.shape });
        }
        self.absorb(other);
        Ok(())
    }

    /// As [`Partial::merge`], for a posterior known to have the same shape.
    pub(super) fn absorb(&mut self, other: &Partial) {
        for (q, cell) in other.cells.iter().enumerate() {
            let channels = self.shape.channels;
            self.add(q, *cell, &other.values[q * channels..(q + 1) * channels]);
        }
    }

    /// Raises the logits of pixel `q` by the same amount, which leaves the posterior as it is. Parts merge only where
    /// their logits count from the same level.
    pub(crate) fn raise(&mut self, q: usize, by: f64) {
        let cell = self.cells[q];
        let raised = Cell { max: cell.max + by, best: cell.best + by, ..cell };
        let (kept, factor) = raised.rescaled(f64::from(raised.max as f32));
        self.cells[q] = kept;
        let channels = self.shape.channels;
        self.values[q * channels..(q + 1) * channels].iter_mut().for_each(|value| *value *= factor);
    }

    /// The posterior mean `x̂₀` `[C, H, W]`; NaN where no image could answer.
    pub fn mean(&self) -> Vec<f32> {
        let ImageShape { channels, height, width } = self.shape;
        (0..channels)
            .flat_map(|c| (0..height * width).map(move |q| (q, c)))
            .map(|(q, c)| (self.values[q * channels + c] / self.cells[q].sum) as f32)
            .collect()
    }

    /// The logit that weights are relative to, in powers of two, and their sum, for each pixel.
    pub(super) fn levels(&self) -> impl Iterator<Item = (f64, f64)> {
        self.cells.iter().map(|cell| (cell.max, cell.sum))
    }

    /// Which patch each pixel owes most to. Meaningful only where the posterior was asked to keep provenance.
    pub fn provenance(&self) -> Provenance {
        let of = |f: &dyn Fn(&Cell) -> f32| self.cells.iter().map(f).collect::<Vec<f32>>();
        Provenance {
            shape: self.shape,
            image: self.cells.iter().map(|c| c.image).collect(),
            place: self.cells.iter().map(|c| c.place).collect(),
            weight: of(&|c| (libm::exp2(c.best - c.max) / c.sum).min(1.0) as f32),
            // exp of the entropy −Σ p ln p, with ln p = ln 2·(logit − max) − ln Σw.
            patches: of(&|c| (c.sum * libm::exp2(-c.log / c.sum)).max(1.0) as f32),
        }
    }

    /// The flat form: for each pixel `max, Σw, Σw·log, best, image, place` and `Σw·y` per channel.
    pub fn to_floats(&self) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.cells.len() * (HEADER + self.shape.channels));
        for (cell, values) in self.cells.iter().zip(self.values.chunks_exact(self.shape.channels)) {
            let Cell { max, sum, log, best, image, place } = *cell;
            out.extend([max as f32, sum as f32, log as f32, best as f32, image as f32, place as f32]);
            out.extend(values.iter().map(|v| *v as f32));
        }
        out
    }

    /// Reads the flat form of a picture of `shape`.
    ///
    /// # Errors
    /// [`TheoryError::Floats`] where the number of floats does not fit.
    pub fn from_floats(floats: &[f32], shape: ImageShape) -> Result<Partial, TheoryError> {
        let expected = shape.height * shape.width * (HEADER + shape.channels);
        if floats.len() != expected || shape.is_empty() {
            return Err(TheoryError::Floats { expected, found: floats.len() });
        }
        let mut partial = Partial::empty(shape);
        for (q, f) in floats.chunks_exact(HEADER + shape.channels).enumerate() {
            partial.cells[q] = Cell {
                max: f64::from(f[0]),
                sum: f64::from(f[1]),
                log: f64::from(f[2]),
                best: f64::from(f[3]),
                image: f[4] as u32,
                place: f[5] as u32,
            };
            for (to, v) in partial.values[q * shape.channels..].iter_mut().zip(&f[HEADER..]) {
                *to = f64::from(*v);
            }
        }
        Ok(partial)
    }
}

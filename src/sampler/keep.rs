//! Drawing over a finished picture: from `x₀` back to a time, `x_t = a_t x₀ + s_t ε` (SDEdit, Meng et al. 2022), and forward
//! with other words. [`Keep`] holds a part of it fast: in every step the guess `x̂₀` becomes `k·x₀ + (1 − k)·x̂₀`, with `k` 1
//! where the picture stays, and each step is taken [`Keep::TIMES`] times (RePaint, Lugmayr et al. 2022, in small).

use super::terms::check_mask;
use super::{Request, SampleError, Start, TermError, fill_batch};
use crate::denoiser::ImageShape;
use crate::schedule::Schedule;
use thiserror::Error;

/// A part of a picture that stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Keep {
    /// The picture, `[C, H, W]` for all, or `[B, C, H, W]` with one for each; each value in `[−1, 1]`.
    pub x0: Vec<f32>,
    /// How fast each pixel is held, `[H, W]` in `[0, 1]`: at 1 it ends as it is in `x0`, bit for bit; at 0 it is free.
    pub mask: Vec<f32>,
}

impl Keep {
    /// How soft edges usually are, in pixels.
    pub const SOFT: f64 = 1.5;
    /// How often each step is usually taken where something stays: seams are then fainter than of twice as many single
    /// steps (measured in `docs/results.md`).
    pub const TIMES: usize = 2;
    /// The softest that they may be.
    const SOFTEST: f64 = 8.0;
    /// Where a soft edge ends, in multiples of its softness: beyond, what stays stays bit for bit.
    const REACH: f64 = 4.0;

    /// A mask `[H, W]` with soft edges: a pixel stays (at least ½) or is free, and its value becomes the sigmoid of its
    /// distance from the edge over `soft` pixels, stretched so that it is 1 and 0 four times as far away. At a softness of
    /// 0 the mask is as it was.
    ///
    /// # Errors
    /// [`SampleError::Keep`] where the mask does not fit `shape`, has other values than `[0, 1]`, or `soft` is not in
    /// `[0, 8]`.
    pub fn softened(mask: &[f32], shape: ImageShape, soft: f64) -> Result<Vec<f32>, SampleError> {
        check_mask(mask, shape).map_err(KeepError::Mask)?;
        if !(0.0..=Keep::SOFTEST).contains(&soft) {
            return Err(KeepError::Soft { soft }.into());
        }
        if soft == 0.0 {
            return Ok(mask.to_vec());
        }
        let reach = libm::ceil(Keep::REACH * soft) as usize;
        let end = sigmoid(-Keep::REACH);
        let mut softened = Vec::with_capacity(mask.len());
        for (row, column) in (0..mask.len()).map(|q| (q / shape.width, q % shape.width)) {
            let here = mask[softened.len()] >= 0.5;
            let mut nearest = f64::INFINITY;
            for r in row.saturating_sub(reach)..(row + reach + 1).min(shape.height) {
                for c in column.saturating_sub(reach)..(column + reach + 1).min(shape.width) {
                    if (mask[r * shape.width + c] >= 0.5) != here {
                        nearest = nearest.min((r.abs_diff(row).pow(2) + c.abs_diff(column).pow(2)) as f64);
                    }
                }
            }
            // The edge lies half-way between two pixels.
            let distance = (libm::sqrt(nearest) - 0.5) / if here { soft } else { -soft };
            let share = (sigmoid(distance) - end) / (1.0 - 2.0 * end);
            softened.push(share.clamp(0.0, 1.0) as f32);
        }
        Ok(softened)
    }

    /// The guess `x̂₀` at value `index` of the batch, with what stays put back.
    pub(crate) fn put_back(&self, mean: f32, index: usize) -> f32 {
        let kept = self.x0[index % self.x0.len()];
        match self.share(index) {
            0.0 => mean,
            1.0 => kept,
            k => k * kept + (1.0 - k) * mean,
        }
    }

    /// Whether value `index` of the batch ends as it was.
    pub(crate) fn holds(&self, index: usize) -> bool {
        self.share(index) == 1.0
    }

    fn share(&self, index: usize) -> f32 {
        // The channels of all pictures share the mask; it is as long as a plane.
        self.mask[index % self.mask.len()]
    }

    /// The pictures that are kept, one for each of `count`.
    pub(crate) fn spread(&self, count: usize, shape: ImageShape) -> Vec<f32> {
        spread(&self.x0, count, shape)
    }

    /// What pictures `first..first + count` of a batch keep.
    pub(crate) fn slice(&self, first: usize, count: usize, shape: ImageShape) -> Keep {
        let one = self.x0.len() == shape.len();
        let part = if one { 0..shape.len() } else { first * shape.len()..(first + count) * shape.len() };
        Keep { x0: self.x0.get(part).unwrap_or_default().to_vec(), mask: self.mask.clone() }
    }

    /// Checks it for `count` pictures of `shape`.
    pub(crate) fn check(&self, count: usize, shape: ImageShape) -> Result<(), SampleError> {
        check_mask(&self.mask, shape).map_err(KeepError::Mask)?;
        check_pictures(&self.x0, count, shape)
    }
}

impl Request {
    /// The same request, begun from clean pictures: `x_t = a_t x₀ + s_t ε` with each seed's own noise. `x0` is
    /// `[C, H, W]` for all pictures, or `[B, C, H, W]`, with each value in `[−1, 1]`; `t` in `(0, 1]` says how much of it is
    /// given up.
    ///
    /// # Errors
    /// [`SampleError::Count`], [`SampleError::StartTime`], [`SampleError::Start`] or [`SampleError::Keep`].
    pub fn begun_from(
        mut self,
        x0: &[f32],
        t: f64,
        shape: ImageShape,
        schedule: Schedule,
    ) -> Result<Request, SampleError> {
        self.check_count()?;
        if !(t > 0.0 && t <= 1.0) {
            return Err(SampleError::StartTime { t });
        }
        check_pictures(x0, self.count, shape)?;
        let mut x = vec![0.0; self.count * shape.len()];
        fill_batch(&self, 0, shape, &mut x);
        let time = schedule.at(t);
        for (value, clean) in x.iter_mut().zip(spread(x0, self.count, shape)) {
            *value = (time.a * f64::from(clean) + time.s * f64::from(*value)) as f32;
        }
        self.start = Some(Start { t, x });
        Ok(self)
    }
}

/// One picture for each of `count`.
fn spread(x0: &[f32], count: usize, shape: ImageShape) -> Vec<f32> {
    if x0.len() == shape.len() { x0.repeat(count) } else { x0.to_vec() }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

fn check_pictures(x0: &[f32], count: usize, shape: ImageShape) -> Result<(), SampleError> {
    let (expected, found) = (count * shape.len(), x0.len());
    if found != shape.len() && found != expected {
        return Err(SampleError::Start { expected, found });
    }
    match x0.iter().find(|value| !(-1.0..=1.0).contains(*value)) {
        Some(&value) => Err(KeepError::Value { value }.into()),
        None => Ok(()),
    }
}

/// What is wrong with a picture to begin from, or with the part of it that stays.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum KeepError {
    /// A value of the picture is out of range.
    #[error("expected every value of the picture to begin from between -1 and 1, found {value}")]
    Value {
        /// The first such value.
        value: f32,
    },
    /// The mask of what stays does not fit.
    #[error("what stays: {0}")]
    Mask(TermError),
    /// Its edge is too soft, or no number.
    #[error("expected an edge between 0 and {} pixels soft, found {soft}", Keep::SOFTEST)]
    Soft {
        /// What was asked for.
        soft: f64,
    },
}

impl From<KeepError> for SampleError {
    fn from(fault: KeepError) -> Self {
        SampleError::Keep(fault)
    }
}

//! Locality that comes from the pictures (PCA-locality; Lukoianov et al. 2025, arXiv 2509.09672): a pixel sees those pixels
//! that the best linear denoiser of the training images would look at for it, and the same place of each image answers for
//! it, weighed by how well what is seen matches. No window is calibrated against a network: which pixels go together, and so
//! how far one sees at which time, stands in the covariance of the images.
//!
//! ```text
//! seen(q) = { j : |W[q, j]| ≥ θ · max |W[q, ·]| }    D(q; n) = Σ_seen ‖x(j) − a_t y_n(j)‖²    w ∝ exp(−D / 2s_t²)
//! ```

use super::partial::{Cell, Partial};
use super::patch::Scales;
use super::response::Response;
use super::training::Training;
use super::wiener::Wiener;
use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::parallel;
use crate::schedule::Time;
use core::ops::Range;
use std::sync::Arc;

/// Images that are weighed together; one sum of a pixel lies in registers.
const TILE: usize = 32;
/// Pixels whose windows are found by one task.
const STRIP: usize = 64;
/// Bytes of windows that are kept for the next picture; those of one time are 2 MB at 64 × 64.
const KEPT: usize = 24 << 20;

/// The share of a row's largest entry from which on a pixel is seen, for the covariance of `count` images: a tenth, more where
/// there are few of them. Pixels that have nothing to do with each other correlate by about 1/√N all the same; two and a half
/// times that is no accident. (The authors' .005, for 60,000 images, makes windows so wide with 600 that the machine copies.)
pub fn threshold(count: usize) -> f32 {
    libm::sqrtf(6.25 / count.max(1) as f32).max(0.1)
}

/// Which pixels each pixel sees at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// Pixels of a picture.
    area: usize,
    /// A bit for each, `[H·W, ⌈H·W/64⌉]`.
    bits: Vec<u64>,
}

impl Windows {
    /// Those that `response` makes, where a pixel is seen from `threshold` of the strongest on.
    pub fn new(response: &Response, threshold: f32) -> Windows {
        let ImageShape { height, width, .. } = response.shape();
        let area = height * width;
        let strips: Vec<Range<usize>> = (0..area).step_by(STRIP).map(|at| at..(at + STRIP).min(area)).collect();
        let bits = parallel::map(&strips, |strip| {
            let strengths = response.strengths(strip.clone());
            strengths.chunks_exact(area).flat_map(|row| seen(row, threshold)).collect::<Vec<u64>>()
        });
        Windows { area, bits: bits.concat() }
    }

    /// The pixels that pixel `q` sees, `row · W + column`, in order; none where there is no such pixel.
    pub fn of(&self, q: usize) -> impl Iterator<Item = usize> + '_ {
        let words = self.area.div_ceil(64);
        let row = self.bits.get(q * words..(q + 1) * words).unwrap_or_default();
        row.iter().enumerate().flat_map(|(n, word)| {
            let mut left = *word;
            core::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(64 * n + bit)
            })
        })
    }

    /// A bit for each pixel that a pixel sees, the lowest first, `[H·W, 8·⌈H·W/64⌉]` bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bits.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Bytes that they take.
    fn bytes(&self) -> usize {
        8 * self.bits.len()
    }

    /// How many pixels a pixel sees, in the mean.
    pub fn mean_size(&self) -> f64 {
        self.bits.iter().map(|word| f64::from(word.count_ones())).sum::<f64>() / self.area.max(1) as f64
    }
}

/// The row's pixels of at least `threshold` times its largest, as bits.
fn seen(row: &[f32], threshold: f32) -> Vec<u64> {
    let least = threshold * row.iter().fold(0.0_f32, |most, v| most.max(*v));
    row.chunks(64)
        .map(|part| part.iter().enumerate().fold(0, |bits, (n, v)| bits | u64::from(*v >= least) << n))
        .collect()
}

/// The machine: windows from the covariance, answers from the same place.
#[derive(Debug, Clone)]
pub struct CovarianceLocal {
    training: Arc<Training>,
    filter: Arc<Wiener>,
    threshold: f32,
    /// The images, `[⌈N/32⌉, C, H, W, 32]`; the last is filled up with zeros.
    tiles: Vec<[f32; TILE]>,
    /// By the bits of their `t`, the newest last.
    windows: Vec<(u64, Arc<Windows>)>,
}

impl CovarianceLocal {
    /// The machine over `training`, whose Wiener filter is `filter`; a pixel is seen from [`threshold`] of the strongest on.
    pub fn new(training: Arc<Training>, filter: Arc<Wiener>) -> CovarianceLocal {
        let threshold = threshold(training.count());
        let (size, count) = (training.shape().len(), training.count());
        let mut tiles = vec![[0.0; TILE]; count.div_ceil(TILE) * size];
        for (n, image) in training.images().chunks_exact(size).enumerate() {
            for (tile, v) in tiles[n / TILE * size..].iter_mut().zip(image) {
                tile[n % TILE] = *v;
            }
        }
        CovarianceLocal { training, filter, threshold, tiles, windows: Vec::new() }
    }

    /// The same machine, where a pixel is seen from another share of the strongest on.
    pub fn seen_from(self, threshold: f32) -> CovarianceLocal {
        CovarianceLocal { threshold, windows: Vec::new(), ..self }
    }

    /// Which pixels each pixel sees at `time`.
    pub fn windows(&mut self, time: Time) -> Arc<Windows> {
        let key = time.t.to_bits();
        if let Some((_, windows)) = self.windows.iter().find(|(t, _)| *t == key) {
            return windows.clone();
        }
        let windows = Arc::new(Windows::new(&self.filter.response(time), self.threshold));
        self.windows.push((key, windows.clone()));
        let most = (KEPT / windows.bytes().max(1)).max(1);
        self.windows.drain(..self.windows.len().saturating_sub(most));
        windows
    }

    /// The posterior of one picture `[C, H, W]`, with provenance.
    ///
    /// # Errors
    /// [`DenoiseError::Shape`] where `x` is not one picture.
    pub fn partial(&mut self, x: &[f32], time: Time) -> Result<Partial, DenoiseError> {
        let shape = self.training.shape();
        check_batch(x, shape, &[Condition::Null])?;
        let windows = self.windows(time);
        let tiles: Vec<usize> = (0..self.training.count().div_ceil(TILE)).collect();
        let scales = Scales::new(time, shape.channels);
        let parts = parallel::map(&tiles, |tile| self.tile(x, &scales, &windows, *tile));
        let mut whole = Partial::empty(shape);
        parts.iter().for_each(|part| whole.absorb(part));
        Ok(whole)
    }

    /// The posterior over the images of one tile.
    fn tile(&self, x: &[f32], scales: &Scales, windows: &Windows, tile: usize) -> Partial {
        let shape = self.training.shape();
        let (size, area) = (shape.len(), shape.height * shape.width);
        let images = &self.tiles[tile * size..][..size];
        let squared = squared(x, images, scales, area);
        let first = tile * TILE;
        let count = (self.training.count() - first).min(TILE);
        let mut partial = Partial::empty(shape);
        let mut values = vec![0.0; shape.channels];
        for q in 0..area {
            let mut sums = [0.0_f32; TILE];
            for j in windows.of(q) {
                sums.iter_mut().zip(&squared[j]).for_each(|(sum, e)| *sum += e);
            }
            let logits = sums.map(|sum| f64::from(sum * scales.logit));
            let (best, max) = logits[..count]
                .iter()
                .copied()
                .enumerate()
                .fold((0, f64::NEG_INFINITY), |top, (n, z)| if z > top.1 { (n, z) } else { top });
            let weights = logits.map(|z| libm::exp2(z - max));
            let (mut sum, mut log) = (0.0, 0.0);
            for (w, z) in weights[..count].iter().zip(&logits) {
                sum += w;
                log += if *w > 0.0 { w * (z - max) } else { 0.0 };
            }
            for (c, value) in values.iter_mut().enumerate() {
                let image = &images[c * area + q];
                *value = weights[..count].iter().zip(image).map(|(w, v)| w * f64::from(*v)).sum();
            }
            let image = (self.training.first() + first + best) as u32;
            partial.add(q, Cell { max, sum, log, best: max, image, place: q as u32 }, &values);
        }
        partial
    }
}

/// `Σ_c (x − a y)² − C s²` of every pixel and image of a tile, `[H·W, 32]`: its expectation is taken off, which all images
/// share, so that the sums that matter stay near zero.
fn squared(x: &[f32], images: &[[f32; TILE]], scales: &Scales, area: usize) -> Vec<[f32; TILE]> {
    let mut out = vec![[scales.centre; TILE]; area];
    for (x, images) in x.chunks_exact(area).zip(images.chunks_exact(area)) {
        for ((to, x), y) in out.iter_mut().zip(x).zip(images) {
            for (to, y) in to.iter_mut().zip(y) {
                let difference = x - scales.a * y;
                *to += difference * difference;
            }
        }
    }
    out
}

impl Denoiser for CovarianceLocal {
    fn shape(&self) -> ImageShape {
        self.training.shape()
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        let shape = self.training.shape();
        check_batch(x, shape, conditions)?;
        let mut out = Vec::with_capacity(x.len());
        for x in x.chunks_exact(shape.len()) {
            out.extend(self.partial(x, time)?.mean());
        }
        if out.iter().all(|v| v.is_finite()) { Ok(out) } else { Err(DenoiseError::NotFinite) }
    }
}

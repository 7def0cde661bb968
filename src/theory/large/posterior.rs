//! The patch posterior over one picture: every window of a noisy picture asks which windows of the source it may be, and
//! each pixel is the mean of what all windows that cover it answer (Niedoba et al. 2025, PSPC):
//!
//! ```text
//! D(i, p) = Σ_δ ‖x(i+δ) − y(p+δ)‖²    w(i, p) ∝ exp(−D / 2s²)    x̂₀(q) = Σ_i g(q−i) Σ_p w(i, p) v(p+q−i) / Σ_i g(q−i)
//! ```
//!
//! `y` are the keys, the source times `a_t`, and `v` the values, the source as it is; `g` weighs the middle of a window more
//! than its rim. Windows of the noisy picture lie inside it, or go around where it is a torus; those of the source lie inside.

use super::picture::{Picture, Pixel, add};
use super::search::{KEPT, Place, Sources};
use core::ops::Range;

/// Weights below this power of two of the largest are left out: all that are left out weigh a hundredth at most, where a
/// thousand sources are asked.
const CUT: f32 = -16.0;
/// Rows of a window between two looks at whether it is out of question already.
const LOOK: usize = 3;
/// Standard deviation of the weights `g`, as a share of the window.
const MIDDLE: f32 = 0.3;

/// What is asked: one picture at one noise.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// The noisy picture; where it is a torus, with what goes around.
    pub x: &'a Picture,
    /// What windows are compared with.
    pub keys: &'a Picture,
    /// What they answer with, of the same size.
    pub values: &'a Picture,
    /// Side of the windows.
    pub window: usize,
    /// `s`.
    pub noise: f32,
    /// Which windows of the source may answer.
    pub sources: Sources<'a>,
}

/// What the windows of some rows answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// The sources that each window owes most to, best first.
    pub best: Vec<[Place; KEPT]>,
    /// Sums of weighed values, and of weights in the fourth place, for all pixels that the windows cover, row by row.
    pub sums: Vec<Pixel>,
}

impl Question<'_> {
    /// Columns and rows of windows of the noisy picture.
    pub fn windows(&self) -> (usize, usize) {
        (self.x.width + 1 - self.window, self.x.height + 1 - self.window)
    }

    /// What the windows of these rows answer.
    pub fn answer(&self, rows: Range<usize>) -> Answer {
        let (k, width) = (self.window, self.x.width);
        let weights = middle(k);
        let mut answer = Answer { best: Vec::new(), sums: vec![[0.0; 4]; (rows.len() + k - 1) * width] };
        let (mut near, mut found) = (Vec::new(), Vec::new());
        let mut patch = vec![[0.0; 4]; k * k];
        for row in rows.clone() {
            for column in 0..self.windows().0 {
                self.compare(row, column, &mut near, &mut found);
                answer.best.push(std::array::from_fn(|n| found[n.min(found.len() - 1)].1));
                self.mean(&found, &mut patch);
                for (line, patch) in patch.chunks_exact(k).enumerate() {
                    let sums = &mut answer.sums[(row - rows.start + line) * width + column..][..k];
                    for ((sum, pixel), across) in sums.iter_mut().zip(patch).zip(&weights) {
                        let weight = across * weights[line];
                        add(sum, weight, &[pixel[0], pixel[1], pixel[2], 1.0]);
                    }
                }
            }
        }
        answer
    }

    /// Finds the sources of a window that count, by their distance; never none.
    fn compare(&self, row: usize, column: usize, near: &mut Vec<Place>, found: &mut Vec<(f32, Place)>) {
        found.clear();
        let slack = CUT / self.logit();
        let mut best = f32::INFINITY;
        let mut score = |place: Place| {
            let distance = self.distance(row, column, place, best + slack);
            if distance <= best + slack {
                found.push((distance, place));
                best = best.min(distance);
            }
        };
        match &self.sources {
            Sources::All(all) => all.clone().for_each(&mut score),
            Sources::Near(search) => {
                search.near(row, column, near);
                near.iter().copied().for_each(&mut score);
            }
        }
        found.retain(|(distance, _)| *distance <= best + slack);
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }

    /// `−log₂e / 2s²`: makes logits, in powers of two, of squared distances.
    fn logit(&self) -> f32 {
        -core::f32::consts::LOG2_E / (2.0 * self.noise * self.noise)
    }

    /// The squared distance of a window and a source; anything above `enough` where it is more than that.
    #[inline(always)]
    fn distance(&self, row: usize, column: usize, place: Place, enough: f32) -> f32 {
        let k = self.window;
        let x = &self.x.pixels[row * self.x.width + column..];
        let y = &self.keys.pixels[place.row() * self.keys.width + place.column()..];
        // Eight sums, two vectors of most machines, always added in this order: the same bits everywhere.
        let mut sums = [0.0f32; 8];
        let total = |s: &[f32; 8]| ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
        for line in 0..k {
            let (x, y) = (&x[line * self.x.width..][..k], &y[line * self.keys.width..][..k]);
            let (pairs, others) = (x.chunks_exact(2), y.chunks_exact(2));
            if let ([x], [y]) = (pairs.remainder(), others.remainder()) {
                for c in 0..4 {
                    sums[c] += (x[c] - y[c]) * (x[c] - y[c]);
                }
            }
            for (x, y) in pairs.zip(others) {
                for c in 0..4 {
                    sums[c] += (x[0][c] - y[0][c]) * (x[0][c] - y[0][c]);
                    sums[4 + c] += (x[1][c] - y[1][c]) * (x[1][c] - y[1][c]);
                }
            }
            if line % LOOK == LOOK - 1 && total(&sums) > enough {
                return f32::INFINITY;
            }
        }
        total(&sums)
    }

    /// The mean of sources, sorted by distance, each by its weight.
    fn mean(&self, found: &[(f32, Place)], patch: &mut [Pixel]) {
        let (k, logit, width) = (self.window, self.logit(), self.values.width);
        let weight = |distance: f32| libm::exp2f((distance - found[0].0) * logit);
        let sum: f32 = found.iter().map(|(distance, _)| weight(*distance)).sum();
        patch.fill([0.0; 4]);
        for (distance, place) in found {
            let weight = weight(*distance) / sum;
            let values = &self.values.pixels[place.row() * width + place.column()..];
            for (line, patch) in patch.chunks_exact_mut(k).enumerate() {
                let values = &values[line * width..][..k];
                patch.iter_mut().zip(values).for_each(|(pixel, value)| add(pixel, weight, value));
            }
        }
    }
}

/// The weights `g` across a window of side `k`.
fn middle(k: usize) -> Vec<f32> {
    let far = |n: usize| (n as f32 - (k as f32 - 1.0) / 2.0) / (k as f32 * MIDDLE);
    (0..k).map(|n| libm::expf(-0.5 * far(n) * far(n))).collect()
}

//! Half patches, half Gaussian: `x̂₀ = α(t) · patches + (1 − α(t)) · Wiener`, where `patches = (1 − γ(t)) · centre + γ(t) · covered`: what the
//! window around a pixel says of it, and the mean of what all windows that cover it say ([`super::composite`]). A network stands between two theories, the
//! patch posterior, which is local and not linear, and the best linear denoiser, which sees everything and knows only how
//! pixels vary together; the mean of the two foretells it better than either. α and γ are fitted to a network as its windows are
//! ([`crate::theory::calibrate::share`]); where they were not, α is one half and γ zero.
//!
//! That networks are nearly linear where there is much noise: Li, Dai & Qu, "Understanding generalizability of diffusion
//! models requires rethinking the hidden Gaussian structure", NeurIPS 2024; Wang & Vastola, arXiv 2412.09726.

use super::locality::along;
use super::wiener::Wiener;
use super::{Locality, TheoryError};
use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape};
use crate::json::reads;
use crate::schedule::Time;
use serde::Serialize;
use std::sync::Arc;

/// One point of α(t) and γ(t).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// Time in `[0, 1]`.
    pub t: f64,
    /// How much of the answer is the patches', in `[0, 1]`; the Wiener filter has the rest.
    pub patches: f64,
    /// How much of what the patches say is said by all windows that cover a pixel, in `[0, 1]`; the window around it has the rest.
    #[serde(skip_serializing_if = "is_nothing")]
    pub covered: f64,
}

reads!(Share { t, patches, covered = 0.0 });

fn is_nothing(share: &f64) -> bool {
    *share == 0.0
}

/// α(t) and γ(t).
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// At least one point, times strictly rising.
    points: Vec<Share>,
}

impl Default for Shares {
    /// One half at every time: what fits most networks at most times.
    fn default() -> Self {
        Shares { points: vec![Share { t: 0.0, patches: 0.5, covered: 0.0 }] }
    }
}

impl Shares {
    /// Measured shares: straight lines between the points, level beyond the ends.
    ///
    /// # Errors
    /// [`TheoryError::Shares`] where there is no point, the times do not rise within `[0, 1]`, or a share is none.
    pub fn measured(points: Vec<Share>) -> Result<Shares, TheoryError> {
        let in_range = |p: &Share| [p.t, p.patches, p.covered].iter().all(|value| (0.0..=1.0).contains(value));
        if points.is_empty() || !points.iter().all(in_range) || points.windows(2).any(|w| w[0].t >= w[1].t) {
            return Err(TheoryError::Shares);
        }
        Ok(Shares { points })
    }

    /// The points that they were made of.
    pub fn points(&self) -> &[Share] {
        &self.points
    }

    /// α at `time`.
    pub fn at(&self, time: Time) -> f64 {
        along(&self.points, time.t, |p| p.t, |p| p.patches)
    }

    /// γ at `time`.
    pub fn covered(&self, time: Time) -> f64 {
        along(&self.points, time.t, |p| p.t, |p| p.covered)
    }

    /// Turns the patches' posterior means into those of the blend.
    pub fn blend(&self, time: Time, patches: &mut [f32], wiener: &[f32]) {
        mix(wiener, patches, self.at(time));
    }
}

/// `to = share · to + (1 − share) · other`.
pub(super) fn mix(other: &[f32], to: &mut [f32], share: f64) {
    for (to, other) in to.iter_mut().zip(other) {
        *to = (share * f64::from(*to) + (1.0 - share) * f64::from(*other)) as f32;
    }
}

/// What was calibrated against a network; nothing, and halves, where there is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration {
    /// How far the pixels of a local machine see.
    pub locality: Option<Locality>,
    /// How much of a blend is patches, and how many windows answer.
    pub shares: Shares,
}

impl From<Option<Locality>> for Calibration {
    fn from(locality: Option<Locality>) -> Self {
        Calibration { locality, ..Calibration::default() }
    }
}

/// A patch posterior and a Wiener filter, blended.
pub struct Blend {
    patches: Box<dyn Denoiser>,
    filter: Arc<Wiener>,
    shares: Shares,
}

impl Blend {
    /// `patches`, wherever they are computed, and `filter` of the same training images.
    pub fn new(patches: Box<dyn Denoiser>, filter: Arc<Wiener>, shares: Shares) -> Blend {
        Blend { patches, filter, shares }
    }
}

impl Denoiser for Blend {
    fn shape(&self) -> ImageShape {
        self.patches.shape()
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        let mut means = self.patches.denoise(x, time, conditions)?;
        self.shares.blend(time, &mut means, &self.filter.means(x, time)?);
        Ok(means)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Schedule;

    fn points(list: &[(f64, f64)]) -> Vec<Share> {
        list.iter().map(|&(t, patches)| Share { t, patches, covered: patches / 2.0 }).collect()
    }

    #[test]
    fn shares_are_joined_by_lines_and_blend_means() {
        let shares = Shares::measured(points(&[(0.2, 0.75), (0.6, 0.25)])).unwrap();
        let at = |t| shares.at(Schedule::Cosine.at(t));
        assert_eq!((at(0.0), at(0.2), at(1.0)), (0.75, 0.75, 0.25));
        assert!((at(0.4) - 0.5).abs() < 1e-12);
        assert!((shares.covered(Schedule::Cosine.at(0.4)) - 0.25).abs() < 1e-12);
        let mut means = [1.0, -1.0];
        shares.blend(Schedule::Cosine.at(1.0), &mut means, &[0.0, 1.0]);
        assert_eq!(means, [0.25, 0.5]);
        assert_eq!(Shares::default().at(Schedule::Cosine.at(0.3)), 0.5);
    }

    #[test]
    fn shares_that_make_no_sense_are_refused() {
        for bad in [&[][..], &[(0.5, 1.1)], &[(0.5, f64::NAN)], &[(1.5, 0.5)], &[(0.5, 0.5), (0.5, 0.6)]] {
            assert_eq!(Shares::measured(points(bad)), Err(TheoryError::Shares), "{bad:?}");
        }
        for covered in [-0.1, 1.1, f64::NAN] {
            let bad = vec![Share { t: 0.5, patches: 0.5, covered }];
            assert_eq!(Shares::measured(bad), Err(TheoryError::Shares), "{covered}");
        }
    }
}

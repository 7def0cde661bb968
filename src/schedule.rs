//! Noise schedules: how much picture (`a_t`) and how much noise (`s_t`) a noisy image holds at time `t`, and the
//! grid of times that a sampler visits. Everything is in f64; callers narrow where they compute pixels.
//!
//! `x_t = a_t x_0 + s_t ε` with `a_t² + s_t² = 1` and `t ∈ [0, 1]`: 0 is a clean picture, 1 is (almost) pure noise.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A point on a schedule. `a² + s² = 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Time {
    /// Time in `[0, 1]`.
    pub t: f64,
    /// Scale of the clean picture, in `[0, 1]`.
    pub a: f64,
    /// Standard deviation of the noise, in `[0, 1]`.
    pub s: f64,
}

impl Time {
    /// Half the log signal-to-noise ratio, `ln(a/s)`; infinite at `t = 0` (Lu et al. 2022, eq. 3.2).
    pub fn log_snr(&self) -> f64 {
        libm::log(self.a) - libm::log(self.s)
    }
}

/// Which curve `a_t`, `s_t` follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// `a_t = cos((t / 1.008) · π/2)`: the cosine schedule of Nichol & Dhariwal 2021, with the offset that Kamb &
    /// Ganguli 2025 use, so that a trace of the picture is left at `t = 1`.
    #[default]
    Cosine,
}

impl Schedule {
    /// The point at `t`. `t` is clamped to `[0, 1]`.
    pub fn at(self, t: f64) -> Time {
        let t = t.clamp(0.0, 1.0);
        match self {
            Schedule::Cosine => {
                let angle = t / 1.008 * core::f64::consts::FRAC_PI_2;
                Time { t, a: libm::cos(angle), s: libm::sin(angle) }
            }
        }
    }

    /// The times that `steps` steps visit: `1, (T−1)/T, …, 1/T` and the end, 0. Length `steps + 1`.
    ///
    /// # Errors
    /// [`StepsError`] unless `steps` is in `1..=MAX_STEPS`.
    pub fn grid(self, steps: usize) -> Result<Vec<Time>, StepsError> {
        self.grid_from(1.0, steps)
    }

    /// The same from a time `t` in `[0, 1]` on, for samples that begin half-way: `t, t(T−1)/T, …, t/T, 0`.
    ///
    /// # Errors
    /// [`StepsError`] unless `steps` is in `1..=MAX_STEPS`.
    pub fn grid_from(self, t: f64, steps: usize) -> Result<Vec<Time>, StepsError> {
        if !(1..=MAX_STEPS).contains(&steps) {
            return Err(StepsError { steps });
        }
        Ok((0..=steps).rev().map(|i| self.at(t * i as f64 / steps as f64)).collect())
    }
}

/// The most steps a sample may take.
pub const MAX_STEPS: usize = 1000;

/// The number of steps asked for is out of range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected between 1 and {MAX_STEPS} steps, found {steps}; 20 is a good choice")]
pub struct StepsError {
    /// What was asked for.
    pub steps: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_is_variance_preserving_and_monotone() {
        let grid = Schedule::Cosine.grid(100).unwrap();
        assert_eq!(grid.len(), 101);
        for pair in grid.windows(2) {
            assert!(pair[0].s > pair[1].s && pair[0].a < pair[1].a);
            assert!((pair[0].a * pair[0].a + pair[0].s * pair[0].s - 1.0).abs() < 1e-12);
        }
        assert_eq!(grid[100], Time { t: 0.0, a: 1.0, s: 0.0 });
        assert!((grid[0].a - 0.012_466).abs() < 1e-5, "a trace of picture is left at t = 1: {}", grid[0].a);
    }

    #[test]
    fn steps_out_of_range_are_refused() {
        assert_eq!(Schedule::Cosine.grid(0), Err(StepsError { steps: 0 }));
        assert!(Schedule::Cosine.grid(MAX_STEPS + 1).is_err());
    }
}

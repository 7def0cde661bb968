//! Noise schedules: how much picture (`a_t`) and how much noise (`s_t`) a noisy image holds at time `t`, and the
//! grid of times that a sampler visits. Everything is in f64; callers narrow where they compute pixels.
//!
//! `x_t = a_t x_0 + s_t ε` with `a_t² + s_t² = 1` and `t ∈ [0, 1]`: 0 is a clean picture, 1 is (almost) pure noise.

use crate::json::names;
use serde::Serialize;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// `a_t = cos((t / 1.008) · π/2)`: the cosine schedule of Nichol & Dhariwal 2021, with the offset that Kamb &
    /// Ganguli 2025 use, so that a trace of the picture is left at `t = 1`.
    #[default]
    Cosine,
}

names!(Schedule { "cosine" => Cosine });

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

    /// The times that `steps` steps visit, from 1 down to the end, 0. Length `steps + 1`.
    ///
    /// # Errors
    /// [`StepsError`] unless `steps` is in `1..=MAX_STEPS`.
    pub fn grid(self, grid: Grid, steps: usize) -> Result<Vec<Time>, StepsError> {
        self.grid_from(grid, 1.0, steps)
    }

    /// The same from a time `t` in `[0, 1]` on, for samples that begin half-way: the steps share the time that is left as
    /// those of a whole sample share all of it.
    ///
    /// # Errors
    /// [`StepsError`] unless `steps` is in `1..=MAX_STEPS`.
    pub fn grid_from(self, grid: Grid, t: f64, steps: usize) -> Result<Vec<Time>, StepsError> {
        if !(1..=MAX_STEPS).contains(&steps) {
            return Err(StepsError { steps });
        }
        Ok((0..=steps).map(|i| self.at(grid.left(t, i, steps))).collect())
    }
}

/// Where the steps of a sample lie between noise and picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grid {
    /// All alike: step `i` of S begins at `t = 1 − i/S`.
    #[default]
    Uniform,
    /// Close together at much noise, where what is to be seen is decided, and wide where detail is left: step `i` of S
    /// begins at `t = 1 − (i/S)^ρ`, with ρ = [`Grid::EARLY`].
    Early,
}

names!(Grid);

impl Grid {
    /// All of them.
    pub const ALL: [Grid; 2] = [Grid::Uniform, Grid::Early];
    /// ρ of [`Grid::Early`]: of 1.5, 1.6 and 1.75 the one that comes nearest to many steps with the fewest (measured in
    /// `docs/results.md`). 1 would be [`Grid::Uniform`].
    pub const EARLY: f64 = 1.5;

    /// The name used in packs, files and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Grid::Uniform => "uniform",
            Grid::Early => "early",
        }
    }

    /// The time after `done` of `steps` steps that began at `t`.
    fn left(self, t: f64, done: usize, steps: usize) -> f64 {
        match self {
            Grid::Uniform => t * (steps - done) as f64 / steps as f64,
            Grid::Early => t * bent(done as f64 / steps as f64, Grid::EARLY),
        }
    }
}

/// The share of the time that is left, `1 − share^ρ`, after a share of the steps; both in `[0, 1]`.
fn bent(share: f64, rho: f64) -> f64 {
    1.0 - libm::pow(share, rho)
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
    use proptest::prelude::*;

    #[test]
    fn cosine_is_variance_preserving_and_monotone() {
        let grid = Schedule::Cosine.grid(Grid::Uniform, 100).unwrap();
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
        for grid in Grid::ALL {
            assert_eq!(Schedule::Cosine.grid(grid, 0), Err(StepsError { steps: 0 }));
            assert!(Schedule::Cosine.grid(grid, MAX_STEPS + 1).is_err());
        }
    }

    fn times(grid: Grid, t: f64, steps: usize) -> Vec<f64> {
        Schedule::Cosine.grid_from(grid, t, steps).unwrap().iter().map(|time| time.t).collect()
    }

    #[test]
    fn early_steps_are_where_they_were_measured() {
        // 1 − (i/4)^1.5 and the same of what is left from 0.5 on.
        let expected = [1.0, 0.875, 0.646_446_609, 0.350_480_947, 0.0];
        for (t, scale) in [(1.0, 1.0), (0.5, 0.5)] {
            let found = times(Grid::Early, t, 4);
            assert_eq!(found.len(), 5);
            assert!(found.iter().zip(expected).all(|(f, e)| (f - scale * e).abs() < 1e-9), "{found:?}");
        }
        assert_eq!(times(Grid::Uniform, 1.0, 4), [1.0, 0.75, 0.5, 0.25, 0.0]);
        assert_eq!(times(Grid::Uniform, 0.5, 2), [0.5, 0.25, 0.0]);
    }

    #[test]
    fn grids_are_known_by_their_names() {
        for grid in Grid::ALL {
            assert_eq!(serde_json::to_value(grid).unwrap(), grid.name());
            assert_eq!(serde_json::from_value::<Grid>(grid.name().into()).unwrap(), grid);
        }
        let error = serde_json::from_str::<Grid>("\"late\"").unwrap_err().to_string();
        assert!(error.contains("late") && error.contains("uniform") && error.contains("early"), "{error}");
    }

    proptest! {
        #[test]
        fn every_grid_falls_from_its_start_to_nought(steps in 1usize..=MAX_STEPS, t in 1e-3f64..=1.0) {
            for grid in Grid::ALL {
                let found = times(grid, t, steps);
                prop_assert_eq!(found.len(), steps + 1);
                prop_assert!((found[0] - t).abs() < 1e-15 && found[steps] == 0.0, "{:?}: {:?}", grid, found);
                prop_assert!(found.windows(2).all(|pair| pair[0] > pair[1]), "{:?}: {:?}", grid, found);
            }
        }

        #[test]
        fn early_steps_lie_at_more_noise_and_grow(steps in 2usize..=MAX_STEPS) {
            let (early, uniform) = (times(Grid::Early, 1.0, steps), times(Grid::Uniform, 1.0, steps));
            prop_assert!(early[1..steps].iter().zip(&uniform[1..steps]).all(|(early, uniform)| early > uniform));
            let lengths: Vec<f64> = early.windows(2).map(|pair| pair[0] - pair[1]).collect();
            prop_assert!(lengths.windows(2).all(|pair| pair[0] < pair[1] + 1e-12));
        }

        #[test]
        fn bent_by_one_is_straight(done in 0usize..=MAX_STEPS, more in 0usize..MAX_STEPS) {
            let steps = (done + more).max(1);
            let straight = Grid::Uniform.left(1.0, done.min(steps), steps);
            prop_assert!((bent(done.min(steps) as f64 / steps as f64, 1.0) - straight).abs() < 1e-12);
        }
    }
}

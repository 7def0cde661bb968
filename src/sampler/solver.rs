//! Solvers as a table of numbers. Every solver here is linear in what it has seen, so one step is
//! `x_next = x·x_t + denoised·x̂₀ + previous·x̂₀(before) + noise·z`; the CPU loop and the GPU shader read the same table.

use crate::json::{names, reads};
use crate::schedule::{Grid, Schedule, StepsError, Time};
use serde::Serialize;

/// How a sampler moves from one time to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Solver {
    /// Deterministic, first order (Song et al. 2021, eq. 12 with σ = 0).
    #[default]
    Ddim,
    /// Ancestral sampling from the posterior `q(x_u | x_t, x̂₀)` (Ho et al. 2020, eq. 7), adding fresh noise.
    Ddpm,
    /// DPM-Solver++(2M), deterministic, second order (Lu et al. 2022, algorithm 2).
    DpmSolver,
}

names!(Solver);

impl Solver {
    /// All of them.
    pub const ALL: [Solver; 3] = [Solver::Ddim, Solver::Ddpm, Solver::DpmSolver];

    /// The name used in packs, files and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Solver::Ddim => "ddim",
            Solver::Ddpm => "ddpm",
            Solver::DpmSolver => "dpm-solver",
        }
    }
}

/// How noise becomes a picture: in how many steps, where they lie, and how each is taken. A network of a pack states its
/// own; this default is for all that say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sampling {
    /// Number of steps, `1..=schedule::MAX_STEPS`.
    pub steps: usize,
    /// Where they lie.
    pub grid: Grid,
    /// How each is taken.
    pub solver: Solver,
}

reads!(Sampling { steps, grid, solver });

impl Default for Sampling {
    fn default() -> Self {
        Sampling { steps: 20, grid: Grid::Uniform, solver: Solver::Ddim }
    }
}

impl core::fmt::Display for Sampling {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Sampling { steps, grid, solver } = self;
        write!(formatter, "{steps} steps, {}, {}", grid.name(), solver.name())
    }
}

/// One step of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Where the step starts.
    pub time: Time,
    /// Where it ends.
    pub next: Time,
    /// Factor of `x_t`.
    pub x: f64,
    /// Factor of this step's `x̂₀`.
    pub denoised: f64,
    /// Factor of the `x̂₀` of the step before; 0 in the first step.
    pub previous: f64,
    /// Factor of fresh noise.
    pub noise: f64,
}

/// The whole table, from `t = 1` to 0.
///
/// # Errors
/// [`StepsError`] where the number of steps is out of range.
pub fn plan(schedule: Schedule, sampling: Sampling) -> Result<Vec<Step>, StepsError> {
    plan_from(schedule, sampling, 1.0)
}

/// The same from time `t` in `[0, 1]` on.
///
/// # Errors
/// [`StepsError`] where the number of steps is out of range.
pub fn plan_from(schedule: Schedule, sampling: Sampling, t: f64) -> Result<Vec<Step>, StepsError> {
    let Sampling { steps, grid, solver } = sampling;
    let grid = schedule.grid_from(grid, t, steps)?;
    let step = |i: usize| {
        let (time, next) = (grid[i], grid[i + 1]);
        let before = i.checked_sub(1).map(|i| grid[i]);
        match solver {
            Solver::Ddim => ddim(time, next),
            Solver::Ddpm => ddpm(time, next),
            Solver::DpmSolver => dpm_solver(before, time, next),
        }
    };
    Ok((0..steps).map(step).collect())
}

/// The most times that a step is taken.
pub const MAX_TIMES: usize = 16;

/// Each step of a plan `times` times: after all but the last, fresh noise leads back to where it began,
/// `x_t = (a_t/a_u) x_u + √(s_t² − (a_t/a_u)² s_u²) z` (RePaint, Lugmayr et al. 2022, algorithm 1). There and back again is one
/// row of the table. The plan must remember no step before.
pub fn repeated(plan: Vec<Step>, times: usize) -> Vec<Step> {
    if times <= 1 {
        return plan;
    }
    let mut steps = Vec::with_capacity(plan.len() * times);
    for step in plan {
        let Step { time, next, .. } = step;
        let back = time.a / next.a;
        let (s, before) = (time.s * time.s, back * back * (next.s * next.s));
        // The noise of the step and that of the way back are one.
        let noise = libm::sqrt((s - before).max(0.0) + back * back * step.noise * step.noise);
        let again = Step { next: time, x: back * step.x, denoised: back * step.denoised, noise, ..step };
        steps.extend(std::iter::repeat_n(again, times - 1));
        steps.push(step);
    }
    steps
}

/// `x_u = a_u x̂₀ + s_u ε̂` with `ε̂ = (x_t − a_t x̂₀) / s_t`.
fn ddim(time: Time, next: Time) -> Step {
    let x = next.s / time.s;
    Step { time, next, x, denoised: next.a - x * time.a, previous: 0.0, noise: 0.0 }
}

/// Mean and deviation of `q(x_u | x_t, x̂₀)`, with `α = a_t/a_u` and `σ² = s_t² − α² s_u²`.
fn ddpm(time: Time, next: Time) -> Step {
    let alpha = time.a / next.a;
    let (variance, next_variance) = (time.s * time.s, next.s * next.s);
    let added = variance - alpha * alpha * next_variance;
    Step {
        time,
        next,
        x: alpha * next_variance / variance,
        denoised: next.a * added / variance,
        previous: 0.0,
        noise: libm::sqrt(added * next_variance / variance),
    }
}

/// `x_u = (s_u/s_t) x_t + a_u (1 − e^{−h}) D`, `D = (1 + 1/2r) x̂₀ − (1/2r) x̂₀(before)`, `h` and `r·h` the steps in
/// log-SNR. First order where there is nothing before, and into `t = 0`, where `h` is infinite and `D = x̂₀`.
fn dpm_solver(before: Option<Time>, time: Time, next: Time) -> Step {
    let first_order = ddim(time, next);
    let Some(before) = before.filter(|_| next.s > 0.0) else { return first_order };
    let ratio = (time.log_snr() - before.log_snr()) / (next.log_snr() - time.log_snr());
    let extrapolation = 1.0 / (2.0 * ratio);
    let factor = first_order.denoised;
    Step { denoised: factor * (1.0 + extrapolation), previous: -factor * extrapolation, ..first_order }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact denoiser of a single normal variable N(μ, σ²), for which the flow's end point is known.
    fn posterior_mean(x: f64, time: Time, mean: f64, sigma: f64) -> f64 {
        let gain = time.a * sigma * sigma / (time.a * time.a * sigma * sigma + time.s * time.s);
        mean + gain * (x - time.a * mean)
    }

    fn flow(solver: Solver, grid: Grid, steps: usize, start: f64) -> f64 {
        let (mut x, mut previous) = (start, 0.0);
        for step in plan(Schedule::Cosine, Sampling { steps, grid, solver }).unwrap() {
            let denoised = posterior_mean(x, step.time, 0.3, 0.5);
            x = step.x * x + step.denoised * denoised + step.previous * previous;
            previous = denoised;
        }
        x
    }

    #[test]
    fn deterministic_solvers_converge_to_the_exact_flow() {
        let first = Schedule::Cosine.at(1.0);
        let start = 0.7;
        let spread = (first.a * first.a * 0.25 + first.s * first.s).sqrt();
        let exact = 0.3 + 0.5 * (start - first.a * 0.3) / spread;
        // Early steps end with longer ones, and so need more for a variable as plain as this one.
        for (grid, many) in [(Grid::Uniform, 100), (Grid::Early, 200)] {
            let error = |solver, steps| (flow(solver, grid, steps, start) - exact).abs();
            assert!(error(Solver::Ddim, 1000) < 1e-3);
            assert!(error(Solver::DpmSolver, many) < 1e-3);
            assert!(error(Solver::DpmSolver, 20) < error(Solver::Ddim, 20), "second order is closer at 20 steps");
        }
    }

    #[test]
    fn ancestral_steps_keep_the_marginal_variance() {
        // With x̂₀ = x_0 exact: x_u must be a_u x_0 + noise of deviation s_u.
        for grid in Grid::ALL {
            for step in plan(Schedule::Cosine, Sampling { grid, solver: Solver::Ddpm, steps: 20 }).unwrap() {
                assert!((step.x * step.time.a + step.denoised - step.next.a).abs() < 1e-9);
                let deviation = (step.x * step.time.s).hypot(step.noise);
                assert!((deviation - step.next.s).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_step_that_is_taken_again_ends_where_it_began() {
        // With x̂₀ = x_0 exact, its marginal is that of the time at which it began.
        for solver in [Solver::Ddim, Solver::Ddpm] {
            let plan = plan(Schedule::Cosine, Sampling { steps: 6, grid: Grid::Early, solver }).unwrap();
            assert_eq!(repeated(plan.clone(), 1), plan);
            for (index, step) in repeated(plan.clone(), 3).iter().enumerate() {
                let (again, plain) = (index % 3 < 2, plan[index / 3]);
                assert_eq!((step.time, step.next), (plain.time, if again { plain.time } else { plain.next }));
                assert!((step.x * step.time.a + step.denoised - step.next.a).abs() < 1e-9);
                assert!(((step.x * step.time.s).hypot(step.noise) - step.next.s).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn every_solver_ends_on_its_last_answer() {
        for (solver, grid) in Solver::ALL.into_iter().flat_map(|solver| Grid::ALL.map(|grid| (solver, grid))) {
            let last = *plan(Schedule::Cosine, Sampling { steps: 7, grid, solver }).unwrap().last().unwrap();
            assert_eq!((last.x, last.denoised, last.previous, last.noise), (0.0, 1.0, 0.0, 0.0));
        }
    }
}

//! One loop for every denoiser: [`sample`] draws pictures from noise in a fixed number of steps. [`Trajectory`] is the
//! same loop turned inside out, for callers that must wait between steps (a browser's event loop, several workers):
//! ask it for a [`Query`], answer with the posterior mean, repeat. Noise comes from [`noise`], steps from [`solver`], and
//! what the pictures show, where and when, from [`terms`], what stays of a finished one from [`keep`].

mod influence;
pub mod keep;
pub mod morph;
pub mod noise;
pub mod solver;
pub mod terms;
mod trajectory;

use crate::denoiser::{Condition, Conditions, DenoiseError, Denoiser, ImageShape};
use crate::schedule::{Grid, MAX_STEPS, Schedule, StepsError};
pub use keep::{Keep, KeepError};
pub use solver::{MAX_TIMES, Sampling, Solver, Step, plan, plan_from};
pub use terms::{Calls, MAX_TERMS, Region, Side, Term, TermError, Way};
use thiserror::Error;
pub use trajectory::{Query, Trajectory};

/// The most pictures of one request.
pub const MAX_COUNT: usize = 10_000;

/// What to sample, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What to draw, as a sum: at most [`MAX_TERMS`]. Plain guidance is one of them.
    pub terms: Vec<Term>,
    /// What they lead away from: the null condition, or what a negative prompt names.
    pub against: Condition,
    /// Seed of the first picture; picture `n` of the batch has seed `seed + n`, and equals the single picture of it.
    pub seed: u64,
    /// Whether all pictures have the noise of the first instead, on the way as well, and differ by what they show alone.
    pub one_noise: bool,
    /// Number of pictures, `1..=MAX_COUNT`.
    pub count: usize,
    /// Number of steps, `1..=schedule::MAX_STEPS`.
    pub steps: usize,
    /// Where they lie.
    pub grid: Grid,
    /// How a step is taken.
    pub solver: Solver,
    /// Whether `x̂₀` is clipped to `[−1, 1]`, after the sum.
    pub clip: bool,
    /// Where to begin, if not from the noise of the seeds at `t = 1`. The steps then share the time that is left.
    pub start: Option<Start>,
    /// What stays of finished pictures, where something does.
    pub keep: Option<Keep>,
    /// How often each step is taken, `1..=MAX_TIMES`: more than once, and what is new fits what stays better. Together at most
    /// `schedule::MAX_STEPS`.
    pub times: usize,
}

/// Noisy pictures to begin from: somebody's picture with noise added, noise that was shifted, a sample half-way.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// Their time, in `(0, 1]`.
    pub t: f64,
    /// `[B, C, H, W]`, finite; B is the request's `count`.
    pub x: Vec<f32>,
}

impl Request {
    /// One picture in the steps of [`Sampling::default`], without guidance, clipped.
    pub fn new(condition: impl Into<Conditions>, seed: u64) -> Self {
        let (terms, against) = (vec![Term::new(condition)], Condition::Null);
        let Sampling { steps, grid, solver } = Sampling::default();
        let (start, keep) = (None, None);
        Request {
            terms,
            against,
            seed,
            one_noise: false,
            count: 1,
            steps,
            grid,
            solver,
            clip: true,
            start,
            keep,
            times: 1,
        }
    }

    /// The same request with classifier-free guidance (Ho & Salimans 2022) by `guidance`, which multiplies what every term
    /// weighs: 1 is none.
    pub fn guided(mut self, guidance: f64) -> Self {
        self.terms.iter_mut().for_each(|term| term.weight *= guidance);
        self
    }

    /// The same request for other pictures.
    pub fn of(mut self, condition: impl Into<Conditions>) -> Self {
        let condition = condition.into();
        self.terms.iter_mut().for_each(|term| term.condition = condition.clone());
        self
    }

    /// The same request, taken in other steps.
    pub fn taking(self, sampling: Sampling) -> Self {
        let Sampling { steps, grid, solver } = sampling;
        Request { steps, grid, solver, ..self }
    }

    /// How its steps are taken.
    pub fn sampling(&self) -> Sampling {
        Sampling { steps: self.steps, grid: self.grid, solver: self.solver }
    }

    /// The seed of a picture.
    pub fn seed_of(&self, picture: usize) -> u64 {
        if self.one_noise { self.seed } else { self.seed.wrapping_add(picture as u64) }
    }

    /// Whether some term has a condition for each picture.
    pub fn is_spread(&self) -> bool {
        self.terms.iter().any(|term| term.condition.count().is_some())
    }

    /// What the step at time `t` asks a denoiser for.
    pub fn calls(&self, t: f64) -> Calls {
        Calls::at(t, &self.terms, &self.against)
    }

    /// The conditions of these calls, `count` of each kind.
    pub fn conditions(&self, calls: &Calls) -> Vec<Condition> {
        calls.conditions(&self.terms, &self.against, self.count)
    }

    /// The time at which the first step starts.
    pub fn from(&self) -> f64 {
        self.start.as_ref().map_or(1.0, |start| start.t)
    }

    /// The table of steps. Steps that are taken more than once are of first order: the guess before is of the same time.
    ///
    /// # Errors
    /// [`SampleError::Steps`].
    pub fn plan(&self, schedule: Schedule) -> Result<Vec<Step>, SampleError> {
        let again = self.times > 1 && self.solver == Solver::DpmSolver;
        let solver = if again { Solver::Ddim } else { self.solver };
        let plan = plan_from(schedule, Sampling { solver, ..self.sampling() }, self.from())?;
        Ok(solver::repeated(plan, self.times))
    }

    /// What the first step starts from, `[B, C, H, W]`.
    pub fn initial(&self, shape: ImageShape) -> Vec<f32> {
        if let Some(start) = &self.start {
            return start.x.clone();
        }
        let mut x = vec![0.0; shape.len() * self.count];
        fill_batch(self, 0, shape, &mut x);
        x
    }

    /// Pictures `first..first + count` of this request as a request of their own.
    pub fn slice(&self, first: usize, count: usize, shape: ImageShape) -> Self {
        let start = self.start.as_ref().map(|Start { t, x }| {
            let pictures = first * shape.len()..(first + count) * shape.len();
            Start { t: *t, x: x.get(pictures).unwrap_or_default().to_vec() }
        });
        let keep = self.keep.as_ref().map(|keep| keep.slice(first, count, shape));
        let part = |term: &Term| Term { condition: term.condition.slice(first, count), ..term.clone() };
        let terms = self.terms.iter().map(part).collect();
        Request { terms, seed: self.seed_of(first), count, start, keep, ..self.clone() }
    }

    fn check_count(&self) -> Result<(), SampleError> {
        let Request { count, .. } = *self;
        if (1..=MAX_COUNT).contains(&count) { Ok(()) } else { Err(SampleError::Count { count }) }
    }

    /// Checks count, times, terms, conditions, start and what is kept; steps are checked by [`plan`].
    ///
    /// # Errors
    /// [`SampleError::Count`], [`SampleError::Times`], [`SampleError::Terms`], [`SampleError::Term`], [`SampleError::Share`],
    /// [`SampleError::Conditions`], [`SampleError::StartTime`], [`SampleError::Start`] or [`SampleError::Keep`].
    pub fn check(&self, shape: ImageShape) -> Result<(), SampleError> {
        self.check_count()?;
        let Request { times, steps, .. } = *self;
        if !(1..=MAX_TIMES).contains(&times) || (times > 1 && steps.saturating_mul(times) > MAX_STEPS) {
            return Err(SampleError::Times { times });
        }
        terms::check(&self.terms, shape)?;
        if let Some(share) = self.against.unusable_share() {
            return Err(SampleError::Share { share });
        }
        let counts = self.terms.iter().filter_map(|term| term.condition.count());
        if let Some(found) = counts.into_iter().find(|&found| found != self.count) {
            return Err(SampleError::Conditions { expected: self.count, found });
        }
        if let Some(Start { t, x }) = &self.start {
            if !(*t > 0.0 && *t <= 1.0) {
                return Err(SampleError::StartTime { t: *t });
            }
            let (expected, found) = (self.count * shape.len(), x.len());
            if expected != found || !x.iter().all(|value| value.is_finite()) {
                return Err(SampleError::Start { expected, found });
            }
        }
        self.keep.as_ref().map_or(Ok(()), |keep| keep.check(self.count, shape))
    }
}

/// Why a sample failed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SampleError {
    /// The number of steps is out of range.
    #[error(transparent)]
    Steps(#[from] StepsError),
    /// The number of pictures is out of range.
    #[error("expected between 1 and {MAX_COUNT} pictures, found {count}")]
    Count {
        /// What was asked for.
        count: usize,
    },
    /// Steps are taken too often.
    #[error(
        "expected each step to be taken 1 to {MAX_TIMES} times, and at most {MAX_STEPS} in all, found {times} times"
    )]
    Times {
        /// What was asked for.
        times: usize,
    },
    /// There is not one condition for each picture.
    #[error("expected one condition for all pictures or {expected}, found {found}")]
    Conditions {
        /// Pictures of the request.
        expected: usize,
        /// Conditions given.
        found: usize,
    },
    /// There are too many terms.
    #[error("expected at most {MAX_TERMS} terms, found {found}")]
    Terms {
        /// Terms given.
        found: usize,
    },
    /// A term cannot be used.
    #[error("term {number}: {fault}")]
    Term {
        /// Which, from 1 on.
        number: usize,
        /// What is wrong with it.
        fault: TermError,
    },
    /// What the terms lead away from lies between two things at no usable share.
    #[error("expected a share between 0 and 1, found {share}")]
    Share {
        /// What was asked for.
        share: f64,
    },
    /// The time to begin at is out of range.
    #[error("expected to begin at a time above 0 and up to 1, found {t}")]
    StartTime {
        /// What was asked for.
        t: f64,
    },
    /// The pictures to begin from have the wrong length, or values that are not finite.
    #[error("expected {expected} finite values to begin from, found {found} values")]
    Start {
        /// Values of all pictures of the request.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A picture to begin from, or what stays of it, cannot be used.
    #[error(transparent)]
    Keep(KeepError),
    /// The denoiser failed.
    #[error(transparent)]
    Denoise(#[from] DenoiseError),
    /// The caller said stop.
    #[error("cancelled")]
    Cancelled,
}

/// Each picture's own noise of a stream, `[B, C, H, W]`. Does nothing where `out` is empty.
pub fn fill_batch(request: &Request, stream: u64, shape: ImageShape, out: &mut [f32]) {
    for (n, picture) in out.chunks_mut(shape.len().max(1)).enumerate() {
        noise::fill(request.seed_of(n), stream, picture);
    }
}

/// Draws the pictures of `request`, `[B, C, H, W]`. `on_step` sees the trajectory after every step; answering `false`
/// stops it.
///
/// # Errors
/// [`SampleError`]: the request is out of range, the denoiser failed, or `on_step` said stop.
pub fn sample(
    denoiser: &mut dyn Denoiser,
    request: &Request,
    schedule: Schedule,
    mut on_step: impl FnMut(&Trajectory) -> bool,
) -> Result<Vec<f32>, SampleError> {
    let mut trajectory = Trajectory::new(request, denoiser.shape(), schedule)?;
    while let Some(query) = trajectory.query() {
        let answer = denoiser.denoise(query.x, query.time, query.conditions)?;
        trajectory.advance(&answer)?;
        if !on_step(&trajectory) {
            return Err(SampleError::Cancelled);
        }
    }
    Ok(trajectory.pictures().to_vec())
}

#[cfg(test)]
mod tests;

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

use crate::denoiser::{Condition, Conditions, DenoiseError, Denoiser, ImageShape};
use crate::schedule::{Grid, MAX_STEPS, Schedule, StepsError, Time};
use influence::Influence;
pub use keep::{Keep, KeepError};
pub use solver::{MAX_TIMES, Sampling, Solver, Step, plan, plan_from};
use terms::Sum;
pub use terms::{Calls, MAX_TERMS, Region, Side, Term, TermError, Way};
use thiserror::Error;

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

/// What a trajectory wants to know next.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The time of the noisy pictures.
    pub time: Time,
    /// Noisy pictures, one per condition, `[K·B, C, H, W]`: the same B for each of the K guesses of the step.
    pub x: &'a [f32],
    /// What each of them shows.
    pub conditions: &'a [Condition],
}

/// A sample under way.
#[derive(Debug, Clone)]
pub struct Trajectory {
    request: Request,
    shape: ImageShape,
    steps: Vec<Step>,
    done: usize,
    sum: Sum,
    /// What the next step asks for.
    calls: Calls,
    conditions: Vec<Condition>,
    /// `[B, C, H, W]`, as often behind each other as the next step has kinds of calls.
    x: Vec<f32>,
    denoised: Vec<f32>,
    /// What each term did, where somebody wants to know.
    influence: Option<Influence>,
}

impl Trajectory {
    /// Draws the initial noise, or takes the start that the request brings. At `t = 1`, `x` is pure noise.
    ///
    /// # Errors
    /// [`SampleError`] where the request is out of range.
    pub fn new(request: &Request, shape: ImageShape, schedule: Schedule) -> Result<Self, SampleError> {
        request.check(shape)?;
        let steps = request.plan(schedule)?;
        let x = request.initial(shape);
        let denoised = vec![0.0; x.len()];
        let (request, sum) = (request.clone(), Sum::new(&request.terms, shape));
        let (calls, conditions) = (request.calls(request.from()), Vec::new());
        let influence = None;
        let mut trajectory =
            Trajectory { request, shape, steps, done: 0, sum, calls, conditions, x, denoised, influence };
        trajectory.ask();
        Ok(trajectory)
    }

    /// The same from the step at hand on, told by [`Self::influence`] what each term does. A step that does without the guess
    /// that its terms lead away from asks for it as well; the pictures stay the same.
    pub fn with_influence(mut self) -> Self {
        self.influence = Some(Influence::new(self.request.terms.len(), self.request.count, self.shape));
        self.conditions.clear();
        self.ask();
        self
    }

    /// Makes what the next step asks for ready.
    fn ask(&mut self) {
        let Some(step) = self.steps.get(self.done) else { return };
        let calls = self.request.calls(step.time.t);
        if self.conditions.is_empty() || calls != self.calls {
            let asked = Calls { against: calls.against || self.influence.is_some(), ..calls.clone() };
            self.conditions = self.request.conditions(&asked);
            self.calls = calls;
        }
        let length = self.denoised.len();
        self.x.truncate(length);
        (1..self.conditions.len() / self.request.count).for_each(|_| self.x.extend_from_within(..length));
    }

    /// What the next step needs; `None` when the sample is done.
    pub fn query(&self) -> Option<Query<'_>> {
        let step = self.steps.get(self.done)?;
        Some(Query { time: step.time, x: &self.x, conditions: &self.conditions })
    }

    /// Takes a step with the posterior means that answer [`Self::query`], of the same length as its `x`.
    ///
    /// # Errors
    /// [`DenoiseError`] where the answer has the wrong length or is not finite. The trajectory then stands where it was.
    pub fn advance(&mut self, answer: &[f32]) -> Result<(), DenoiseError> {
        let Some(&step) = self.steps.get(self.done) else { return Ok(()) };
        if answer.len() != self.x.len() {
            let (expected, found) = (self.x.len(), answer.len());
            return Err(DenoiseError::Shape { what: "posterior means [B, C, H, W]", expected, found });
        }
        if !answer.iter().all(|value| value.is_finite()) {
            return Err(DenoiseError::NotFinite);
        }
        let length = self.denoised.len();
        let mut noise = vec![0.0; if step.noise == 0.0 { 0 } else { length }];
        fill_batch(&self.request, self.done as u64 + 1, self.shape, &mut noise);
        let [scale, denoised, previous, added] = [step.x, step.denoised, step.previous, step.noise].map(|c| c as f32);
        let (keep, last) = (self.request.keep.as_ref(), self.done + 1 == self.steps.len());
        for i in 0..length {
            let mut mean = self.sum.at(&self.calls, answer, length, i);
            if self.request.clip {
                mean = mean.clamp(-1.0, 1.0);
            }
            if let Some(keep) = keep {
                mean = keep.put_back(mean, i);
            }
            let next = scale * self.x[i] + denoised * mean + previous * self.denoised[i];
            // What stays is there in the end, whatever a solver's last step adds up to.
            let ends = last && keep.is_some_and(|keep| keep.holds(i));
            self.x[i] = if ends { mean } else { next + noise.get(i).map_or(0.0, |z| added * z) };
            self.denoised[i] = mean;
        }
        if let Some(influence) = &mut self.influence {
            influence.add(&self.sum, &self.calls, answer, length);
        }
        self.done += 1;
        self.ask();
        Ok(())
    }

    /// The pictures as they stand: `x` at the time reached, `[B, C, H, W]`.
    pub fn pictures(&self) -> &[f32] {
        &self.x[..self.denoised.len()]
    }

    /// The last posterior mean `x̂₀`, `[B, C, H, W]`; zeros before the first step.
    pub fn denoised(&self) -> &[f32] {
        &self.denoised
    }

    /// How far each term moved each pixel in the steps so far, `[B, K, H, W]` with K the terms of the request:
    /// `Σ |w · m · (c − u)|`, the mean over channels. Nothing unless [`Self::with_influence`] asked for it.
    pub fn influence(&self) -> Option<&[f32]> {
        self.influence.as_ref().map(Influence::moved)
    }

    /// The steps, those to come among them.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Steps taken so far.
    pub fn done(&self) -> usize {
        self.done
    }

    /// What is being sampled.
    pub fn request(&self) -> &Request {
        &self.request
    }
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

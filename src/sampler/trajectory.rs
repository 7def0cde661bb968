//! A sample under way, step by step: whoever walks it asks a denoiser what [`Trajectory::query`] wants to know and gives the answer to
//! [`Trajectory::advance`]. [`super::sample`] does so with one denoiser to the end; browsers and the session go at their own pace.

use super::influence::Influence;
use super::terms::Sum;
use super::{Calls, Request, SampleError, Step, fill_batch};
use crate::denoiser::{Condition, DenoiseError, ImageShape};
use crate::schedule::{Schedule, Time};
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

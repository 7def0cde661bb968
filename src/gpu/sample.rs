//! Sampling on the GPU: all steps are recorded and submitted without reading back in between. Submissions are kept short
//! (by measured speed), two are under way at a time, and frames are read behind them, so that the GPU never waits for
//! the CPU, a weak GPU never freezes the screen, and a caller can cancel between two submissions.

use super::context::{Buffer, Submission};
use super::error::GpuError;
use super::network::GpuNetwork;
use super::pace::{IN_FLIGHT, Pace};
use super::stage::place_shifts;
use super::workspace::{StepRow, Workspace};
use crate::denoiser::DenoiseError;
use crate::sampler::{self, Calls, MAX_TERMS, Region, Request, SampleError, Step, Term};
use crate::schedule::Schedule;
use std::collections::VecDeque;
use wgpu::BufferUsages;

/// What is read back while sampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Frames {
    /// Only the finished pictures.
    #[default]
    Last,
    /// `x` and `x̂₀` after every step.
    Every,
}

/// How far a sample is.
#[derive(Debug)]
pub struct Progress<'a> {
    /// First picture of the chunk under way; large batches are cut into chunks, which run one after another.
    pub first: usize,
    /// Pictures of this chunk.
    pub count: usize,
    /// Steps that the chunk has taken.
    pub done: usize,
    /// Steps that it takes in all.
    pub steps: usize,
    /// The pictures after this step, where [`Frames::Every`] asked for them.
    pub frame: Option<Frame<'a>>,
}

/// The pictures of a chunk after a step, each `[count, C, H, W]`.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The noisy pictures `x` at the time reached.
    pub x: &'a [f32],
    /// The posterior means `x̂₀` of the step.
    pub denoised: &'a [f32],
}

/// Operations of the first submission, before any speed is known.
const FIRST_OPERATIONS: f64 = 2e8;

/// A submission under way.
struct Flight {
    submission: Submission,
    operations: f64,
    /// Steps done when it ends.
    done: usize,
    /// Where its frame goes.
    staging: Option<Buffer>,
}

/// How many pictures next to each other share a row of shifts: all of a condition, or none where each has its own.
fn sharing(request: &Request) -> usize {
    if request.is_spread() { 1 } else { request.count }
}

/// The weight of each term that acts, and the plane of its mask: the first plane is ones, the others those of all terms.
fn places(calls: &Calls, terms: &[Term]) -> ([f32; MAX_TERMS], [u32; MAX_TERMS]) {
    let (mut weights, mut planes) = ([0.0; MAX_TERMS], [0; MAX_TERMS]);
    for (place, &k) in calls.terms.iter().enumerate() {
        weights[place] = terms[k].weight as f32;
        planes[place] = if terms[k].region == Region::Everywhere { 0 } else { 1 + k as u32 };
    }
    (weights, planes)
}

impl GpuNetwork {
    /// Draws the pictures of `request`, `[B, C, H, W]`: the same as [`sampler::sample`] does with a denoiser on the
    /// CPU, from the same noise. `on_step` hears of progress in order; answering `false` stops the sample.
    ///
    /// # Errors
    /// [`GpuError::Sample`] where the request is out of range, was cancelled, or gave values that are not finite;
    /// otherwise the GPU failed.
    pub async fn sample(
        &mut self,
        request: &Request,
        schedule: Schedule,
        frames: Frames,
        mut on_step: impl FnMut(&Progress<'_>) -> bool,
    ) -> Result<Vec<f32>, GpuError> {
        request.check(self.shape())?;
        let plan = request.plan(schedule)?;
        let kinds = |step: &Step| request.calls(step.time.t).kinds();
        let each = plan.iter().map(kinds).max().unwrap_or(1);
        let most = (self.most_pictures() / each).min(self.most_rows(request, plan.len()) / each).max(1);
        let mut pictures = Vec::with_capacity(request.count * self.shape().len());
        for first in (0..request.count).step_by(most) {
            let count = most.min(request.count - first);
            let chunk = request.slice(first, count, self.shape());
            let drawn = self.chunk(&chunk, &plan, frames, first, &mut on_step).await?;
            if !drawn.iter().all(|value| value.is_finite()) {
                return Err(DenoiseError::NotFinite.into());
            }
            pictures.extend(drawn);
        }
        Ok(pictures)
    }

    /// One chunk of pictures, all steps.
    async fn chunk(
        &mut self,
        request: &Request,
        plan: &[Step],
        frames: Frames,
        first: usize,
        on_step: &mut impl FnMut(&Progress<'_>) -> bool,
    ) -> Result<Vec<f32>, GpuError> {
        let length = request.count * self.shape().len();
        // Pictures through the network, step by step.
        let pictures: Vec<usize> = plan.iter().map(|step| request.calls(step.time.t).kinds() * request.count).collect();
        let most = pictures.iter().copied().max().unwrap_or_default();
        self.prepare(most, pictures.iter().sum::<usize>() / sharing(request)).await?;
        self.gpu.guard("uploading the noise", || self.begin(request, plan)).await??;
        let this = &*self;
        let workspace = this.workspace()?;
        let mappable = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let (steps, stages) = (plan.len(), this.stages().len() + 1);
        let operations: Vec<f64> = this.stages().iter().map(|stage| stage.operations()).collect();
        let cost = |at: usize| {
            let (each, own) = operations.get(at % stages).map_or((this.last_operations(), length), |each| (*each, 0));
            each * pictures[at / stages] as f64 + own as f64
        };

        let mut flights: VecDeque<Flight> = VecDeque::new();
        let mut spare: Vec<Buffer> = Vec::new();
        // The next dispatch, counted over all steps.
        let mut next = 0;
        let mut pace = Pace::new(FIRST_OPERATIONS);
        while next < steps * stages || !flights.is_empty() {
            if next < steps * stages && flights.len() < IN_FLIGHT {
                let until =
                    this.submission_end(next, stages, steps, pace.budget(), &cost, frames, workspace.noise_slots);
                let frame = frames == Frames::Every && until.is_multiple_of(stages);
                let staging =
                    frame.then(|| spare.pop().unwrap_or_else(|| this.gpu.buffer("frame", 2 * length, mappable)));
                let submit = || this.submit_piece(request, plan, next..until, &pictures, staging.as_deref());
                // The first one is watched closely; later ones are alike, and each scope costs a browser a wait.
                let submission = if next == 0 { this.gpu.guard("sampling", submit).await?? } else { submit()? };
                let operations = (next..until).map(cost).sum();
                flights.push_back(Flight { submission, operations, done: until / stages, staging });
                next = until;
                continue;
            }
            let Some(flight) = flights.pop_front() else { break };
            let read = match flight.staging {
                Some(staging) => {
                    let read = this.gpu.read(&staging, 2 * length, flight.submission).await?;
                    spare.push(staging);
                    Some(read)
                }
                None => {
                    this.gpu.finish(flight.submission).await?;
                    None
                }
            };
            pace.ended(flight.operations);
            let frame = read.as_ref().map(|read| Frame { x: &read[..length], denoised: &read[length..] });
            if !on_step(&Progress { first, count: request.count, done: flight.done, steps, frame }) {
                return Err(SampleError::Cancelled.into());
            }
        }
        let staging = this.gpu.buffer("pictures", length, mappable);
        let mut encoder = this.gpu.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(&workspace.x, 0, &staging, 0, length as u64 * 4);
        let submission = this.gpu.submit(encoder.finish());
        this.gpu.read(&staging, length, submission).await
    }

    /// Uploads what all steps need: the table, the shifts, the initial noise or what the request brings.
    fn begin(&self, request: &Request, plan: &[Step]) -> Result<(), GpuError> {
        let workspace = self.workspace()?;
        let (count, size, sharing) = (request.count, self.shape().len(), sharing(request));
        let calls: Vec<Calls> = plan.iter().map(|step| request.calls(step.time.t)).collect();
        let mut rows = Vec::new();
        let mut asked = 0;
        let mut table = Vec::with_capacity(plan.len());
        for (index, step) in plan.iter().enumerate() {
            let row = asked;
            // The first picture of each run that shares a row.
            for condition in request.conditions(&calls[index]).iter().step_by(sharing) {
                rows.extend(place_shifts(self.stages(), &self.shifts(step.time, condition)?));
                asked += 1;
            }
            let pictures = |calls: &Calls| (calls.kinds() * count) as u32;
            let (weights, planes) = places(&calls[index], &request.terms);
            table.push(StepRow {
                x: step.x as f32,
                denoised: step.denoised as f32,
                previous: step.previous as f32,
                noise: step.noise as f32,
                a: step.time.a as f32,
                s: step.time.s as f32,
                limit: if request.clip { 1.0 } else { f32::MAX },
                pictures: pictures(&calls[index]),
                sampled: count as u32,
                row,
                sharing: sharing as u32,
                noise_start: (index % workspace.noise_slots * count * size) as u32,
                next: calls.get(index + 1).map_or(0, pictures),
                keep: u32::from(request.keep.is_some()),
                unused: [0; 2],
                weights,
                planes,
            });
        }
        self.write_masks(request)?;
        let mut x = request.initial(self.shape());
        workspace.write_steps(&self.gpu, &table);
        workspace.write(&self.gpu, &workspace.shifts, 0, &rows);
        let kinds = calls.first().map_or(1, Calls::kinds);
        (0..kinds).for_each(|kind| workspace.write(&self.gpu, &workspace.x, kind * x.len(), &x));
        x.fill(0.0);
        workspace.write(&self.gpu, &workspace.denoised, 0, &x);
        Ok(())
    }

    /// Uploads the plane of ones, behind it the mask of every term that has one, and what stays.
    fn write_masks(&self, request: &Request) -> Result<(), GpuError> {
        let (workspace, shape) = (self.workspace()?, self.shape());
        let area = shape.height * shape.width;
        workspace.write(&self.gpu, &workspace.masks, 0, &vec![1.0; area]);
        for (plane, term) in (1..).zip(&request.terms) {
            if let Some(mask) = term.region.mask(shape) {
                workspace.write(&self.gpu, &workspace.masks, plane * area, &mask);
            }
        }
        if let Some(keep) = &request.keep {
            workspace.write(&self.gpu, &workspace.masks, Workspace::KEEP_PLANE * area, &keep.mask);
            workspace.write(&self.gpu, &workspace.kept, 0, &keep.spread(request.count, shape));
        }
        Ok(())
    }

    /// Where the submission that begins at dispatch `from` ends: within the budget, and not beyond a step whose frame
    /// is wanted or whose noise has no room yet.
    #[allow(clippy::too_many_arguments)] // Plain numbers, named at the one place where it is called.
    fn submission_end(
        &self,
        from: usize,
        stages: usize,
        steps: usize,
        budget: f64,
        cost: &impl Fn(usize) -> f64,
        frames: Frames,
        noise_slots: usize,
    ) -> usize {
        let mut operations = 0.0;
        let mut at = from;
        while at < steps * stages {
            operations += cost(at);
            at += 1;
            let step_ends = at.is_multiple_of(stages);
            let noise_ends = step_ends && (at / stages).is_multiple_of(noise_slots);
            if operations >= budget || noise_ends || (step_ends && frames == Frames::Every) {
                break;
            }
        }
        at
    }

    /// Records and submits some dispatches, and the copy of a frame behind them.
    fn submit_piece(
        &self,
        request: &Request,
        plan: &[Step],
        range: std::ops::Range<usize>,
        pictures: &[usize],
        staging: Option<&wgpu::Buffer>,
    ) -> Result<Submission, GpuError> {
        let workspace = self.workspace()?;
        let stages = self.stages().len() + 1;
        let length = request.count * self.shape().len();
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for at in range {
                let (step, stage) = (at / stages, at % stages);
                if stage + 1 == stages && plan[step].noise != 0.0 {
                    let mut noise = vec![0.0; length];
                    sampler::fill_batch(request, step as u64 + 1, self.shape(), &mut noise);
                    let start = step % workspace.noise_slots * length;
                    workspace.write(&self.gpu, &workspace.noise, start, &noise);
                }
                self.dispatch(&mut pass, stage, step, pictures[step]);
            }
        }
        if let Some(staging) = staging {
            let bytes = length as u64 * 4;
            encoder.copy_buffer_to_buffer(&workspace.x, 0, staging, 0, bytes);
            encoder.copy_buffer_to_buffer(&workspace.denoised, 0, staging, bytes, bytes);
        }
        Ok(self.gpu.submit(encoder.finish()))
    }
}

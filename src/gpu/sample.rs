//! Sampling on the GPU: all steps are recorded and submitted without reading back in between. Submissions are kept short
//! (by measured speed), two are under way at a time, and frames are read behind them, so that the GPU never waits for
//! the CPU, a weak GPU never freezes the screen, and a caller can cancel between two submissions.

use super::context::{Asked, Buffer, Submission};
use super::error::GpuError;
use super::network::GpuNetwork;
use super::pace::{IN_FLIGHT, Pace};
use super::stage::{Stage, place_shifts};
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
    operations: f64,
    /// Steps done when it ends.
    done: usize,
    end: End,
}

/// What is waited for.
enum End {
    /// That it has run.
    Run(Submission),
    /// What it copies: of a frame, or of the finished pictures.
    Copy(Buffer, Asked),
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
        // Pictures through the network, step by step.
        let pictures: Vec<usize> = plan.iter().map(|step| request.calls(step.time.t).kinds() * request.count).collect();
        self.prepare(&pictures, pictures.iter().sum::<usize>() / sharing(request)).await?;
        let gpu = self.gpu.clone();
        let mut chunk = Chunk { network: self, request, plan, frames, pictures, spare: Vec::new() };
        let mut pace = Pace::new(FIRST_OPERATIONS);
        // What is uploaded and the first submission are watched closely; later ones are alike, and each scope costs a browser a wait.
        let begin = || {
            chunk.network.begin(request, plan)?;
            chunk.submit(0, pace.budget())
        };
        let (flight, verdict) = gpu.watched("sampling", begin);
        verdict.await?;
        let (mut next, flight) = flight?;
        let mut flights = VecDeque::from([flight]);
        let mut drawn = Vec::new();
        while next < chunk.dispatches() || !flights.is_empty() {
            if next < chunk.dispatches() && flights.len() < IN_FLIGHT {
                let (until, flight) = chunk.submit(next, pace.budget())?;
                flights.push_back(flight);
                next = until;
                continue;
            }
            let Some(Flight { operations, done, end }) = flights.pop_front() else { break };
            let read = match end {
                End::Copy(staging, asked) => {
                    let read = gpu.answer(&staging, asked).await?;
                    chunk.spare.push(staging);
                    read
                }
                End::Run(submission) => {
                    gpu.finish(submission).await?;
                    Vec::new()
                }
            };
            pace.ended(operations);
            let (x, denoised) = read.split_at(chunk.length().min(read.len()));
            let frame = (!denoised.is_empty()).then_some(Frame { x, denoised });
            if !on_step(&Progress { first, count: request.count, done, steps: plan.len(), frame }) {
                return Err(SampleError::Cancelled.into());
            }
            if done == plan.len() && !x.is_empty() {
                drawn = x.to_vec();
            }
        }
        Ok(drawn)
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
}

/// A chunk of pictures while it is drawn.
struct Chunk<'a> {
    network: &'a GpuNetwork,
    request: &'a Request,
    plan: &'a [Step],
    frames: Frames,
    /// Pictures through the network, step by step.
    pictures: Vec<usize>,
    /// Buffers that frames went through.
    spare: Vec<Buffer>,
}

impl Chunk<'_> {
    /// Dispatches of a step.
    fn each(&self) -> usize {
        self.network.dispatches()
    }

    /// Dispatches in all.
    fn dispatches(&self) -> usize {
        self.plan.len() * self.each()
    }

    /// Values of the pictures.
    fn length(&self) -> usize {
        self.request.count * self.network.shape().len()
    }

    /// Operations of a dispatch.
    fn cost(&self, at: usize) -> f64 {
        let (step, stage) = (at / self.each(), at % self.each());
        let of_stage = self.network.stages().get(stage).map(Stage::operations);
        match of_stage {
            Some(each) => each * self.pictures[step] as f64,
            None => self.network.last_operations() * self.pictures[step] as f64 + self.length() as f64,
        }
    }

    /// Where the submission that begins at dispatch `from` ends, and its operations: within the budget, and not beyond a step
    /// whose frame is wanted or whose noise has no room yet.
    fn end(&self, from: usize, budget: f64, noise_slots: usize) -> (usize, f64) {
        let mut operations = 0.0;
        let mut at = from;
        while at < self.dispatches() {
            operations += self.cost(at);
            at += 1;
            let step_ends = at.is_multiple_of(self.each());
            let noise_ends = step_ends && (at / self.each()).is_multiple_of(noise_slots);
            if operations >= budget || noise_ends || (step_ends && self.frames == Frames::Every) {
                break;
            }
        }
        (at, operations)
    }

    /// Records and submits dispatches from the one numbered `from` on, and the copy of a frame or of the finished pictures behind
    /// them; where they end.
    fn submit(&mut self, from: usize, budget: f64) -> Result<(usize, Flight), GpuError> {
        let (network, gpu, length) = (self.network, &self.network.gpu, self.length());
        let workspace = network.workspace()?;
        let (until, operations) = self.end(from, budget, workspace.noise_slots);
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for at in from..until {
                let (step, stage) = (at / self.each(), at % self.each());
                if stage + 1 == self.each() && self.plan[step].noise != 0.0 {
                    let mut noise = vec![0.0; length];
                    sampler::fill_batch(self.request, step as u64 + 1, network.shape(), &mut noise);
                    workspace.write(gpu, &workspace.noise, step % workspace.noise_slots * length, &noise);
                }
                network.dispatch(&mut pass, stage, step, self.pictures[step]);
            }
        }
        let step_ends = until.is_multiple_of(self.each());
        let copies: &[&Buffer] = match self.frames {
            Frames::Every if step_ends => &[&workspace.x, &workspace.denoised],
            Frames::Last if until == self.dispatches() => &[&workspace.x],
            _ => &[],
        };
        let staging = (!copies.is_empty()).then(|| {
            let mappable = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
            self.spare.pop().unwrap_or_else(|| gpu.buffer("frame", copies.len() * length, mappable))
        });
        let bytes = length as u64 * 4;
        if let Some(staging) = &staging {
            let copy = |(part, place): (&&Buffer, u64)| {
                encoder.copy_buffer_to_buffer(part, 0, staging, place * bytes, bytes);
            };
            copies.iter().zip(0..).for_each(copy);
        }
        let submission = gpu.submit(encoder.finish());
        let end = match staging {
            Some(staging) => {
                let asked = gpu.ask(&staging, copies.len() * length, submission);
                End::Copy(staging, asked)
            }
            None => End::Run(submission),
        };
        Ok((until, Flight { operations, done: until / self.each(), end }))
    }
}

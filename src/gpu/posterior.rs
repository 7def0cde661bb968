//! An analytic machine on the GPU: the same posterior as [`PatchPosterior`] gives on the processor, from the same training
//! images, to rounding. Make a [`GpuPosterior`] from one; it answers like any denoiser, and gives mergeable parts.
//!
//! Workers, a few workgroups each, share out the items of work: a few training images at one round of displacements
//! (`shader/posterior.wgsl`). Each keeps a posterior of its own; `shader/posterior_merge.wgsl` joins them. Submissions are
//! kept short by measured speed, so that a weak GPU never freezes the screen.

use super::context::{Buffer, Gpu, Submission, Tuning};
use super::displacement::{Displacements, Layout, Round, most_rounds};
use super::error::GpuError;
use super::pace::{IN_FLIGHT, Pace};
use super::pipeline::{Pipeline, STEP_BYTES};
use super::sweep::Stages;
use crate::denoiser::{Condition, DenoiseError, check_batch};
use crate::sampler::SampleError;
use crate::schedule::Time;
use crate::theory::{Answer, Boundary, Partial, PatchPosterior, Provenance, Scales, Training};
use std::collections::VecDeque;
use std::sync::Arc;
use wgpu::BufferUsages;

/// What is being done where a shader is refused.
const COMPILING: &str = "compiling the patch posterior";
/// Training images that the test of a driver takes.
const FEW: usize = 6;
/// Most bytes for the workers' posteriors.
const STATE_BYTES: usize = 32 << 20;

/// How the work is cut. Answers differ by rounding only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Most workers at once: sets of workgroups that have a picture's bands of rows among them.
    pub workers: usize,
    /// Most training images in one buffer; the GPU's limit counts, too.
    pub images: usize,
    /// Squared differences in the first submission, before any speed is known.
    pub cells: f64,
}

impl Cut {
    /// What suits a GPU.
    pub fn suited(tuning: Tuning) -> Cut {
        match tuning {
            Tuning::ManyThreads => Cut { workers: 512, images: usize::MAX, cells: 1e7 },
            Tuning::FewCores => Cut { workers: 8, images: usize::MAX, cells: 1e6 },
        }
    }
}

/// A machine whose training images and pipelines live on the GPU.
pub struct GpuPosterior {
    gpu: Gpu,
    posterior: PatchPosterior,
    layout: Layout,
    workers: usize,
    chunks: Vec<Chunk>,
    /// The noisy picture, the table of displacements and what else a dispatch needs to know.
    x: Buffer,
    runs: Buffer,
    question: Buffer,
    /// Without provenance and with.
    stages: [Option<Stages>; 2],
    /// Squared differences that fill the time of a submission, as measured last.
    pace: Pace,
}

/// Training images that fit into one binding.
struct Chunk {
    images: Buffer,
    first: usize,
    count: usize,
}

/// What a dispatch needs to know; the same struct as in `shader/posterior.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Question {
    a: f32,
    logit: f32,
    centre: f32,
    first: u32,
    images: u32,
    rows: u32,
    columns: u32,
    items: u32,
    start: u32,
    until: u32,
    groups: u32,
    fresh: u32,
    high: u32,
    wide: u32,
    above: u32,
    soft: u32,
}

impl GpuPosterior {
    /// Uploads the training images of `posterior`. Its shaders are compiled when they are first needed.
    ///
    /// # Errors
    /// [`GpuError::Machine`] where the boundary is zeros and any place may answer, or windows answer for all they cover;
    /// [`GpuError::OutOfMemory`] or [`GpuError::Lost`] where the GPU refuses.
    pub async fn new(gpu: &Gpu, posterior: PatchPosterior) -> Result<Self, GpuError> {
        let cut = Cut::suited(gpu.tuning());
        Self::with_cut(gpu, posterior, cut).await
    }

    /// As [`Self::new`], with the work cut in another way.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub async fn with_cut(gpu: &Gpu, posterior: PatchPosterior, cut: Cut) -> Result<Self, GpuError> {
        let choices = posterior.choices();
        if choices.is_composite() || (choices.boundary == Boundary::Zeros && choices.answer == Answer::AnyPlace) {
            return Err(GpuError::Machine);
        }
        let training = posterior.training().clone();
        let layout = Layout::new(training.shape());
        let (size, area) = (layout.shape.len(), layout.area());
        let binding = gpu.device.limits().max_storage_buffer_binding_size as usize;
        let fit = binding / (4 * size * layout.lanes) * layout.lanes;
        let each = cut.images.min(fit).max(1);
        let state = 4 * area * (Layout::header(true) + layout.shape.channels);
        let workers = cut.workers.clamp(1, (STATE_BYTES / state).max(1));
        let all = training.images();
        let upload = || {
            let chunk = |(n, images): (usize, &[f32])| Chunk {
                images: gpu.upload("training images", &layout.interleave(images)),
                first: n * each,
                count: images.len() / size,
            };
            let chunks: Vec<Chunk> = all.chunks(each.saturating_mul(size)).enumerate().map(chunk).collect();
            let rounds = most_rounds(layout.shape.height) + most_rounds(layout.shape.width);
            let storage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
            let x = gpu.buffer("noisy picture", size, storage);
            let runs = gpu.buffer("displacements", rounds * size_of::<Round>() / 4, storage);
            let uniform = BufferUsages::UNIFORM | BufferUsages::COPY_DST;
            (chunks, x, runs, gpu.buffer("question", STEP_BYTES as usize / 4, uniform))
        };
        let (chunks, x, runs, question) = gpu.guard("uploading the training images", upload).await?;
        let (gpu, stages, pace) = (gpu.clone(), [None, None], Pace::new(cut.cells));
        Ok(GpuPosterior { gpu, posterior, layout, workers, chunks, x, runs, question, stages, pace })
    }

    /// The same machine on the processor.
    pub fn posterior(&self) -> &PatchPosterior {
        &self.posterior
    }

    /// Pairs of a query pixel and a training pixel that one picture asks for at `time`.
    pub fn pairs(&self, time: Time) -> f64 {
        Displacements::new(&self.posterior, time).pairs() * self.posterior.training().count() as f64
    }

    /// Floating point operations of one picture at `time`, as counted: for every squared difference `4C`, and six sums for
    /// its share of the windows; for every pair the logit and a comparison. Weights are not counted, since most are
    /// never taken.
    pub fn operations(&self, time: Time) -> f64 {
        let displacements = Displacements::new(&self.posterior, time);
        let cell = (4 * self.layout.shape.channels + 6) as f64;
        (displacements.cells() * cell + displacements.pairs() * 3.0) * self.posterior.training().count() as f64
    }

    /// The expected clean pictures `x̂₀` `[B, C, H, W]` behind the noisy pictures `x` `[B, C, H, W]`, all at one time;
    /// `conditions` holds one condition per picture, of which the machine takes no notice.
    ///
    /// # Errors
    /// [`GpuError`]: shapes do not fit, or the GPU failed.
    pub async fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, GpuError> {
        check_batch(x, self.layout.shape, conditions)?;
        let mut answer = Vec::with_capacity(x.len());
        for x in x.chunks_exact(self.layout.shape.len()) {
            let partial = self.partial(x, time, false).await?;
            // A second round, where one is asked for, is the processor's.
            answer.extend(finite(self.posterior.means(x, time, std::slice::from_ref(&partial)))?);
        }
        Ok(answer)
    }

    /// Denoises one picture `[C, H, W]` and keeps which patch each pixel owes most to.
    ///
    /// # Errors
    /// As [`Self::denoise`].
    pub async fn explain(&mut self, x: &[f32], time: Time) -> Result<(Vec<f32>, Provenance), GpuError> {
        let partial = self.partial(x, time, true).await?;
        Ok((finite(self.posterior.means(x, time, std::slice::from_ref(&partial)))?, partial.provenance()))
    }

    /// The posterior of one picture `[C, H, W]` over these training images, to be merged with others, whether they come
    /// from a GPU or from [`PatchPosterior::partial`]; `provenance` says whether best patches and entropy are kept.
    ///
    /// # Errors
    /// As [`Self::denoise`].
    pub async fn partial(&mut self, x: &[f32], time: Time, provenance: bool) -> Result<Partial, GpuError> {
        self.partial_while(x, time, provenance, &mut || true).await
    }

    /// As [`Self::partial`]; stops between two submissions where `go_on` answers `false`.
    ///
    /// # Errors
    /// As [`Self::denoise`], and [`SampleError::Cancelled`].
    pub async fn partial_while(
        &mut self,
        x: &[f32],
        time: Time,
        provenance: bool,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Partial, GpuError> {
        check_batch(x, self.layout.shape, &[Condition::Null])?;
        self.partial_over(x, time, provenance, usize::MAX, go_on).await
    }

    /// The largest difference from what the processor answers, over the first few training images only: a quick test of
    /// the driver, with the shaders that keep provenance or the others.
    ///
    /// # Errors
    /// As [`Self::denoise`].
    pub async fn deviation(&mut self, x: &[f32], time: Time, provenance: bool) -> Result<f32, GpuError> {
        let (training, shape) = (self.posterior.training(), self.layout.shape);
        check_batch(x, shape, &[Condition::Null])?;
        let images: Vec<f32> = (0..FEW).filter_map(|n| training.image(n)).flatten().collect();
        let few = Training::new(&images, shape).map_err(|error| GpuError::Device(error.to_string()))?;
        let expected = self.posterior.over(Arc::new(few)).partial(x, time, false)?.mean();
        let found = self.partial_over(x, time, provenance, FEW, &mut || true).await?.mean();
        // NaN hides from `max`.
        let far = |(e, f): (&f32, &f32)| if (e - f).is_nan() { f32::INFINITY } else { (e - f).abs() };
        Ok(expected.iter().zip(&found).map(far).fold(0.0, f32::max))
    }

    /// The posterior of one picture over the first `most` training images.
    async fn partial_over(
        &mut self,
        x: &[f32],
        time: Time,
        trace: bool,
        most: usize,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Partial, GpuError> {
        self.gpu.check()?;
        let displacements = Displacements::new(&self.posterior, time);
        self.prepare(trace, displacements.group()).await?;
        let scales = Scales::new(time, self.layout.shape.channels).softened(displacements.soft);
        self.gpu.queue.write_buffer(&self.x, 0, bytemuck::cast_slice(x));
        self.gpu.queue.write_buffer(&self.runs, 0, bytemuck::cast_slice(&displacements.table()));
        let floats = self.ask(&displacements, &scales, usize::from(trace), most, go_on).await?;
        let mut partial =
            Partial::from_floats(&floats, self.layout.shape).map_err(|error| GpuError::Device(error.to_string()))?;
        for (q, outside) in displacements.outside.iter().enumerate().filter(|(_, outside)| **outside > 0) {
            partial.raise(q, f64::from(scales.logit) * f64::from(scales.centre) * *outside as f64);
        }
        Ok(partial)
    }

    /// Runs all items of a question, in short submissions, and reads the merged posterior.
    async fn ask(
        &mut self,
        displacements: &Displacements,
        scales: &Scales,
        trace: usize,
        most: usize,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<f32>, GpuError> {
        let stages = self.stages[trace].as_ref();
        let Some((stages, sweep)) = stages.and_then(|s| Some((s, s.sweeps.get(&displacements.group())?))) else {
            return Err(GpuError::Device("it was not prepared".into()));
        };
        let images = |chunk: &Chunk| chunk.count.min(most.saturating_sub(chunk.first));
        let items = |chunk: &Chunk| images(chunk).div_ceil(self.layout.lanes) * displacements.count();
        let groups = self.chunks.iter().map(items).max().unwrap_or(1).clamp(1, self.workers);
        // Squared differences of a turn, in which each worker takes one item.
        let each = displacements.cells() / displacements.count() as f64 * (groups * self.layout.lanes) as f64;
        let mut flights: VecDeque<(Submission, f64)> = VecDeque::new();
        let mut fresh = true;
        self.pace.resume();
        for (chunk, bound) in self.chunks.iter().zip(&sweep.bound) {
            let (items, mut from) = (items(chunk), 0);
            let turns = items.div_ceil(groups);
            while from < turns {
                let until = (from + (self.pace.budget() / each).max(1.0) as usize).min(turns);
                let question = Question {
                    a: scales.a,
                    logit: scales.logit,
                    centre: scales.centre,
                    first: (self.posterior.training().first() + chunk.first) as u32,
                    images: images(chunk) as u32,
                    rows: displacements.rows.list.len() as u32,
                    columns: displacements.columns.list.len() as u32,
                    items: items as u32,
                    start: from as u32,
                    until: until as u32,
                    groups: groups as u32,
                    fresh: u32::from(fresh),
                    high: displacements.rows.window as u32,
                    wide: displacements.columns.window as u32,
                    above: displacements.rows.before as u32,
                    soft: displacements.soft as u32,
                };
                let submit = || {
                    self.gpu.queue.write_buffer(&self.question, 0, bytemuck::bytes_of(&question));
                    let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
                    dispatch(&mut encoder, &sweep.pipeline, bound, groups * self.layout.bands());
                    self.gpu.submit(encoder.finish())
                };
                // The first one is watched closely; later ones are alike.
                let submission = if fresh { self.gpu.guard("the patch posterior", submit).await? } else { submit() };
                flights.push_back((submission, each * (until - from) as f64));
                (from, fresh) = (until, false);
                if flights.len() >= IN_FLIGHT
                    && let Some((submission, cells)) = flights.pop_front()
                {
                    self.gpu.finish(submission).await?;
                    self.pace.ended(cells);
                    if !go_on() {
                        return Err(SampleError::Cancelled.into());
                    }
                }
            }
        }
        let values = self.layout.area() * (6 + self.layout.shape.channels);
        let staging = self.gpu.buffer("posterior", values, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        dispatch(&mut encoder, &stages.merge, &stages.bound_merge, self.layout.area().div_ceil(64));
        encoder.copy_buffer_to_buffer(&stages.merged, 0, &staging, 0, values as u64 * 4);
        let submission = self.gpu.submit(encoder.finish());
        self.gpu.read(&staging, values, submission).await
    }

    /// Makes sure that there are pipelines and room for posteriors, with provenance or without, for windows that are
    /// summed `group` together.
    async fn prepare(&mut self, trace: bool, group: usize) -> Result<(), GpuError> {
        let stages = &mut self.stages[usize::from(trace)];
        let ready = match stages {
            Some(ready) => ready,
            None => {
                let circular = self.posterior.choices().boundary == Boundary::Circular;
                let new = || Stages::new(&self.gpu, self.layout, circular, trace, self.workers, &self.question);
                stages.insert(self.gpu.guard(COMPILING, new).await??)
            }
        };
        if ready.sweeps.contains_key(&group) {
            return Ok(());
        }
        let images = self.chunks.iter().map(|chunk| &chunk.images);
        let build = || ready.sweep(&self.gpu, group, [&self.question, &self.x, &self.runs], images);
        let sweep = self.gpu.guard(COMPILING, build).await??;
        ready.sweeps.insert(group, sweep);
        Ok(())
    }
}

/// Records one dispatch.
fn dispatch(encoder: &mut wgpu::CommandEncoder, pipeline: &Pipeline, bound: &wgpu::BindGroup, groups: usize) {
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline.pipeline);
    pass.set_bind_group(0, bound, &[0]);
    pass.dispatch_workgroups(groups as u32, 1, 1);
}

/// Passes on pixels that are finite.
fn finite(pixels: Vec<f32>) -> Result<Vec<f32>, GpuError> {
    if pixels.iter().all(|v| v.is_finite()) { Ok(pixels) } else { Err(DenoiseError::NotFinite.into()) }
}

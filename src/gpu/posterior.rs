//! An analytic machine on the GPU: the same posterior as [`PatchPosterior`] gives on the processor, from the same training
//! images, to rounding. Make a [`GpuPosterior`] from one; it answers like any denoiser, and gives mergeable parts.
//!
//! Workers, a few workgroups each, share out the items of work: a few training images at one round of displacements
//! (`shader/posterior.wgsl`). Each keeps a posterior of its own; `shader/posterior_merge.wgsl` joins them. Where windows answer for all
//! they cover, `shader/posterior_cover.wgsl` goes over the images once more. Submissions are kept short (`turns`), so that a weak GPU
//! never freezes the screen.

use super::context::{Buffer, Gpu};
use super::displacement::{Displacements, Round, most_rounds};
use super::error::GpuError;
use super::layout::{Cut, Layout, Tile};
use super::pace::Pace;
use super::pipeline::STEP_BYTES;
use super::sweep::{Pass, Stages};
use crate::denoiser::{Condition, DenoiseError, check_batch};
use crate::schedule::Time;
use crate::theory::{Answer, Boundary, Composite, Levels, Partial, PatchPosterior, Provenance, Scales, Training};
use std::sync::Arc;
use wgpu::BufferUsages;

/// Training images that the test of a driver takes.
const FEW: usize = 6;

/// A machine whose training images and pipelines live on the GPU.
pub struct GpuPosterior {
    pub(super) gpu: Gpu,
    pub(super) posterior: PatchPosterior,
    pub(super) layout: Layout,
    pub(super) cut: Cut,
    pub(super) chunks: Vec<Chunk>,
    /// The noisy picture, the table of displacements, what else a dispatch needs to know, and for a second round the levels of
    /// the windows' weights.
    pub(super) x: Buffer,
    pub(super) runs: Buffer,
    pub(super) question: Buffer,
    pub(super) levels: Buffer,
    /// By [`Pass`].
    pub(super) stages: [Option<Stages>; 3],
    /// Squared differences that fill the time of a submission, as measured last.
    pub(super) pace: Pace,
}

/// Training images that fit into one binding.
pub(super) struct Chunk {
    pub images: Buffer,
    pub first: usize,
    pub count: usize,
}

impl GpuPosterior {
    /// Uploads the training images of `posterior`. Its shaders are compiled when they are first needed.
    ///
    /// # Errors
    /// [`GpuError::Machine`] where the boundary is zeros and any place may answer;
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
        if choices.boundary == Boundary::Zeros && choices.answer == Answer::AnyPlace {
            return Err(GpuError::Machine);
        }
        let training = posterior.training().clone();
        let layout = Layout::new(training.shape(), cut.lanes);
        let (size, area) = (layout.shape.len(), layout.area());
        let binding = gpu.device.limits().max_storage_buffer_binding_size as usize;
        let fit = binding / (4 * size * layout.lanes) * layout.lanes;
        let each = cut.images.min(fit).max(1);
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
            let levels = gpu.buffer("levels", 2 * area, storage);
            let uniform = BufferUsages::UNIFORM | BufferUsages::COPY_DST;
            (chunks, x, runs, gpu.buffer("question", STEP_BYTES as usize / 4, uniform), levels)
        };
        let (chunks, x, runs, question, levels) = gpu.guard("uploading the training images", upload).await?;
        let (gpu, stages, pace) = (gpu.clone(), [None, None, None], Pace::new(cut.cells));
        Ok(GpuPosterior { gpu, posterior, layout, cut, chunks, x, runs, question, levels, stages, pace })
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
            answer.extend(self.mean(x, time, &partial).await?);
        }
        Ok(answer)
    }

    /// Denoises one picture `[C, H, W]` and keeps which patch each pixel owes most to.
    ///
    /// # Errors
    /// As [`Self::denoise`].
    pub async fn explain(&mut self, x: &[f32], time: Time) -> Result<(Vec<f32>, Provenance), GpuError> {
        let partial = self.partial(x, time, true).await?;
        Ok((self.mean(x, time, &partial).await?, partial.provenance()))
    }

    /// The posterior mean of a picture whose posterior is known; where windows answer for all they cover, after a second round.
    async fn mean(&mut self, x: &[f32], time: Time, partial: &Partial) -> Result<Vec<f32>, GpuError> {
        let composites = match self.posterior.covered(time) > 0.0 {
            true => vec![self.spread_while(x, time, &Levels::of(partial), &mut || true).await?],
            false => Vec::new(),
        };
        finite(self.posterior.joined(time, std::slice::from_ref(partial), &composites))
    }

    /// The second round of a composite, as [`PatchPosterior::spread`]: what these training images give to the picture `x` `[C, H, W]`,
    /// whose windows' `levels` are known, from a GPU or not. Stops between two submissions where `go_on` answers `false`.
    ///
    /// # Errors
    /// As [`Self::partial_while`], also where `levels` have another size.
    pub async fn spread_while(
        &mut self,
        x: &[f32],
        time: Time,
        levels: &Levels,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Composite, GpuError> {
        let shape = self.layout.shape;
        check_batch(x, shape, &[Condition::Null])?;
        let levels = levels.floats().to_vec();
        let (expected, found) = (2 * self.layout.area(), levels.len());
        if found != expected {
            return Err(DenoiseError::Shape { what: "levels [H, W, 2]", expected, found }.into());
        }
        self.spread_over(x, time, levels, usize::MAX, go_on).await
    }

    /// The second round over the first `most` training images; `levels` [H, W, 2].
    async fn spread_over(
        &mut self,
        x: &[f32],
        time: Time,
        mut levels: Vec<f32>,
        most: usize,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Composite, GpuError> {
        let (displacements, scales) = self.asked(x, time, Pass::Cover).await?;
        // The shader does not count what lies beyond the border.
        for (level, outside) in levels.chunks_exact_mut(2).zip(&displacements.outside) {
            level[0] = (f64::from(level[0]) - scales.beyond(*outside)) as f32;
        }
        self.gpu.queue.write_buffer(&self.levels, 0, bytemuck::cast_slice(&levels));
        let floats = self.ask(&displacements, &scales, Pass::Cover, most, go_on).await?;
        Composite::from_floats(&floats, self.layout.shape).map_err(|error| GpuError::Device(error.to_string()))
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
    /// As [`Self::denoise`], and [`SampleError::Cancelled`](crate::sampler::SampleError).
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
    /// the driver, with the shaders that keep provenance or the others, and, where there is one at this time, of the second round.
    ///
    /// # Errors
    /// As [`Self::denoise`].
    pub async fn deviation(&mut self, x: &[f32], time: Time, provenance: bool) -> Result<f32, GpuError> {
        let (training, shape) = (self.posterior.training(), self.layout.shape);
        check_batch(x, shape, &[Condition::Null])?;
        let images: Vec<f32> = (0..FEW).filter_map(|n| training.image(n)).flatten().collect();
        let few = Training::new(&images, shape).map_err(|error| GpuError::Device(error.to_string()))?;
        let few = self.posterior.over(Arc::new(few));
        let expected = few.partial(x, time, false)?;
        let found = self.partial_over(x, time, provenance, FEW, &mut || true).await?;
        let first = furthest(&expected.mean(), &found.mean());
        if self.posterior.covered(time) == 0.0 {
            return Ok(first);
        }
        let levels = Levels::of(&expected);
        let found = self.spread_over(x, time, levels.floats().to_vec(), FEW, &mut || true).await?;
        let (sight, boundary) = (few.sight(time), few.choices().boundary);
        let expected = few.spread(x, time, &[levels], 0, 1)?.pop().ok_or(DenoiseError::NotFinite)?;
        Ok(first.max(furthest(&expected.mean(sight, boundary), &found.mean(sight, boundary))))
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
        let pass = if trace { Pass::Traced } else { Pass::Plain };
        let (displacements, scales) = self.asked(x, time, pass).await?;
        let floats = self.ask(&displacements, &scales, pass, most, go_on).await?;
        let mut partial =
            Partial::from_floats(&floats, self.layout.shape).map_err(|error| GpuError::Device(error.to_string()))?;
        for (q, outside) in displacements.outside.iter().enumerate().filter(|(_, outside)| **outside > 0) {
            partial.raise(q, scales.beyond(*outside));
        }
        Ok(partial)
    }

    /// How the windows of a question are shared out.
    pub(super) fn tile(&self, displacements: &Displacements) -> Tile {
        Tile::new(self.layout, &self.cut, displacements)
    }

    /// Makes everything ready for a pass over the training images: what is asked of them, and in which scales.
    async fn asked(&mut self, x: &[f32], time: Time, pass: Pass) -> Result<(Displacements, Scales), GpuError> {
        self.gpu.check()?;
        let displacements = Displacements::new(&self.posterior, time);
        self.prepare(pass, self.tile(&displacements)).await?;
        let scales = Scales::new(time, self.layout.shape.channels).softened(displacements.soft);
        self.gpu.queue.write_buffer(&self.x, 0, bytemuck::cast_slice(x));
        self.gpu.queue.write_buffer(&self.runs, 0, bytemuck::cast_slice(&displacements.table()));
        Ok((displacements, scales))
    }
}

/// The largest difference.
fn furthest(expected: &[f32], found: &[f32]) -> f32 {
    // NaN hides from `max`.
    let far = |(e, f): (&f32, &f32)| if (e - f).is_nan() { f32::INFINITY } else { (e - f).abs() };
    expected.iter().zip(found).map(far).fold(0.0, f32::max)
}

/// Passes on pixels that are finite.
fn finite(pixels: Vec<f32>) -> Result<Vec<f32>, GpuError> {
    if pixels.iter().all(|v| v.is_finite()) { Ok(pixels) } else { Err(DenoiseError::NotFinite.into()) }
}

//! The learned denoiser on the GPU. [`GpuNetwork::new`] compiles a network's layers into stages;
//! [`GpuNetwork::denoise`] answers with posterior means, and [`GpuNetwork::sample`] (in `sample`) draws pictures.

use super::context::Gpu;
use super::error::GpuError;
use super::pipeline::{Compiler, Pipeline, Uploaded};
use super::solver::SolverStep;
use super::stage::{Plan, Stage, place_shifts, row_length};
use super::workspace::{StepRow, Workspace};
use crate::denoiser::{Condition, DenoiseError, ImageShape, check_batch};
use crate::network::config::NetworkConfig;
use crate::network::{Layers, NetworkError, Weights, embedding, weights};
use crate::sampler::Request;
use crate::schedule::Time;
use wgpu::BufferUsages;

/// Most pictures through the network at once; larger batches are cut.
const MAX_PICTURES: usize = 64;

/// A network whose weights and pipelines live on the GPU.
pub struct GpuNetwork {
    pub(super) gpu: Gpu,
    config: NetworkConfig,
    layers: Layers,
    /// The tensors of the embedding, which the CPU computes.
    embedding: Weights,
    shape: ImageShape,
    stages: Vec<Stage>,
    shapes: Vec<ImageShape>,
    pipelines: Vec<Pipeline>,
    step: SolverStep,
    workspace: Option<Workspace>,
}

impl GpuNetwork {
    /// Compiles the network of `config` for pictures of `shape` and uploads its weights.
    ///
    /// # Errors
    /// [`GpuError::Network`] where config, weights and shape do not fit each other; [`GpuError::Shader`],
    /// [`GpuError::OutOfMemory`] or [`GpuError::Lost`] where the GPU refuses.
    pub async fn new(
        gpu: &Gpu,
        config: &NetworkConfig,
        weights: &Weights,
        shape: ImageShape,
    ) -> Result<Self, GpuError> {
        let layers = Layers::for_pictures(config, shape)?;
        weights::check(config, &layers, weights)?;
        Self::from_layers(gpu, config, layers, weights, shape).await
    }

    /// Compiles any list of layers; `config` gives the embedding and the prediction. The weights of the layers must
    /// have the shapes that [`Layers::tensors`] states.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub async fn from_layers(
        gpu: &Gpu,
        config: &NetworkConfig,
        layers: Layers,
        weights: &Weights,
        shape: ImageShape,
    ) -> Result<Self, GpuError> {
        layers.check_shape(shape).map_err(NetworkError::from)?;
        let shapes = layers.shapes(shape);
        // One scope around all: in the browser each costs a wait, and the message names the stage anyway.
        let compile = || {
            let upload = |stage: &Stage, program| Uploaded::new(gpu, &stage.name, program);
            let Plan { stages, programs, last } =
                Plan::new(&layers, &shapes, weights, gpu.tuning(), upload).map_err(NetworkError::from)?;
            let mut compiler = Compiler::new(gpu, row_length(&stages));
            let step = SolverStep::new(&mut compiler, config.prediction, shape, last)?;
            let pipeline = |(stage, program): (&Stage, Uploaded)| compiler.program(&stage.name, program);
            let pipelines: Result<Vec<Pipeline>, GpuError> = stages.iter().zip(programs).map(pipeline).collect();
            Ok::<_, GpuError>((stages, pipelines?, step))
        };
        let (stages, pipelines, step) = gpu.guard("compiling the network", compile).await??;
        let embedding = embedding::tensors(weights);
        let (gpu, config) = (gpu.clone(), config.clone());
        Ok(GpuNetwork { gpu, config, layers, embedding, shape, stages, shapes, pipelines, step, workspace: None })
    }

    /// The shape of one picture.
    pub fn shape(&self) -> ImageShape {
        self.shape
    }

    /// The GPU that it runs on.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Stages of one pass, the solver's step not counted, which may compute the last layer.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Dispatches of one pass.
    pub fn dispatches(&self) -> usize {
        self.stages.len() + 1
    }

    /// Bytes of values that one pass reads and writes for one picture, each value once a dispatch; the solver's stage reads the
    /// last, or what gives it, and the noisy picture, and writes that and x̂₀.
    pub fn bytes(&self) -> usize {
        let last = self.step.input.unwrap_or(self.shapes.len() - 1);
        let step = 4 * (self.shapes[last].len() + 3 * self.shape.len());
        self.stages.iter().map(|stage| stage.bytes(&self.layers, &self.shapes)).sum::<usize>() + step
    }

    /// Floating point operations of one pass for one picture.
    pub fn operations(&self) -> f64 {
        self.stages.iter().map(Stage::operations).sum::<f64>() + self.step.operations
    }

    /// Those of a last layer that the solver's stage computes.
    pub(super) fn last_operations(&self) -> f64 {
        self.step.operations
    }

    /// The expected clean pictures `x̂₀` `[B, C, H, W]` behind the noisy pictures `x` `[B, C, H, W]`, all at one time;
    /// `conditions` holds one condition per picture. The same as the CPU's `Denoiser::denoise`.
    ///
    /// # Errors
    /// [`GpuError`]: shapes or conditions do not fit, or the GPU failed.
    pub async fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, GpuError> {
        check_batch(x, self.shape, conditions)?;
        let mut answer = Vec::with_capacity(x.len());
        let most = self.most_pictures();
        for (x, conditions) in x.chunks(most * self.shape.len()).zip(conditions.chunks(most)) {
            let rows =
                conditions.iter().map(|condition| self.shifts(time, condition)).collect::<Result<Vec<_>, _>>()?;
            answer.extend(self.forward(x, time, &rows).await?);
        }
        if answer.iter().all(|value| value.is_finite()) { Ok(answer) } else { Err(DenoiseError::NotFinite.into()) }
    }

    /// Posterior means of one chunk of pictures, given each picture's row of shifts, as the embedding gives it.
    ///
    /// # Errors
    /// [`GpuError`] where the GPU failed.
    pub async fn forward(&mut self, x: &[f32], time: Time, rows: &[Vec<f32>]) -> Result<Vec<f32>, GpuError> {
        let pictures = rows.len();
        let expected = self.shape.len() * pictures;
        if x.len() != expected || rows.iter().any(|row| row.len() != self.layers.row()) {
            let what = "pictures [B, C, H, W] with their rows of shifts";
            return Err(DenoiseError::Shape { what, expected, found: x.len() }.into());
        }
        let rows: Vec<f32> = rows.iter().flat_map(|row| place_shifts(&self.stages, row)).collect();
        self.prepare(&[pictures], pictures).await?;
        let this = &*self;
        let workspace = this.workspace()?;
        // x̂₀ becomes x: the plainest row of a solver's table.
        let row = StepRow {
            denoised: 1.0,
            a: time.a as f32,
            s: time.s as f32,
            limit: f32::MAX,
            pictures: pictures as u32,
            sampled: pictures as u32,
            sharing: 1,
            ..StepRow::default()
        };
        let staging = this.gpu.buffer("answer", x.len(), BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        let run = || {
            workspace.write_steps(&this.gpu, &[row]);
            workspace.write(&this.gpu, &workspace.x, 0, x);
            workspace.write(&this.gpu, &workspace.shifts, 0, &rows);
            let mut encoder = this.gpu.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                (0..=this.stages.len()).for_each(|stage| this.dispatch(&mut pass, stage, 0, pictures));
            }
            encoder.copy_buffer_to_buffer(&workspace.x, 0, &staging, 0, x.len() as u64 * 4);
            this.gpu.submit(encoder.finish())
        };
        let (submission, verdict) = this.gpu.watched("running the network", run);
        let asked = this.gpu.ask(&staging, x.len(), submission);
        verdict.await?;
        this.gpu.answer(&staging, asked).await
    }

    /// The embedding's row of shifts of a time and a condition.
    pub(super) fn shifts(&self, time: Time, condition: &Condition) -> Result<Vec<f32>, GpuError> {
        Ok(embedding::shifts(&self.config, &self.layers, &self.embedding, time.t, condition)?)
    }

    /// Most pictures that may pass through at once: every value must fit into one binding.
    pub(super) fn most_pictures(&self) -> usize {
        let binding = self.gpu.device.limits().max_storage_buffer_binding_size as usize / 4;
        let largest = self.shapes.iter().map(ImageShape::len).max().unwrap_or(1).max(1);
        (binding / largest).clamp(1, MAX_PICTURES)
    }

    /// Most pictures that may pass through at once where each of them has a row of shifts in every step.
    pub(super) fn most_rows(&self, request: &Request, steps: usize) -> usize {
        let binding = self.gpu.device.limits().max_storage_buffer_binding_size as usize / 4;
        let rows = binding / (steps * row_length(&self.stages)).max(1);
        // The room for rows grows in powers of two.
        if request.is_spread() { rows / 2 } else { usize::MAX }
    }

    /// Makes sure that the pipelines suit batches of these sizes, and the workspace the largest of them.
    pub(super) async fn prepare(&mut self, batches: &[usize], rows: usize) -> Result<(), GpuError> {
        self.gpu.check()?;
        let most = batches.iter().copied().max().unwrap_or_default();
        let fits = self.workspace.as_ref().is_some_and(|workspace| workspace.fits(most, rows));
        if fits && batches.iter().all(|batch| self.pipelines.iter().all(|pipeline| pipeline.suits(*batch))) {
            return Ok(());
        }
        let gpu = self.gpu.clone();
        let make = || {
            let mut compiler = Compiler::new(&gpu, row_length(&self.stages));
            for (stage, pipeline) in self.stages.iter().zip(&mut self.pipelines) {
                batches.iter().try_for_each(|batch| pipeline.suit(&mut compiler, &stage.name, *batch))?;
            }
            if !fits {
                // The old one goes first, so that both are never held at once.
                self.workspace = None;
                let network = (&self.stages[..], &self.layers.slots(&self.shapes));
                let pipelines = (&self.pipelines[..], &self.step);
                let rows = rows.next_power_of_two().max(64);
                self.workspace = Some(Workspace::new(&gpu, network, self.shape, pipelines, most, rows));
            }
            Ok(())
        };
        let made = gpu.guard("preparing a batch", make).await.flatten();
        if made.is_err() {
            self.workspace = None;
            self.pipelines.iter_mut().for_each(|pipeline| batches.iter().for_each(|batch| pipeline.forget(*batch)));
        }
        made
    }

    /// The workspace that [`Self::prepare`] made.
    pub(super) fn workspace(&self) -> Result<&Workspace, GpuError> {
        self.workspace.as_ref().ok_or_else(|| GpuError::Device("the buffers were not prepared".into()))
    }

    /// Records one stage; the solver's step stands behind the last.
    pub(super) fn dispatch(&self, pass: &mut wgpu::ComputePass<'_>, stage: usize, step: usize, pictures: usize) {
        if let Some(workspace) = &self.workspace {
            let pipeline = self.pipelines.get(stage).unwrap_or(&self.step.pipeline);
            workspace.dispatch(pass, pipeline, stage, step, pictures);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Frames;
    use super::*;
    use crate::network::config::{Architecture, ConditionKind};
    use crate::ops::Array;
    use crate::ops::program::Tuning;
    use crate::ops::testing::gpu;
    use crate::sampler::Term;
    use crate::schedule::Schedule;
    use pollster::block_on;
    use std::collections::BTreeSet;

    #[test]
    fn steps_of_fewer_guesses_are_cut_for_theirs() {
        let Some(gpu) = gpu().map(|gpu| gpu.tuned_for(Tuning::ManyThreads)) else { return };
        let architecture = Architecture::UNet { widths: vec![32, 64], attention_heads: 0, attention_level: None };
        let config =
            NetworkConfig { embedding: 8, ..NetworkConfig::new(architecture, ConditionKind::Class { count: 2 }) };
        let zeros = |(name, shape): (String, Vec<usize>)| {
            let data = vec![0.0; shape.iter().product()];
            (name, Array { shape, data })
        };
        let weights = Layers::new(&config).unwrap().tensors(&config).into_iter().map(zeros).collect();
        let shape = ImageShape { channels: 1, height: 16, width: 16 };
        let mut network = block_on(GpuNetwork::new(&gpu, &config, &weights, shape)).unwrap();
        let early = Term { to: 0.5, ..Term::new(Condition::Class(1)) };
        let terms = vec![Term::new(Condition::Class(0)), early];
        let request = Request { count: 16, steps: 2, terms, ..Request::new(Condition::Class(0), 1) };
        block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        let batches: BTreeSet<usize> = [1.0, 0.5].map(|t| request.calls(t).kinds() * 16).into();
        assert_eq!(batches.len(), 2);
        for batch in batches {
            assert!(network.pipelines.iter().all(|pipeline| pipeline.suits(batch)), "{batch}");
        }
    }
}

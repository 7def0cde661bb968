//! The buffers of one batch, bound to every stage: made once for a number of pictures and rows of shifts, and used
//! again for every batch that fits.

use super::context::{Buffer, Gpu};
use super::pipeline::{Pipeline, STEP_BYTES};
use super::solver::SolverStep;
use super::stage::{Stage, row_length};
use crate::denoiser::ImageShape;
use crate::network::liveness::Slots;
use crate::ops::program::Binding;
use crate::sampler::MAX_TERMS;
use wgpu::BufferUsages;

/// One row of the step uniform; the same struct as in `shader/shared/step.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct StepRow {
    pub(super) x: f32,
    pub(super) denoised: f32,
    pub(super) previous: f32,
    pub(super) noise: f32,
    pub(super) a: f32,
    pub(super) s: f32,
    pub(super) limit: f32,
    pub(super) pictures: u32,
    pub(super) sampled: u32,
    pub(super) row: u32,
    pub(super) sharing: u32,
    pub(super) noise_start: u32,
    pub(super) next: u32,
    pub(super) keep: u32,
    /// Up to the alignment of what follows.
    pub(super) unused: [u32; 2],
    pub(super) weights: [f32; MAX_TERMS],
    pub(super) planes: [u32; MAX_TERMS],
}

/// Values of fresh noise that are kept ready, at least one step's worth.
const NOISE_VALUES: usize = 1 << 20;

/// Buffers and bind groups.
pub(super) struct Workspace {
    /// Pictures through the network at once.
    pub(super) pictures: usize,
    /// Rows of shifts, and steps.
    pub(super) rows: usize,
    /// Steps of noise that fit.
    pub(super) noise_slots: usize,
    pub(super) x: Buffer,
    pub(super) denoised: Buffer,
    pub(super) noise: Buffer,
    /// Ones, behind them the masks of the terms, and last that of what stays, `[1 + MAX_TERMS + 1, H, W]`.
    pub(super) masks: Buffer,
    /// The pictures of which something stays.
    pub(super) kept: Buffer,
    pub(super) shifts: Buffer,
    steps: Buffer,
    /// The values between the stages; held for as long as they are bound.
    _values: Vec<Buffer>,
    /// One a stage, and the solver's step behind them.
    groups: Vec<wgpu::BindGroup>,
}

impl Workspace {
    /// Which of the masks says what stays.
    pub(super) const KEEP_PLANE: usize = 1 + MAX_TERMS;

    /// Makes room for `pictures` pictures and `rows` rows of shifts.
    pub(super) fn new(
        gpu: &Gpu,
        (stages, slots): (&[Stage], &Slots),
        picture: ImageShape,
        (pipelines, step): (&[Pipeline], &SolverStep),
        pictures: usize,
        rows: usize,
    ) -> Self {
        let size = picture.len() * pictures;
        let storage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let noise_slots = (NOISE_VALUES / size.max(1)).clamp(1, 64);
        let x = gpu.buffer("x", size, storage);
        let denoised = gpu.buffer("denoised", size, storage);
        let noise = gpu.buffer("noise", size * noise_slots, storage);
        let masks = gpu.buffer("masks", (Workspace::KEEP_PLANE + 1) * picture.height * picture.width, storage);
        let kept = gpu.buffer("kept", size, storage);
        let shifts = gpu.buffer("shifts", rows * row_length(stages), storage);
        let steps = gpu.buffer("steps", rows * STEP_BYTES as usize / 4, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let arena: Vec<Buffer> =
            slots.sizes.iter().map(|size| gpu.buffer("value", size * pictures, BufferUsages::STORAGE)).collect();
        let value = |value: usize| -> &wgpu::Buffer { slots.of[value].map_or(&x, |slot| &arena[slot]) };
        let whole = wgpu::Buffer::as_entire_binding;
        let bind = |pipeline: &Pipeline, buffers: Vec<wgpu::BindingResource<'_>>| {
            let first = wgpu::BufferBinding { buffer: &steps, offset: 0, size: wgpu::BufferSize::new(STEP_BYTES) };
            let resources = std::iter::once(wgpu::BindingResource::Buffer(first)).chain(buffers);
            let entries: Vec<wgpu::BindGroupEntry> =
                (0..).zip(resources).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
            let layout = &pipeline.layout;
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
        };
        let bound = |(stage, pipeline): (&Stage, &Pipeline)| {
            let resource = |binding: &Binding| match *binding {
                Binding::Value(number) => whole(value(number)),
                Binding::Tensor(number) => whole(&pipeline.tensors[number]),
                // A stage's shifts begin at its own place in every row.
                Binding::Row => wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &shifts,
                    offset: stage.place as u64 * 4,
                    size: None,
                }),
            };
            bind(pipeline, pipeline.bindings.iter().map(resource).collect())
        };
        let mut groups: Vec<wgpu::BindGroup> = stages.iter().zip(pipelines).map(bound).collect();
        let read = value(step.input.unwrap_or(slots.of.len() - 1));
        let tensors = step.pipeline.tensors.iter().map(|tensors| &**tensors);
        let buffers = [read, &noise, &masks, &kept].into_iter().chain(tensors).chain([&*x, &*denoised]);
        groups.push(bind(&step.pipeline, buffers.map(whole).collect()));
        Workspace {
            pictures,
            rows,
            noise_slots,
            x,
            denoised,
            noise,
            masks,
            kept,
            shifts,
            steps,
            _values: arena,
            groups,
        }
    }

    /// Whether a batch fits.
    pub(super) fn fits(&self, pictures: usize, rows: usize) -> bool {
        pictures <= self.pictures && rows <= self.rows
    }

    /// Writes the table of steps; at most `rows`.
    pub(super) fn write_steps(&self, gpu: &Gpu, steps: &[StepRow]) {
        let mut bytes = vec![0; steps.len() * STEP_BYTES as usize];
        for (slot, step) in bytes.chunks_mut(STEP_BYTES as usize).zip(steps) {
            let row = bytemuck::bytes_of(step);
            slot[..row.len()].copy_from_slice(row);
        }
        gpu.queue.write_buffer(&self.steps, 0, &bytes);
    }

    /// Writes values from the start of a buffer's part.
    pub(super) fn write(&self, gpu: &Gpu, buffer: &wgpu::Buffer, start: usize, values: &[f32]) {
        gpu.queue.write_buffer(buffer, start as u64 * 4, bytemuck::cast_slice(values));
    }

    /// Records the dispatch of one stage (the solver's step is the last) for a step.
    pub(super) fn dispatch(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        pipeline: &Pipeline,
        stage: usize,
        step: usize,
        pictures: usize,
    ) {
        let (compiled, (x, y)) = pipeline.batch(pictures);
        pass.set_pipeline(compiled);
        pass.set_bind_group(0, &self.groups[stage], &[(step as u64 * STEP_BYTES) as u32]);
        pass.dispatch_workgroups(x, y, 1);
    }
}

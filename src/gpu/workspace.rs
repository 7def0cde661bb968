//! The buffers of one batch, bound to every stage: made once for a number of pictures and rows of shifts, and used
//! again for every batch that fits.

use super::context::{Buffer, Gpu};
use super::pipeline::{Pipeline, STEP_BYTES};
use super::stage::{Finish, Stage, row_length, slots};
use crate::denoiser::ImageShape;
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
    pub(super) guidance: f32,
    pub(super) limit: f32,
    pub(super) pictures: u32,
    pub(super) sampled: u32,
    pub(super) row: u32,
    pub(super) sharing: u32,
    pub(super) noise_start: u32,
    pub(super) unused: [u32; 3],
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
    pub(super) shifts: Buffer,
    steps: Buffer,
    /// The values between the stages; held for as long as they are bound.
    _values: Vec<Buffer>,
    /// One a stage, and the solver's step behind them.
    groups: Vec<wgpu::BindGroup>,
}

impl Workspace {
    /// Makes room for `pictures` pictures and `rows` rows of shifts.
    pub(super) fn new(
        gpu: &Gpu,
        (stages, shapes): (&[Stage], &[ImageShape]),
        (pipelines, step): (&[Pipeline], &Pipeline),
        pictures: usize,
        rows: usize,
    ) -> Self {
        let size = shapes[0].len() * pictures;
        let storage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let noise_slots = (NOISE_VALUES / size.max(1)).clamp(1, 64);
        let x = gpu.buffer("x", size, storage);
        let denoised = gpu.buffer("denoised", size, storage);
        let noise = gpu.buffer("noise", size * noise_slots, storage);
        let shifts = gpu.buffer("shifts", rows * row_length(stages), storage);
        let steps = gpu.buffer("steps", rows * STEP_BYTES as usize / 4, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let (slot_of, sizes) = slots(stages, shapes);
        let arena: Vec<Buffer> =
            sizes.iter().map(|size| gpu.buffer("value", size * pictures, BufferUsages::STORAGE)).collect();
        let value = |value: usize| -> &wgpu::Buffer { slot_of[value].map_or(&x, |slot| &arena[slot]) };
        // A stage's shifts begin at its own place in every row.
        let shifts_of = |finish: &Finish| {
            let offset = if finish.shift.is_some() { finish.place as u64 * 4 } else { 0 };
            wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer: &shifts, offset, size: None })
        };
        let whole = wgpu::Buffer::as_entire_binding;
        let bind = |pipeline: &Pipeline, buffers: Vec<wgpu::BindingResource<'_>>| {
            let first = wgpu::BufferBinding { buffer: &steps, offset: 0, size: wgpu::BufferSize::new(STEP_BYTES) };
            let resources = std::iter::once(wgpu::BindingResource::Buffer(first)).chain(buffers);
            let entries: Vec<wgpu::BindGroupEntry> =
                (0..).zip(resources).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
            let layout = &pipeline.layout;
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
        };
        let mut groups: Vec<wgpu::BindGroup> = stages
            .iter()
            .zip(pipelines)
            .map(|(stage, pipeline)| match stage {
                // A part that is absent is bound to some buffer that is not written.
                Stage::Conv(conv) => {
                    let (input, output) = (value(conv.input), value(conv.output));
                    let skip = conv.skip.map_or(input, value);
                    let residual = conv.finish.residual.map_or(input, value);
                    let [weights, bias] = &pipeline.tensors[..] else { unreachable!("a convolution has two tensors") };
                    let shifts = shifts_of(&conv.finish);
                    let [input, skip, weights, bias, residual, output] =
                        [input, skip, weights, bias, residual, output].map(whole);
                    bind(pipeline, vec![input, skip, weights, bias, shifts, residual, output])
                }
                Stage::Norm(norm) => {
                    let residual = norm.finish.residual.map_or(&*shifts, value);
                    let buffers = [
                        whole(&pipeline.tensors[0]),
                        shifts_of(&norm.finish),
                        whole(residual),
                        whole(value(norm.value)),
                    ];
                    bind(pipeline, buffers.into())
                }
                Stage::Attention(attention) => {
                    bind(pipeline, [value(attention.input), value(attention.output)].map(whole).into())
                }
            })
            .collect();
        groups.push(bind(step, [value(shapes.len() - 1), &noise, &x, &denoised].map(whole).into()));
        Workspace { pictures, rows, noise_slots, x, denoised, noise, shifts, steps, _values: arena, groups }
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
        let (x, y) = pipeline.groups(pictures);
        pass.set_pipeline(&pipeline.pipeline);
        pass.set_bind_group(0, &self.groups[stage], &[(step as u64 * STEP_BYTES) as u32]);
        pass.dispatch_workgroups(x, y, 1);
    }
}

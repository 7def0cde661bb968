//! The buffers of a run on the GPU and the pipelines bound to them, made once from a [`Plan`]; every step writes its batch into
//! them, and records the same dispatches.

use super::plan::{At, Plan, Step};
use crate::gpu::context::{Buffer, Gpu};
use crate::gpu::error::GpuError;
use crate::gpu::pipeline::{Compiler, STEP_BYTES};
use crate::gpu::workspace::StepRow;
use crate::learn::adam::Adam;
use crate::learn::batch::Batch;
use crate::ops::lesson::Place;
use std::collections::BTreeMap;
use wgpu::BufferUsages;

/// What Adam is told of a step; the same struct as in `adam.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct Rates {
    pub(super) rate: f32,
    pub(super) decay: f32,
    pub(super) first: f32,
    pub(super) second: f32,
    pub(super) clip: f32,
    pub(super) pictures: u32,
    pub(super) slot: u32,
}

/// Where weights, average and moments are.
pub(super) const STATE: [At; 4] = [At::Of(Place::Weights), At::Average, At::Means, At::Squares];

/// A pipeline with what it works on.
struct Bound {
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    groups: (u32, u32),
}

/// Buffers and bound pipelines.
pub(super) struct Room {
    plan: Plan,
    pictures: usize,
    buffers: BTreeMap<At, Buffer>,
    /// For all stages but Adam, and for that.
    step: Buffer,
    rates: Buffer,
    stages: Vec<Bound>,
}

impl Room {
    /// Makes room for a batch of so many pictures, and compiles.
    ///
    /// # Errors
    /// [`GpuError::Shader`] where a stage cannot be written out.
    pub fn new(gpu: &Gpu, plan: Plan, pictures: usize) -> Result<Room, GpuError> {
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let mut buffers = BTreeMap::new();
        for at in plan.used() {
            buffers.insert(at, gpu.buffer("learning", plan.values(at, pictures), usage));
        }
        let uniform = || gpu.buffer("step", STEP_BYTES as usize / 4, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let mut room = Room { plan, pictures, buffers, step: uniform(), rates: uniform(), stages: Vec::new() };
        let mut compiler = Compiler::new(gpu, 0);
        let stages: Result<Vec<Bound>, GpuError> =
            room.plan.steps.iter().map(|step| room.bind(gpu, &mut compiler, step)).collect();
        room.stages = stages?;
        let count = pictures as u32;
        let row = StepRow { pictures: count, sampled: count, sharing: 1, ..StepRow::default() };
        gpu.queue.write_buffer(&room.step, 0, bytemuck::bytes_of(&row));
        room.put(gpu, At::Sources, bytemuck::cast_slice(&room.plan.sources));
        room.put(gpu, At::Places, bytemuck::cast_slice(&room.plan.places));
        room.put(gpu, At::Columned, bytemuck::cast_slice(&room.plan.columned));
        Ok(room)
    }

    /// Compiles a stage and binds its buffers.
    fn bind(&self, gpu: &Gpu, compiler: &mut Compiler<'_>, step: &Step) -> Result<Bound, GpuError> {
        let counts = (step.reads.len() as u32, step.writes.len() as u32);
        let pipeline = compiler.build(&step.label, step.text, &step.names, counts, step.dispatch)?;
        let uniform = if step.writes.contains(&At::Reports) { &self.rates } else { &self.step };
        let first = wgpu::BufferBinding { buffer: uniform, offset: 0, size: wgpu::BufferSize::new(STEP_BYTES) };
        let bound = step.reads.iter().chain(&step.writes).map(|&at| self.binding(at));
        let resources = std::iter::once(Some(wgpu::BindingResource::Buffer(first))).chain(bound);
        let resources: Option<Vec<wgpu::BindingResource<'_>>> = resources.collect();
        let resources = resources.ok_or_else(|| GpuError::Device(format!("{} has a place too few", step.label)))?;
        let entries: Vec<wgpu::BindGroupEntry> =
            (0..).zip(resources).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
        let layout = &pipeline.layout;
        let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries });
        let groups = pipeline.groups(self.pictures);
        Ok(Bound { pipeline: pipeline.pipeline, group, groups })
    }

    fn binding(&self, at: At) -> Option<wgpu::BindingResource<'_>> {
        let At::Of(Place::Packed(layer, n)) = at else {
            return self.buffers.get(&at).map(|buffer| buffer.as_entire_binding());
        };
        let (start, length) = *self.plan.packed.get(&(layer, n))?;
        let (offset, size) = (4 * start as u64, wgpu::BufferSize::new(4 * length as u64));
        let buffer = self.buffers.get(&At::Packed)?;
        Some(wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset, size }))
    }

    fn put(&self, gpu: &Gpu, at: At, bytes: &[u8]) {
        if let Some(buffer) = self.buffers.get(&at) {
            gpu.queue.write_buffer(buffer, 0, bytes);
        }
    }

    /// Writes what a step shows.
    ///
    /// # Errors
    /// [`GpuError`] where a condition does not fit.
    pub fn write(&self, gpu: &Gpu, batch: &Batch) -> Result<(), GpuError> {
        let rows = batch.times.iter().zip(&batch.conditions).map(|(&t, condition)| self.plan.inputs(t, condition));
        let rows = rows.collect::<Result<Vec<_>, _>>()?.concat();
        let values = batch.noisy.len() as f32;
        let factors: Vec<f32> = batch.weights.iter().map(|weight| weight / values).collect();
        self.put(gpu, At::Of(Place::Value(0)), bytemuck::cast_slice(&batch.noisy));
        self.put(gpu, At::Targets, bytemuck::cast_slice(&batch.targets));
        self.put(gpu, At::Factors, bytemuck::cast_slice(&factors));
        self.put(gpu, At::Inputs, bytemuck::cast_slice(&rows));
        Ok(())
    }

    /// Writes what Adam is told.
    pub fn write_rates(&self, gpu: &Gpu, rates: &Rates) {
        gpu.queue.write_buffer(&self.rates, 0, bytemuck::bytes_of(rates));
    }

    /// Writes weights, average and moments.
    pub fn upload(&self, gpu: &Gpu, state: &Adam) {
        let [means, squares] = &state.moments;
        for (at, values) in STATE.into_iter().zip([&state.weights, &state.average, means, squares]) {
            self.put(gpu, at, bytemuck::cast_slice(values));
        }
    }

    /// Records the first `count` stages.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder, count: usize) {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        for Bound { pipeline, group, groups: (x, y) } in &self.stages[..count] {
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, group, &[0]);
            pass.dispatch_workgroups(*x, *y, 1);
        }
    }

    /// Stages of a step, Adam the last.
    pub fn dispatches(&self) -> usize {
        self.stages.len()
    }

    /// Bytes of all buffers.
    pub fn bytes(&self) -> u64 {
        self.plan.used().map(|at| 4 * self.plan.values(at, self.pictures) as u64).sum()
    }

    /// Records a copy of the first `values` of a buffer, to the place `start` of another.
    pub fn copy(&self, encoder: &mut wgpu::CommandEncoder, at: At, values: usize, to: &Buffer, start: usize) {
        if let Some(buffer) = self.buffers.get(&at) {
            encoder.copy_buffer_to_buffer(buffer, 0, to, 4 * start as u64, 4 * values as u64);
        }
    }

    /// Values of all pictures' columns.
    pub fn columns(&self) -> usize {
        self.pictures * self.plan.columns
    }

    /// The loss, from what pictures add.
    pub fn loss(&self, columns: &[f32]) -> f32 {
        columns.chunks_exact(self.plan.columns).filter_map(|columns| columns.last()).sum()
    }
}

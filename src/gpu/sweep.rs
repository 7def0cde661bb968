//! The pipelines of the patch posterior and what they are bound to: [`Stages`] has room for the posteriors of all workers
//! and merges them, a [`Sweep`] fills them. `posterior` makes what it needs and dispatches it.

use super::context::{Buffer, Gpu, Tuning};
use super::displacement::{Layout, PIXELS, ROWS};
use super::error::GpuError;
use super::pipeline::{Compiler, Pipeline, STEP_BYTES};
use crate::ops::program::{Dispatch, Names, names, shader};
use std::collections::BTreeMap;
use wgpu::BufferUsages;

/// The posteriors of the workers, the pipelines that fill them, and the one that merges them.
pub(super) struct Stages {
    names: Names,
    /// By the windows that they sum together (`Displacements::group`).
    pub sweeps: BTreeMap<usize, Sweep>,
    state: Buffer,
    pub merge: Pipeline,
    pub bound_merge: wgpu::BindGroup,
    /// The merged posterior, in the flat form of `theory::Partial`.
    pub merged: Buffer,
}

/// A pipeline, and what it works on.
pub(super) struct Sweep {
    pub pipeline: Pipeline,
    /// One a chunk of training images.
    pub bound: Vec<wgpu::BindGroup>,
}

impl Stages {
    /// Room for `workers` posteriors, with provenance where `trace`, and what merges them; no sweep yet.
    pub fn new(
        gpu: &Gpu,
        layout: Layout,
        circular: bool,
        trace: bool,
        workers: usize,
        question: &Buffer,
    ) -> Result<Stages, GpuError> {
        let Layout { shape, lanes } = layout;
        let (area, header) = (layout.area(), Layout::header(trace));
        let fields = header + shape.channels;
        let names = names([
            ("CHANNELS", shape.channels),
            ("HEIGHT", shape.height),
            ("WIDTH", shape.width),
            ("AREA", area),
            ("LANES", lanes),
            ("PIXELS", PIXELS),
            ("ROWS", ROWS),
            ("ROWS_OF_WINDOWS", ROWS / PIXELS),
            ("PITCH", layout.pitch()),
            ("BANDS", layout.bands()),
            ("THREADS", layout.threads()),
            ("CIRCULAR", usize::from(circular)),
            ("TRACE", usize::from(trace)),
            ("VALUES", header),
            ("FIELDS", fields),
            ("ROLLED", usize::from(gpu.tuning() == Tuning::FewCores)),
        ]);
        let state = gpu.buffer("posteriors", workers * fields * area, BufferUsages::STORAGE);
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
        let merged = gpu.buffer("merged posterior", (6 + shape.channels) * area, usage);
        let merge = compile(gpu, "posterior_merge", shader!("posterior_merge.wgsl"), &names, (1, 1))?;
        let bound_merge = bind(gpu, &merge, question, &[&state, &merged]);
        Ok(Stages { names, sweeps: BTreeMap::new(), state, merge, bound_merge, merged })
    }

    /// The sweep that sums `group` windows together, or, where that is 0, soft windows, over each of the chunks `images`; `inputs` are the question, the
    /// noisy picture and the table of displacements.
    pub fn sweep<'a>(
        &self,
        gpu: &Gpu,
        group: usize,
        [question, x, runs]: [&Buffer; 3],
        images: impl Iterator<Item = &'a Buffer>,
    ) -> Result<Sweep, GpuError> {
        let mut names = self.names.clone();
        let soft = i64::from(group == 0);
        names.extend([
            ("SOFT", soft),
            ("GROUP", group as i64),
            ("GROUPS", PIXELS.checked_div(group).unwrap_or(0) as i64),
        ]);
        let pipeline = compile(gpu, "posterior", shader!("posterior.wgsl"), &names, (3, 1))?;
        let bound = images.map(|images| bind(gpu, &pipeline, question, &[x, runs, images, &self.state])).collect();
        Ok(Sweep { pipeline, bound })
    }
}

fn compile(gpu: &Gpu, label: &str, text: &str, names: &Names, buffers: (u32, u32)) -> Result<Pipeline, GpuError> {
    Compiler::new(gpu, 0).build(label, text, names, buffers, Dispatch::Groups(1))
}

fn bind(gpu: &Gpu, pipeline: &Pipeline, question: &Buffer, buffers: &[&Buffer]) -> wgpu::BindGroup {
    let size = wgpu::BufferSize::new(STEP_BYTES);
    let first = wgpu::BufferBinding { buffer: question, offset: 0, size };
    let rest = buffers.iter().map(|buffer| buffer.as_entire_binding());
    let resources = std::iter::once(wgpu::BindingResource::Buffer(first)).chain(rest);
    let entries: Vec<wgpu::BindGroupEntry<'_>> =
        (0..).zip(resources).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
    let descriptor = wgpu::BindGroupDescriptor { label: None, layout: &pipeline.layout, entries: &entries };
    gpu.device.create_bind_group(&descriptor)
}

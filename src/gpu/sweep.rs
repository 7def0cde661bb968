//! The pipelines of the patch posterior and what they are bound to: [`Stages`] has room for the posteriors of all workers
//! and merges them, a [`Sweep`] fills them. `posterior` makes what it needs and dispatches it.

use super::context::{Buffer, Gpu, Tuning};
use super::displacement::{Layout, PIXELS, ROWS};
use super::error::GpuError;
use super::pipeline::{Compiler, Pipeline, STEP_BYTES};
use crate::ops::program::{Dispatch, Names, names, shader};
use std::collections::BTreeMap;
use wgpu::BufferUsages;

/// Most bytes for what all workers found.
const STATE_BYTES: usize = 32 << 20;

/// What is wanted of the training images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// A posterior.
    Plain,
    /// A posterior with provenance.
    Traced,
    /// What windows of known weights say of all they cover.
    Cover,
}

/// What the workers found, the pipelines that find it, and the one that merges it.
pub(super) struct Stages {
    pass: Pass,
    names: Names,
    /// By the windows that they sum together (`Displacements::group`).
    pub sweeps: BTreeMap<usize, Sweep>,
    /// Most workers that there is room for.
    pub workers: usize,
    state: Buffer,
    pub merge: Pipeline,
    pub bound_merge: wgpu::BindGroup,
    /// What was merged, in the flat form of `theory::Partial` or `theory::Composite`, its values, and the threads that merge them.
    pub merged: Buffer,
    pub values: usize,
    pub merged_by: usize,
}

/// A pipeline, and what it works on.
pub(super) struct Sweep {
    pub pipeline: Pipeline,
    /// One a chunk of training images.
    pub bound: Vec<wgpu::BindGroup>,
}

impl Stages {
    /// Room for what `workers` find, or as many as there is room for, and what merges it; no sweep yet.
    pub fn new(
        gpu: &Gpu,
        layout: Layout,
        circular: bool,
        pass: Pass,
        workers: usize,
        question: &Buffer,
    ) -> Result<Stages, GpuError> {
        let Layout { shape, lanes } = layout;
        let (area, trace) = (layout.area(), pass == Pass::Traced);
        let header = Layout::header(trace);
        // Windows of a band say something of pixels beyond it, so each band has sums for all.
        let fields = if pass == Pass::Cover { layout.bands() * shape.channels } else { header + shape.channels };
        let workers = workers.clamp(1, (STATE_BYTES / (4 * fields * area)).max(1));
        let names = names([
            ("CHANNELS", shape.channels),
            ("HEIGHT", shape.height),
            ("WIDTH", shape.width),
            ("AREA", area),
            ("LANES", lanes),
            ("PIXELS", PIXELS),
            ("ROWS", ROWS),
            ("ROWS_OF_WINDOWS", ROWS / PIXELS),
            ("SEGMENTS", shape.height.div_ceil(PIXELS)),
            ("PITCH", layout.pitch()),
            ("BANDS", layout.bands()),
            ("THREADS", layout.threads()),
            ("CIRCULAR", usize::from(circular)),
            ("TRACE", usize::from(trace)),
            ("VALUES", header),
            ("FIELDS", fields),
            ("ROLLED", usize::from(gpu.tuning() == Tuning::FewCores)),
        ]);
        let state = gpu.buffer("found by workers", workers * fields * area, BufferUsages::STORAGE);
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
        let (label, text, values, merged_by) = match pass {
            Pass::Cover => {
                let values = shape.channels * area;
                ("posterior_cover_merge", shader!("posterior_cover_merge.wgsl"), values, values)
            }
            _ => ("posterior_merge", shader!("posterior_merge.wgsl"), (6 + shape.channels) * area, area),
        };
        let merged = gpu.buffer("merged", values, usage);
        let merge = compile(gpu, label, text, &names, (1, 1))?;
        let bound_merge = bind(gpu, &merge, question, &[&state, &merged]);
        let sweeps = BTreeMap::new();
        Ok(Stages { pass, names, sweeps, workers, state, merge, bound_merge, merged, values, merged_by })
    }

    /// The sweep that sums `group` windows together, or, where that is 0, soft windows, over each of the chunks `images`; inputs are the question, the
    /// noisy picture, the table of displacements and the levels of weights.
    pub fn sweep<'a>(
        &self,
        gpu: &Gpu,
        group: usize,
        [question, x, runs, levels]: [&Buffer; 4],
        images: impl Iterator<Item = &'a Buffer>,
    ) -> Result<Sweep, GpuError> {
        let mut names = self.names.clone();
        let soft = i64::from(group == 0);
        names.extend([
            ("SOFT", soft),
            ("GROUP", group as i64),
            ("GROUPS", PIXELS.checked_div(group).unwrap_or(0) as i64),
        ]);
        let cover = self.pass == Pass::Cover;
        let pipeline = match cover {
            true => compile(gpu, "posterior_cover", shader!("posterior_cover.wgsl"), &names, (4, 1))?,
            false => compile(gpu, "posterior", shader!("posterior.wgsl"), &names, (3, 1))?,
        };
        let bound = images.map(|images| match cover {
            true => bind(gpu, &pipeline, question, &[x, runs, images, levels, &self.state]),
            false => bind(gpu, &pipeline, question, &[x, runs, images, &self.state]),
        });
        let bound = bound.collect();
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

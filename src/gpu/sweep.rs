//! The pipelines of the patch posterior and what they are bound to: [`Stages`] has room for the posteriors of all workers
//! and merges them, a [`Sweep`] fills them. `posterior` makes what it needs and dispatches it.

use super::context::{Buffer, Gpu, Tuning};
use super::error::GpuError;
use super::layout::{Layout, PIXELS, Tile};
use super::pipeline::{Compiler, Pipeline, STEP_BYTES};
use crate::ops::program::{Dispatch, Names, names, shader};
use wgpu::BufferUsages;

/// Most bytes for what all workers found.
const STATE_BYTES: usize = 32 << 20;
/// Pixels or values beside each other that a workgroup merges, as many as share a fetch from memory; and the most threads that
/// share out the workers for one of them.
const NEAR: usize = 8;
const SLICES: usize = 32;

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
    pub sweeps: Vec<Sweep>,
    state: Buffer,
    pub merge: Pipeline,
    pub bound_merge: wgpu::BindGroup,
    /// What was merged, in the flat form of `theory::Partial` or `theory::Composite`, its values, and the workgroups that merge them.
    pub merged: Buffer,
    pub values: usize,
    pub merged_by: usize,
}

/// A pipeline, and what it works on.
pub(super) struct Sweep {
    tile: Tile,
    pub pipeline: Pipeline,
    /// One a chunk of training images.
    pub bound: Vec<wgpu::BindGroup>,
}

impl Pass {
    /// Values of a pixel that a worker keeps. Windows of a band say something of pixels beyond it, so in the second round each
    /// band has sums for all.
    pub fn fields(self, channels: usize, bands: usize) -> usize {
        match self {
            Pass::Cover => bands * channels,
            _ => self.header() + channels,
        }
    }

    fn header(self) -> usize {
        Layout::header(self == Pass::Traced)
    }

    /// Values for what workers of `threads` threads keep, within [`STATE_BYTES`], but at least for one worker of any [`Tile`].
    fn room(self, layout: Layout, threads: usize) -> usize {
        let fields = self.fields(layout.shape.channels, Tile::most_bands(layout.shape));
        (fields * PIXELS * threads).min(STATE_BYTES / 4).max(fields * layout.area())
    }

    /// Workers for `items` items: not more than come to `threads` threads together, and than there is room for.
    pub fn workers(self, tile: &Tile, threads: usize, items: Option<usize>) -> usize {
        let each = self.fields(tile.layout.shape.channels, tile.bands()) * tile.layout.area();
        items.unwrap_or(1).min(tile.workers(threads)).min(self.room(tile.layout, threads) / each).max(1)
    }
}

impl Stages {
    /// Room for what workers of `threads` threads find, or for as many as there is room for, and what merges it; no sweep yet.
    pub fn new(
        gpu: &Gpu,
        layout: Layout,
        circular: bool,
        pass: Pass,
        threads: usize,
        question: &Buffer,
    ) -> Result<Stages, GpuError> {
        let (channels, area) = (layout.shape.channels, layout.area());
        let slices = if gpu.tuning() == Tuning::FewCores { NEAR } else { SLICES };
        let header = pass.header();
        let names = names([
            ("CHANNELS", channels),
            ("AREA", area),
            ("CIRCULAR", usize::from(circular)),
            ("TRACE", usize::from(pass == Pass::Traced)),
            ("VALUES", header),
            ("FIELDS", header + channels),
            ("ROLLED", usize::from(gpu.tuning() == Tuning::FewCores)),
            ("NEAR", NEAR),
            ("SLICES", slices),
        ]);
        let state = gpu.buffer("found by workers", pass.room(layout, threads), BufferUsages::STORAGE);
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
        let (label, text, values, merged) = match pass {
            Pass::Cover => {
                let values = channels * area;
                ("posterior_cover_merge", shader!("posterior_cover_merge.wgsl"), values, values)
            }
            _ => ("posterior_merge", shader!("posterior_merge.wgsl"), (6 + channels) * area, area),
        };
        let merged_by = merged.div_ceil(NEAR);
        let merged = gpu.buffer("merged", values, usage);
        let merge = compile(gpu, label, text, &names, (1, 1))?;
        let bound_merge = bind(gpu, &merge, question, &[&state, &merged]);
        Ok(Stages { pass, names, sweeps: Vec::new(), state, merge, bound_merge, merged, values, merged_by })
    }

    /// The sweep that shares windows out as `tile` says, if it was built.
    pub fn sweep(&self, tile: &Tile) -> Option<&Sweep> {
        self.sweeps.iter().find(|sweep| sweep.tile == *tile)
    }

    /// A sweep over each of the chunks `images`; inputs are the question, the noisy picture, the table of displacements and the levels
    /// of weights.
    pub fn build<'a>(
        &self,
        gpu: &Gpu,
        tile: Tile,
        [question, x, runs, levels]: [&Buffer; 4],
        images: impl Iterator<Item = &'a Buffer>,
    ) -> Result<Sweep, GpuError> {
        let mut names = self.names.clone();
        names.extend(tile.names());
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
        Ok(Sweep { tile, pipeline, bound })
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

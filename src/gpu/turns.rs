//! The turns of a [`GpuPosterior`]: all items of a question, in submissions kept short by measured speed, and what the workers found,
//! merged and read.

use super::context::Submission;
use super::displacement::Displacements;
use super::error::GpuError;
use super::layout::Tile;
use super::pace::IN_FLIGHT;
use super::pipeline::Pipeline;
use super::posterior::{Chunk, GpuPosterior};
use super::sweep::{Pass, Stages};
use crate::sampler::SampleError;
use crate::theory::{Boundary, Scales};
use bytemuck::Zeroable;
use std::collections::VecDeque;
use wgpu::BufferUsages;

/// What is being done where a shader is refused.
const COMPILING: &str = "compiling the patch posterior";

/// What a dispatch needs to know; the same struct as in `shader/shared/pairs.wgsl`.
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
    parts: u32,
}

impl Question {
    /// What all dispatches of a question have in common.
    fn new(displacements: &Displacements, scales: &Scales) -> Question {
        let Displacements { rows, columns, soft, .. } = displacements;
        Question {
            a: scales.a,
            logit: scales.logit,
            centre: scales.centre,
            rows: rows.list.len() as u32,
            columns: columns.list.len() as u32,
            high: rows.window as u32,
            wide: columns.window as u32,
            above: rows.before as u32,
            soft: *soft as u32,
            ..Question::zeroed()
        }
    }
}

impl GpuPosterior {
    /// Runs all items of a question, in short submissions, and reads the merged posterior.
    pub(super) async fn ask(
        &mut self,
        displacements: &Displacements,
        scales: &Scales,
        pass: Pass,
        most: usize,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<f32>, GpuError> {
        let tile = self.tile(displacements);
        let stages = self.stages[pass as usize].as_ref();
        let Some((stages, sweep)) = stages.and_then(|s| Some((s, s.sweep(&tile)?))) else {
            return Err(GpuError::Device("it was not prepared".into()));
        };
        let images = |chunk: &Chunk| chunk.count.min(most.saturating_sub(chunk.first));
        let items = |chunk: &Chunk| tile.layout.groups(images(chunk)) * displacements.count();
        let groups = pass.workers(&tile, self.cut.threads, self.chunks.iter().map(items).max());
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
                    first: (self.posterior.training().first() + chunk.first) as u32,
                    images: images(chunk) as u32,
                    items: items as u32,
                    start: from as u32,
                    until: until as u32,
                    groups: groups as u32,
                    fresh: u32::from(fresh),
                    parts: (groups * tile.bands()) as u32,
                    ..Question::new(displacements, scales)
                };
                let submit = || {
                    self.gpu.queue.write_buffer(&self.question, 0, bytemuck::bytes_of(&question));
                    let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
                    dispatch(&mut encoder, &sweep.pipeline, bound, groups * tile.bands());
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
        self.merged(stages).await
    }

    /// Merges what the workers of a pass found, and reads it.
    async fn merged(&self, stages: &Stages) -> Result<Vec<f32>, GpuError> {
        let staging = self.gpu.buffer("answer", stages.values, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        dispatch(&mut encoder, &stages.merge, &stages.bound_merge, stages.merged_by);
        encoder.copy_buffer_to_buffer(&stages.merged, 0, &staging, 0, stages.values as u64 * 4);
        let submission = self.gpu.submit(encoder.finish());
        self.gpu.read(&staging, stages.values, submission).await
    }

    /// Makes sure that there are pipelines and room for what a pass finds, for windows that are shared out as `tile` says.
    pub(super) async fn prepare(&mut self, pass: Pass, tile: Tile) -> Result<(), GpuError> {
        let stages = &mut self.stages[pass as usize];
        let ready = match stages {
            Some(ready) => ready,
            None => {
                let circular = self.posterior.choices().boundary == Boundary::Circular;
                let new = || Stages::new(&self.gpu, self.layout, circular, pass, self.cut.threads, &self.question);
                stages.insert(self.gpu.guard(COMPILING, new).await??)
            }
        };
        if ready.sweep(&tile).is_some() {
            return Ok(());
        }
        let images = self.chunks.iter().map(|chunk| &chunk.images);
        let build = || ready.build(&self.gpu, tile, [&self.question, &self.x, &self.runs, &self.levels], images);
        let sweep = self.gpu.guard(COMPILING, build).await??;
        ready.sweeps.push(sweep);
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

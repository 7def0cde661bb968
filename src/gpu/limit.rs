//! What a GPU can compute at most: multiply-adds in registers and nothing else, timed. Benchmarks set their own speed
//! beside it.

use super::context::{Gpu, Tuning};
use super::error::GpuError;
use super::pipeline::{Compiler, STEP_BYTES};
use crate::ops::program::{Dispatch, Names, shader};
use std::time::Instant;
use wgpu::BufferUsages;

/// Threads of a workgroup, and operations of a thread in one turn of its loop: 8 multiply-adds of four lanes.
const THREADS: usize = 64;
const PER_TURN: f64 = 64.0;

impl Gpu {
    /// Floating point operations a second in f32 (a multiply-add counts as two), the best of several tries.
    ///
    /// # Errors
    /// [`GpuError`] where the GPU fails.
    pub async fn arithmetic_limit(&self) -> Result<f64, GpuError> {
        let groups: u32 = if self.tuning() == Tuning::FewCores { 64 } else { 16_384 };
        let uniform = BufferUsages::UNIFORM | BufferUsages::COPY_DST;
        let (turns_buffer, out) = (
            self.buffer("turns", STEP_BYTES as usize / 4, uniform),
            self.buffer("sums", groups as usize * THREADS, BufferUsages::STORAGE),
        );
        let make = || {
            let text = shader!("limit.wgsl");
            Compiler::new(self, 0).build("limit", text, &Names::new(), (0, 1), Dispatch::Groups(1))
        };
        let pipeline = self.guard("measuring", make).await??;
        let first = wgpu::BufferBinding { buffer: &turns_buffer, offset: 0, size: wgpu::BufferSize::new(STEP_BYTES) };
        let entries = [
            wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(first) },
            wgpu::BindGroupEntry { binding: 1, resource: out.as_entire_binding() },
        ];
        let bound = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.layout,
            entries: &entries,
        });
        let (mut turns, mut best, mut tries) = (64u32, 0.0f64, 0);
        while tries < 5 {
            self.queue.write_buffer(&turns_buffer, 0, bytemuck::bytes_of(&turns));
            let mut encoder = self.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&pipeline.pipeline);
                pass.set_bind_group(0, &bound, &[0]);
                pass.dispatch_workgroups(groups, 1, 1);
            }
            let start = Instant::now();
            self.finish(self.submit(encoder.finish())).await?;
            let seconds = start.elapsed().as_secs_f64();
            if seconds < 0.05 && turns < 1 << 20 {
                // Too short to time.
                turns *= 2;
                continue;
            }
            best = best.max(f64::from(groups) * THREADS as f64 * f64::from(turns) * PER_TURN / seconds);
            tries += 1;
        }
        Ok(best)
    }
}

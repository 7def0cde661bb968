//! A reaction on the GPU: the same steps as [`Reaction::advance`] takes on the processor, to rounding. Make a
//! [`GpuReaction`] for a size of grid and hand it a [`Reaction`] to advance: its state goes to the GPU, takes all its steps
//! there without being read, and comes back.

use super::context::{Buffer, Gpu};
use super::error::GpuError;
use super::pipeline::{Compiler, Pipeline, STEP_BYTES};
use crate::denoiser::DenoiseError;
use crate::ops::program::{Dispatch, names, shader};
use crate::reaction::{Reaction, System};
use wgpu::BufferUsages;

/// Most steps of one submission, which keeps it short on a weak GPU.
const STEPS: usize = 256;

/// Buffers and pipelines for reactions on grids of one size.
pub struct GpuReaction {
    gpu: Gpu,
    size: (usize, usize),
    rule: Buffer,
    /// The state, and the next one.
    states: [Buffer; 2],
    staging: Buffer,
    /// For each system, compiled when it is first needed.
    programs: [Option<Program>; 2],
}

/// A system's pipeline, bound to step from one state to the other and back.
struct Program {
    pipeline: Pipeline,
    there: wgpu::BindGroup,
    back: wgpu::BindGroup,
}

/// What a dispatch needs to know; the same struct as in `shader/reaction.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Rule {
    first: f32,
    second: f32,
    diffusion: [f32; 2],
    dt: f32,
    unused: [f32; 3],
}

impl Rule {
    fn of(reaction: &Reaction) -> Rule {
        let (system, scale) = (reaction.system(), reaction.scale());
        let dt = system.step(scale);
        let diffusion = system.diffusion().map(|constant| constant * scale * dt);
        let (first, second) = match system {
            System::GrayScott { feed, kill } => (feed, kill),
            System::GiererMeinhardt { saturation } => (saturation, 0.0),
        };
        Rule { first, second, diffusion, dt, unused: [0.0; 3] }
    }
}

impl GpuReaction {
    /// Room for grids of `size` (width, height). The shader of a system is compiled, and memory that the GPU refused is
    /// noticed, when steps are first taken.
    pub fn new(gpu: &Gpu, size: (usize, usize)) -> Self {
        let values = 2 * size.0 * size.1;
        let state = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let states = [gpu.buffer("state", values, state), gpu.buffer("next state", values, state)];
        let rule = gpu.buffer("rule", STEP_BYTES as usize / 4, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let staging = gpu.buffer("read state", values, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        GpuReaction { gpu: gpu.clone(), size, rule, states, staging, programs: [None, None] }
    }

    /// Takes steps, as [`Reaction::advance`] does.
    ///
    /// # Errors
    /// [`GpuError::Sample`] where the grid is of another size or the answer is not finite, or what the GPU failed with; the reaction then stands
    /// where it stood.
    pub async fn advance(&mut self, reaction: &mut Reaction, steps: usize) -> Result<(), GpuError> {
        let values = reaction.state().len();
        if reaction.size() != self.size {
            let expected = 2 * self.size.0 * self.size.1;
            return Err(DenoiseError::Shape { what: "a state [2, H, W]", expected, found: values }.into());
        }
        self.prepare(reaction.system()).await?;
        let Some(program) = &self.programs[place(reaction.system())] else {
            return Err(GpuError::Device("it was not prepared".into()));
        };
        self.gpu.queue.write_buffer(&self.states[0], 0, bytemuck::cast_slice(reaction.state()));
        self.gpu.queue.write_buffer(&self.rule, 0, bytemuck::bytes_of(&Rule::of(reaction)));
        let (x, y) = program.pipeline.groups(1);
        let mut done = 0;
        while done < steps {
            let until = steps.min(done + STEPS);
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&program.pipeline.pipeline);
                for step in done..until {
                    let bound = if step % 2 == 0 { &program.there } else { &program.back };
                    pass.set_bind_group(0, bound, &[0]);
                    pass.dispatch_workgroups(x, y, 1);
                }
            }
            // Short ones, one behind the other: none is waited for but the last.
            self.gpu.submit(encoder.finish());
            done = until;
        }
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(&self.states[steps % 2], 0, &self.staging, 0, values as u64 * 4);
        let submission = self.gpu.submit(encoder.finish());
        let state = self.gpu.read(&self.staging, values, submission).await?;
        if !state.iter().all(|value| value.is_finite()) {
            return Err(DenoiseError::NotFinite.into());
        }
        reaction.replace(state);
        Ok(())
    }

    /// Makes sure that there is a pipeline for `system`.
    async fn prepare(&mut self, system: System) -> Result<(), GpuError> {
        if self.programs[place(system)].is_none() {
            let program = self.gpu.guard("compiling a reaction", || self.build(system)).await??;
            self.programs[place(system)] = Some(program);
        }
        Ok(())
    }

    fn build(&self, system: System) -> Result<Program, GpuError> {
        let (width, height) = self.size;
        let gray_scott = usize::from(matches!(system, System::GrayScott { .. }));
        let names = names([("WIDTH", width), ("HEIGHT", height), ("AREA", width * height), ("GRAY_SCOTT", gray_scott)]);
        let text = shader!("reaction.wgsl");
        let dispatch = Dispatch::Threads(width * height);
        let pipeline = Compiler::new(&self.gpu, 0).build("reaction", text, &names, (1, 1), dispatch)?;
        let bind = |from: &wgpu::Buffer, to: &wgpu::Buffer| {
            let size = wgpu::BufferSize::new(STEP_BYTES);
            let rule = wgpu::BufferBinding { buffer: &self.rule, offset: 0, size };
            let entries = [
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(rule) },
                wgpu::BindGroupEntry { binding: 1, resource: from.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 2, resource: to.as_entire_binding() },
            ];
            let descriptor = wgpu::BindGroupDescriptor { label: None, layout: &pipeline.layout, entries: &entries };
            self.gpu.device.create_bind_group(&descriptor)
        };
        let [first, second] = &self.states;
        let (there, back) = (bind(first, second), bind(second, first));
        Ok(Program { pipeline, there, back })
    }
}

/// Where the program of a system is kept.
fn place(system: System) -> usize {
    usize::from(matches!(system, System::GiererMeinhardt { .. }))
}

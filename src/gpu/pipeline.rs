//! Programs made ready to run: WGSL with the sizes filled in, the pipeline, and the tensors on the GPU.

use super::context::{Buffer, Gpu};
use super::error::GpuError;
use super::template::expand;
use crate::ops::program::{Binding, Dispatch, Larger, Names, Program, THREADS, add};
use std::collections::BTreeMap;

/// Most workgroups in one dimension of a dispatch.
const MAX_GROUPS: usize = 65_535;
/// Bytes of the step uniform, and between two of them (WebGPU's default alignment of dynamic offsets).
pub(super) const STEP_BYTES: u64 = 256;

/// A stage that can be dispatched once its buffers are bound.
pub(super) struct Pipeline {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) layout: wgpu::BindGroupLayout,
    /// Read-only tensors of its own.
    pub(super) tensors: Vec<Buffer>,
    /// What an operation wants bound, behind the step uniform.
    pub(super) bindings: Vec<Binding>,
    dispatch: Dispatch,
    /// Other ways to do the same for many pictures; compiled when they are needed.
    larger: Vec<(Larger, Option<wgpu::ComputePipeline>)>,
}

impl Pipeline {
    fn new(pipeline: wgpu::ComputePipeline, layout: wgpu::BindGroupLayout, dispatch: Dispatch) -> Self {
        Pipeline { pipeline, layout, tensors: Vec::new(), bindings: Vec::new(), dispatch, larger: Vec::new() }
    }

    /// The best of the other ways for a batch.
    fn best(&self, pictures: usize) -> Option<usize> {
        self.larger.iter().rposition(|(larger, _)| larger.from <= pictures)
    }

    /// Whether what is best for a batch is compiled.
    pub(super) fn suits(&self, pictures: usize) -> bool {
        self.best(pictures).is_none_or(|best| self.larger[best].1.is_some())
    }

    /// Compiles what is best for a batch, where it is not.
    pub(super) fn suit(&mut self, compiler: &mut Compiler<'_>, label: &str, pictures: usize) -> Result<(), GpuError> {
        if let Some(best) = self.best(pictures).filter(|best| self.larger[*best].1.is_none()) {
            let Larger { text, names, .. } = &self.larger[best].0;
            let source = source(label, text, names)?;
            self.larger[best].1 = Some(compiler.compile(label, source, &self.layout));
        }
        Ok(())
    }

    /// Forgets what is best for a batch, since it was refused.
    pub(super) fn forget(&mut self, pictures: usize) {
        if let Some(best) = self.best(pictures) {
            self.larger[best].1 = None;
        }
    }

    /// What runs for a batch, and its workgroups in x and y.
    pub(super) fn batch(&self, pictures: usize) -> (&wgpu::ComputePipeline, (u32, u32)) {
        let best = self.best(pictures).map(|best| &self.larger[best]);
        let (pipeline, dispatch) = match best {
            Some((larger, Some(pipeline))) => (pipeline, larger.dispatch),
            _ => (&self.pipeline, self.dispatch),
        };
        (pipeline, Self::workgroups(dispatch, pictures))
    }

    /// Workgroups in x and y for a batch.
    pub(super) fn groups(&self, pictures: usize) -> (u32, u32) {
        Self::workgroups(self.dispatch, pictures)
    }

    fn workgroups(dispatch: Dispatch, pictures: usize) -> (u32, u32) {
        let groups = match dispatch {
            Dispatch::Groups(each) => each * pictures,
            Dispatch::Threads(each) => (each * pictures).div_ceil(THREADS),
            Dispatch::Columns { each, lanes, parts } => (each * pictures).div_ceil(lanes) * parts,
            #[cfg(with_learning)]
            Dispatch::Whole(groups) => groups,
        };
        let x = groups.clamp(1, MAX_GROUPS);
        (x as u32, groups.div_ceil(x) as u32)
    }
}

/// A program whose tensors are on the GPU.
pub(super) struct Uploaded {
    text: &'static str,
    names: Names,
    tensors: Vec<Buffer>,
    bindings: Vec<Binding>,
    dispatch: Dispatch,
    larger: Vec<Larger>,
}

impl Uploaded {
    /// Uploads the tensors of `program`.
    pub(super) fn new(gpu: &Gpu, label: &str, program: Program) -> Uploaded {
        let Program { layers: _, text, names, tensors, bindings, dispatch, larger } = program;
        let tensors = tensors.iter().map(|tensor| gpu.upload(label, tensor)).collect();
        Uploaded { text, names, tensors, bindings, dispatch, larger }
    }
}

/// WGSL with its sizes filled in.
fn source(label: &str, text: &str, names: &Names) -> Result<String, GpuError> {
    expand(text, names).map_err(|message| GpuError::Shader { stage: label.into(), message })
}

/// Compiles programs; equal ones are compiled once.
pub(super) struct Compiler<'a> {
    pub(super) gpu: &'a Gpu,
    /// Length of a row of shifts.
    row: usize,
    programs: BTreeMap<String, (wgpu::ComputePipeline, wgpu::BindGroupLayout)>,
}

impl<'a> Compiler<'a> {
    /// A compiler for stages whose rows of shifts have length `row`.
    pub(super) fn new(gpu: &'a Gpu, row: usize) -> Self {
        Compiler { gpu, row, programs: BTreeMap::new() }
    }

    /// Compiles what an operation wants to run.
    pub(super) fn program(&mut self, label: &str, program: Uploaded) -> Result<Pipeline, GpuError> {
        let Uploaded { text, mut names, tensors, bindings, dispatch, larger } = program;
        names.insert("ROW", self.row as i64);
        let reads = bindings.len() as u32 - 1;
        let pipeline = self.build(label, text, &names, (reads, 1), dispatch)?;
        let larger = larger.into_iter().map(|mut larger| {
            add(&mut larger.names, &[("ROW", self.row), ("HALF", self.gpu.halves().into())]);
            (larger, None)
        });
        Ok(Pipeline { tensors, bindings, larger: larger.collect(), ..pipeline })
    }

    /// A pipeline whose bindings are the step uniform, `reads` read-only buffers, then `writes` writable ones.
    pub(super) fn build(
        &mut self,
        label: &str,
        text: &str,
        names: &Names,
        (reads, writes): (u32, u32),
        dispatch: Dispatch,
    ) -> Result<Pipeline, GpuError> {
        let source = source(label, text, names)?;
        if let Some((pipeline, layout)) = self.programs.get(&source) {
            return Ok(Pipeline::new(pipeline.clone(), layout.clone(), dispatch));
        }
        let entries: Vec<wgpu::BindGroupLayoutEntry> = (0..=reads + writes)
            .map(|binding| {
                let (ty, has_dynamic_offset) = match binding {
                    0 => (wgpu::BufferBindingType::Uniform, true),
                    _ => (wgpu::BufferBindingType::Storage { read_only: binding <= reads }, false),
                };
                wgpu::BindGroupLayoutEntry {
                    binding,
                    visibility: wgpu::ShaderStages::COMPUTE,
                    ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
                    count: None,
                }
            })
            .collect();
        let descriptor = wgpu::BindGroupLayoutDescriptor { label: Some(label), entries: &entries };
        let layout = self.gpu.device.create_bind_group_layout(&descriptor);
        let pipeline = self.compile(label, source, &layout);
        Ok(Pipeline::new(pipeline, layout, dispatch))
    }

    /// The pipeline of `source`, for bindings of `layout`.
    fn compile(&mut self, label: &str, source: String, layout: &wgpu::BindGroupLayout) -> wgpu::ComputePipeline {
        if let Some((pipeline, _)) = self.programs.get(&source) {
            return pipeline.clone();
        }
        let device = &self.gpu.device;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(label),
            source: wgpu::ShaderSource::Wgsl(source.as_str().into()),
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(label),
            bind_group_layouts: &[Some(layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(label),
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: Some("main"),
            // Workgroup memory is always written before it is read here.
            compilation_options: wgpu::PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        });
        self.programs.insert(source, (pipeline.clone(), layout.clone()));
        pipeline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_shader_is_a_typed_error() {
        let gpu = match pollster::block_on(Gpu::new()) {
            Ok(gpu) => gpu,
            Err(error) if std::env::var("MORPHOGEN_ALLOW_NO_GPU").is_ok_and(|value| value == "1") => {
                eprintln!("skipped, as MORPHOGEN_ALLOW_NO_GPU=1 allows: {error}");
                return;
            }
            Err(error) => panic!("{error}; MORPHOGEN_ALLOW_NO_GPU=1 skips this test"),
        };
        let broken = "@compute @workgroup_size(64) fn main() { let x: u32 = 1.5; }";
        let make = || {
            let dispatch = Dispatch::Threads(1);
            Compiler::new(&gpu, 0).build("broken", broken, &Names::new(), (1, 1), dispatch)
        };
        let refused = pollster::block_on(gpu.guard("broken", make)).map(|_| ());
        assert_eq!(refused.as_ref().map_err(GpuError::code), Err("gpu-shader"), "{refused:?}");
        assert!(format!("{refused:?}").contains("broken"));
        assert_eq!(gpu.check(), Ok(()), "the scope caught it");
    }
}

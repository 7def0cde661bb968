//! Stages made ready to run: WGSL with the sizes filled in, the pipeline, and the weights in the order in which the
//! shader reads them.

use super::context::{Buffer, Gpu, Tuning};
use super::error::GpuError;
use super::stage::{Attention, Conv, Finish, Norm, Stage};
use super::template::{Names, expand, shader};
use crate::network::NetworkError;
use crate::network::config::Prediction;
use crate::network::layers::Resample;
use crate::network::weights::{Array, Weights};
use std::collections::BTreeMap;

/// Threads of a workgroup, in every shader.
const THREADS: usize = 64;
/// Most workgroups in one dimension of a dispatch.
const MAX_GROUPS: usize = 65_535;
/// Bytes of the step uniform, and between two of them (WebGPU's default alignment of dynamic offsets).
pub(super) const STEP_BYTES: u64 = 256;

/// A stage that can be dispatched once its buffers are bound.
pub(super) struct Pipeline {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) layout: wgpu::BindGroupLayout,
    /// Read-only tensors of its own, in the order of their bindings.
    pub(super) tensors: Vec<Buffer>,
    work: Work,
}

/// How many workgroups a batch takes.
pub(super) enum Work {
    /// One workgroup for each of these, times the pictures.
    Groups(usize),
    /// One thread for each of these, times the pictures.
    Threads(usize),
}

impl Pipeline {
    /// Workgroups in x and y for a batch.
    pub(super) fn groups(&self, pictures: usize) -> (u32, u32) {
        let groups = match self.work {
            Work::Groups(each) => each * pictures,
            Work::Threads(each) => (each * pictures).div_ceil(THREADS),
        };
        let x = groups.clamp(1, MAX_GROUPS);
        (x as u32, groups.div_ceil(x) as u32)
    }
}

/// How the work of a convolution is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tile {
    /// Pixels below each other that a thread computes, in four channels.
    rows: usize,
    /// Threads that share the input channels of one such piece, and add their sums up in the end.
    split: usize,
}

/// Threads that a GPU wants, to hide how slow its memory is.
const BUSY: usize = 16_384;

impl Tile {
    /// The tile for a convolution, even for a single picture.
    ///
    /// A thread that computes more pixels reads less for each: on SwiftShader (one core, UNet 32/64/128 at 28×28) 4 rows
    /// reach 1.45, 7 rows 2.1 GFLOP/s; 7 rows of 8 channels would reach 2.5, but take twice as long to compile, more than
    /// a 20-step sample gains. A real GPU needs many threads first: small tiles, and the input channels shared.
    fn choose(tuning: Tuning, conv: &Conv) -> Tile {
        let height = conv.shape.height;
        if tuning == Tuning::FewCores {
            // Of 4 to 7 rows, what wastes least, then what is largest.
            let best = (4..=7).min_by_key(|rows| (height.div_ceil(*rows) * rows, 7 - rows));
            return Tile { rows: best.unwrap_or(4).min(height), split: 1 };
        }
        let rows = if height >= 14 { 4 } else { 2 }.min(height);
        let threads = conv.shape.width * height.div_ceil(rows) * conv.shape.channels.div_ceil(4);
        let channels = conv.input_shape.channels + conv.skip_channels;
        let split = [1, 2, 4, 8].into_iter().find(|split| threads * split >= BUSY).unwrap_or(8);
        // Each share should still be worth a thread.
        let split =
            if channels >= 8 * split { split } else { [4, 2].into_iter().find(|s| channels >= 8 * s).unwrap_or(1) };
        Tile { rows, split }
    }
}

/// Compiles stages; equal programs are compiled once.
pub(super) struct Compiler<'a> {
    gpu: &'a Gpu,
    /// Length of a row of shifts.
    row: usize,
    programs: BTreeMap<String, (wgpu::ComputePipeline, wgpu::BindGroupLayout)>,
}

impl<'a> Compiler<'a> {
    /// A compiler for stages whose rows of shifts have length `row`.
    pub(super) fn new(gpu: &'a Gpu, row: usize) -> Self {
        Compiler { gpu, row, programs: BTreeMap::new() }
    }

    /// Compiles a stage.
    pub(super) fn stage(&mut self, stage: &Stage, weights: &Weights) -> Result<Pipeline, GpuError> {
        match stage {
            Stage::Conv(conv) => self.convolution(conv, weights, Tile::choose(self.gpu.tuning(), conv)),
            Stage::Norm(norm) => self.normalisation(norm, weights),
            Stage::Attention(attention) => self.self_attention(attention),
        }
    }

    fn convolution(&mut self, conv: &Conv, weights: &Weights, tile: Tile) -> Result<Pipeline, GpuError> {
        let stride = if conv.resample == Resample::Halve { 2 } else { 1 };
        let inputs = conv.input_shape.channels + conv.skip_channels;
        let blocks = conv.shape.channels.div_ceil(4);
        let bands = conv.shape.height.div_ceil(tile.rows);
        let mut names = names([
            ("KERNEL", conv.kernel),
            ("PAD", conv.kernel / 2),
            ("STRIDE", stride),
            ("DOUBLE", usize::from(conv.resample == Resample::Double)),
            ("CIRCULAR", usize::from(conv.circular)),
            ("INPUTS", inputs),
            ("IN_CHANNELS", conv.input_shape.channels),
            ("IN_HEIGHT", conv.input_shape.height),
            ("IN_WIDTH", conv.input_shape.width),
            ("SKIP_CHANNELS", conv.skip_channels),
            ("CHANNELS", conv.shape.channels),
            ("HEIGHT", conv.shape.height),
            ("WIDTH", conv.shape.width),
            ("ROWS", tile.rows),
            ("SPLIT", tile.split),
            ("LANES", THREADS / tile.split),
            ("BLOCKS", blocks),
            ("BANDS", bands),
            ("SPAN", (tile.rows - 1) * stride + conv.kernel),
        ]);
        self.finish(&mut names, &conv.finish);
        let weight = tensor(weights, format!("{}.weight", conv.name))?;
        let bias = tensor(weights, format!("{}.bias", conv.name))?;
        let mut padded = bias.data.clone();
        padded.resize(blocks * 4, 0.0);
        let tensors = vec![
            self.gpu.upload(&conv.name, &interleave(weight, conv.shape.channels, 4)),
            self.gpu.upload(&conv.name, &padded),
        ];
        let work = Work::Threads(conv.shape.width * bands * blocks * tile.split);
        self.build(&conv.name, shader!("conv.wgsl"), &names, (6, 1), tensors, work)
    }

    fn normalisation(&mut self, norm: &Norm, weights: &Weights) -> Result<Pipeline, GpuError> {
        let area = norm.shape.height * norm.shape.width;
        let per_group = norm.shape.channels / norm.groups;
        let mut names = names([
            ("CHANNELS", norm.shape.channels),
            ("GROUPS", norm.groups),
            ("CHANNELS_PER_GROUP", per_group),
            ("AREA", area),
            ("SIZE", per_group * area),
        ]);
        self.finish(&mut names, &norm.finish);
        let scale = tensor(weights, format!("{}.norm.scale", norm.name))?;
        let offset = tensor(weights, format!("{}.norm.offset", norm.name))?;
        let tensors = vec![self.gpu.upload(&norm.name, &[&scale.data[..], &offset.data[..]].concat())];
        let label = format!("{}.norm", norm.name);
        self.build(&label, shader!("norm.wgsl"), &names, (3, 1), tensors, Work::Groups(norm.groups))
    }

    fn self_attention(&mut self, attention: &Attention) -> Result<Pipeline, GpuError> {
        let tokens = attention.shape.height * attention.shape.width;
        let names = names([
            ("CHANNELS", attention.shape.channels),
            ("HEADS", attention.heads),
            ("DEPTH", attention.shape.channels / attention.heads),
            ("TOKENS", tokens),
            ("QUADS", tokens.div_ceil(4)),
        ]);
        let work = Work::Groups(tokens.div_ceil(4) * attention.heads);
        self.build(&attention.name, shader!("attention.wgsl"), &names, (1, 1), Vec::new(), work)
    }

    /// The solver's stage, for pictures of `size` values.
    pub(super) fn step(&mut self, prediction: Prediction, size: usize) -> Result<Pipeline, GpuError> {
        let is = |kind: Prediction| usize::from(prediction == kind);
        let kinds = [Prediction::Velocity, Prediction::Noise, Prediction::Clean].map(is);
        let names = names([("SIZE", size), ("VELOCITY", kinds[0]), ("NOISE", kinds[1]), ("CLEAN", kinds[2])]);
        self.build("step", shader!("step.wgsl"), &names, (2, 2), Vec::new(), Work::Threads(size))
    }

    /// Names for what follows the sums.
    fn finish(&self, names: &mut Names, finish: &Finish) {
        names.insert("SHIFTED", i64::from(finish.shift.is_some()));
        names.insert("SCALED", i64::from(finish.scale.is_some()));
        names.insert("ROW", self.row as i64);
        names.insert("RELU", i64::from(finish.relu));
        names.insert("RESIDUAL", i64::from(finish.residual.is_some()));
    }

    /// A pipeline whose bindings are the step uniform, `reads` read-only buffers, then `writes` writable ones.
    pub(super) fn build(
        &mut self,
        label: &str,
        text: &str,
        names: &Names,
        (reads, writes): (u32, u32),
        tensors: Vec<Buffer>,
        work: Work,
    ) -> Result<Pipeline, GpuError> {
        let refused = |message: String| GpuError::Shader { stage: label.into(), message };
        let source = expand(text, names).map_err(refused)?;
        if let Some((pipeline, layout)) = self.programs.get(&source) {
            return Ok(Pipeline { pipeline: pipeline.clone(), layout: layout.clone(), tensors, work });
        }
        let device = &self.gpu.device;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(label),
            source: wgpu::ShaderSource::Wgsl(source.as_str().into()),
        });
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
        let layout =
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(label), entries: &entries });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(label),
            bind_group_layouts: &[Some(&layout)],
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
        Ok(Pipeline { pipeline, layout, tensors, work })
    }
}

/// `[out, in, k, k]` as `[out/block][in][k][k][block]`, so that a thread reads its channels' weights in one piece.
/// Channels beyond the last are zeros.
fn interleave(weight: &Array, channels: usize, block: usize) -> Vec<f32> {
    let taps = weight.data.len() / channels.max(1);
    let mut out = vec![0.0; channels.div_ceil(block) * block * taps];
    for (channel, row) in weight.data.chunks(taps.max(1)).enumerate() {
        let start = channel / block * block * taps + channel % block;
        row.iter().enumerate().for_each(|(tap, &value)| out[start + tap * block] = value);
    }
    out
}

/// Names for a template.
pub(super) fn names<const N: usize>(list: [(&'static str, usize); N]) -> Names {
    list.into_iter().map(|(name, number)| (name, number as i64)).collect()
}

fn tensor(weights: &Weights, name: String) -> Result<&Array, GpuError> {
    weights.get(&name).ok_or_else(|| NetworkError::Missing(name).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_interleaved_by_blocks_of_output_channels() {
        // Three output channels, two taps, blocks of two: the fourth channel is padding.
        let weight = Array { shape: vec![3, 2, 1, 1], data: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
        assert_eq!(interleave(&weight, 3, 2), [1.0, 3.0, 2.0, 4.0, 5.0, 0.0, 6.0, 0.0]);
    }

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
            let work = Work::Threads(1);
            Compiler::new(&gpu, 0).build("broken", broken, &Names::new(), (1, 1), Vec::new(), work)
        };
        let refused = pollster::block_on(gpu.guard("broken", make)).map(|_| ());
        assert_eq!(refused.as_ref().map_err(GpuError::code), Err("gpu-shader"), "{refused:?}");
        assert!(format!("{refused:?}").contains("broken"));
        assert_eq!(gpu.check(), Ok(()), "the scope caught it");
    }
}

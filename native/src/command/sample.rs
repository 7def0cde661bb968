//! `morphogen sample`: draws pictures from a prompt, as a PNG sheet or a tensor.

use super::CommandError;
use super::sampling::SamplingArgs;
use super::subject::{Subject, Wish, subjects};
use crate::network::BurnDenoiser;
use crate::train::picture;
use burn::tensor::Device;
use clap::{Args, ValueEnum};
use morphogen::denoiser::{Condition, ImageShape};
use morphogen::gpu::{Frames, GpuNetwork};
use morphogen::pack::Pack;
use morphogen::sampler::{self, Request};
use morphogen::schedule::Schedule;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Options of `morphogen sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Folder of the model pack
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks
    #[arg(long, default_value = "unet")]
    network: String,
    /// What to draw, in free words; without it, everything that the pack can draw, one after another
    #[arg(long)]
    prompt: Option<String>,
    /// Give the network the words of the prompt alone, and no caption of the training set that they may mean
    #[arg(long)]
    no_prior: bool,
    /// Number of the caption to draw, as an earlier call said; by the seed unless given
    #[arg(long, conflicts_with = "no_prior")]
    caption: Option<usize>,
    /// What not to draw: guidance leads away from it
    #[arg(long)]
    negative: Option<String>,
    /// Seed of the first picture; the n-th has seed + n
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many pictures of each prompt
    #[arg(long, default_value_t = 1)]
    count: usize,
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Classifier-free guidance, 1 for none; the pack's own choice unless given
    #[arg(long)]
    guidance: Option<f64>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceArg,
    /// A .png (a sheet) or a .safetensors (a tensor "samples" [B, C, H, W], f32 in [-1, 1])
    #[arg(long)]
    output: PathBuf,
    /// Columns of the sheet
    #[arg(long, default_value_t = 10)]
    columns: usize,
    /// Size of a pixel in the sheet
    #[arg(long, default_value_t = 2)]
    scale: usize,
}

/// Where to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceArg {
    /// The processor
    Cpu,
    /// Vulkan, Metal or DirectX 12, with the same shaders as in the browser
    Gpu,
}

/// Runs `morphogen sample`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn sample(args: &SampleArgs) -> Result<(), CommandError> {
    let pack = Pack::open(&args.pack)?;
    let manifest = pack.manifest();
    let subjects = subjects(
        &pack,
        &Wish {
            prompt: args.prompt.as_deref(),
            negative: args.negative.as_deref(),
            prior: !args.no_prior,
            caption: args.caption,
            seed: args.seed,
            count: args.count,
        },
    )?;
    let entry = manifest.network(&args.network)?;
    let guidance = args.guidance.unwrap_or(entry.guidance);
    let request = Request { count: args.count, guidance, ..Request::new(Condition::Null, args.seed) };
    let request = request.taking(args.sampling.of(entry));
    let mut artist = match args.device {
        DeviceArg::Cpu => Artist::Cpu(Box::new(super::network(&pack, &args.network, Device::flex())?)),
        DeviceArg::Gpu => Artist::Gpu(Box::new(super::gpu_network(&pack, &args.network)?)),
    };
    let bar = super::progress_bar(request.steps * subjects.len());
    let mut pictures = Vec::new();
    for Subject { condition, against, captions } in subjects {
        captions.iter().for_each(|caption| say!("{caption}"));
        let request = Request { condition, against, ..request.clone() };
        pictures.extend(artist.draw(&request, manifest.schedule, || bar.inc(1))?);
    }
    bar.finish_and_clear();
    write(args, &pictures, manifest.image)
}

/// A network on the device that was asked for.
enum Artist {
    Cpu(Box<BurnDenoiser>),
    Gpu(Box<GpuNetwork>),
}

impl Artist {
    fn draw(
        &mut self,
        request: &Request,
        schedule: Schedule,
        mut on_step: impl FnMut(),
    ) -> Result<Vec<f32>, CommandError> {
        let mut go_on = || {
            on_step();
            true
        };
        match self {
            Artist::Cpu(network) => Ok(sampler::sample(network.as_mut(), request, schedule, |_| go_on())?),
            Artist::Gpu(network) => {
                Ok(pollster::block_on(network.sample(request, schedule, Frames::Last, |_| go_on()))?)
            }
        }
    }
}

fn write(args: &SampleArgs, pictures: &[f32], shape: ImageShape) -> Result<(), CommandError> {
    match args.output.extension().and_then(|extension| extension.to_str()) {
        Some("png") => Ok(picture::sheet(&args.output, pictures, shape, args.columns, args.scale)?),
        Some("safetensors") => {
            let size = vec![pictures.len() / shape.len(), shape.channels, shape.height, shape.width];
            write_tensor(&args.output, "samples", size, pictures)
        }
        _ => {
            let message =
                format!("expected an --output ending in .png or .safetensors, found {}", args.output.display());
            Err(CommandError::Usage(message))
        }
    }
}

/// Writes one f32 tensor as a safetensors file.
pub(crate) fn write_tensor(path: &Path, name: &str, shape: Vec<usize>, data: &[f32]) -> Result<(), CommandError> {
    let fail = |error: safetensors::SafeTensorError| CommandError::file(path, error);
    let view = TensorView::new(Dtype::F32, shape, bytemuck::cast_slice(data)).map_err(fail)?;
    let bytes = serialize([(name, view)], None).map_err(fail)?;
    fs::write(path, bytes).map_err(|error| CommandError::file(path, error))
}

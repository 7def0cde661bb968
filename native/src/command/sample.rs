//! `morphogen sample`: draws pictures from a prompt, as a PNG sheet or a tensor.

use super::CommandError;
use super::mend::MendArgs;
use super::mix::{MixArgs, Mixed};
use super::sampling::SamplingArgs;
use super::sticker::StickerArgs;
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
    /// Classifier-free guidance, 1 for none; the pack's own choice unless given. What is mixed has weights instead
    #[arg(long)]
    guidance: Option<f64>,
    #[command(flatten)]
    mix: MixArgs,
    #[command(flatten)]
    mend: MendArgs,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceArg,
    /// A .png (a sheet) or a .safetensors (a tensor "samples" [B, C, H, W], f32 in [-1, 1])
    #[arg(long, required_unless_present = "sticker")]
    output: Option<PathBuf>,
    /// Columns of the sheet
    #[arg(long, default_value_t = 10)]
    columns: usize,
    /// Size of a pixel in the sheet
    #[arg(long, default_value_t = 2)]
    scale: usize,
    #[command(flatten)]
    sticker: StickerArgs,
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
    let wish = Wish {
        prompt: args.prompt.as_deref(),
        negative: args.negative.as_deref(),
        prior: !args.no_prior,
        caption: args.caption,
        seed: args.seed,
        count: args.count,
    };
    let entry = manifest.network(&args.network)?;
    let request = Request { count: args.count, ..Request::new(Condition::Null, args.seed) };
    let request = request.taking(args.sampling.of(entry));
    let requests = requests(&pack, args, &wish, &request, args.guidance.unwrap_or(entry.guidance))?;
    let mut artist = match args.device {
        DeviceArg::Cpu => Artist::Cpu(Box::new(super::network(&pack, &args.network, Device::flex())?)),
        DeviceArg::Gpu => Artist::Gpu(Box::new(super::gpu_network(&pack, &args.network)?)),
    };
    let over = |request| args.mend.over(request, args.mix.at, manifest.image, manifest.schedule);
    let requests = requests.into_iter().map(over).collect::<Result<Vec<_>, _>>()?;
    let bar = super::progress_bar(requests.iter().map(|request| request.steps * request.times).sum());
    let mut pictures = Vec::new();
    for request in requests {
        pictures.extend(artist.draw(&request, manifest.schedule, || bar.inc(1))?);
    }
    bar.finish_and_clear();
    if let Some(output) = &args.output {
        write(args, output, &pictures, manifest.image)?;
    }
    args.sticker.write(&pictures, manifest, args.columns)
}

/// What is asked for, one request a prompt, or one for all that is mixed; says which captions were chosen.
fn requests(
    pack: &Pack,
    args: &SampleArgs,
    wish: &Wish<'_>,
    request: &Request,
    guidance: f64,
) -> Result<Vec<Request>, CommandError> {
    if let Some(Mixed { terms, against, captions }) = args.mix.of(pack, wish, guidance)? {
        captions.iter().for_each(|caption| say!("{caption}"));
        return Ok(vec![Request { terms, against, ..request.clone() }]);
    }
    let subject = |Subject { condition, against, captions }: Subject| {
        captions.iter().for_each(|caption| say!("{caption}"));
        Request { against, ..request.clone().of(condition).guided(guidance) }
    };
    Ok(subjects(pack, wish)?.into_iter().map(subject).collect())
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

fn write(args: &SampleArgs, output: &Path, pictures: &[f32], shape: ImageShape) -> Result<(), CommandError> {
    match output.extension().and_then(|extension| extension.to_str()) {
        Some("png") => Ok(picture::sheet(output, pictures, shape, args.columns, args.scale)?),
        Some("safetensors") => {
            let size = vec![pictures.len() / shape.len(), shape.channels, shape.height, shape.width];
            write_tensor(output, "samples", size, pictures)
        }
        _ => {
            let message = format!("expected an --output ending in .png or .safetensors, found {}", output.display());
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

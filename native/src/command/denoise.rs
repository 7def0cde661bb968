//! `morphogen denoise`: one call of one machine, tensors in and out, so that anyone can check the mathematics.

use super::CommandError;
use super::sample::DeviceArg;
use clap::Args;
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::gpu::{Gpu, GpuPosterior};
use morphogen::schedule::Schedule;
use morphogen::theory::{Choices, Locality, Machine, PatchPosterior, Training, Wiener};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of `morphogen denoise`.
#[derive(Debug, Args)]
pub struct DenoiseArgs {
    /// Which analytic denoiser
    #[arg(long, value_parser = super::named::machine())]
    machine: Machine,
    /// Side of the window in pixels, odd; for local, els and bbels
    #[arg(long)]
    window: Option<usize>,
    /// Time in (0, 1]: 1 is noise
    #[arg(long)]
    t: f64,
    /// Training images: a safetensors file with "images" [N, C, H, W], f32 in [-1, 1]
    #[arg(long)]
    images: PathBuf,
    /// Noisy pictures: a safetensors file with "x" [B, C, H, W], f32
    #[arg(long)]
    input: PathBuf,
    /// Where the posterior means go: "denoised" [B, C, H, W], f32
    #[arg(long)]
    output: PathBuf,
    /// With els: let training patches wrap around the border too, as in the paper's equations; the default takes only
    /// patches from inside their image, as the released code does
    #[arg(long)]
    wrapped: bool,
    /// Where to compute; wiener has no use for a gpu
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceArg,
}

/// Runs `morphogen denoise`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn denoise(args: &DenoiseArgs) -> Result<(), CommandError> {
    if !(args.t > 0.0 && args.t <= 1.0) {
        return Err(CommandError::Usage(format!("expected --t in (0, 1], found {}", args.t)));
    }
    let machine = args.machine;
    let (_, shape, images) = read_tensor(&args.images, "images")?;
    let (count, input_shape, x) = read_tensor(&args.input, "x")?;
    if shape != input_shape {
        let message = format!("the training images have shape {shape:?}, the noisy pictures {input_shape:?}");
        return Err(CommandError::Usage(message));
    }
    let training = Arc::new(Training::new(&images, shape).map_err(super::images::usage)?);
    let time = Schedule::Cosine.at(args.t);
    let conditions = vec![Condition::Null; count];
    let denoised = match (machine.choices(), args.device) {
        (None, DeviceArg::Gpu) => {
            let message = "wiener is computed on the processor: leave --device gpu out";
            return Err(CommandError::Usage(message.into()));
        }
        (None, DeviceArg::Cpu) => {
            Wiener::new(&training).denoise(&x, time, &conditions).map_err(super::images::usage)?
        }
        (Some(choices), device) => {
            let mut posterior = patch_posterior(args, choices, training)?;
            match device {
                DeviceArg::Cpu => posterior.denoise(&x, time, &conditions).map_err(super::images::usage)?,
                DeviceArg::Gpu => pollster::block_on(async {
                    GpuPosterior::new(&Gpu::new().await?, posterior).await?.denoise(&x, time, &conditions).await
                })?,
            }
        }
    };
    write_tensor(&args.output, "denoised", &[count, shape.channels, shape.height, shape.width], &denoised)
}

/// The machine that the options ask for.
fn patch_posterior(
    args: &DenoiseArgs,
    choices: Choices,
    training: Arc<Training>,
) -> Result<PatchPosterior, CommandError> {
    let machine = args.machine;
    let locality = match args.window {
        Some(window) if machine.is_local() => {
            let largest = choices.largest_window(training.shape());
            if window > largest {
                let message = format!("expected a --window of at most {largest} for {}", machine.name());
                return Err(CommandError::Usage(message));
            }
            Some(Locality::fixed(window).map_err(super::images::usage)?)
        }
        _ => None,
    };
    let posterior = PatchPosterior::new(machine, training, locality).map_err(super::images::usage)?;
    Ok(if args.wrapped { posterior.wrapped() } else { posterior })
}

/// Reads an f32 tensor `[N, C, H, W]`: N, the shape of one picture, and the values.
fn read_tensor(path: &Path, name: &str) -> Result<(usize, ImageShape, Vec<f32>), CommandError> {
    let bytes = fs::read(path).map_err(|error| CommandError::file(path, error))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| CommandError::file(path, error))?;
    let tensor = tensors.tensor(name).map_err(|error| CommandError::file(path, error))?;
    let (Dtype::F32, &[count, channels, height, width]) = (tensor.dtype(), tensor.shape()) else {
        let found = format!("{:?} {:?}", tensor.dtype(), tensor.shape());
        return Err(CommandError::file(path, format!("expected “{name}” to be F32 [N, C, H, W], found {found}")));
    };
    let values = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    Ok((count, ImageShape { channels, height, width }, values))
}

fn write_tensor(path: &Path, name: &str, shape: &[usize], values: &[f32]) -> Result<(), CommandError> {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let fail = |error: safetensors::SafeTensorError| CommandError::file(path, error);
    let view = TensorView::new(Dtype::F32, shape.to_vec(), &bytes).map_err(fail)?;
    let file = serialize([(name, view)], None).map_err(fail)?;
    fs::write(path, file).map_err(|error| CommandError::file(path, error))
}

//! `morphogen denoise`: one call of one machine, tensors in and out, so that anyone can check the mathematics.

use super::CommandError;
use super::machine::fixed;
use super::number::number;
use super::output::Output;
use super::sample::{DeviceArg, tensor_file};
use clap::Args;
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::files;
use morphogen::gpu::{Gpu, GpuPosterior};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{Locality, MAX_WINDOW, Machine, PatchPosterior, Shares, Training, Wiener, machine_denoiser};
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of `morphogen denoise`.
#[derive(Debug, Args)]
pub struct DenoiseArgs {
    /// Which analytic denoiser
    #[arg(long, value_parser = super::named::machine())]
    machine: Machine,
    /// Side of the window in pixels, odd; for local, els, bbels, blend and composite
    #[arg(long, value_parser = number(1, MAX_WINDOW))]
    window: Option<usize>,
    /// Pixels that the edge of the window falls off over, 1 to half of it; a hard edge unless given
    #[arg(long, value_parser = number(1, MAX_WINDOW), requires = "window")]
    falloff: Option<usize>,
    /// Time in (0, 1]: 1 is noise
    #[arg(long, value_parser = number(0.0, 1.0))]
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
    /// Where to compute patches; wiener and pca have no use for a gpu
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
    let output = Output::at(&args.output)?;
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
    let local = args.window.filter(|_| machine.is_local());
    let locality = local.map(|window| fixed(machine, window, args.falloff, shape)).transpose()?;
    // Elsewhere nothing wraps around.
    let wrapped = args.wrapped && machine == Machine::Els;
    let denoised = match (args.device, wrapped) {
        (DeviceArg::Cpu, false) => {
            let mut denoiser = machine_denoiser(machine, &training, locality.into()).map_err(super::images::usage)?;
            denoiser.denoise(&x, time, &conditions).map_err(super::images::usage)?
        }
        (DeviceArg::Cpu, true) => {
            let patches = PatchPosterior::new(machine, training, locality).map_err(super::images::usage)?;
            patches.wrapped().denoise(&x, time, &conditions).map_err(super::images::usage)?
        }
        (DeviceArg::Gpu, _) => on_gpu(machine, training, locality, wrapped, &x, time)?,
    };
    let size = vec![count, shape.channels, shape.height, shape.width];
    output.write(&tensor_file("denoised", size, &denoised)?, format_args!("{count} pictures of {shape}"))
}

/// Posterior means with the patches computed on the GPU.
fn on_gpu(
    machine: Machine,
    training: Arc<Training>,
    locality: Option<Locality>,
    wrapped: bool,
    x: &[f32],
    time: Time,
) -> Result<Vec<f32>, CommandError> {
    if machine.choices().is_none() {
        let message = format!("{} is computed on the processor: leave --device gpu out", machine.name());
        return Err(CommandError::Usage(message));
    }
    let filter = machine.has_filter().then(|| Wiener::new(&training));
    let conditions = vec![Condition::Null; x.len() / training.shape().len()];
    let patches = PatchPosterior::new(machine, training, locality).map_err(super::images::usage)?;
    let patches = if wrapped { patches.wrapped() } else { patches };
    let mut means = pollster::block_on(async {
        GpuPosterior::new(&Gpu::new().await?, patches).await?.denoise(x, time, &conditions).await
    })?;
    if let Some(filter) = filter {
        Shares::default().blend(time, &mut means, &filter.means(x, time).map_err(super::images::usage)?);
    }
    Ok(means)
}

/// Reads an f32 tensor `[N, C, H, W]`: N, the shape of one picture, and the values.
fn read_tensor(path: &Path, name: &str) -> Result<(usize, ImageShape, Vec<f32>), CommandError> {
    let bytes = files::read(path).map_err(|error| CommandError::file(path, error))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| CommandError::file(path, error))?;
    let tensor = tensors.tensor(name).map_err(|error| CommandError::file(path, error))?;
    let (Dtype::F32, &[count, channels, height, width]) = (tensor.dtype(), tensor.shape()) else {
        let found = format!("{:?} {:?}", tensor.dtype(), tensor.shape());
        return Err(CommandError::file(path, format!("expected “{name}” to be F32 [N, C, H, W], found {found}")));
    };
    let values = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    Ok((count, ImageShape { channels, height, width }, values))
}

//! An analytic machine in the place of a network, as options of `morphogen sample`: over the training images of the prompt, from
//! the same noise and in the same steps, so that the pictures of both may be laid side by side.

use super::CommandError;
use super::images::{showing, usage};
use super::number::number;
use clap::Args;
use morphogen::denoiser::{Condition, DenoiseError, Denoiser, ImageShape};
use morphogen::gpu::{Gpu, GpuPosterior};
use morphogen::pack::{NetworkEntry, Pack};
use morphogen::sampler::Request;
use morphogen::schedule::Time;
use morphogen::theory::{
    Blend, Calibration, Company, Locality, MAX_WINDOW, Machine, PatchPosterior, Sight, Training, Wiener,
    machine_denoiser,
};
use std::sync::Arc;

/// Which machine draws, if one does.
#[derive(Debug, Clone, Default, Args)]
pub struct MachineArgs {
    /// Draw with this analytic machine over the training images of the prompt instead of the network: the same noise, the
    /// same steps
    #[arg(long = "machine", value_parser = super::named::machine(), conflicts_with_all = ["guidance", "negative", "caption"])]
    pub(super) name: Option<Machine>,
    /// Side of the window in pixels, odd; for local, els, bbels, blend and composite, as it was calibrated against the network unless given
    #[arg(long, value_parser = number(1, MAX_WINDOW), requires = "name")]
    window: Option<usize>,
    /// Pixels that the edge of the window falls off over, 1 to half of it: both boxes of the window are summed one after the
    /// other; a hard edge unless given
    #[arg(long, value_parser = number(1, MAX_WINDOW), requires = "window")]
    falloff: Option<usize>,
}

impl MachineArgs {
    /// `machine` for what `request` asks for; windows are those that were calibrated against `entry` unless one was given.
    ///
    /// # Errors
    /// [`CommandError`] where there are no training images, no window, or it cannot be computed there.
    pub(super) fn denoiser(
        &self,
        machine: Machine,
        pack: &Pack,
        entry: Option<&NetworkEntry>,
        request: &Request,
        gpu: bool,
    ) -> Result<Box<dyn Denoiser>, CommandError> {
        let shape = pack.manifest().image;
        let calibration = self.calibration(machine, entry, shape)?;
        let mut asked: Vec<Condition> = Vec::new();
        for condition in request.terms.iter().flat_map(|term| term.condition.spread(request.count)) {
            if !asked.contains(&condition) {
                asked.push(condition);
            }
        }
        let mut images = asked
            .into_iter()
            .map(|asked| Ok((showing(pack, &asked)?, asked)))
            .collect::<Result<Vec<_>, CommandError>>()?;
        if gpu && (images.len() > 1 || machine.choices().is_none()) {
            return Err(usage("wiener, pca and what is mixed are computed on the processor: leave --device gpu out"));
        }
        match (images.pop(), images.is_empty()) {
            (None, _) => Err(usage("expected something to draw, found nothing")),
            (Some((images, _)), true) => {
                let training = Arc::new(Training::new(&images, shape).map_err(usage)?);
                if gpu {
                    let filter = machine.has_filter().then(|| Arc::new(Wiener::new(&training)));
                    let posterior = PatchPosterior::calibrated(machine, training, &calibration).map_err(usage)?;
                    let patches = Box::new(OnGpu::new(posterior)?);
                    return Ok(match filter {
                        Some(filter) => Box::new(Blend::new(patches, filter, calibration.shares)),
                        None => patches,
                    });
                }
                machine_denoiser(machine, &training, calibration).map_err(usage)
            }
            (Some(last), false) => {
                let members = images.into_iter().chain([last]).map(|(images, asked)| (asked, images)).collect();
                Ok(Box::new(Company::new(machine, &calibration, shape, members).map_err(usage)?))
            }
        }
    }

    /// What was calibrated against the network, but for a window that was given.
    fn calibration(
        &self,
        machine: Machine,
        entry: Option<&NetworkEntry>,
        shape: ImageShape,
    ) -> Result<Calibration, CommandError> {
        let calibration = entry.map(|entry| entry.calibration(machine)).transpose().map_err(usage)?;
        let mut calibration = calibration.unwrap_or_default();
        if let Some(window) = self.window.filter(|_| machine.is_local()) {
            calibration.locality = Some(fixed(machine, window, self.falloff, shape)?);
        }
        if machine.is_local() && calibration.locality.is_none() {
            let message = format!("{} needs to know how far a pixel sees, and no k(t) was measured", machine.name());
            return Err(usage(format!("{message}; give --window, or run `morphogen calibrate` first")));
        }
        Ok(calibration)
    }
}

/// One window at all times, with an edge as soft as asked for.
///
/// # Errors
/// [`CommandError::Usage`] where it is even, sees more than there is, or has no room for its edge.
pub(super) fn fixed(
    machine: Machine,
    window: usize,
    soft: Option<usize>,
    shape: ImageShape,
) -> Result<Locality, CommandError> {
    let largest = machine.choices().map_or(MAX_WINDOW, |choices| choices.largest_window(shape));
    if window > largest {
        return Err(usage(format!("expected a --window of at most {largest} for {}", machine.name())));
    }
    let sight = Sight::new(window, soft.unwrap_or(1)).map_err(usage)?;
    Locality::fixed(sight).map_err(usage)
}

/// A posterior on the GPU, asked step by step.
struct OnGpu {
    posterior: GpuPosterior,
    shape: ImageShape,
}

impl OnGpu {
    fn new(posterior: PatchPosterior) -> Result<Self, CommandError> {
        let shape = posterior.training().shape();
        let posterior = pollster::block_on(async { GpuPosterior::new(&Gpu::new().await?, posterior).await })?;
        Ok(OnGpu { posterior, shape })
    }
}

impl Denoiser for OnGpu {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        let answer = pollster::block_on(self.posterior.denoise(x, time, conditions));
        answer.map_err(|error| DenoiseError::Device(error.to_string()))
    }
}

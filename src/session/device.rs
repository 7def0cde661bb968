//! Which device a network draws on. A device that is asked for by name is obeyed; [`Device::Auto`] is whichever is faster, by the
//! time that each takes to answer the pack's test vector. A processor in the disguise of a graphics device is never faster than
//! itself. Nobody sees a picture of a network that has not answered the test vector rightly.

use super::draw::Artist;
use super::{DrawError, SelfTest, fallback};
use crate::cpu::CpuNetwork;
use crate::denoiser::{Condition, Denoiser, ImageShape};
use crate::gpu::{Gpu, GpuError, GpuNetwork, Tuning};
use crate::network::Weights;
use crate::pack::{Manifest, NetworkEntry};
use crate::sampler::{SampleError, noise};
use crate::schedule::Time;

/// Operations a second, tap by tap, that no processor reaches in one worker: a graphics device that answers faster than this need
/// not be compared with one.
const FASTEST: f64 = 100e9;
/// Times that the processor may answer before its time counts; browsers make code fast only once it has run.
const TRIES: usize = 3;

/// Where to compute.
#[derive(Debug, Clone, Copy)]
pub enum Device {
    /// Whichever is faster, by this clock, in seconds.
    Auto(fn() -> f64),
    /// A graphics device: WebGPU in browsers, else Vulkan, Metal or DirectX 12.
    Gpu,
    /// The processor.
    Cpu,
}

/// A network of a pack with its weights, on its way to a device.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The pack.
    pub manifest: &'a Manifest,
    /// The network.
    pub entry: &'a NetworkEntry,
    /// Its weights, as read by the pack.
    pub weights: &'a Weights,
}

/// A network on a device.
pub enum OnDevice {
    /// On the processor.
    Cpu(Box<CpuNetwork>),
    /// On a graphics device.
    Gpu(Box<GpuNetwork>),
}

impl Artist for OnDevice {
    type Error = DrawError;

    fn shape(&self) -> ImageShape {
        match self {
            OnDevice::Cpu(network) => network.shape(),
            OnDevice::Gpu(network) => network.shape(),
        }
    }

    async fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DrawError> {
        match self {
            OnDevice::Cpu(network) => Ok(network.denoise(x, time, conditions).map_err(SampleError::from)?),
            OnDevice::Gpu(network) => Ok(network.denoise(x, time, conditions).await?),
        }
    }

    fn on_gpu(&mut self) -> Option<&mut GpuNetwork> {
        if let OnDevice::Gpu(network) = self { Some(network) } else { None }
    }
}

/// A network that has answered the test vector.
pub struct Ready {
    /// The network.
    pub network: OnDevice,
    /// Why the device that was wanted most does not draw; empty where it does.
    pub notice: String,
}

impl Candidate<'_> {
    /// The network on a device.
    ///
    /// # Errors
    /// [`DrawError`] where the weights are not right, the device cannot, or it computes wrongly; with [`Device::Auto`] only where
    /// the processor does.
    pub async fn on(&self, device: Device) -> Result<Ready, DrawError> {
        match device {
            Device::Cpu => self.processor(String::new()).await,
            Device::Gpu => self.graphics(&Gpu::new().await?).await,
            Device::Auto(clock) => self.faster(clock).await,
        }
    }

    async fn faster(&self, clock: fn() -> f64) -> Result<Ready, DrawError> {
        let gpu = match Gpu::new().await {
            Ok(gpu) => gpu,
            Err(GpuError::Unavailable(_)) => {
                return self.processor(fallback::instead(&"There is no WebGPU here", "")).await;
            }
            Err(error) => return self.processor(fallback::unusable(&error)).await,
        };
        if gpu.tuning() == Tuning::FewCores {
            let adapter = gpu.adapter();
            return self.processor(format!("WebGPU is only software here ({adapter}), so the processor draws.")).await;
        }
        let mut graphics = match self.graphics(&gpu).await {
            Ok(graphics) => graphics,
            // A pack that is broken is broken on every device.
            Err(error) if error.is_of_the_pack() => return Err(error),
            Err(error) => return self.processor(fallback::unusable(&error)).await,
        };
        let theirs = self.seconds(&mut graphics.network, clock).await?;
        if let OnDevice::Gpu(network) = &graphics.network
            && theirs < network.operations() / FASTEST
        {
            return Ok(graphics);
        }
        let mut processor =
            self.processor("The processor is faster here than the graphics device, so it draws.".into()).await?;
        for _ in 0..TRIES {
            if self.seconds(&mut processor.network, clock).await? < theirs {
                return Ok(processor);
            }
        }
        Ok(graphics)
    }

    async fn processor(&self, notice: String) -> Result<Ready, DrawError> {
        let network = CpuNetwork::new(&self.entry.config, self.weights, self.manifest.image)?;
        self.checked(OnDevice::Cpu(Box::new(network)), notice).await
    }

    async fn graphics(&self, gpu: &Gpu) -> Result<Ready, DrawError> {
        let network = GpuNetwork::new(gpu, &self.entry.config, self.weights, self.manifest.image).await?;
        self.checked(OnDevice::Gpu(Box::new(network)), String::new()).await
    }

    async fn checked(&self, mut network: OnDevice, notice: String) -> Result<Ready, DrawError> {
        self.check(&mut network).await?;
        Ok(Ready { network, notice })
    }

    /// How long an answer to the test vector takes.
    async fn seconds(&self, network: &mut OnDevice, clock: fn() -> f64) -> Result<f64, DrawError> {
        let start = clock();
        self.check(network).await?;
        Ok(clock() - start)
    }

    /// Has a network answer the test vector.
    ///
    /// # Errors
    /// [`SelfTest`] where it computes wrongly.
    async fn check(&self, network: &mut OnDevice) -> Result<(), DrawError> {
        let Candidate { manifest: Manifest { image, schedule, .. }, entry: NetworkEntry { test, .. }, .. } = *self;
        let mut x = vec![0.0; image.len()];
        noise::fill(test.seed, 0, &mut x);
        let condition = [test.condition.map_or(Condition::Null, Condition::Class)];
        let answer = network.denoise(&x, schedule.at(test.t), &condition).await?;
        Ok(SelfTest::passed(&test.answer(*image)?, &answer)?)
    }
}

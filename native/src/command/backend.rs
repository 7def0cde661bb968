//! Which burn backend a subcommand computes on; the ones beyond flex are cargo features.

use super::CommandError;
use burn::tensor::Device;
use clap::ValueEnum;

/// A burn backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// The CPU, with nothing to install
    Flex,
    /// libtorch on the CPU (needs the cargo feature `libtorch`)
    Libtorch,
    /// libtorch on an NVIDIA GPU (needs the cargo feature `libtorch` and a CUDA build of libtorch)
    LibtorchCuda,
    /// Any GPU with Vulkan (needs the cargo feature `vulkan`)
    Vulkan,
}

impl Backend {
    /// The burn device.
    ///
    /// # Errors
    /// [`CommandError::Usage`] where this build does not have it.
    pub fn device(self) -> Result<Device, CommandError> {
        match self {
            Backend::Flex => Ok(Device::flex()),
            #[cfg(feature = "libtorch")]
            #[expect(deprecated, reason = "the fastest CPU backend there is; burn still ships it")]
            Backend::Libtorch => Ok(Device::libtorch()),
            #[cfg(feature = "libtorch")]
            #[expect(deprecated, reason = "as above")]
            Backend::LibtorchCuda => Ok(Device::libtorch_cuda(0usize)),
            #[cfg(feature = "vulkan")]
            Backend::Vulkan => Ok(Device::vulkan(burn::tensor::DeviceKind::DefaultDevice)),
            #[allow(unreachable_patterns, reason = "unreachable only with every backend feature on")]
            other => {
                let feature = if other == Backend::Vulkan { "vulkan" } else { "libtorch" };
                Err(CommandError::Usage(format!("this build has no {feature}; build with --features {feature}")))
            }
        }
    }
}

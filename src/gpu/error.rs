//! Why the GPU path failed, as one typed error with a stable code for callers that must choose what to do next.

use crate::denoiser::DenoiseError;
#[cfg(with_learning)]
use crate::learn::LearnError;
use crate::network::{ConfigError, NetworkError};
use crate::sampler::SampleError;
use crate::schedule::StepsError;
use thiserror::Error;

/// A failure of the GPU path.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum GpuError {
    /// There is no usable GPU; the CPU is the way on.
    #[error("no usable GPU was found ({0}); use the CPU instead")]
    Unavailable(String),
    /// A shader or a pipeline was refused.
    #[error("the GPU refused the stage \"{stage}\": {message}")]
    Shader {
        /// Which stage.
        stage: String,
        /// What the driver or the validator said.
        message: String,
    },
    /// The device is gone: a driver restart, an unplugged GPU, a tab in the background for hours. Try once on a new one.
    #[error("the GPU was lost ({0}); start again on a new device")]
    Lost(String),
    /// The GPU's memory ran out.
    #[error("the GPU ran out of memory while {0}; ask for fewer pictures at a time, or use the CPU")]
    OutOfMemory(String),
    /// A choice of machine that no shader computes.
    #[error("the GPU has no machine with zeros beyond the border in which any place may answer; use the CPU")]
    Machine,
    /// Anything else that the device reported.
    #[error("the GPU failed: {0}")]
    Device(String),
    /// Config and weights do not fit each other.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The request is out of range, was cancelled, or the network's answer is not finite.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A run that learns on it cannot begin, or go on.
    #[cfg(with_learning)]
    #[error(transparent)]
    Learn(#[from] LearnError),
}

impl GpuError {
    /// A short stable name of the kind of failure.
    pub fn code(&self) -> &'static str {
        match self {
            GpuError::Unavailable(_) => "gpu-unavailable",
            GpuError::Shader { .. } => "gpu-shader",
            GpuError::Lost(_) => "gpu-lost",
            GpuError::OutOfMemory(_) => "gpu-out-of-memory",
            GpuError::Machine => "gpu-machine",
            GpuError::Device(_) => "gpu-failed",
            GpuError::Network(_) => "network",
            GpuError::Sample(SampleError::Cancelled) => "cancelled",
            GpuError::Sample(_) => "sample",
            #[cfg(with_learning)]
            GpuError::Learn(_) => "learn",
        }
    }
}

impl From<ConfigError> for GpuError {
    fn from(error: ConfigError) -> Self {
        GpuError::Network(error.into())
    }
}

impl From<DenoiseError> for GpuError {
    fn from(error: DenoiseError) -> Self {
        GpuError::Sample(error.into())
    }
}

impl From<StepsError> for GpuError {
    fn from(error: StepsError) -> Self {
        GpuError::Sample(error.into())
    }
}

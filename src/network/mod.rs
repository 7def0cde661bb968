//! The learned denoiser. A config ([`config`]) is written out once as a list of layers ([`layers`]), each an
//! operation of [`crate::ops`], which the rooms `cpu` and `gpu` run, and natively burn, which trains it. A new architecture is one function in [`layers`].

pub mod config;
pub mod embedding;
pub mod layers;
pub mod liveness;
pub mod memory;
pub mod weights;

pub use config::{ConfigError, NetworkConfig};
pub use layers::Layers;
pub use weights::Weights;

use crate::denoiser::DenoiseError;
use crate::ops::OpError;
use thiserror::Error;

/// Why a network could not be built.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum NetworkError {
    /// The config is not usable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A tensor is missing.
    #[error("the weights hold no tensor \"{0}\", which the config asks for")]
    Missing(String),
    /// A tensor is left over.
    #[error("the weights hold a tensor \"{0}\", which the config does not know")]
    Unknown(String),
    /// A tensor has the wrong shape.
    #[error("expected tensor \"{name}\" to have the shape {expected:?}, found {found:?}")]
    Shape {
        /// The tensor's name.
        name: String,
        /// The shape by the config.
        expected: Vec<usize>,
        /// The shape in the weights.
        found: Vec<usize>,
    },
    /// The device that holds the network failed.
    #[error("the device that holds the network failed: {0}")]
    Device(String),
    /// A condition does not fit.
    #[error(transparent)]
    Denoise(#[from] DenoiseError),
}

impl From<OpError> for NetworkError {
    fn from(error: OpError) -> Self {
        match error {
            OpError::Missing(name) => NetworkError::Missing(name),
            OpError::Size(message) => NetworkError::Config(ConfigError(message)),
        }
    }
}

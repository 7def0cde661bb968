//! Training, native only: data sets ([`data`], [`captions`], [`folder`], whose pictures [`photo`] reads, and [`emoji`], which builds one), pictures
//! turned in hue ([`hue`]), the loop ([`trainer`]) and its [`settings`], the running average of the weights ([`ema`]), checkpoints ([`checkpoint`]), what one looks at
//! meanwhile ([`picture`]), and the [`judge`] that grades samples. Nothing of it enters the browser.
//!
//! Every random draw is fixed by the seed and the step alone, so a resumed run continues exactly as an unbroken one.

pub mod captions;
pub mod checkpoint;
pub mod data;
pub mod ema;
pub mod emoji;
pub mod folder;
pub mod hue;
pub mod judge;
pub mod photo;
pub mod picture;
pub mod settings;
pub mod trainer;

use morphogen::network::NetworkError;
use morphogen::sampler::SampleError;
use std::path::PathBuf;
use thiserror::Error;

/// Why training stopped.
#[derive(Debug, Error)]
pub enum TrainError {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The data are not what they should be.
    #[error("{}: {message}", path.display())]
    Data {
        /// The file or folder.
        path: PathBuf,
        /// What was expected and found.
        message: String,
    },
    /// A setting is out of range.
    #[error("{0}")]
    Settings(String),
    /// The network could not be built or read.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A preview sample failed.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The loss is no longer a number.
    #[error("the loss became {loss} at step {step}; a lower --learning-rate or f32 precision may help")]
    Diverged {
        /// The last loss.
        loss: f32,
        /// The step.
        step: usize,
    },
}

impl TrainError {
    /// Wraps an I/O error with its path.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| TrainError::File { path: path.into(), source }
    }

    /// A complaint about data at a path.
    pub(crate) fn data(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        TrainError::Data { path: path.into(), message: message.into() }
    }
}

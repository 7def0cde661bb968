//! How well theory predicts networks, over many seeds: follow a network and every machine from the same noise
//! ([`contest`]), keep one [`Record`] a seed, and sum records up into a [`Report`] that can be cut into shards, merged
//! and resumed, and drawn as a scatter plot.

pub mod contest;
pub mod frechet;
pub mod novelty;
mod plot;
mod report;
pub mod steps;

pub use contest::{Contest, follow};
pub use plot::scatter;
pub use report::{Networks, Quality, Record, Report, Sample, Settings};

use morphogen::sampler::SampleError;
use morphogen::theory::TheoryError;
use std::path::PathBuf;
use thiserror::Error;

/// An evaluation failed; the message says why and what to do.
#[derive(Debug, Error)]
pub enum EvaluateError {
    /// Sampling failed.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A machine could not be made or calibrated.
    #[error(transparent)]
    Theory(#[from] TheoryError),
    /// A report could not be read or written.
    #[error("{}: {message}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// Two reports do not belong together.
    #[error("the parts do not belong together: one has {found}, another {expected}; evaluate both the same way")]
    Settings {
        /// The settings of the first part.
        expected: String,
        /// Those of the other.
        found: String,
    },
}

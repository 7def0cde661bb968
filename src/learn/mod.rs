//! Learning: a small network is trained over its list of layers, in a browser or natively, by the same code. [`Learning`]
//! is a run: pictures, weights and all that belongs to them, one step after the other. What it is made of: the settings
//! ([`settings`]), what a step shows to the network ([`batch`]), the way through the network and back ([`gradient`], with
//! the embedding's part in [`embedding`] and each operation's beside it, [`crate::ops::backward`]), and what is done with
//! the gradient ([`adam`]).
//!
//! A batch is cut into parts of a fixed size, whose gradients are summed in their order: how many workers share them
//! changes nothing. Every draw is fixed by the seed and the step.

pub mod adam;
pub mod batch;
pub mod embedding;
pub mod gradient;
mod learning;
mod packed;
pub mod parameters;
pub mod pictures;
pub mod plan;
mod saved;
pub mod settings;

pub use gradient::{Gradient, PART, footprint};
pub use learning::{Learning, StepReport};
pub use packed::Label;
pub use pictures::Pictures;
pub use plan::Plan;
pub use settings::{Rate, Settings};

use crate::network::{ConfigError, NetworkError};
use crate::pack::PackError;
use crate::sampler::SampleError;
use thiserror::Error;

/// Why a run could not begin, or go on.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum LearnError {
    /// There is nothing to learn from.
    #[error("expected at least one picture to learn from, found none; choose some pictures")]
    NoPicture,
    /// The pictures are not all of one size.
    #[error(
        "expected pictures of one size ({expected} values each), found {found} values; bring them to one size first"
    )]
    Sizes {
        /// Values of all pictures.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// The pictures are too small or too large.
    #[error("expected pictures of {least} to {most} pixels a side, found {width} × {height}; give another size")]
    Side {
        /// Fewest pixels of a side.
        least: usize,
        /// Most pixels of a side.
        most: usize,
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// A step would show more pictures than there are.
    #[error("expected a batch of 1 to {pictures} pictures, as many as there are, found {batch}")]
    Batch {
        /// What was asked for.
        batch: usize,
        /// Pictures there are.
        pictures: usize,
    },
    /// The learning rate is out of range.
    #[error("expected a learning rate above 0 and up to {most}, found {rate}; 0.003 is a good choice")]
    LearningRate {
        /// What was asked for.
        rate: f64,
        /// The highest.
        most: f64,
    },
    /// Another setting is out of range.
    #[error("{0}")]
    Setting(String),
    /// Learning would take more memory than it may.
    #[error("learning would take {needed} MB of memory, and may take {most}; make the network or the pictures smaller")]
    Memory {
        /// Megabytes that it would take.
        needed: u64,
        /// Megabytes that it may.
        most: u64,
    },
    /// The network does not fit the pictures, or cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The loss or a gradient is no longer a number.
    #[error(
        "the loss is no longer a number at step {step}; the weights from before are kept; a lower learning rate may help"
    )]
    Diverged {
        /// The step that was not taken.
        step: usize,
    },
    /// A saved run cannot be read.
    #[error("the saved run cannot be used: {0}")]
    Saved(String),
    /// A gradient does not belong to this step.
    #[error("expected {expected} parts of the batch, each with a gradient of this network, found {found}")]
    Parts {
        /// Parts of a batch.
        expected: usize,
        /// Parts that fit.
        found: usize,
    },
    /// A sample could not be drawn.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The pack could not be written.
    #[error(transparent)]
    Pack(#[from] PackError),
}

impl From<ConfigError> for LearnError {
    fn from(error: ConfigError) -> Self {
        LearnError::Network(error.into())
    }
}

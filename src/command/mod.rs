//! The native command's subcommands, one file each; `bin/morphogen.rs` only picks one. What they share is here: opening
//! data and packs, choosing a device, progress bars.

pub mod train;

use thiserror::Error;

/// A subcommand failed; the message says why and what to do.
#[derive(Debug, Error)]
pub enum CommandError {
    /// Training failed.
    #[error(transparent)]
    Train(#[from] crate::train::TrainError),
    /// An option does not fit.
    #[error("{0}")]
    Usage(String),
}

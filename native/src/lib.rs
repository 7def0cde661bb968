//! Morphogen natively: what no browser needs. It stands on the core, the crate `morphogen`, and nothing there knows of it.
//!
//! - [`network`]: the learned denoiser in burn, which trains, and against which every engine of the core is tested.
//! - [`train`]: data sets, the training loop.
//! - [`evaluate`]: how well theory predicts networks, over many seeds.
//! - [`command`]: the subcommands of `morphogen`.

pub mod command;
pub mod evaluate;
pub mod network;
pub mod train;

//! The learned denoiser in burn. [`module`] runs the core's list of layers with autodiff (training) or without; the
//! [`BurnDenoiser`] puts it behind the denoiser interface and is the oracle that the core's engines are tested against. The
//! [`judge`] is a small classifier that grades samples.

mod denoise;
pub mod judge;
pub mod module;

pub use denoise::BurnDenoiser;

//! The learned denoiser: a config ([`config`]) is written out as a list of layers ([`layers`]), which burn runs here
//! and the GPU runs in `gpu`. Start at [`layers::Layers::new`].

pub mod config;
pub mod layers;
pub mod weights;

//! The network, the patch posterior and reactions on the GPU, in our own WGSL through `wgpu`: WebGPU in the browser, Vulkan, Metal
//! or DX12 natively.
//!
//! ```text
//! Layers ──stage──▶ stages, programs ──pipeline──▶ pipelines ──workspace──▶ buffers bound to them
//!                     │                                                        │
//!                    twin (plain Rust, for tests)                     network: one pass; sample: all steps
//! ```
//!
//! What a program of a layer is says its operation ([`crate::ops`]); here it is compiled, bound and run.
//! Open a [`Gpu`], build a [`GpuNetwork`] from config and weights, then [`GpuNetwork::sample`] draws and
//! [`GpuNetwork::denoise`] answers like any denoiser. A [`GpuPosterior`] does the same for an analytic machine; what its
//! shader reads is made in `displacement`, how its work is cut in `layout` (that of convolutions counts `ways`), its pipelines in `sweep`. A [`GpuReaction`] steps Turing's cells; a
//! `GpuLearning` takes the steps of a run that learns. Every failure is a [`GpuError`].

mod context;
mod counts;
mod displacement;
mod error;
mod layout;
#[cfg(with_learning)]
mod learning;
mod limit;
mod network;
mod pace;
mod pipeline;
mod posterior;
mod reaction;
mod sample;
mod solver;
pub mod stage;
mod sweep;
mod template;
mod turns;
pub mod twin;
#[cfg(not(target_arch = "wasm32"))]
mod ways;
mod workspace;

pub use context::{Gpu, Tuning};
pub use counts::Counts;
pub use error::GpuError;
pub use layout::Cut;
#[cfg(with_learning)]
pub use learning::{GpuLearning, MOST_STEPS};
pub use network::GpuNetwork;
pub use posterior::GpuPosterior;
pub use reaction::GpuReaction;
pub use sample::{Frame, Frames, Progress};
#[cfg(not(target_arch = "wasm32"))]
pub use ways::{Way, ways};

//! Morphogen: a diffusion model that shows where its creativity comes from.
//!
//! The map of the house; data flows one way, from pack to picture:
//!
//! ```text
//! pack ──▶ condition + denoiser ──▶ sampler ──▶ picture      (session goes this way)
//!          (prompt)  (network, cpu, gpu, theory)
//! ```
//!
//! - [`schedule`]: how much noise at which time.
//! - [`denoiser`]: the one interface that network and theory share.
//! - [`ops`]: the operations of the learned denoiser, each whole: shape, tensors, processor, GPU, twin.
//! - [`network`]: the learned denoiser, from a config to a list of layers.
//! - [`cpu`]: the list of layers on the processor.
//! - [`gpu`]: the learned denoiser, the sampler and the patch posterior on the GPU, in WGSL.
//! - [`sampler`]: one loop for every denoiser; solvers, guidance, noise.
//! - `learn`: training a small network, over the same list of layers.
//! - [`theory`]: the analytic denoisers, which predict what the network draws.
//! - [`simd`]: vectors, for `cpu` and `theory`; `parallel`: processors, for `theory`; `gather`: maps and sets, in little code.
//! - [`reaction`]: Turing's cells, patterns from a local rule, beside the denoisers that are one.
//! - `export`: what people take away, as files.
//! - [`json`]: JSON from outside as types, with a word on what is wrong and where.
//! - [`metrics`]: how alike pictures are: agreement, novelty.
//! - [`pack`]: the model pack, read as untrusted input.
//! - [`prompt`]: free words to an entry of the pack's vocabulary.
//! - [`session`]: what somebody does with a pack, from words to a picture: ask, have a network ready, draw. Its example is the
//!   whole way.
//! - `web`: the wasm-bindgen surface, for the worker of `pkg/` (browser).
//!
//! All of it runs in a browser and natively alike. What trains, evaluates and builds data sets stands on top of it, in
//! `native/`.

// What only a GPU or the theory asks for has nobody to ask where learning alone is compiled.
#![cfg_attr(all(target_arch = "wasm32", not(web_packs)), allow(dead_code, unused_imports))]

pub mod cpu;
pub mod denoiser;
#[cfg(any(not(target_arch = "wasm32"), feature = "web-theory"))]
pub mod export;
pub mod files;
mod gather;
#[cfg(with_gpu)]
pub mod gpu;
pub mod json;
#[cfg(with_learning)]
pub mod learn;
pub mod metrics;
pub mod network;
pub mod ops;
pub mod pack;
mod parallel;
pub mod prompt;
pub mod reaction;
pub mod sampler;
pub mod schedule;
pub mod session;
pub mod simd;
pub mod theory;
#[cfg(target_arch = "wasm32")]
pub mod web;

//! The model pack: a folder with `manifest.json`, weights and training images, read as untrusted input. Read it with
//! [`Manifest::parse`], then hand each fetched file to [`Manifest::weights`], [`Manifest::images`] or
//! [`Manifest::judge_weights`], which check length, SHA-256, tensor names, shapes, types and values before anything is
//! used, and how much there is of it before anything is allocated ([`Budget`]). Natively, [`Pack`] does the same on a folder and [`PackWriter`] writes one.
//!
//! ```text
//! manifest.json                      what is in the pack, and the SHA-256 of each file
//! unet.safetensors                   weights of a network, f16 or f32
//! training/sneaker.safetensors.zz    the u8 training images of one prompt, [N, C, H, W], zlib-compressed
//! words.json, captions.json.zz       where it draws from free text: the words, and what the training images show
//! ```

mod base64;
mod budget;
pub mod captions;
mod check;
mod entry;
mod error;
pub mod manifest;
mod tensors;
pub mod text;
mod training;
mod weights;

mod folder;
mod precision;
pub mod writer;

pub use budget::{Budget, Limit};
pub use entry::{Locality, NetworkEntry, TestVector};
pub use error::PackError;
pub use manifest::{FileEntry, Format, JudgeEntry, Licence, Manifest, PromptEntry, Terms, TextEntry, TrainingEntry};
pub use training::{Images, read_images, to_f32};
pub use weights::read_weights;

pub use folder::{CheckReport, FileReport, Pack};
pub use precision::Precision;
pub use training::inflate;
pub use writer::{NetworkDraft, PackDraft, PackWriter};

#[cfg(test)]
mod tests;

/// File name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// Name of the format.
pub const FORMAT: &str = "morphogen-pack";
/// Version of the format that this code reads and writes.
pub const VERSION: u32 = 1;

/// Limits of the format, the same everywhere; what depends on the machine is the [`Budget`].
pub mod limits {
    /// Most bytes of `manifest.json`.
    pub const MANIFEST: u64 = 1 << 20;
    /// Most bytes of a tensor file's header.
    pub const HEADER: u64 = 1 << 20;
    /// Most files.
    pub const FILES: usize = 4096;
    /// Most prompts.
    pub const PROMPTS: usize = 2048;
    /// Most answers of a judge.
    pub const ANSWERS: usize = 1 << 14;
    /// Most languages beside the pack's own.
    pub const LANGUAGES: usize = 64;
    /// Most synonyms of one prompt.
    pub const WORDS: usize = 256;
    /// Most bytes of a name, label or synonym.
    pub const NAME: usize = 64;
    /// Most bytes of a title, licence or attribution.
    pub const TEXT: usize = 2000;
    /// Largest side of a picture.
    pub const SIDE: usize = 256;
}

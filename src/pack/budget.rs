//! What a pack may ask of the machine that reads it, in one place. A pack is untrusted input: a file of kilobytes can
//! inflate to gigabytes, and a manifest of a few lines can describe a network that no machine holds. [`Manifest::parse`]
//! therefore holds all that a manifest announces against a [`Budget`] before anything is allocated for it, the manifest
//! keeps the budget, and whoever reads its files takes the limits from there.
//!
//! JSON takes more memory than bytes while it is read: at most about twenty times as much, for lists of short numbers ([`crate::json`]).

use super::{Manifest, PackError, limits};
use crate::cpu;
use crate::denoiser::ImageShape;
use crate::network::config::NetworkConfig;
use crate::network::layers::{Layers, MAX_TOKENS};
use std::fmt;

/// The most that a pack may ask for. [`Budget::BROWSER`] and [`Budget::NATIVE`] are where to begin from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of one file, as it is stored.
    pub file: u64,
    /// Bytes of all files together, as they are stored.
    pub total: u64,
    /// Bytes of one network's weights (or the judge's) as f32, once inflated.
    pub weights: u64,
    /// Bytes of a network's values for one picture, where each is let go when it is no longer needed
    /// ([`Layers::peak_bytes`]).
    pub values: u64,
    /// Bytes of a network on the processor, which keeps all values ([`cpu::footprint`]).
    pub memory: u64,
    /// Pixels that look at each other in an attention; the scores of all pairs are held.
    pub tokens: u64,
    /// Words of the vocabulary.
    pub words: u64,
    /// Bytes of the files with words, those of other languages included.
    pub text: u64,
    /// Bytes of the captions, before and after inflating.
    pub captions: u64,
    /// Bytes of the training images of one prompt or shelf, one a value; at work each takes four or eight.
    pub images: u64,
    /// Bytes of the files of training images that are fetched for one prompt of words, where it is more than one file.
    pub fetched: u64,
    /// Bytes of training images, one a value, that are kept for the next prompt; those at work come on top.
    pub kept: u64,
    /// Networks that stay ready to draw, the one that does among them. Each may take as much as [`Budget::memory`].
    pub ready: usize,
}

/// Which part of a [`Budget`] (or of what the format itself allows) was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of `manifest.json`: [`limits::MANIFEST`].
    Manifest,
    /// Bytes of a tensor file's header: [`limits::HEADER`].
    Header,
    /// Bytes of a file once inflated: what the manifest lets it hold.
    Inflated,
    /// [`Budget::file`].
    File,
    /// [`Budget::total`].
    Total,
    /// [`Budget::weights`].
    Weights,
    /// [`Budget::values`].
    Values,
    /// [`Budget::memory`].
    Memory,
    /// [`Budget::tokens`].
    Tokens,
    /// [`Budget::words`].
    Words,
    /// [`Budget::text`].
    Text,
    /// [`Budget::captions`].
    Captions,
    /// [`Budget::images`].
    Images,
}

impl Limit {
    /// What is counted.
    pub fn unit(self) -> &'static str {
        match self {
            Limit::Tokens => "pixels that look at each other",
            Limit::Words => "words",
            _ => "bytes",
        }
    }

    /// What whoever made the pack can do.
    pub fn advice(self) -> &'static str {
        match self {
            Limit::Manifest => "list fewer prompts, synonyms and files",
            Limit::Header => "write the file again, with nothing but tensors in it",
            Limit::Inflated => "write the file again: it holds more than the manifest announces",
            Limit::File | Limit::Total => "split or shrink the pack",
            Limit::Weights => "make the network narrower or less deep",
            Limit::Values | Limit::Memory => "make the network narrower, above all where its pictures are largest",
            Limit::Tokens => "let a lower level attend",
            Limit::Words | Limit::Text => "leave out the rarest words",
            Limit::Captions => "caption fewer images, or with fewer words",
            Limit::Images => "keep fewer images of one prompt, or smaller ones",
        }
    }
}

/// As the field of [`Budget`] is called.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Manifest => "manifest",
            Limit::Header => "header",
            Limit::Inflated => "inflated",
            Limit::File => "file",
            Limit::Total => "total",
            Limit::Weights => "weights",
            Limit::Values => "values",
            Limit::Memory => "memory",
            Limit::Tokens => "tokens",
            Limit::Words => "words",
            Limit::Text => "text",
            Limit::Captions => "captions",
            Limit::Images => "images",
        })
    }
}

const MIB: u64 = 1 << 20;

impl Budget {
    /// For a tab of a browser, whose wasm memory ends at 4 GiB and whose device may be a phone.
    pub const BROWSER: Budget = Budget {
        file: 128 * MIB,
        total: 1024 * MIB,
        weights: 128 * MIB,
        values: 128 * MIB,
        memory: 1024 * MIB,
        // As many as every engine takes: see `gpu::stage::MAX_TOKENS`.
        tokens: 900,
        words: 1 << 14,
        text: 4 * MIB,
        captions: 4 * MIB,
        images: 64 * MIB,
        fetched: 500_000,
        kept: 64 * MIB,
        // Whatever they are, so many fit into wasm memory.
        ready: 3,
    };

    /// For a program of its own.
    pub const NATIVE: Budget = Budget {
        file: 1024 * MIB,
        total: 8192 * MIB,
        weights: 1024 * MIB,
        values: 1024 * MIB,
        memory: 8192 * MIB,
        tokens: MAX_TOKENS,
        words: 1 << 16,
        text: 32 * MIB,
        captions: 32 * MIB,
        images: 512 * MIB,
        fetched: 64 * MIB,
        kept: 512 * MIB,
        ready: 8,
    };

    /// The one for where this runs.
    pub const fn here() -> Budget {
        if cfg!(target_arch = "wasm32") { Budget::BROWSER } else { Budget::NATIVE }
    }

    /// How much a limit allows, in its unit.
    pub fn most(&self, limit: Limit) -> u64 {
        match limit {
            Limit::Manifest => limits::MANIFEST,
            Limit::Header => limits::HEADER,
            Limit::Inflated => self.weights.max(self.images).max(self.captions),
            Limit::File => self.file,
            Limit::Total => self.total,
            Limit::Weights => self.weights,
            Limit::Values => self.values,
            Limit::Memory => self.memory,
            Limit::Tokens => self.tokens,
            Limit::Words => self.words,
            Limit::Text => self.text,
            Limit::Captions => self.captions,
            Limit::Images => self.images,
        }
    }

    /// Refuses what is more than `limit` allows; `what` it is, is for the message. Never inlined: it is asked in a dozen
    /// places, and a visitor fetches each.
    ///
    /// # Errors
    /// [`PackError::TooLarge`].
    #[inline(never)]
    pub fn hold(&self, limit: Limit, what: &str, found: u64) -> Result<(), PackError> {
        let most = self.most(limit);
        if found <= most { Ok(()) } else { Err(PackError::TooLarge { what: what.into(), limit, most, found }) }
    }

    /// Refuses a network that would take too much for pictures of `shape`, on any engine. `layers` are those of `config`.
    ///
    /// # Errors
    /// [`PackError::TooLarge`].
    pub fn network(
        &self,
        what: &str,
        config: &NetworkConfig,
        layers: &Layers,
        shape: ImageShape,
    ) -> Result<(), PackError> {
        self.hold(Limit::Tokens, what, layers.tokens(shape))?;
        self.hold(Limit::Weights, what, layers.weight_bytes(config))?;
        self.hold(Limit::Values, what, layers.peak_bytes(shape))?;
        self.hold(Limit::Memory, what, cpu::footprint(config, layers, shape))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Budget::here()
    }
}

impl Manifest {
    /// What the pack was allowed when it was read, for whoever reads its files.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }
}

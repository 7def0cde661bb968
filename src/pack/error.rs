//! Everything that can be wrong with a model pack, as one typed error. [`PackError::code`] is stable and goes to
//! JavaScript and scripts; the sentence is for people: what was expected, what was found, what to do.

use super::Limit;
use thiserror::Error;

/// Why a pack, or one file of it, was refused. Nothing of a refused file is used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PackError {
    /// `manifest.json` is not JSON, or a field of it is wrong.
    #[error("the manifest is not usable: {0}; write the pack again, or get an untouched copy")]
    Manifest(String),
    /// The manifest is of another format or version.
    #[error("expected a manifest of {expected}, found {found}; use a matching version of Morphogen")]
    Version {
        /// Format and version that this reader takes.
        expected: String,
        /// What the manifest says.
        found: String,
    },
    /// Something is larger than the [`super::Budget`] or the format lets a pack make it.
    #[error("{what}: found {found} {}, the limit “{limit}” is {most}; {}", limit.unit(), limit.advice())]
    TooLarge {
        /// A file, a network, or a part of one.
        what: String,
        /// Which limit.
        limit: Limit,
        /// The most that it allows, in its unit.
        most: u64,
        /// What was found or announced.
        found: u64,
    },
    /// The pack has no network, prompt, training images, judge or file of this name.
    #[error("the pack has no {what} “{name}”; it has {known}")]
    Unknown {
        /// What was looked for, in words.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A file is shorter than it should be.
    #[error("{file}: expected {expected} bytes, found {found}; the download broke off, try again")]
    Truncated {
        /// File name.
        file: String,
        /// Bytes expected.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// A file is not the one that the manifest describes.
    #[error("{file}: expected {expected}, found {found}; the file was changed, get an untouched copy")]
    Tampered {
        /// File name.
        file: String,
        /// Length or SHA-256 in the manifest.
        expected: String,
        /// Length or SHA-256 of the file.
        found: String,
    },
    /// The header of a tensor file does not describe the file.
    #[error("{file}: the tensor header is wrong: {message}; write the file again")]
    Header {
        /// File name.
        file: String,
        /// What was expected and found.
        message: String,
    },
    /// Words or captions are not what the manifest promises.
    #[error("{file}: {message}; it does not belong to this pack, get an untouched copy")]
    Text {
        /// File name.
        file: String,
        /// What was expected and found.
        message: String,
    },
    /// A tensor is missing, unknown, or of the wrong type or shape.
    #[error("{file}: tensor “{tensor}”: {message}; file and manifest do not belong together")]
    Tensor {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// What was expected and found.
        message: String,
    },
    /// A tensor holds NaN or infinity, or a value that its type cannot hold.
    #[error("{file}: tensor “{tensor}”: expected finite values, found {value} at {index}; train or export it again")]
    NotFinite {
        /// File name.
        file: String,
        /// Tensor name.
        tensor: String,
        /// Flat index of the value.
        index: usize,
        /// The value.
        value: f32,
    },
    /// Compressed bytes could not be inflated.
    #[error("{file}: expected deflate (zlib) data: {message}; get an untouched copy")]
    Inflate {
        /// File name.
        file: String,
        /// What the decoder said.
        message: String,
    },
    /// The file system refused (native only).
    #[error("{path}: {message}")]
    Io {
        /// Path.
        path: String,
        /// What the system said.
        message: String,
    },
}

impl PackError {
    /// A stable code, one per variant.
    pub fn code(&self) -> &'static str {
        match self {
            PackError::Manifest(_) => "pack-manifest",
            PackError::Version { .. } => "pack-version",
            PackError::TooLarge { .. } => "pack-too-large",
            PackError::Unknown { .. } => "pack-unknown",
            PackError::Truncated { .. } => "pack-truncated",
            PackError::Tampered { .. } => "pack-tampered",
            PackError::Header { .. } => "pack-header",
            PackError::Text { .. } => "pack-text",
            PackError::Tensor { .. } => "pack-tensor",
            PackError::NotFinite { .. } => "pack-not-finite",
            PackError::Inflate { .. } => "pack-inflate",
            PackError::Io { .. } => "pack-io",
        }
    }
}

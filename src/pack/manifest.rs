//! `manifest.json` as types: what a pack holds, under which licence, and how to tell that each file is the right one.
//! [`Manifest::parse`] is the way in; what it returns has passed every check of [`Manifest::check`].

use super::{Budget, FORMAT, Limit, NetworkEntry, PackError, VERSION, limits};
use crate::denoiser::ImageShape;
use crate::json::{self, Node, Read, reads};
use crate::schedule::Schedule;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Everything about a pack but the bytes of its files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// Which format this is.
    pub format: Format,
    /// Short name, `[a-z0-9._-]`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Version of the pack, as its maker counts.
    pub version: String,
    /// Shape of every picture.
    pub image: ImageShape,
    /// The noise schedule that the networks were trained with.
    pub schedule: Schedule,
    /// Terms of data and weights.
    pub licence: Licence,
    /// What can be asked for; the index of a prompt is its class.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<PromptEntry>,
    /// The networks by name; none where training images are all that the analytic machines need.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, NetworkEntry>,
    /// The words of a pack that draws from free text, which has no prompts then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextEntry>,
    /// Training images by prompt name, or by shelf where the pack draws from free text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub training: BTreeMap<String, TrainingEntry>,
    /// A classifier that judges samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeEntry>,
    /// Length and hash of each file by name.
    pub files: BTreeMap<String, FileEntry>,
    /// What it may ask for.
    #[serde(skip)]
    pub(super) budget: Budget,
}

reads!(Manifest {
    format,
    name,
    title,
    version,
    image,
    schedule,
    licence,
    prompts = Vec::new(),
    networks = BTreeMap::new(),
    text,
    training = BTreeMap::new(),
    judge,
    files,
}, budget = Budget::here());

/// Name and version of the format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Format {
    /// Always [`FORMAT`].
    pub name: String,
    /// [`VERSION`].
    pub version: u32,
}

reads!(Format { name, version });

impl Default for Format {
    fn default() -> Self {
        Format { name: FORMAT.into(), version: VERSION }
    }
}

/// Terms of data and of weights, which often differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Licence {
    /// Of the training images.
    pub data: Terms,
    /// Of the weights.
    pub weights: Terms,
}

reads!(Licence { data, weights });

/// A licence and who is to be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// SPDX expression.
    pub licence: String,
    /// Whom to name, and for what.
    pub attribution: String,
    /// Where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

reads!(Terms { licence, attribution, url });

/// One thing that can be asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PromptEntry {
    /// Short name, `[a-z0-9._-]`.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// Other words for it, in the singular; a word that several entries list is ambiguous.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Words that are spelled almost like one of `words` and mean something else (“scandal”): never taken for a slip.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unlike: Vec<String>,
}

reads!(PromptEntry { name, label, words = Vec::new(), unlike = Vec::new() });

/// What a pack knows of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextEntry {
    /// JSON list of the known words; word `n` is row `n` of a network's table.
    pub words: String,
    /// Number of words.
    pub count: usize,
    /// How many of them, from the first on, name a style and no thing.
    pub styles: usize,
    /// Other words for styles: the index of the style by word.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, usize>,
    /// What the words of other languages mean, one file a language (`de`, `ja`), fetched when it is used.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, String>,
    /// Prompts worth trying, for a page to offer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Zlib-compressed JSON: what the training images show ([`super::captions::Captions`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captions: Option<String>,
}

reads!(TextEntry {
    words,
    count,
    styles,
    aliases = BTreeMap::new(),
    languages = BTreeMap::new(),
    examples = Vec::new(),
    captions,
});

/// The training images of one prompt or shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingEntry {
    /// Zlib-compressed safetensors with one u8 tensor `images` `[N, C, H, W]`.
    pub file: String,
    /// Number of images, N.
    pub count: usize,
}

reads!(TrainingEntry { file, count });

/// A small classifier that judges samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeEntry {
    /// Its weights.
    pub file: String,
    /// Number of classes that it tells apart.
    pub classes: usize,
    /// Share of real test images that it gets right, in `[0, 1]`.
    pub accuracy: f64,
    /// Name and shape of each tensor.
    pub tensors: BTreeMap<String, Vec<usize>>,
}

reads!(JudgeEntry { file, classes, accuracy, tensors });

/// How to tell that a file is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileEntry {
    /// Length.
    pub bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

reads!(FileEntry { bytes, sha256 });

impl FileEntry {
    /// Length and hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hex = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        let sha256 = digest.iter().flat_map(|&byte| [hex(byte >> 4), hex(byte & 15)]).collect();
        FileEntry { bytes: bytes.len() as u64, sha256 }
    }
}

impl Manifest {
    /// Reads and checks `manifest.json`, within [`Budget::here`].
    ///
    /// # Errors
    /// [`PackError::TooLarge`] beyond a limit, [`PackError::Version`] for another format or version,
    /// [`PackError::Manifest`] for everything else.
    pub fn parse(json: &[u8]) -> Result<Self, PackError> {
        Manifest::parse_within(json, Budget::here())
    }

    /// Reads and checks `manifest.json`; neither it nor its files may ask for more than `budget`.
    ///
    /// # Errors
    /// As [`Manifest::parse`].
    pub fn parse_within(json: &[u8], budget: Budget) -> Result<Self, PackError> {
        budget.hold(Limit::Manifest, super::MANIFEST, json.len() as u64)?;
        let tree = json::parse::<Node>(json).map_err(PackError::Manifest)?;
        // First what tells formats apart, so that a newer manifest is met with a word on versions and not on a field.
        if let Node::Object(fields) = &tree
            && let Some((_, format)) = fields.iter().find(|(key, _)| key == "format")
            && let Ok(format) = Format::read(format.clone())
            && format != Format::default()
        {
            let expected = format!("{FORMAT} {VERSION}");
            let name: String = format.name.chars().take(limits::NAME).collect();
            return Err(PackError::Version { expected, found: format!("{name} {}", format.version) });
        }
        let mut manifest = Manifest::read(tree).map_err(|fault| PackError::Manifest(fault.to_string()))?;
        manifest.budget = budget;
        manifest.check()?;
        Ok(manifest)
    }

    /// The network called `name`.
    ///
    /// # Errors
    /// [`PackError::Unknown`] with the names there are.
    pub fn network(&self, name: &str) -> Result<&NetworkEntry, PackError> {
        find(&self.networks, "network", name)
    }

    /// What is known of a file.
    ///
    /// # Errors
    /// [`PackError::Unknown`] with the names there are.
    pub fn file(&self, name: &str) -> Result<&FileEntry, PackError> {
        find(&self.files, "file", name)
    }

    /// Checks that `bytes`, as fetched, are the file called `name`.
    ///
    /// # Errors
    /// [`PackError::Unknown`], [`PackError::Truncated`] or [`PackError::Tampered`].
    pub fn verify(&self, name: &str, bytes: &[u8]) -> Result<(), PackError> {
        let entry = self.file(name)?;
        let (file, found) = (name.to_string(), bytes.len() as u64);
        if found < entry.bytes {
            return Err(PackError::Truncated { file, expected: entry.bytes, found });
        }
        if found > entry.bytes {
            let (expected, found) = (format!("{} bytes", entry.bytes), format!("{found} bytes"));
            return Err(PackError::Tampered { file, expected, found });
        }
        let found = FileEntry::of(bytes).sha256;
        if found != entry.sha256 {
            let (expected, found) = (format!("SHA-256 {}", entry.sha256), format!("SHA-256 {found}"));
            return Err(PackError::Tampered { file, expected, found });
        }
        Ok(())
    }
}

/// Looks `name` up, or says which names there are.
pub(super) fn find<'a, V>(map: &'a BTreeMap<String, V>, what: &'static str, name: &str) -> Result<&'a V, PackError> {
    map.get(name).ok_or_else(|| {
        let known: Vec<&str> = map.keys().take(20).map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_string() } else { known.join(", ") };
        PackError::Unknown { what, name: name.chars().take(limits::NAME).collect(), known }
    })
}

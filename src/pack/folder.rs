//! A pack as a folder (native): [`Pack::open`] reads the manifest, the other functions read and check one file each,
//! and [`Pack::check`] reads all of them and reports.

use super::captions::Captions;
use super::manifest::find;
use super::{Budget, Images, MANIFEST, Manifest, PackError, inflate, limits};
use crate::files;
use crate::network::weights::Weights;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A pack on disk.
#[derive(Debug, Clone)]
pub struct Pack {
    folder: PathBuf,
    manifest: Manifest,
}

impl Pack {
    /// Opens the pack in `folder`, within [`Budget::here`]; reads only the manifest.
    ///
    /// # Errors
    /// [`PackError`] where the manifest is missing or wrong, or asks for too much.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, PackError> {
        Pack::open_within(folder, Budget::here())
    }

    /// Opens the pack in `folder`, which may ask for no more than `budget`.
    ///
    /// # Errors
    /// As [`Pack::open`].
    pub fn open_within(folder: impl AsRef<Path>, budget: Budget) -> Result<Self, PackError> {
        let folder = folder.as_ref().to_path_buf();
        let json = read(&folder.join(MANIFEST), limits::MANIFEST)?;
        // Some editors put a mark before UTF-8.
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&json);
        let manifest = Manifest::parse_within(json, budget)?;
        Ok(Pack { folder, manifest })
    }

    /// What the pack holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where the pack lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes of one file, length and SHA-256 checked.
    ///
    /// # Errors
    /// [`PackError`] where the file is missing, cut short or changed.
    pub fn file(&self, name: &str) -> Result<Vec<u8>, PackError> {
        let entry = self.manifest.file(name)?;
        let bytes = read(&self.folder.join(name), entry.bytes)?;
        self.manifest.verify(name, &bytes)?;
        Ok(bytes)
    }

    /// The weights of `network`.
    ///
    /// # Errors
    /// [`PackError`] naming what does not fit.
    pub fn weights(&self, network: &str) -> Result<Weights, PackError> {
        let entry = self.manifest.network(network)?;
        let mut bytes = self.file(&entry.file)?;
        if let Some(limit) = self.manifest.weights_limit(network)? {
            bytes = inflate(&entry.file, &bytes, limit)?;
        }
        self.manifest.weights(network, &bytes)
    }

    /// The weights of the judge.
    ///
    /// # Errors
    /// [`PackError`] naming what does not fit.
    pub fn judge_weights(&self) -> Result<Weights, PackError> {
        let bytes = match &self.manifest.judge {
            Some(judge) => self.file(&judge.file)?,
            None => Vec::new(),
        };
        self.manifest.judge_weights(&bytes)
    }

    /// The training images of `prompt`.
    ///
    /// # Errors
    /// [`PackError`] naming what does not fit.
    pub fn images(&self, prompt: &str) -> Result<Images, PackError> {
        let limit = self.manifest.inflated_limit(prompt)?;
        let file = &self.manifest.training[prompt].file;
        let inflated = inflate(file, &self.file(file)?, limit)?;
        self.manifest.images(prompt, &inflated)
    }

    /// The vocabulary.
    ///
    /// # Errors
    /// [`PackError`] where the pack has none, or it is not what the manifest promises.
    pub fn words(&self) -> Result<Vec<String>, PackError> {
        self.manifest.words(&self.file(&self.manifest.text()?.words)?)
    }

    /// What the words of `language` mean, as numbers of the vocabulary.
    ///
    /// # Errors
    /// [`PackError`] where the pack does not have it, or it is not what the manifest promises.
    pub fn language(&self, language: &str) -> Result<BTreeMap<String, Vec<usize>>, PackError> {
        let file = find(&self.manifest.text()?.languages, "language", language)?;
        self.manifest.language(language, &self.file(file)?)
    }

    /// What the training images on the shelves show.
    ///
    /// # Errors
    /// [`PackError`] where the pack has no captions, or they are not what the manifest promises.
    pub fn captions(&self) -> Result<Captions, PackError> {
        let file = self.manifest.captions_file()?;
        self.manifest.captions(&inflate(file, &self.file(file)?, self.manifest.budget.captions)?)
    }

    /// Reads every file as its user would and says how each fared.
    pub fn check(&self) -> CheckReport {
        let manifest = &self.manifest;
        let mut files = Vec::new();
        let mut push = |file: &str, what: String, error: Option<PackError>| {
            let bytes = manifest.files.get(file).map_or(0, |entry| entry.bytes);
            files.push(FileReport { file: file.to_string(), what, bytes, error });
        };
        for (name, entry) in &manifest.networks {
            push(&entry.file, format!("weights of network {name}"), self.weights(name).err());
        }
        if let Some(judge) = &manifest.judge {
            push(&judge.file, "weights of the judge".into(), self.judge_weights().err());
        }
        for (prompt, entry) in &manifest.training {
            let what = format!("{} training images of {prompt}", entry.count);
            push(&entry.file, what, self.images(prompt).err());
        }
        if let Some(text) = &manifest.text {
            push(&text.words, format!("{} words", text.count), self.words().err());
            for (language, file) in &text.languages {
                push(file, format!("words of the language {language}"), self.language(language).err());
            }
            if let Some(file) = &text.captions {
                push(file, "what the training images show".into(), self.captions().err());
            }
        }
        let text = manifest
            .text
            .iter()
            .flat_map(|text| text.captions.iter().chain([&text.words]).chain(text.languages.values()));
        let text: Vec<&String> = text.collect();
        for name in manifest.files.keys() {
            let networks = manifest.networks.values().map(|entry| &entry.file);
            let training = manifest.training.values().map(|entry| &entry.file);
            let judge = manifest.judge.iter().map(|entry| &entry.file);
            if !networks.chain(training).chain(judge).chain(text.iter().copied()).any(|used| used == name) {
                push(name, "extra file".into(), self.file(name).err());
            }
        }
        CheckReport { title: format!("{} {}", manifest.title, manifest.version), files }
    }
}

/// Reads a file that should have at most `limit` bytes; one byte more is read, so that a longer file is noticed.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, PackError> {
    let io_error =
        |error: std::io::Error| PackError::Io { path: path.display().to_string(), message: error.to_string() };
    let mut bytes = Vec::new();
    let file = files::open(path).map_err(io_error)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(io_error)?;
    Ok(bytes)
}

/// How every file of a pack fared.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// Title and version of the pack.
    pub title: String,
    /// One row a file and use.
    pub files: Vec<FileReport>,
}

/// How one file fared.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// File name.
    pub file: String,
    /// What it is for, in words.
    pub what: String,
    /// Length in the manifest.
    pub bytes: u64,
    /// What is wrong with it, if anything.
    pub error: Option<PackError>,
}

impl CheckReport {
    /// Whether every file is right.
    pub fn is_good(&self) -> bool {
        self.files.iter().all(|row| row.error.is_none())
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for FileReport { file, what, bytes, error } in &self.files {
            match error {
                None => writeln!(f, "  good  {file}: {what}, {bytes} bytes")?,
                Some(error) => writeln!(f, "  BAD   {file}: {what}: {error} ({})", error.code())?,
            }
        }
        let bad = self.files.iter().filter(|row| row.error.is_some()).count();
        write!(f, "{} good, {bad} bad", self.files.len() - bad)
    }
}

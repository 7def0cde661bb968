//! Writes a pack (native): [`PackWriter::create`] begins one, [`PackWriter::update`] opens one to add to it or replace
//! parts, and everything else in it stays. Nothing reaches the disk before [`PackWriter::finish`], which checks the new
//! manifest, writes the files, then the manifest.

use super::captions::{Captions, Shelf};
use super::manifest::{FileEntry, Format, JudgeEntry, Licence, Manifest, PromptEntry, TextEntry, TrainingEntry};
use super::precision::{Encoded, Precision};
use super::training::{COMPRESSED, TENSOR};
use super::{Budget, Images, MANIFEST, Pack, PackError, weights};
use super::{Locality, NetworkEntry, TestVector};
use crate::denoiser::ImageShape;
use crate::files::Staged;
use crate::network::Weights;
use crate::network::config::NetworkConfig;
use crate::network::layers::Layers;
use crate::sampler::Sampling;
use crate::schedule::Schedule;
use crate::theory::Share;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What a new pack begins with; the fields are those of [`Manifest`].
#[derive(Debug, Clone, PartialEq)]
pub struct PackDraft {
    /// Short name, `[a-z0-9._-]`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Version of the pack.
    pub version: String,
    /// Shape of every picture.
    pub image: ImageShape,
    /// The noise schedule of the networks.
    pub schedule: Schedule,
    /// Terms of data and weights.
    pub licence: Licence,
    /// What can be asked for.
    pub prompts: Vec<PromptEntry>,
}

/// A network to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkDraft {
    /// Name for people.
    pub title: String,
    /// Its architecture.
    pub config: NetworkConfig,
    /// Guidance to use unless told otherwise; 1 for none.
    pub guidance: f64,
    /// How to draw with it unless told otherwise.
    pub sampling: Sampling,
    /// Precision of the weights.
    pub precision: Precision,
    /// One known answer, computed with weights that were rounded to `precision` ([`Precision::round`]).
    pub test: TestVector,
}

/// Collects changes to a pack until [`PackWriter::finish`].
#[derive(Debug)]
pub struct PackWriter {
    folder: PathBuf,
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
}

impl PackWriter {
    /// Begins a pack in `folder` that holds nothing yet but its prompts.
    ///
    /// # Errors
    /// [`PackError::Io`] where there is a manifest already: use [`PackWriter::update`].
    pub fn create(folder: impl AsRef<Path>, draft: PackDraft) -> Result<Self, PackError> {
        let folder = folder.as_ref().to_path_buf();
        let path = folder.join(MANIFEST);
        if path.exists() {
            let message = "expected no pack here yet, found one; update it or choose another folder".into();
            return Err(PackError::Io { path: path.display().to_string(), message });
        }
        let PackDraft { name, title, version, image, schedule, licence, prompts } = draft;
        let manifest = Manifest {
            format: Format::default(),
            name,
            title,
            version,
            image,
            schedule,
            licence,
            prompts,
            networks: BTreeMap::new(),
            text: None,
            training: BTreeMap::new(),
            judge: None,
            files: BTreeMap::new(),
            budget: Budget::here(),
        };
        Ok(PackWriter { folder, manifest, files: BTreeMap::new() })
    }

    /// Opens the pack in `folder` to change parts of it.
    ///
    /// # Errors
    /// [`PackError`] where its manifest is missing or wrong.
    pub fn update(folder: impl AsRef<Path>) -> Result<Self, PackError> {
        let pack = Pack::open(folder)?;
        let (folder, manifest) = (pack.folder().to_path_buf(), pack.manifest().clone());
        Ok(PackWriter { folder, manifest, files: BTreeMap::new() })
    }

    /// The manifest so far. What is changed here is checked by [`PackWriter::finish`].
    pub fn manifest(&mut self) -> &mut Manifest {
        &mut self.manifest
    }

    /// Adds or replaces a network. A replaced network loses its `k(t)` and α(t), which were calibrated against the old one.
    ///
    /// # Errors
    /// [`PackError`] where the weights do not fit the config or are not finite.
    pub fn network(&mut self, name: &str, draft: NetworkDraft, weights: &Weights) -> Result<(), PackError> {
        let layers = Layers::new(&draft.config).map_err(|error| PackError::Manifest(error.to_string()))?;
        let mut file = format!("{name}.safetensors");
        let mut bytes = write_weights(&file, weights, draft.precision)?;
        weights::read_weights(&file, &bytes, &layers.tensors(&draft.config))?;
        if draft.precision.compresses() {
            file.push_str(COMPRESSED);
            bytes = deflate(&file, &bytes)?;
        }
        let NetworkDraft { title, config, guidance, sampling, test, .. } = draft;
        let entry = NetworkEntry::new(title, config, file.clone(), guidance, sampling, test);
        if let Some(old) = self.manifest.networks.insert(name.into(), entry) {
            self.forget(&old.file);
        }
        self.add(file, bytes);
        Ok(())
    }

    /// Changes how `network` draws unless told otherwise; its weights stay, and what was measured with them.
    ///
    /// # Errors
    /// [`PackError::Unknown`] where there is no such network.
    pub fn sampling(&mut self, network: &str, sampling: Sampling) -> Result<(), PackError> {
        self.manifest.network(network)?;
        if let Some(entry) = self.manifest.networks.get_mut(network) {
            Sampling { steps: entry.steps, grid: entry.grid, solver: entry.solver } = sampling;
        }
        Ok(())
    }

    /// Adds or replaces the `k(t)` of `machine` against `network`.
    ///
    /// # Errors
    /// [`PackError::Unknown`] where there is no such network.
    pub fn locality(&mut self, network: &str, machine: &str, points: Vec<Locality>) -> Result<(), PackError> {
        self.manifest.network(network)?;
        if let Some(entry) = self.manifest.networks.get_mut(network) {
            entry.locality.insert(machine.into(), points);
        }
        Ok(())
    }

    /// Adds or replaces how much of a blend is patches, α(t), against `network`.
    ///
    /// # Errors
    /// [`PackError::Unknown`] where there is no such network.
    pub fn blend(&mut self, network: &str, shares: Vec<Share>) -> Result<(), PackError> {
        self.manifest.network(network)?;
        if let Some(entry) = self.manifest.networks.get_mut(network) {
            entry.blend = shares;
        }
        Ok(())
    }

    /// Adds or replaces the training images of `prompt`.
    ///
    /// # Errors
    /// [`PackError`] where the images do not fit the pack.
    pub fn training(&mut self, prompt: &str, images: &Images) -> Result<(), PackError> {
        let file = format!("training/{prompt}.safetensors{COMPRESSED}");
        let shape = [images.count, images.shape.channels, images.shape.height, images.shape.width];
        if images.shape != self.manifest.image {
            let message = format!("expected pictures of {}, found {}", self.manifest.image, images.shape);
            return Err(PackError::Tensor { file, tensor: TENSOR.into(), message });
        }
        self.manifest.images_bytes(prompt, images.count)?;
        let bytes = write_tensors(&file, vec![(TENSOR.into(), Dtype::U8, shape.to_vec(), images.data.clone())])?;
        let compressed = deflate(&file, &bytes)?;
        self.manifest.training.insert(prompt.into(), TrainingEntry { file: file.clone(), count: images.count });
        self.add(file, compressed);
        Ok(())
    }

    /// Adds or replaces the vocabulary, whose first `styles` words name styles. Languages are dropped, and shelves as well,
    /// unless the words are the same: they hold numbers of the old ones.
    ///
    /// # Errors
    /// [`PackError`] where the words cannot be written.
    pub fn words(&mut self, words: &[String], styles: usize) -> Result<(), PackError> {
        let file = String::from("words.json");
        let bytes = write_json(&file, &words)?;
        let count = words.len();
        let same = self.manifest.text.as_ref().is_some_and(|text| text.styles == styles)
            && self.manifest.files.get(&file) == Some(&FileEntry::of(&bytes));
        if !same {
            self.forget_training();
        }
        let captions = self.manifest.text.as_mut().and_then(|text| text.captions.take());
        for old in self.manifest.text.take().into_iter().flat_map(|text| text.languages.into_values()) {
            self.forget(&old);
        }
        self.manifest.text = Some(TextEntry {
            words: file.clone(),
            count,
            styles,
            aliases: BTreeMap::new(),
            languages: BTreeMap::new(),
            examples: vec![],
            captions,
        });
        self.add(file, bytes);
        Ok(())
    }

    /// Adds or replaces the words of a language, from the bytes of its file.
    ///
    /// # Errors
    /// [`PackError::Unknown`] where the pack has no vocabulary.
    pub fn language(&mut self, language: &str, bytes: &[u8]) -> Result<(), PackError> {
        self.manifest.text()?;
        let file = format!("words.{language}.json");
        if let Some(text) = &mut self.manifest.text {
            text.languages.insert(language.into(), file.clone());
        }
        self.add(file, bytes.to_vec());
        Ok(())
    }

    /// Replaces the shelves of training images; each has what it shows and its images.
    ///
    /// # Errors
    /// [`PackError`] where there is no vocabulary, or images do not fit the pack.
    pub fn shelves(&mut self, shelves: BTreeMap<String, (Shelf, Images)>) -> Result<(), PackError> {
        self.manifest.text()?;
        self.forget_training();
        let mut captions = Captions::default();
        for (name, (shelf, images)) in shelves {
            self.training(&name, &images)?;
            captions.shelves.insert(name, shelf);
        }
        self.captions(&captions)
    }

    /// Replaces the captions of the training images, which stay as they are.
    ///
    /// # Errors
    /// [`PackError`] where there is no vocabulary, or the captions do not fit it and the shelves.
    pub fn captions(&mut self, captions: &Captions) -> Result<(), PackError> {
        self.manifest.text()?;
        let file = format!("captions.json{COMPRESSED}");
        if let Some(text) = &mut self.manifest.text {
            text.captions = Some(file.clone());
        }
        let json = write_json(&file, captions)?;
        self.manifest.captions(&json)?;
        let bytes = deflate(&file, &json)?;
        self.add(file, bytes);
        Ok(())
    }

    /// Adds or replaces the judge: a classifier of `classes` classes with its test accuracy in `[0, 1]`.
    ///
    /// # Errors
    /// [`PackError`] where a value is not finite.
    pub fn judge(
        &mut self,
        weights: &Weights,
        precision: Precision,
        classes: usize,
        accuracy: f64,
    ) -> Result<(), PackError> {
        let file = String::from("judge.safetensors");
        let bytes = write_weights(&file, weights, precision)?;
        let tensors = weights.iter().map(|(name, array)| (name.clone(), array.shape.clone())).collect();
        self.manifest.judge = Some(JudgeEntry { file: file.clone(), classes, accuracy, tensors });
        self.add(file, bytes);
        Ok(())
    }

    /// Takes the training images, and what says where they stand, out of the pack.
    fn forget_training(&mut self) {
        let shelves = core::mem::take(&mut self.manifest.training).into_values().map(|entry| entry.file);
        let captions = self.manifest.text.as_mut().and_then(|text| text.captions.take());
        for file in shelves.chain(captions) {
            self.forget(&file);
        }
    }

    /// Takes a file that nothing refers to any more out of the pack.
    fn forget(&mut self, file: &str) {
        self.manifest.files.remove(file);
        self.files.remove(file);
    }

    fn add(&mut self, file: String, bytes: Vec<u8>) {
        self.manifest.files.insert(file.clone(), FileEntry::of(&bytes));
        self.files.insert(file, bytes);
    }

    /// Checks the whole and writes it: all files beside their places first, then each is moved there, the manifest last. Where
    /// there is no room, the pack stays as it was.
    ///
    /// # Errors
    /// [`PackError`] where the manifest does not pass its checks or the file system refuses.
    pub fn finish(self) -> Result<Pack, PackError> {
        let mut json = serde_json::to_vec_pretty(&self.manifest).map_err(|e| PackError::Manifest(e.to_string()))?;
        json.push(b'\n');
        Manifest::parse(&json)?;
        let manifest = (MANIFEST, &json[..]);
        let all = self.files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).chain([manifest]);
        let staged = all.map(|(name, bytes)| stage(&self.folder.join(name), bytes)).collect::<Result<Vec<_>, _>>()?;
        for (path, file) in staged {
            file.place().map_err(io_error(&path))?;
        }
        Pack::open(self.folder)
    }
}

/// Weights as the bytes of a safetensors file; the same weights always give the same bytes.
pub(crate) fn write_weights(file: &str, weights: &Weights, precision: Precision) -> Result<Vec<u8>, PackError> {
    write_tensors(file, precision.encode(file, weights)?)
}

/// zlib data; [`super::inflate`] opens it.
fn deflate(file: &str, bytes: &[u8]) -> Result<Vec<u8>, PackError> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed.map_err(|error| PackError::Io { path: file.into(), message: error.to_string() })
}

fn write_json(file: &str, value: &impl Serialize) -> Result<Vec<u8>, PackError> {
    serde_json::to_vec(value).map_err(|error| PackError::Header { file: file.into(), message: error.to_string() })
}

fn write_tensors(file: &str, tensors: Vec<Encoded>) -> Result<Vec<u8>, PackError> {
    let mut views = Vec::new();
    for (name, dtype, shape, bytes) in &tensors {
        let view = TensorView::new(*dtype, shape.clone(), bytes).map_err(|error| {
            let message = format!("shape {shape:?} does not fit its {} bytes: {error}", bytes.len());
            PackError::Tensor { file: file.into(), tensor: name.clone(), message }
        })?;
        views.push((name, view));
    }
    serialize(views, None).map_err(|error| PackError::Header { file: file.into(), message: error.to_string() })
}

/// A file beside its place, whose folder is made where it is not there.
fn stage(path: &Path, bytes: &[u8]) -> Result<(PathBuf, Staged), PackError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(io_error(path))?;
    }
    Ok((path.into(), Staged::new(path, bytes).map_err(io_error(path))?))
}

fn io_error(path: &Path) -> impl Fn(std::io::Error) -> PackError {
    move |error| PackError::Io { path: path.display().to_string(), message: error.to_string() }
}

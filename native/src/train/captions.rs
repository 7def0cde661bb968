//! Captions: for every image of a data set the words that it may be asked for by, and the hues that it may be turned by.
//! A folder with `captions.json` beside `images.safetensors` (see `morphogen emoji`) is read here; the trainer then draws
//! a prompt for each image and step.

use super::TrainError;
use super::emoji::colour::is_colour;
use morphogen::denoiser::{Condition, ImageShape};
use morphogen::files;
use morphogen::pack::{Images, read_images};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the file that tells such a folder from others.
pub const FILE: &str = "captions.json";

/// `captions.json`: entry `n` belongs to image `n`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaptionFile {
    /// Names of the styles; an entry names its own by index.
    pub styles: Vec<String>,
    /// One per image.
    pub entries: Vec<Caption>,
}

/// What is known of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Caption {
    /// What it shows, whatever the style: images with one code show the same.
    pub code: String,
    /// Index of the style.
    pub style: usize,
    /// Name for people.
    pub label: String,
    /// The label's words, in the singular.
    pub words: Vec<String>,
    /// Other words for it.
    pub tags: Vec<String>,
    /// Its main colours.
    pub colours: Vec<String>,
    /// What kind of thing it is, coarsely.
    pub group: String,
    /// What kind of thing it is, finely.
    pub subgroup: String,
    /// The word of the label that names the thing.
    pub main: String,
    /// Whether it is trained on, or held out, and why.
    pub split: CaptionSplit,
    /// For a held-out composition: the two words that training never sees together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<[String; 2]>,
    /// For an image to train on: the hues that it may be turned by (`hue::turn`), rising.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hues: Vec<Hue>,
}

/// A hue that an image may be turned by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hue {
    /// By how much, 1 to 359 degrees.
    pub degrees: u16,
    /// The one or two colours that it shows then, the larger first.
    pub colours: Vec<String>,
}

/// What an image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaptionSplit {
    /// Training.
    Train,
    /// Held out: training sees the thing in other styles only.
    Style,
    /// Held out in every style: training sees its two words, but never together.
    Composition,
}

impl CaptionFile {
    /// Reads `captions.json` from a folder.
    ///
    /// # Errors
    /// [`TrainError`] where it cannot be read, or an entry names a style that is not there or a hue that is none.
    pub fn open(folder: &Path) -> Result<Self, TrainError> {
        let path = folder.join(FILE);
        let bytes = files::read(&path).map_err(TrainError::file(&path))?;
        let file: CaptionFile =
            serde_json::from_slice(&bytes).map_err(|error| TrainError::data(&path, error.to_string()))?;
        for entry in &file.entries {
            let fail = |message: String| Err(TrainError::data(&path, format!("{}: {message}", entry.code)));
            if entry.style >= file.styles.len() {
                return fail(format!("there is no style {}", entry.style));
            }
            if let Some(hue) = entry.hues.iter().find(|hue| !(1..360).contains(&hue.degrees) || hue.colours.is_empty())
            {
                return fail(format!("expected hues of 1 to 359 degrees with their colours, found {hue:?}"));
            }
        }
        Ok(file)
    }

    /// Every word that training can see: first the styles, then the words from the most frequent down.
    pub fn vocabulary(&self) -> Vec<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.split == CaptionSplit::Train) {
            for word in entry.all_words() {
                *counts.entry(word).or_default() += 1;
            }
        }
        let mut words: Vec<(&str, usize)> =
            counts.into_iter().filter(|(word, _)| !self.styles.iter().any(|style| style == word)).collect();
        words.sort_by_key(|&(word, count)| (core::cmp::Reverse(count), word));
        self.styles.iter().cloned().chain(words.into_iter().map(|(word, _)| word.to_string())).collect()
    }
}

impl Caption {
    /// The words of label, tags and colours.
    pub fn all_words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().chain(&self.tags).chain(&self.colours).map(String::as_str)
    }
}

/// The prompts that images are trained with, as indices of a vocabulary.
#[derive(Debug, Clone, PartialEq)]
pub struct Captions {
    /// The vocabulary.
    pub vocabulary: Vec<String>,
    wordings: Vec<Wording>,
}

/// What one image may be called.
#[derive(Debug, Clone, PartialEq)]
struct Wording {
    style: usize,
    label: Vec<usize>,
    tags: Vec<usize>,
    colours: Vec<usize>,
    /// By degrees the colours that it shows then.
    hues: Vec<(u16, Vec<usize>)>,
}

impl Captions {
    /// The captions of images, in their order, as indices of `vocabulary`; words that it does not have are left out.
    pub fn new<'a>(vocabulary: Vec<String>, entries: impl Iterator<Item = &'a Caption>) -> Self {
        let index: BTreeMap<&str, usize> = vocabulary.iter().enumerate().map(|(n, word)| (word.as_str(), n)).collect();
        let known = |words: &[String]| words.iter().filter_map(|word| index.get(word.as_str()).copied()).collect();
        let wording = |entry: &Caption| Wording {
            style: entry.style,
            label: known(&entry.words),
            tags: known(&entry.tags),
            colours: known(&entry.colours),
            hues: entry.hues.iter().map(|hue| (hue.degrees, known(&hue.colours))).collect(),
        };
        let wordings = entries.map(wording).collect();
        Captions { vocabulary, wordings }
    }

    /// A prompt for image `n`, from uniform draws in `[0, 1)`: mostly the whole label, often with tags and colours,
    /// sometimes just a few words; mostly with the style.
    pub fn draw(&self, n: usize, uniform: impl FnMut() -> f64) -> Condition {
        self.draw_in(n, None, uniform)
    }

    /// The same for image `n` in one of its hues, if one is given: then its old colours are never named, whether by
    /// label, tags or colours, and the new ones always are.
    pub fn draw_in(&self, n: usize, hue: Option<usize>, mut uniform: impl FnMut() -> f64) -> Condition {
        let Wording { style, label, tags, colours, hues } = &self.wordings[n];
        let still = |word: &&usize| hue.is_none() || !is_colour(&self.vocabulary[**word]);
        let label: Vec<usize> = label.iter().filter(still).copied().collect();
        let more: Vec<usize> = tags.iter().chain(colours).filter(still).copied().collect();
        let mut words = Vec::new();
        let (kind, styled) = (uniform(), uniform() < 0.8);
        let (from_label, from_more) = match kind {
            ..0.4 => (1.0, 0.0),
            ..0.75 => (1.0, 0.3),
            _ => (0.6, 0.25),
        };
        words.extend(label.iter().filter(|_| uniform() < from_label));
        words.extend(more.iter().filter(|_| uniform() < from_more));
        if words.is_empty() {
            let all: Vec<usize> = label.iter().chain(&more).copied().collect();
            words.extend(all.get((uniform() * all.len() as f64) as usize));
        }
        words.extend(hue.iter().flat_map(|&hue| &hues[hue].1));
        if styled || words.is_empty() {
            words.push(*style);
        }
        Condition::Words(words)
    }

    /// Number of hues that image `n` may be shown in beside its own.
    pub fn hues(&self, n: usize) -> usize {
        self.wordings[n].hues.len()
    }

    /// By how many degrees the `hue`-th hue of image `n` turns it (`hue::turn`).
    pub fn degrees(&self, n: usize, hue: usize) -> u16 {
        self.wordings[n].hues[hue].0
    }

    /// All words that name what image `n` shows: those of label and tags.
    pub fn names(&self, n: usize) -> Vec<usize> {
        let Wording { label, tags, .. } = &self.wordings[n];
        label.iter().chain(tags).copied().collect()
    }

    /// The label of image `n` in its style: the plainest prompt for it.
    pub fn label(&self, n: usize) -> Condition {
        let Wording { style, label, .. } = &self.wordings[n];
        Condition::Words(label.iter().copied().chain([*style]).collect())
    }
}

/// Name of the file with the images: one u8 tensor `images` `[N, 3, S, S]`.
pub const IMAGES: &str = "images.safetensors";

/// The images of a folder with captions, as many as there are captions, of the size that they have, or of `size`.
///
/// # Errors
/// [`TrainError`] where they cannot be read, or have another size.
pub fn images(folder: &Path, count: usize, size: Option<usize>) -> Result<Images, TrainError> {
    let path = folder.join(IMAGES);
    let bytes = files::read(&path).map_err(TrainError::file(&path))?;
    let fail = |message: String| TrainError::data(&path, message);
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| fail(error.to_string()))?;
    let found = header.info("images").map(|tensor| tensor.shape.clone()).unwrap_or_default();
    let side = match found[..] {
        [_, 3, height, width] if height == width && height > 0 => height,
        _ => return Err(fail(format!("expected a tensor “images” of shape [N, 3, S, S], found {found:?}"))),
    };
    if let Some(size) = size.filter(|&size| side != size) {
        let what = format!("expected pictures of {size} × {size} pixels, found {side} × {side}");
        return Err(fail(format!("{what}; give a folder with pictures of that size")));
    }
    read_images(IMAGES, &bytes, count, ImageShape { channels: 3, height: side, width: side })
        .map_err(|error| fail(error.to_string()))
}

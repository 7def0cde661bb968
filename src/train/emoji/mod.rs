//! The emoji data set, built from four npm packages: pictures in three styles, each with words. [`Emoji::read`] joins
//! the packages ([`join`]), [`EmojiSet::build`] draws ([`render`]), names colours ([`colour`]), cleans the words
//! ([`words`]) and holds some out ([`holdout`]); [`EmojiSet::write`] leaves `images.safetensors` and `captions.json`.
//!
//! Nothing is drawn by lot: the same packages give the same bytes.

pub mod colour;
pub mod holdout;
pub mod join;
pub mod render;
pub mod words;

use super::TrainError;
use holdout::{Hold, Subject};
use join::{Emoji, STYLES};
use rayon::prelude::*;
use render::{Picture, SIZE};
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use words::Lexicon;

/// Name of the file with the pictures: one u8 tensor `images` `[N, 3, 32, 32]`.
pub const IMAGES: &str = "images.safetensors";
/// Name of the file with the [`Captions`].
pub const CAPTIONS: &str = "captions.json";

/// What `captions.json` holds; entry `n` is about image `n`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Captions {
    /// Names of the styles; entries count into it.
    pub styles: Vec<String>,
    /// One per image: emoji in the order of Unicode, the styles of each one after the other.
    pub entries: Vec<Caption>,
    /// Terms of each style, and of the `words`.
    pub licences: BTreeMap<String, Source>,
}

/// Where pictures or words come from, and on which terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// SPDX expression.
    pub licence: String,
    /// Whom to name.
    pub attribution: String,
    /// Where it comes from.
    pub url: String,
}

/// Whether an image may be trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// It may.
    Train,
    /// Held out, while the same emoji is trained on in the other styles.
    Style,
    /// Held out in every style, because its label joins two words that training sees only apart.
    Composition,
}

/// The words of one image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// Code points in hexadecimal, joined by `-`, without the variation selector.
    pub code: String,
    /// Index into [`Captions::styles`].
    pub style: usize,
    /// As Unicode names it.
    pub label: String,
    /// Words of the label, in its order, in the singular.
    pub words: Vec<String>,
    /// Further words for it, none of them in `words`.
    pub tags: Vec<String>,
    /// The one or two colours that cover most of the picture.
    pub colours: Vec<String>,
    /// Group of Unicode, such as `animals-nature`.
    pub group: String,
    /// Finer group, such as `animal-bird`.
    pub subgroup: String,
    /// The word of the label that says what the thing is.
    pub main: String,
    /// Whether it may be trained on.
    pub split: Split,
    /// For [`Split::Composition`]: the two words that training sees only apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<[String; 2]>,
}

/// Pictures with their captions.
#[derive(Debug, Clone, PartialEq)]
pub struct EmojiSet {
    /// `[N, 3, 32, 32]`, sRGB, on white.
    pub images: Vec<u8>,
    /// One entry per image.
    pub captions: Captions,
}

impl EmojiSet {
    /// Builds the set from the `node_modules` folder that holds the packages.
    ///
    /// # Errors
    /// [`TrainError`] naming the file of a package and what is wrong with it.
    pub fn build(packages: &Path) -> Result<Self, TrainError> {
        let (emoji, licences) = Emoji::read(packages)?;
        let lexicon =
            Lexicon::new(emoji.iter().flat_map(|one| one.tags.iter().chain([&one.label]).map(String::as_str)));
        let jobs: Vec<_> = emoji.iter().flat_map(|one| one.icons.iter().map(move |icon| (one, icon))).collect();
        let draw = |(one, icon): &(&Emoji, &join::Icon)| {
            Picture::draw(icon).map_err(|message| TrainError::data(packages, format!("“{}”: {message}", one.label)))
        };
        let pictures = jobs.par_iter().map(draw).collect::<Result<Vec<_>, _>>()?;

        let mut entries = Vec::with_capacity(pictures.len());
        for (n, picture) in pictures.iter().enumerate() {
            let one = &emoji[n / STYLES.len()];
            let words = lexicon.words([one.label.as_str()]);
            let mut tags = lexicon.words(one.tags.iter().map(String::as_str));
            tags.retain(|tag| !words.contains(tag));
            entries.push(Caption {
                code: one.code.clone(),
                style: n % STYLES.len(),
                label: one.label.clone(),
                main: lexicon.main(&one.label),
                words,
                tags,
                colours: picture.colours.iter().map(|colour| colour.to_string()).collect(),
                group: one.group.clone(),
                subgroup: one.subgroup.clone(),
                split: Split::Train,
                pair: None,
            });
        }
        hold_out(&mut entries);
        let images = pictures.into_iter().flat_map(|picture| picture.rgb).collect();
        let styles = STYLES.map(|(name, _)| name.to_string()).to_vec();
        Ok(EmojiSet { images, captions: Captions { styles, entries, licences } })
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.captions.entries.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.captions.entries.is_empty()
    }

    /// Writes `images.safetensors` and `captions.json` into `folder`, which is made if need be.
    ///
    /// # Errors
    /// [`TrainError`] naming the file that could not be written.
    pub fn write(&self, folder: &Path) -> Result<(), TrainError> {
        let path = folder.join(IMAGES);
        let fail = |error: safetensors::SafeTensorError| TrainError::data(&path, error.to_string());
        let view = TensorView::new(Dtype::U8, vec![self.len(), 3, SIZE, SIZE], &self.images).map_err(fail)?;
        let bytes = serialize([("images", view)], None).map_err(fail)?;
        fs::create_dir_all(folder).map_err(TrainError::file(folder))?;
        fs::write(&path, bytes).map_err(TrainError::file(&path))?;
        let path = folder.join(CAPTIONS);
        let json = serde_json::to_vec(&self.captions).map_err(|error| TrainError::data(&path, error.to_string()))?;
        fs::write(&path, json).map_err(TrainError::file(&path))
    }
}

/// Marks what training must not see, and loosens the captions that would tell of it.
fn hold_out(entries: &mut [Caption]) {
    let subject = |styles: &[Caption]| {
        let one = &styles[0];
        let captions = styles.iter().flat_map(|caption| [&caption.words, &caption.tags, &caption.colours]).flatten();
        Subject {
            code: one.code.clone(),
            subgroup: one.subgroup.clone(),
            label: one.words.clone(),
            caption: captions.cloned().collect(),
        }
    };
    let subjects: Vec<Subject> = entries.chunks(STYLES.len()).map(subject).collect();
    for (styles, hold) in entries.chunks_mut(STYLES.len()).zip(holdout::choose(&subjects, STYLES.len())) {
        match hold {
            Hold::Nothing => {}
            Hold::Style(style) => styles[style].split = Split::Style,
            Hold::Composition(pair) => {
                for caption in styles {
                    (caption.split, caption.pair) = (Split::Composition, Some(pair.clone()));
                }
            }
        }
    }
    let pairs = entries.iter().filter_map(|caption| caption.pair.clone()).collect();
    for caption in entries.iter_mut().filter(|caption| caption.split != Split::Composition) {
        holdout::loosen(&pairs, &caption.words, &mut caption.tags, &mut caption.colours);
    }
}

//! The emoji data set, built from four npm packages: pictures in three styles, each with words. [`Emoji::read`] joins
//! the packages ([`join`]), [`EmojiSet::build`] draws ([`render`]), names colours ([`colour`]), cleans the words
//! ([`words`]), holds some out ([`holdout`]), says which may be turned in hue ([`variants`]) and finds what the words of
//! other languages mean ([`languages`]); [`EmojiSet::write`] leaves `images.safetensors`, `captions.json` and `languages/`.
//!
//! Nothing is drawn by lot: the same packages give the same bytes.

pub mod colour;
pub mod holdout;
pub mod join;
pub mod languages;
pub mod render;
pub mod variants;
pub mod words;

use super::TrainError;
use super::captions::{self, Caption, CaptionFile, CaptionSplit, IMAGES};
use holdout::{Hold, Subject};
use join::{Emoji, STYLES};
use languages::{Dictionary, English, LANGUAGES};
use morphogen::files;
use morphogen::prompt::foreign::EMOJI;
use rayon::prelude::*;
use render::Picture;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use words::Lexicon;

/// Name of the folder with what the words of other languages mean, one `LANGUAGE.json` each.
pub const WORDS: &str = "languages";

/// What `captions.json` holds beside what training reads of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Licensed {
    /// One entry per image: emoji in the order of Unicode, the styles of each one after the other.
    #[serde(flatten)]
    pub captions: CaptionFile,
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

/// Pictures with their captions.
#[derive(Debug, Clone, PartialEq)]
pub struct EmojiSet {
    /// Width and height of each image in pixels, S.
    pub size: usize,
    /// `[N, 3, S, S]`, sRGB, on white.
    pub images: Vec<u8>,
    /// What `captions.json` holds.
    pub licensed: Licensed,
    /// `languages/LANGUAGE.json` by language: what its words mean.
    pub languages: BTreeMap<&'static str, Dictionary>,
}

impl EmojiSet {
    /// Builds the set from the `node_modules` folder that holds the packages, its images `size` × `size` pixels.
    ///
    /// # Errors
    /// [`TrainError`] naming the file of a package and what is wrong with it, or a size that is none of
    /// [`render::SIZES`].
    pub fn build(packages: &Path, size: usize) -> Result<Self, TrainError> {
        if !render::SIZES.contains(&size) {
            let (least, most) = (render::SIZES.start(), render::SIZES.end());
            return Err(TrainError::Settings(format!("expected a size of {least} to {most} pixels, found {size}")));
        }
        let (emoji, licences) = Emoji::read(packages)?;
        let lexicon =
            Lexicon::new(emoji.iter().flat_map(|one| one.tags.iter().chain([&one.label]).map(String::as_str)));
        let jobs: Vec<_> = emoji.iter().flat_map(|one| one.icons.iter().map(move |icon| (one, icon))).collect();
        let draw = |(one, icon): &(&Emoji, &join::Icon)| {
            Picture::draw(icon, size)
                .map_err(|message| TrainError::data(packages, format!("“{}”: {message}", one.label)))
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
                split: CaptionSplit::Train,
                pair: None,
                hues: Vec::new(),
            });
        }
        hold_out(&mut entries);
        let images: Vec<u8> = pictures.into_iter().flat_map(|picture| picture.rgb).collect();
        let styles = STYLES.map(|(name, _)| name.to_string()).to_vec();
        let mut captions = CaptionFile { styles, entries };
        turn(&mut captions, &images);
        let languages = dictionaries(packages, &captions)?;
        Ok(EmojiSet { size, images, licensed: Licensed { captions, licences }, languages })
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.licensed.captions.entries.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.licensed.captions.entries.is_empty()
    }

    /// Writes `images.safetensors` and `captions.json` into `folder`, which is made if need be.
    ///
    /// # Errors
    /// [`TrainError`] naming the file that could not be written.
    pub fn write(&self, folder: &Path) -> Result<(), TrainError> {
        let path = folder.join(IMAGES);
        let fail = |error: safetensors::SafeTensorError| TrainError::data(&path, error.to_string());
        let view = TensorView::new(Dtype::U8, vec![self.len(), 3, self.size, self.size], &self.images).map_err(fail)?;
        let bytes = serialize([("images", view)], None).map_err(fail)?;
        fs::create_dir_all(folder).map_err(TrainError::file(folder))?;
        files::write(&path, &bytes).map_err(TrainError::file(&path))?;
        let path = folder.join(captions::FILE);
        let json = serde_json::to_vec(&self.licensed).map_err(|error| TrainError::data(&path, error.to_string()))?;
        files::write(&path, &json).map_err(TrainError::file(&path))?;
        let folder = folder.join(WORDS);
        fs::create_dir_all(&folder).map_err(TrainError::file(&folder))?;
        for (language, dictionary) in &self.languages {
            let path = folder.join(format!("{language}.json"));
            let json = serde_json::to_vec(dictionary).map_err(|error| TrainError::data(&path, error.to_string()))?;
            files::write(&path, &json).map_err(TrainError::file(&path))?;
        }
        Ok(())
    }
}

/// What the words of each language mean, as numbers of the vocabulary of `captions`.
fn dictionaries(packages: &Path, captions: &CaptionFile) -> Result<BTreeMap<&'static str, Dictionary>, TrainError> {
    let vocabulary = captions.vocabulary();
    let number: BTreeMap<&str, usize> = vocabulary.iter().enumerate().map(|(n, word)| (word.as_str(), n)).collect();
    let known = |words: &[String]| words.iter().filter_map(|word| number.get(word.as_str()).copied()).collect();
    let mut emoji: BTreeMap<String, English> = BTreeMap::new();
    for caption in &captions.entries {
        let english = English { label: known(&caption.words), tags: known(&caption.tags) };
        emoji.entry(caption.code.clone()).or_insert(english);
    }
    let read = |language: &&'static str| {
        let locals = join::Local::read(packages, language)?;
        Ok((*language, languages::dictionary(language, &locals, &emoji, &vocabulary)))
    };
    let mut dictionaries: BTreeMap<_, _> = LANGUAGES.par_iter().map(read).collect::<Result<_, TrainError>>()?;
    dictionaries.insert(EMOJI, languages::signs(&emoji));
    Ok(dictionaries)
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
            Hold::Style(style) => styles[style].split = CaptionSplit::Style,
            Hold::Composition(pair) => {
                for caption in styles {
                    (caption.split, caption.pair) = (CaptionSplit::Composition, Some(pair.clone()));
                }
            }
        }
    }
    let pairs = entries.iter().filter_map(|caption| caption.pair.clone()).collect();
    for caption in entries.iter_mut().filter(|caption| caption.split != CaptionSplit::Composition) {
        holdout::loosen(&pairs, &caption.words, &mut caption.tags, &mut caption.colours);
    }
}

/// Says of every training image which hues it may be turned by. Comes last, since it needs to know what is held out.
fn turn(captions: &mut CaptionFile, images: &[u8]) {
    let vocabulary = captions.vocabulary();
    let words: BTreeSet<&str> = vocabulary.iter().map(String::as_str).collect();
    let pairs: BTreeSet<[String; 2]> = captions.entries.iter().filter_map(|caption| caption.pair.clone()).collect();
    let length = images.len() / captions.entries.len().max(1);
    captions.entries.par_iter_mut().zip(images.par_chunks_exact(length.max(1))).for_each(|(caption, image)| {
        if caption.split == CaptionSplit::Train {
            caption.hues = variants::variants(image, caption, &pairs, &words);
        }
    });
}

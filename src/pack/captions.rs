//! What the training images of a pack that draws from words show, and the words that each may be asked for by: a
//! compressed JSON file, read as untrusted input. It serves twice. The theory finds the images of a prompt in it
//! ([`Captions::matching`]); the prior ([`crate::prompt::prior`]) finds the one caption to draw.
//!
//! Images stand on *shelves*, one file each, so that a prompt fetches only the few that it needs. On a shelf stand
//! *things*, and of each thing an image for every style that training saw it in, next to each other.

use super::manifest::{Manifest, find};
use super::{Limit, PackError, limits};
use crate::json::{self, Fault, Node, Read, reads};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The captions of all training images, shelf by shelf.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(into = "Columns")]
pub struct Captions {
    /// Shelves by name, as under `training` in the manifest.
    pub shelves: BTreeMap<String, Shelf>,
}

/// What stands on one shelf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelf {
    /// What kind of things these are, coarsely; several shelves share one.
    pub group: String,
    /// In the order of the shelf's images.
    pub things: Vec<Thing>,
}

/// One thing: an image for each of its styles. Words are indices of the vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thing {
    /// Name for people.
    pub label: String,
    /// The label's words, in their order.
    pub words: Vec<usize>,
    /// Which of `words`, by place, names the thing; the last where it is left out.
    pub main: Option<usize>,
    /// Other words for it.
    pub tags: Vec<usize>,
    /// Words that mean this very thing where they stand alone: who says no more than “moon” means the full moon.
    pub usual: Vec<usize>,
    /// The style of each image.
    pub styles: Vec<usize>,
    /// The main colours of each image.
    pub colours: Vec<Vec<usize>>,
    /// How well the network knows each image ([`known_byte`]); empty where nobody has measured.
    pub known: Vec<u8>,
}

/// The captions as they stand in the file: what is alike behind each other, which compresses to four fifths.
#[derive(Default, Serialize)]
struct Columns {
    /// Name, group and number of things of each shelf; the things of all shelves follow each other in the columns.
    shelves: Vec<(String, String, usize)>,
    labels: Vec<String>,
    words: Vec<Vec<usize>>,
    main: Vec<Option<usize>>,
    tags: Vec<Vec<usize>>,
    styles: Vec<Vec<usize>>,
    colours: Vec<Vec<Vec<usize>>>,
    known: Vec<Vec<u8>>,
    /// Left out where no thing has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    usual: Vec<Vec<usize>>,
}

reads!(Columns { shelves, labels, words, main, tags, styles, colours, known, usual = Vec::new() });

impl Read for Captions {
    fn read(node: Node) -> Result<Self, Fault> {
        Captions::try_from(Columns::read(node)?).map_err(Fault::new)
    }
}
reads!(@serde Captions);

impl From<Captions> for Columns {
    fn from(captions: Captions) -> Self {
        let mut columns = Columns::default();
        for (name, Shelf { group, things }) in captions.shelves {
            columns.shelves.push((name, group, things.len()));
            for Thing { label, words, main, tags, usual, styles, colours, known } in things {
                columns.labels.push(label);
                columns.words.push(words);
                columns.main.push(main);
                columns.tags.push(tags);
                columns.styles.push(styles);
                columns.colours.push(colours);
                columns.known.push(known);
                columns.usual.push(usual);
            }
        }
        if columns.usual.iter().all(Vec::is_empty) {
            columns.usual.clear();
        }
        columns
    }
}

impl TryFrom<Columns> for Captions {
    type Error = String;

    fn try_from(columns: Columns) -> Result<Self, String> {
        let Columns { shelves, labels, words, main, tags, styles, colours, known, mut usual } = columns;
        let all = labels.len();
        if usual.is_empty() {
            usual.resize(all, Vec::new());
        }
        let lengths = [words.len(), main.len(), tags.len(), styles.len(), colours.len(), known.len(), usual.len()];
        let counts = shelves.iter().try_fold(0usize, |sum, (.., count)| sum.checked_add(*count));
        if counts != Some(all) || lengths.iter().any(|&length| length != all) {
            return Err(format!(
                "expected {all} things on the shelves and in each column, found {counts:?}, {lengths:?}"
            ));
        }
        let texts = labels.into_iter().zip(words).zip(main).zip(tags).zip(usual);
        let images = styles.into_iter().zip(colours).zip(known);
        let mut things =
            texts.zip(images).map(|(((((label, words), main), tags), usual), ((styles, colours), known))| Thing {
                label,
                words,
                main,
                tags,
                usual,
                styles,
                colours,
                known,
            });
        let mut captions = Captions::default();
        for (name, group, count) in shelves {
            let shelf = Shelf { group, things: things.by_ref().take(count).collect() };
            if captions.shelves.insert(name.clone(), shelf).is_some() {
                return Err(format!("the shelf “{name}” comes twice"));
            }
        }
        Ok(captions)
    }
}

/// How strongly what a network misses of a picture counts: `known = exp(−KNOWN_RATE · e)`.
const KNOWN_RATE: f64 = 4.0;

/// How well a picture is known, as a byte: 255 · exp(−4 e), where `e` is the share of what is not white in the training
/// picture that the network misses when it is asked for that very caption. In steps of 5, finer than two drawings of one
/// caption differ and a third smaller in the file.
pub fn known_byte(e: f64) -> u8 {
    5 * (51.0 * libm::exp(-KNOWN_RATE * e.max(0.0))).round() as u8
}

impl Thing {
    /// The word that names the thing; none where the label has no word.
    pub fn head(&self) -> Option<usize> {
        let place = self.main.unwrap_or(self.words.len().saturating_sub(1));
        self.words.get(place).copied()
    }

    /// Whether it may be asked for by `word`, whatever the style.
    pub fn has(&self, word: usize) -> bool {
        let colours = || self.colours.iter().flatten();
        self.words.iter().chain(&self.tags).chain(colours()).any(|&other| other == word)
    }

    /// Checks it against a vocabulary of `count` words that begins with `styles` styles; says what is wrong.
    fn check(&self, count: usize, styles: usize) -> Result<(), String> {
        if self.label.len() > limits::TEXT || self.label.chars().any(char::is_control) {
            return Err(format!("expected labels of up to {} bytes of plain text", limits::TEXT));
        }
        let images = self.styles.len();
        if self.colours.len() != images || !(self.known.is_empty() || self.known.len() == images) {
            let (colours, known) = (self.colours.len(), self.known.len());
            return Err(format!("expected colours and a byte for each of {images} images, found {colours}, {known}"));
        }
        if self.main.is_some_and(|main| main >= self.words.len()) {
            return Err("its main word is none of its label".into());
        }
        if let Some(style) = self.styles.iter().find(|&&style| style >= styles) {
            return Err(format!("there is no style {style}"));
        }
        let words = self.words.iter().chain(&self.tags).chain(&self.usual).chain(self.colours.iter().flatten());
        match words.into_iter().find(|&&word| word >= count) {
            Some(word) => Err(format!("there is no word {word}")),
            None => Ok(()),
        }
    }
}

/// Images of one shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pick {
    /// Name of the shelf, as under `training` in the manifest.
    pub shelf: String,
    /// Numbers of images on it, rising.
    pub images: Vec<usize>,
    /// The number of each image's caption among all of the pack.
    pub captions: Vec<usize>,
}

impl Manifest {
    /// The file with the captions.
    ///
    /// # Errors
    /// [`PackError::Unknown`] where the pack has none.
    pub fn captions_file(&self) -> Result<&str, PackError> {
        let unknown = || PackError::Unknown { what: "part", name: "captions".into(), known: "none".into() };
        self.text()?.captions.as_deref().ok_or_else(unknown)
    }

    /// Reads the captions from the inflated bytes of their file. The compressed bytes must have passed
    /// [`Manifest::verify`].
    ///
    /// # Errors
    /// [`PackError`] where they do not fit the shelves and words that the manifest names.
    pub fn captions(&self, inflated: &[u8]) -> Result<Captions, PackError> {
        let (text, file) = (self.text()?, self.captions_file()?);
        let fail = |message: String| PackError::Text { file: file.into(), message };
        self.budget.hold(Limit::Captions, file, inflated.len() as u64)?;
        let captions: Captions = json::parse(inflated).map_err(fail)?;
        for (name, shelf) in &captions.shelves {
            let entry = find(&self.training, "shelf", name)?;
            let images: usize = shelf.things.iter().map(|thing| thing.styles.len()).sum();
            if entry.count != images {
                return Err(fail(format!("{name}: expected {} images, found {images}", entry.count)));
            }
            let check = |thing: &Thing| thing.check(text.count, text.styles);
            shelf.things.iter().try_for_each(check).map_err(|message| fail(format!("{name}: {message}")))?;
        }
        Ok(captions)
    }

    /// As many of `picks` as have files of [`super::Budget::fetched`] bytes together, at least one: those with the most
    /// images per byte.
    pub fn within(&self, found: Vec<Pick>) -> Vec<Pick> {
        let bytes = |pick: &Pick| {
            let file = self.training.get(&pick.shelf).and_then(|entry| self.files.get(&entry.file));
            file.map_or(u64::MAX, |file| file.bytes)
        };
        let worth = |pick: &Pick| pick.images.len() as f64 / bytes(pick) as f64;
        let mut picks: Vec<Pick> = Vec::with_capacity(found.len());
        for pick in found {
            let at = picks.iter().position(|other| worth(other) < worth(&pick)).unwrap_or(picks.len());
            picks.insert(at, pick);
        }
        let mut spent = 0u64;
        let fits = picks.iter().take_while(|pick| {
            spent = spent.saturating_add(bytes(pick));
            spent <= self.budget.fetched
        });
        let kept = fits.count().max(1);
        picks.truncate(kept);
        picks
    }
}

impl Captions {
    /// Every thing, shelf by shelf, with the name of its shelf and the place of its first image there.
    pub fn things(&self) -> impl Iterator<Item = (&str, usize, &Thing)> {
        self.shelves.iter().flat_map(|(name, shelf)| {
            let mut first = 0;
            shelf.things.iter().map(move |thing| {
                let place = first;
                first += thing.styles.len();
                (name.as_str(), place, thing)
            })
        })
    }

    /// The images that match a prompt best: those of the things that share the most of its words, in the styles that it
    /// names (in all of them where it names none). Empty where no thing shares a word. `styles` words of the vocabulary,
    /// the first, are styles; a prompt of styles alone matches everything.
    pub fn matching(&self, words: &[usize], styles: usize) -> Vec<Pick> {
        let (asked, wanted): (BTreeSet<usize>, BTreeSet<usize>) = words.iter().partition(|&&word| word < styles);
        let shared = |thing: &Thing| wanted.iter().filter(|&&word| thing.has(word)).count();
        let most = self.things().map(|(_, _, thing)| shared(thing)).max().unwrap_or(0);
        if most == 0 && !wanted.is_empty() {
            return Vec::new();
        }
        let mut picks: Vec<Pick> = Vec::new();
        let mut captions = 0;
        for (shelf, first, thing) in self.things() {
            let before = captions;
            captions += thing.styles.len();
            let styled = |&n: &usize| asked.is_empty() || asked.contains(&thing.styles[n]);
            for n in (0..thing.styles.len()).filter(|_| shared(thing) == most).filter(styled) {
                if picks.last().is_none_or(|pick| pick.shelf != shelf) {
                    picks.push(Pick { shelf: shelf.into(), images: vec![], captions: vec![] });
                }
                if let Some(pick) = picks.last_mut() {
                    pick.images.push(first + n);
                    pick.captions.push(before + n);
                }
            }
        }
        picks
    }
}

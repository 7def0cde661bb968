//! The words of a pack that draws from free text: its vocabulary, and what each training image shows, so that the theory
//! can answer from the images that match a prompt. Both are JSON files of the pack, read as untrusted input.
//!
//! Training images stand on *shelves*, one file each, so that a prompt fetches only the few that it needs. The index says
//! what is on them; [`Index::matching`] finds the images of a prompt.

use super::manifest::{Manifest, TextEntry, find, unique};
use super::{PackError, limits};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the training images show, shelf by shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Things by shelf, in the order of the shelf's images.
    #[serde(deserialize_with = "unique")]
    pub shelves: BTreeMap<String, Vec<Thing>>,
}

/// One thing on a shelf: an image for each of its styles, next to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// Name for people.
    pub label: String,
    /// The words that it may be asked for by, as indices of the vocabulary, without styles.
    pub words: Vec<usize>,
    /// The style of each of its images, as index of the vocabulary.
    pub styles: Vec<usize>,
}

/// Images of one shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pick {
    /// Name of the shelf, as under `training` in the manifest.
    pub shelf: String,
    /// Numbers of images on it, rising.
    pub images: Vec<usize>,
}

impl Manifest {
    /// The section on words.
    ///
    /// # Errors
    /// [`PackError::Unknown`] where the pack draws classes and no words.
    pub fn text(&self) -> Result<&TextEntry, PackError> {
        let unknown = || PackError::Unknown { what: "part", name: "text".into(), known: "none".into() };
        self.text.as_ref().ok_or_else(unknown)
    }

    /// Reads the vocabulary from the bytes of its file.
    ///
    /// # Errors
    /// [`PackError`] where the file is not the right one, or not a list of as many different words as promised.
    pub fn words(&self, bytes: &[u8]) -> Result<Vec<String>, PackError> {
        let text = self.text()?;
        self.verify(&text.words, bytes)?;
        let words: Vec<String> = read_json(&text.words, bytes)?;
        let fail = |message: String| Err(PackError::Header { file: text.words.clone(), message });
        if words.len() != text.count {
            return fail(format!("expected {} words, found {}", text.count, words.len()));
        }
        let mut seen = BTreeSet::new();
        for word in &words {
            if word.trim().is_empty() || word.len() > limits::NAME || word.chars().any(char::is_control) {
                return fail(format!("expected words of 1 to {} bytes", limits::NAME));
            }
            if !seen.insert(word) {
                return fail(format!("the word “{word}” comes twice"));
            }
        }
        Ok(words)
    }

    /// Reads what the words of a language mean from the bytes of its file: numbers of the vocabulary by word.
    ///
    /// # Errors
    /// [`PackError`] where there is no such language, or the file is not the right one.
    pub fn language(&self, language: &str, bytes: &[u8]) -> Result<BTreeMap<String, Vec<usize>>, PackError> {
        let file = find(&self.text()?.languages, "language", language)?;
        self.verify(file, bytes)?;
        read_json(file, bytes)
    }

    /// Reads the index of the training images from the bytes of its file.
    ///
    /// # Errors
    /// [`PackError`] where the file is not the right one, or does not fit the shelves and words that the manifest names.
    pub fn index(&self, bytes: &[u8]) -> Result<Index, PackError> {
        let text = self.text()?;
        let Some(file) = &text.index else {
            return Err(PackError::Unknown { what: "part", name: "index".into(), known: "none".into() });
        };
        self.verify(file, bytes)?;
        let index: Index = read_json(file, bytes)?;
        let fail = |message: String| Err(PackError::Header { file: file.clone(), message });
        for (shelf, things) in &index.shelves {
            let images: usize = things.iter().map(|thing| thing.styles.len()).sum();
            match self.training.get(shelf) {
                Some(entry) if entry.count == images => {}
                Some(entry) => return fail(format!("{shelf}: expected {} images, found {images}", entry.count)),
                None => return fail(format!("“{shelf}” is not a shelf of the manifest")),
            }
            let words = things.iter().flat_map(|thing| thing.words.iter().chain(&thing.styles));
            if let Some(word) = words.into_iter().find(|&&word| word >= text.count) {
                return fail(format!("{shelf}: there is no word {word}"));
            }
        }
        Ok(index)
    }
}

impl Manifest {
    /// As many of `picks` as have files of `budget` bytes together, at least one: those with the most images per byte.
    pub fn within(&self, mut picks: Vec<Pick>, budget: u64) -> Vec<Pick> {
        let bytes = |pick: &Pick| {
            let file = self.training.get(&pick.shelf).and_then(|entry| self.files.get(&entry.file));
            file.map_or(u64::MAX, |file| file.bytes)
        };
        let worth = |pick: &Pick| pick.images.len() as f64 / bytes(pick) as f64;
        picks.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        let mut spent = 0u64;
        let fits = picks.iter().take_while(|pick| {
            spent = spent.saturating_add(bytes(pick));
            spent <= budget
        });
        let kept = fits.count().max(1);
        picks.truncate(kept);
        picks
    }
}

impl Index {
    /// The images that match a prompt best: those of the things that share the most of its words, in the styles that it
    /// names (in all of them where it names none). Empty where no thing shares a word. `styles` words of the vocabulary,
    /// the first, are styles; a prompt of styles alone matches everything.
    pub fn matching(&self, words: &[usize], styles: usize) -> Vec<Pick> {
        let (asked, wanted): (BTreeSet<usize>, BTreeSet<usize>) = words.iter().partition(|&&word| word < styles);
        let shared = |thing: &Thing| wanted.iter().filter(|word| thing.words.contains(word)).count();
        let most = self.shelves.values().flatten().map(shared).max().unwrap_or(0);
        if most == 0 && !wanted.is_empty() {
            return Vec::new();
        }
        let mut picks = Vec::new();
        for (shelf, things) in &self.shelves {
            let (mut images, mut first) = (Vec::new(), 0);
            for thing in things {
                let styled = |n: &usize| asked.is_empty() || asked.contains(&thing.styles[*n]);
                if shared(thing) == most {
                    images.extend((0..thing.styles.len()).filter(styled).map(|n| first + n));
                }
                first += thing.styles.len();
            }
            if !images.is_empty() {
                picks.push(Pick { shelf: shelf.clone(), images });
            }
        }
        picks
    }
}

fn read_json<'a, T: Deserialize<'a>>(file: &str, bytes: &'a [u8]) -> Result<T, PackError> {
    serde_json::from_slice(bytes).map_err(|error| PackError::Header { file: file.into(), message: error.to_string() })
}

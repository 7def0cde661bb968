//! The words of a pack that draws from free text: its vocabulary, and what the words of other languages mean. Both are
//! JSON files of the pack, read as untrusted input.

use super::manifest::{Manifest, TextEntry, find};
use super::{PackError, limits};
use crate::json::{self, Read};
use std::collections::{BTreeMap, BTreeSet};

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
        let fail = |message: String| Err(PackError::Text { file: text.words.clone(), message });
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
}

fn read_json<T: Read>(file: &str, bytes: &[u8]) -> Result<T, PackError> {
    json::parse(bytes).map_err(|message| PackError::Text { file: file.into(), message })
}

//! What came of reading a prompt: the words that were understood, and those that were not. Made by
//! [`Vocabulary::read`](super::text::Vocabulary::read), which goes by the [`doubts`] where a prompt may be in several languages.

use super::{Correction, PromptError};
use serde::Serialize;

/// What a prompt was understood as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understood {
    /// Numbers of the words to draw, rising, each once.
    pub words: Vec<usize>,
    /// Numbers of the words to keep away from, rising, each once.
    pub against: Vec<usize>,
    /// The words to draw, as the vocabulary spells them, in the order typed, with styles last.
    pub label: String,
    /// The words that were used, as typed.
    pub used: Vec<String>,
    /// Small words that say nothing about a picture are left out; these were turned away (“no hat”), as typed.
    pub ignored: Vec<String>,
    /// Slips that were mended, compounds that were cut, and words that were translated.
    pub corrected: Vec<Correction>,
    /// Words that are not known, as typed.
    pub unknown: Vec<Unknown>,
    /// How many of the corrected are slips or compounds, not translations.
    pub guessed: usize,
    /// How many of the corrected are forms of another language's words, taken for them by their beginnings.
    pub forms: usize,
}

/// A word that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// As typed.
    pub typed: String,
    /// The nearest known words, nearest first.
    pub near: Vec<String>,
}

/// How many words of a prompt are not known, how many were guessed, and how many were taken for a form of another, which in a
/// language that nobody reads is no more than not to know them; of one that was not understood at all, more than of any other.
pub(super) fn doubts(understood: &Result<Understood, PromptError>, read: bool) -> [usize; 3] {
    let count = |found: &Understood| {
        let unknown = found.unknown.len() + if read { 0 } else { found.forms };
        [unknown, found.guessed, found.forms]
    };
    understood.as_ref().map_or([usize::MAX, 0, 0], count)
}

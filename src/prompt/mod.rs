//! Free words to one entry of a pack's vocabulary: “a pair of trainers” is a sneaker. [`understand`] either finds
//! exactly one thing that is asked for, and says which words it used and corrected, or gives a typed error with what
//! could have been meant. It never falls back to a default.
//!
//! A prompt is cut into words, which are compared without case, accents, dashes and plurals; the longest run of words
//! that the vocabulary knows wins (“dress shirt” is a shirt). Spelling slips are corrected only where a slip is surer
//! than another word ([`spelling`]); otherwise the near word is suggested.

mod flag;
pub mod foreign;
pub mod pictograph;
pub mod prior;
pub mod spelling;
pub mod text;
mod understood;
pub mod words;

use crate::gather::gather;
use crate::pack::PromptEntry;
use serde::Serialize;
use spelling::{Token, distance, nearest, slip, tokens};
use std::collections::BTreeSet;
use std::fmt;
use thiserror::Error;
use words::is_in;

/// Most bytes of a prompt.
pub const MAX_PROMPT: usize = 400;
/// Most words of one phrase as it is typed.
const MAX_WINDOW: usize = 4;
/// Most suggestions of an error.
const MAX_SUGGESTIONS: usize = 3;

/// Words that say nothing about what to draw.
const FILLERS: &str = " a an the this that these those some any of in on with for to and or my me your his her their \
    i we you it is are am be please just only draw paint make show generate create give get want need like would could \
    can let see picture image photo drawing sketch painting thumbnail pair one single kind type style piece item sort ";

/// Words that turn what follows away.
const NEGATIONS: &str = " not no without except dont non minus excluding never ";

/// What a prompt was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// Index of the entry: the class to draw.
    pub index: usize,
    /// The words that named it, as typed.
    pub used: Vec<String>,
    /// Words that might have meant something but did not help, as typed. Small words (“a”, “please”) are left out.
    pub ignored: Vec<String>,
    /// Slips that were corrected.
    pub corrected: Vec<Correction>,
}

/// One corrected slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// As typed.
    pub typed: String,
    /// As the vocabulary spells it.
    pub meant: String,
}

/// Why a prompt was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// It holds no words.
    Empty,
    /// It is longer than [`MAX_PROMPT`].
    TooLong,
    /// No word of it is known.
    Unknown,
    /// It names several things, or a word that several things share.
    Ambiguous,
}

/// A prompt that was not understood, with ways on.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[error("{}", self.sentence())]
pub struct PromptError {
    /// What is the matter.
    pub problem: Problem,
    /// The words in question, as typed.
    pub words: Vec<String>,
    /// Prompts that would be understood, best first: near words, or the labels that were named.
    pub suggestions: Vec<String>,
    /// Labels of everything that can be drawn.
    pub known: Vec<String>,
}

impl PromptError {
    /// A stable code, one per problem.
    pub fn code(&self) -> &'static str {
        match self.problem {
            Problem::Empty => "prompt-empty",
            Problem::TooLong => "prompt-too-long",
            Problem::Unknown => "prompt-unknown",
            Problem::Ambiguous => "prompt-ambiguous",
        }
    }

    fn sentence(&self) -> String {
        let known = Listed(&self.known, "and");
        let quoted = self.words.join(" ");
        let either = Listed(&self.suggestions, "or");
        match self.problem {
            Problem::Empty => format!("expected words for what to draw, found none; this model can draw {known}"),
            Problem::TooLong => format!("expected a prompt of up to {MAX_PROMPT} bytes; name one thing in a few words"),
            Problem::Unknown if self.suggestions.is_empty() => {
                format!("“{quoted}” is not something this model can draw; it can draw {known}")
            }
            Problem::Unknown => {
                format!("“{quoted}” is not something this model can draw; did you mean {either}? It can draw {known}")
            }
            Problem::Ambiguous => format!("“{quoted}” could mean {either}; ask for one of them"),
        }
    }
}

/// A few names as people list them.
struct Listed<'a>(&'a [String], &'static str);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 20;
        let Listed(names, joint) = self;
        match names {
            [] => f.write_str("nothing"),
            [one] => f.write_str(one),
            [some @ .., last] if names.len() <= MOST => write!(f, "{} {joint} {last}", some.join(", ")),
            _ => write!(f, "{} {joint} {} more", names[..MOST].join(", "), names.len() - MOST),
        }
    }
}

/// One way to name one entry.
struct Phrase<'a> {
    /// As the vocabulary spells it.
    text: &'a str,
    /// Its words written together: “t-shirt”, “t shirt” and “tshirt” are the same.
    key: Key,
    entry: usize,
}

/// A run of words that the vocabulary knows.
struct Match {
    typed: Vec<String>,
    entries: BTreeSet<usize>,
    correction: Option<Correction>,
}

/// Finds the one entry that `text` asks for.
///
/// # Errors
/// [`PromptError`] where there is none, or more than one.
pub fn understand(entries: &[PromptEntry], text: &str) -> Result<Understood, PromptError> {
    let known = || entries.iter().map(|entry| entry.label.clone()).collect();
    let fail = |problem, words, suggestions| Err(PromptError { problem, words, suggestions, known: known() });
    if text.len() > MAX_PROMPT {
        return fail(Problem::TooLong, Vec::new(), Vec::new());
    }
    let tokens = tokens(text);
    if tokens.is_empty() {
        return fail(Problem::Empty, Vec::new(), Vec::new());
    }
    let phrases = phrases(entries);
    let unlike: Vec<String> = entries.iter().flat_map(|entry| &entry.unlike).map(|word| Key::of(word).word).collect();
    let (mut matches, mut ignored, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
    let mut negated = false;
    let mut i = 0;
    while i < tokens.len() {
        let token = &tokens[i];
        let small = is_in(FILLERS, &token.word) || is_in(NEGATIONS, &token.word);
        let mut found = longest(&tokens[i..], |typed| exact(&phrases, typed));
        if found.is_none() && !small {
            found = longest(&tokens[i..], |typed| near(&phrases, &unlike, typed));
        }
        negated &= !token.after_break;
        if let Some((length, (entries, correction))) = found {
            let typed: Vec<String> = tokens[i..i + length].iter().map(|token| token.typed.to_string()).collect();
            let correction = correction.map(|meant| Correction { typed: typed.join(" "), meant });
            if negated {
                ignored.extend(typed);
            } else {
                matches.push(Match { typed, entries, correction });
            }
            negated = false;
            i += length;
            continue;
        }
        if token.word == "but" {
            negated = i > 0 && is_in(" anything everything all ", &tokens[i - 1].word);
        } else if is_in(NEGATIONS, &token.word) {
            negated = true;
        } else if !small {
            ignored.push(token.typed.to_string());
            strangers.push(token);
        }
        i += 1;
    }

    let mut named = matches.iter().map(|found| found.entries.clone());
    let Some(first) = named.next() else {
        let suggestions = suggestions(&phrases, &strangers);
        let words = if ignored.is_empty() { vec![text.trim().to_string()] } else { ignored };
        return fail(Problem::Unknown, words, suggestions);
    };
    // A word that several entries share (“shoe”) is settled by one that only one of them has (“running shoe”).
    let agreed = named.fold(first, |all, one| all.intersection(&one).copied().collect());
    let used: Vec<String> = matches.iter().flat_map(|found| found.typed.clone()).collect();
    match (agreed.first(), agreed.len()) {
        (Some(&index), 1) => {
            let corrected = matches.into_iter().filter_map(|found| found.correction).collect();
            Ok(Understood { index, used, ignored, corrected })
        }
        _ => {
            let all: BTreeSet<usize> = gather(matches.iter().flat_map(|found| found.entries.iter().copied()));
            let named = if agreed.is_empty() { all } else { agreed };
            let labels = named.into_iter().map(|index| entries[index].label.clone()).collect();
            fail(Problem::Ambiguous, used, labels)
        }
    }
}

/// A run of words written together, as they are compared.
struct Key {
    /// In the singular: what tells whether two are the same.
    word: String,
    /// As it stands: slips are sought here, too, because one in the ending (“hooide”) hides the singular.
    plain: String,
}

impl Key {
    fn of(text: &str) -> Self {
        Key::new(&tokens(text))
    }

    fn new(tokens: &[Token<'_>]) -> Self {
        Key {
            word: tokens.iter().map(|token| token.word.as_str()).collect(),
            plain: tokens.iter().map(|token| token.plain.as_str()).collect(),
        }
    }
}

/// Every way to name every entry: its label (“T-shirt/top” is two), its name and its words.
fn phrases(entries: &[PromptEntry]) -> Vec<Phrase<'_>> {
    let mut phrases = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let words = entry.label.split('/').chain([entry.name.as_str()]).chain(entry.words.iter().map(String::as_str));
        for text in words.map(str::trim) {
            let key = Key::of(text);
            if !key.word.is_empty() && seen.insert((key.word.clone(), index)) {
                phrases.push(Phrase { text, key, entry: index });
            }
        }
    }
    phrases
}

/// Tries the longest run of words at the beginning of `tokens` first.
fn longest<T>(tokens: &[Token<'_>], find: impl Fn(&Key) -> Option<T>) -> Option<(usize, T)> {
    (1..=tokens.len().min(MAX_WINDOW))
        .rev()
        .find_map(|length| find(&Key::new(&tokens[..length])).map(|found| (length, found)))
}

/// The entries that a run of words names, and how it was meant if it was corrected.
type Found = (BTreeSet<usize>, Option<String>);

fn exact(phrases: &[Phrase<'_>], typed: &Key) -> Option<Found> {
    let entries: BTreeSet<usize> =
        gather(phrases.iter().filter(|phrase| phrase.key.word == typed.word).map(|phrase| phrase.entry));
    (!entries.is_empty()).then_some((entries, None))
}

/// The nearest phrase within reach of a slip; none where two entries are equally near, for then nobody can be sure.
fn near(phrases: &[Phrase<'_>], unlike: &[String], typed: &Key) -> Option<Found> {
    if unlike.contains(&typed.word) {
        return None;
    }
    let cost = |key: &Key| slip(&typed.word, &key.word).into_iter().chain(slip(&typed.plain, &key.plain)).min();
    let reached: Vec<_> = phrases.iter().filter_map(|phrase| cost(&phrase.key).map(|cost| (cost, phrase))).collect();
    let best = reached.iter().map(|(cost, _)| *cost).min()?;
    let nearest: Vec<_> = reached.into_iter().filter(|(cost, _)| *cost == best).map(|(_, phrase)| phrase).collect();
    let meant = nearest.first()?;
    let (entries, _) = exact(phrases, &meant.key)?;
    let agreed = nearest.iter().all(|phrase| entries.contains(&phrase.entry));
    agreed.then(|| (entries, Some(meant.text.to_string())))
}

/// Words of the vocabulary that are near one of `strangers`, nearest first.
fn suggestions(phrases: &[Phrase<'_>], strangers: &[&Token<'_>]) -> Vec<String> {
    let near = strangers.iter().flat_map(|token| {
        phrases.iter().filter_map(|phrase| {
            let Key { word, plain } = &phrase.key;
            let apart = distance(&token.word, word).min(distance(&token.plain, plain));
            let length = word.chars().count();
            // A third of the letters may differ; more than that is another word.
            (length > 2 && apart <= (length / 3).max(1)).then_some((apart, phrase.text))
        })
    });
    nearest(near, MAX_SUGGESTIONS)
}

#[cfg(test)]
mod tests;

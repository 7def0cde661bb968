//! Free text to words of a vocabulary: “an angry red cats' party, flat style, no hat” is {angry, red, cat, party}, in a
//! style, and away from {hat}. Nothing is dropped in silence: [`Understood`] says which words were used, which slips were
//! mended, which words of other languages were read as what, and which words are not known, with the nearest that are.
//!
//! A word is looked up as it is compared ([`super::words::key`]), then as a style, as a word of another language, as two
//! known words written together, and last as a slip. What is left over is unknown.

use super::foreign::{Foreign, Run};
use super::spelling::{Token, distance, slip, tokens};
use super::words::{is_in, key};
use super::{Correction, FILLERS, MAX_PROMPT, MAX_SUGGESTIONS, NEGATIONS, Problem, PromptError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use super::foreign::Language;

/// Shortest part of a compound (“fire” in “firetruck”).
const SHORTEST_PART: usize = 3;

/// The words that a model draws from.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    words: Vec<String>,
    /// Number of every word by how it is compared.
    numbers: BTreeMap<String, usize>,
    /// The first words are styles.
    styles: usize,
    /// Other words for styles.
    aliases: BTreeMap<String, usize>,
    /// What the words of other languages mean.
    foreign: Foreign,
}

/// What a prompt was understood as.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
}

/// A word that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// As typed.
    pub typed: String,
    /// The nearest known words, nearest first.
    pub near: Vec<String>,
}

impl Vocabulary {
    /// Knows `words`, the first `styles` of which name styles; `aliases` are other words for them.
    pub fn new(words: Vec<String>, styles: usize, aliases: BTreeMap<String, usize>) -> Self {
        let numbers = words.iter().enumerate().rev().map(|(n, word)| (compared(word), n)).collect();
        Vocabulary { words, numbers, styles, aliases, foreign: Foreign::default() }
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether it knows no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Learns what the words of another language mean; meanings beyond the vocabulary are dropped.
    pub fn learn(&mut self, language: Language) {
        self.foreign.learn(language, self.words.len());
    }

    /// What `text` asks for.
    ///
    /// # Errors
    /// [`PromptError`] where it is empty, too long, or holds no known word to draw.
    pub fn understand(&self, text: &str) -> Result<Understood, PromptError> {
        let fail = |problem, words: Vec<String>, suggestions| {
            Err(PromptError {
                problem,
                words,
                suggestions,
                known: self.words[self.styles.min(self.words.len())..].to_vec(),
            })
        };
        if text.len() > MAX_PROMPT {
            return fail(Problem::TooLong, Vec::new(), Vec::new());
        }
        let tokens = tokens(text);
        if tokens.is_empty() {
            return fail(Problem::Empty, Vec::new(), Vec::new());
        }
        let mut found = Understood::default();
        let abroad = self.is_abroad(&tokens);
        let mut negated = false;
        let mut i = 0;
        while i < tokens.len() {
            let token = &tokens[i];
            negated &= !token.after_break;
            if is_in(NEGATIONS, &token.plain) {
                negated = true;
            } else if let Some((length, meaning)) = self.meaning(&tokens[i..], abroad) {
                if meaning.words.is_empty() && meaning.against.is_empty() {
                    // A little word of another language; one that turns away is none.
                    negated |= meaning.turns;
                    i += length;
                    continue;
                }
                let typed = join(tokens[i..i + length].iter().map(|token| token.typed));
                if let Some(meant) = meaning.corrected {
                    found.corrected.push(Correction { typed: typed.clone(), meant });
                }
                if negated {
                    found.against.extend(meaning.words);
                    found.ignored.push(typed);
                } else {
                    found.words.extend(meaning.words);
                    found.against.extend(meaning.against);
                    found.used.push(typed);
                }
                negated = false;
                i += length;
                continue;
            } else if !is_in(FILLERS, &token.word) && !is_in(FILLERS, &token.plain) {
                found.unknown.push(Unknown { typed: token.typed.into(), near: self.near(token) });
                negated = false;
            }
            i += 1;
        }
        let typed = found.words.clone();
        for list in [&mut found.words, &mut found.against] {
            list.sort_unstable();
            list.dedup();
        }
        found.against.retain(|word| !found.words.contains(word));
        if found.words.is_empty() {
            let mut suggestions: Vec<String> = found.unknown.iter().flat_map(|unknown| unknown.near.clone()).collect();
            suggestions.truncate(MAX_SUGGESTIONS);
            let words = found.unknown.into_iter().map(|unknown| unknown.typed).collect::<Vec<_>>();
            let words = if words.is_empty() { vec![text.trim().to_string()] } else { words };
            return fail(Problem::Unknown, words, suggestions);
        }
        // As typed, but styles last, as one says it.
        let mut order: Vec<usize> = Vec::new();
        for number in typed {
            if !order.contains(&number) {
                order.push(number);
            }
        }
        order.sort_by_key(|&number| number < self.styles);
        found.label = join(order.iter().map(|&number| self.words[number].as_str()));
        Ok(found)
    }

    /// Whether some word is known in another language only; then those that are known in both are taken for it, too:
    /// “die” is little in “die Katze”, and “chat” a cat in “chat rouge”.
    fn is_abroad(&self, tokens: &[Token<'_>]) -> bool {
        tokens.iter().enumerate().any(|(i, token)| {
            let small = is_in(FILLERS, &token.plain) || is_in(NEGATIONS, &token.plain);
            let foreign = || self.foreign.phrase(&tokens[i..=i], 1).is_some_and(|(_, words)| !words.is_empty());
            let form = || self.mended(token).is_none() && self.foreign.inflected(&token.plain).is_some();
            !small && self.exact(token).is_none() && (foreign() || form())
        })
    }

    /// What the next words mean, and how many of them it took.
    fn meaning(&self, tokens: &[Token<'_>], abroad: bool) -> Option<(usize, Meaning)> {
        let token = tokens.first()?;
        let plainly = |number: usize| Meaning { words: vec![number], ..Meaning::default() };
        // “flat style” names a style even where “flat” is a word for something else.
        let style = tokens.get(1).is_some_and(|next| is_in(" style look emoji ", &next.word));
        if let Some(&number) = self.aliases.get(&token.plain).filter(|_| style) {
            return Some((2, plainly(number)));
        }
        if let Some((length, words)) = self.foreign.phrase(tokens, if abroad { 1 } else { 2 }) {
            return Some((length, self.abroad(words)));
        }
        if let Some(number) = self.exact(token) {
            let filler = is_in(FILLERS, &token.plain) && number >= self.styles;
            return (!filler).then(|| (1, plainly(number)));
        }
        if is_in(FILLERS, &token.plain) || is_in(FILLERS, &token.word) {
            return None;
        }
        if let Some(&number) = self.aliases.get(&token.plain) {
            return Some((1, plainly(number)));
        }
        if let Some((length, words)) = self.foreign.phrase(&tokens[..1], 1) {
            return Some((length, self.abroad(words)));
        }
        if let Some(Run { words, against }) = self.foreign.symbols(&token.plain, |word| self.turns(word)) {
            return Some((1, Meaning { against, ..self.translated(words) }));
        }
        let inflected = || self.foreign.inflected(&token.plain).map(|words| self.abroad(words));
        self.mended(token).or_else(inflected).map(|meaning| (1, meaning))
    }

    fn exact(&self, token: &Token<'_>) -> Option<usize> {
        self.numbers.get(&key(token)).or_else(|| self.numbers.get(&token.plain)).copied()
    }

    /// Whether a word turns away what is said with it.
    fn turns(&self, number: usize) -> bool {
        self.words.get(number).is_some_and(|word| is_in(NEGATIONS, word))
    }

    /// What a foreign word means: words to draw, nothing, or that the next ones are turned away.
    fn abroad(&self, words: &[usize]) -> Meaning {
        if words.iter().any(|&number| self.turns(number)) {
            return Meaning { turns: true, ..Meaning::default() };
        }
        self.translated(words.to_vec())
    }

    fn translated(&self, words: Vec<usize>) -> Meaning {
        let meant = join(words.iter().map(|&number| self.words[number].as_str()));
        Meaning { words, corrected: Some(meant), ..Meaning::default() }
    }

    /// What a word that nobody knows must be: two written together, or a slip.
    fn mended(&self, token: &Token<'_>) -> Option<Meaning> {
        self.compound(token).or_else(|| self.slip(token))
    }

    /// Two known words written together.
    fn compound(&self, token: &Token<'_>) -> Option<Meaning> {
        let (start, end) = (SHORTEST_PART, token.plain.len().checked_sub(SHORTEST_PART)?);
        let cut = (start..=end).filter(|&cut| token.plain.is_char_boundary(cut)).find_map(|cut| {
            let (first, second) = token.plain.split_at(cut);
            let number =
                |part: &str| tokens(part).first().and_then(|token| self.exact(token)).filter(|&n| n >= self.styles);
            Some(vec![number(first)?, number(second)?])
        })?;
        Some(self.translated(cut))
    }

    /// The one word that this one surely is a slip for.
    fn slip(&self, token: &Token<'_>) -> Option<Meaning> {
        let cost = |word: &str| slip(&token.plain, word).into_iter().chain(slip(&token.word, word)).min();
        let reached: Vec<(usize, usize)> =
            self.words.iter().enumerate().filter_map(|(n, word)| cost(word).map(|cost| (cost, n))).collect();
        let best = reached.iter().map(|&(cost, _)| cost).min()?;
        let mut nearest = reached.into_iter().filter(|&(cost, _)| cost == best).map(|(_, number)| number);
        // Words are sorted by frequency, but where two are equally near nobody can be sure.
        let (number, other) = (nearest.next()?, nearest.next());
        other.is_none().then(|| self.translated(vec![number]))
    }

    /// The nearest words that are known, nearest first.
    fn near(&self, token: &Token<'_>) -> Vec<String> {
        let reach = (token.plain.chars().count() / 3).max(1);
        let mut near: Vec<(usize, &String)> = self
            .words
            .iter()
            .filter(|word| word.chars().count() > 2)
            .map(|word| (distance(&token.plain, word), word))
            .filter(|&(apart, _)| apart <= reach)
            .collect();
        near.sort_by_key(|&(apart, _)| apart);
        near.into_iter().take(MAX_SUGGESTIONS).map(|(_, word)| word.clone()).collect()
    }
}

/// What a few words mean.
#[derive(Default)]
struct Meaning {
    /// Words to draw.
    words: Vec<usize>,
    /// Words to keep away from.
    against: Vec<usize>,
    /// Whether what follows is turned away.
    turns: bool,
    /// How they were meant, where it is not as typed.
    corrected: Option<String>,
}

/// A word as it is compared.
fn compared(word: &str) -> String {
    tokens(word).first().map_or_else(|| word.to_string(), key)
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&str; 15] = [
        "noto", "fluent", "cat", "red", "angry", "fire", "truck", "birthday", "cake", "shoe", "flat", "leaf", "crab",
        "crib", "without",
    ];

    fn vocabulary() -> Vocabulary {
        let aliases = BTreeMap::from([("flat".to_string(), 1), ("google".to_string(), 0)]);
        let mut vocabulary = Vocabulary::new(WORDS.map(String::from).to_vec(), 2, aliases);
        let german = [
            ("katze", vec![2]),
            ("böse", vec![4]),
            ("feuerwehrauto", vec![5, 6, 99]),
            ("die", vec![]),
            ("flat", vec![9]),
            ("ohne", vec![14]),
        ];
        vocabulary.learn(german.map(|(word, numbers)| (word.to_string(), numbers)).into());
        vocabulary
            .learn([("猫", vec![2]), ("赤い", vec![3])].map(|(word, numbers)| (word.to_string(), numbers)).into());
        vocabulary
    }

    fn words(text: &str) -> Vec<&'static str> {
        vocabulary().understand(text).unwrap().words.into_iter().map(|n| WORDS[n]).collect()
    }

    #[test]
    fn words_are_found_in_any_form_and_order() {
        assert_eq!(words("an angry red cat"), ["cat", "red", "angry"]);
        assert_eq!(words("Leaves, please!"), ["leaf"]);
        assert_eq!(words("CATS' birthday-cake"), ["cat", "birthday", "cake"]);
        assert_eq!(words("cat cat cats"), ["cat"]);
    }

    #[test]
    fn styles_have_other_names_and_come_last() {
        let found = vocabulary().understand("flat style red cat").unwrap();
        assert_eq!((found.words, found.label.as_str()), (vec![1, 2, 3], "red cat fluent"));
        assert_eq!(words("a flat shoe"), ["shoe", "flat"], "without “style” it is a word like others");
        assert_eq!(words("cat by google"), ["noto", "cat"]);
    }

    #[test]
    fn slips_compounds_and_other_languages_are_read_and_said() {
        let found = vocabulary().understand("firetruck birhtday").unwrap();
        let said: Vec<_> = found.corrected.iter().map(|c| (c.typed.as_str(), c.meant.as_str())).collect();
        assert_eq!(said, [("firetruck", "fire truck"), ("birhtday", "birthday")]);
        assert_eq!(words("böse Katze"), ["cat", "angry"]);
        assert_eq!(
            (words("die flat Katzen"), words("flat")),
            (vec!["cat", "shoe"], vec!["flat"]),
            "one foreign word makes others so"
        );
        let found = vocabulary().understand("Katze ohne die böse").unwrap();
        assert_eq!((found.words, found.against), (vec![2], vec![4]));
        assert_eq!(words("Feuerwehrauto"), ["fire", "truck"], "meanings beyond the vocabulary are dropped");
        assert_eq!(words("赤い猫の"), ["cat", "red"]);
    }

    #[test]
    fn what_is_turned_away_and_what_is_unknown_is_said() {
        let found = vocabulary().understand("cat without fire, zorgle").unwrap();
        assert_eq!((found.words, found.against), (vec![2], vec![5]));
        assert_eq!(found.unknown, [Unknown { typed: "zorgle".into(), near: vec![] }]);
        let found = vocabulary().understand("cat crob").unwrap();
        assert_eq!(found.unknown[0].near, ["crab", "crib"], "two are equally near, so nobody can be sure");
        let error = vocabulary().understand("crob").unwrap_err();
        assert_eq!((error.code(), error.suggestions.len()), ("prompt-unknown", 2));
        assert_eq!(vocabulary().understand(" ,! ").unwrap_err().code(), "prompt-empty");
        assert_eq!(vocabulary().understand(&"x".repeat(500)).unwrap_err().code(), "prompt-too-long");
        assert_eq!(vocabulary().understand("no cat").unwrap_err().code(), "prompt-unknown", "nothing left to draw");
    }

    proptest! {
        #[test]
        fn no_word_vanishes(text in "\\PC{0,60}") {
            if let Ok(found) = vocabulary().understand(&text) {
                prop_assert!(!found.words.is_empty() && found.words.iter().all(|&n| n < WORDS.len()));
                let said = [found.used, found.ignored, found.unknown.into_iter().map(|u| u.typed).collect()].concat().join(" ");
                for token in tokens(&text) {
                    let small = is_in(FILLERS, &token.word) || is_in(FILLERS, &token.plain) || is_in(NEGATIONS, &token.plain) || is_in(" die ohne ", &token.plain);
                    let told = said.contains(token.typed);
                    prop_assert!(small || told || is_in(" style look emoji ", &token.word), "{} is lost", token.typed);
                }
            }
        }
    }
}

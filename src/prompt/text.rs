//! Free text to words of a vocabulary: “an angry red cats' party, flat style, no hat” is {angry, red, cat, party}, in a
//! style, and away from {hat}. Nothing is dropped in silence: [`Understood`] says which words were used, which slips were
//! mended, which words of other languages were read as what, and which words are not known, with the nearest that are.
//!
//! A word is looked up as it is compared ([`super::words::key`]), then as a style, as a word of the other language that the
//! prompt is read in, if any, as two known words written together, and last as a slip. What is left over is unknown. What a
//! prompt means hangs on itself and on the languages tried, and on no prompt before it ([`Vocabulary::read`]).

use super::flag::{FlagOf, is_country};
use super::foreign::{EMOJI, Foreign, Symbols};
use super::pictograph::is_emoji;
use super::spelling::{HAND, Token, distance, nearest, slip, tokens};
use super::understood::doubts;
use super::words::{LITTLE, is_in, key};
use super::{Correction, FILLERS, MAX_PROMPT, MAX_SUGGESTIONS, NEGATIONS, Problem, PromptError};
use std::collections::BTreeMap;
use std::slice;

pub use super::foreign::{Language, Reader, likely};
pub use super::understood::{Understood, Unknown};

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
    languages: Vec<(String, Foreign)>,
}

impl Vocabulary {
    /// Knows `words`, the first `styles` of which name styles; `aliases` are other words for them.
    pub fn new(words: Vec<String>, styles: usize, aliases: BTreeMap<String, usize>) -> Self {
        let mut numbers = BTreeMap::new();
        for (n, word) in words.iter().enumerate().rev() {
            numbers.insert(compared(word), n);
        }
        Vocabulary { words, numbers, styles, aliases, languages: Vec::new() }
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether it knows no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Learns what the words of another language mean, by its name (`de`); meanings beyond the vocabulary are dropped.
    pub fn learn(&mut self, name: &str, language: Language) {
        self.languages.retain(|(known, _)| known != name);
        self.languages.push((name.into(), Foreign::new(language, self.words.len())));
    }

    fn language(&self, name: &str) -> Option<&Foreign> {
        self.languages.iter().find(|(known, _)| known == name).map(|(_, foreign)| foreign)
    }

    /// What `text` asks for, in the vocabulary's own language and in emoji, if those were learnt.
    ///
    /// # Errors
    /// [`PromptError`] where it is empty, too long, or holds no known word to draw.
    pub fn understand(&self, text: &str) -> Result<Understood, PromptError> {
        self.understand_in(text, "")
    }

    /// What `text` asks for in the vocabulary's own language or, where words of it are not known there, in that language of
    /// the reader which knows the most of it; the first of equals ([`likely`]). Where words could only be guessed (slips,
    /// compounds), the languages that somebody reads are tried, too. Languages that were not learnt are left out.
    ///
    /// # Errors
    /// As [`Vocabulary::understand`].
    pub fn read(&self, text: &str, reader: Reader<'_>) -> Result<Understood, PromptError> {
        self.reading(text, reader).1
    }

    /// The language that [`Vocabulary::read`] would go by next, had it been learnt.
    pub fn wants<'a>(&self, text: &str, reader: Reader<'a>) -> Option<&'a str> {
        self.reading(text, reader).0
    }

    /// The first language that is missing, and what is understood without those that are.
    fn reading<'a>(&self, text: &str, reader: Reader<'a>) -> (Option<&'a str>, Result<Understood, PromptError>) {
        let (mut best, mut missing) = (self.understand_in(text, ""), None);
        // Whether the best is in a language that somebody reads; the vocabulary's own is.
        let mut ours = true;
        for language in likely(text, reader) {
            let [unknown, guessed, forms] = doubts(&best, ours);
            if unknown == 0 && (guessed + forms == 0 || !reader.reads(language)) {
                break;
            }
            if self.language(language).is_none() {
                missing = missing.or(Some(language));
                continue;
            }
            let (next, read) = (self.understand_in(text, language), reader.reads(language));
            if doubts(&next, read) < doubts(&best, ours) {
                (best, ours) = (next, read);
            }
        }
        (missing, best)
    }

    /// What `text` asks for, words of `language` included; an empty name is that of none.
    ///
    /// # Errors
    /// As [`Vocabulary::understand`].
    pub fn understand_in(&self, text: &str, language: &str) -> Result<Understood, PromptError> {
        let none = Foreign::default();
        let foreign = self.language(language).unwrap_or(&none);
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
        let names = tokens.iter().any(|token| self.is_flag(token, foreign));
        let tongue = Tongue { foreign, abroad: self.is_abroad(&tokens, foreign), names };
        let mut negated = false;
        let mut i = 0;
        while i < tokens.len() {
            let token = &tokens[i];
            negated &= !token.after_break;
            if is_in(NEGATIONS, &token.plain) {
                negated = true;
            } else if names && is_country(&tokens, i, |token| self.is_flag(token, foreign)) {
                found.unknown.push(Unknown { typed: token.typed.into(), near: Vec::new() });
                negated = false;
            } else if let Some((length, meaning)) = self.meaning(&tokens[i..], tongue) {
                if meaning.words.is_empty() && meaning.against.is_empty() {
                    // A little word of another language; one that turns away is none.
                    negated |= meaning.turns;
                    i += length;
                    continue;
                }
                let typed = join(tokens[i..i + length].iter().map(|token| token.typed));
                found.guessed += usize::from(meaning.guessed);
                found.forms += usize::from(meaning.form);
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
            } else if let Some((name, flag, meaning)) = self.flag_of(token, foreign) {
                found.unknown.push(Unknown { typed: name.into(), near: Vec::new() });
                found.corrected.extend(meaning.corrected.map(|meant| Correction { typed: flag.into(), meant }));
                let (list, said) = if negated {
                    (&mut found.against, &mut found.ignored)
                } else {
                    (&mut found.words, &mut found.used)
                };
                list.extend(meaning.words);
                said.push(flag.into());
                negated = false;
            } else if !is_in(FILLERS, &token.word) && !is_in(FILLERS, &token.plain) && !is_in(LITTLE, &token.plain) {
                // Near a country's name stand words for anything but countries.
                let near = if names { Vec::new() } else { self.near(token) };
                found.unknown.push(Unknown { typed: token.typed.into(), near });
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
        for style in [false, true] {
            for &number in typed.iter().filter(|&&number| (number < self.styles) == style) {
                if !order.contains(&number) {
                    order.push(number);
                }
            }
        }
        found.label = join(order.iter().map(|&number| self.words[number].as_str()));
        Ok(found)
    }

    /// Whether the prompt is in another language: more of it is known there than is not, and some of it there alone. Then words
    /// that are known in both are taken for it, too: “die” is little in “die Katze”, and “chat” a cat in “chat noir”; in “a
    /// cat on a sofa” the small words stay what they are.
    fn is_abroad(&self, tokens: &[Token<'_>], foreign: &Foreign) -> bool {
        let (mut known, mut strange, mut alone) = (0, 0, false);
        // Small words are much alike: “in” and “a” are words of several languages.
        let small = |token: &Token<'_>| is_in(FILLERS, &token.plain) || is_in(NEGATIONS, &token.plain);
        for (i, token) in tokens.iter().enumerate().filter(|(_, token)| !is_emoji(&token.plain) && !small(token)) {
            let form = || self.mended(token, false).is_none() && foreign.inflected(&token.plain).is_some();
            let found = foreign.phrase(&tokens[i..=i], 1).map(|(_, words)| !words.is_empty());
            let run = || foreign.symbols(&token.plain, |word| self.turns(word)).is_some();
            let there = found.is_some() || form() || run();
            (known, strange) = (known + usize::from(there), strange + usize::from(!there));
            alone |= self.exact(token).is_none() && there && found != Some(false);
        }
        alone && known > strange
    }

    /// Whether a word means a flag. Beside it stand names of countries, for which nothing else is to be taken.
    fn is_flag(&self, token: &Token<'_>, foreign: &Foreign) -> bool {
        let Some(&flag) = self.numbers.get("flag") else { return false };
        self.exact(token) == Some(flag)
            || foreign.phrase(slice::from_ref(token), 1).is_some_and(|(_, words)| words.contains(&flag))
    }

    /// A run of signs that ends in a word for a flag: the name before it, the word for a flag, and what that means.
    fn flag_of<'a>(&self, token: &Token<'a>, foreign: &Foreign) -> Option<(&'a str, &'a str, Meaning)> {
        let flag = *self.numbers.get("flag")?;
        let turns = |words: &[usize]| words.iter().any(|&word| self.turns(word));
        let FlagOf { name, little } = foreign.flag_of(&token.plain, |words| words.contains(&flag), turns)?;
        let starts: Vec<usize> = token.typed.char_indices().map(|(start, _)| start).collect();
        // Letter by letter, as it is compared.
        let same = starts.len() == token.plain.chars().count();
        let (name, flag) =
            (&token.typed[..*starts.get(name)?], &token.typed[*starts.get(name + little).filter(|_| same)?..]);
        Some((name, flag, self.translated(foreign.known(flag)?.to_vec())))
    }

    /// What the next words mean, and how many of them it took.
    fn meaning(&self, tokens: &[Token<'_>], tongue: Tongue<'_>) -> Option<(usize, Meaning)> {
        let Tongue { foreign, abroad, names } = tongue;
        let token = tokens.first()?;
        let plainly = |number: usize| Meaning { words: vec![number], ..Meaning::default() };
        if is_emoji(&token.plain) {
            let words = self.language(EMOJI)?.emoji(&token.plain)?;
            return Some((1, self.translated(words)));
        }
        // “flat style” names a style even where “flat” is a word for something else.
        let style = tokens.get(1).is_some_and(|next| is_in(" style look emoji ", &next.word));
        if let Some(&number) = self.aliases.get(&token.plain).filter(|_| style) {
            return Some((2, plainly(number)));
        }
        if let Some((length, words)) = foreign.phrase(tokens, if abroad { 1 } else { 2 }) {
            let little = length == 1 && is_in(LITTLE, &token.plain);
            return (!little || words.is_empty()).then(|| (length, self.abroad(words)));
        }
        if let Some(number) = self.exact(token) {
            let filler = is_in(FILLERS, &token.plain) && number >= self.styles;
            return (!filler).then(|| (1, plainly(number)));
        }
        if [&token.plain, &token.word].into_iter().any(|word| is_in(FILLERS, word) || is_in(LITTLE, word)) {
            return None;
        }
        if let Some(&number) = self.aliases.get(&token.plain) {
            return Some((1, plainly(number)));
        }
        let taken = abroad || !names || self.is_flag(token, foreign);
        if let Some((length, words)) = foreign.phrase(&tokens[..1], 1).filter(|_| taken) {
            return Some((length, self.abroad(words)));
        }
        if let Some(Symbols { words, against }) = foreign.symbols(&token.plain, |word| self.turns(word)) {
            return Some((1, Meaning { against, ..self.translated(words) }));
        }
        // Only among words of its language is a word with another ending surely a form of one, and no name (“España”).
        let form = |words: &[usize]| Meaning { form: true, ..self.abroad(words) };
        let inflected = || foreign.inflected(&token.plain).filter(|_| abroad && !names).map(form);
        self.mended(token, names).or_else(inflected).map(|meaning| (1, meaning))
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

    /// What a word that nobody knows must be: two written together, or a slip; where it may be a name (“Austria”), one of
    /// the hand.
    fn mended(&self, token: &Token<'_>, names: bool) -> Option<Meaning> {
        let meaning = self.compound(token).or_else(|| self.slip(token, if names { HAND } else { usize::MAX }))?;
        Some(Meaning { guessed: true, ..meaning })
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
    fn slip(&self, token: &Token<'_>, most: usize) -> Option<Meaning> {
        let costs = |word: &str| slip(&token.plain, word).into_iter().chain(slip(&token.word, word));
        let cost = |word: &str| costs(word).min().filter(|&cost| cost <= most);
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
        let words = self.words.iter().map(String::as_str).filter(|word| word.chars().count() > 2);
        let near = words.map(|word| (distance(&token.plain, word), word)).filter(|&(apart, _)| apart <= reach);
        nearest(near, MAX_SUGGESTIONS)
    }
}

/// The other language that a prompt is read in.
#[derive(Clone, Copy)]
struct Tongue<'a> {
    foreign: &'a Foreign,
    /// Whether the prompt is in it, or has just a word of it.
    abroad: bool,
    /// Whether words that nobody knows may be names of countries.
    names: bool,
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
    /// Whether that is a guess: a slip or a compound.
    guessed: bool,
    /// Whether it is a form of another word.
    form: bool,
}

/// A word as it is compared.
fn compared(word: &str) -> String {
    tokens(word).first().map_or_else(|| word.to_string(), key)
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;

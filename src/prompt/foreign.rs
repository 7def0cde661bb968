//! Words of other languages, as the files of a pack say what they mean: by phrase, by word, by the beginning of a word
//! whose ending is another (“кошку”), and run together in scripts without spaces (“赤い猫”).

use super::spelling::{Token, tokens};
use std::collections::BTreeMap;

/// Most letters of a word in a script without spaces.
const LONGEST_SYMBOLS: usize = 12;
/// Most words of a phrase.
const PHRASE: usize = 4;
/// Letters at the end of a word that grammar may change.
const ENDING: usize = 2;
/// Letters that two forms of a word have in common, at least.
const STEM: usize = 4;

/// What the words of another language mean, as its file says: numbers of the vocabulary by word; none for little words
/// that say nothing (“und”).
pub type Language = BTreeMap<String, Vec<usize>>;

/// The words of every language that was learnt.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    meanings: BTreeMap<String, Vec<usize>>,
}

/// What a run of signs means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// Numbers of the words to draw.
    pub words: Vec<usize>,
    /// Numbers of the words to keep away from.
    pub against: Vec<usize>,
}

impl Foreign {
    /// Learns a language; meanings of `count` and beyond are dropped.
    pub fn learn(&mut self, language: Language, count: usize) {
        for (word, meanings) in language {
            let known: Vec<usize> = meanings.iter().copied().filter(|&number| number < count).collect();
            if !known.is_empty() || meanings.is_empty() {
                self.meanings.insert(join(&tokens(&word)), known);
            }
        }
    }

    /// The longest phrase of at least `least` words at the beginning of `tokens`: how many they are, and what they mean.
    pub fn phrase(&self, tokens: &[Token<'_>], least: usize) -> Option<(usize, &[usize])> {
        let lengths = (least..=tokens.len().min(PHRASE)).rev();
        lengths.filter(|&length| length > 0).find_map(|length| {
            let found = self.meanings.get(&join(&tokens[..length]));
            let singular = || tokens.first().filter(|_| length == 1).and_then(|token| self.meanings.get(&token.word));
            found.or_else(singular).map(|words| (length, words.as_slice()))
        })
    }

    /// What known words mean that are the same but for their endings: of those with the most letters in common what most
    /// of them mean, and where that is even, the more frequent word of the vocabulary.
    pub fn inflected(&self, plain: &str) -> Option<&[usize]> {
        let letters = plain.chars().count();
        let stem = letters.saturating_sub(ENDING).max(STEM);
        let shared = |word: &str| word.chars().zip(plain.chars()).take_while(|(one, other)| one == other).count();
        let alike = self.meanings.iter().filter(|(word, words)| {
            letters > STEM && !words.is_empty() && shared(word) >= stem && word.chars().count() <= letters + ENDING
        });
        let alike: Vec<(usize, &[usize])> = alike.map(|(word, words)| (shared(word), words.as_slice())).collect();
        let most = alike.iter().map(|&(shared, _)| shared).max()?;
        let mut votes = BTreeMap::<&[usize], usize>::new();
        for (_, words) in alike.into_iter().filter(|&(shared, _)| shared == most) {
            *votes.entry(words).or_default() += 1;
        }
        // Of equals the first: lists that begin with a smaller number, which is a more frequent word.
        votes.into_iter().rev().max_by_key(|&(_, votes)| votes).map(|(words, _)| words)
    }

    /// Words of a script without spaces, the longest known run first; nothing where a sign is left over. `turns` tells
    /// which meanings turn away: in Chinese what follows (“没有帽子”), in Japanese what stands before (“帽子なし”).
    pub fn symbols(&self, plain: &str, turns: impl Fn(usize) -> bool) -> Option<Run> {
        let letters: Vec<char> = plain.chars().collect();
        if letters.iter().any(|letter| !('\u{3040}'..='\u{9fff}').contains(letter)) {
            return None;
        }
        let hiragana = |letter: char| ('\u{3041}'..='\u{309f}').contains(&letter);
        let (mut run, mut last, mut turned, mut at) = (Run::default(), Vec::new(), false, 0);
        while at < letters.len() {
            let longest = (1..=LONGEST_SYMBOLS.min(letters.len() - at)).rev().find_map(|length| {
                let part: String = letters[at..at + length].iter().collect();
                self.meanings.get(&part).map(|words| (length, words))
            });
            match longest {
                Some((length, words)) => {
                    let turns = words.iter().any(|&word| turns(word));
                    let behind = letters[at..at + length].iter().any(|&letter| hiragana(letter));
                    if turns && behind {
                        run.against.append(&mut last);
                    } else if turns {
                        turned = true;
                    } else if turned && !words.is_empty() {
                        (turned, _) = (false, run.against.extend(words));
                    } else if !words.is_empty() {
                        run.words.append(&mut last);
                        last = words.clone();
                    }
                    at += length;
                }
                // Hiragana between words is grammar.
                None if hiragana(letters[at]) => at += 1,
                None => return None,
            }
        }
        run.words.append(&mut last);
        (!run.words.is_empty() || !run.against.is_empty()).then_some(run)
    }
}

fn join(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(|token| token.plain.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(words: &[(&str, &[usize])]) -> Foreign {
        let mut foreign = Foreign::default();
        foreign.learn(words.iter().map(|(word, numbers)| (word.to_string(), numbers.to_vec())).collect(), 9);
        foreign
    }

    #[test]
    fn an_ending_may_differ() {
        let known = foreign(&[("кошка", &[1]), ("кошачий", &[2]), ("katze", &[1]), ("rosa", &[3])]);
        assert_eq!(known.inflected("кошку"), Some(&[1][..]));
        assert_eq!(known.inflected("katzen"), Some(&[1][..]));
        assert_eq!((known.inflected("katapult"), known.inflected("ros")), (None, None));
        let many = foreign(&[("katzu", &[1]), ("katza", &[2]), ("katzo", &[2]), ("hundx", &[3]), ("hundu", &[2])]);
        assert_eq!(many.inflected("katzen"), Some(&[2][..]), "what most of them mean");
        assert_eq!(many.inflected("hunden"), Some(&[2][..]), "the more frequent word");
    }

    #[test]
    fn signs_without_spaces_are_parted_and_turned_away() {
        let known = foreign(&[
            ("猫", &[1]),
            ("帽子", &[2]),
            ("赤い", &[3]),
            ("红色", &[3]),
            ("なし", &[7]),
            ("没有", &[7]),
            ("一只", &[]),
            ("的", &[]),
        ]);
        let run = |text: &str| known.symbols(text, |word| word == 7).map(|run| (run.words, run.against));
        assert_eq!(run("赤い猫"), Some((vec![3, 1], vec![])));
        assert_eq!(run("一只红色的猫没有帽子"), Some((vec![3, 1], vec![2])));
        assert_eq!(run("赤い帽子なしの猫"), Some((vec![3, 1], vec![2])));
        assert_eq!(run("猫犬"), None, "a sign is left over");
        assert_eq!(run("cat"), None);
    }
}

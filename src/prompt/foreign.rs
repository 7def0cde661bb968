//! Words of another language, as the file of a pack says what they mean: by phrase, by word, by the beginning of a word
//! whose ending is another (“кошку”), and run together in scripts without spaces (“赤い猫”). A prompt is read in one other
//! language at most; [`likely`] says in which order they are to be tried. Emoji are a language, too ([`EMOJI`]), which goes
//! with any other.

use super::pictograph;
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

/// The name of the language whose words are emoji.
pub const EMOJI: &str = "emoji";
/// Whether a letter belongs to a script.
type Script = fn(char) -> bool;
/// Languages that are written in scripts of their own. The others share the Latin one.
const SCRIPTS: [(&str, Script); 3] = [
    ("ja", |letter| matches!(letter, '\u{3041}'..='\u{30ff}')),
    ("zh", |letter| matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')),
    ("ru", |letter| matches!(letter, '\u{400}'..='\u{52f}')),
];

/// Who reads a prompt, and in which languages it can be read at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reader<'a> {
    /// The languages that there are.
    pub known: &'a [&'a str],
    /// Those that somebody reads, best first, as tags (`de-AT`).
    pub reads: &'a [&'a str],
}

impl Reader<'_> {
    /// The place of a language among those that somebody reads.
    fn rank(&self, language: &str) -> Option<usize> {
        self.reads.iter().position(|tag| tag.split(['-', '_']).next() == Some(language))
    }

    /// Whether somebody reads a language; everybody reads emoji.
    pub fn reads(&self, language: &str) -> bool {
        language == EMOJI || self.rank(language).is_some()
    }
}

/// The languages that a prompt may be in, likeliest first: by its script, or else by what the reader reads. Where it holds
/// emoji, their language comes before all.
pub fn likely<'a>(text: &str, reader: Reader<'a>) -> Vec<&'a str> {
    let written =
        |language: &str| SCRIPTS.iter().find(|(name, _)| *name == language).map(|(_, script)| text.contains(*script));
    let rank = |language: &str| reader.rank(language).unwrap_or(reader.reads.len());
    // Kana is Japanese alone; signs without kana are Chinese or Japanese, whichever is read.
    let signs = written("zh") == Some(true);
    let possible = |language: &str| match language {
        EMOJI => tokens(text).iter().any(|token| pictograph::is_emoji(&token.plain)),
        "ja" => signs || written("ja") == Some(true),
        "zh" => signs && written("ja") == Some(false),
        _ => written(language).unwrap_or(!SCRIPTS.iter().any(|(_, script)| text.contains(*script))),
    };
    // Of those that nobody reads Chinese comes before Japanese, and the others as they are known.
    let key = |language: &str| (language != EMOJI, rank(language), language == "ja");
    let mut likely: Vec<&str> = Vec::new();
    for &language in reader.known.iter().filter(|language| possible(language)) {
        let at = likely.iter().position(|other| key(other) > key(language)).unwrap_or(likely.len());
        likely.insert(at, language);
    }
    likely
}

/// The words of a language.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    meanings: BTreeMap<String, Vec<usize>>,
}

/// What a run of signs means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Symbols {
    /// Numbers of the words to draw.
    pub words: Vec<usize>,
    /// Numbers of the words to keep away from.
    pub against: Vec<usize>,
}

impl Foreign {
    /// Knows a language; meanings of `count` and beyond are dropped.
    pub fn new(language: Language, count: usize) -> Self {
        let mut meanings = BTreeMap::new();
        for (word, numbers) in language {
            let known: Vec<usize> = numbers.iter().copied().filter(|&number| number < count).collect();
            if !known.is_empty() || numbers.is_empty() {
                meanings.insert(join(&tokens(&word)), known);
            }
        }
        Foreign { meanings }
    }

    /// What a word means as it stands.
    pub fn known(&self, plain: &str) -> Option<&[usize]> {
        self.meanings.get(plain).map(Vec::as_slice)
    }

    /// What an emoji means: all of it, or else its parts.
    pub fn emoji(&self, plain: &str) -> Option<Vec<usize>> {
        let known = |emoji: &str| self.meanings.get(emoji).filter(|words| !words.is_empty()).cloned();
        known(plain).or_else(|| {
            let parts = pictograph::parts(plain).into_iter().filter_map(known).flatten().collect::<Vec<_>>();
            (!parts.is_empty()).then_some(parts)
        })
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
    pub fn symbols(&self, plain: &str, turns: impl Fn(usize) -> bool) -> Option<Symbols> {
        let letters: Vec<char> = plain.chars().collect();
        if letters.iter().any(|letter| !('\u{3040}'..='\u{9fff}').contains(letter)) {
            return None;
        }
        let hiragana = |letter: char| ('\u{3041}'..='\u{309f}').contains(&letter);
        let (mut symbols, mut last, mut turned, mut at) = (Symbols::default(), Vec::new(), false, 0);
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
                        symbols.against.append(&mut last);
                    } else if turns {
                        turned = true;
                    } else if turned && !words.is_empty() {
                        (turned, _) = (false, symbols.against.extend(words));
                    } else if !words.is_empty() {
                        symbols.words.append(&mut last);
                        last = words.clone();
                    }
                    at += length;
                }
                // Hiragana between words is grammar.
                None if hiragana(letters[at]) => at += 1,
                None => return None,
            }
        }
        symbols.words.append(&mut last);
        (!symbols.words.is_empty() || !symbols.against.is_empty()).then_some(symbols)
    }
}

fn join(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(|token| token.plain.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(words: &[(&str, &[usize])]) -> Foreign {
        Foreign::new(words.iter().map(|(word, numbers)| (word.to_string(), numbers.to_vec())).collect(), 9)
    }

    #[test]
    fn scripts_and_readers_say_which_language() {
        let known = ["de", "emoji", "fr", "ja", "ru", "zh"];
        let order = |text, read: &[&str]| likely(text, Reader { known: &known, reads: read }).join(" ");
        assert_eq!(order("Katze", &["en-GB", "fr"]), "fr de");
        assert_eq!(order("кошка", &["de"]), "ru");
        assert_eq!((order("猫", &["de"]), order("猫", &["ja-JP"])), ("zh ja".into(), "ja zh".into()));
        assert_eq!(order("赤い猫", &["zh"]), "ja");
        assert_eq!(order("🐱 mit Hut", &["fr"]), "emoji fr de");
    }

    #[test]
    fn an_emoji_is_known_whole_or_by_its_parts() {
        let known = foreign(&[("👩‍🚀", &[1]), ("👩", &[2]), ("🌾", &[3]), ("❤️", &[4]), ("🏃", &[5])]);
        let means = |emoji: &str| known.emoji(&tokens(emoji)[0].plain);
        assert_eq!((means("👩🏽‍🚀"), means("👩‍🌾")), (Some(vec![1]), Some(vec![2, 3])));
        assert_eq!((means("❤"), means("❤️"), means("🏃🏻‍♂️")), (Some(vec![4]), Some(vec![4]), Some(vec![5])));
        assert_eq!(means("🐱"), None);
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
        let read = |text: &str| known.symbols(text, |word| word == 7).map(|found| (found.words, found.against));
        assert_eq!(read("赤い猫"), Some((vec![3, 1], vec![])));
        assert_eq!(read("一只红色的猫没有帽子"), Some((vec![3, 1], vec![2])));
        assert_eq!(read("赤い帽子なしの猫"), Some((vec![3, 1], vec![2])));
        assert_eq!(read("猫犬"), None, "a sign is left over");
        assert_eq!(read("cat"), None);
    }
}

//! What the words of other languages mean. `emojibase-data` names each emoji in many languages, so two words mean the
//! same where they stand at the same emoji. [`dictionary`] reads the English words for a foreign one off from that: from
//! how much their sets of emoji agree (Jaccard's coefficient), and from which words explain which best, all emoji taken
//! together (model 1 of Brown et al., The Mathematics of Statistical Machine Translation, 1993, both ways). Colours, little
//! words and a few others that emoji cannot tell stand in `hand.json`.

use super::join::{Local, code};
use morphogen::prompt::pictograph::is_emoji;
use morphogen::prompt::spelling::{distance, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// The languages, as `emojibase-data` names them.
pub const LANGUAGES: [&str; 8] = ["de", "fr", "es", "it", "pt", "ja", "zh", "ru"];

/// Words by language, English word and foreign words between spaces; the English word "" is for words that say nothing, and
/// [`NAMES`] for those of which emoji tell something else.
const HAND: &str = include_str!("hand.json");
/// Names of countries: “France” stands at the cyclist of its tour alone.
const NAMES: &str = "?";
/// Everyday words by language, with what they mean; they come before what was read off.
const EVERYDAY: &str = include_str!("../../../vocabulary/everyday-words.json");
/// How much a word of a label counts, beside one of the keywords.
const IN_LABEL: f64 = 2.0;
/// Most words of a phrase that is a word of its own.
const PHRASE: usize = 4;
/// Most English words for one foreign word.
const MOST: usize = 3;
/// Score below which a meaning is a guess.
const SURE: f64 = 0.55;
/// A second meaning counts if it is nearly as good as the first.
const SECOND: f64 = 0.85;
/// Passes of expectation and maximisation.
const PASSES: usize = 8;

/// The English words of one emoji.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct English {
    /// Numbers of the words of its label, in order.
    pub label: Vec<usize>,
    /// Numbers of its keywords.
    pub tags: Vec<usize>,
}

/// Foreign words by how they are compared, with the numbers of the English words that mean the same; those of small words
/// that say nothing are empty.
pub type Dictionary = BTreeMap<String, Vec<usize>>;

/// A foreign text as words are compared: “Gâteau d’anniversaire” is `gateau danniversaire`.
fn folded(text: &str) -> String {
    tokens(text).iter().map(|token| token.plain.as_str()).collect::<Vec<_>>().join(" ")
}

/// The words of an emoji in another language, with how much each counts: whole keywords, and the words in them.
fn terms(local: &Local) -> BTreeMap<String, f64> {
    let mut terms = BTreeMap::new();
    for (text, weight) in local.tags.iter().map(|tag| (tag, 1.0)).chain([(&local.label, IN_LABEL)]) {
        let words: Vec<_> = tokens(text).into_iter().filter(|token| !is_emoji(&token.plain)).collect();
        let whole = folded(text);
        let parts = words.iter().map(|token| token.plain.clone());
        for term in parts.chain((words.len() <= PHRASE && weight < IN_LABEL).then_some(whole)) {
            let counted: &mut f64 = terms.entry(term).or_insert(weight);
            *counted = counted.max(weight);
        }
    }
    terms.remove("");
    terms
}

/// One emoji in both languages: words with what they count, and for each foreign word and each English one the number of
/// their link.
struct Sentence {
    foreign: Vec<(usize, f64)>,
    english: Vec<(usize, f64)>,
    links: Vec<usize>,
}

/// How well each link explains one side by the other: model 1, after [`PASSES`].
fn explain(sentences: &[Sentence], links: &[(usize, usize)], backwards: bool) -> Vec<f64> {
    let sources = links.iter().map(|&(foreign, english)| if backwards { english } else { foreign });
    let sources: Vec<usize> = sources.collect();
    let count = sources.iter().max().map_or(0, |most| most + 1);
    let mut share = vec![1.0; links.len()];
    for _ in 0..PASSES {
        let (mut joint, mut alone) = (vec![0.0; links.len()], vec![0.0; count]);
        for Sentence { foreign, english, links } in sentences {
            let (from, to) = if backwards { (english, foreign) } else { (foreign, english) };
            let link = |source: usize, target: usize| {
                let (row, column) = if backwards { (target, source) } else { (source, target) };
                links[row * english.len() + column]
            };
            for (target, (_, counts)) in to.iter().enumerate() {
                let all: f64 = from.iter().enumerate().map(|(n, (_, weight))| share[link(n, target)] * weight).sum();
                if all > 0.0 {
                    for (n, (source, weight)) in from.iter().enumerate() {
                        let part = share[link(n, target)] * weight / all * counts;
                        joint[link(n, target)] += part;
                        alone[*source] += part;
                    }
                }
            }
        }
        for ((share, joint), source) in share.iter_mut().zip(joint).zip(&sources) {
            *share = if alone[*source] > 0.0 { joint / alone[*source] } else { 0.0 };
        }
    }
    share
}

/// The dictionary of a language: `locals` are its words by emoji, `emoji` the English ones by code, as numbers of
/// `vocabulary`.
pub fn dictionary(
    language: &str,
    locals: &[Local],
    emoji: &BTreeMap<String, English>,
    vocabulary: &[String],
) -> Dictionary {
    let pairs: Vec<(&Local, &English)> =
        locals.iter().filter_map(|local| emoji.get(&code(&local.hexcode)).map(|english| (local, english))).collect();
    let (mut names, mut ids) = (Vec::new(), BTreeMap::<String, usize>::new());
    let mut numbers = BTreeMap::<(usize, usize), usize>::new();
    let mut sentences = Vec::new();
    for (local, words) in &pairs {
        let mut foreign = Vec::new();
        for (term, weight) in terms(local) {
            let id = *ids.entry(term.clone()).or_insert(names.len());
            if id == names.len() {
                names.push(term);
            }
            foreign.push((id, weight));
        }
        let english =
            words.label.iter().map(|&word| (word, IN_LABEL)).chain(words.tags.iter().map(|&word| (word, 1.0)));
        let english: Vec<(usize, f64)> = english.collect();
        let mut links = Vec::with_capacity(foreign.len() * english.len());
        for &(foreign, _) in &foreign {
            for &(english, _) in &english {
                let next = numbers.len();
                links.push(*numbers.entry((foreign, english)).or_insert(next));
            }
        }
        sentences.push(Sentence { foreign, english, links });
    }
    let mut links = vec![(0, 0); numbers.len()];
    numbers.iter().for_each(|(&link, &number)| links[number] = link);

    let (there, back) = (explain(&sentences, &links, false), explain(&sentences, &links, true));
    // Of every link: what both words have in common, and how often the English one is in the label.
    let (mut common, mut labelled) = (vec![0.0; links.len()], vec![0.0; links.len()]);
    let (mut ours, mut theirs) = (vec![0.0; names.len()], vec![0.0; vocabulary.len()]);
    let mut places = vec![0usize; names.len()];
    for Sentence { foreign, english, links } in &sentences {
        for (row, &(term, weight)) in foreign.iter().enumerate() {
            (ours[term], places[term]) = (ours[term] + weight, places[term] + 1);
            for (column, &(_, counts)) in english.iter().enumerate() {
                let link = links[row * english.len() + column];
                common[link] += weight.min(counts);
                labelled[link] += if counts == IN_LABEL { weight } else { 0.0 };
            }
        }
        english.iter().for_each(|&(word, counts)| theirs[word] += counts);
    }
    let mut meanings: Vec<Vec<(f64, usize)>> = vec![Vec::new(); names.len()];
    for (n, &(term, word)) in links.iter().enumerate() {
        let agreement = common[n] / (ours[term] + theirs[word] - common[n]);
        let (longer, apart) =
            (names[term].chars().count().max(vocabulary[word].len()), distance(&names[term], &vocabulary[word]));
        let alike = 1.0 - apart as f64 / longer as f64;
        // “af” and “bs” are said of much and mean little.
        let slang = if vocabulary[word].len() <= 2 { 0.3 } else { 0.0 };
        let score = (there[n] * back[n]).sqrt() + agreement + 0.5 * labelled[n] / ours[term] + 0.2 * alike - slang;
        meanings[term].push((score, word));
    }

    let mut dictionary = Dictionary::new();
    for (term, mut found) in meanings.into_iter().enumerate() {
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let Some(&(best, first)) = found.first().filter(|(score, _)| *score >= SURE) else { continue };
        let mut words: Vec<usize> =
            found.iter().take(2).filter(|(score, _)| *score >= SECOND * best).map(|&(_, word)| word).collect();
        if places[term] == 1 {
            // What is said of one emoji only, and by its label, means the label: “birthday cake”.
            let label =
                sentences.iter().zip(&pairs).find(|(sentence, _)| sentence.foreign.iter().any(|&(id, _)| id == term));
            if let Some((_, (_, words_of))) =
                label.filter(|(_, (_, words))| words.label.contains(&first) && words.label.len() <= MOST)
            {
                words = words_of.label.clone();
            }
        }
        dictionary.insert(names[term].clone(), words);
    }
    for (local, words) in &pairs {
        let whole = folded(&local.label);
        if whole.contains(' ') && whole.split(' ').count() <= PHRASE && (1..=MOST).contains(&words.label.len()) {
            dictionary.insert(whole, words.label.clone());
        }
    }
    by_hand(language, vocabulary, &mut dictionary);
    // A word that is the same in English need not be said.
    dictionary.retain(|term, words| !matches!(words[..], [only] if vocabulary[only] == *term));
    dictionary
}

/// What each emoji means: the words of its name. `emoji` are English words by code.
pub fn signs(emoji: &BTreeMap<String, English>) -> Dictionary {
    let sign = |code: &str| -> Option<String> {
        code.split('-').map(|point| u32::from_str_radix(point, 16).ok().and_then(char::from_u32)).collect()
    };
    let named = emoji.iter().filter(|(_, english)| !english.label.is_empty());
    named.filter_map(|(code, english)| Some((folded(&sign(code)?), english.label.clone()))).collect()
}

/// Enters what is known by hand of the language.
fn by_hand(language: &str, vocabulary: &[String], dictionary: &mut Dictionary) {
    let hand: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(HAND).unwrap_or_default();
    for (english, foreign) in hand.get(language).into_iter().flatten() {
        let number = vocabulary.iter().position(|word| word == english);
        if english == NAMES {
            dictionary.retain(|word, _| !foreign.split(' ').any(|name| folded(name) == *word));
        }
        if number.is_some() || english.is_empty() {
            for word in foreign.split(' ') {
                dictionary.insert(folded(word), number.into_iter().collect());
            }
        }
    }
    let everyday: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(EVERYDAY).unwrap_or_default();
    for (foreign, english) in everyday.get(language).into_iter().flatten() {
        let numbers = english.split(' ').map(|word| vocabulary.iter().position(|known| known == word));
        if let Some(numbers) = numbers.collect::<Option<Vec<usize>>>() {
            dictionary.insert(folded(foreign), numbers);
        }
    }
}

/// How many different English words a dictionary reaches.
pub fn reach(dictionary: &Dictionary) -> usize {
    dictionary.values().flatten().collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 9] = ["cat", "red", "heart", "birthday", "cake", "animal", "dog", "no", "without"];

    fn local(hexcode: &str, label: &str, tags: &str) -> Local {
        let tags = tags.split('|').filter(|tag| !tag.is_empty()).map(String::from).collect();
        Local { hexcode: hexcode.into(), label: label.into(), tags }
    }

    fn german() -> Dictionary {
        let numbers = |text: &str| -> Vec<usize> {
            text.split_whitespace().map(|word| WORDS.iter().position(|known| *known == word).unwrap()).collect()
        };
        let emoji = [
            ("1", "cat", "animal"),
            ("2", "red heart", ""),
            ("3", "birthday cake", ""),
            ("4", "dog", "animal"),
            ("5", "heart", ""),
            ("6", "red cat", ""),
        ];
        let english =
            emoji.map(|(code, label, tags)| (code.to_string(), English { label: numbers(label), tags: numbers(tags) }));
        let locals = [
            local("0001", "Katze", "tier|miau"),
            local("2-FE0F", "rotes Herz", "herz"),
            local("3", "Geburtstagskuchen", "Torte für dich"),
            local("4", "Hund", "tier"),
            local("5", "Herz", ""),
            local("6", "rotes Kätzchen", "katze"),
            local("7", "niemand", ""),
        ];
        dictionary("de", &locals, &english.into(), &WORDS.map(String::from))
    }

    #[test]
    fn words_that_stand_at_the_same_emoji_mean_the_same() {
        let dictionary = german();
        for (foreign, expected) in [
            ("katze", "cat"),
            ("hund", "dog"),
            ("herz", "heart"),
            ("tier", "animal"),
            ("geburtstagskuchen", "birthday cake"),
            ("rotes herz", "red heart"),
        ] {
            let words: Vec<&str> = dictionary[foreign].iter().map(|&word| WORDS[word]).collect();
            assert_eq!(words.join(" "), expected, "{foreign}");
        }
        assert!(!dictionary.contains_key("niemand"));
        assert!(reach(&dictionary) >= 7);
    }

    #[test]
    fn an_emoji_means_its_name() {
        let english = |label: &[usize]| English { label: label.to_vec(), tags: vec![5] };
        let emoji = [("1f431", english(&[0])), ("1f468-200d-1f33e", english(&[3, 4])), ("2764", english(&[]))];
        let signs = signs(&emoji.map(|(code, english)| (code.to_string(), english)).into());
        assert_eq!(signs, [("🐱".to_string(), vec![0]), ("👨‍🌾".to_string(), vec![3, 4])].into());
    }

    #[test]
    fn colours_and_little_words_are_known_by_hand() {
        let dictionary = german();
        assert_eq!(
            (dictionary["roter"].as_slice(), dictionary["ohne"].as_slice(), dictionary["und"].as_slice()),
            (&[1][..], &[8][..], &[][..])
        );
        let hand: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(HAND).unwrap();
        assert_eq!(hand.keys().map(String::as_str).collect::<BTreeSet<_>>(), LANGUAGES.into());
        for words in hand.values() {
            let colours = super::super::colour::COLOURS.iter();
            assert!(colours.chain(&["without", ""]).all(|word| words.contains_key(*word)), "{words:?}");
        }
    }
}

//! What training never sees, so that one can tell whether a network understood or remembered: of some emoji one style,
//! and some pairs of words altogether. [`choose`] decides by hashes of names, so the choice stays as it is when an emoji
//! is added.

use morphogen::prompt::words::is_in;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Emoji of which one style is held out.
pub const HELD_STYLES: usize = 100;
/// Pairs of words that are held out.
pub const HELD_PAIRS: usize = 100;
/// Labels in training that each word of such a pair occurs in, at least.
pub const SEEN_APART: usize = 3;
/// Emoji that one pair may hold out.
const MOST_EMOJI: usize = 3;
/// Further emoji whose keywords or colours join the pair; their captions lose one of the two words.
const MOST_LOOSENED: usize = 8;
/// Pairs that one word may be part of.
const PAIRS_PER_WORD: usize = 8;
/// Pairs that may come from one subgroup of Unicode.
const PAIRS_PER_SUBGROUP: usize = 10;
/// Words that a picture of this size hardly shows, or that only come with another: a pair with one of them asks nothing
/// of a network.
const UNSEEN: &str = " behind blood button cane card down eight facing gesturing getting high hollow hot index japanese \
    keycap large latin left low manual mark medium mobile motorized oclock one playing pointed right sign slightly small \
    suit symbol thirty two type up wearing wheelchair worker ";

/// An emoji as this module sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Code points.
    pub code: String,
    /// Subgroup of Unicode.
    pub subgroup: String,
    /// Words of the label.
    pub label: Vec<String>,
    /// Every word of every caption: label, tags and colours.
    pub caption: BTreeSet<String>,
}

/// What of an emoji is held out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// Nothing.
    Nothing,
    /// One style.
    Style(usize),
    /// All, because of these two words.
    Composition([String; 2]),
}

/// The first eight bytes of SHA-256.
fn hash(text: &str) -> u64 {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(0, |hash, &byte| hash << 8 | u64::from(byte))
}

/// Decides for each subject. A pair is eligible if few labels join its words, few other captions do, and each word
/// remains in [`SEEN_APART`] labels; every emoji whose label joins the two is held out. The `styles` count from 0.
pub fn choose(subjects: &[Subject], styles: usize) -> Vec<Hold> {
    let mut held = vec![Hold::Nothing; subjects.len()];
    hold_pairs(subjects, &mut held);
    let mut order: Vec<usize> = (0..subjects.len()).filter(|&n| held[n] == Hold::Nothing).collect();
    order.sort_by_key(|&n| hash(&format!("style:{}", subjects[n].code)));
    for n in order.into_iter().take(HELD_STYLES) {
        held[n] = Hold::Style((hash(&format!("which:{}", subjects[n].code)) % styles.max(1) as u64) as usize);
    }
    held
}

/// Emoji by pair of words, the words in order of the alphabet.
type Pairs<'a> = BTreeMap<[&'a str; 2], Vec<usize>>;

/// Emoji that hold both words, for each pair among the words that `words` gives.
fn pairs<'a>(subjects: &'a [Subject], words: impl Fn(&'a Subject) -> Vec<&'a str>) -> Pairs<'a> {
    let mut pairs = Pairs::new();
    for (n, subject) in subjects.iter().enumerate() {
        let words: BTreeSet<&str> = words(subject).into_iter().collect();
        for one in &words {
            for other in words.range::<str, _>((std::ops::Bound::Excluded(*one), std::ops::Bound::Unbounded)) {
                pairs.entry([one, other]).or_default().push(n);
            }
        }
    }
    pairs
}

fn hold_pairs(subjects: &[Subject], held: &mut [Hold]) {
    let seen = |word: &&str| !is_in(UNSEEN, word) && word.len() > 2;
    let in_labels = pairs(subjects, |subject| subject.label.iter().map(String::as_str).filter(seen).collect());
    let in_captions = pairs(subjects, |subject| subject.caption.iter().map(String::as_str).collect());
    let mut labels: HashMap<&str, usize> = HashMap::new();
    for word in subjects.iter().flat_map(|subject| &subject.label) {
        *labels.entry(word).or_default() += 1;
    }
    let mut order: Vec<(&[&str; 2], &Vec<usize>)> = in_labels.iter().collect();
    order.sort_by_key(|(pair, _)| hash(&format!("pair:{}:{}", pair[0], pair[1])));
    let (mut count, mut uses) = (0, HashMap::<&str, usize>::new());
    let mut chosen: BTreeSet<&str> = BTreeSet::new();
    for (pair, emoji) in order {
        let free = emoji.iter().all(|&n| held[n] == Hold::Nothing);
        let loosened = in_captions.get(pair).map_or(0, |all| all.len().saturating_sub(emoji.len()));
        let subgroup = subjects[emoji[0]].subgroup.as_str();
        let used = |name: &str| uses.get(name).copied().unwrap_or(0);
        let fresh = pair.iter().all(|word| used(word) < PAIRS_PER_WORD) && used(subgroup) < PAIRS_PER_SUBGROUP;
        if count == HELD_PAIRS || emoji.len() > MOST_EMOJI || loosened > MOST_LOOSENED || !free || !fresh {
            continue;
        }
        // What would remain of every word of this and of the earlier pairs?
        let mut lost: HashMap<&str, usize> = HashMap::new();
        for word in emoji.iter().flat_map(|&n| &subjects[n].label) {
            *lost.entry(word).or_default() += 1;
        }
        let remain = |word: &&str| labels.get(word).copied().unwrap_or(0) - lost.get(word).copied().unwrap_or(0);
        if pair.iter().chain(&chosen).any(|word| remain(word) < SEEN_APART) {
            continue;
        }
        for (word, lost) in lost {
            *labels.entry(word).or_default() -= lost;
        }
        for &n in emoji {
            held[n] = Hold::Composition(pair.map(String::from));
        }
        for name in [pair[0], pair[1], subgroup] {
            *uses.entry(name).or_default() += 1;
        }
        chosen.extend(pair);
        count += 1;
    }
}

/// Takes words out of a caption that stays in training, so that it joins none of the held-out `pairs`: the one that is
/// not in the label, or the second of two such. `label` is untouched, as no label of training joins a pair.
pub fn loosen(pairs: &BTreeSet<[String; 2]>, label: &[String], tags: &mut Vec<String>, colours: &mut Vec<String>) {
    for pair in pairs {
        let has = |word: &String| label.contains(word) || tags.contains(word) || colours.contains(word);
        if pair.iter().all(has) {
            let lost = pair.iter().rev().find(|word| !label.contains(word));
            tags.retain(|word| Some(word) != lost);
            colours.retain(|word| Some(word) != lost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every two of ten words make a label; a third is a keyword.
    fn subjects() -> Vec<Subject> {
        let names = ["red", "blue", "green", "brown", "black", "cat", "dog", "hat", "car", "heart"];
        let mut subjects = Vec::new();
        for (i, one) in names.iter().enumerate() {
            for other in &names[i + 1..] {
                let label = vec![one.to_string(), other.to_string()];
                let caption = label.iter().cloned().chain([names[(i + 3) % names.len()].to_string()]).collect();
                subjects.push(Subject { code: format!("{one}-{other}"), subgroup: one.to_string(), label, caption });
            }
        }
        subjects
    }

    #[test]
    fn held_out_pairs_are_only_seen_apart() {
        let subjects = subjects();
        let held = choose(&subjects, 3);
        let pairs: BTreeSet<[String; 2]> = held
            .iter()
            .filter_map(|hold| if let Hold::Composition(pair) = hold { Some(pair.clone()) } else { None })
            .collect();
        assert!(pairs.len() >= 5, "{pairs:?}");
        let trained = || subjects.iter().zip(&held).filter(|(_, hold)| !matches!(hold, Hold::Composition(_)));
        for word in pairs.iter().flatten() {
            assert!(trained().filter(|(subject, _)| subject.label.contains(word)).count() >= SEEN_APART, "{word}");
        }
        for (subject, _) in trained() {
            let mut tags: Vec<String> =
                subject.caption.iter().filter(|word| !subject.label.contains(word)).cloned().collect();
            let mut colours = Vec::new();
            loosen(&pairs, &subject.label, &mut tags, &mut colours);
            let joins =
                |pair: &[String; 2]| pair.iter().all(|word| subject.label.contains(word) || tags.contains(word));
            assert!(!pairs.iter().any(joins), "{}", subject.code);
        }
        assert!(held.iter().any(|hold| matches!(hold, Hold::Style(0..3))));
        assert_eq!(held, choose(&subjects, 3));
    }

    #[test]
    fn a_caption_keeps_its_label_and_loses_the_other_word() {
        let words = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
        let pairs = [["heart", "red"], ["cat", "dog"]].map(|pair| pair.map(String::from)).into();
        let (mut tags, mut colours) = (words("red dog cat love"), words("red pink"));
        loosen(&pairs, &words("heart"), &mut tags, &mut colours);
        assert_eq!((tags, colours), (words("cat love"), words("pink")));
    }
}

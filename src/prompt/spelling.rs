//! Spelling: letters without case and accents, singular forms, and how far a word is from another. Two measures serve
//! two ends: [`slip`] is strict and says whether a word is surely the other, mistyped; [`distance`] is plain
//! Damerau–Levenshtein and ranks what to suggest when nobody can be sure.

use super::pictograph;

/// A word as it was typed and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// As typed.
    pub typed: &'a str,
    /// Lower case, without accents.
    pub plain: String,
    /// The same in the singular.
    pub word: String,
    /// Whether a comma, full stop or the like stands before it.
    pub after_break: bool,
}

/// Cuts `text` into words; everything but letters, digits and apostrophes parts them, and each emoji is one.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut start, mut after_break, mut position) = (None, false, 0);
    loop {
        let rest = &text[position..];
        let letter = rest.chars().next();
        let emoji = pictograph::leading(rest);
        if emoji.is_none() && letter.is_some_and(is_word_part) {
            start = start.or(Some(position));
            position += letter.map_or(0, char::len_utf8);
            continue;
        }
        if let Some(begin) = start.take() {
            let typed = &text[begin..position];
            let plain = fold(typed);
            if !plain.is_empty() {
                tokens.push(Token { typed, word: singular(plain.clone()), plain, after_break });
                after_break = false;
            }
        }
        let Some(letter) = letter else { return tokens };
        if let Some(length) = emoji {
            let plain = pictograph::bare(&rest[..length]);
            tokens.push(Token { typed: &rest[..length], word: plain.clone(), plain, after_break });
            after_break = false;
        }
        after_break |= matches!(letter, ',' | ';' | '.' | ':' | '!' | '?' | '(' | ')' | '—' | '\n');
        position += emoji.unwrap_or(letter.len_utf8());
    }
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | 'ʼ' | '＇')
}

/// Marks that change no letter: combining accents, soft hyphen, zero-width characters.
fn is_silent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn is_word_part(letter: char) -> bool {
    letter.is_alphanumeric() || is_apostrophe(letter) || is_silent(letter)
}

/// Lower case, without accents, apostrophes and a possessive “’s”.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase) {
        match letter {
            letter if is_silent(letter) => {}
            letter if is_apostrophe(letter) => folded.push('\''),
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ё' => folded.push('е'),
            'ğ' => folded.push('g'),
            'ì'..='ï' | 'ī' | 'ı' | 'ǐ' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => folded.push('o'),
            'ř' => folded.push('r'),
            'ś' | 'ş' | 'š' | 'ș' => folded.push('s'),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // Full-width forms of ASCII, as East Asian keyboards write them.
            '\u{ff10}'..='\u{ff5a}' => folded.extend(char::from_u32(letter as u32 - 0xfee0)),
            letter => folded.push(letter),
        }
    }
    let possessor = folded.strip_suffix("'s").unwrap_or(&folded);
    possessor.chars().filter(|&letter| letter != '\'').collect()
}

/// The `most` nearest of some words, each once, nearest first; of equals the first.
pub fn nearest<'a>(found: impl Iterator<Item = (usize, &'a str)>, most: usize) -> Vec<String> {
    // Few are kept, so that each finds its place by itself.
    let mut kept: Vec<(usize, &str)> = Vec::new();
    for (apart, word) in found {
        let at = kept.iter().position(|&(other, _)| other > apart).unwrap_or(kept.len());
        if kept[..at].iter().all(|&(_, other)| other != word) {
            kept[at..].iter().position(|&(_, other)| other == word).map(|later| kept.remove(at + later));
            kept.insert(at, (apart, word));
            kept.truncate(most);
        }
    }
    kept.into_iter().map(|(_, word)| word.to_string()).collect()
}

/// The singular of an English noun by its ending. Words of the vocabulary pass through it too, so what it does to
/// “trousers” need not be English, only the same on both sides.
fn singular(mut word: String) -> String {
    let cut = |word: &str| {
        if word.len() <= 2 || ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
            0
        } else if ["sses", "xes", "zzes", "ches", "shes"].iter().any(|end| word.ends_with(end)) {
            2
        } else {
            usize::from(word.ends_with('s'))
        }
    };
    word.truncate(word.len() - cut(&word));
    // “hoodie” and “hoody” are both in use, and “hoodies” could be either's plural.
    if word.len() > 4 && word.ends_with("ie") {
        word.truncate(word.len() - 2);
        word.push('y');
    }
    word
}

/// Cost of a letter pressed twice, or of two letters in the wrong order: marks of the hand, which hardly ever make
/// another word.
pub const HAND: usize = 1;
/// Cost of a letter that sounds alike, or that was left out: the usual slips of the ear and the memory.
const EAR: usize = 2;
/// Cost of any other change, which more often than not makes another word.
const OTHER: usize = 4;

/// The slips that a word may hold and still be taken for the known one of `length` letters. Short words have too many
/// neighbours (boot, boat, bolt) for anything but a slip of the hand; long ones have next to none.
fn budget(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=5 => HAND,
        6..=8 => EAR,
        _ => OTHER,
    }
}

/// Whether `typed` is surely a slip for `known`, and if so, how far off. People seldom miss the first letter of a word,
/// and a changed last letter is mostly grammar (blazer, blazed), so both must agree.
pub fn slip(typed: &str, known: &str) -> Option<usize> {
    let (typed, known): (Vec<char>, Vec<char>) = (typed.chars().collect(), known.chars().collect());
    let budget = budget(known.len());
    if typed.first() != known.first() || typed.last() != known.last() || typed.len().abs_diff(known.len()) > budget {
        return None;
    }
    let cost = align(&typed, &known, |change| match change {
        Change::Swap => HAND,
        Change::Extra { letter, before } if letter == before => HAND,
        Change::Missing => EAR,
        Change::Replace { typed, known } if sounds_alike(typed, known) => EAR,
        Change::Extra { letter, .. } if is_vowel(letter) => EAR,
        Change::Extra { .. } | Change::Replace { .. } => OTHER,
    });
    (cost <= budget).then_some(cost)
}

/// Damerau–Levenshtein distance, each pair of letters swapped at most once: the number of letters added, left out,
/// replaced or swapped with their neighbour.
pub fn distance(typed: &str, known: &str) -> usize {
    let (typed, known): (Vec<char>, Vec<char>) = (typed.chars().collect(), known.chars().collect());
    align(&typed, &known, |_| 1)
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn sounds_alike(one: char, other: char) -> bool {
    const FAMILIES: [&str; 4] = ["aeiouy", "ckqsxz", "fpv", "gj"];
    FAMILIES.iter().any(|family| family.contains(one) && family.contains(other))
}

/// One step from the known word to the typed one.
enum Change {
    /// A letter too many, and the one before it.
    Extra { letter: char, before: char },
    /// A letter left out.
    Missing,
    /// A wrong letter.
    Replace { typed: char, known: char },
    /// Two neighbours in the wrong order.
    Swap,
}

/// The cheapest way from `known` to `typed` (Damerau 1964, Levenshtein 1966), by rows.
fn align(typed: &[char], known: &[char], price: impl Fn(Change) -> usize) -> usize {
    let extra = |i: usize| price(Change::Extra { letter: typed[i], before: if i > 0 { typed[i - 1] } else { '\0' } });
    let width = known.len() + 1;
    let mut table = vec![0; (typed.len() + 1) * width];
    for j in 1..width {
        table[j] = table[j - 1] + price(Change::Missing);
    }
    for i in 1..=typed.len() {
        let (row, above) = (i * width, (i - 1) * width);
        table[row] = table[above] + extra(i - 1);
        for j in 1..width {
            let (t, k) = (typed[i - 1], known[j - 1]);
            let replace = if t == k { 0 } else { price(Change::Replace { typed: t, known: k }) };
            let mut best = table[above + j - 1] + replace;
            best = best.min(table[above + j] + extra(i - 1)).min(table[row + j - 1] + price(Change::Missing));
            if i > 1 && j > 1 && t == known[j - 2] && typed[i - 2] == k && t != k {
                best = best.min(table[above - width + j - 2] + price(Change::Swap));
            }
            table[row + j] = best;
        }
    }
    table[table.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn words_are_compared_without_case_accents_dashes_and_plurals() {
        assert_eq!(words("T‑SHIRTS, Crème  brûlée"), ["t", "shirt", "creme", "brulee"]);
        assert_eq!(words("Cre\u{300}me zero\u{200b}width ｂａｇ"), ["creme", "zerowidth", "bag"]);
        assert_eq!(words("women's men’s don't s' '"), ["women", "men", "dont", "s"]);
        assert_eq!(
            words("dresses boots blouses clutches boxes hoodies hoodie hoody glass bus bags ups ties"),
            ["dress", "boot", "blouse", "clutch", "box", "hoody", "hoody", "hoody", "glass", "bus", "bag", "up", "tie"]
        );
        assert!(tokens("no, yes")[1].after_break && !tokens("no yes")[1].after_break);
    }

    #[test]
    fn slips_are_taken_and_other_words_are_not() {
        for (typed, known) in [
            ("sneeker", "sneaker"),
            ("sneakr", "sneaker"),
            ("snaeker", "sneaker"),
            ("trouzer", "trouser"),
            ("pulover", "pullover"),
            ("pullovver", "pullover"),
            ("sandel", "sandal"),
            ("shrit", "shirt"),
            ("dreess", "dress"),
            ("sweetshert", "sweatshirt"),
        ] {
            assert!(slip(typed, known).is_some(), "{typed} is {known}");
        }
        for (typed, known) in [
            ("boat", "boot"),
            ("bot", "boot"),
            ("big", "bag"),
            ("skirt", "shirt"),
            ("short", "shirt"),
            ("goat", "coat"),
            ("press", "dress"),
            ("speaker", "sneaker"),
            ("scandal", "sandal"),
            ("skipper", "slipper"),
            ("sandbag", "handbag"),
            ("trailer", "trainer"),
            ("bumper", "jumper"),
            ("blaze", "blazer"),
            ("pushover", "pullover"),
            ("loader", "loafer"),
        ] {
            assert_eq!(slip(typed, known), None, "{typed} is not {known}");
        }
    }

    #[test]
    fn distance_counts_swaps_once() {
        for (one, other, expected) in [("boat", "boot", 1), ("shrit", "shirt", 1), ("", "bag", 3), ("ca", "abc", 3)] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_zero_only_for_equals(one in "[a-d]{0,7}", other in "[a-d]{0,7}") {
            prop_assert_eq!(distance(&one, &other), distance(&other, &one));
            prop_assert_eq!(distance(&one, &other) == 0, one == other);
            prop_assert!(distance(&one, &other) <= one.len().max(other.len()));
        }

        #[test]
        fn a_slip_is_never_further_than_its_budget_allows(one in "[a-e]{4,10}", other in "[a-e]{4,10}") {
            if let Some(cost) = slip(&one, &other) {
                prop_assert!(distance(&one, &other) <= cost && cost <= OTHER);
            }
        }

        #[test]
        fn any_text_is_cut_into_its_own_pieces(text: String) {
            for token in tokens(&text) {
                prop_assert!(text.contains(token.typed) && !token.word.is_empty());
            }
        }
    }
}

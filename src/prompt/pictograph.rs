//! Emoji in a prompt, as Unicode Technical Standard 51 puts them together: a sign with its skin tone and variation
//! selector, several joined (“🧑‍🚀”), flags of two letters, keycaps. Each is a word of its own; its shade of skin and how
//! it is to be shown say nothing about what it means.

const JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';

/// Whether a sign is drawn as a picture wherever it stands.
fn is_picture(letter: char) -> bool {
    matches!(letter, '\u{231a}'..='\u{231b}' | '\u{23e9}'..='\u{23f3}' | '\u{2600}'..='\u{27bf}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}'
        | '\u{1f000}'..='\u{1f1e5}' | '\u{1f200}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}

/// A letter of a flag.
fn is_flag(letter: char) -> bool {
    matches!(letter, '\u{1f1e6}'..='\u{1f1ff}')
}

/// A shade of skin, by Fitzpatrick's scale.
fn is_skin(letter: char) -> bool {
    matches!(letter, '\u{1f3fb}'..='\u{1f3ff}')
}

/// “As text” and “as a picture”.
fn is_variation(letter: char) -> bool {
    matches!(letter, '\u{fe0e}' | '\u{fe0f}')
}

/// Letters of a tag, which tell flags of regions apart.
fn is_tag(letter: char) -> bool {
    matches!(letter, '\u{e0020}'..='\u{e007f}')
}

/// The bytes of the emoji that `text` begins with; none where it begins with something else.
pub fn leading(text: &str) -> Option<usize> {
    let letters: Vec<(usize, char)> = text.char_indices().take(32).collect();
    let letter = |at: usize| letters.get(at).map(|&(_, letter)| letter);
    let first = letter(0)?;
    let mut at = 1;
    if is_flag(first) {
        at += usize::from(letter(1).is_some_and(is_flag));
    } else if matches!(first, '0'..='9' | '#' | '*') {
        at += usize::from(letter(1).is_some_and(is_variation));
        (letter(at)? == KEYCAP).then_some(())?;
        at += 1;
    } else {
        // Signs of text, such as © and arrows, are pictures where they say so.
        let shown =
            letter(1).is_some_and(|next| next == '\u{fe0f}') && !first.is_alphanumeric() && !first.is_whitespace();
        (is_picture(first) || is_skin(first) || shown).then_some(())?;
        while let Some(next) = letter(at) {
            let joined = next == JOINER && letter(at + 1).is_some_and(|after| is_picture(after) || !after.is_ascii());
            if !(is_variation(next) || is_skin(next) || is_tag(next) || joined) {
                break;
            }
            at += 1 + usize::from(joined);
        }
    }
    Some(letters.get(at).map_or(text.len().min(last(&letters)), |&(position, _)| position))
}

/// Where the last of some letters ends.
fn last(letters: &[(usize, char)]) -> usize {
    letters.last().map_or(0, |&(position, letter)| position + letter.len_utf8())
}

/// An emoji as it is compared: without shades of skin and variation selectors. One of skin alone stays.
pub fn bare(emoji: &str) -> String {
    let bare: String = emoji.chars().filter(|&letter| !is_skin(letter) && !is_variation(letter)).collect();
    if bare.is_empty() { emoji.chars().filter(|&letter| !is_variation(letter)).collect() } else { bare }
}

/// Whether a word, as it is compared, is an emoji; other words begin with a letter or a digit.
pub fn is_emoji(word: &str) -> bool {
    leading(word).is_some() || word.chars().next().is_some_and(|first| !first.is_alphanumeric())
}

/// What a joined emoji is made of, for where nobody knows the whole: “👩‍🌾” is 👩 and 🌾. Signs of a sex alone are left out.
pub fn parts(bare: &str) -> Vec<&str> {
    bare.split(JOINER).filter(|part| !part.is_empty() && !matches!(*part, "♀" | "♂")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn emoji_are_taken_whole() {
        for emoji in ["🚀", "❤️", "👍🏽", "🧑‍🚀", "👩🏾‍❤️‍👨🏻", "🇩🇪", "1️⃣", "#⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "©️", "☀", "⏰", "🏻"]
        {
            assert_eq!(leading(emoji), Some(emoji.len()), "{emoji}");
            assert_eq!(leading(&format!("{emoji} cat")), Some(emoji.len()), "{emoji}");
            assert!(is_emoji(emoji) && is_emoji(&bare(emoji)), "{emoji}");
        }
        assert_eq!(leading("🐱🐶"), Some("🐱".len()));
        for text in ["cat", "1", "12", "©", "→", "", " ", "犬", "é", "-"] {
            assert_eq!(leading(text), None, "{text}");
        }
    }

    #[test]
    fn shades_and_selectors_say_nothing() {
        assert_eq!((bare("👍🏽"), bare("❤️"), bare("🏻")), ("👍".into(), "❤".into(), "🏻".into()));
        assert_eq!(parts(&bare("👩🏽‍🌾")), ["👩", "🌾"]);
        assert_eq!(parts(&bare("🏃‍♀️")), ["🏃"]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_between_letters(text in "\\PC{0,12}") {
            if let Some(length) = leading(&text) {
                prop_assert!(length > 0 && text.is_char_boundary(length));
            }
        }
    }
}

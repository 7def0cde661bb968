//! Words as captions and prompts are compared: [`key`] is the same for “leaf”, “Leaves” and “leaves”. It adds to
//! [`super::spelling`] what its endings cannot know: plurals that change the word, and singulars that end in s.

use super::spelling::Token;

/// Words that say nothing about a picture.
pub const LITTLE: &str = " a an the of with and in on at to for or from by but as is it its be ";

/// Plurals by word: those that change it, and those that are another word (“glasses”).
const PLURALS: [(&str, &str); 21] = [
    ("children", "child"),
    ("feet", "foot"),
    ("geese", "goose"),
    ("glasses", "glasses"),
    ("halves", "half"),
    ("hooves", "hoof"),
    ("knives", "knife"),
    ("leaves", "leaf"),
    ("lens", "lens"),
    ("loaves", "loaf"),
    ("lives", "life"),
    ("men", "man"),
    ("mice", "mouse"),
    ("news", "news"),
    ("oxen", "ox"),
    ("scarves", "scarf"),
    ("shelves", "shelf"),
    ("teeth", "tooth"),
    ("wives", "wife"),
    ("wolves", "wolf"),
    ("women", "woman"),
];

/// What is the same for every form of a word.
pub fn key(token: &Token<'_>) -> String {
    let known = PLURALS.iter().find(|(plural, _)| *plural == token.plain);
    known.map_or_else(|| token.word.clone(), |(_, singular)| singular.to_string())
}

/// Whether `list` (words between spaces, one at either end, too) holds `word`.
pub fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

#[cfg(test)]
mod tests {
    use super::super::spelling::tokens;
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_key() {
        let keys: Vec<String> = tokens("Leaves leaf WOMEN cats glasses glass news").iter().map(key).collect();
        assert_eq!(keys, ["leaf", "leaf", "woman", "cat", "glasses", "glass", "news"]);
        assert!(is_in(LITTLE, "of") && !is_in(LITTLE, "cat"));
    }
}

//! The words of captions. [`Lexicon`] gathers every form in which a word occurs, takes forms that differ in case, accent
//! or number for one word, and spells it as the packages do: in the singular where that occurs.

use morphogen::prompt::pictograph::is_emoji;
use morphogen::prompt::spelling::{Token, tokens};
use morphogen::prompt::words::{LITTLE, is_in, key};
use std::collections::{BTreeMap, HashMap};

/// What ends the part of a label that says what the thing is: “face | with tears of joy”.
const PREPOSITIONS: &str = " with of in on at to for from by behind over under without ";
/// Nouns in “-ing”; another word so ending tells what the noun before it does: “man | running”.
const NOUNS_IN_ING: &str = " building ring wing wedding dumpling lightning boxing seedling ping king string ";

/// Where a thing is or points, which is never what it is.
const DIRECTIONS: &str = " up down left right front back ";

/// How each word is spelled.
#[derive(Debug, Clone)]
pub struct Lexicon {
    spelling: HashMap<String, String>,
}

impl Lexicon {
    /// Of all texts that captions are made from.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut forms: HashMap<String, BTreeMap<String, usize>> = HashMap::new();
        for text in texts {
            for token in tokens(text) {
                *forms.entry(key(&token)).or_default().entry(token.plain).or_default() += 1;
            }
        }
        let spell = |(key, forms): (String, BTreeMap<String, usize>)| {
            // The key itself if it is a word; else, as for “trousers”, the form that is used most.
            let used = forms.iter().max_by(|one, other| one.1.cmp(other.1).then(other.0.cmp(one.0)));
            let spelled = if forms.contains_key(&key) { None } else { used.map(|(form, _)| form.clone()) };
            let spelled = spelled.unwrap_or_else(|| key.clone());
            (key, spelled)
        };
        Lexicon { spelling: forms.into_iter().map(spell).collect() }
    }

    fn spell(&self, token: &Token<'_>) -> String {
        let key = key(token);
        self.spelling.get(&key).cloned().unwrap_or(key)
    }

    /// The words of `texts`, each once, in the order in which they first occur, without the little ones (“of”).
    pub fn words<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut words = Vec::new();
        for text in texts {
            // A sign among the keywords (“✓”) is no word.
            let said = |token: &&Token<'_>| !is_in(LITTLE, &token.plain) && !is_emoji(&token.plain);
            for token in tokens(text).iter().filter(said) {
                let word = self.spell(token);
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        words
    }

    /// The word that says what the thing is: the last one before a colon, bracket or comma, a preposition, or a word in
    /// “-ing” that tells what it does.
    pub fn main(&self, label: &str) -> String {
        let head = label.split([':', '(', ',']).next().unwrap_or(label);
        let tokens = tokens(head);
        // In “loudly crying face” and “right-facing fist” the face and the fist are still to come.
        let leads_on = |word: &str| word.ends_with("ing") || word.ends_with("ly") || is_in(DIRECTIONS, word);
        let ends = |place: usize| {
            let (before, word) = (&tokens[place - 1].plain, &tokens[place].plain);
            let doing = word.ends_with("ing") && !is_in(NOUNS_IN_ING, word) && !leads_on(before);
            is_in(PREPOSITIONS, word) || (doing && before != "no")
        };
        let mut end = (1..tokens.len()).find(|&place| ends(place)).unwrap_or(tokens.len());
        while end > 1 && is_in(DIRECTIONS, &tokens[end - 1].plain) {
            end -= 1;
        }
        tokens[..end].last().map(|token| self.spell(token)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 7] =
        ["fallen leaf", "Leaves", "smiling face with tear-drops", "faces", "trousers", "men’s Crêpe, man", "cookie"];

    #[test]
    fn forms_of_a_word_are_one_word() {
        let lexicon = Lexicon::new(TEXTS.into_iter());
        assert_eq!(lexicon.words(["leaf leaves"]), ["leaf"]);
        assert_eq!(lexicon.words(["✓ leaf"]), ["leaf"], "a sign is no word");
        assert_eq!(lexicon.words(["Faces with the tear-drops"]), ["face", "tear", "drops"]);
        assert_eq!(
            lexicon.words(["trouser", "crêpes", "cookies", "12 men"]),
            ["trousers", "crepe", "cookie", "12", "man"]
        );
    }

    #[test]
    fn the_main_word_is_the_noun_that_is_told_about() {
        let lexicon = Lexicon::new(TEXTS.into_iter());
        for (label, expected) in [
            ("grinning face", "face"),
            ("face with tears of joy", "face"),
            ("smiling cat with heart-eyes", "cat"),
            ("woman running", "woman"),
            ("person: blond hair", "person"),
            ("office building", "building"),
            ("A button (blood type)", "button"),
            ("running", "running"),
            ("heart on fire", "heart"),
            ("loudly crying face", "face"),
            ("grinning squinting face", "face"),
            ("right-facing fist", "fist"),
            ("thumbs up", "thumb"),
            ("no smoking", "smoking"),
            ("#", ""),
        ] {
            assert_eq!(lexicon.main(label), expected, "{label}");
        }
    }
}

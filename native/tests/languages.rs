//! What everyday words of eight languages mean to the emoji pack: a list by hand, in `vocabulary/everyday-words.json`.

use morphogen::pack::Pack;
use morphogen::prompt::text::{Reader, Vocabulary};
use std::collections::BTreeMap;

/// The pack's vocabulary with all its languages.
fn vocabulary(pack: &Pack) -> Vocabulary {
    let text = pack.manifest().text().unwrap();
    let mut vocabulary = Vocabulary::new(pack.words().unwrap(), text.styles, text.aliases.clone());
    text.languages.keys().for_each(|language| vocabulary.learn(language, pack.language(language).unwrap()));
    vocabulary
}

fn emoji() -> Pack {
    Pack::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/models/emoji")).unwrap()
}

#[test]
fn everyday_words_mean_what_they_say() {
    let pack = emoji();
    let (vocabulary, words) = (vocabulary(&pack), pack.words().unwrap());
    let known: Vec<&str> = pack.manifest().text().unwrap().languages.keys().map(String::as_str).collect();
    let lists: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(include_str!("../vocabulary/everyday-words.json")).unwrap();
    let mut wrong = Vec::new();
    for (language, list) in &lists {
        let before = wrong.len();
        // What is an English word, too, is taken for that one: “pan”, “lit”.
        let english = |word: &str| vocabulary.understand(word).is_ok_and(|found| found.guessed == 0);
        let foreign: Vec<_> = list.iter().filter(|(word, _)| !english(word)).collect();
        for &(word, meaning) in &foreign {
            let mut expected: Vec<usize> =
                meaning.split(' ').map(|word| words.iter().position(|known| known == word).unwrap()).collect();
            expected.sort_unstable();
            match vocabulary.read(word, Reader { known: &known, reads: &[language] }) {
                Ok(found) if found.words == expected && found.unknown.is_empty() => {}
                Ok(found) => wrong.push(format!("{language}: {word} is {}, not {meaning}", found.label)),
                Err(error) => wrong.push(format!("{language}: {word} is unknown, not {meaning} ({})", error.code())),
            }
        }
        println!("{language}: {} of {}", foreign.len() - (wrong.len() - before), foreign.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Prompts of readers of a language, and what is drawn.
const PROMPTS: [(&str, &str, &str); 17] = [
    ("en", "a cat on a sofa", "cat couch"),
    ("en", "🚀", "rocket"),
    ("en", "🐱 with a hat", "cat face hat"),
    ("en", "two 👍🏽", "two thumb up"),
    ("en", "a cabin in the woods", "wood"),
    ("en", "flag of germany", "flag"),
    ("en", "👩🏾‍🚀", "woman astronaut"),
    ("de", "ein Hund mit Hut", "dog hat"),
    ("de", "eine Katze auf dem Sofa", "cat couch"),
    ("de", "a dog in the house", "dog house"),
    ("fr", "un chat noir", "black cat"),
    ("es", "un gato con sombrero", "cat hat"),
    ("it", "un cane e un gatto", "dog cat"),
    ("pt", "uma casa na praia", "house beach"),
    ("ja", "猫と犬", "cat dog"),
    ("zh", "一只红色的狗", "red dog"),
    ("ru", "чёрная собака", "black dog"),
];

#[test]
fn sentences_are_read_in_the_language_they_are_in() {
    let pack = emoji();
    let (vocabulary, words) = (vocabulary(&pack), pack.words().unwrap());
    let known: Vec<&str> = pack.manifest().text().unwrap().languages.keys().map(String::as_str).collect();
    let sorted = |label: &str| {
        let mut words: Vec<&str> = label.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    };
    let mut wrong = Vec::new();
    for (language, prompt, label) in PROMPTS {
        let found = vocabulary.read(prompt, Reader { known: &known, reads: &[language] });
        let said = found.map_or_else(
            |error| error.to_string(),
            |found| found.words.iter().map(|&n| words[n].as_str()).collect::<Vec<_>>().join(" "),
        );
        if sorted(&said) != sorted(label) {
            wrong.push(format!("{prompt} ({language}) is {said}, not {label}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

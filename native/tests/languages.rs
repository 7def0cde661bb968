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

/// Prompts of readers of a language, what is drawn, and what is said to be unknown.
const PROMPTS: [(&str, &str, &str, &str); 66] = [
    ("en", "a cat on a sofa", "cat couch", ""),
    ("en", "a dog in a car by the sea at night", "dog car sea night", ""),
    ("en", "🚀", "rocket", ""),
    ("en", "🐱 with a hat", "cat face hat", ""),
    ("en", "🐱🎩", "cat face top hat", ""),
    ("en", "two 👍🏽", "two thumb up", ""),
    ("en", "👩🏾‍🚀", "woman astronaut", ""),
    ("en", "👨‍👩‍👧", "man woman girl", ""),
    ("en", "🏳️‍🌈", "rainbow flag", ""),
    ("en", "🏴‍☠️", "pirate flag", ""),
    ("en", "🐱 but no 🎩", "cat face", ""),
    ("en", "🐱 🇩🇪", "cat face", "🇩🇪"),
    ("en", "a cabin in the woods", "wood", "cabin"),
    ("de", "a cabin in the woods", "wood", "cabin"),
    ("it", "a cabin in the woods", "wood", "cabin"),
    ("en", "犬", "dog", ""),
    ("zh", "犬", "dog", ""),
    ("en", "coche", "car", ""),
    ("en", "pastel", "cake", ""),
    ("en", "carta", "letter", ""),
    ("it", "carta", "card", ""),
    // The pack has no flags of countries.
    ("en", "flag of germany", "flag", "germany"),
    ("en", "France flag", "flag", "France"),
    ("en", "flag of Austria", "flag", "Austria"),
    ("en", "flag of China", "flag", "China"),
    ("en", "flag of Cuba", "flag", "Cuba"),
    ("en", "flag of Peru", "flag", "Peru"),
    ("de", "Flagge von Deutschland", "flag", "Deutschland"),
    ("fr", "drapeau de la France", "flag", "France"),
    ("fr", "le drapeau de la Suisse", "flag", "Suisse"),
    ("es", "bandera de España", "flag", "España"),
    ("it", "bandiera della Germania", "flag", "Germania"),
    ("pt", "bandeira do Brasil", "flag", "Brasil"),
    ("ru", "флаг Германии", "flag", "Германии"),
    ("en", "flag of Japan", "flag japan", ""),
    ("en", "flag of turkey", "flag", "turkey"),
    ("en", "turkey", "turkey", ""),
    ("en", "a turkey with a flag", "turkey flag", ""),
    ("es", "bandera de Chile", "flag", "Chile"),
    ("es", "chile", "pepper", ""),
    ("pt", "bandeira do Peru", "flag", "Peru"),
    ("pt", "bandeira da Itália", "flag", "Itália"),
    ("zh", "国旗", "flag", ""),
    ("zh", "中国国旗", "flag", "中国"),
    ("en", "中国国旗", "flag", "中国"),
    ("zh", "土耳其国旗", "flag", "土耳其"),
    ("zh", "日本国旗", "flag japan", ""),
    ("ja", "中国の国旗", "flag", "中国"),
    ("ja", "フランスの国旗", "flag", "フランス"),
    ("en", "the pirate flag", "pirate flag", ""),
    ("en", "rianbow flag", "rainbow flag", ""),
    ("de", "Piratenflagge", "pirate flag", ""),
    ("de", "Regenbogenflagge", "rainbow flag", ""),
    ("es", "bandera pirata", "pirate flag", ""),
    ("it", "bandiera dei pirati", "pirate flag", ""),
    ("ja", "海賊旗", "pirate flag", ""),
    ("de", "ein Hund mit Hut", "dog hat", ""),
    ("de", "eine Katze auf dem Sofa", "cat couch", ""),
    ("de", "a dog in the house", "dog house", ""),
    ("fr", "un chat noir", "black cat", ""),
    ("es", "un gato con sombrero", "cat hat", ""),
    ("it", "un cane e un gatto", "dog cat", ""),
    ("pt", "uma casa na praia", "house beach", ""),
    ("ja", "猫と犬", "cat dog", ""),
    ("zh", "一只红色的狗", "red dog", ""),
    ("ru", "чёрная собака", "black dog", ""),
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
    for (language, prompt, label, unknown) in PROMPTS {
        let found = vocabulary.read(prompt, Reader { known: &known, reads: &[language] });
        let (said, strange) = found.map_or_else(
            |error| (error.to_string(), String::new()),
            |found| {
                let drawn = found.words.iter().map(|&n| words[n].as_str()).collect::<Vec<_>>().join(" ");
                (drawn, found.unknown.into_iter().map(|unknown| unknown.typed).collect::<Vec<_>>().join(" "))
            },
        );
        if sorted(&said) != sorted(label) || strange != unknown {
            wrong.push(format!("{prompt} ({language}) is {said}, not {label}; unknown: “{strange}”"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_country_of_no_flag_here_is_said_to_be_unknown() {
    let pack = emoji();
    let vocabulary = vocabulary(&pack);
    let known: Vec<&str> = pack.manifest().text().unwrap().languages.keys().map(String::as_str).collect();
    // All but those whose names are words of the vocabulary: Japan, Australia, Russia.
    for country in "Austria Belgium Brazil Canada Chad Chile China Cuba Cyprus Denmark Egypt England Finland France Georgia \
        Germany Ghana Greece Haiti Hungary Iceland India Iran Iraq Ireland Israel Italy Jordan Kenya Korea Laos Lebanon Mali \
        Malta Mexico Nepal Niger Norway Oman Peru Poland Portugal Scotland Spain Sweden Syria Togo Turkey Ukraine Wales Yemen"
        .split_whitespace()
    {
        for prompt in [format!("flag of {country}"), format!("the {country} flag")] {
            let found = vocabulary.read(&prompt, Reader { known: &known, reads: &["en"] }).unwrap();
            let strange: Vec<&str> = found.unknown.iter().map(|unknown| unknown.typed.as_str()).collect();
            assert_eq!((found.label.as_str(), strange), ("flag", vec![country]), "{prompt}");
        }
    }
}

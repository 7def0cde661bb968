//! What free text means to a small vocabulary with a few words of other languages.

use super::*;
use proptest::prelude::*;

const WORDS: [&str; 16] = [
    "noto", "fluent", "cat", "red", "angry", "fire", "truck", "birthday", "cake", "shoe", "flat", "leaf", "crab",
    "crib", "without", "flag",
];

fn vocabulary() -> Vocabulary {
    let aliases = BTreeMap::from([("flat".to_string(), 1), ("google".to_string(), 0)]);
    let mut vocabulary = Vocabulary::new(WORDS.map(String::from).to_vec(), 2, aliases);
    let german = [
        ("katze", vec![2]),
        ("böse", vec![4]),
        ("feuerwehrauto", vec![5, 6, 99]),
        ("die", vec![]),
        ("flat", vec![9]),
        ("ohne", vec![14]),
        ("fahne", vec![15]),
        ("tortenheber", vec![8]),
        ("cuba", vec![9]),
        ("peru", vec![2]),
    ];
    let learn = |vocabulary: &mut Vocabulary, name, words: &[(&str, Vec<usize>)]| {
        vocabulary.learn(name, words.iter().map(|(word, numbers)| (word.to_string(), numbers.clone())).collect());
    };
    learn(&mut vocabulary, "de", &german);
    learn(&mut vocabulary, "ja", &[("猫", vec![2]), ("赤い", vec![3]), ("国旗", vec![15])]);
    learn(
        &mut vocabulary,
        "it",
        &[("torta", vec![8]), ("a", vec![]), ("on", vec![4]), ("sofa", vec![9]), ("foglia", vec![11])],
    );
    learn(&mut vocabulary, EMOJI, &[("🐱", vec![2]), ("🎂", vec![7, 8]), ("🔥", vec![5])]);
    vocabulary
}

fn read(text: &str) -> Result<Understood, PromptError> {
    vocabulary().read(text, Reader { known: &["de", EMOJI, "it", "ja", "xx"], reads: &["en", "it"] })
}

fn words(text: &str) -> Vec<&'static str> {
    read(text).unwrap().words.into_iter().map(|n| WORDS[n]).collect()
}

#[test]
fn words_are_found_in_any_form_and_order() {
    assert_eq!(words("an angry red cat"), ["cat", "red", "angry"]);
    assert_eq!(words("Leaves, please!"), ["leaf"]);
    assert_eq!(words("CATS' birthday-cake"), ["cat", "birthday", "cake"]);
    assert_eq!(words("cat cat cats"), ["cat"]);
}

#[test]
fn styles_have_other_names_and_come_last() {
    let found = vocabulary().understand("flat style red cat").unwrap();
    assert_eq!((found.words, found.label.as_str()), (vec![1, 2, 3], "red cat fluent"));
    assert_eq!(words("a flat shoe"), ["shoe", "flat"], "without “style” it is a word like others");
    assert_eq!(words("cat by google"), ["noto", "cat"]);
}

#[test]
fn slips_compounds_and_other_languages_are_read_and_said() {
    let found = vocabulary().understand("firetruck birhtday").unwrap();
    let said: Vec<_> = found.corrected.iter().map(|c| (c.typed.as_str(), c.meant.as_str())).collect();
    assert_eq!(said, [("firetruck", "fire truck"), ("birhtday", "birthday")]);
    assert_eq!(words("böse Katze"), ["cat", "angry"]);
    assert_eq!(
        (words("die flat Katzen"), words("flat")),
        (vec!["cat", "shoe"], vec!["flat"]),
        "one foreign word makes others so"
    );
    let found = read("Katze ohne die böse").unwrap();
    assert_eq!((found.words, found.against), (vec![2], vec![4]));
    assert_eq!(words("Feuerwehrauto"), ["fire", "truck"], "meanings beyond the vocabulary are dropped");
    assert_eq!(words("赤い猫の"), ["cat", "red"]);
}

#[test]
fn one_other_language_at_most_is_read_and_small_words_stay_what_they_are() {
    assert_eq!(words("a cat on a sofa"), ["cat", "shoe"], "one word of Italian makes “a” and “on” none");
    assert!(read("a cat on a sofa").unwrap().unknown.is_empty());
    let found = read("Katze torta").unwrap();
    assert_eq!(
        (found.words, found.unknown.len()),
        (vec![8], 1),
        "two languages at once are none, and hers comes first"
    );
    assert_eq!(
        read("a cat in the foglio").unwrap().unknown[0].typed,
        "foglio",
        "forms are for prompts of its language"
    );
    assert_eq!(words("foglie"), ["leaf"]);
}

#[test]
fn small_words_are_never_said_to_be_unknown() {
    for text in ["a cat by the fire", "cat at a shoe", "a cat but not a crab", "as red as fire", "a leaf from the cake"]
    {
        assert_eq!(read(text).unwrap().unknown, [], "{text}");
    }
}

#[test]
fn beside_a_flag_what_is_not_known_is_a_name() {
    for (text, name) in [
        ("flag of Cuba", "Cuba"),
        ("the Cuba flag", "Cuba"),
        ("die Fahne Tortenhebel", "Tortenhebel"),
        ("flag of Birtday", "Birtday"),
        ("flag 🇩🇪", "🇩🇪"),
    ] {
        let found = read(text).unwrap();
        let unknown = [Unknown { typed: name.into(), near: vec![] }];
        assert_eq!((found.label.as_str(), found.unknown.as_slice()), ("flag", &unknown[..]), "{text}");
    }
    for (text, name) in [("die Peru Fahne", "Peru"), ("中国国旗", "中国"), ("中国の国旗", "中国")] {
        let found = read(text).unwrap();
        let unknown = [Unknown { typed: name.into(), near: vec![] }];
        assert_eq!((found.label.as_str(), found.unknown.as_slice()), ("flag", &unknown[..]), "{text}");
    }
    assert_eq!((words("Peru"), words("赤い国旗")), (vec!["cat"], vec!["red", "flag"]));
    assert_eq!((words("Cuba"), words("Tortenhebel")), (vec!["shoe"], vec!["cake"]), "elsewhere they may be words");
    assert_eq!(words("brithday flag"), ["birthday", "flag"], "slips of the hand are no names");
    assert_eq!(words("die böse Fahne"), ["angry", "flag"]);
}

#[test]
fn a_word_of_one_language_comes_before_a_form_in_another() {
    let mut vocabulary = vocabulary();
    vocabulary.learn("es", [("pastel".to_string(), vec![8])].into());
    vocabulary.learn("de", [("pastete".to_string(), vec![9])].into());
    let read = |reads: &[&str]| vocabulary.read("pastel", Reader { known: &["de", "es"], reads }).unwrap().words;
    assert_eq!((read(&["en"]), read(&["es"]), read(&["de"])), (vec![8], vec![8], vec![9]));
}

#[test]
fn what_a_prompt_means_hangs_on_no_prompt_before_it() {
    let order = Reader { known: &["de", "it"], reads: &["it"] };
    let mut fresh = Vocabulary::new(WORDS.map(String::from).to_vec(), 2, BTreeMap::new());
    assert_eq!((fresh.wants("cat", order), fresh.wants("Katze", order)), (None, Some("it")));
    fresh.learn("it", [("torta".to_string(), vec![8])].into());
    assert_eq!((fresh.wants("torta", order), fresh.wants("Katze", order)), (None, Some("de")));
    fresh.learn("de", [("katze".to_string(), vec![2]), ("torta".to_string(), vec![9])].into());
    assert_eq!(fresh.wants("Katze", order), None);
    let found = |text| fresh.read(text, order).unwrap().words;
    assert_eq!((found("torta"), found("Katze"), found("torta")), (vec![8], vec![2], vec![8]));
}

#[test]
fn emoji_are_words_alone_and_among_others() {
    assert_eq!(words("🐱"), ["cat"]);
    assert_eq!(words("🎂🔥"), ["fire", "birthday", "cake"]);
    assert_eq!(words("a red 🐱 with a shoe"), ["cat", "red", "shoe"]);
    assert_eq!(words("böse 🐱"), ["cat", "angry"]);
    let found = read("🐱 without 🔥").unwrap();
    assert_eq!((found.words, found.against, found.label), (vec![2], vec![5], "cat".into()));
    let error = read("🚀").unwrap_err();
    assert_eq!((error.code(), error.words), ("prompt-unknown", vec!["🚀".to_string()]));
    assert_eq!(read("🚀 cat").unwrap().unknown[0].typed, "🚀");
}

#[test]
fn what_is_turned_away_and_what_is_unknown_is_said() {
    let found = vocabulary().understand("cat without fire, zorgle").unwrap();
    assert_eq!((found.words, found.against), (vec![2], vec![5]));
    assert_eq!(found.unknown, [Unknown { typed: "zorgle".into(), near: vec![] }]);
    let found = vocabulary().understand("cat crob").unwrap();
    assert_eq!(found.unknown[0].near, ["crab", "crib"], "two are equally near, so nobody can be sure");
    let error = vocabulary().understand("crob").unwrap_err();
    assert_eq!((error.code(), error.suggestions.len()), ("prompt-unknown", 2));
    assert_eq!(vocabulary().understand(" ,! ").unwrap_err().code(), "prompt-empty");
    assert_eq!(vocabulary().understand(&"x".repeat(500)).unwrap_err().code(), "prompt-too-long");
    assert_eq!(vocabulary().understand("no cat").unwrap_err().code(), "prompt-unknown", "nothing left to draw");
}

proptest! {
    #[test]
    fn no_word_vanishes(text in "\\PC{0,60}") {
        if let Ok(found) = read(&text) {
            prop_assert!(!found.words.is_empty() && found.words.iter().all(|&n| n < WORDS.len()));
            let said = [found.used, found.ignored, found.unknown.into_iter().map(|u| u.typed).collect()].concat().join(" ");
            for token in tokens(&text) {
                let small = is_in(FILLERS, &token.word) || is_in(FILLERS, &token.plain) || is_in(NEGATIONS, &token.plain) || is_in(LITTLE, &token.plain) || is_in(" die ohne ", &token.plain);
                let told = said.contains(token.typed);
                prop_assert!(small || told || is_in(" style look emoji ", &token.word), "{} is lost", token.typed);
            }
        }
    }
}

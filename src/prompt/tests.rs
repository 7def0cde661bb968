//! What people type, and what must not be read into it, on the vocabulary of Fashion-MNIST.

use super::*;
use proptest::prelude::*;

fn fashion() -> Vec<PromptEntry> {
    serde_json::from_str(include_str!("../../native/vocabulary/fashion.json")).unwrap()
}

fn index(label: &str) -> usize {
    fashion().iter().position(|entry| entry.label == label).unwrap()
}

#[test]
fn free_words_find_their_class() {
    let entries = fashion();
    for (label, prompts) in [
        ("T-shirt/top", "T-shirts|tee shirt|t shirt|TSHIRT|a tee|T‑Shirt|tank top|a white t-shirt, please|T-shirt/top"),
        ("Trouser", "some pants please|trousers|jeans|a pair of chinos|dress pants|boot cut jeans|trouzers"),
        ("Pullover", "jumper|a sweater|hoodies|Pull-over|pull over|pullovver|a cosy knit sweater"),
        ("Dress", "a dress|dresses|Evening Gown|DRESS!|shirt dress|the little black dress|a dress without a bag"),
        ("Coat", "coat|leather jacket|denim jacket|top coat|trench-coat|a bomber jacket|trenchcoats"),
        ("Sandal", "high heels|flip flops|flip-flop|sandels|stilettos|open toed shoes|sándals"),
        ("Shirt", "shirt|dress shirt|blouses|polo shirts|shrit|not a t-shirt but a shirt"),
        (
            "Sneaker",
            "a pair of trainers|Sneeker|sneakers|running shoes|sneaker shoes|snaekers|draw me a sneaker|7 kicks",
        ),
        ("Bag", "handbag|hand bag|a woman's purse|bag|bags|tote bag|shoe bag|ruck sack"),
        ("Ankle boot", "ANKLE BOOTS|boots|ankle-boot|ankel boots|anckle boot|high heel boots|booties|Chelsea boots"),
    ] {
        for prompt in prompts.split('|') {
            let understood = understand(&entries, prompt).unwrap_or_else(|error| panic!("{prompt}: {error}"));
            assert_eq!(understood.index, index(label), "{prompt}: {understood:?}");
        }
    }
}

#[test]
fn every_word_of_the_vocabulary_is_understood_or_shared() {
    let entries = fashion();
    for (index, entry) in entries.iter().enumerate() {
        for word in entry.words.iter().chain([&entry.label, &entry.name]) {
            match understand(&entries, word) {
                Ok(understood) => assert_eq!(understood.index, index, "{word}"),
                Err(error) => {
                    assert_eq!(error.problem, Problem::Ambiguous, "{word}");
                    assert!(error.suggestions.contains(&entry.label), "{word}: {error}");
                }
            }
        }
    }
}

#[test]
fn the_answer_says_what_was_used_ignored_and_corrected() {
    let understood = understand(&fashion(), "Please draw a shiny red Sneeker").unwrap();
    assert_eq!(understood.used, ["Sneeker"]);
    assert_eq!(understood.ignored, ["shiny", "red"]);
    assert_eq!(understood.corrected, [Correction { typed: "Sneeker".into(), meant: "Sneaker".into() }]);
    let understood = understand(&fashion(), "Ankel boots").unwrap();
    assert_eq!(understood.corrected, [Correction { typed: "Ankel boots".into(), meant: "Ankle boot".into() }]);
    assert!(understand(&fashion(), "T-SHIRTS").unwrap().corrected.is_empty(), "case and plural are no slips");
}

#[test]
fn other_words_are_never_taken_for_a_slip() {
    let entries = fashion();
    for word in
        "boat|skirt|short|speaker|scandal|sandbag|trailer|bumper|goat|best|press|bug|big|boost|book|skipper|loader|\
        blaze|poodle|sweeter|sneakier|cat|a castle|pushover|slipper|bot|logging|a beech|shippers|poolside|shift|coal|bad|dressing|packet|rocket|trouper"
            .split('|')
    {
        let error = understand(&entries, word).unwrap_err();
        assert_eq!((error.problem, error.code()), (Problem::Unknown, "prompt-unknown"), "{word}: {error}");
        assert_eq!(error.known.len(), 10);
    }
}

#[test]
fn near_words_are_suggested_and_far_ones_are_not() {
    let entries = fashion();
    let boat = understand(&entries, "a boat").unwrap_err();
    assert!(boat.suggestions.contains(&"boot".into()) && boat.suggestions.contains(&"Coat".into()), "{boat:?}");
    assert_eq!(boat.words, ["boat"]);
    assert!(boat.to_string().contains("did you mean") && boat.to_string().contains("Trouser"), "{boat}");
    assert_eq!(understand(&entries, "skirt").unwrap_err().suggestions[0], "Shirt");
    assert_eq!(understand(&entries, "speaker").unwrap_err().suggestions[0], "Sneaker");
    let castle = understand(&entries, "a castle").unwrap_err();
    assert!(castle.suggestions.is_empty() && castle.to_string().contains("“castle”"), "{castle}");
    for error in [boat, understand(&entries, "speaker").unwrap_err()] {
        for suggestion in error.suggestions {
            assert!(understand(&entries, &suggestion).is_ok(), "{suggestion} is offered, so it must be understood");
        }
    }
}

#[test]
fn several_things_are_named_back() {
    let entries = fashion();
    let error = understand(&entries, "a dress and a bag").unwrap_err();
    assert_eq!((error.code(), &error.suggestions[..]), ("prompt-ambiguous", &["Dress".into(), "Bag".into()][..]));
    assert_eq!(error.to_string(), "“dress bag” could mean Dress or Bag; ask for one of them");
    let shoe = understand(&entries, "shoes").unwrap_err();
    assert_eq!(shoe.suggestions, ["Sandal", "Sneaker", "Ankle boot"]);
    assert!(understand(&entries, "a sneaker, a trainer").is_ok(), "two words for one thing are one thing");
}

#[test]
fn what_is_turned_away_is_not_drawn() {
    let entries = fashion();
    for prompt in ["not a boot", "anything but a boot", "no red boots", "don't draw a boot"] {
        assert_eq!(understand(&entries, prompt).unwrap_err().problem, Problem::Unknown, "{prompt}");
    }
    for prompt in ["no bag, just a boot", "I am not sure, a boot", "a boot without heels", "not a dress but a boot"] {
        assert_eq!(understand(&entries, prompt).unwrap().index, index("Ankle boot"), "{prompt}");
    }
}

#[test]
fn nothing_and_too_much_are_refused() {
    let entries = fashion();
    for prompt in ["", "  ", "!?", "→", "'"] {
        assert_eq!(understand(&entries, prompt).unwrap_err().code(), "prompt-empty", "{prompt}");
    }
    assert_eq!(understand(&entries, "the").unwrap_err().code(), "prompt-unknown");
    assert_eq!(understand(&entries, &"boot ".repeat(200)).unwrap_err().code(), "prompt-too-long");
    assert_eq!(
        understand(&[], "boot").unwrap_err().to_string(),
        "“boot” is not something this model can draw; it can draw nothing"
    );
}

/// A word of the vocabulary with its class.
fn a_word() -> impl Strategy<Value = (usize, String)> {
    let all = fashion().into_iter().enumerate();
    let all: Vec<_> = all.flat_map(|(index, entry)| entry.words.into_iter().map(move |word| (index, word))).collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text: String) {
        match understand(&fashion(), &text) {
            Ok(understood) => prop_assert!(understood.index < 10 && !understood.used.is_empty()),
            Err(error) => prop_assert!(error.known.len() == 10 && !error.to_string().is_empty()),
        }
    }

    #[test]
    fn case_dashes_and_filler_do_not_matter((index, word) in a_word()) {
        let plural = if word.ends_with('s') { word.clone() } else { format!("  {word}s ") };
        let same = [plural, word.to_uppercase(), word.replace(' ', "-"), format!("a pair of {word}, please!")];
        let plain = understand(&fashion(), &word).map(|understood| understood.index);
        for prompt in same {
            match (understand(&fashion(), &prompt), &plain) {
                (Ok(understood), Ok(_)) => prop_assert_eq!(understood.index, index),
                (Err(error), Err(_)) => prop_assert_eq!(error.problem, Problem::Ambiguous),
                (found, plain) => prop_assert!(false, "{} {:?} {:?}", prompt, found, plain),
            }
        }
    }

    #[test]
    fn a_swap_inside_a_long_word_still_finds_it_or_asks((index, word) in a_word(), position in 1usize..20) {
        let mut letters: Vec<char> = word.chars().collect();
        let position = 1 + position % letters.len().saturating_sub(3).max(1);
        if letters.len() >= 6 && !word.ends_with('s') && letters.iter().all(|letter| letter.is_ascii_lowercase()) {
            letters.swap(position, position + 1);
            let typed: String = letters.into_iter().collect();
            match understand(&fashion(), &typed) {
                Ok(understood) => prop_assert_eq!(understood.index, index, "{}", typed),
                Err(error) => prop_assert!(!error.suggestions.is_empty(), "{}: {}", typed, error),
            }
        }
    }
}

//! Captioned data: read, held out, drawn as prompts, and a network that learns what the words mean.

mod captioned;

use burn::tensor::Device;
use captioned::{SIDE, write_data};
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::network::BurnDenoiser;
use morphogen::network::config::{Architecture, ConditionKind, NetworkConfig, Normalisation, Padding, Prediction};
use morphogen::schedule::Schedule;
use morphogen::train::TrainError;
use morphogen::train::data::{Dataset, Split};
use morphogen::train::settings::Settings;
use morphogen::train::trainer::Trainer;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn held_out_images_are_not_trained_on_and_prompts_come_from_the_caption() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let data = Dataset::open(folder.path(), Split::Train, Some(SIDE)).unwrap();
    let test = Dataset::open(folder.path(), Split::Test, Some(SIDE)).unwrap();
    assert_eq!((data.len(), data.classes, test.len()), (3, 3, 1));
    assert_eq!(data.names[test.labels[0]], "b");
    let captions = data.captions.as_ref().unwrap();
    assert_eq!(captions.vocabulary[..4], ["bright", "dark", "shape", "square"].map(String::from), "styles first");
    assert!(!captions.vocabulary.iter().any(|word| word == "purple"), "no word of what is held out");

    let word = |name: &str| captions.vocabulary.iter().position(|word| word == name).unwrap();
    let own = BTreeSet::from(["bright", "red", "square", "shape", "r"].map(word));
    let mut seen = BTreeSet::new();
    let mut state = 0.0;
    for _ in 0..200 {
        let uniform = || {
            state = (state + 0.618_033_988_749_895) % 1.0;
            state
        };
        let Condition::Words(words) = captions.draw(0, uniform) else { panic!("expected words") };
        assert!(!words.is_empty() && words.iter().all(|word| own.contains(word)), "{words:?}");
        seen.extend(words);
    }
    assert_eq!(seen, own, "every word is used at times");
    assert_eq!(captions.label(0), Condition::Words(vec![word("red"), word("square"), word("bright")]));
}

#[test]
fn a_network_learns_what_words_mean() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let data = Dataset::open(folder.path(), Split::Train, Some(SIDE)).unwrap();
    let captions = data.captions.as_ref().unwrap();
    let settings = Settings {
        network: NetworkConfig {
            architecture: Architecture::UNet { widths: vec![8], attention_heads: 0, attention_level: None },
            channels: 3,
            kernel: 3,
            padding: Padding::Zeros,
            normalisation: Normalisation::None,
            condition: ConditionKind::Words { count: captions.vocabulary.len(), width: 6 },
            embedding: 8,
            prediction: Prediction::Velocity,
        },
        schedule: Schedule::Cosine,
        seed: 5,
        epochs: 400,
        batch: 3,
        learning_rate: 5e-3,
        warmup: 5,
        ema: 0.9,
        clip: 1.0,
        drop_condition: 0.1,
        time_skew: 0.0,
        start: None,
        bf16: false,
    };
    let run = folder.path().join("run");
    let weights = Trainer::new(settings.clone(), &data, &run, Device::flex()).unwrap().run(1000, None, |_| ()).unwrap();
    let mut denoiser = BurnDenoiser::new(&settings.network, &weights, data.shape).unwrap();
    let word = |name: &str| captions.vocabulary.iter().position(|word| word == name).unwrap();
    let conditions = [Condition::Words(vec![word("red")]), Condition::Words(vec![word("blue")])];
    let y = denoiser.denoise(&vec![0.0; 2 * data.shape.len()], Schedule::Cosine.at(0.9), &conditions).unwrap();
    let mean = |picture: usize, channel: usize| -> f32 {
        let start = (3 * picture + channel) * SIDE * SIDE;
        y[start..start + SIDE * SIDE].iter().sum::<f32>() / (SIDE * SIDE) as f32
    };
    assert!(mean(0, 0) > mean(0, 2) + 0.5, "red is red: {} {}", mean(0, 0), mean(0, 2));
    assert!(mean(1, 2) > mean(1, 0) + 0.5, "blue is blue: {} {}", mean(1, 2), mean(1, 0));
}

#[test]
fn broken_captions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Dataset::open(folder.path(), Split::Train, Some(SIDE));
    for broken in ["", "{}", r#"{"styles": [], "entries": []}"#] {
        fs::write(folder.path().join("captions.json"), broken).unwrap();
        assert!(matches!(open(), Err(TrainError::File { .. } | TrainError::Data { .. })), "{broken}");
    }
    write_data(folder.path());
    let text = fs::read_to_string(folder.path().join("captions.json")).unwrap();
    fs::write(folder.path().join("captions.json"), text.replace("\"style\":1", "\"style\":2")).unwrap();
    assert!(matches!(open(), Err(TrainError::Data { .. })), "a style that is not there");
}

//! Captioned data: read, held out, drawn as prompts, and a network that learns what the words mean.

mod captioned;
mod quick;

use burn::tensor::Device;
use captioned::{SIDE, write_data, write_data_of};
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::network::config::{Architecture, ConditionKind, NetworkConfig};
use morphogen::schedule::Schedule;
use morphogen_native::network::BurnDenoiser;
use morphogen_native::train::TrainError;
use morphogen_native::train::data::{Dataset, Split};
use morphogen_native::train::settings::Settings;
use morphogen_native::train::trainer::Trainer;
use safetensors::tensor::{Dtype, TensorView, serialize};
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
fn a_turned_picture_is_called_by_its_new_colours_alone() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let data = Dataset::open(folder.path(), Split::Train, None).unwrap();
    let captions = data.captions.as_ref().unwrap();
    assert!(data.has_hues());
    assert_eq!([0, 1, 2].map(|n| captions.hues(n)), [1, 0, 0]);
    assert_eq!(captions.degrees(0, 0), 240);
    // Red by 240° is blue: the planes change places.
    let (plain, turned) = (data.image_in(0, None), data.image_in(0, Some(0)));
    assert!(plain.iter().copied().eq(data.image(0)));
    assert_eq!(turned, [&plain[SIDE * SIDE..], &plain[..SIDE * SIDE]].concat());

    let word = |name: &str| captions.vocabulary.iter().position(|word| word == name).unwrap();
    let expected = BTreeSet::from(["bright", "blue", "square", "shape", "r"].map(word));
    let (mut seen, mut state) = (BTreeSet::new(), 0.0);
    for _ in 0..200 {
        let uniform = || {
            state = (state + 0.618_033_988_749_895) % 1.0;
            state
        };
        let Condition::Words(words) = captions.draw_in(0, Some(0), uniform) else { panic!("expected words") };
        assert!(words.contains(&word("blue")) && words.iter().all(|word| expected.contains(word)), "{words:?}");
        assert!(words.iter().any(|&said| said != word("blue") && said != word("bright")), "and by what it shows");
        seen.extend(words);
    }
    assert_eq!(seen, expected, "every other word is used at times");
}

/// A very small network for the words of `data`.
fn settings(data: &Dataset) -> Settings {
    let captions = data.captions.as_ref().unwrap();
    Settings {
        epochs: 400,
        batch: 3,
        ..quick::settings(NetworkConfig {
            channels: 3,
            embedding: 8,
            ..NetworkConfig::new(
                Architecture::UNet { widths: vec![8], attention_heads: 0, attention_level: None },
                ConditionKind::Words { count: captions.vocabulary.len(), width: 6 },
            )
        })
    }
}

#[test]
fn hues_are_drawn_by_seed_and_step_beside_all_other_draws() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let data = Dataset::open(folder.path(), Split::Train, None).unwrap();
    let run = |name: &str, hue: f64, until: usize| {
        let (mut losses, settings) = (Vec::new(), Settings { hue, epochs: 12, ..settings(&data) });
        let run = folder.path().join(name);
        let mut trainer = Trainer::new(settings, &data, &run, Device::flex()).unwrap();
        (trainer.run(1000, Some(until), |report| losses.push(report.loss)).unwrap(), losses)
    };
    // A share that no draw falls below turns nothing, and must leave everything else as it is.
    assert_eq!(run("none", 0.0, 12), run("never", f64::MIN_POSITIVE, 12));
    let (whole, losses) = run("always", 1.0, 12);
    assert_ne!(losses, run("plain", 0.0, 12).1, "turned pictures and their prompts are others");
    run("parts", 1.0, 5);
    assert_eq!(run("parts", 1.0, 12).0, whole, "resumed or not");

    let checkpoint =
        |name: &str| fs::read_to_string(folder.path().join(name).join("checkpoint/settings.json")).unwrap();
    assert!(!checkpoint("none").contains("hue"), "as it was written before there were hues");
    assert!(checkpoint("always").contains("\"hue\":1.0"));
    let refused = |hue: f64, data: &Dataset| {
        let settings = Settings { hue, ..settings(data) };
        match Trainer::new(settings, data, &folder.path().join("refused"), Device::flex()) {
            Err(TrainError::Settings(message)) => message,
            other => panic!("expected a complaint about settings, found {:?}", other.map(|_| ())),
        }
    };
    assert!(refused(1.5, &data).contains("0..=1") && refused(f64::NAN, &data).contains("0..=1"));
    let path = folder.path().join("captions.json");
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    json["entries"][0].as_object_mut().unwrap().remove("hues");
    fs::write(&path, json.to_string()).unwrap();
    let plain = Dataset::open(folder.path(), Split::Train, None).unwrap();
    assert!(refused(0.2, &plain).contains("none of these pictures"));
    assert!(!folder.path().join("refused").exists(), "nothing is begun");
}

#[test]
fn a_run_and_its_pictures_keep_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let (small, large, run) = (folder.path().join("small"), folder.path().join("large"), folder.path().join("run"));
    for (folder, side) in [(&small, SIDE), (&large, 2 * SIDE)] {
        fs::create_dir_all(folder).unwrap();
        write_data_of(folder, side);
    }
    let open = |folder, size| Dataset::open(folder, Split::Train, size);
    let (data, other) = (open(&small, None).unwrap(), open(&large, None).unwrap());
    assert_eq!((data.shape.height, other.shape.height), (SIDE, 2 * SIDE), "as they were drawn");
    let message = open(&large, Some(SIDE)).unwrap_err().to_string();
    assert!(message.contains("expected pictures of 8 × 8 pixels, found 16 × 16"), "{message}");

    let settings = Settings { epochs: 2, ..settings(&data) };
    Trainer::new(settings.clone(), &data, &run, Device::flex()).unwrap().run(1000, Some(1), |_| ()).unwrap();
    let before = fs::read(run.join("checkpoint/progress.json")).unwrap();
    let message = match Trainer::new(settings.clone(), &other, &run, Device::flex()) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("a run of 8 × 8 pixels went on with 16 × 16"),
    };
    assert!(message.contains("on pictures of 3 × 8 × 8") && message.contains("has 3 × 16 × 16"), "{message}");
    assert_eq!(fs::read(run.join("checkpoint/progress.json")).unwrap(), before);

    // A run from before the shape was kept goes on.
    let mut old: serde_json::Value = serde_json::from_slice(&before).unwrap();
    old.as_object_mut().unwrap().remove("image");
    fs::write(run.join("checkpoint/progress.json"), old.to_string()).unwrap();
    assert!(Trainer::new(settings, &data, &run, Device::flex()).is_ok());
}

#[test]
fn a_network_learns_what_words_mean() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let data = Dataset::open(folder.path(), Split::Train, Some(SIDE)).unwrap();
    let captions = data.captions.as_ref().unwrap();
    let settings = settings(&data);
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
    for (good, broken) in [("\"degrees\":240", "\"degrees\":360"), ("[\"blue\"]", "[]"), ("\"degrees\"", "\"turn\"")] {
        assert!(text.contains(good), "{good}");
        fs::write(folder.path().join("captions.json"), text.replace(good, broken)).unwrap();
        assert!(matches!(open(), Err(TrainError::Data { .. })), "{broken}");
    }
    fs::write(folder.path().join("captions.json"), text).unwrap();
    for shape in [[6, 1, SIDE, 3 * SIDE], [6, 3, 2 * SIDE, SIDE / 2], [3, 6, SIDE, SIDE], [2, 3, SIDE, 3 * SIDE]] {
        let images = vec![0; 6 * 3 * SIDE * SIDE];
        let view = TensorView::new(Dtype::U8, shape.to_vec(), &images).unwrap();
        fs::write(folder.path().join("images.safetensors"), serialize([("images", view)], None).unwrap()).unwrap();
        let message = open().unwrap_err().to_string();
        assert!(message.contains("[N, 3, S, S]"), "{message}");
    }
}

//! What each fuzz target checks, in one place, so that `tests/corpus.rs` runs the same on the kept corpus.

use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::gpu::Tuning;
use morphogen::gpu::stage::compile;
use morphogen::network::Layers;
use morphogen::network::weights::{Array, Weights};
use morphogen::pack::{Budget, Manifest, PromptEntry, inflate, read_images, read_weights};
use morphogen::prompt::prior::{Asked, Prior};
use morphogen::prompt::text::Vocabulary;
use morphogen::prompt::understand;
use std::sync::LazyLock;

/// A manifest that is accepted is written and read back as the same manifest.
pub fn manifest(data: &[u8]) {
    if let Ok(manifest) = Manifest::parse(data) {
        let json = serde_json::to_vec(&manifest).expect("what was read can be written");
        assert_eq!(Manifest::parse(&json).expect("and read again"), manifest);
    }
}

/// What a network of the corpus may take: little, so that many are tried.
pub const SMALL: Budget = Budget { weights: 1 << 18, values: 1 << 16, memory: 1 << 22, tokens: 64, ..Budget::BROWSER };

/// A manifest that is accepted describes networks that can be built, on any engine, and that answer.
pub fn build(data: &[u8]) {
    let Ok(manifest) = Manifest::parse_within(data, SMALL) else { return };
    for entry in manifest.networks.values() {
        let layers = Layers::for_pictures(&entry.config, manifest.image).expect("what was accepted can be laid out");
        assert!(
            layers.peak_bytes(manifest.image) <= SMALL.values && layers.weight_bytes(&entry.config) <= SMALL.weights
        );
        let zeros =
            |(name, shape): (String, Vec<usize>)| (name, Array { data: vec![0.0; shape.iter().product()], shape });
        let weights: Weights = layers.tensors(&entry.config).into_iter().map(zeros).collect();
        let shapes = layers.shapes(manifest.image);
        for tuning in [Tuning::ManyThreads, Tuning::FewCores] {
            let stages = compile(&layers, &shapes, &weights, tuning).expect("and written out for the GPU");
            assert!(!stages.is_empty() && stages.len() <= layers.list.len());
        }
        let mut network = CpuNetwork::new(&entry.config, &weights, manifest.image).expect("and built");
        let x = vec![0.5; manifest.image.len()];
        let answer = network.denoise(&x, manifest.schedule.at(0.5), &[Condition::Null]).expect("and asked");
        assert!(answer.len() == x.len() && answer.iter().all(|value| value.is_finite()));
    }
}

/// Weights that are accepted are exactly those asked for, and finite.
pub fn weights(data: &[u8]) {
    let expected = [("a.weight".to_string(), vec![2, 3]), ("a.bias".to_string(), vec![2])];
    if let Ok(weights) = read_weights("fuzz", data, &expected) {
        assert_eq!(weights.len(), expected.len());
        for (name, shape) in &expected {
            assert_eq!(&weights[name].shape, shape);
            assert_eq!(weights[name].data.len(), shape.iter().product::<usize>());
            assert!(weights[name].data.iter().all(|value| value.is_finite()));
        }
    }
}

/// Training images that are accepted have the stated number of pixels, and nothing inflates beyond its limit.
pub fn training(data: &[u8]) {
    const LIMIT: u64 = 4096;
    let shape = ImageShape { channels: 1, height: 2, width: 3 };
    let inflated = inflate("fuzz", data, LIMIT);
    if let Ok(bytes) = &inflated {
        assert!(bytes.len() as u64 <= LIMIT);
    }
    for bytes in [inflated.as_deref().unwrap_or(data), data] {
        if let Ok(images) = read_images("fuzz", bytes, 2, shape) {
            assert_eq!(images.data.len(), 2 * shape.len());
        }
    }
}

/// Every prompt is answered with one entry or with what there is.
pub fn prompt(data: &[u8]) {
    static ENTRIES: LazyLock<Vec<PromptEntry>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../native/vocabulary/fashion.json")).expect("the vocabulary is JSON")
    });
    let entries = &*ENTRIES;
    match understand(entries, &String::from_utf8_lossy(data)) {
        Ok(understood) => assert!(understood.index < entries.len() && !understood.used.is_empty()),
        Err(error) => assert!(error.known.len() == entries.len() && !error.to_string().is_empty()),
    }
}

/// Every free text is answered with known words, each once and on one side, or with an error that says something.
pub fn text(data: &[u8]) {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
        let words = ["noto", "flat", "cat", "red", "hat", "fire", "truck", "without"].map(String::from);
        let mut vocabulary = Vocabulary::new(words.to_vec(), 2, [("google".to_string(), 0)].into());
        let foreign: [(&str, &[usize]); 10] = [
            ("katze", &[2]),
            ("und", &[]),
            ("ohne", &[7]),
            ("rote katze", &[2, 3]),
            ("猫", &[2]),
            ("赤い", &[3, 99]),
            ("帽子", &[4]),
            ("なし", &[7]),
            ("没有", &[7]),
            ("красная", &[3]),
        ];
        vocabulary.learn("de", foreign.map(|(word, numbers)| (word.to_string(), numbers.to_vec())).into());
        vocabulary
    });
    match VOCABULARY.understand_in(&String::from_utf8_lossy(data), "de") {
        Ok(found) => {
            assert!(!found.words.is_empty() && !found.label.is_empty() && !found.used.is_empty());
            for list in [&found.words, &found.against] {
                assert!(list.is_sorted_by(|one, other| one < other));
                assert!(list.iter().all(|&word| word < VOCABULARY.len()));
            }
            assert!(!found.against.iter().any(|word| found.words.contains(word)));
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.code().is_empty()),
    }
}

/// Captions that are accepted name words of the pack only, and whatever the prior chooses of them does so, too.
pub fn captions(data: &[u8]) {
    const LIMIT: u64 = 4096;
    const WORDS: usize = 6;
    static MANIFEST: LazyLock<Manifest> =
        LazyLock::new(|| Manifest::parse(include_bytes!("../corpus/manifest/words.json")).expect("it is good"));
    let inflated = inflate("fuzz", data, LIMIT);
    for bytes in [inflated.as_deref().unwrap_or(data), data] {
        let Ok(captions) = MANIFEST.captions(bytes) else { continue };
        let styles = MANIFEST.text().map_or(0, |text| text.styles);
        let vocabulary: Vec<String> = (0..WORDS).map(|number| format!("word{number}")).collect();
        let prior = Prior::new(&captions, &vocabulary, styles);
        for word in 0..WORDS {
            for choice in prior.choose(Asked { words: &[word], against: &[5] }, 1, 3).into_iter().flatten() {
                assert!(choice.index < prior.len() && choice.words.iter().all(|&word| word < WORDS));
            }
            let images: usize = captions.matching(&[word], styles).iter().map(|pick| pick.images.len()).sum();
            assert!(images <= prior.len());
        }
    }
}

//! Runs the bodies of the fuzz targets on their kept corpus, so that no input that was ever a problem comes back as one.

#[path = "../fuzz/fuzz_targets/bodies.rs"]
mod bodies;

use std::path::Path;

/// Runs `body` on each file of the corpus and says how many there were.
fn run(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        body(&bytes);
        // Every file cut short, too: most harm comes from lengths that are believed.
        (0..bytes.len().min(600)).for_each(|length| body(&bytes[..length]));
        count += 1;
    }
    assert!(count > 0, "{} holds no files", folder.display());
}

#[test]
fn manifests() {
    run("manifest", bodies::manifest);
}

#[test]
fn networks() {
    run("network", bodies::build);
}

#[test]
fn weights() {
    run("weights", bodies::weights);
}

#[test]
fn training() {
    run("training", bodies::training);
}

#[test]
fn prompts() {
    run("prompt", bodies::prompt);
}

#[test]
fn texts() {
    run("text", bodies::text);
}

#[test]
fn captions() {
    run("captions", bodies::captions);
}

#[test]
fn the_good_files_of_the_corpus_are_accepted() {
    let read =
        |file: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(file)).unwrap();
    for file in ["manifest/full.json", "manifest/clean.json"] {
        morphogen::pack::Manifest::parse(&read(file)).unwrap();
    }
    for file in ["network/resnet.json", "network/attention.json", "network/words.json"] {
        assert!(!morphogen::pack::Manifest::parse_within(&read(file), bodies::SMALL).unwrap().networks.is_empty());
    }
    for file in ["network/deep.json", "network/tokens.json"] {
        let error = morphogen::pack::Manifest::parse_within(&read(file), bodies::SMALL).unwrap_err();
        assert_eq!(error.code(), "pack-too-large", "{file}: {error}");
    }
    let expected = [("a.weight".to_string(), vec![2, 3]), ("a.bias".to_string(), vec![2])];
    for file in ["weights/f16.safetensors", "weights/f32.safetensors"] {
        morphogen::pack::read_weights(file, &read(file), &expected).unwrap();
    }
    let manifest = morphogen::pack::Manifest::parse(&read("manifest/words.json")).unwrap();
    manifest.captions(&morphogen::pack::inflate("good", &read("captions/good.zz"), 4096).unwrap()).unwrap();
    let inflated = morphogen::pack::inflate("good", &read("training/good.zz"), 4096).unwrap();
    let shape = morphogen::denoiser::ImageShape { channels: 1, height: 2, width: 3 };
    morphogen::pack::read_images("good", &inflated, 2, shape).unwrap();
}

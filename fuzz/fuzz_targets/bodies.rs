//! What each fuzz target checks, in one place, so that `tests/corpus.rs` runs the same on the kept corpus.

use morphogen::denoiser::ImageShape;
use morphogen::pack::{Manifest, PromptEntry, inflate, read_images, read_weights};
use morphogen::prompt::understand;
use std::sync::LazyLock;

/// A manifest that is accepted is written and read back as the same manifest.
pub fn manifest(data: &[u8]) {
    if let Ok(manifest) = Manifest::parse(data) {
        let json = serde_json::to_vec(&manifest).expect("what was read can be written");
        assert_eq!(Manifest::parse(&json).expect("and read again"), manifest);
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
        serde_json::from_str(include_str!("../../src/train/vocabulary/fashion.json")).expect("the vocabulary is JSON")
    });
    let entries = &*ENTRIES;
    match understand(entries, &String::from_utf8_lossy(data)) {
        Ok(understood) => assert!(understood.index < entries.len() && !understood.used.is_empty()),
        Err(error) => assert!(error.known.len() == entries.len() && !error.to_string().is_empty()),
    }
}

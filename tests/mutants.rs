//! The body of the fuzz target `network` on mutants of its corpus: manifests that are still JSON, with other sizes, kinds and
//! depths, which a fuzzer that flips bits seldom finds. `MORPHOGEN_MUTANTS` says how many; the usual few are always the same.

#[path = "../fuzz/fuzz_targets/bodies.rs"]
#[allow(dead_code, reason = "one body is run here")]
mod bodies;

use morphogen::denoiser::ImageShape;
use morphogen::pack::{Manifest, TestVector};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::path::Path;

/// Sizes that a network may well have, and those at the edges of what is checked.
const USUAL: [u64; 9] = [1, 2, 3, 4, 6, 8, 12, 16, 32];
const SIZES: [u64; 18] = [0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 32, 64, 65, 256, 2048, 1 << 14, 1 << 32, u64::MAX];

/// Words that mean something somewhere.
const WORDS: [&str; 16] = [
    "zeros",
    "circular",
    "none",
    "group",
    "class",
    "vector",
    "words",
    "unet",
    "resnet",
    "noise",
    "velocity",
    "clean",
    "shift",
    "scale-shift",
    "linear",
    "cosine",
];

/// One of `list`.
fn pick<'a, T>(random: &mut ChaCha8Rng, list: &'a [T]) -> &'a T {
    &list[random.next_u32() as usize % list.len()]
}

/// A size, mostly one that is usual.
fn size(random: &mut ChaCha8Rng) -> u64 {
    let list: &[u64] = if random.next_u32().is_multiple_of(6) { &SIZES } else { &USUAL };
    *pick(random, list)
}

/// The paths of everything below `value` that holds nothing itself.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| leaves(value, &format!("{path}/{n}"), found));
        }
        _ => found.push(path.into()),
    }
}

/// Changes one thing of the network or the picture.
fn mutate(random: &mut ChaCha8Rng, json: &mut Value) {
    let mut paths = Vec::new();
    for part in ["/networks/n/config", "/image", "/text", "/schedule"] {
        if let Some(value) = json.pointer(part) {
            leaves(value, part, &mut paths);
        }
    }
    let path = pick(random, &paths).clone();
    let place = json.pointer_mut(&path).expect("it was just found");
    match random.next_u32() % 24 {
        0 => *place = Value::Null,
        _ if place.is_string() => *place = (*pick(random, &WORDS)).into(),
        _ => *place = size(random).into(),
    }
    let config = &mut json["networks"]["n"]["config"];
    match random.next_u32() % 8 {
        0 => {
            let widths: Vec<u64> = (0..=random.next_u32() % 4).map(|_| size(random)).collect();
            config["architecture"] =
                json!({ "kind": "unet", "widths": widths, "attention_heads": random.next_u32() % 3 });
        }
        1 => config["architecture"] = json!({ "kind": "resnet", "width": size(random), "layers": size(random) }),
        2 => config["normalisation"] = json!({ "kind": "group", "groups": size(random) }),
        3 => config["condition"] = json!({ "kind": "vector", "size": size(random) }),
        _ => {}
    }
}

/// Lets the picture's channels and the known answer follow, so that what is refused is refused for its size.
fn settle(json: &mut Value) {
    json["networks"]["n"]["config"]["channels"] = json["image"]["channels"].clone();
    if let Ok(shape) = serde_json::from_value::<ImageShape>(json["image"].clone())
        && [shape.channels, shape.height, shape.width].iter().all(|&side| side <= 64)
    {
        let test = TestVector::new(1, 0.5, None, &vec![0.0; shape.len()]);
        json["networks"]["n"]["test"] = serde_json::to_value(test).expect("a test vector can be written");
    }
}

#[test]
fn mutants_are_refused_or_built() {
    let count = std::env::var("MORPHOGEN_MUTANTS").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/network");
    let mut seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    let seeds: Vec<Value> =
        seeds.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (mut built, mut too_large) = (0, 0);
    for _ in 0..count {
        let mut json = pick(&mut random, &seeds).clone();
        (0..=random.next_u32() % 3).for_each(|_| mutate(&mut random, &mut json));
        settle(&mut json);
        let bytes = serde_json::to_vec(&json).unwrap();
        match Manifest::parse_within(&bytes, bodies::SMALL) {
            Ok(_) => built += 1,
            Err(error) => too_large += usize::from(error.code() == "pack-too-large"),
        }
        bodies::build(&bytes);
    }
    eprintln!("{count} mutants: {built} built, {too_large} refused for their size");
    assert!(
        built * 20 > count && too_large * 20 > count,
        "{built} built, {too_large} too large: the mutants test little"
    );
}

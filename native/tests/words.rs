//! What draws from words, from end to end: train a little, make a pack, draw by captions, and count copies. How good the
//! samples are is not asked here: with so few images all are near.

mod captioned;

use captioned::write_data;
use std::fs;
use std::path::Path;
use std::process::Command;

fn morphogen(folder: &Path, line: &str) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_morphogen"));
    let output = command.current_dir(folder).args(line.split_whitespace()).output().expect("the command starts");
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    if output.status.success() { Ok(out) } else { Err(err) }
}

/// A network trained a little, in a pack.
fn make_pack(folder: &Path) {
    fs::create_dir(folder.join("data")).unwrap();
    write_data(&folder.join("data"));
    let terms = r#"{"licence": "CC0-1.0", "attribution": "drawn by this test"}"#;
    let draft = format!(
        r#"{{"name": "squares", "title": "Squares", "version": "1.0.0", "licence": {{"data": {terms}, "weights": {terms}}},
            "image": {{"channels": 3, "height": 8, "width": 8}}}}"#
    );
    fs::write(folder.join("draft.json"), draft).unwrap();
    for line in [
        "train --data data --size 8 --run run --network unet --widths 8 --words 6 --embedding 8 --batch 3 --epochs 300 --learning-rate 5e-3",
        "pack create pack --draft draft.json",
        "pack words pack --data data",
        "pack training pack --data data",
        "pack network pack --run run --name unet --title UNet --guidance 1",
        "pack check pack",
    ] {
        morphogen(folder, line).unwrap_or_else(|error| panic!("morphogen {line}\n{error}"));
    }
}

#[test]
fn a_sample_says_which_captions_the_seed_chose_and_draws_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    make_pack(folder);
    let sample = |options: &str, output: &str| {
        let line = format!(
            "sample --pack pack --network unet --prompt square --seed 3 --steps 4 --output {output}.safetensors"
        );
        morphogen(folder, &format!("{line} {options}"))
    };
    let said = sample("--count 3", "whole").unwrap();
    let captions: Vec<&str> = said.lines().filter(|line| line.starts_with("square: ")).collect();
    assert!(captions.len() == 3, "{said}");
    let known = captions.iter().all(|line| line.contains(" · ") && line.contains(", known "));
    assert!(known, "the pack's network was measured: {said}");
    let number = |line: &str| line.split_once("(caption ").unwrap().1.split(',').next().unwrap().to_string();
    let third = number(captions[2]);
    let again = sample(&format!("--count 3 --caption {third}"), "same").unwrap();
    assert!(again.lines().filter(|line| line.starts_with("square: ")).all(|line| line == captions[2]), "{again}");
    let read = |name: &str| fs::read(folder.join(format!("{name}.safetensors"))).unwrap();
    let picture = 3 * 8 * 8 * 4;
    let last = |bytes: Vec<u8>| bytes[bytes.len() - picture..].to_vec();
    assert_eq!(last(read("same")), last(read("whole")), "the third picture is that of its seed and caption");
    assert!(!sample("--count 3 --no-prior", "words").unwrap().contains("caption"), "nothing was chosen");
    assert_ne!(last(read("words")), last(read("whole")));
    let error = sample("--caption 99", "none").unwrap_err();
    assert!(error.contains("found 99") && !folder.join("none.safetensors").exists(), "{error}");
    assert!(sample("--caption 0 --no-prior", "none").is_err());

    let said = morphogen(folder, "pack captions pack --network unet").unwrap();
    assert!(said.contains("of 3 training pictures"), "{said}");
    let error = morphogen(folder, "pack captions pack --network other").unwrap_err();
    assert!(error.contains("other"), "{error}");
    morphogen(folder, "pack check pack").unwrap();
}

#[test]
fn novelty_is_counted_with_the_prior_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    make_pack(folder);
    let novelty = "novelty --pack pack --network unet --prompts 2 --varied 1 --seeds 3";
    let said = morphogen(folder, &format!("{novelty} --json found.json")).unwrap();
    assert!(said.contains("with the prior: of 2 samples") && said.contains("words alone: of 2 samples"), "{said}");
    let found: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("found.json")).unwrap()).unwrap();
    for way in [&found[0], &found[1]] {
        let [copies, close, alike] = ["copies", "close", "alike"].map(|name| way[name].as_f64().unwrap());
        assert!((0.0..=1.0).contains(&copies) && copies <= close && (-1.0..=1.0).contains(&alike), "{way}");
    }
    let error = morphogen(folder, &novelty.replace("--network unet", "--network none")).unwrap_err();
    assert!(error.contains("none"), "{error}");
}

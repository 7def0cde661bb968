//! The grading of what draws from words, from end to end: train a little, make a pack, train a judge, and count. How good
//! the samples are is not asked here: with so few images all are near.

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

#[test]
fn samples_are_graded_by_the_training_images_next_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
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
        "judge --data data --size 8 --draft draft.json --pack judge --epochs 60 --batch 3",
        "pack create pack --draft draft.json",
        "pack words pack --data data",
        "pack training pack --data data",
        "pack network pack --run run --name unet --title UNet --guidance 1 --steps 6 --grid early",
        "pack check pack",
    ] {
        morphogen(folder, line).unwrap_or_else(|error| panic!("morphogen {line}\n{error}"));
    }
    let retrieve = "retrieve --pack pack --network unet --data data --judge judge --steps 5";
    let said = morphogen(folder, &format!("{retrieve} --json found.json --sheet found.png")).unwrap();
    assert!(said.contains("train: 3 prompts") && said.contains("copies"), "{said}");
    let found: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("found.json")).unwrap()).unwrap();
    for (part, prompts) in [("train", 3), ("style", 1), ("composition", 2), ("real", 1)] {
        let part = &found[part];
        assert_eq!(part["prompts"], prompts);
        assert!((0.0..=1.0).contains(&part["all"].as_f64().unwrap()), "{part}");
    }
    // Three training images are all among the five nearest: red and blue are always found, and purple never.
    assert_eq!((&found["train"]["main"], &found["style"]["main"]), (&1.0.into(), &1.0.into()));
    assert_eq!(found["composition"]["main"], 0.0);
    assert!(image::open(folder.join("found.png")).is_ok());

    let manifest = fs::read_to_string(folder.join("pack/manifest.json")).unwrap();
    assert!(manifest.contains("\"steps\": 6") && manifest.contains("\"grid\": \"early\""), "{manifest}");
    let few = "steps --pack pack --seeds 2 --steps 2 --solver dpm-solver";
    let said = morphogen(folder, &format!("{few} --prompts red blue")).unwrap();
    assert!(said.contains("2 seeds") && said.contains("| early | dpm-solver |"), "{said}");
    let error = morphogen(folder, few).unwrap_err();
    assert!(error.contains("--prompts"), "a pack without examples names nothing to draw: {error}");

    let error = morphogen(folder, &retrieve.replace("--network unet", "--network none")).unwrap_err();
    assert!(error.contains("none"), "{error}");
    let error = morphogen(folder, &retrieve.replace("--judge judge", "--judge pack")).unwrap_err();
    assert!(error.contains("judge"), "{error}");
}

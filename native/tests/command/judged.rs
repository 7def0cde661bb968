//! Judges, and what they count.

use super::files::write_data;
use super::shell::{fail, succeed};
use std::fs;
use std::path::Path;

#[test]
fn a_judge_learns_two_classes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_data(folder);
    let said = succeed(folder, "judge --data data --draft draft.json --pack judge --epochs 8 --batch 8");
    assert!(said.contains("test accuracy 1.0000 on 12 images"), "{said}");
    succeed(folder, "pack check judge");
    turns_back(folder);
    assert!(fail(folder, "judge --data nowhere --draft draft.json --pack other").contains("nowhere"));
}

/// Real pictures that were hardly noised come back as what they were; of pure noise comes whatever there is.
fn turns_back(folder: &Path) {
    let train = "train --data data --run run --widths 8,8 --embedding 8 --batch 8 --epochs 4";
    succeed(folder, train);
    succeed(folder, "pack create pack --draft draft.json --prompts prompts.json");
    succeed(folder, "pack network pack --run run --name unet --title Small");
    let uturn = "uturn --pack pack --judge judge --pictures 9 --steps 4 --times 0.02 1";
    assert!(fail(folder, uturn).contains("training images"));
    succeed(folder, "pack training pack --data data --count 10");
    let said = succeed(folder, &format!("{uturn} --json uturn.json"));
    assert!(said.contains("| 0.02 | 0.031 | 100.0 % |"), "{said}");
    let found: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("uturn.json")).unwrap()).unwrap();
    let (first, last) = (&found["turns"][0], &found["turns"][1]);
    assert_eq!(
        (&found["pictures"], &first["kept"], &first["became"]["top"]["top"]),
        (&18.into(), &1.0.into(), &9.into())
    );
    let near = first["alike"].as_f64().unwrap();
    assert!(near > 0.99 && first["changed_alike"].is_null(), "{first}");
    // A picture is of one of both kinds: nothing of the other's can come of all.
    let kept = last["kept"].as_f64().unwrap();
    assert!(kept < 1.0 && last["changed_alike"].as_f64().unwrap() < near, "{last}");
    assert!(fail(folder, "uturn --pack pack --judge pack").contains("judge"));
    assert!(fail(folder, &format!("{uturn} --times 0")).contains("--times"));
}

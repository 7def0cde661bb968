//! The native command from end to end, as a person would use it: train a little, make a pack, draw from it, and be told
//! in words what is wrong.

#[path = "../captioned/mod.rs"]
mod captioned;
mod denoised;
mod files;
mod judged;
mod learned;
#[path = "../shell/mod.rs"]
mod shell;

use files::{far, read_tensor, write_data};
use morphogen::pack::manifest::Manifest;
use shell::{fail, succeed};
use std::fs;
use std::path::Path;

fn samples(path: &Path) -> (Vec<usize>, Vec<f32>) {
    read_tensor(path, "samples")
}

#[test]
fn from_images_to_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_data(folder);
    let train = "train --data data --run run --widths 8,8 --embedding 8 --batch 8 --epochs 4";
    succeed(folder, train);
    assert!(folder.join("run/samples.png").is_file() && folder.join("run/loss.png").is_file());

    succeed(folder, "pack create pack --draft draft.json --prompts prompts.json");
    succeed(folder, "pack network pack --run run --name unet --title Small --guidance 1.5");
    succeed(folder, "pack training pack --data data --count 5");
    succeed(folder, "pack check pack");

    succeed(folder, "sample --pack pack --prompt port --seed 3 --count 2 --steps 5 --output cpu.safetensors");
    succeed(folder, "sample --pack pack --prompt LEFT --seed 4 --steps 5 --output one.safetensors");
    let (shape, cpu) = samples(&folder.join("cpu.safetensors"));
    let (_, one) = samples(&folder.join("one.safetensors"));
    assert_eq!(shape, [2, 1, 8, 8]);
    assert!(far(&cpu[64..], &one) < 1e-5, "picture 1 of seed 3 is picture 0 of seed 4");
    let gpu = "sample --pack pack --prompt port --seed 3 --count 2 --steps 5 --device gpu --output gpu.safetensors";
    succeed(folder, gpu);
    assert!(far(&cpu, &samples(&folder.join("gpu.safetensors")).1) < 1e-2, "CPU and GPU draw the same");

    succeed(folder, "sample --pack pack --count 3 --steps 2 --output sheet.png --columns 3 --scale 2");
    let sheet = image::open(folder.join("sheet.png")).unwrap();
    assert_eq!((sheet.width(), sheet.height()), (3 * 18 + 2, 2 * 18 + 2), "two prompts in rows of three");

    let found = succeed(folder, "calibrate --pack pack --machine bbels --seeds 2 --steps 2");
    assert_eq!(found.lines().filter(|line| line.contains("unet, bbels, k from")).count(), 1, "{found}");
    let manifest = fs::read_to_string(folder.join("pack/manifest.json")).unwrap();
    assert!(manifest.contains("\"bbels\"") && !manifest.contains("\"els\""), "only what was asked for: {manifest}");
    assert!(fail(folder, "calibrate --pack pack --machine ideal").contains("local, els, bbels"));
    // A blend goes by two machines, and is fitted along two ways.
    let lacking = fail(folder, "calibrate --pack pack --machine blend --seeds 1 --steps 2");
    assert!(lacking.contains("add --machine composite"), "{lacking}");
    // Where windows never answer for all they cover, it goes by the one alone, at the times that this was measured at.
    let found = succeed(folder, "calibrate --pack pack --machine blend --covered-from 0 --seeds 1 --steps 4");
    assert!(found.contains("unet, blend, k from t = 0.50 up"), "{found}");
    let alone = Manifest::parse(&fs::read(folder.join("pack/manifest.json")).unwrap()).unwrap();
    let alone = alone.network("unet").unwrap();
    assert!(alone.blend.iter().all(|share| share.covered == 0.0) && alone.locality["blend"] == alone.locality["bbels"]);
    let found = succeed(folder, "calibrate --pack pack --machine composite blend --seeds 2 --steps 4");
    assert!(found.contains("unet, blend, share of patches from t = 0.25 up"), "{found}");
    let manifest = Manifest::parse(&fs::read(folder.join("pack/manifest.json")).unwrap()).unwrap();
    let entry = manifest.network("unet").unwrap();
    let seen = |machine: &str| entry.locality[machine].iter().map(|point| point.k).collect::<Vec<_>>();
    // At t = .25 and .5 as far as the one, and at 1 as far as the other, which was measured at .5 and 1.
    assert_eq!(seen("blend"), [&seen("composite")[..2], &seen("bbels")[1..]].concat());
    assert_eq!(entry.blend.iter().filter(|share| share.covered > 0.0 && share.t > 0.6).count(), 0);
    succeed(folder, "pack check pack");
    // With soft edges tried, the windows of the machine that was not asked for stay.
    let found = succeed(folder, "calibrate --pack pack --machine blend --soft --seeds 2 --steps 4");
    assert!(found.contains("unet, blend, k from t = 0.25 up"), "{found}");
    let after = Manifest::parse(&fs::read(folder.join("pack/manifest.json")).unwrap()).unwrap();
    assert_eq!(after.network("unet").unwrap().locality["bbels"], entry.locality["bbels"]);
    succeed(folder, "pack check pack");

    states_how_to_draw(folder);
    mixes(folder);
    takes_along(folder);
    mends(folder);

    let unknown = fail(folder, "sample --pack pack --prompt submarine --output x.png");
    assert!(unknown.contains("Left half") || unknown.contains("left"), "says what it can draw: {unknown}");
    let network = fail(folder, "sample --pack pack --network other --prompt left --output x.png");
    assert!(network.contains("other") && network.contains("unet"), "{network}");
    assert!(fail(folder, "sample --pack pack --prompt left --output x.gif").contains(".png"));
    assert!(fail(folder, "sample --pack pack --prompt left --steps 0 --output x.png").contains("steps"));

    let weights = folder.join("pack/unet.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).unwrap();
    assert!(fail(folder, "sample --pack pack --prompt left --output x.png").contains("unet.safetensors"));
    fail(folder, "pack check pack");
}

/// Stickers and icons, opened by other decoders than wrote them.
fn takes_along(folder: &Path) {
    let sample = |options: &str| format!("sample --pack pack --seed 3 --steps 4 {options}");
    let size = |name: &str| image::open(folder.join(name)).unwrap().to_rgba8().dimensions();
    succeed(folder, &sample("--prompt left --whole --sticker one.png --size 64"));
    assert_eq!(size("one.png"), (64, 64));
    assert!(
        fs::read(folder.join("one.png")).unwrap().windows(9).any(|text| text == b"Copyright"),
        "names whom to name"
    );
    succeed(folder, &sample("--prompt left --whole --sticker one.ico --output both.png"));
    assert_eq!((size("one.ico"), folder.join("both.png").is_file()), ((48, 48), true), "the largest of an icon");
    succeed(folder, &sample("--prompt left --count 3 --whole --sticker all.png --size 32 --columns 2"));
    assert_eq!(size("all.png"), (2 * 32 + 3 * 2, 2 * 32 + 3 * 2));
    assert!(fail(folder, &sample("--prompt left --sticker one.gif --whole")).contains(".ico"));
    assert!(fail(folder, &sample("--prompt left --count 2 --sticker two.ico --whole")).contains("--count 1"));
    assert!(fail(folder, &sample("--prompt left --sticker one.png --size 8 --whole")).contains("16 to 512"));
    assert!(fail(folder, &sample("--prompt left")).contains("--output"));
}

/// Two things in one picture, by the way that they are mixed in and by the terms that it stands for.
fn mixes(folder: &Path) {
    let sample =
        |options: &str| format!("sample --pack pack --seed 3 --count 2 --steps 4 {options} --output mixed.safetensors");
    let draw = |options: &str| {
        succeed(folder, &sample(options));
        samples(&folder.join("mixed.safetensors")).1
    };
    let over = draw("--prompt left --over top --region right --edge .5");
    let terms = "--term left;weight=2;region=left;edge=.5 --term top;weight=2;region=right;edge=.5";
    assert_eq!(draw(terms), over);
    assert!(far(&draw(&format!("{terms} --device gpu")), &over) < 1e-2, "CPU and GPU mix the same");
    let into = draw("--prompt left --into top --at .6 --weight 3");
    assert_eq!(draw("--term left;weight=3;to=.6 --term top;weight=3;from=.6"), into);
    let both = draw("--prompt left --and top");
    assert!(far(&both, &over) > 1e-3 && far(&into, &over) > 1e-3, "each way is another");
    for (options, said) in [
        ("--prompt left --over submarine", "submarine"),
        ("--term left;weight=NaN", "term 1: expected a weight"),
        ("--term left --term top;from=.2;to=.8", "term 2: expected it to last"),
        ("--term left;region=beside", "region=beside"),
        ("--prompt left --over top --edge 2", "expected 0 to 1"),
        ("--prompt left --over top --and top", "cannot be used with"),
        (&"--term left ".repeat(9), "at most 8 terms, found 9"),
    ] {
        let found = fail(folder, &sample(options));
        assert!(found.contains(said), "{options}: {found}");
    }
}

/// Few steps are measured against many, a network is told how to draw, and draws so where nothing else is asked for.
fn states_how_to_draw(folder: &Path) {
    let manifest = || fs::read_to_string(folder.join("pack/manifest.json")).unwrap();
    assert!(!manifest().contains("\"grid\""), "nothing was stated yet");
    let measure = "steps --pack pack --seeds 3 --steps 2 60 --prompts port top";
    let found = succeed(folder, &format!("{measure} --grid uniform early --solver ddim --json steps.json"));
    assert!(found.contains("| `unet` | solver | 2 | 60 |") && found.contains("| early | ddim |"), "{found}");
    let tables: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("steps.json")).unwrap()).unwrap();
    let rows = tables[0]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &tables[0]["guidance"], &tables[0]["seeds"]), (4, &1.5.into(), &3.into()));
    assert!(rows[1]["worst"].as_f64().unwrap() > 1.0 - 1e-9, "60 even steps are the reference: {}", rows[1]);
    assert!(rows[0]["worst"].as_f64().unwrap() < 1.0 - 1e-9, "2 are not: {}", rows[0]);
    assert!(fail(folder, "steps --pack pack --seeds 0").contains("--seeds"));
    assert!(fail(folder, "steps --pack pack --steps 0 --seeds 1").contains("expected 1 to 1000"));

    let weights = fs::read(folder.join("pack/unet.safetensors")).unwrap();
    let stated = succeed(folder, "pack sampling pack --network unet --steps 3 --grid early --solver dpm-solver");
    assert!(stated.contains("unet: 3 steps, early, dpm-solver, guidance 1.5"), "{stated}");
    assert_eq!(fs::read(folder.join("pack/unet.safetensors")).unwrap(), weights);
    assert!(manifest().contains("\"bbels\""), "k(t) stays");
    succeed(folder, "pack check pack");
    let draw = |more: &str, file: &str| {
        succeed(folder, &format!("sample --pack pack --prompt port --seed 3 {more} --output {file}"));
        samples(&folder.join(file)).1
    };
    let own = draw("", "own.safetensors");
    assert_eq!(own, draw("--steps 3 --grid early --solver dpm-solver", "same.safetensors"));
    assert!(far(&own, &draw("--grid uniform", "even.safetensors")) > 1e-4, "what is asked for goes before");

    let before = manifest();
    assert!(fail(folder, "pack sampling pack --network unet --steps 0").contains("expected 1 to 1000"));
    assert!(fail(folder, "pack sampling pack --network other --steps 3").contains("unet"));
    let late = fail(folder, "pack sampling pack --network unet --grid late");
    assert!(late.contains("uniform") && late.contains("early"), "{late}");
    assert_eq!(manifest(), before, "nothing was written");
    fs::write(folder.join("pack/manifest.json"), before.replace("\"early\"", "\"late\"")).unwrap();
    let late = fail(folder, "sample --pack pack --prompt port --output x.png");
    assert!(late.contains("manifest") && late.contains("networks.unet.grid: unknown variant `late`"), "{late}");
    fs::write(folder.join("pack/manifest.json"), before).unwrap();
}

#[test]
fn data_of_another_size_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_data(folder);
    let draft = fs::read_to_string(folder.join("draft.json")).unwrap();
    fs::write(folder.join("colour.json"), draft.replace("\"channels\": 1", "\"channels\": 3")).unwrap();
    ["eight", "sixteen"].iter().for_each(|name| fs::create_dir_all(folder.join(name)).unwrap());
    captioned::write_data(&folder.join("eight"));
    captioned::write_data_of(&folder.join("sixteen"), 16);
    succeed(folder, "pack create pack --draft colour.json");
    let manifest = || fs::read_to_string(folder.join("pack/manifest.json")).unwrap();
    let files = || fs::read_dir(folder.join("pack")).unwrap().count();
    let sizes = "expected pictures of 8 × 8 pixels, found 16 × 16";
    let fresh = manifest();
    assert!(fail(folder, "pack words pack --data sixteen").contains(sizes));
    assert_eq!((manifest(), files()), (fresh, 1));
    succeed(folder, "pack words pack --data eight");
    let (worded, count) = (manifest(), files());
    let said = fail(folder, "pack training pack --data sixteen");
    assert!(said.contains(sizes), "{said}");
    assert_eq!((manifest(), files()), (worded, count));
    succeed(folder, "pack training pack --data eight");
    succeed(folder, "pack check pack");

    let train = "--widths 8,8 --embedding 8 --words 8 --batch 2 --epochs 2";
    succeed(folder, &format!("train --data sixteen --run run {train}"));
    let settings = fs::read_to_string(folder.join("run/checkpoint/settings.json")).unwrap();
    assert!(settings.contains("\"hue\":0.2"), "data with hues are turned unless told otherwise: {settings}");
    let before = manifest();
    let said = fail(folder, "pack network pack --run run --name unet --title Large");
    assert!(said.contains("3 × 16 × 16") && said.contains("3 × 8 × 8"), "{said}");
    assert_eq!(manifest(), before);
    let said = fail(folder, &format!("train --data eight --run run {train}"));
    assert!(said.contains("holds a run on pictures of 3 × 16 × 16"), "{said}");
    assert!(fail(folder, &format!("train --data eight --run other {train} --size 16")).contains("found 8 × 8"));
    assert!(fail(folder, &format!("train --data data --run other {train} --hue 0.2")).contains("hue"));
    assert!(!folder.join("other").exists());

    // Pictures by class: grey, where the pack's are in colour.
    succeed(folder, "pack create classes --draft colour.json --prompts prompts.json");
    let said = fail(folder, "pack training classes --data data");
    assert!(said.contains("3 × 8 × 8") && said.contains("1 × 8 × 8"), "{said}");
    assert!(!folder.join("classes/training").exists());
    for size in [0, 15, 257] {
        let said = fail(folder, &format!("emoji --packages nowhere --output emoji --size {size}"));
        assert!(said.contains("16 to 256") && !folder.join("emoji").exists(), "{said}");
    }
}

#[test]
fn a_network_of_clean_pictures_and_scales_goes_the_whole_way() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_data(folder);
    let train = |run: &str, more: &str| {
        let sizes = "--widths 8,8 --embedding 8 --batch 8 --epochs 4";
        succeed(folder, &format!("train --data data --run {run} {sizes} {more}"));
    };
    train("plain", "");
    train("clean", "--network attention --groups 4 --prediction clean --modulation scale-shift");
    succeed(folder, "pack create pack --draft draft.json --prompts prompts.json");
    succeed(folder, "pack network pack --run plain --name plain --title Plain");
    succeed(folder, "pack network pack --run clean --name clean --title Clean --precision i7");
    succeed(folder, "pack check pack");
    let manifest = fs::read_to_string(folder.join("pack/manifest.json")).unwrap();
    assert_eq!(
        manifest.matches("\"modulation\": \"scale-shift\"").count(),
        1,
        "the default is not written: {manifest}"
    );

    let drawn = ["cpu", "gpu"].map(|device| {
        let sample = "sample --pack pack --network clean --prompt port --seed 3 --steps 5";
        succeed(folder, &format!("{sample} --device {device} --output {device}.safetensors"));
        samples(&folder.join(format!("{device}.safetensors"))).1
    });
    assert!(far(&drawn[0], &drawn[1]) < 1e-2, "CPU and GPU draw the same");

    let found = succeed(folder, "evaluate --pack pack --data data --errors 12");
    let errors = |name: &str| -> Vec<f64> {
        let line = found.lines().find(|line| line.contains(name)).unwrap();
        line.split('|').filter_map(|cell| cell.trim().parse().ok()).collect()
    };
    let (plain, clean) = (errors("`plain`"), errors("`clean`"));
    assert!(
        plain.len() == 8 && clean.len() == 8 && plain.iter().chain(&clean).all(|e| (0.0..1.0).contains(e)),
        "{found}"
    );
    assert!(plain[0] < 0.1 * plain[7], "what is nearly clean is easily told: {found}");
    assert!(fail(folder, "evaluate --pack pack --errors 12").contains("--data"));
    shares_its_work(folder);
}

/// Parts that were measured apart, one of them twice, say what one run says.
fn shares_its_work(folder: &Path) {
    succeed(folder, "pack training pack --data data --count 6");
    succeed(folder, "calibrate --pack pack --network plain --machine local els bbels --seeds 1");
    let evaluate =
        "evaluate --pack pack --data data --network plain --machine ideal --seeds 4 --steps 3 --fine-steps 4";
    succeed(folder, &format!("{evaluate} --json whole.json"));
    for part in [1, 2, 1] {
        succeed(folder, &format!("{evaluate} --shard {part}/2 --json part-{part}.json"));
    }
    succeed(folder, "evaluate --merge part-1.json part-2.json --json joined.json");
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
    };
    let r = |name: &str| read(name)["networks"]["plain"]["machines"]["ideal"]["r"].clone();
    assert!(r("whole.json")["median"].is_f64(), "{}", read("whole.json"));
    assert_eq!(r("joined.json"), r("whole.json"));
    assert_ne!(r("part-1.json"), r("whole.json"));
    let said = fail(folder, &format!("{evaluate} --shard 3/2 --json part-3.json"));
    assert!(said.contains("I from 1 to N") && !folder.join("part-3.json").exists(), "{said}");
}

/// A picture to begin from, and a part of it that stays.
fn mends(folder: &Path) {
    // Twice as large as the pack's pictures, transparent below: that is white.
    let half = |x: u32, y: u32| image::Rgba([if x < 8 { 255 } else { 0 }, 0, 0, if y < 8 { 255 } else { 0 }]);
    image::RgbaImage::from_fn(16, 16, half).save(folder.join("from.png")).unwrap();
    image::GrayImage::from_fn(8, 8, |_, y| image::Luma([if y < 4 { 0 } else { 255 }]))
        .save(folder.join("keep.png"))
        .unwrap();
    fs::write(folder.join("none.png"), "no picture").unwrap();
    let sample = |options: &str| {
        format!("sample --pack pack --prompt left --seed 3 --steps 4 {options} --output mended.safetensors")
    };
    let draw = |options: &str| {
        succeed(folder, &sample(options));
        samples(&folder.join("mended.safetensors")).1
    };
    let (plain, begun) = (draw("--count 2"), draw("--count 2 --from from.png --at .5"));
    assert!(far(&plain, &begun) > 1e-3, "it begins elsewhere");
    let kept = draw("--count 2 --from from.png --at .5 --keep keep.png --soft 0");
    for picture in kept.chunks(64) {
        assert!(picture[56..].iter().all(|&value| value == 1.0), "the last row stays white: {picture:?}");
    }
    let gpu = draw("--count 2 --from from.png --at .5 --keep keep.png --soft 0 --device gpu");
    assert!(far(&gpu, &kept) < 1e-2, "CPU and GPU mend the same");
    assert_ne!(draw("--count 2 --from from.png --at .5 --keep keep.png"), kept, "edges are soft unless told otherwise");
    for (options, said) in [
        ("--from from.png", "--at"),
        ("--from from.png --at 0", "above 0"),
        ("--from from.png --at 1.5", "0 to 1"),
        ("--from nothing.png --at 1", "nothing.png"),
        ("--from none.png --at 1", "none.png"),
        ("--from from.png --at 1 --keep none.png", "none.png"),
        ("--from from.png --at 1 --keep keep.png --soft 9", "0 to 8"),
        ("--keep keep.png", "--from"),
        ("--at .5", "--from"),
        ("--from from.png --at .5 --into top", "cannot be used with"),
    ] {
        let found = fail(folder, &sample(options));
        assert!(found.contains(said), "{options}: {found}");
    }
}

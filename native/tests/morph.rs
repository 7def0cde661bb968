//! Films from the command line, opened again by another reader, and what lies between two conditions in burn.

use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::pack::Pack;
use morphogen::schedule::Schedule;
use morphogen_native::network::BurnDenoiser;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

fn pack(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/models").join(name)
}

/// What the command says, or its complaint.
fn morph(output: &Path, line: &str) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_morphogen"));
    command.arg("morph").arg("--pack").arg(pack("fashion")).arg("--output").arg(output);
    let found = command.args(line.split_whitespace()).output().expect("the command starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if found.status.success() { Ok(text(&found.stdout)) } else { Err(text(&found.stderr)) }
}

#[test]
fn a_film_is_written_as_apng_and_as_gif() {
    let folder = tempfile::tempdir().unwrap();
    let line = "sneaker boot --network resnet --frames 12 --steps 2 --seed 3 --scale 2 --speed 10";
    let [png, gif] = ["film.png", "film.gif"].map(|name| folder.path().join(name));
    let said = morph(&png, line).unwrap();
    assert!(said.contains("sneaker → boot in 12 frames of 56 × 56"), "{said}");
    morph(&gif, line).unwrap();
    let bytes = std::fs::read(&png).unwrap();
    let frames = PngDecoder::new(Cursor::new(&bytes)).unwrap().apng().unwrap().into_frames().collect_frames().unwrap();
    let other = std::fs::read(&gif).unwrap();
    let others = GifDecoder::new(Cursor::new(&other)).unwrap().into_frames().collect_frames().unwrap();
    assert_eq!((frames.len(), others.len()), (12, 12));
    for (n, (frame, other)) in frames.iter().zip(&others).enumerate() {
        assert_eq!((frame.buffer().dimensions(), frame.delay().numer_denom_ms()), ((56, 56), (100, 1)));
        assert_eq!(other.delay().numer_denom_ms(), (100, 1));
        // There are no more than 255 greys in such a film, or two that differ by one share a place.
        let off = frame.buffer().as_raw().iter().zip(other.buffer().as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off <= Some(2), "frame {n}: {off:?}");
    }
    // There and back.
    assert_eq!(frames[2].buffer(), frames[10].buffer());
    assert_ne!(frames[2].buffer(), frames[6].buffer());
    for bytes in [bytes, other] {
        assert!(bytes.windows(17).any(|window| window == b"MIT OR Apache-2.0"), "the licence is in it");
    }
}

#[test]
fn what_is_no_film_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let png = folder.path().join("film.png");
    let refused = |line: &str| morph(&png, line).unwrap_err();
    assert!(refused("sneaker zorgle").contains("zorgle"));
    assert!(refused("sneaker").contains("expected 2 to 4 things to go between, found 1"));
    assert!(refused("bag bag bag bag bag").contains("found 5"));
    assert!(
        refused("sneaker boot --frames 1").contains("invalid value '1' for '--frames <FRAMES>': expected 12 to 48")
    );
    assert!(refused("sneaker boot --frames 49").contains("'49'"));
    let line = "sneaker boot --network resnet --frames 12 --steps 1";
    assert!(refused(&format!("{line} --scale 100")).contains("choose a smaller scale"));
    assert!(refused(&format!("{line} --speed 51")).contains("'51' for '--speed <SPEED>': expected 1 to 50"));
    assert!(morph(&folder.path().join("film.mov"), line).unwrap_err().contains("to end in .png or .gif"));
    assert!(!png.exists());
}

#[test]
fn a_single_picture_lies_between_two_things() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str, line: &str| {
        let file = folder.path().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_morphogen"));
        command.arg("sample").arg("--pack").arg(pack("fashion")).arg("--output").arg(&file);
        let found = command.args("--network resnet --steps 2".split(' ')).args(line.split(' ')).output().unwrap();
        if found.status.success() {
            Ok(std::fs::read(file).unwrap())
        } else {
            Err(String::from_utf8_lossy(&found.stderr).into_owned())
        }
    };
    let alone = draw("alone.png", "--prompt sneaker").unwrap();
    assert_eq!(draw("none.png", "--prompt sneaker --between boot --share 0").unwrap(), alone);
    assert_ne!(draw("half.png", "--prompt sneaker --between boot").unwrap(), alone);
    let refused =
        |share: &str| draw("no.png", &format!("--prompt sneaker --between boot --share {share}")).unwrap_err();
    assert!(refused("2").contains("invalid value '2' for '--share <SHARE>': expected 0 to 1"));
    assert!(refused("NaN").contains("'NaN'"));
    assert!(draw("no.png", "--prompt sneaker --share 0.5").is_err());
}

#[test]
fn burn_mixes_embeddings_as_the_processor_does() {
    for (name, network, ends) in [
        ("fashion", "resnet", [Condition::Class(7), Condition::Class(9)]),
        ("emoji", "unet", [vec![40, 7], vec![300, 2, 90]].map(Condition::Words)),
    ] {
        let pack = Pack::open(pack(name)).unwrap();
        let (manifest, weights) = (pack.manifest(), pack.weights(network).unwrap());
        let config = &manifest.network(network).unwrap().config;
        let [first, second] = ends;
        let between = |share| Condition::between(first.clone(), second.clone(), share);
        let conditions = [between(0.3), first.clone(), Condition::Null, between(1.0)];
        let mut x = vec![0.0; manifest.image.len() * conditions.len()];
        morphogen::sampler::noise::fill(1, 0, &mut x);
        let time = Schedule::Cosine.at(0.7);
        let mut burn = BurnDenoiser::new(config, &weights, manifest.image).unwrap();
        let mut processor = CpuNetwork::new(config, &weights, manifest.image).unwrap();
        let [expected, found] =
            [burn.denoise(&x, time, &conditions), processor.denoise(&x, time, &conditions)].map(Result::unwrap);
        let off = expected.iter().zip(&found).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off < 1e-3, "{name}: {off}");
    }
}

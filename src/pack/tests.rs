//! A pack survives the way to disk and back, and whatever is done to its bytes gives a typed error.

use super::writer::{NetworkDraft, PackDraft};
use super::*;
use crate::denoiser::ImageShape;
use crate::network::config::{Architecture, ConditionKind, Modulation, NetworkConfig, Prediction};
use crate::network::layers::Layers;
use crate::network::weights::{Array, Weights};
use crate::sampler::{Sampling, Solver};
use crate::schedule::{Grid, Schedule};
use proptest::prelude::*;
use tempfile::TempDir;

mod budget;
mod precision;
mod text;

const SHAPE: ImageShape = ImageShape { channels: 1, height: 4, width: 4 };

fn config() -> NetworkConfig {
    NetworkConfig {
        embedding: 2,
        ..NetworkConfig::new(Architecture::ResNet { width: 2, layers: 2 }, ConditionKind::Class { count: 2 })
    }
}

fn expected() -> Vec<(String, Vec<usize>)> {
    Layers::new(&config()).unwrap().tensors(&config())
}

fn some_weights() -> Weights {
    let fill = |(name, shape): (String, Vec<usize>)| {
        let count = shape.iter().product::<usize>();
        let data = (0..count).map(|i| (i as f32 * 0.37 + name.len() as f32).sin()).collect();
        (name, Array { shape, data })
    };
    expected().into_iter().map(fill).collect()
}

fn draft() -> PackDraft {
    let terms = |attribution: &str| Terms { licence: "MIT".into(), attribution: attribution.into(), url: None };
    let prompt = |name: &str| PromptEntry {
        name: name.into(),
        label: name.to_uppercase(),
        words: vec![name.into()],
        unlike: vec![],
    };
    PackDraft {
        name: "tiny".into(),
        title: "Tiny".into(),
        version: "1".into(),
        image: SHAPE,
        schedule: Schedule::Cosine,
        licence: Licence { data: terms("the data's makers"), weights: terms("us") },
        prompts: vec![prompt("left"), prompt("right")],
    }
}

fn network() -> NetworkDraft {
    let answer: Vec<f32> = (0..SHAPE.len()).map(|i| i as f32 / 16.0).collect();
    NetworkDraft {
        title: "Smallest".into(),
        config: config(),
        guidance: 1.0,
        sampling: Sampling { steps: 6, grid: Grid::Early, solver: Solver::DpmSolver },
        precision: Precision::F16,
        test: TestVector::new(7, 0.5, Some(1), &answer),
    }
}

fn images(count: usize) -> Images {
    Images { count, shape: SHAPE, data: (0..count * SHAPE.len()).map(|i| (i * 7 % 256) as u8).collect() }
}

/// A pack with everything in it.
fn full_pack() -> (TempDir, Pack) {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = PackWriter::create(folder.path(), draft()).unwrap();
    writer.network("tiny", network(), &some_weights()).unwrap();
    writer.locality("tiny", "local", vec![Locality::hard(0.5, 3), Locality { t: 1.0, k: 5, soft: 2 }]).unwrap();
    writer.training("left", &images(3)).unwrap();
    writer.judge(&some_weights(), Precision::F32, 2, 0.92).unwrap();
    let pack = writer.finish().unwrap();
    (folder, pack)
}

#[test]
fn a_pack_comes_back_as_it_was_written() {
    let (folder, pack) = full_pack();
    let report = pack.check();
    assert!(report.is_good(), "{report}");
    assert_eq!(report.files.len(), 3);
    assert_eq!(pack.weights("tiny").unwrap(), Precision::F16.round(&some_weights()));
    assert_eq!(pack.judge_weights().unwrap(), some_weights());
    assert_eq!(pack.images("left").unwrap(), images(3));
    let answer = pack.manifest().networks["tiny"].test.answer(SHAPE).unwrap();
    assert_eq!(answer[5], 5.0 / 16.0);
    assert!(!folder.path().join("manifest.json.part").exists());
}

#[test]
fn training_images_alone_make_a_pack() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer =
        PackWriter::create(folder.path(), PackDraft { prompts: draft().prompts[..1].to_vec(), ..draft() }).unwrap();
    writer.training("left", &images(2)).unwrap();
    let pack = writer.finish().unwrap();
    assert!(pack.check().is_good());
    assert_eq!(pack.images("left").unwrap(), images(2));
    assert_eq!(pack.manifest().network("tiny").unwrap_err().code(), "pack-unknown");
}

#[test]
fn an_update_keeps_the_rest_and_drops_what_no_longer_holds() {
    let (folder, before) = full_pack();
    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.network("second", network(), &some_weights()).unwrap();
    writer.locality("tiny", "ideal", vec![Locality::hard(1.0, 7)]).unwrap();
    let after = writer.finish().unwrap();
    assert!(after.check().is_good());
    assert_eq!(after.manifest().training, before.manifest().training);
    assert_eq!(after.manifest().judge, before.manifest().judge);
    assert_eq!(after.manifest().networks["tiny"].locality.len(), 2);

    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.network("tiny", network(), &some_weights()).unwrap();
    let again = writer.finish().unwrap();
    assert!(again.manifest().networks["tiny"].locality.is_empty(), "k(t) belongs to the weights that it was fitted to");
    assert_eq!(again.manifest().files, after.manifest().files, "the same weights give the same bytes");
    assert_eq!(PackWriter::create(folder.path(), draft()).unwrap_err().code(), "pack-io");
}

#[test]
fn how_a_network_draws_is_stated_and_may_be_left_out() {
    let (folder, pack) = full_pack();
    let stated = network().sampling;
    assert_eq!(pack.manifest().networks["tiny"].sampling(), stated);
    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.sampling("tiny", Sampling::default()).unwrap();
    assert_eq!(writer.sampling("huge", stated).unwrap_err().code(), "pack-unknown");
    let usual = writer.finish().unwrap();
    let json = std::fs::read_to_string(folder.path().join(MANIFEST)).unwrap();
    assert!(!["steps", "grid", "solver"].iter().any(|field| json.contains(field)), "as in older packs: {json}");
    let entry = &usual.manifest().networks["tiny"];
    assert_eq!(entry.sampling(), Sampling { steps: 20, grid: Grid::Uniform, solver: Solver::Ddim });
    assert_eq!(entry.locality, pack.manifest().networks["tiny"].locality, "k(t) stays: the weights did");
    assert_eq!(usual.manifest().files, pack.manifest().files);
}

#[test]
fn a_writer_refuses_what_a_reader_would_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = PackWriter::create(folder.path(), draft()).unwrap();
    let mut weights = some_weights();
    weights.get_mut("out.bias").unwrap().data[0] = 70_000.0;
    let error = writer.network("tiny", network(), &weights).unwrap_err();
    assert_eq!(error.code(), "pack-not-finite", "70000 is beyond f16: {error}");
    weights.remove("out.bias");
    assert_eq!(writer.network("tiny", network(), &weights).unwrap_err().code(), "pack-tensor");
    assert_eq!(writer.network("../up", network(), &some_weights()).map(|()| writer.finish().is_err()), Ok(true));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing reached the disk");
}

#[test]
fn a_missing_file_or_name_is_said() {
    let (folder, pack) = full_pack();
    let error = pack.weights("huge").unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("tiny")), ("pack-unknown", true), "{error}");
    assert_eq!(pack.images("right").unwrap_err().code(), "pack-unknown");
    std::fs::remove_file(folder.path().join("tiny.safetensors")).unwrap();
    assert_eq!(pack.weights("tiny").unwrap_err().code(), "pack-io");
    assert!(!pack.check().is_good());
    assert_eq!(Pack::open(folder.path().join("nowhere")).unwrap_err().code(), "pack-io");
}

#[test]
fn every_truncation_and_every_changed_byte_of_every_file_is_noticed() {
    let (_folder, pack) = full_pack();
    let manifest = pack.manifest();
    for name in manifest.files.keys() {
        let good = pack.file(name).unwrap();
        for length in 0..good.len() {
            assert_eq!(manifest.verify(name, &good[..length]).unwrap_err().code(), "pack-truncated");
        }
        for position in 0..good.len() {
            let mut bad = good.clone();
            bad[position] ^= 1 << (position % 8);
            assert_eq!(manifest.verify(name, &bad).unwrap_err().code(), "pack-tampered");
        }
        assert_eq!(manifest.verify(name, &[good, vec![0]].concat()).unwrap_err().code(), "pack-tampered");
    }
}

#[test]
fn a_manifest_cut_anywhere_is_refused() {
    let (folder, _pack) = full_pack();
    let json = std::fs::read(folder.path().join(MANIFEST)).unwrap();
    Manifest::parse(&json).unwrap();
    for length in 0..json.len() - 2 {
        assert_eq!(Manifest::parse(&json[..length]).unwrap_err().code(), "pack-manifest");
    }
    let padded = [json, vec![b' '; limits::MANIFEST as usize]].concat();
    assert_eq!(Manifest::parse(&padded).unwrap_err().code(), "pack-too-large");
}

/// Replaces one piece of a good manifest; the piece must be there.
fn change(from: &str, to: &str) -> Result<Manifest, PackError> {
    let (folder, _pack) = full_pack();
    let json = std::fs::read_to_string(folder.path().join(MANIFEST)).unwrap();
    assert!(json.contains(from), "{from} is not in {json}");
    Manifest::parse(json.replacen(from, to, 1).as_bytes())
}

#[test]
fn a_manifest_that_does_not_hold_together_is_refused() {
    for (from, to, code, says) in [
        ("\"version\": 1", "\"version\": 2", "pack-version", "morphogen-pack 1"),
        ("morphogen-pack", "other-pack", "pack-version", "other-pack 1"),
        ("\"title\": \"Tiny\"", "\"title\": \"Tiny\", \"colour\": 1", "pack-manifest", "colour"),
        ("\"title\": \"Tiny\"", "\"title\": \" \"", "pack-manifest", "title"),
        ("\"name\": \"tiny\"", "\"name\": \"Tiny\"", "pack-manifest", "pack name"),
        ("\"height\": 4", "\"height\": 0", "pack-manifest", "1×0×4"),
        ("\"width\": 4", "\"width\": 4000000000", "pack-manifest", "1×4×4000000000"),
        ("\"channels\": 1", "\"channels\": 2", "pack-manifest", "1 or 3 channels"),
        ("\"name\": \"right\"", "\"name\": \"left\"", "pack-manifest", "comes twice"),
        ("\"left\": {", "\"middle\": {", "pack-manifest", "middle"),
        ("\"count\": 3", "\"count\": 0", "pack-manifest", "at least one training image"),
        ("\"count\": 3", "\"count\": 18446744073709551615", "pack-too-large", "limit"),
        ("\"tiny\": {", "\"tiny\": 3, \"tiny\": {", "pack-manifest", "the key “tiny” comes twice"),
        ("\"file\": \"tiny.safetensors\"", "\"file\": \"other.safetensors\"", "pack-manifest", "other.safetensors"),
        ("\"tiny.safetensors\": {", "\"../tiny.safetensors\": {", "pack-manifest", "file name"),
        ("\"tiny.safetensors\": {", "\"a/b.safetensors\": {", "pack-manifest", "file name"),
        ("\"tiny.safetensors\": {", "\"judge.safetensors\": {", "pack-manifest", "comes twice"),
        ("\"tiny.safetensors\": {", "\"manifest.json\": {", "pack-manifest", "itself"),
        ("\"guidance\": 1.0", "\"guidance\": -1.0", "pack-manifest", "guidance"),
        ("\"steps\": 6", "\"steps\": 0", "pack-manifest", "network tiny: expected 1 to 1000 steps, found 0"),
        ("\"steps\": 6", "\"steps\": 1001", "pack-manifest", "network tiny: expected 1 to 1000 steps, found 1001"),
        ("\"steps\": 6", "\"steps\": 6.5", "pack-manifest", "6.5"),
        (
            "\"grid\": \"early\"",
            "\"grid\": \"late\"",
            "pack-manifest",
            "networks.tiny.grid: unknown variant `late`, expected one of uniform, early",
        ),
        (
            "\"solver\": \"dpm-solver\"",
            "\"solver\": \"magic\"",
            "pack-manifest",
            "networks.tiny.solver: unknown variant `magic`, expected one of ddim",
        ),
        ("\"k\": 3", "\"k\": 4", "pack-manifest", "odd windows"),
        ("\"t\": 0.5,\n            \"k\"", "\"t\": 1.0,\n            \"k\"", "pack-manifest", "rising"),
        ("\"seed\": 7", "\"seed\": 9007199254740992", "pack-manifest", "2^53"),
        ("\"condition\": 1", "\"condition\": 2", "pack-manifest", "below 2"),
        ("\"expected\": \"", "\"expected\": \"AAAA", "pack-manifest", "16 f16 values"),
        ("\"expected\": \"A", "\"expected\": \"!", "pack-manifest", "base64"),
        (
            "\"prediction\": \"velocity\"",
            "\"prediction\": \"score\"",
            "pack-manifest",
            "prediction: unknown variant `score`",
        ),
        (
            "\"prediction\": \"velocity\"",
            "\"prediction\": \"clean\", \"modulation\": \"film\"",
            "pack-manifest",
            "modulation: unknown variant `film`, expected one of shift, scale-shift",
        ),
        ("\"embedding\": 2", "\"embedding\": 3", "pack-manifest", "even embedding"),
        ("\"count\": 2", "\"count\": 5", "pack-manifest", "each of the 2 prompts"),
        ("\"accuracy\": 0.92", "\"accuracy\": 92", "pack-manifest", "accuracy"),
        ("\"bytes\": ", "\"bytes\": -", "pack-manifest", "expected a whole number, found -"),
        ("\"sha256\": \"", "\"sha256\": \"G", "pack-manifest", "SHA-256"),
    ] {
        let error = change(from, to).unwrap_err();
        assert_eq!(error.code(), code, "{from} → {to}: {error}");
        assert!(error.to_string().contains(says), "{from} → {to}: {error}");
    }
    let (folder, _pack) = full_pack();
    let mut json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join(MANIFEST)).unwrap()).unwrap();
    json["files"]["tiny.safetensors"]["bytes"] = (u64::MAX).into();
    assert_eq!(Manifest::parse(json.to_string().as_bytes()).unwrap_err().code(), "pack-too-large");
}

#[test]
fn a_byte_order_mark_before_the_manifest_does_no_harm() {
    let (folder, pack) = full_pack();
    let path = folder.path().join(MANIFEST);
    let json = std::fs::read(&path).unwrap();
    std::fs::write(&path, [b"\xef\xbb\xbf", &json[..]].concat()).unwrap();
    assert_eq!(Pack::open(folder.path()).unwrap().manifest().name, pack.manifest().name);
}

#[test]
fn hostile_file_names_are_refused() {
    for name in
        ["", "..", ".hidden", "a..b", "a/b", "training/", "training/../x", "/etc/passwd", "C:\\x", "a\u{0}b", "é", "A"]
    {
        let mut manifest = full_pack().1.manifest().clone();
        let entry = FileEntry::of(b"");
        manifest.files.insert(name.into(), entry);
        assert_eq!(manifest.check().unwrap_err().code(), "pack-manifest", "{name}");
    }
}

/// A safetensors file from a header as text and `values` bytes of zeros.
fn file(header: &str, values: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; values]].concat()
}

#[test]
fn headers_that_lie_are_refused() {
    let tensor = |dtype: &str, shape: &str, begin: &str, end: &str| {
        format!("{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":[{begin},{end}]}}")
    };
    let good = tensor("F32", "[2]", "0", "8");
    let vast = u64::MAX.to_string();
    for (header, values, code) in [
        (format!("{{\"a\":{good},\"a\":{good}}}"), 8, "pack-header"),
        (format!("{{\"a\":{good},\"b\":{good}}}"), 8, "pack-header"),
        (format!(" {{\"a\":{good}}}"), 8, "pack-header"),
        (format!("{{\"a\":{good}}}"), 9, "pack-header"),
        (format!("{{\"a\":{good}}}"), 7, "pack-truncated"),
        (format!("{{\"a\":{good}}}{{}}"), 8, "pack-header"),
        (format!("{{\"a\":{}}}", tensor("F32", "[2]", "4", "12")), 12, "pack-header"),
        (format!("{{\"a\":{}}}", tensor("F32", "[2]", "8", "0")), 8, "pack-tensor"),
        (format!("{{\"a\":{}}}", tensor("F32", "[3]", "0", "8")), 8, "pack-tensor"),
        (format!("{{\"a\":{}}}", tensor("F64", "[1]", "0", "8")), 8, "pack-header"),
        (format!("{{\"a\":{}}}", tensor("F32", "[-2]", "0", "8")), 8, "pack-header"),
        (format!("{{\"a\":{}}}", tensor("F32", &format!("[{vast}]"), "0", "8")), 8, "pack-tensor"),
        (format!("{{\"a\":{}}}", tensor("F32", "[4294967296,4294967296]", "0", "0")), 0, "pack-tensor"),
        (format!("{{\"a\":{}}}", tensor("U8", &format!("[{vast}]"), "0", &vast)), 8, "pack-truncated"),
        (format!("{{\"a\":{}}}", tensor("F32", "[1,1,1,1,1,1,1,1,2]", "0", "8")), 8, "pack-tensor"),
        (format!("{{\"__metadata__\":{{}},\"__metadata__\":{{}},\"a\":{good}}}"), 8, "pack-header"),
        (format!("{{\"__metadata__\":{{\"x\":[]}},\"a\":{good}}}"), 8, "pack-header"),
        ("[".repeat(5000), 8, "pack-header"),
        (format!("{{\"a\":{}", "[".repeat(5000)), 8, "pack-header"),
        (String::new(), 8, "pack-header"),
    ] {
        let error = tensors::read("x", &file(&header, values)).unwrap_err();
        assert_eq!(error.code(), code, "{header:.200}: {error}");
    }
    let header = format!("{{\"__metadata__\":{{\"made\":\"here\"}},\"a\":{good}}}  ");
    assert_eq!(tensors::read("x", &file(&header, 8)).unwrap()["a"].shape, [2]);
    let lengths = [limits::HEADER + 1, u64::MAX].map(|length| [&length.to_le_bytes()[..], b"{}"].concat());
    for long in lengths {
        assert_eq!(tensors::read("x", &long).unwrap_err().code(), "pack-too-large");
    }
}

#[test]
fn weights_must_be_finite_and_of_the_allowed_kind() {
    let expected = vec![("a".to_string(), vec![2])];
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut bytes = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&value.to_le_bytes());
        let error = read_weights("x", &bytes, &expected).unwrap_err();
        assert_eq!((error.code(), error.to_string().contains("at 1")), ("pack-not-finite", true), "{error}");
    }
    let mut half = file("{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4);
    assert!(read_weights("x", &half, &expected).is_ok());
    let end = half.len();
    half[end - 2..].copy_from_slice(&0x7c00u16.to_le_bytes());
    assert_eq!(read_weights("x", &half, &expected).unwrap_err().code(), "pack-not-finite");
    let bytes = file("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2);
    assert_eq!(read_weights("x", &bytes, &expected).unwrap_err().code(), "pack-tensor");
    let bytes = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}", 8);
    assert_eq!(read_weights("x", &bytes, &expected).unwrap_err().code(), "pack-tensor");
    assert_eq!(read_weights("x", &bytes, &[]).unwrap_err().code(), "pack-tensor");
}

#[test]
fn deflate_bombs_and_broken_streams_are_refused() {
    let (_folder, pack) = full_pack();
    let good = pack.file("training/left.safetensors.zz").unwrap();
    let length = inflate("x", &good, 1 << 20).unwrap().len() as u64;
    assert!(inflate("x", &good, length).is_ok());
    assert_eq!(inflate("x", &good, length - 1).unwrap_err().code(), "pack-too-large");
    for cut in 0..good.len() {
        assert_eq!(inflate("x", &good[..cut], length).unwrap_err().code(), "pack-inflate");
    }
    assert_eq!(inflate("x", &[good, vec![0]].concat(), length).unwrap_err().code(), "pack-inflate");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weights_with_flipped_bits_never_panic_and_never_hold_nonsense(flips in prop::collection::vec((0usize..4096, 0u8..8), 1..6)) {
        let (_folder, pack) = full_pack();
        let mut bytes = pack.file("tiny.safetensors").unwrap();
        for (position, bit) in flips {
            let length = bytes.len();
            bytes[position % length] ^= 1 << bit;
        }
        if let Ok(weights) = read_weights("x", &bytes, &expected()) {
            prop_assert!(weights.values().all(|array| array.data.iter().all(|value| value.is_finite())));
        }
    }

    #[test]
    fn what_is_read_the_safetensors_crate_reads_alike(
        flips in prop::collection::vec((0usize..200, any::<u8>()), 0..4),
    ) {
        let header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[8,11]}}";
        let mut bytes = file(header, 11);
        for (position, byte) in flips {
            let length = bytes.len();
            bytes[position % length] = byte;
        }
        if let Ok(ours) = tensors::read("x", &bytes) {
            let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
            prop_assert_eq!(ours.len(), theirs.len());
            for (name, tensor) in ours {
                let view = theirs.tensor(&name).unwrap();
                prop_assert_eq!(view.shape(), &tensor.shape[..]);
                prop_assert_eq!(view.data(), tensor.bytes);
            }
        }
    }

    #[test]
    fn any_bytes_give_an_error_or_a_value(bytes: Vec<u8>, count in 0usize..5) {
        let _ = Manifest::parse(&bytes);
        let _ = inflate("x", &bytes, 1000);
        prop_assert!(read_weights("x", &bytes, &expected()).is_err());
        prop_assert!(read_images("x", &bytes, count, SHAPE).is_err());
    }
}

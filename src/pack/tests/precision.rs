//! Weights as whole numbers: nothing is lost beyond half a step, and compressed files are checked before they are opened.

use super::*;

#[test]
fn whole_numbers_keep_every_value_within_half_a_step() {
    let (folder, _) = full_pack();
    for (precision, largest) in [(Precision::I8, 127.0), (Precision::I7, 63.0)] {
        let mut writer = PackWriter::update(folder.path()).unwrap();
        writer.network("small", NetworkDraft { precision, ..network() }, &some_weights()).unwrap();
        let pack = writer.finish().unwrap();
        let read = pack.weights("small").unwrap();
        assert_eq!(read, precision.round(&some_weights()), "what is stored is what rounding promised");
        for (name, array) in some_weights() {
            let row = array.data.len() / array.shape[0];
            for (row, read) in array.data.chunks(row).zip(read[&name].data.chunks(row)) {
                let step = row.iter().fold(0.0f32, |most, value| most.max(value.abs())) / largest;
                let worst = row.iter().zip(read).fold(0.0f32, |worst, (a, b)| worst.max((a - b).abs()));
                assert!(worst <= 0.501 * step.max(1e-3), "{name}: off by {worst}, a step is {step}");
            }
        }
    }
}

#[test]
fn compressed_weights_are_checked_before_they_are_opened() {
    let (folder, _) = full_pack();
    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.network("tiny", NetworkDraft { precision: Precision::I8, ..network() }, &some_weights()).unwrap();
    let pack = writer.finish().unwrap();
    assert!(pack.check().is_good(), "the old file is no longer asked for: {}", pack.check());
    let path = folder.path().join("tiny.safetensors.zz");
    let good = std::fs::read(&path).unwrap();
    let limit = pack.manifest().weights_limit("tiny").unwrap().unwrap();
    assert!(inflate("tiny", &good, 100).is_err() && inflate("tiny", &good, limit).is_ok());
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    std::fs::write(&path, &bad).unwrap();
    assert_eq!(pack.weights("tiny").unwrap_err().code(), "pack-tampered");
    std::fs::write(&path, &good[..good.len() - 1]).unwrap();
    assert_eq!(pack.weights("tiny").unwrap_err().code(), "pack-truncated");
}

#[test]
fn scales_are_asked_for_where_the_config_has_them() {
    let config = NetworkConfig { modulation: Modulation::ScaleShift, prediction: Prediction::Clean, ..config() };
    let scales = Layers::new(&config).unwrap().tensors(&config).pop().unwrap();
    assert_eq!(scales, ("scale.weight".to_string(), vec![2, 2]));
    let mut weights = some_weights();
    // A row of zeros, as training begins with, has no largest value to be a share of.
    weights.insert(scales.0, Array { shape: scales.1, data: vec![0.5, -1.0, 0.0, 0.0] });
    for precision in [Precision::F32, Precision::F16, Precision::I8, Precision::I7] {
        let (folder, _) = full_pack();
        let mut writer = PackWriter::update(folder.path()).unwrap();
        let draft = NetworkDraft { config: config.clone(), precision, ..network() };
        let missing = writer.network("scaled", draft.clone(), &some_weights()).unwrap_err();
        assert!(missing.code() == "pack-tensor" && missing.to_string().contains("scale.weight"), "{missing}");
        let extra = writer.network("plain", NetworkDraft { precision, ..network() }, &weights).unwrap_err();
        assert!(extra.code() == "pack-tensor" && extra.to_string().contains("scale.weight"), "{extra}");
        writer.network("scaled", draft, &weights).unwrap();
        let pack = writer.finish().unwrap();
        assert_eq!(pack.manifest().network("scaled").unwrap().config, config);
        assert_eq!(pack.weights("scaled").unwrap(), precision.round(&weights));
        assert_eq!(pack.weights("scaled").unwrap()["scale.weight"].data[2..], [0.0, 0.0]);
    }
}

//! The network as it is defined once in burn: sizes, invariances, and that nothing is accepted that does not fit.

use burn::tensor::Device;
use morphogen::denoiser::{Condition, DenoiseError, Denoiser, ImageShape};
use morphogen::network::config::{
    Architecture, ConditionKind, LEAST_NOISE, Modulation, NetworkConfig, Normalisation, Padding, Prediction,
};
use morphogen::network::weights::{Array, grown, initial};
use morphogen::network::{Layers, NetworkError, Weights};
use morphogen::sampler::noise;
use morphogen::schedule::Schedule;
use morphogen_native::network::BurnDenoiser;
use morphogen_native::network::module::Network;

fn config(architecture: Architecture) -> NetworkConfig {
    NetworkConfig::new(architecture, ConditionKind::Class { count: 10 })
}

fn unet(widths: &[usize], attention_heads: usize) -> NetworkConfig {
    config(Architecture::UNet { widths: widths.to_vec(), attention_heads, attention_level: None })
}

fn resnet(width: usize, layers: usize) -> NetworkConfig {
    config(Architecture::ResNet { width, layers })
}

/// Weights in which every tensor is random, the zeroed last layer included, so that outputs depend on everything.
fn random(config: &NetworkConfig, seed: u64) -> Weights {
    let mut weights = initial(config, seed).unwrap();
    for (stream, array) in weights.values_mut().enumerate() {
        let mut extra = vec![0.0; array.data.len()];
        noise::fill(seed + 1, stream as u64, &mut extra);
        array.data.iter_mut().zip(extra).for_each(|(value, extra)| *value += 0.05 * extra);
    }
    weights
}

fn picture(seed: u64, shape: ImageShape) -> Vec<f32> {
    let mut x = vec![0.0; shape.len()];
    noise::fill(seed, 0, &mut x);
    x
}

fn denoise(config: &NetworkConfig, shape: ImageShape, x: &[f32], condition: Condition) -> Vec<f32> {
    let mut denoiser = BurnDenoiser::new(config, &random(config, 3), shape).unwrap();
    denoiser.denoise(x, Schedule::Cosine.at(0.5), &[condition]).unwrap()
}

const SMALL: ImageShape = ImageShape { channels: 1, height: 12, width: 8 };

#[test]
fn the_shipped_architectures_keep_their_size() {
    let count = |config: &NetworkConfig| {
        let tensors = Layers::new(config).unwrap().tensors(config);
        tensors.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum::<usize>()
    };
    let plain = NetworkConfig { embedding: 64, ..unet(&[32, 64, 128], 0) };
    let groups = Normalisation::Group { groups: 8 };
    let attention = NetworkConfig { embedding: 64, normalisation: groups, ..unet(&[32, 64, 128], 4) };
    assert!(count(&plain) * 2 <= 1_300_000, "{} weights", count(&plain));
    assert!(count(&attention) * 2 <= 2_000_000, "{} weights", count(&attention));
}

#[test]
fn values_are_made_before_they_are_used_and_end_at_full_resolution() {
    for config in [unet(&[4, 8, 8], 2), unet(&[4], 0), resnet(4, 5)] {
        let layers = Layers::new(&config).unwrap();
        for (i, layer) in layers.list.iter().enumerate() {
            let reads = layer.op.operation().reads();
            assert!(reads.iter().all(|&value| value <= i), "layer {} uses a later value", layer.name);
        }
        assert_eq!(layers.shapes(SMALL).last(), Some(&SMALL));
    }
}

#[test]
fn an_untrained_network_predicts_nothing() {
    let (x, time) = (picture(1, SMALL), Schedule::Cosine.at(0.3));
    for (prediction, share) in [(Prediction::Velocity, time.a as f32), (Prediction::Clean, 0.0)] {
        let config = NetworkConfig { prediction, ..unet(&[4, 8], 0) };
        let mut denoiser = BurnDenoiser::new(&config, &initial(&config, 1).unwrap(), SMALL).unwrap();
        let expected: Vec<f32> = x.iter().map(|x| share * x).collect();
        assert_eq!(denoiser.denoise(&x, time, &[Condition::Class(0)]).unwrap(), expected, "{prediction:?}");
    }
}

#[test]
fn every_prediction_leads_to_the_same_picture_and_clean_ones_are_judged_as_velocities() {
    let [clean, noise, wrong] = [1, 2, 3].map(|seed| picture(seed, SMALL));
    for t in [0.01, 0.05, 0.1, 0.4, 0.7, 0.95, 1.0] {
        let time = Schedule::Cosine.at(t);
        let (a, s) = (time.a as f32, time.s as f32);
        for ((&clean, &noise), &wrong) in clean.iter().zip(&noise).zip(&wrong) {
            let noisy = a * clean + s * noise;
            let right =
                [(Prediction::Noise, noise), (Prediction::Velocity, a * noise - s * clean), (Prediction::Clean, clean)];
            for (prediction, value) in right {
                let off = (prediction.denoised(noisy, value, time) - clean).abs();
                assert!(off < 1e-4, "{prediction:?} at {t}: off by {off}");
            }
            // The velocity that a wrong picture stands for is as wrong as its weight says, down to the least noise.
            let velocity = (a * noisy - wrong) / s;
            let error = (velocity - (a * noise - s * clean)).powi(2);
            let floor = (s / s.max(LEAST_NOISE as f32)).powi(2);
            let weighed = Prediction::Clean.loss_weight(time) as f32 * (wrong - clean).powi(2);
            assert!((weighed - error * floor).abs() <= 1e-3 * weighed.max(1.0), "at {t}: {weighed}, {error}");
        }
        assert!(Prediction::Clean.loss_weight(time) <= (LEAST_NOISE * LEAST_NOISE).recip() * 1.000_001);
        assert_eq!(Prediction::Velocity.loss_weight(time), 1.0);
        assert_eq!(Prediction::Noise.loss_weight(time), 1.0);
    }
}

#[test]
fn a_circular_resnet_is_translation_equivariant() {
    let config = NetworkConfig { padding: Padding::Circular, ..resnet(6, 4) };
    let x = picture(5, SMALL);
    let roll = |x: &[f32]| -> Vec<f32> {
        let (height, width) = (SMALL.height, SMALL.width);
        (0..x.len()).map(|i| x[(i / width + height - 5) % height * width + (i % width + width - 3) % width]).collect()
    };
    let straight = roll(&denoise(&config, SMALL, &x, Condition::Class(2)));
    let rolled = denoise(&config, SMALL, &roll(&x), Condition::Class(2));
    let difference = straight.iter().zip(&rolled).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(difference < 1e-5, "{difference}");
    let zeros = NetworkConfig { padding: Padding::Zeros, ..config };
    let straight = roll(&denoise(&zeros, SMALL, &x, Condition::Class(2)));
    let rolled = denoise(&zeros, SMALL, &roll(&x), Condition::Class(2));
    assert_ne!(straight, rolled, "zero padding lets the network see the border");
}

#[test]
fn a_resnet_sees_exactly_its_receptive_field() {
    let config = resnet(6, 3);
    let x = picture(5, SMALL);
    let mut touched = x.clone();
    touched[5 * SMALL.width + 3] += 1.0;
    let (before, after) =
        (denoise(&config, SMALL, &x, Condition::Class(1)), denoise(&config, SMALL, &touched, Condition::Class(1)));
    for (i, (a, b)) in before.iter().zip(&after).enumerate() {
        let (row, column) = ((i / SMALL.width) as i64, (i % SMALL.width) as i64);
        let inside = (row - 5).abs() <= 3 && (column - 3).abs() <= 3;
        assert!(inside || a == b, "pixel {row}, {column} lies beyond the receptive field of 7");
    }
    assert_ne!(before, after);
}

#[test]
fn conditions_matter_and_batches_are_independent() {
    let config = unet(&[4, 8], 2);
    let mut denoiser = BurnDenoiser::new(&config, &random(&config, 3), SMALL).unwrap();
    let (x, y) = (picture(1, SMALL), picture(2, SMALL));
    let time = Schedule::Cosine.at(0.7);
    let batch = [x.clone(), y.clone(), x.clone()].concat();
    let conditions = [Condition::Class(0), Condition::Class(4), Condition::Null];
    let together = denoiser.denoise(&batch, time, &conditions).unwrap();
    for (n, (x, condition)) in [&x, &y, &x].into_iter().zip(conditions).enumerate() {
        let alone = denoiser.denoise(x, time, &[condition]).unwrap();
        let part = &together[n * SMALL.len()..(n + 1) * SMALL.len()];
        assert!(alone.iter().zip(part).all(|(a, b)| (a - b).abs() < 1e-5));
    }
    assert_ne!(together[..SMALL.len()], together[2 * SMALL.len()..]);
}

#[test]
fn vector_conditions_are_taken_and_blend() {
    let config = NetworkConfig { condition: ConditionKind::Vector { size: 3 }, ..unet(&[4], 0) };
    let x = picture(1, SMALL);
    let at = |values: [f32; 3]| denoise(&config, SMALL, &x, Condition::Vector(values.to_vec()));
    assert_ne!(at([1.0, 0.0, 0.0]), at([0.0, 1.0, 0.0]));
}

#[test]
fn word_conditions_are_sets() {
    let config = NetworkConfig { condition: ConditionKind::Words { count: 5, width: 6 }, ..unet(&[4], 0) };
    let x = picture(1, SMALL);
    let at = |words: &[usize]| denoise(&config, SMALL, &x, Condition::Words(words.to_vec()));
    assert_eq!(at(&[1, 3]), at(&[3, 1]));
    assert_eq!(at(&[1, 3]), at(&[3, 1, 3]));
    assert_ne!(at(&[1, 3]), at(&[1]));
    let mut denoiser = BurnDenoiser::new(&config, &random(&config, 3), SMALL).unwrap();
    for words in [vec![], vec![5]] {
        let refused = denoiser.denoise(&x, Schedule::Cosine.at(0.5), &[Condition::Words(words)]);
        assert!(matches!(refused, Err(DenoiseError::Condition { .. })));
    }
}

#[test]
fn what_does_not_fit_is_refused_with_words() {
    let config = unet(&[4, 8], 0);
    let weights = random(&config, 3);
    let new = |weights: &Weights, shape| BurnDenoiser::new(&config, weights, shape);
    let odd = ImageShape { width: 7, ..SMALL };
    assert!(matches!(new(&weights, odd), Err(NetworkError::Config(_))));
    assert!(matches!(new(&weights, ImageShape { channels: 3, ..SMALL }), Err(NetworkError::Config(_))));
    let mut missing = weights.clone();
    missing.remove("in.weight");
    assert!(matches!(new(&missing, SMALL), Err(NetworkError::Missing(name)) if name == "in.weight"));
    let mut extra = weights.clone();
    extra.insert("other".into(), Array { shape: vec![1], data: vec![0.0] });
    assert!(matches!(new(&extra, SMALL), Err(NetworkError::Unknown(name)) if name == "other"));
    let mut denoiser = new(&weights, SMALL).unwrap();
    let x = picture(1, SMALL);
    let time = Schedule::Cosine.at(0.5);
    let refused = denoiser.denoise(&x, time, &[Condition::Class(10)]);
    assert!(matches!(refused, Err(DenoiseError::Condition { .. })));
    assert!(matches!(denoiser.denoise(&x[1..], time, &[Condition::Null]), Err(DenoiseError::Shape { .. })));
    let broken = [
        NetworkConfig { kernel: 4, ..config.clone() },
        NetworkConfig { channels: 2, ..config.clone() },
        NetworkConfig { embedding: 15, ..config.clone() },
        NetworkConfig { normalisation: Normalisation::Group { groups: 3 }, ..config.clone() },
        unet(&[], 0),
        unet(&[4, 6], 4),
        resnet(4, 1),
    ];
    for broken in broken {
        assert!(Layers::new(&broken).is_err(), "{broken:?}");
    }
}

#[test]
fn a_network_grown_by_attention_first_draws_the_same() {
    let small = unet(&[4, 8, 12], 0);
    let large = config(Architecture::UNet { widths: vec![4, 8, 12], attention_heads: 2, attention_level: Some(1) });
    let before = random(&small, 3);
    let after = grown(&large, 5, &before).unwrap();
    let x = picture(1, SMALL);
    let draw = |config: &NetworkConfig, weights: &Weights| {
        let mut denoiser = BurnDenoiser::new(config, weights, SMALL).unwrap();
        denoiser.denoise(&x, Schedule::Cosine.at(0.5), &[Condition::Class(2)]).unwrap()
    };
    assert_eq!(draw(&small, &before), draw(&large, &after));
    assert!(after["attention.qkv.weight"].data.iter().any(|&value| value != 0.0), "else it could never learn");
    assert!(matches!(grown(&small, 5, &after), Err(NetworkError::Unknown(_))));
    assert!(matches!(grown(&unet(&[4, 8, 16], 0), 5, &before), Err(NetworkError::Shape { .. })));
    let beyond = config(Architecture::UNet { widths: vec![4], attention_heads: 2, attention_level: Some(1) });
    assert!(beyond.check().is_err());
}

/// Every architecture, with and without normalisation, whose time and condition also scale.
fn scaled() -> [NetworkConfig; 4] {
    let normalisation = Normalisation::Group { groups: 2 };
    let configs = [
        unet(&[4, 8], 0),
        NetworkConfig { normalisation, ..unet(&[4, 8], 2) },
        resnet(6, 4),
        NetworkConfig { normalisation, ..resnet(6, 4) },
    ];
    configs.map(|config| NetworkConfig { modulation: Modulation::ScaleShift, ..config })
}

#[test]
fn scales_of_zero_leave_a_network_as_it_was() {
    let x = picture(1, SMALL);
    for large in scaled() {
        let small = NetworkConfig { modulation: Modulation::Shift, ..large.clone() };
        let before = random(&small, 3);
        let mut after = grown(&large, 5, &before).unwrap();
        let draw = |config: &NetworkConfig, weights: &Weights| {
            let mut denoiser = BurnDenoiser::new(config, weights, SMALL).unwrap();
            denoiser.denoise(&x, Schedule::Cosine.at(0.5), &[Condition::Class(2)]).unwrap()
        };
        let drawn = draw(&small, &before);
        assert_eq!(drawn, draw(&large, &after), "{large:?}");
        after.get_mut("scale.weight").unwrap().data.fill(0.1);
        assert_ne!(drawn, draw(&large, &after), "scales act");
        assert!(matches!(grown(&small, 5, &after), Err(NetworkError::Unknown(name)) if name == "scale.weight"));
        // Both begin alike, but for the scales.
        let mut fresh = initial(&large, 9).unwrap();
        assert!(fresh.remove("scale.weight").unwrap().data.iter().all(|&value| value == 0.0));
        assert_eq!(fresh, initial(&small, 9).unwrap());
    }
}

#[test]
fn scales_multiply_before_shifts_add() {
    // One hidden channel behind a kernel that does nothing but add its bias, 2, and a last layer that passes it on.
    let config = NetworkConfig {
        kernel: 1,
        modulation: Modulation::ScaleShift,
        prediction: Prediction::Clean,
        condition: ConditionKind::Class { count: 1 },
        embedding: 2,
        ..resnet(1, 2)
    };
    let mut weights = initial(&config, 1).unwrap();
    weights.values_mut().for_each(|array| array.data.fill(0.0));
    let mut set = |name: &str, values: &[f32]| weights.get_mut(name).unwrap().data.copy_from_slice(values);
    // The embedding is (1, 0) for everything.
    set("time.out.bias", &[1.0, 0.0]);
    set("in.bias", &[2.0]);
    set("out.weight", &[1.0]);
    set("shift.weight", &[-0.25, 7.0]);
    set("scale.weight", &[0.5, 7.0]);
    let mut denoiser = BurnDenoiser::new(&config, &weights, SMALL).unwrap();
    let found = denoiser.denoise(&picture(1, SMALL), Schedule::Cosine.at(0.5), &[Condition::Class(0)]).unwrap();
    assert_eq!(found, vec![2.0 * 1.5 - 0.25; SMALL.len()]);
}

#[test]
fn weights_come_back_from_the_device_under_their_names() {
    for config in scaled() {
        let config = NetworkConfig { condition: ConditionKind::Words { count: 5, width: 6 }, ..config };
        let (layers, weights) = (Layers::new(&config).unwrap(), random(&config, 3));
        let network = Network::new(&config, &layers, &weights, &Device::flex()).unwrap();
        assert_eq!(network.weights(&config, &layers).unwrap(), weights);
    }
}

#[test]
fn defaults_are_not_written_and_unknown_words_are_named() {
    let config = unet(&[4], 0);
    let json = serde_json::to_string(&config).unwrap();
    assert!(!json.contains("modulation") && !json.contains("activation"), "{json}");
    assert_eq!(serde_json::from_str::<NetworkConfig>(&json).unwrap(), config);
    let scaled = NetworkConfig { modulation: Modulation::ScaleShift, prediction: Prediction::Clean, ..config };
    let written = serde_json::to_string(&scaled).unwrap();
    assert!(written.contains(r#""prediction":"clean","modulation":"scale-shift""#), "{written}");
    assert_eq!(serde_json::from_str::<NetworkConfig>(&written).unwrap(), scaled);
    for (from, to, says) in [
        ("scale-shift", "film", "modulation: unknown variant `film`, expected one of shift, scale-shift"),
        ("clean", "score", "prediction: unknown variant `score`, expected one of noise, velocity, clean"),
    ] {
        let error = serde_json::from_str::<NetworkConfig>(&written.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

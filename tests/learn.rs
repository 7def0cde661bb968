//! Learning in the core: gradients against central differences of the loss, tensor by tensor, and what a run promises. Against
//! burn's they stand in `native/tests/learn.rs`.

mod learn_networks;

use learn_networks::{SHAPE, batch, normals};
use morphogen::denoiser::{Condition, ImageShape};
use morphogen::learn::gradient::LearningNetwork;
use morphogen::learn::{LearnError, Learning, Pictures, Settings};
use morphogen::network::config::{
    Architecture, ConditionKind, Modulation, NetworkConfig, Normalisation, Padding, Prediction,
};
use morphogen::sampler::Request;

fn unet(attention_heads: usize) -> NetworkConfig {
    learn_networks::unet([4, 6, 8], attention_heads)
}

fn resnet() -> NetworkConfig {
    learn_networks::resnet(5, 4)
}

fn slopes_are_right(config: &NetworkConfig, what: &str) {
    let mut network = LearningNetwork::new(config, SHAPE).unwrap();
    let weights: Vec<f32> = normals(3, network.parameters().count()).iter().map(|value| 0.25 * value).collect();
    let batch = batch(config, 5);
    let mut loss = |weights: &[f32]| {
        network.pack(weights);
        network.gradient(&batch, 0..5).unwrap()
    };
    let found = loss(&weights);
    assert!(found.loss.is_finite() && found.loss > 0.0, "{what}: {}", found.loss);
    let places: Vec<_> =
        LearningNetwork::new(config, SHAPE).unwrap().parameters().iter().map(|(n, r)| (n.to_string(), r)).collect();
    for (stream, (name, range)) in places.into_iter().enumerate() {
        let norm = found.values[range.clone()].iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        assert!(norm > 0.0, "{what}, {name}: no gradient at all");
        let mut off = |attempt: usize, step: f32| {
            let direction = normals((100 + 7 * stream + attempt) as u64, range.len());
            let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
            let mut at = |step: f32| {
                let mut moved = weights.clone();
                moved[range.clone()].iter_mut().zip(&direction).for_each(|(weight, d)| *weight += step / length * d);
                f64::from(loss(&moved).loss)
            };
            let slope = (at(step) - at(-step)) / (2.0 * f64::from(step));
            let along = found.values[range.clone()].iter().zip(&direction);
            let expected = along.map(|(g, d)| f64::from(*g) * f64::from(*d)).sum::<f64>() / f64::from(length);
            (slope - expected).abs() / norm.max(1e-3)
        };
        // Long steps cross kinks of ReLU, short ones drown in rounding, and a kink may lie where one stands; a gradient that
        // is wrong is so in every direction and at every length.
        let mut tries = (0..4).flat_map(|attempt| [1e-2, 3e-3, 1e-3].map(|step| (attempt, step)));
        let least = tries.try_fold(f64::INFINITY, |least: f64, (attempt, step)| {
            let least = least.min(off(attempt, step));
            if least < 0.02 { Err(least) } else { Ok(least) }
        });
        assert!(least.is_err(), "{what}, {name}: off by {least:?} of {norm} at best");
    }
}

#[test]
fn gradients_are_slopes() {
    let normalisation = Normalisation::Group { groups: 2 };
    let words = ConditionKind::Words { count: 5, width: 4 };
    for (config, what) in [
        (unet(0), "unet"),
        (NetworkConfig { padding: Padding::Circular, prediction: Prediction::Clean, ..unet(0) }, "circular unet"),
        (NetworkConfig { modulation: Modulation::ScaleShift, kernel: 5, ..unet(0) }, "scaled unet"),
        (NetworkConfig { kernel: 1, ..unet(0) }, "pointwise unet"),
        (NetworkConfig { normalisation, modulation: Modulation::ScaleShift, ..unet(2) }, "attention"),
        (resnet(), "resnet"),
        (NetworkConfig { padding: Padding::Circular, prediction: Prediction::Noise, ..resnet() }, "circular resnet"),
        (NetworkConfig { condition: words, ..resnet() }, "words"),
    ] {
        slopes_are_right(&config, what);
    }
}

/// Stripes, each a little brighter than the one before.
fn pictures(count: usize) -> Pictures {
    let pixel = |i: usize| if (i / 2 + i / SHAPE.len()).is_multiple_of(2) { 230 } else { (20 + i / SHAPE.len()) as u8 };
    Pictures {
        classes: (0..count).map(|n| n % 2).collect(),
        names: vec!["even".into(), "odd".into()],
        ..Pictures::of_one_kind(SHAPE, (0..count * SHAPE.len()).map(pixel).collect(), "")
    }
}

fn settings(pictures: usize) -> Settings {
    Settings { batch: pictures.min(10), noises: 2, ..Settings::new(unet(0), pictures, 400, 7) }
}

#[test]
fn a_run_learns_and_draws_what_it_has_learned() {
    let mut learning = Learning::new(settings(12), pictures(12)).unwrap();
    let losses: Vec<f32> = (0..300).map(|_| learning.step().unwrap().loss).collect();
    let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
    let (first, last) = (mean(&losses[..10]), mean(&losses[280..]));
    assert!(last < 0.5 * first, "from {first} to {last}");
    let request = Request::new(Condition::Class(0), 3);
    let drawn = learning.sample(&request).unwrap();
    assert_eq!(drawn.len(), SHAPE.len());
    assert_eq!(drawn, learning.sample(&request).unwrap());
}

#[test]
fn a_run_is_the_same_however_it_is_shared_or_interrupted() {
    let whole = |steps: usize| {
        let mut learning = Learning::new(settings(12), pictures(12)).unwrap();
        let losses: Vec<f32> = (0..steps).map(|_| learning.step().unwrap().loss).collect();
        (learning, losses)
    };
    let ((once, first), (again, second)) = (whole(30), whole(30));
    assert_eq!((once.state(), first.as_slice()), (again.state(), second.as_slice()), "the same seed");
    let (early, _) = whole(13);
    let mut late = Learning::resume(&early.save().unwrap(), None).unwrap();
    (13..30).for_each(|_| _ = late.step().unwrap());
    assert_eq!(once.state(), late.state(), "saved and resumed");
    // Two that share the parts of each step.
    let (mut first, _) = whole(0);
    let (mut second, _) = whole(0);
    for step in 0..30 {
        second.follow(step, &first.state().weights.clone()).unwrap();
        let (odd, even) = (second.gradients(&[1]).unwrap(), first.gradients(&[0, 2]).unwrap());
        let mut even = even.into_iter();
        let parts = [even.next(), odd.into_iter().next(), even.next()];
        first.advance(parts.into_iter().flatten().collect()).unwrap();
    }
    assert_eq!(once.state(), first.state(), "shared by two");
}

#[test]
fn what_cannot_be_learned_is_refused() {
    let refused = |settings: Settings, pictures: Pictures| Learning::new(settings, pictures).err().unwrap();
    let of = |height: usize, width: usize| {
        Pictures::of_one_kind(ImageShape { channels: 1, height, width }, vec![0; height * width], "a")
    };
    let one = Settings::new(NetworkConfig { condition: ConditionKind::Class { count: 1 }, ..resnet() }, 1, 100, 1);
    assert_eq!(refused(one.clone(), Pictures { classes: vec![], ..of(8, 8) }), LearnError::NoPicture);
    assert!(matches!(refused(one.clone(), of(1, 1)), LearnError::Side { width: 1, .. }));
    assert!(matches!(refused(one.clone(), of(257, 257)), LearnError::Side { height: 257, .. }));
    let cut = Pictures { data: vec![0; 63], ..of(8, 8) };
    assert_eq!(refused(one.clone(), cut), LearnError::Sizes { expected: 64, found: 63 });
    assert_eq!(refused(Settings { batch: 2, ..one.clone() }, of(8, 8)), LearnError::Batch { batch: 2, pictures: 1 });
    for rate in [0.0, 1e9, f64::NAN, -1.0] {
        assert!(matches!(
            refused(Settings { learning_rate: rate, ..one.clone() }, of(8, 8)),
            LearnError::LearningRate { .. }
        ));
    }
    let wide = NetworkConfig { architecture: Architecture::ResNet { width: 2048, layers: 64 }, ..one.network.clone() };
    assert!(matches!(refused(Settings { network: wide, ..one.clone() }, of(8, 8)), LearnError::Memory { .. }));
    assert!(matches!(refused(Settings { steps: 0, ..one.clone() }, of(8, 8)), LearnError::Setting(_)));
    assert!(matches!(refused(Settings { network: unet(0), ..one }, of(9, 8)), LearnError::Network(_)));
    assert!(matches!(Learning::resume(b"nothing", None), Err(LearnError::Saved(_))));
}

#[test]
fn a_run_that_is_no_longer_a_number_falls_back() {
    let mut learning = Learning::new(settings(12), pictures(12)).unwrap();
    (0..5).for_each(|_| _ = learning.step().unwrap());
    let mut broken = learning.gradients(&[0, 1, 2]).unwrap();
    broken[1].values[0] = f32::NAN;
    assert_eq!(learning.advance(broken), Err(LearnError::Diverged { step: 6 }));
    assert!(learning.state().weights.iter().chain(&learning.state().average).all(|value| value.is_finite()));
    learning.step().unwrap();
}

#[test]
fn pictures_are_fitted_by_the_mean_of_the_area() {
    let shape = ImageShape { channels: 1, height: 2, width: 4 };
    let small = Pictures::of_one_kind(shape, vec![0, 100, 200, 40, 20, 40, 60, 100], "a").fitted(1, 2);
    assert_eq!(small.data, [40, 100]);
    let same = Pictures::of_one_kind(shape, vec![7; 8], "a").fitted(3, 5);
    assert_eq!((same.data, same.shape.height), (vec![7; 15], 3));
}

//! Learning on the GPU against learning on the processor, whose gradients are compared with slopes and with burn's elsewhere: every
//! kind of network, tensor by tensor; whole runs; and what happens where a run ends badly.
#![cfg(not(target_arch = "wasm32"))]

mod gpu_common;
mod learn_networks;

use gpu_common::gpu;
use learn_networks::{SHAPE, normals, resnet, unet};
use morphogen::denoiser::ImageShape;
use morphogen::gpu::{Gpu, GpuError, GpuLearning, Tuning};
use morphogen::learn::gradient::LearningNetwork;
use morphogen::learn::{LearnError, Learning, Pictures, Settings};
use morphogen::network::config::{Modulation, NetworkConfig, Normalisation, Padding, Prediction};
use pollster::block_on;

const WIDTHS: [usize; 3] = [5, 6, 8];

/// Stripes of two kinds, each a little brighter than the one before.
fn pictures(count: usize, channels: usize) -> Pictures {
    let shape = ImageShape { channels, ..SHAPE };
    let pixel = |i: usize| if (i / 2 + i / shape.len()).is_multiple_of(2) { 230 } else { (20 + i / shape.len()) as u8 };
    Pictures {
        classes: (0..count).map(|n| n % 2).collect(),
        names: vec!["even".into(), "odd".into()],
        ..Pictures::of_one_kind(shape, (0..count * shape.len()).map(pixel).collect(), "")
    }
}

/// A run of this network, with weights that leave nothing at rest.
fn learning(network: &NetworkConfig) -> Learning {
    let settings = Settings { batch: 7, noises: 2, ..Settings::new(network.clone(), 12, 400, 7) };
    let pictures = pictures(12, network.channels);
    let parameters = LearningNetwork::new(network, pictures.shape).unwrap().parameters().clone();
    let weights: Vec<f32> = normals(3, parameters.count()).iter().map(|value| 0.25 * value).collect();
    Learning::from_weights(settings, pictures, &parameters.weights(&weights)).unwrap()
}

fn networks() -> Vec<(NetworkConfig, &'static str)> {
    let normalisation = Normalisation::Group { groups: 2 };
    let even = || unet([4, 6, 8], 2);
    vec![
        (unet(WIDTHS, 0), "unet"),
        (
            NetworkConfig { padding: Padding::Circular, prediction: Prediction::Clean, ..unet(WIDTHS, 0) },
            "circular unet",
        ),
        (NetworkConfig { modulation: Modulation::ScaleShift, kernel: 5, ..unet(WIDTHS, 0) }, "scaled unet"),
        (NetworkConfig { kernel: 1, channels: 3, ..unet(WIDTHS, 0) }, "pointwise unet in colour"),
        (NetworkConfig { normalisation, modulation: Modulation::ScaleShift, ..even() }, "attention"),
        (NetworkConfig { normalisation, padding: Padding::Circular, ..even() }, "circular attention"),
        (resnet(5, 4), "resnet"),
        (
            NetworkConfig { padding: Padding::Circular, prediction: Prediction::Noise, ..resnet(9, 5) },
            "circular resnet",
        ),
    ]
}

fn length(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}

#[test]
fn gradients_are_the_processors() {
    let Some(gpu) = gpu() else { return };
    let (many, few) = (gpu.clone().tuned_for(Tuning::ManyThreads), gpu.tuned_for(Tuning::FewCores));
    for (network, what) in networks() {
        gradients_agree(&many, &network, what);
    }
    for (network, what) in &networks()[..2] {
        gradients_agree(&few, network, what);
    }
}

fn gradients_agree(gpu: &Gpu, network: &NetworkConfig, what: &str) {
    let mut plain = learning(network);
    let parts: Vec<usize> = (0..plain.parts()).collect();
    let parts = plain.gradients(&parts).unwrap();
    let loss: f32 = parts.iter().map(|part| part.loss).sum();
    let mut expected = vec![0.0f32; plain.count()];
    parts.iter().for_each(|part| expected.iter_mut().zip(&part.values).for_each(|(sum, value)| *sum += value));
    let mut ours = block_on(GpuLearning::new(gpu, learning(network))).unwrap();
    let found = block_on(ours.gradient()).unwrap();
    assert!((found.loss - loss).abs() < 1e-4 * loss, "{what}: a loss of {}, not {loss}", found.loss);
    let whole = length(expected.iter().map(|&value| f64::from(value)));
    let places = LearningNetwork::new(network, plain.pictures().shape).unwrap();
    for (name, range) in places.parameters().iter() {
        let pairs = || expected[range.clone()].iter().zip(&found.values[range.clone()]);
        let off = length(pairs().map(|(a, b)| f64::from(a - b)));
        let own = length(pairs().map(|(a, _)| f64::from(*a)));
        assert!(own > 0.0, "{what}, {name}: nothing to compare");
        // A tensor that hardly counts is measured by the whole.
        assert!(off <= 1e-4 * own.max(1e-3 * whole), "{what}, {name}: off by {off:.2e} of {own:.2e}");
    }
    let beats = std::cell::Cell::new(0.0);
    let taken = block_on(ours.check(|| beats.replace(beats.get() + 1.0))).unwrap();
    assert_eq!((taken.gpu, taken.processor), (1.0, 1.0), "each is timed once");
}

#[test]
fn a_run_goes_the_same_way_on_both() {
    let Some(gpu) = gpu() else { return };
    for network in [unet(WIDTHS, 0), resnet(6, 4)] {
        let fresh = || {
            let settings = Settings { batch: 8, ..Settings::new(network.clone(), 12, 100, 7) };
            Learning::new(settings, pictures(12, 1)).unwrap()
        };
        let mut plain = fresh();
        let mut ours = block_on(GpuLearning::new(&gpu, fresh())).unwrap();
        let mut told = Vec::new();
        while told.len() < 100 {
            // Brought home and taken up again on the way.
            told.extend(block_on(ours.steps(34)).unwrap());
            block_on(ours.sync()).unwrap();
        }
        for (step, report) in told.iter().enumerate() {
            let expected = plain.step().unwrap();
            assert_eq!((report.step, expected.step), (step + 1, step + 1));
            let off = (report.loss - expected.loss).abs();
            assert!(off < 1e-3 * expected.loss.max(1e-2), "step {step}: {}, not {}", report.loss, expected.loss);
        }
        let home = ours.into_learning();
        assert_eq!(home.state().step, 100);
        for (found, expected) in
            [(&home.state().weights, &plain.state().weights), (&home.state().average, &plain.state().average)]
        {
            let off = length(found.iter().zip(expected).map(|(a, b)| f64::from(a - b)));
            let whole = length(expected.iter().map(|&value| f64::from(value)));
            assert!(off < 2e-3 * whole, "off by {off} of {whole}");
        }
        assert!(home.is_done());
    }
}

#[test]
fn what_was_brought_home_goes_on_on_the_processor() {
    let Some(gpu) = gpu() else { return };
    let mut ours = block_on(GpuLearning::new(&gpu, learning(&resnet(5, 4)))).unwrap();
    block_on(ours.steps(6)).unwrap();
    block_on(ours.sync()).unwrap();
    block_on(ours.steps(3)).unwrap();
    // As where the GPU is lost now: three steps are lost with it.
    let saved = ours.learning().save().unwrap();
    let mut home = ours.into_learning();
    assert_eq!(home.step().unwrap().step, 7);
    let mut again = Learning::resume(&saved, None).unwrap();
    again.step().unwrap();
    assert_eq!(again.state(), home.state());
}

#[test]
fn a_run_that_is_no_longer_a_number_stands_where_it_was_well() {
    let Some(gpu) = gpu() else { return };
    let network = resnet(5, 4);
    let settings = Settings { batch: 8, ..Settings::new(network.clone(), 12, 50, 7) };
    let parameters = LearningNetwork::new(&network, SHAPE).unwrap().parameters().clone();
    let weights: Vec<f32> = normals(3, parameters.count()).iter().map(|value| 1e18 * value).collect();
    let broken = Learning::from_weights(settings, pictures(12, 1), &parameters.weights(&weights)).unwrap();
    let before = broken.state().clone();
    let mut ours = block_on(GpuLearning::new(&gpu, broken)).unwrap();
    let ended = block_on(ours.steps(5));
    assert_eq!(ended.err(), Some(GpuError::Learn(LearnError::Diverged { step: 1 })));
    block_on(ours.sync()).unwrap();
    assert_eq!(ours.learning().state(), &before);
    assert!(block_on(ours.check(|| 0.0)).is_err(), "a gradient that is no number is not believed");
}

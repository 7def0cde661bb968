//! Learning in the core against burn: every gradient of every kind of network, and a hundred steps of a run.

#[path = "../../tests/learn_networks/mod.rs"]
mod learn_networks;
mod quick;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use learn_networks::{SHAPE, batch, normals};
use morphogen::denoiser::ImageShape;
use morphogen::learn::batch::Batch;
use morphogen::learn::gradient::LearningNetwork;
use morphogen::learn::{Learning, PART, Pictures, Settings};
use morphogen::network::config::{ConditionKind, Modulation, NetworkConfig, Normalisation, Padding, Prediction};
use morphogen::network::{Layers, embedding};
use morphogen_native::network::module::{Arithmetic, Network};
use morphogen_native::train::data::{Dataset, pixel};
use morphogen_native::train::folder::Skipped;
use morphogen_native::train::trainer::Trainer;

fn unet(attention_heads: usize) -> NetworkConfig {
    learn_networks::unet([5, 6, 8], attention_heads)
}

fn resnet() -> NetworkConfig {
    learn_networks::resnet(9, 5)
}

/// The gradients of all parameters, in visiting order.
struct Reader<'a>(&'a GradientsParams, Vec<Vec<f32>>);

impl ModuleVisitor for Reader<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let found = self.0.get::<D>(param.id);
        let none = || vec![0.0; param.val().shape().num_elements()];
        self.1.push(found.map_or_else(none, |gradient| gradient.try_into_vec_as::<f32>().unwrap()));
    }
}

/// Loss and gradients as burn finds them, tensor by tensor.
fn burn(config: &NetworkConfig, layers: &Layers, flat: &[f32], batch: &Batch) -> (f32, Vec<Vec<f32>>) {
    let shape = ImageShape { channels: config.channels, ..SHAPE };
    let network = LearningNetwork::new(config, shape).unwrap();
    let weights = network.parameters().weights(flat);
    let device = Device::flex().autodiff();
    let network = Network::new(config, layers, &weights, &device).unwrap();
    let count = batch.count();
    let tensor = |data: Vec<f32>| {
        let width = data.len() / count;
        Tensor::<2>::from_data(TensorData::new(data, [count, width]), &device)
    };
    let pixels = |data: &[f32]| tensor(data.to_vec()).reshape([count, shape.channels, shape.height, shape.width]);
    let times = batch.times.iter().flat_map(|&t| embedding::time_row(config.embedding, t)).collect();
    let rows = batch.conditions.iter().flat_map(|c| embedding::condition_row(config.condition, c).unwrap()).collect();
    let predicted = network.forward(layers, pixels(&batch.noisy), tensor(times), tensor(rows), Arithmetic::F32);
    let errors = (predicted - pixels(&batch.targets)).square();
    let loss = (errors * tensor(batch.weights.clone()).reshape([-1, 1, 1, 1])).mean();
    let gradients = GradientsParams::from_grads(loss.backward(), &network);
    let mut reader = Reader(&gradients, Vec::new());
    network.visit(&mut reader);
    (loss.inner().try_into_scalar().unwrap(), reader.1)
}

fn agrees(config: &NetworkConfig, what: &str) {
    let shape = ImageShape { channels: config.channels, ..SHAPE };
    let layers = Layers::for_pictures(config, shape).unwrap();
    let mut network = LearningNetwork::new(config, shape).unwrap();
    // More than a part, and not a multiple of one.
    let batch = batch(config, PART + 3);
    let flat: Vec<f32> = normals(3, network.parameters().count()).iter().map(|value| 0.25 * value).collect();
    network.pack(&flat);
    let parts = [0..PART, PART..PART + 3].map(|range| network.gradient(&batch, range).unwrap());
    let loss: f32 = parts.iter().map(|part| part.loss).sum();
    let found: Vec<f32> = parts[0].values.iter().zip(&parts[1].values).map(|(a, b)| a + b).collect();
    let (expected_loss, expected) = burn(config, &layers, &flat, &batch);
    assert!((loss - expected_loss).abs() < 1e-5 * expected_loss, "{what}: {loss}, not {expected_loss}");
    let places: Vec<_> = network.parameters().iter().map(|(name, range)| (name.to_string(), range)).collect();
    assert_eq!(places.len(), expected.len());
    for ((name, range), expected) in places.into_iter().zip(&expected) {
        let found = &found[range];
        assert_eq!(found.len(), expected.len(), "{what}, {name}");
        let most = expected.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        let off = found.iter().zip(expected).fold(0.0f32, |off, (a, b)| off.max((a - b).abs()));
        assert!(most > 0.0, "{what}, {name}: there is no gradient to compare with");
        assert!(off <= 1e-4 * most, "{what}, {name}: off by {off} of {most}");
    }
}

#[test]
fn gradients_are_burns() {
    let normalisation = Normalisation::Group { groups: 1 };
    let words = ConditionKind::Words { count: 5, width: 4 };
    for padding in [Padding::Zeros, Padding::Circular] {
        for prediction in [Prediction::Velocity, Prediction::Clean, Prediction::Noise] {
            for modulation in [Modulation::Shift, Modulation::ScaleShift] {
                for (network, name) in [(unet(0), "unet"), (resnet(), "resnet")] {
                    let config = NetworkConfig { padding, prediction, modulation, ..network };
                    agrees(&config, &format!("{name}, {padding:?}, {prediction:?}, {modulation:?}"));
                }
            }
        }
        // burn wraps a border that is no wider than the smallest picture, of 2 × 3.
        for kernel in if padding == Padding::Zeros { vec![1, 5, 7] } else { vec![1, 5] } {
            agrees(&NetworkConfig { padding, kernel, ..unet(0) }, &format!("unet, {padding:?}, kernel {kernel}"));
        }
        let attention = NetworkConfig { padding, normalisation, modulation: Modulation::ScaleShift, ..unet(2) };
        agrees(&attention, &format!("attention, {padding:?}"));
        let normalisation = Normalisation::Group { groups: 2 };
        agrees(
            &NetworkConfig {
                padding,
                normalisation,
                modulation: Modulation::ScaleShift,
                ..learn_networks::unet([4, 6, 8], 2)
            },
            &format!("attention, two groups, {padding:?}"),
        );
        agrees(&NetworkConfig { padding, channels: 3, ..unet(0) }, &format!("three channels, {padding:?}"));
        agrees(&NetworkConfig { padding, condition: words, ..resnet() }, &format!("words, {padding:?}"));
    }
    agrees(&NetworkConfig { normalisation: Normalisation::Group { groups: 3 }, ..resnet() }, "normalised resnet");
}

#[test]
fn a_hundred_steps_are_those_of_the_trainer() {
    let images: Vec<u8> = (0..24 * 64).map(|i| ((i * 37 + i / 64 * 11) % 251) as u8).collect();
    let labels: Vec<usize> = (0..24).map(|n| n % 2).collect();
    let shape = ImageShape { channels: 1, height: 8, width: 8 };
    let (names, skipped) = (vec!["even".to_string(), "odd".to_string()], Skipped::default());
    let data = Dataset {
        shape,
        images: images.clone(),
        labels: labels.clone(),
        classes: 2,
        names: names.clone(),
        captions: None,
        skipped,
    };
    assert_eq!(pixel(255), 1.0);
    for (prediction, network) in [(Prediction::Velocity, unet(0)), (Prediction::Clean, resnet())] {
        let network = NetworkConfig { prediction, ..network };
        // The trainer clips each tensor and learning all of them together, so neither does here.
        let settings = morphogen_native::train::settings::Settings {
            epochs: 34,
            clip: 1e9,
            learning_rate: 1e-3,
            ..quick::settings(network.clone())
        };
        let folder = tempfile::tempdir().unwrap();
        let mut trainer = Trainer::new(settings.clone(), &data, folder.path(), Device::flex()).unwrap();
        let mut expected = Vec::new();
        trainer.run(1000, Some(100), |report| expected.push(report.loss)).unwrap();
        let settings = Settings {
            batch: settings.batch,
            noises: 1,
            learning_rate: settings.learning_rate,
            warmup: settings.warmup,
            average: settings.ema,
            clip: 1e9,
            drop_condition: settings.drop_condition,
            ..Settings::new(network, 24, trainer.steps(), settings.seed)
        };
        let pictures = Pictures { shape, data: images.clone(), classes: labels.clone(), names: names.clone() };
        let mut learning = Learning::new(settings, pictures).unwrap();
        for (step, expected) in expected.iter().enumerate() {
            let found = learning.step().unwrap().loss;
            let off = (found - expected).abs() / expected;
            assert!(off < 1e-3, "{prediction:?}, step {step}: {found}, not {expected}");
        }
    }
}

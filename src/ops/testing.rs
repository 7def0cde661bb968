//! What the tests of all operations share: lists of layers with random weights, through both engines and the twins.

use super::{Op, Padding, Weights};
use crate::cpu::CpuNetwork;
use crate::denoiser::ImageShape;
use crate::gpu::{Gpu, GpuNetwork, Tuning, twin};
use crate::network::Layers;
use crate::network::config::{Activation, Architecture, ConditionKind, NetworkConfig};
use crate::network::layers::Layer;
use crate::ops::Array;
use crate::sampler::noise;
use crate::schedule::Time;

/// With `a = 0, s = −1` the posterior mean is the prediction itself.
const RAW: Time = Time { t: 1.0, a: 0.0, s: -1.0 };

/// A config of which only the prediction matters, and the largest kernel.
fn config() -> NetworkConfig {
    NetworkConfig {
        kernel: 7,
        activation: Activation::None,
        embedding: 8,
        ..NetworkConfig::new(Architecture::ResNet { width: 4, layers: 2 }, ConditionKind::Class { count: 2 })
    }
}

/// The GPU; `None` only where `MORPHOGEN_ALLOW_NO_GPU=1` says that a machine without one is fine.
pub fn gpu() -> Option<Gpu> {
    match pollster::block_on(Gpu::new()) {
        Ok(gpu) => Some(gpu),
        Err(error) if std::env::var("MORPHOGEN_ALLOW_NO_GPU").is_ok_and(|value| value == "1") => {
            eprintln!("without a GPU, as MORPHOGEN_ALLOW_NO_GPU=1 allows: {error}");
            None
        }
        Err(error) => panic!("{error}; MORPHOGEN_ALLOW_NO_GPU=1 tests the processor alone"),
    }
}

/// Layers whose shifts and scales stand anywhere in a row of this length.
pub fn layers(list: Vec<Op>, row: usize, padding: Padding) -> Layers {
    let list = list.into_iter().enumerate().map(|(i, op)| Layer { name: format!("layer.{i}"), op }).collect();
    Layers { list, shifts: row, scales: 0, padding, multiple: 1 }
}

/// Normal values, fixed by the seed.
fn normals(seed: u64, length: usize) -> Vec<f32> {
    let mut values = vec![0.0; length];
    noise::fill(seed, 0, &mut values);
    values
}

/// Random tensors that keep values near one through many layers.
fn random_weights(layers: &Layers) -> Weights {
    let tensor = |(seed, (name, shape)): (u64, (String, Vec<usize>))| {
        let fan_in: usize = if shape.len() == 1 { 4 } else { shape[1..].iter().product() };
        let gain = 1.0 / (fan_in as f32).sqrt();
        let data = normals(seed, shape.iter().product()).into_iter().map(|value| gain * value).collect();
        (name, Array { shape, data })
    };
    (100..).zip(layers.layer_tensors()).map(tensor).collect()
}

/// The largest difference, which no NaN hides.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |most, (a, b)| if (a - b).is_nan() { f32::INFINITY } else { most.max((a - b).abs()) })
}

/// Runs the layers on the processor, on the GPU (where there is one), cut in both ways, and through the twins. The last
/// value must have the picture's shape, since the solver's stage stands behind it.
pub fn compare(gpu: Option<&Gpu>, layers: &Layers, shape: ImageShape, pictures: usize, what: &str) {
    let weights = random_weights(layers);
    let x = normals(1, pictures * shape.len());
    let rows: Vec<Vec<f32>> = (0..pictures).map(|n| normals(50 + n as u64, layers.row())).collect();
    assert_eq!(layers.shapes(shape).last(), Some(&shape), "{what}");
    let expected = twin::run(layers, shape, &weights, &x, &rows);
    assert!(expected.iter().any(|value| value.abs() > 0.1), "{what}: the twin's answer says nothing");
    let config = NetworkConfig { channels: shape.channels, ..config() };
    let mut network = CpuNetwork::from_layers(&config, layers.clone(), &weights, shape).unwrap();
    for _ in 0..2 {
        // Twice: what one call leaves behind must not reach the next.
        let off = difference(&expected, &network.forward(&x, RAW, &rows).unwrap());
        assert!(off < 2e-5, "{what}, on the processor: {off}");
    }
    let batched = [(1, 1), (2, 2), (1, 4)].map(|(vectors, split)| Tuning::Batched { vectors, split });
    for tuning in
        [Tuning::FewCores, Tuning::ManyThreads, Tuning::Tiled { rows: 8, split: 2 }].into_iter().chain(batched)
    {
        let Some(gpu) = gpu.cloned() else { return };
        let gpu = gpu.tuned_for(tuning);
        let found = pollster::block_on(async {
            let mut network = GpuNetwork::from_layers(&gpu, &config, layers.clone(), &weights, shape).await.unwrap();
            network.forward(&x, RAW, &rows).await.unwrap()
        });
        let off = difference(&expected, &found);
        assert!(off < 2e-5, "{what}, {tuning:?}: {off}");
    }
}

/// Runs batches of these sizes through one network on the GPU, one after the other, and compares each with the processor.
pub fn run_in_turn(gpu: &Gpu, layers: &Layers, shape: ImageShape, batches: &[usize]) {
    let weights = random_weights(layers);
    let config = NetworkConfig { channels: shape.channels, ..config() };
    let mut plain = CpuNetwork::from_layers(&config, layers.clone(), &weights, shape).unwrap();
    pollster::block_on(async {
        let mut network = GpuNetwork::from_layers(gpu, &config, layers.clone(), &weights, shape).await.unwrap();
        for &pictures in batches {
            let (x, rows) = (normals(3, pictures * shape.len()), vec![vec![0.0; layers.row()]; pictures]);
            let expected = plain.forward(&x, RAW, &rows).unwrap();
            let off = difference(&expected, &network.forward(&x, RAW, &rows).await.unwrap());
            assert!(off < 1e-4, "{pictures} pictures: {off}");
        }
    });
}

/// How far apart the answers of two GPUs lie.
pub fn apart(one: &Gpu, other: &Gpu, layers: &Layers, shape: ImageShape) -> f32 {
    let weights = random_weights(layers);
    let config = NetworkConfig { channels: shape.channels, ..config() };
    let (x, rows) = (normals(3, 2 * shape.len()), vec![vec![0.0; layers.row()]; 2]);
    let answer = |gpu| {
        pollster::block_on(async {
            let mut network = GpuNetwork::from_layers(gpu, &config, layers.clone(), &weights, shape).await.unwrap();
            network.forward(&x, RAW, &rows).await.unwrap()
        })
    };
    difference(&answer(one), &answer(other))
}

//! Every WGSL stage against its CPU twin, over sizes that divide nothing.
#![cfg(not(target_arch = "wasm32"))]

mod gpu_common;

use gpu_common::{difference, gpu, layer_tensors, normals, random_weights};
use morphogen::denoiser::ImageShape;
use morphogen::gpu::stage::compile;
use morphogen::gpu::{Gpu, GpuNetwork, Tuning, twin};
use morphogen::network::config::{
    Architecture, ConditionKind, Modulation, NetworkConfig, Normalisation, Padding, Prediction,
};
use morphogen::network::layers::{Attention, Conv, Layer, Layers, Op, Resample};
use morphogen::schedule::{Schedule, Time};

/// A config whose only part that matters here is the prediction: with `a = 0, s = −1` the posterior mean is the
/// prediction itself.
fn config() -> NetworkConfig {
    NetworkConfig {
        architecture: Architecture::ResNet { width: 4, layers: 2 },
        channels: 1,
        kernel: 3,
        padding: Padding::Zeros,
        normalisation: Normalisation::None,
        condition: ConditionKind::Class { count: 2 },
        embedding: 8,
        prediction: Prediction::Velocity,
        modulation: Modulation::Shift,
    }
}
const RAW: Time = Time { t: 1.0, a: 0.0, s: -1.0 };

fn plain(input: usize, input_channels: usize, channels: usize, kernel: usize) -> Conv {
    Conv {
        input,
        input_channels,
        skip: None,
        skip_channels: 0,
        channels,
        kernel,
        resample: Resample::Keep,
        groups: None,
        shift: None,
        scale: None,
        relu: false,
        residual: None,
    }
}

/// Layers whose shifts and scales stand anywhere in a row of this length.
fn layers(list: Vec<Op>, row: usize, padding: Padding) -> Layers {
    let list = list.into_iter().enumerate().map(|(i, op)| Layer { name: format!("layer.{i}"), op }).collect();
    Layers { list, shifts: row, scales: 0, padding, multiple: 1 }
}

/// Runs the layers on the GPU, cut in both ways, and through the twins.
fn compare(gpu: &Gpu, layers: &Layers, shape: ImageShape, pictures: usize, what: &str) {
    let weights = random_weights(layer_tensors(layers), 100);
    let x = normals(1, pictures * shape.len());
    let rows: Vec<Vec<f32>> = (0..pictures).map(|n| normals(50 + n as u64, layers.row())).collect();
    let (stages, shapes) = compile(layers, shape).unwrap();
    let expected = twin::run(&stages, &shapes, &weights, &x, &rows);
    // The last value must look like a picture for the solver's stage, so only nets that keep the shape come here.
    assert_eq!(shapes.last(), Some(&shape), "{what}");
    for tuning in [Tuning::FewCores, Tuning::ManyThreads] {
        let gpu = gpu.clone().tuned_for(tuning);
        let found = pollster::block_on(async {
            let mut network = GpuNetwork::from_layers(&gpu, &config(), layers.clone(), &weights, shape).await.unwrap();
            network.forward(&x, RAW, &rows).await.unwrap()
        });
        let off = difference(&expected, &found);
        assert!(off < 2e-5, "{what}, {tuning:?}: {off}");
    }
    assert!(expected.iter().any(|value| value.abs() > 0.1), "{what}: the twin's answer says nothing");
}

#[test]
fn convolutions() {
    let Some(gpu) = gpu() else { return };
    for padding in [Padding::Zeros, Padding::Circular] {
        for (channels, height, width, kernel, pictures) in
            [(1, 5, 9, 3, 1), (3, 7, 7, 3, 2), (6, 8, 3, 1, 3), (5, 14, 11, 5, 1), (9, 6, 28, 7, 1), (4, 13, 4, 3, 5)]
        {
            let shape = ImageShape { channels, height, width };
            let conv = Conv { shift: Some(2), relu: true, residual: Some(0), ..plain(0, channels, channels, kernel) };
            let alone = layers(vec![Op::Conv(plain(0, channels, channels, kernel))], 0, padding);
            compare(&gpu, &alone, shape, pictures, &format!("plain, {shape:?}, kernel {kernel}, {padding:?}"));
            let scaled = Conv { scale: Some(channels + 3), ..conv.clone() };
            for (conv, what) in [(conv, "fused"), (scaled, "scaled")] {
                let fused = layers(vec![Op::Conv(conv)], 2 * channels + 5, padding);
                compare(&gpu, &fused, shape, pictures, &format!("{what}, {shape:?}, kernel {kernel}, {padding:?}"));
            }
        }
    }
}

#[test]
fn halving_doubling_and_joining() {
    let Some(gpu) = gpu() else { return };
    for padding in [Padding::Zeros, Padding::Circular] {
        for (channels, height, width, hidden, kernel) in
            [(1, 4, 6, 5, 3), (3, 10, 12, 7, 3), (2, 28, 28, 12, 5), (5, 6, 2, 3, 1), (3, 6, 6, 70, 3)]
        {
            let shape = ImageShape { channels, height, width };
            let list = vec![
                Op::Conv(Conv { resample: Resample::Halve, relu: true, ..plain(0, channels, hidden, kernel) }),
                Op::Conv(Conv { shift: Some(0), residual: Some(1), ..plain(1, hidden, hidden, kernel) }),
                Op::Conv(Conv {
                    resample: Resample::Double,
                    skip: Some(0),
                    skip_channels: channels,
                    residual: Some(0),
                    ..plain(2, hidden, channels, kernel)
                }),
            ];
            let what = format!("{shape:?}, hidden {hidden}, kernel {kernel}, {padding:?}");
            compare(&gpu, &layers(list, hidden, padding), shape, 2, &what);
        }
    }
}

#[test]
fn group_normalisation() {
    let Some(gpu) = gpu() else { return };
    for (channels, height, width, groups) in [(4, 5, 7, 2), (6, 3, 3, 6), (9, 14, 14, 3), (10, 2, 1, 1)] {
        let shape = ImageShape { channels, height, width };
        let bare = Conv { groups: Some(groups), ..plain(0, channels, channels, 3) };
        let full = Conv { shift: Some(1), relu: true, residual: Some(0), ..bare.clone() };
        let scaled = Conv { scale: Some(channels + 2), ..full.clone() };
        for (conv, what) in [(bare, "bare"), (full, "full"), (scaled, "scaled")] {
            let layers = layers(vec![Op::Conv(conv)], 2 * channels + 2, Padding::Zeros);
            compare(&gpu, &layers, shape, 3, &format!("{what}, {shape:?}, {groups} groups"));
        }
    }
}

#[test]
fn attention() {
    let Some(gpu) = gpu() else { return };
    for (channels, height, width, heads) in [(4, 3, 3, 1), (6, 7, 7, 2), (12, 4, 5, 4), (130, 2, 3, 1), (8, 16, 16, 2)]
    {
        let shape = ImageShape { channels, height, width };
        let list =
            vec![Op::Conv(plain(0, channels, 3 * channels, 1)), Op::Attention(Attention { input: 1, channels, heads })];
        compare(&gpu, &layers(list, 0, Padding::Zeros), shape, 2, &format!("{shape:?}, {heads} heads"));
    }
}

#[test]
fn posterior_means_of_every_prediction() {
    let Some(gpu) = gpu() else { return };
    let shape = ImageShape { channels: 3, height: 5, width: 5 };
    let list = layers(vec![Op::Conv(plain(0, 3, 3, 3))], 0, Padding::Zeros);
    let weights = random_weights(layer_tensors(&list), 7);
    let (x, time) = (normals(3, 2 * shape.len()), Schedule::Cosine.at(0.6));
    let (stages, shapes) = compile(&list, shape).unwrap();
    let predicted = twin::run(&stages, &shapes, &weights, &x, &[vec![], vec![]]);
    for prediction in [Prediction::Velocity, Prediction::Noise, Prediction::Clean] {
        let config = NetworkConfig { prediction, ..config() };
        let expected: Vec<f32> = x.iter().zip(&predicted).map(|(&x, &p)| prediction.denoised(x, p, time)).collect();
        let found = pollster::block_on(async {
            let mut network = GpuNetwork::from_layers(&gpu, &config, list.clone(), &weights, shape).await.unwrap();
            network.forward(&x, time, &[vec![], vec![]]).await.unwrap()
        });
        assert!(difference(&expected, &found) < 2e-5, "{prediction:?}");
    }
}

/// A value may only be overwritten when nobody reads it any more.
#[test]
fn memory_is_reused_but_never_too_early() {
    let config = NetworkConfig {
        architecture: Architecture::UNet { widths: vec![8, 16, 32], attention_heads: 4, attention_level: None },
        normalisation: Normalisation::Group { groups: 4 },
        ..config()
    };
    let shape = ImageShape { channels: 1, height: 28, width: 28 };
    let (stages, shapes) = compile(&Layers::new(&config).unwrap(), shape).unwrap();
    let (slot_of, sizes) = morphogen::gpu::stage::slots(&stages, &shapes);
    let mut holds = vec![usize::MAX; sizes.len()];
    for stage in &stages {
        for value in stage.inputs() {
            assert!(value == 0 || holds[slot_of[value].unwrap()] == value, "{} reads what is gone", stage.name());
        }
        let slot = slot_of[stage.output()].unwrap();
        assert!(sizes[slot] >= shapes[stage.output()].len());
        holds[slot] = stage.output();
    }
    assert_eq!(holds[slot_of.last().unwrap().unwrap()], shapes.len() - 1, "the last value is still there");
    assert!(sizes.len() < stages.len() / 2, "{} buffers for {} stages", sizes.len(), stages.len());
}

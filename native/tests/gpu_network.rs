//! The whole network and the sampler on the GPU against burn on the CPU.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../../tests/gpu_common/mod.rs"]
mod gpu_common;

use gpu_common::{difference, gpu, normals, random_weights};
use morphogen::denoiser::{Condition, Conditions, Denoiser, ImageShape};
use morphogen::gpu::{Frames, Gpu, GpuError, GpuNetwork, Tuning};
use morphogen::metrics::Agreement;
use morphogen::network::config::{
    Architecture, ConditionKind, Modulation, NetworkConfig, Normalisation, Padding, Prediction,
};
use morphogen::network::{Layers, Weights};
use morphogen::pack::Pack;
use morphogen::sampler::{Request, SampleError, Solver, Start, sample};
use morphogen::schedule::{Grid, Schedule};
use morphogen_native::network::BurnDenoiser;
use pollster::block_on;

const SHAPE: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

fn unet(widths: &[usize], attention_heads: usize, normalisation: Normalisation) -> NetworkConfig {
    NetworkConfig {
        normalisation,
        embedding: 64,
        ..NetworkConfig::new(
            Architecture::UNet { widths: widths.to_vec(), attention_heads, attention_level: None },
            ConditionKind::Class { count: 10 },
        )
    }
}

fn resnet() -> NetworkConfig {
    NetworkConfig {
        architecture: Architecture::ResNet { width: 12, layers: 5 },
        padding: Padding::Circular,
        ..unet(&[], 0, Normalisation::None)
    }
}

/// The kinds that packs hold, with random weights; the first two have the product's sizes.
fn kinds() -> Vec<(&'static str, NetworkConfig)> {
    let attention = unet(&[32, 64, 128], 4, Normalisation::Group { groups: 8 });
    vec![("unet", unet(&[32, 64, 128], 0, Normalisation::None)), ("attention", attention), ("resnet", resnet())]
}

fn weights(config: &NetworkConfig) -> Weights {
    random_weights(Layers::new(config).unwrap().tensors(config), 1000)
}

fn both(gpu: &Gpu, config: &NetworkConfig, shape: ImageShape) -> (GpuNetwork, BurnDenoiser) {
    let weights = weights(config);
    let network = block_on(GpuNetwork::new(gpu, config, &weights, shape)).unwrap();
    (network, BurnDenoiser::new(config, &weights, shape).unwrap())
}

#[test]
fn one_forward_agrees_with_burn() {
    let Some(gpu) = gpu() else { return };
    for (name, config) in kinds() {
        let batched = [(1, 4), (2, 1)].map(|(vectors, split)| Tuning::Batched { vectors, split });
        for tuning in [Tuning::FewCores, Tuning::ManyThreads].into_iter().chain(batched) {
            let (mut network, mut burn) = both(&gpu.clone().tuned_for(tuning), &config, SHAPE);
            let conditions = [Condition::Class(3), Condition::Null, Condition::Class(9)];
            let x = normals(5, conditions.len() * SHAPE.len());
            for t in [1.0, 0.4] {
                let time = Schedule::Cosine.at(t);
                let expected = burn.denoise(&x, time, &conditions).unwrap();
                let found = block_on(network.denoise(&x, time, &conditions)).unwrap();
                let off = difference(&expected, &found);
                assert!(off <= 1e-3, "{name} at {t}, {tuning:?}: {off}");
                let spread = difference(&expected[..SHAPE.len()], &expected[SHAPE.len()..2 * SHAPE.len()]);
                assert!(spread > 0.1, "{name}: the answer must depend on its input");
            }
        }
    }
}

#[test]
fn scales_agree_with_burn() {
    let Some(gpu) = gpu() else { return };
    let groups = Normalisation::Group { groups: 4 };
    let attention = unet(&[8, 16], 4, groups);
    let normal = NetworkConfig { normalisation: groups, ..resnet() };
    for config in [unet(&[8, 16], 0, Normalisation::None), attention, resnet(), normal] {
        let shape = ImageShape { height: 12, width: 10, ..SHAPE };
        let config = NetworkConfig { modulation: Modulation::ScaleShift, prediction: Prediction::Clean, ..config };
        let (mut network, mut burn) = both(&gpu, &config, shape);
        let request = Request { count: 2, steps: 4, ..Request::new(Condition::Class(4), 77).guided(2.0) };
        let expected = sample(&mut burn, &request, Schedule::Cosine, |_| true).unwrap();
        let found = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        let off = difference(&expected, &found);
        assert!(off <= 1e-2, "{config:?}: {off}");
        let mut without = weights(&config);
        without.get_mut("scale.weight").unwrap().data.fill(0.0);
        let mut plain = block_on(GpuNetwork::new(&gpu, &config, &without, shape)).unwrap();
        let other = block_on(plain.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        assert!(difference(&expected, &other) > 0.05, "the scales matter");
        // Scales of zero change nothing.
        let shifted = NetworkConfig { modulation: Modulation::Shift, ..config.clone() };
        without.remove("scale.weight");
        let mut plain = block_on(GpuNetwork::new(&gpu, &shifted, &without, shape)).unwrap();
        let found = block_on(plain.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        assert!(difference(&found, &other) <= 1e-5, "{config:?}");
    }
}

#[test]
fn samples_agree_with_burn() {
    let Some(gpu) = gpu() else { return };
    // Narrower than the product's, as software GPUs are slow; `one_forward_agrees_with_burn` takes the full widths.
    let attention = unet(&[8, 16, 32], 4, Normalisation::Group { groups: 4 });
    let kinds = [("unet", unet(&[8, 16, 32], 0, Normalisation::None)), ("attention", attention), ("resnet", resnet())];
    for (name, config) in kinds {
        let (mut network, mut burn) = both(&gpu, &config, SHAPE);
        for (solver, grid, guidance, clip) in [
            (Solver::Ddim, Grid::Uniform, 1.0, true),
            (Solver::Ddpm, Grid::Uniform, 2.0, true),
            (Solver::DpmSolver, Grid::Early, 1.5, false),
        ] {
            let request = Request::new(Condition::Class(4), 77).guided(guidance);
            let request = Request { solver, grid, clip, count: 2, ..request };
            let expected = sample(&mut burn, &request, Schedule::Cosine, |_| true).unwrap();
            let found = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
            let off = difference(&expected, &found);
            assert!(off <= 1e-2, "{name}, {solver:?}, {grid:?}, guidance {guidance}: {off}");
        }
    }
}

#[test]
fn samples_begun_half_way_agree_with_burn() {
    let Some(gpu) = gpu() else { return };
    let (mut network, mut burn) = both(&gpu, &unet(&[8, 16], 0, Normalisation::None), SHAPE);
    let x: Vec<f32> = (0..2 * SHAPE.len()).map(|i| (i as f32 * 0.37).sin()).collect();
    let start = Some(Start { t: 0.4, x });
    let grid = Grid::Early;
    let request = Request { count: 2, steps: 5, grid, start, ..Request::new(Condition::Class(4), 77).guided(2.0) };
    let expected = sample(&mut burn, &request, Schedule::Cosine, |_| true).unwrap();
    let found = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
    assert!(difference(&expected, &found) <= 1e-2);
    let noise = Request { start: None, ..request };
    let other = block_on(network.sample(&noise, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
    assert!(difference(&expected, &other) > 0.05, "the start matters");
}

#[test]
fn pictures_that_show_different_things_agree_with_burn() {
    let Some(gpu) = gpu() else { return };
    let (mut network, mut burn) = both(&gpu, &unet(&[8, 16], 0, Normalisation::None), SHAPE);
    let conditions = vec![Condition::Class(4), Condition::Class(1), Condition::Null];
    for guidance in [1.0, 2.0] {
        let each = Conditions::Each(conditions.clone());
        let request = Request { count: 3, steps: 5, ..Request::new(each, 77).guided(guidance) };
        let expected = sample(&mut burn, &request, Schedule::Cosine, |_| true).unwrap();
        let found = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        assert!(difference(&expected, &found) <= 1e-2);
        let same = request.of(Condition::Class(4));
        let other = block_on(network.sample(&same, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        assert!(difference(&found[..SHAPE.len()], &other[..SHAPE.len()]) <= 1e-5, "the first shows the same");
        assert!(difference(&found, &other) > 0.05, "the others do not");
    }
}

#[test]
fn other_shapes_and_conditions_agree_with_burn() {
    let Some(gpu) = gpu() else { return };
    let shape = ImageShape { channels: 3, height: 12, width: 20 };
    for prediction in [Prediction::Noise, Prediction::Clean] {
        let config = NetworkConfig {
            channels: 3,
            kernel: 5,
            prediction,
            condition: ConditionKind::Words { count: 9, width: 5 },
            ..unet(&[6, 10], 2, Normalisation::Group { groups: 2 })
        };
        let (mut network, mut burn) = both(&gpu, &config, shape);
        let (condition, against) = (Condition::Words(vec![7, 0, 2]), Condition::Words(vec![4]));
        let request = Request { against, count: 3, steps: 7, ..Request::new(condition, 1).guided(3.0) };
        let expected = sample(&mut burn, &request, Schedule::Cosine, |_| true).unwrap();
        let found = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        assert!(difference(&expected, &found) <= 1e-2, "{prediction:?}");
    }
}

#[test]
fn frames_are_those_of_the_cpu() {
    let Some(gpu) = gpu() else { return };
    let shape = ImageShape { height: 9, width: 10, ..SHAPE };
    let (mut network, mut burn) = both(&gpu, &resnet(), shape);
    let request = Request { solver: Solver::Ddpm, count: 2, steps: 6, ..Request::new(Condition::Class(0), 3) };
    let mut expected = Vec::new();
    let keep = |t: &morphogen::sampler::Trajectory| {
        expected.push((t.pictures().to_vec(), t.denoised().to_vec()));
        true
    };
    sample(&mut burn, &request, Schedule::Cosine, keep).unwrap();
    let mut seen = 0;
    let drawn = block_on(network.sample(&request, Schedule::Cosine, Frames::Every, |progress| {
        let frame = progress.frame.as_ref().unwrap();
        let (x, denoised) = &expected[seen];
        assert!(difference(x, frame.x) <= 1e-3 && difference(denoised, frame.denoised) <= 1e-3, "step {seen}");
        seen += 1;
        assert_eq!((progress.done, progress.steps, progress.first, progress.count), (seen, 6, 0, 2));
        true
    }))
    .unwrap();
    assert_eq!(seen, 6);
    assert!(difference(&drawn, &expected[5].0) <= 1e-3);
}

#[test]
fn large_batches_are_cut_and_equal_single_pictures() {
    let Some(gpu) = gpu() else { return };
    let shape = ImageShape { height: 6, width: 5, ..SHAPE };
    let (mut network, _) = both(&gpu, &resnet(), shape);
    // Guided, 70 pictures are 140 through the network: three chunks.
    let single = Request { solver: Solver::Ddpm, steps: 3, ..Request::new(Condition::Class(1), 169).guided(2.0) };
    let batch = Request { seed: 100, count: 70, ..single.clone() };
    let mut chunks = Vec::new();
    let drawn = block_on(network.sample(&batch, Schedule::Cosine, Frames::Every, |progress| {
        chunks.push(progress.first);
        true
    }))
    .unwrap();
    chunks.dedup();
    assert_eq!(chunks, [0, 32, 64]);
    let alone = block_on(network.sample(&single, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
    assert_eq!(drawn[69 * shape.len()..], alone[..], "the last picture of the batch is the single one of its seed");
}

#[test]
fn many_ancestral_steps_reuse_the_room_for_noise() {
    let Some(gpu) = gpu() else { return };
    let shape = ImageShape { height: 4, width: 4, ..SHAPE };
    let (mut network, mut burn) = both(&gpu, &resnet(), shape);
    let request = Request { solver: Solver::Ddpm, steps: 150, ..Request::new(Condition::Null, 5) };
    let expected = sample(&mut burn, &request, Schedule::Cosine, |_| true).unwrap();
    let found = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
    assert!(difference(&expected, &found) <= 1e-2);
}

#[test]
fn a_sample_can_be_cancelled_and_started_again() {
    let Some(gpu) = gpu() else { return };
    let shape = ImageShape { height: 5, width: 4, ..SHAPE };
    let (mut network, _) = both(&gpu, &resnet(), shape);
    let request = Request::new(Condition::Class(2), 8);
    let mut draw =
        |stop| block_on(network.sample(&request, Schedule::Cosine, Frames::Every, |progress| progress.done < stop));
    let whole = draw(usize::MAX).unwrap();
    assert_eq!(draw(4), Err(GpuError::Sample(SampleError::Cancelled)));
    assert_eq!(draw(usize::MAX).unwrap(), whole, "nothing is left of the cancelled one");
}

#[test]
fn mistakes_are_typed() {
    let Some(gpu) = gpu() else { return };
    let config = resnet();
    let mut short = weights(&config);
    short.remove("hidden.2.bias");
    let code = |result: Result<GpuNetwork, GpuError>| result.err().map(|error| error.code());
    assert_eq!(code(block_on(GpuNetwork::new(&gpu, &config, &short, SHAPE))), Some("network"));
    let mut wrong = weights(&config);
    wrong.get_mut("hidden.2.bias").unwrap().data.pop();
    assert_eq!(code(block_on(GpuNetwork::new(&gpu, &config, &wrong, SHAPE))), Some("network"));
    let colour = ImageShape { channels: 3, ..SHAPE };
    assert_eq!(code(block_on(GpuNetwork::new(&gpu, &config, &weights(&config), colour))), Some("network"));

    let shape = ImageShape { height: 4, width: 4, ..SHAPE };
    let (mut network, _) = both(&gpu, &config, shape);
    let time = Schedule::Cosine.at(0.5);
    let answer = |network: &mut GpuNetwork, x: &[f32], class| {
        block_on(network.denoise(x, time, &[Condition::Class(class)])).map_err(|error| error.code())
    };
    assert_eq!(answer(&mut network, &[0.0; 15], 0), Err("sample"), "too few pixels");
    assert_eq!(answer(&mut network, &[f32::NAN; 16], 0), Err("sample"), "an answer that is not finite");
    assert!(answer(&mut network, &[0.0; 16], 10).is_err(), "no such class");
    assert!(answer(&mut network, &[0.0; 16], 9).is_ok(), "and it still works");
    let none = Request { count: 0, ..Request::new(Condition::Null, 0) };
    let drawn = block_on(network.sample(&none, Schedule::Cosine, Frames::Last, |_| true));
    assert_eq!(drawn.map_err(|error| error.code()), Err("sample"));
}

/// Products of 16 bits are for those who ask: pictures of a trained network hardly change, and do change.
#[test]
fn halves_draw_nearly_the_same() {
    let Some(gpu) = gpu() else { return };
    let gpu = gpu.tuned_for(Tuning::Batched { vectors: 1, split: 1 });
    let Some(halved) = gpu.clone().halved() else {
        eprintln!("{} has no products of 16 bits", gpu.adapter());
        return;
    };
    let pack = Pack::open("../www/models/fashion").unwrap();
    for name in ["unet", "attention"] {
        let (config, weights) = (&pack.manifest().network(name).unwrap().config, pack.weights(name).unwrap());
        let draw = |gpu: &Gpu| {
            let mut network = block_on(GpuNetwork::new(gpu, config, &weights, SHAPE)).unwrap();
            let request = Request { count: 2, steps: 8, ..Request::new(Condition::Class(5), 3) };
            block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap()
        };
        let (full, half) = (draw(&gpu), draw(&halved));
        for (full, half) in full.chunks(SHAPE.len()).zip(half.chunks(SHAPE.len())) {
            let r = Agreement::of(half, full).r;
            eprintln!("{name}: r {r}, at most {} apart", difference(full, half));
            assert!(r > 0.999 && full != half, "{name}: {r}");
        }
    }
}

//! Sums of terms on the GPU, whose step shader adds them up, against the processor's loop and network.
#![cfg(not(target_arch = "wasm32"))]

mod gpu_common;

use gpu_common::{difference, gpu, normals};
use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Conditions, ImageShape};
use morphogen::gpu::{Frames, Gpu, GpuError, GpuNetwork};
use morphogen::network::config::{Architecture, ConditionKind, NetworkConfig, Prediction};
use morphogen::network::weights::initial;
use morphogen::sampler::morph::Morph;
use morphogen::sampler::{Keep, MAX_TERMS, Region, Request, SampleError, Side, Solver, Term, TermError, Way, sample};
use morphogen::schedule::{Grid, Schedule};
use pollster::block_on;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 12, width: 8 };

/// The same network on both.
fn both(gpu: &Gpu, prediction: Prediction) -> (GpuNetwork, CpuNetwork) {
    let config = NetworkConfig {
        channels: 3,
        prediction,
        ..NetworkConfig::new(
            Architecture::UNet { widths: vec![6, 10], attention_heads: 0, attention_level: None },
            ConditionKind::Class { count: 9 },
        )
    };
    let mut weights = initial(&config, 3).unwrap();
    for (stream, array) in (0..).zip(weights.values_mut()) {
        let extra = normals(40 + stream, array.data.len());
        array.data.iter_mut().zip(extra).for_each(|(value, extra)| *value += 0.1 * extra);
    }
    let ours = block_on(GpuNetwork::new(gpu, &config, &weights, SHAPE)).unwrap();
    (ours, CpuNetwork::new(&config, &weights, SHAPE).unwrap())
}

fn class(class: usize) -> Conditions {
    Condition::Class(class).into()
}

/// Sums that between them have every kind of term, mask and window.
fn sums() -> Vec<Vec<Term>> {
    let (over, into) = (Way::Over { side: Side::Left, edge: 0.4 }, Way::Into { at: 0.6 });
    let mask: Vec<f32> = (0..SHAPE.height * SHAPE.width).map(|i| (i % 7) as f32 / 6.0).collect();
    let each = Conditions::Each(vec![Condition::Class(3), Condition::Class(4), Condition::Null]);
    let many = |k: usize| {
        let region = Region::on(Side::ALL[k % 6]);
        Term { region, from: 1.0 - 0.05 * k as f64, to: 0.1, ..Term::new(class(k)).weighing(0.5) }
    };
    vec![
        Way::And.terms(class(1), class(2), 1.5),
        over.terms(class(1), class(2), 2.0),
        into.terms(class(1), class(2), 2.0),
        vec![Term { region: Region::Mask(mask), to: 0.3, ..Term::new(each) }, Term::new(class(5)).weighing(-0.5)],
        (0..MAX_TERMS).map(many).collect(),
        Vec::new(),
        Way::Between { share: 0.3 }.terms(class(6), class(7), 2.0),
    ]
}

#[test]
fn sums_agree_with_the_processor() {
    let Some(gpu) = gpu() else { return };
    for prediction in [Prediction::Velocity, Prediction::Clean] {
        let (mut network, mut processor) = both(&gpu, prediction);
        let mut drawn: Vec<Vec<f32>> = Vec::new();
        for (number, terms) in sums().into_iter().enumerate() {
            for (solver, against) in [(Solver::DpmSolver, Condition::Null), (Solver::Ddpm, Condition::Class(8))] {
                let grid = Grid::Early;
                let terms = terms.clone();
                let request = Request { terms, against, solver, grid, count: 3, steps: 5, ..Request::new(class(0), 7) };
                let expected = sample(&mut processor, &request, Schedule::Cosine, |_| true).unwrap();
                let found = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
                let off = difference(&expected, &found);
                assert!(off <= 1e-2, "{prediction:?}, sum {number}, {solver:?}: {off}");
                assert!(drawn.iter().all(|other| difference(other, &found) > 1e-2), "sum {number} matters");
                drawn.push(found);
            }
        }
    }
}

#[test]
fn a_batch_of_sums_is_cut_and_equals_its_single_pictures() {
    let Some(gpu) = gpu() else { return };
    let (mut network, _) = both(&gpu, Prediction::Velocity);
    // Nine guesses each: seven pictures fill the 64 that pass at once.
    let request = Request { terms: sums().remove(4), steps: 3, ..Request::new(class(0), 31) };
    let batch = Request { count: 9, seed: 23, ..request.clone() };
    let mut chunks = Vec::new();
    let drawn = block_on(network.sample(&batch, Schedule::Cosine, Frames::Every, |progress| {
        chunks.push(progress.first);
        true
    }))
    .unwrap();
    chunks.dedup();
    assert_eq!(chunks, [0, 7]);
    let alone = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
    assert_eq!(drawn[8 * SHAPE.len()..], alone[..]);
}

#[test]
fn a_film_on_the_gpu_is_that_of_the_processor() {
    let Some(gpu) = gpu() else { return };
    let (mut network, mut processor) = both(&gpu, Prediction::Velocity);
    let ends = [Condition::Class(1), Condition::Class(6), Condition::Class(3)];
    for solver in [Solver::DpmSolver, Solver::Ddpm] {
        let plain = Request { solver, steps: 4, ..Request::new(class(0), 7) }.guided(2.0);
        let film = Morph::new(3, 40, true).unwrap().request(&ends, plain).unwrap();
        let expected = sample(&mut processor, &film, Schedule::Cosine, |_| true).unwrap();
        // Two guesses each: it is cut after 32 pictures.
        let found = block_on(network.sample(&film, Schedule::Cosine, Frames::Last, |_| true)).unwrap();
        let off = difference(&expected, &found);
        assert!(off <= 1e-2, "{solver:?}: {off}");
    }
}

#[test]
fn terms_out_of_range_are_refused_before_the_gpu_is_asked() {
    let Some(gpu) = gpu() else { return };
    let (mut network, _) = both(&gpu, Prediction::Velocity);
    let short = Term { region: Region::Mask(vec![1.0; 5]), ..Term::new(class(0)) };
    let request = Request { terms: vec![short], ..Request::new(class(0), 1) };
    let refused = block_on(network.sample(&request, Schedule::Cosine, Frames::Last, |_| true));
    let fault = TermError::MaskSize { rows: 12, columns: 8, found: 5 };
    assert_eq!(refused, Err(GpuError::Sample(SampleError::Term { number: 1, fault })));
}

#[test]
fn what_stays_of_finished_pictures_agrees_with_the_processor() {
    let Some(gpu) = gpu() else { return };
    let area = SHAPE.height * SHAPE.width;
    let mask: Vec<f32> = (0..area).map(|i| [0.0, 0.4, 1.0][i * 3 / area]).collect();
    let clean = |count: usize| normals(5, count * SHAPE.len()).into_iter().map(|z| z.clamp(-1.0, 1.0)).collect();
    let (mut network, mut processor) = both(&gpu, Prediction::Velocity);
    for (terms, count) in [(sums().remove(1), 1), (sums().remove(3), 3), (vec![Term::new(class(6))], 3)] {
        for solver in Solver::ALL {
            let x0: Vec<f32> = clean(count);
            let times = 1 + solver as usize;
            let request =
                Request { terms: terms.clone(), solver, times, count: 3, steps: 4, ..Request::new(class(0), 7) };
            let begun = request.begun_from(&x0, 0.9, SHAPE, Schedule::Cosine).unwrap();
            let draw = |network: &mut GpuNetwork, request: &Request| {
                block_on(network.sample(request, Schedule::Cosine, Frames::Last, |_| true)).unwrap()
            };
            let request = Request { keep: Some(Keep { x0: x0.clone(), mask: mask.clone() }), ..begun.clone() };
            let expected = sample(&mut processor, &request, Schedule::Cosine, |_| true).unwrap();
            let found = draw(&mut network, &request);
            let off = difference(&expected, &found);
            assert!(off <= 1e-2, "{solver:?}: {off}");
            let stays = |i: &usize| mask[i % area] == 1.0;
            let same = |i: usize| found[i].to_bits() == x0[i % x0.len()].to_bits();
            assert!((0..found.len()).filter(stays).all(same), "{solver:?}");
            // A picture of the batch is the picture by itself, and nothing is left of it afterwards.
            assert_eq!(draw(&mut network, &request.slice(1, 1, SHAPE)), found[SHAPE.len()..2 * SHAPE.len()]);
            let free = draw(&mut network, &begun);
            assert!(difference(&free, &found) > 1e-2);
            let none = Some(Keep { x0, mask: vec![0.0; area] });
            assert_eq!(draw(&mut network, &Request { keep: none, ..begun }), free);
        }
    }
}

//! The patch posterior on the GPU against its definition in f64 and against the processor's.
#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code)]
mod gpu_common;
mod theory_reference;

use gpu_common::gpu;
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::gpu::{Cut, Gpu, GpuError, GpuPosterior, Tuning};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{
    Answer, Boundary, Calibration, Choices, Levels, Locality, LocalityPoint, Machine, Output, Partial, PatchPosterior,
    Patches, Share, Shares, Training,
};
use pollster::block_on;
use std::sync::Arc;
use theory_reference::{Random, direct, furthest, widen};

const GREY: ImageShape = ImageShape { channels: 1, height: 9, width: 8 };
const COLOUR: ImageShape = ImageShape { channels: 3, height: 7, width: 10 };
const MACHINES: [Machine; 5] = [Machine::Ideal, Machine::Local, Machine::Equivariant, Machine::Els, Machine::Bbels];

fn at(t: f64) -> Time {
    Schedule::Cosine.at(t)
}

fn machine(machine: Machine, k: usize, images: &[f32], shape: ImageShape) -> PatchPosterior {
    let training = Arc::new(Training::new(images, shape).unwrap());
    PatchPosterior::new(machine, training, Some(Locality::fixed(k).unwrap())).unwrap()
}

fn on_gpu(gpu: &Gpu, posterior: &PatchPosterior) -> GpuPosterior {
    block_on(GpuPosterior::new(gpu, posterior.clone())).unwrap()
}

fn answer(posterior: &mut GpuPosterior, x: &[f32], time: Time) -> Vec<f32> {
    block_on(posterior.denoise(x, time, &[Condition::Null])).unwrap()
}

#[test]
fn every_machine_agrees_with_its_definition() {
    agree_with_the_definition(Tuning::FewCores);
}

/// Shaders for a GPU are unrolled, those for a processor in disguise are not.
#[test]
fn every_machine_agrees_with_its_definition_where_loops_are_unrolled() {
    agree_with_the_definition(Tuning::ManyThreads);
}

fn agree_with_the_definition(tuning: Tuning) {
    let Some(gpu) = gpu() else { return };
    let gpu = gpu.tuned_for(tuning);
    let mut random = Random(1);
    for (shape, count) in [(GREY, 13), (COLOUR, 10)] {
        let images = random.pictures(count, shape);
        for m in MACHINES {
            let mut posterior = machine(m, 3, &images, shape);
            for k in if m.is_local() { &[1, 3, 7, 19][..] } else { &[1] } {
                posterior.set_locality(Locality::fixed(*k).unwrap());
                let mut found = on_gpu(&gpu, &posterior);
                for t in [1.0, 0.8, 0.3, 0.01] {
                    // Half the time a picture the machines know, half the time a new one.
                    let picture = if t > 0.5 { random.pictures(1, shape) } else { images[..shape.len()].to_vec() };
                    let x = random.noisy(&picture, at(t));
                    let truth = direct(m.choices().unwrap(), posterior.window(at(t)), &images, &x, shape, at(t));
                    let far = furthest(&answer(&mut found, &x, at(t)), &truth.mean);
                    assert!(far < 5e-4, "{m:?} k {k} t {t} {shape:?}: {far}");
                }
            }
        }
    }
}

/// One image, two or four in a vector, maps that fill workgroup memory to the last byte.
#[test]
fn every_layout_agrees_with_the_processor() {
    let Some(gpu) = gpu() else { return };
    let gpu = gpu.tuned_for(Tuning::ManyThreads);
    let mut random = Random(2);
    let shapes = [(1, 28, 28, 25), (3, 32, 32, 27), (1, 40, 36, 33), (1, 64, 64, 61), (3, 61, 64, 59), (3, 3, 64, 3)];
    for (channels, height, width, k) in shapes {
        let shape = ImageShape { channels, height, width };
        let images = random.pictures(5, shape);
        let x = random.noisy(&images[shape.len()..2 * shape.len()], at(0.7));
        for (m, k) in [(Machine::Ideal, 1), (Machine::Local, 9), (Machine::Bbels, k)] {
            let mut posterior = machine(m, k, &images, shape);
            let truth = widen(&posterior.denoise(&x, at(0.7), &[Condition::Null]).unwrap());
            let far = furthest(&answer(&mut on_gpu(&gpu, &posterior), &x, at(0.7)), &truth);
            assert!(far < 5e-4, "{m:?} k {k} {shape:?}: {far}");
        }
    }
}

/// Whatever is chosen: vectors, pixels of a thread, bands of rows, widths of the map.
#[test]
fn every_cut_agrees_with_the_processor() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(12);
    let shape = ImageShape { channels: 1, height: 19, width: 21 };
    let images = random.pictures(6, shape);
    let x = random.noisy(&images[..shape.len()], at(0.6));
    for (m, k) in
        [(Machine::Bbels, 3), (Machine::Bbels, 7), (Machine::Bbels, 15), (Machine::Els, 5), (Machine::Local, 9)]
    {
        let posterior = machine(m, k, &images, shape);
        let truth = widen(&posterior.clone().denoise(&x, at(0.6), &[Condition::Null]).unwrap());
        for (threads, lanes, pixels, rows) in
            [(1 << 18, 4, 4, usize::MAX), (2000, 2, 8, 8), (1 << 10, 1, 4, 16), (1, 4, 8, 3)]
        {
            let cut = Cut { threads, lanes, pixels, pixels_of_small: pixels, rows, ..Cut::suited(gpu.tuning()) };
            let mut found = block_on(GpuPosterior::with_cut(&gpu, posterior.clone(), cut)).unwrap();
            let far = furthest(&answer(&mut found, &x, at(0.6)), &truth);
            assert!(far < 2e-4, "{m:?} k {k} {cut:?}: {far}");
            let counts = found.counts(at(0.6));
            assert_eq!((counts.lanes, counts.pixels), (lanes, pixels));
            assert!(counts.rows <= rows.max(pixels) && counts.bytes_of_workgroup <= 16_384, "{counts:?}");
            assert!(counts.differences >= counts.cells && counts.cells >= counts.pairs, "{counts:?}");
        }
    }
}

#[test]
fn wrapped_training_patches_agree_with_the_definition() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(3);
    let images = random.pictures(5, GREY);
    let x = random.noisy(&images[..GREY.len()], at(0.6));
    for k in [1, 3, 7] {
        let posterior = machine(Machine::Els, k, &images, GREY).wrapped();
        let mut choices = Machine::Els.choices().unwrap();
        choices.patches = Patches::Wrapped;
        let truth = direct(choices, k, &images, &x, GREY, at(0.6));
        assert!(furthest(&answer(&mut on_gpu(&gpu, &posterior), &x, at(0.6)), &truth.mean) < 5e-4, "k {k}");
    }
}

/// Windows that are other ones at each of [`TIMES`]: hard and soft, of even boxes and odd, narrow and wider than the picture.
const SIGHTS: [(usize, usize); 8] = [(1, 1), (3, 1), (3, 2), (7, 1), (7, 4), (5, 2), (17, 1), (17, 5)];
const TIMES: [f64; 8] = [0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0];

fn varied(choices: Choices, training: &Arc<Training>) -> PatchPosterior {
    let point = |(t, (window, soft)): (f64, (usize, usize))| LocalityPoint { t, window, soft };
    let locality = Locality::measured(TIMES.into_iter().zip(SIGHTS).map(point).collect()).unwrap();
    PatchPosterior::with_choices(choices, training.clone(), Some(locality)).unwrap()
}

#[test]
fn soft_windows_agree_with_the_definition_and_with_the_processor() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(9);
    for (tuning, shape) in [(Tuning::FewCores, GREY), (Tuning::ManyThreads, COLOUR)] {
        let gpu = gpu.clone().tuned_for(tuning);
        let images = random.pictures(13, shape);
        let training = Arc::new(Training::new(&images, shape).unwrap());
        for m in [Machine::Local, Machine::Els, Machine::Bbels] {
            let posterior = varied(m.choices().unwrap(), &training);
            let mut found = on_gpu(&gpu, &posterior);
            for t in TIMES {
                let picture = if t > 0.4 { random.pictures(1, shape) } else { images[..shape.len()].to_vec() };
                let x = random.noisy(&picture, at(t));
                let sight = posterior.sight(at(t));
                let truth = direct(m.choices().unwrap(), sight, &images, &x, shape, at(t));
                let far = furthest(&answer(&mut found, &x, at(t)), &truth.mean);
                assert!(far < 5e-4, "{m:?} {sight:?} t {t} {shape:?}: {far}");
                // Parts of both merge only where logits count from the same level.
                let mut merged = block_on(found.partial(&x, at(t), false)).unwrap();
                merged.merge(&posterior.partial(&x, at(t), false).unwrap()).unwrap();
                let far = furthest(&merged.mean(), &truth.mean);
                assert!(far < 5e-4, "{m:?} {sight:?} t {t} {shape:?}, merged: {far}");
            }
        }
    }
}

#[test]
fn composites_agree_with_the_definition() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(10);
    // More rows than a band has, and fewer.
    let tall = ImageShape { channels: 1, height: 19, width: 8 };
    for (tuning, shape) in [(Tuning::FewCores, GREY), (Tuning::FewCores, tall), (Tuning::ManyThreads, COLOUR)] {
        let gpu = gpu.clone().tuned_for(tuning);
        let images = random.pictures(7, shape);
        let training = Arc::new(Training::new(&images, shape).unwrap());
        for m in [Machine::Local, Machine::Els, Machine::Bbels] {
            let choices = Choices { output: Output::Covered, ..m.choices().unwrap() };
            let posterior = varied(choices, &training);
            let mut found = on_gpu(&gpu, &posterior);
            for t in TIMES {
                let picture = if t > 0.4 { random.pictures(1, shape) } else { images[..shape.len()].to_vec() };
                let x = random.noisy(&picture, at(t));
                let sight = posterior.sight(at(t));
                let truth = direct(choices, sight, &images, &x, shape, at(t));
                let far = furthest(&answer(&mut found, &x, at(t)), &truth.mean);
                assert!(far < 1e-3, "{m:?} {sight:?} t {t} {shape:?}: {far}");
            }
        }
    }
}

/// Levels may come from the processor, and the work be cut in any way.
#[test]
fn second_rounds_add_up() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(11);
    let images = random.pictures(19, GREY);
    let whole = machine(Machine::Composite, 5, &images, GREY);
    let x = random.noisy(&images[..GREY.len()], at(0.5));
    let levels = Levels::of(&whole.partial(&x, at(0.5), false).unwrap());
    let truth = widen(&whole.clone().denoise(&x, at(0.5), &[Condition::Null]).unwrap());
    for (threads, chunk, cells) in [(1, usize::MAX, 1.0), (200, 7, 2e3), (4000, 1, 1e9)] {
        let cut = Cut { threads, images: chunk, cells, ..Cut::suited(gpu.tuning()) };
        let mut found = block_on(GpuPosterior::with_cut(&gpu, whole.clone(), cut)).unwrap();
        assert!(block_on(found.deviation(&x, at(0.5), false)).unwrap() < 2e-4, "{cut:?}: a few images");
        for _ in 0..2 {
            let sum = block_on(found.spread_while(&x, at(0.5), &levels, &mut || true)).unwrap();
            assert!(furthest(&sum.mean(5, Boundary::Zeros), &truth) < 2e-4, "{cut:?}");
        }
    }
    let (first, second) = images.split_at(8 * GREY.len());
    let mut part = on_gpu(&gpu, &machine(Machine::Composite, 5, first, GREY));
    let mut sum = block_on(part.spread_while(&x, at(0.5), &levels, &mut || true)).unwrap();
    let rest = machine(Machine::Composite, 5, second, GREY).spread(&x, at(0.5), &[levels], 0, 1).unwrap();
    sum.merge(&rest[0]).unwrap();
    assert!(furthest(&sum.mean(5, Boundary::Zeros), &truth) < 2e-4, "one part by the GPU, one by the processor");
    let short = Levels::from_floats(&[0.0; 8], ImageShape { channels: 1, height: 2, width: 2 }).unwrap();
    let refused = block_on(part.spread_while(&x, at(0.5), &short, &mut || true)).map(|_| ());
    assert_eq!(refused.map_err(|error| error.code()), Err("sample"));
}

#[test]
fn a_blend_takes_both_rounds() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(8);
    let images = random.pictures(21, GREY);
    let training = Arc::new(Training::new(&images, GREY).unwrap());
    let shares = Shares::measured(vec![Share { t: 0.5, patches: 0.5, covered: 0.6 }]).unwrap();
    let calibration = Calibration { locality: Some(Locality::fixed(5).unwrap()), shares };
    let mut blend = PatchPosterior::calibrated(Machine::Blend, training, &calibration).unwrap();
    let x = random.noisy(&images[..GREY.len()], at(0.5));
    let alone = blend.denoise(&x, at(0.5), &[Condition::Null]).unwrap();
    let mut found = on_gpu(&gpu, &blend);
    assert!(furthest(&answer(&mut found, &x, at(0.5)), &widen(&alone)) < 5e-4);
    let (explained, _) = block_on(found.explain(&x, at(0.5))).unwrap();
    assert!(furthest(&explained, &widen(&alone)) < 5e-4);
}

#[test]
fn provenance_names_the_best_patch_its_share_and_the_number_of_patches() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(4);
    for shape in [GREY, COLOUR] {
        let images = random.pictures(11, shape);
        let training = Arc::new(Training::new(&images, shape).unwrap().numbered_from(100));
        for m in MACHINES {
            let locality = Some(Locality::fixed(5).unwrap());
            let mut found = on_gpu(&gpu, &PatchPosterior::new(m, training.clone(), locality).unwrap());
            for t in [0.9, 0.2] {
                let x = random.noisy(&images[shape.len()..2 * shape.len()], at(t));
                let truth = direct(m.choices().unwrap(), 5, &images, &x, shape, at(t));
                let (mean, provenance) = block_on(found.explain(&x, at(t))).unwrap();
                assert!(furthest(&mean, &truth.mean) < 5e-4);
                for (q, (n, place, weight)) in truth.best.iter().enumerate() {
                    let share = f64::from(provenance.weight[q]);
                    assert!((share - weight).abs() < 1e-3, "{m:?} t {t}: share {share}, should be {weight}");
                    let (many, should) = (f64::from(provenance.patches[q]), truth.patches[q]);
                    assert!((many / should - 1.0).abs() < 2e-3, "{m:?} t {t}: {many} patches, should be {should}");
                    // Where two patches are as good as equal, either may be named.
                    if *weight > 0.6 {
                        let named = (provenance.image[q] as usize, provenance.place[q] as usize);
                        assert_eq!(named, (n + 100, *place), "{m:?} t {t} pixel {q}");
                    }
                }
            }
        }
    }
}

/// However the work is cut into buffers, workgroups and submissions, and whoever does a part, the answer is the same.
#[test]
fn parts_merge_into_the_whole() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(5);
    let images = random.pictures(19, GREY);
    for (m, k) in [(Machine::Bbels, 5), (Machine::Local, 7), (Machine::Equivariant, 1)] {
        let whole = machine(m, k, &images, GREY);
        let x = random.noisy(&images[..GREY.len()], at(0.8));
        let truth = widen(&whole.partial(&x, at(0.8), false).unwrap().mean());
        for (threads, chunk, cells) in [(1, usize::MAX, 1.0), (200, 7, 2e3), (4000, 1, 1e9)] {
            let cut = Cut { threads, images: chunk, cells, ..Cut::suited(gpu.tuning()) };
            let mut found = block_on(GpuPosterior::with_cut(&gpu, whole.clone(), cut)).unwrap();
            assert!(block_on(found.deviation(&x, at(0.8), chunk == 7)).unwrap() < 2e-4, "{m:?}, {cut:?}: a few images");
            for _ in 0..2 {
                assert!(furthest(&answer(&mut found, &x, at(0.8)), &truth) < 2e-4, "{m:?}, {cut:?}");
            }
        }
        let (first, second) = images.split_at(8 * GREY.len());
        let mut merged = block_on(on_gpu(&gpu, &machine(m, k, first, GREY)).partial(&x, at(0.8), true)).unwrap();
        let rest = machine(m, k, second, GREY).partial(&x, at(0.8), true).unwrap();
        merged.merge(&Partial::from_floats(&rest.to_floats(), GREY).unwrap()).unwrap();
        assert!(furthest(&merged.mean(), &truth) < 2e-4, "{m:?}: one part by the GPU, one by the processor");
    }
}

#[test]
fn batches_are_pictures_one_by_one() {
    let Some(gpu) = gpu() else { return };
    let mut random = Random(6);
    let images = random.pictures(9, COLOUR);
    let x = random.noisy(&images[..3 * COLOUR.len()], at(0.7));
    let mut posterior = on_gpu(&gpu, &machine(Machine::Els, 3, &images, COLOUR));
    let conditions = [Condition::Null, Condition::Class(2), Condition::Null];
    let together = block_on(posterior.denoise(&x, at(0.7), &conditions)).unwrap();
    let apart: Vec<f64> = x.chunks(COLOUR.len()).flat_map(|x| widen(&answer(&mut posterior, x, at(0.7)))).collect();
    assert!(furthest(&together, &apart) < 1e-6);
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let Some(gpu) = gpu() else { return };
    let images = Random(7).pictures(2, GREY);
    let mut choices = Machine::Els.choices().unwrap();
    (choices.boundary, choices.answer) = (Boundary::Zeros, Answer::AnyPlace);
    let training = Arc::new(Training::new(&images, GREY).unwrap());
    let nowhere = PatchPosterior::with_choices(choices, training, Some(Locality::fixed(3).unwrap())).unwrap();
    let refused = block_on(GpuPosterior::new(&gpu, nowhere)).map(|_| ());
    assert!(matches!(refused, Err(GpuError::Machine)), "{refused:?}");
    let mut posterior = on_gpu(&gpu, &machine(Machine::Els, 3, &images, GREY));
    let short = block_on(posterior.denoise(&images[..5], at(0.5), &[Condition::Null]));
    assert!(short.is_err_and(|error| error.to_string().contains("72")), "says how many values were expected");
    let broken = block_on(posterior.denoise(&vec![f32::NAN; GREY.len()], at(0.5), &[Condition::Null]));
    assert_eq!(broken.map_err(|error| error.code()), Err("sample"));
    let cut = Cut { threads: 1, images: 1, cells: 1.0, ..Cut::suited(gpu.tuning()) };
    let mut slow = block_on(GpuPosterior::with_cut(&gpu, machine(Machine::Els, 3, &images, GREY), cut)).unwrap();
    let stopped = block_on(slow.partial_while(&images[..GREY.len()], at(0.5), false, &mut || false));
    assert_eq!(stopped.map(|_| ()).map_err(|error| error.code()), Err("cancelled"));
}

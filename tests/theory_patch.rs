//! The patch posterior against its definition, and the properties that make each machine what it is.

mod theory_reference;

use morphogen::denoiser::{Condition, DenoiseError, Denoiser, ImageShape};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{Isa, Locality, Machine, Partial, PatchPosterior, TheoryError, Training};
use proptest::prelude::*;
use std::sync::Arc;
use theory_reference::{Random, direct, furthest, widen};

const GREY: ImageShape = ImageShape { channels: 1, height: 9, width: 8 };
const COLOUR: ImageShape = ImageShape { channels: 3, height: 7, width: 10 };
const MACHINES: [Machine; 5] = [Machine::Ideal, Machine::Local, Machine::Equivariant, Machine::Els, Machine::Bbels];

fn at(t: f64) -> Time {
    Schedule::Cosine.at(t)
}

fn set(images: &[f32], shape: ImageShape) -> Arc<Training> {
    Arc::new(Training::new(images, shape).unwrap())
}

fn machine(machine: Machine, k: usize, training: &Arc<Training>) -> PatchPosterior {
    PatchPosterior::new(machine, training.clone(), Some(Locality::fixed(k).unwrap())).unwrap()
}

fn answer(posterior: &mut PatchPosterior, x: &[f32], time: Time) -> Vec<f32> {
    posterior.denoise(x, time, &[Condition::Null]).unwrap()
}

#[test]
fn every_machine_agrees_with_its_definition() {
    let mut random = Random(1);
    for (shape, count) in [(GREY, 37), (COLOUR, 20)] {
        let images = random.pictures(count, shape);
        let training = set(&images, shape);
        for t in [1.0, 0.85, 0.5, 0.25, 0.05, 0.01] {
            // Half the time a picture the machines know, half the time a new one.
            let picture = if t > 0.3 { random.pictures(1, shape) } else { images[..shape.len()].to_vec() };
            let x = random.noisy(&picture, at(t));
            for k in [1, 3, 5, 7, 9, 17] {
                for m in MACHINES {
                    if !m.is_local() && k > 1 {
                        continue;
                    }
                    let mut posterior = machine(m, k, &training);
                    let k = posterior.window(at(t));
                    let truth = direct(m.choices().unwrap(), k, &images, &x, shape, at(t));
                    let far = furthest(&answer(&mut posterior, &x, at(t)), &truth.mean);
                    assert!(far < 2e-4, "{m:?} k {k} t {t} {shape:?}: {far}");
                }
            }
        }
    }
}

#[test]
fn wrapped_training_patches_agree_with_the_definition() {
    let mut random = Random(2);
    let images = random.pictures(5, GREY);
    let x = random.noisy(&images[..GREY.len()], at(0.6));
    for k in [1, 3, 7] {
        let mut posterior = machine(Machine::Els, k, &set(&images, GREY)).wrapped();
        let mut choices = Machine::Els.choices().unwrap();
        choices.patches = morphogen::theory::Patches::Wrapped;
        let truth = direct(choices, k, &images, &x, GREY, at(0.6));
        assert!(furthest(&answer(&mut posterior, &x, at(0.6)), &truth.mean) < 2e-4, "k {k}");
    }
}

#[test]
fn every_instruction_set_gives_the_same() {
    let mut random = Random(3);
    // Enough images for the widest blocks, and some left over.
    for (shape, count) in [(GREY, 85), (COLOUR, 39)] {
        let images = random.pictures(count, shape);
        let x = random.noisy(&images[..shape.len()], at(0.7));
        for (m, k) in MACHINES.map(|m| (m, 5)).into_iter().chain([(Machine::Els, 3), (Machine::Bbels, 3)]) {
            let truth = direct(m.choices().unwrap(), k, &images, &x, shape, at(0.7));
            for isa in Isa::available() {
                let training = Arc::new(Training::with_isa(&images, shape, isa).unwrap());
                let far = furthest(&answer(&mut machine(m, k, &training), &x, at(0.7)), &truth.mean);
                assert!(far < 2e-4, "{m:?} on {isa:?}: {far}");
            }
        }
    }
}

#[test]
fn provenance_names_the_best_patch_its_share_and_the_number_of_patches() {
    let mut random = Random(4);
    for shape in [GREY, COLOUR] {
        let images = random.pictures(23, shape);
        let training = Arc::new(Training::new(&images, shape).unwrap().numbered_from(100));
        for t in [0.9, 0.6, 0.2, 0.02] {
            let x = random.noisy(&images[shape.len()..2 * shape.len()], at(t));
            for m in MACHINES {
                let truth = direct(m.choices().unwrap(), 5, &images, &x, shape, at(t));
                let (mean, provenance) = machine(m, 5, &training).explain(&x, at(t)).unwrap();
                assert!(furthest(&mean, &truth.mean) < 2e-4);
                for (q, (n, place, weight)) in truth.best.iter().enumerate() {
                    let found = f64::from(provenance.weight[q]);
                    assert!((found - weight).abs() < 1e-3, "{m:?} t {t}: share {found}, should be {weight}");
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

fn roll(x: &[f32], shape: ImageShape, down: usize, right: usize) -> Vec<f32> {
    let ImageShape { channels, height, width } = shape;
    let mut out = vec![0.0; x.len()];
    for c in 0..channels {
        for r in 0..height {
            for j in 0..width {
                out[(c * height + (r + down) % height) * width + (j + right) % width] = x[(c * height + r) * width + j];
            }
        }
    }
    out
}

#[test]
fn shifting_the_noise_shifts_the_answer_of_the_circular_machines() {
    let mut random = Random(5);
    let images = random.pictures(19, COLOUR);
    let training = set(&images, COLOUR);
    let noise = random.noisy(&vec![0.0; COLOUR.len()], at(0.8));
    for (m, k) in [(Machine::Els, 3), (Machine::Els, 7), (Machine::Equivariant, 1)] {
        let mut posterior = machine(m, k, &training);
        let still = answer(&mut posterior, &noise, at(0.8));
        let moved = answer(&mut posterior, &roll(&noise, COLOUR, 2, 5), at(0.8));
        assert!(furthest(&moved, &widen(&roll(&still, COLOUR, 2, 5))) < 1e-4, "{m:?}");
        assert!(furthest(&moved, &widen(&still)) > 1e-2, "{m:?}: the test would not notice a shift");
    }
}

#[test]
fn the_ideal_machine_copies_at_small_t() {
    let mut random = Random(6);
    let images = random.pictures(30, GREY);
    let mut posterior = machine(Machine::Ideal, 1, &set(&images, GREY));
    for n in [0, 17, 29] {
        let original = &images[n * GREY.len()..][..GREY.len()];
        let x = random.noisy(original, at(0.05));
        assert_eq!(answer(&mut posterior, &x, at(0.05)), original);
    }
}

#[test]
fn a_local_machine_that_sees_everything_is_the_ideal_one() {
    let mut random = Random(7);
    for shape in [GREY, COLOUR] {
        let images = random.pictures(21, shape);
        let training = set(&images, shape);
        for t in [1.0, 0.8, 0.4] {
            let picture = random.pictures(1, shape);
            let x = random.noisy(&picture, at(t));
            let ideal = answer(&mut machine(Machine::Ideal, 1, &training), &x, at(t));
            let local = answer(&mut machine(Machine::Local, 19, &training), &x, at(t));
            assert!(furthest(&local, &widen(&ideal)) < 1e-4, "t {t}");
        }
    }
}

#[test]
fn a_window_of_one_pixel_knows_only_tones() {
    let mut random = Random(8);
    let images = random.pictures(6, GREY);
    let mut posterior = machine(Machine::Bbels, 1, &set(&images, GREY));
    let x: Vec<f32> = (0..GREY.len()).map(|i| [0.3, -0.9][i % 2]).collect();
    let out = answer(&mut posterior, &x, at(0.5));
    // The same tone in, the same tone out, wherever it is.
    for (i, v) in out.iter().enumerate() {
        assert!((v - out[i % 2]).abs() < 1e-6);
    }
    assert!(out[0] > out[1]);
}

#[test]
fn a_class_of_one_image_gives_back_its_colours() {
    let mut random = Random(9);
    let image = random.pictures(1, COLOUR);
    let training = set(&image, COLOUR);
    let pixels = COLOUR.height * COLOUR.width;
    let x = random.noisy(&vec![0.0; COLOUR.len()], at(0.05));
    for m in [Machine::Ideal, Machine::Local] {
        assert_eq!(answer(&mut machine(m, 3, &training), &x, at(0.05)), image, "{m:?} can only give the image");
    }
    for m in [Machine::Equivariant, Machine::Els, Machine::Bbels] {
        let (out, provenance) = machine(m, 3, &training).explain(&x, at(0.05)).unwrap();
        for q in 0..pixels {
            let place = provenance.place[q] as usize;
            assert_eq!(provenance.image[q], 0);
            if provenance.weight[q] > 0.9999 {
                for c in 0..3 {
                    assert!((out[c * pixels + q] - image[c * pixels + place]).abs() < 1e-3, "{m:?} pixel {q}");
                }
            }
        }
        assert!(provenance.weight.iter().filter(|w| **w > 0.9999).count() > pixels / 2);
    }
}

#[test]
fn the_mosaic_is_made_of_the_named_patches() {
    let mut random = Random(10);
    let images = random.pictures(12, COLOUR);
    let training = set(&images, COLOUR);
    let x = random.noisy(&images[..COLOUR.len()], at(0.05));
    let (mean, provenance) = machine(Machine::Bbels, 5, &training).explain(&x, at(0.05)).unwrap();
    let mosaic = provenance.mosaic(&training);
    let close = mosaic.iter().zip(&mean).filter(|(a, b)| (*a - *b).abs() < 0.05).count();
    assert!(close * 10 > mosaic.len() * 9, "{close} of {}", mosaic.len());
}

#[test]
fn a_patch_that_fits_better_by_far_is_found_however_late_it_comes() {
    // The first images all fit equally badly, so that every weight seems to count, until one fits perfectly: its weight
    // is more than f32 can hold beside theirs.
    let mut random = Random(12);
    let picture = random.pictures(1, GREY);
    let far: Vec<f32> = picture.iter().map(|v| if *v > 0.0 { -1.0 } else { 1.0 }).collect();
    let mut images = far.repeat(70);
    images.splice(40 * GREY.len()..41 * GREY.len(), picture.clone());
    let time = at(0.2);
    let x: Vec<f32> = picture.iter().map(|v| time.a as f32 * v).collect();
    for isa in Isa::available() {
        let training = Arc::new(Training::with_isa(&images, GREY, isa).unwrap());
        for k in [3, 5, 7] {
            let mut posterior = machine(Machine::Local, k, &training);
            let truth = direct(Machine::Local.choices().unwrap(), k, &images, &x, GREY, time);
            let far = furthest(&answer(&mut posterior, &x, time), &truth.mean);
            assert!(far < 2e-4, "{isa:?} k {k}: {far}");
        }
    }
}

#[test]
fn batches_are_pictures_one_by_one() {
    let mut random = Random(11);
    let images = random.pictures(140, GREY);
    let training = set(&images, GREY);
    let x = random.noisy(&images[..3 * GREY.len()], at(0.7));
    for m in MACHINES {
        let mut posterior = machine(m, 3, &training);
        let conditions = [Condition::Null, Condition::Class(2), Condition::Null];
        let together = posterior.denoise(&x, at(0.7), &conditions).unwrap();
        let apart: Vec<f32> = x.chunks(GREY.len()).flat_map(|x| answer(&mut posterior, x, at(0.7))).collect();
        assert_eq!(together, apart, "{m:?}");
    }
}

#[test]
fn shared_out_in_equal_parts_nothing_is_lost() {
    let mut random = Random(13);
    let images = random.pictures(45, GREY);
    let training = set(&images, GREY);
    let x = random.noisy(&images[..2 * GREY.len()], at(0.6));
    for m in MACHINES {
        let posterior = machine(m, 5, &training);
        // More parts than there are groups of images leave some of them empty.
        for parts in [1, 2, 7, 60] {
            let mut merged = vec![Partial::empty(GREY); 2];
            for part in 0..parts {
                for (whole, part) in merged.iter_mut().zip(posterior.part(&x, at(0.6), true, part, parts).unwrap()) {
                    whole.merge(&part).unwrap();
                }
            }
            for (merged, x) in merged.iter().zip(x.chunks(GREY.len())) {
                let (whole, provenance) = posterior.explain(x, at(0.6)).unwrap();
                assert!(furthest(&merged.mean(), &widen(&whole)) < 1e-4, "{m:?} in {parts} parts");
                for (a, b) in merged.provenance().patches.iter().zip(&provenance.patches) {
                    assert!((a / b - 1.0).abs() < 1e-3, "{m:?} in {parts} parts: {a} patches, should be {b}");
                }
            }
        }
        assert!(posterior.part(&x[1..], at(0.6), true, 0, 1).is_err());
    }
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let mut random = Random(12);
    let images = random.pictures(2, GREY);
    assert!(matches!(Training::new(&images[1..], GREY), Err(TheoryError::Images { .. })));
    assert!(matches!(Training::new(&[], GREY), Err(TheoryError::Images { .. })));
    assert!(matches!(Training::new(&vec![f32::NAN; GREY.len()], GREY), Err(TheoryError::NotFinite)));
    let huge = ImageShape { channels: 1, height: 65, width: 8 };
    assert!(matches!(Training::new(&vec![0.0; huge.len()], huge), Err(TheoryError::Shape(_))));
    let training = set(&images, GREY);
    assert!(matches!(PatchPosterior::new(Machine::Els, training.clone(), None), Err(TheoryError::NoLocality)));
    assert!(PatchPosterior::new(Machine::Wiener, training.clone(), None).is_err());
    let mut posterior = machine(Machine::Els, 3, &training);
    let short = posterior.denoise(&images[..5], at(0.5), &[Condition::Null]);
    assert!(matches!(short, Err(DenoiseError::Shape { expected: 72, found: 5, .. })));
    let broken = posterior.denoise(&vec![f32::NAN; GREY.len()], at(0.5), &[Condition::Null]);
    assert_eq!(broken, Err(DenoiseError::NotFinite));
    assert!(Partial::from_floats(&[0.0; 7], GREY).is_err());
    assert!(Partial::empty(GREY).merge(&Partial::empty(COLOUR)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the training set is cut, and whether parts travel as floats or not, the merged posterior is the whole.
    #[test]
    fn parts_merge_into_the_whole(
        seed in 0u64..1000,
        cuts in prop::collection::vec(1usize..40, 0..5),
        which in 0usize..5,
        t in 0.02f64..1.0,
        k in 0usize..5,
    ) {
        let mut random = Random(seed);
        let images = random.pictures(40, GREY);
        let x = random.noisy(&images[..GREY.len()], at(t));
        let (m, k) = (MACHINES[which], 2 * k + 1);
        let (whole, provenance) = machine(m, k, &set(&images, GREY)).explain(&x, at(t)).unwrap();
        let mut edges = cuts;
        edges.extend([0, 40]);
        edges.sort_unstable();
        edges.dedup();
        let mut merged = Partial::empty(GREY);
        for part in edges.windows(2).rev() {
            let images = &images[part[0] * GREY.len()..part[1] * GREY.len()];
            let training = Arc::new(Training::new(images, GREY).unwrap().numbered_from(part[0]));
            let partial = machine(m, k, &training).partial(&x, at(t), true).unwrap();
            merged.merge(&Partial::from_floats(&partial.to_floats(), GREY).unwrap()).unwrap();
        }
        prop_assert!(furthest(&merged.mean(), &widen(&whole)) < 1e-4);
        let joined = merged.provenance();
        for q in 0..whole.len() {
            prop_assert!((joined.weight[q] - provenance.weight[q]).abs() < 1e-3);
            prop_assert!((joined.patches[q] / provenance.patches[q] - 1.0).abs() < 1e-3);
            if provenance.weight[q] > 0.6 {
                prop_assert_eq!((joined.image[q], joined.place[q]), (provenance.image[q], provenance.place[q]));
            }
        }
    }
}

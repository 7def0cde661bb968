//! Windows that answer for all they cover, beside the definition: every local machine, border and instruction set; parts that add
//! up; and that an answer is a mean of training pixels.

mod theory_reference;

use morphogen::denoiser::{Condition, DenoiseError, Denoiser, ImageShape};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{
    Boundary, Calibration, Choices, Composite, Isa, Levels, Locality, Machine, Output, PatchPosterior, Patches, Share,
    Shares, TheoryError, Training,
};
use proptest::prelude::*;
use std::sync::Arc;
use theory_reference::{Random, direct, furthest, widen};

const GREY: ImageShape = ImageShape { channels: 1, height: 9, width: 8 };
const COLOUR: ImageShape = ImageShape { channels: 3, height: 7, width: 10 };
const LOCAL: [Machine; 3] = [Machine::Local, Machine::Els, Machine::Bbels];

fn at(t: f64) -> Time {
    Schedule::Cosine.at(t)
}

fn covering(machine: Machine) -> Choices {
    Choices { output: Output::Covered, ..machine.choices().unwrap() }
}

fn posterior(choices: Choices, k: usize, training: &Arc<Training>) -> PatchPosterior {
    PatchPosterior::with_choices(choices, training.clone(), Some(Locality::fixed(k).unwrap())).unwrap()
}

fn answer(posterior: &mut PatchPosterior, x: &[f32], time: Time) -> Vec<f32> {
    posterior.denoise(x, time, &[Condition::Null]).unwrap()
}

#[test]
fn composites_agree_with_their_definition() {
    let mut random = Random(31);
    for (shape, count) in [(GREY, 37), (COLOUR, 20)] {
        let images = random.pictures(count, shape);
        let training = Arc::new(Training::new(&images, shape).unwrap());
        for t in [1.0, 0.85, 0.5, 0.25, 0.05, 0.01] {
            let picture = if t > 0.3 { random.pictures(1, shape) } else { images[..shape.len()].to_vec() };
            let x = random.noisy(&picture, at(t));
            for k in [1, 3, 5, 7, 9, 17] {
                for machine in LOCAL {
                    let mut posterior = posterior(covering(machine), k, &training);
                    let k = posterior.window(at(t));
                    let truth = direct(covering(machine), k, &images, &x, shape, at(t));
                    let far = furthest(&answer(&mut posterior, &x, at(t)), &truth.mean);
                    assert!(far < 2e-4, "{machine:?} k {k} t {t} {shape:?}: {far}");
                }
            }
        }
    }
}

#[test]
fn every_instruction_set_and_every_boundary_gives_the_same() {
    let mut random = Random(32);
    let wrapped = Choices { patches: Patches::Wrapped, ..covering(Machine::Els) };
    for (shape, count) in [(GREY, 85), (COLOUR, 39)] {
        let images = random.pictures(count, shape);
        let x = random.noisy(&images[..shape.len()], at(0.7));
        for choices in [covering(Machine::Bbels), covering(Machine::Els), wrapped, covering(Machine::Local)] {
            let truth = direct(choices, 5, &images, &x, shape, at(0.7));
            for isa in Isa::available() {
                let training = Arc::new(Training::with_isa(&images, shape, isa).unwrap());
                let far = furthest(&answer(&mut posterior(choices, 5, &training), &x, at(0.7)), &truth.mean);
                assert!(far < 2e-4, "{choices:?} on {isa:?}: {far}");
            }
        }
    }
}

#[test]
fn a_blend_weighs_what_windows_say_of_their_centres_and_of_all_they_cover() {
    let mut random = Random(34);
    let images = random.pictures(37, GREY);
    let training = Arc::new(Training::new(&images, GREY).unwrap());
    let x = random.noisy(&images[..GREY.len()], at(0.5));
    let shares = |covered| Shares::measured(vec![Share { t: 0.5, patches: 0.5, covered }]).unwrap();
    let blend = |covered| {
        let calibration = Calibration { locality: Some(Locality::fixed(5).unwrap()), shares: shares(covered) };
        PatchPosterior::calibrated(Machine::Blend, training.clone(), &calibration).unwrap()
    };
    let centre = Choices { output: Output::Centre, ..covering(Machine::Bbels) };
    let [centre, covered] = [centre, covering(Machine::Bbels)].map(|choices| {
        let truth = direct(choices, 5, &images, &x, GREY, at(0.5));
        truth.mean
    });
    for share in [0.0, 0.3, 1.0] {
        let truth: Vec<f64> = centre.iter().zip(&covered).map(|(a, b)| (1.0 - share) * a + share * b).collect();
        let mut blend = blend(share);
        assert_eq!(blend.covered(at(0.5)), share);
        let far = furthest(&answer(&mut blend, &x, at(0.5)), &truth);
        assert!(far < 2e-4, "{share}: {far}");
    }
    // Other machines take no notice of a blend's shares.
    let calibration = Calibration { locality: Some(Locality::fixed(5).unwrap()), shares: shares(1.0) };
    let bbels = PatchPosterior::calibrated(Machine::Bbels, training.clone(), &calibration).unwrap();
    assert_eq!(bbels.covered(at(0.5)), 0.0);
}

#[test]
fn a_window_of_one_pixel_covers_its_centre_alone() {
    let mut random = Random(33);
    let images = random.pictures(12, COLOUR);
    let training = Arc::new(Training::new(&images, COLOUR).unwrap());
    let x = random.noisy(&images[..COLOUR.len()], at(0.4));
    let centre = Choices { output: Output::Centre, ..covering(Machine::Bbels) };
    let far = furthest(
        &answer(&mut posterior(covering(Machine::Bbels), 1, &training), &x, at(0.4)),
        &widen(&answer(&mut posterior(centre, 1, &training), &x, at(0.4))),
    );
    assert!(far < 1e-5, "{far}");
}

#[test]
fn parts_of_either_round_add_up_and_travel_as_floats() {
    let mut random = Random(34);
    let images = random.pictures(150, GREY);
    let whole = posterior(covering(Machine::Bbels), 3, &Arc::new(Training::new(&images, GREY).unwrap()));
    let x: Vec<f32> = (0..2).flat_map(|n| random.noisy(&images[n * GREY.len()..][..GREY.len()], at(0.5))).collect();
    let truth = whole.clone().denoise(&x, at(0.5), &[Condition::Null, Condition::Null]).unwrap();
    for parts in [1, 3, 8] {
        let mut merged = whole.part(&x, at(0.5), false, 0, parts).unwrap();
        for part in 1..parts {
            for (one, more) in merged.iter_mut().zip(whole.part(&x, at(0.5), false, part, parts).unwrap()) {
                one.merge(&more).unwrap();
            }
        }
        let levels: Vec<Levels> = merged.iter().map(Levels::of).collect();
        let levels: Vec<Levels> = levels.iter().map(|l| Levels::from_floats(l.floats(), GREY).unwrap()).collect();
        let mut sums = vec![Composite::empty(GREY); 2];
        for part in 0..parts {
            for (sum, more) in sums.iter_mut().zip(whole.spread(&x, at(0.5), &levels, part, parts).unwrap()) {
                sum.merge(&Composite::from_floats(&more.to_floats(), GREY).unwrap()).unwrap();
            }
        }
        let mean: Vec<f32> = sums.iter().flat_map(|sum| sum.mean(3, Boundary::Zeros)).collect();
        assert!(furthest(&mean, &widen(&truth)) < 1e-5, "{parts} parts");
    }
}

#[test]
fn what_is_asked_for_wrongly_is_refused() {
    let mut random = Random(35);
    let images = random.pictures(4, GREY);
    let whole = posterior(covering(Machine::Bbels), 3, &Arc::new(Training::new(&images, GREY).unwrap()));
    assert_eq!(Levels::from_floats(&[0.0; 7], GREY), Err(TheoryError::Floats { expected: 2 * GREY.len(), found: 7 }));
    assert_eq!(Composite::from_floats(&[0.0; 7], GREY), Err(TheoryError::Floats { expected: GREY.len(), found: 7 }));
    let none = whole.spread(&images[..GREY.len()], at(0.5), &[], 0, 1);
    assert!(matches!(none, Err(DenoiseError::Shape { .. })), "{none:?}");
    let small = ImageShape { channels: 1, height: 2, width: 2 };
    let levels = [Levels::from_floats(&[0.0; 8], small).unwrap()];
    let short = whole.spread(&images[..GREY.len()], at(0.5), &levels, 0, 1);
    assert!(matches!(short, Err(DenoiseError::Shape { found: 8, .. })), "{short:?}");
    let other = Composite::empty(COLOUR).merge(&Composite::empty(GREY));
    assert_eq!(other, Err(TheoryError::Merge { expected: COLOUR, found: GREY }));
}

#[test]
fn provenance_is_that_of_the_window_around_a_pixel() {
    let mut random = Random(36);
    let images = random.pictures(23, GREY);
    let training = Arc::new(Training::new(&images, GREY).unwrap());
    let x = random.noisy(&images[..GREY.len()], at(0.3));
    let (mean, found) = posterior(covering(Machine::Bbels), 5, &training).explain(&x, at(0.3)).unwrap();
    let centre = posterior(Machine::Bbels.choices().unwrap(), 5, &training);
    let (other, expected) = centre.explain(&x, at(0.3)).unwrap();
    assert_eq!(found, expected);
    assert_ne!(mean, other);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn answers_lie_between_the_darkest_and_the_brightest_training_pixel(
        seed in 0u64..1 << 32, k in 0usize..5, t in 0.01f64..1.0, count in 1usize..20, which in 0usize..3,
    ) {
        let mut random = Random(seed);
        let images = random.pictures(count, GREY);
        let training = Arc::new(Training::new(&images, GREY).unwrap());
        let x = random.noisy(&images[..GREY.len()], at(t));
        let (low, high) = images.iter().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        for value in answer(&mut posterior(covering(LOCAL[which]), 2 * k + 1, &training), &x, at(t)) {
            prop_assert!(value >= low - 1e-3 && value <= high + 1e-3, "{value} outside {low}..{high}");
        }
    }
}

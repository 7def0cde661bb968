//! Windows whose edge falls off, beside the definition: every local machine, border and instruction set, centre and all that is
//! covered, at every time and size; parts that add up; and a hard edge as the softest that is none.

mod theory_reference;

use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{
    Choices, Composite, Isa, Levels, Locality, LocalityPoint, Machine, Output, Partial, PatchPosterior, Patches, Sight,
    TheoryError, Training,
};
use proptest::prelude::*;
use std::sync::Arc;
use theory_reference::{Random, direct, furthest, widen};

const GREY: ImageShape = ImageShape { channels: 1, height: 9, width: 8 };
const COLOUR: ImageShape = ImageShape { channels: 3, height: 7, width: 10 };
const LOCAL: [Machine; 3] = [Machine::Local, Machine::Els, Machine::Bbels];
/// Every kind there is: even boxes and odd, trapezoids, triangles, some that see more than the picture.
const SOFT: [(usize, usize); 9] = [(3, 2), (5, 2), (5, 3), (7, 2), (7, 3), (7, 4), (11, 4), (15, 8), (17, 5)];

fn at(t: f64) -> Time {
    Schedule::Cosine.at(t)
}

fn choices(machine: Machine, output: Output) -> Choices {
    Choices { output, ..machine.choices().unwrap() }
}

fn posterior(choices: Choices, sight: Sight, training: &Arc<Training>) -> PatchPosterior {
    PatchPosterior::with_choices(choices, training.clone(), Some(Locality::fixed(sight).unwrap())).unwrap()
}

fn answer(posterior: &mut PatchPosterior, x: &[f32], time: Time) -> Vec<f32> {
    posterior.denoise(x, time, &[Condition::Null]).unwrap()
}

#[test]
fn soft_windows_agree_with_their_definition() {
    let mut random = Random(61);
    for (shape, count) in [(GREY, 21), (COLOUR, 12)] {
        let images = random.pictures(count, shape);
        let training = Arc::new(Training::new(&images, shape).unwrap());
        for t in [1.0, 0.85, 0.5, 0.25, 0.05, 0.01] {
            let picture = if t > 0.3 { random.pictures(1, shape) } else { images[..shape.len()].to_vec() };
            let x = random.noisy(&picture, at(t));
            for (window, soft) in SOFT {
                for machine in LOCAL {
                    for output in [Output::Centre, Output::Covered] {
                        let choices = choices(machine, output);
                        let mut posterior = posterior(choices, Sight::new(window, soft).unwrap(), &training);
                        let sight = posterior.sight(at(t));
                        let truth = direct(choices, sight, &images, &x, shape, at(t));
                        let far = furthest(&answer(&mut posterior, &x, at(t)), &truth.mean);
                        assert!(far < 3e-4, "{machine:?} {output:?} {sight:?} t {t} {shape:?}: {far}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_instruction_set_and_wrapped_patches_give_the_same() {
    let mut random = Random(62);
    for (shape, count) in [(GREY, 85), (COLOUR, 39)] {
        let images = random.pictures(count, shape);
        let x = random.noisy(&images[..shape.len()], at(0.7));
        for machine in LOCAL {
            for output in [Output::Centre, Output::Covered] {
                let choices = Choices { patches: Patches::Wrapped, ..choices(machine, output) };
                for (window, soft) in [(3, 2), (5, 3), (7, 2)] {
                    let sight = Sight::new(window, soft).unwrap();
                    let truth = direct(choices, sight, &images, &x, shape, at(0.7));
                    for isa in Isa::available() {
                        let training = Arc::new(Training::with_isa(&images, shape, isa).unwrap());
                        let far =
                            furthest(&answer(&mut posterior(choices, sight, &training), &x, at(0.7)), &truth.mean);
                        assert!(far < 2e-4, "{choices:?} {sight:?} on {isa:?}: {far}");
                    }
                }
            }
        }
    }
}

#[test]
fn provenance_names_the_best_patch_of_a_soft_window() {
    let mut random = Random(63);
    let images = random.pictures(23, GREY);
    let training = Arc::new(Training::new(&images, GREY).unwrap());
    let sight = Sight::new(7, 3).unwrap();
    for t in [0.9, 0.3] {
        let x = random.noisy(&images[GREY.len()..2 * GREY.len()], at(t));
        let truth = direct(choices(Machine::Bbels, Output::Centre), sight, &images, &x, GREY, at(t));
        let machine = posterior(choices(Machine::Bbels, Output::Centre), sight, &training);
        let (mean, provenance) = machine.explain(&x, at(t)).unwrap();
        assert!(furthest(&mean, &truth.mean) < 2e-4);
        for (q, (n, place, weight)) in truth.best.iter().enumerate() {
            assert!((f64::from(provenance.weight[q]) - weight).abs() < 1e-3, "t {t} pixel {q}");
            if *weight > 0.6 {
                assert_eq!(
                    (provenance.image[q] as usize, provenance.place[q] as usize),
                    (*n, *place),
                    "t {t} pixel {q}"
                );
            }
        }
    }
}

#[test]
fn softness_is_read_along_with_the_window() {
    let point = |t, window, soft| LocalityPoint { t, window, soft };
    let locality = Locality::measured(vec![point(0.2, 3, 1), point(0.6, 7, 3), point(1.0, 27, 14)]).unwrap();
    let sight = |t| locality.sight(at(t));
    let is = |window, soft| Sight::new(window, soft).unwrap();
    assert_eq!((sight(0.1), sight(0.2), sight(0.4), sight(0.6)), (is(3, 1), is(3, 1), is(5, 2), is(7, 3)));
    assert_eq!(sight(1.0), is(27, 14));
    // No machine sees more than its picture has, and what is left has room for its edge.
    let images = Random(64).pictures(3, GREY);
    let training = Arc::new(Training::new(&images, GREY).unwrap());
    let machine = PatchPosterior::new(Machine::Els, training, Some(locality)).unwrap();
    assert_eq!(machine.sight(at(1.0)), is(7, 4));
}

#[test]
fn windows_without_room_for_their_edge_are_refused() {
    for (window, soft) in [(3, 0), (3, 3), (7, 5), (1, 2)] {
        assert!(matches!(Sight::new(window, soft), Err(TheoryError::Soft { .. })), "{window}, {soft}");
        let point = LocalityPoint { t: 0.5, window, soft };
        assert!(matches!(Locality::measured(vec![point]), Err(TheoryError::Soft { .. })), "{window}, {soft}");
    }
    assert!(matches!(Sight::new(4, 1), Err(TheoryError::Window { .. })));
    assert!(Sight::new(1, 1).is_ok() && Sight::new(7, 4).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the training set is cut, and whether parts travel as floats or not, both rounds add up to the whole.
    #[test]
    fn parts_of_either_round_add_up(
        seed in 0u64..1000, cut in 1usize..40, t in 0.02f64..1.0, which in 0usize..SOFT.len(), parts in 1usize..4,
    ) {
        let mut random = Random(seed);
        let images = random.pictures(40, GREY);
        let x = random.noisy(&images[..GREY.len()], at(t));
        let (window, soft) = SOFT[which];
        let (sight, choices) = (Sight::new(window, soft).unwrap(), choices(Machine::Bbels, Output::Covered));
        let machine = |images: &[f32]| posterior(choices, sight, &Arc::new(Training::new(images, GREY).unwrap()));
        let mut whole = machine(&images);
        let truth = widen(&answer(&mut whole, &x, at(t)));
        let (one, other) = images.split_at(cut.min(39) * GREY.len());
        let mut merged = Partial::empty(GREY);
        for images in [other, one] {
            let partial = machine(images).partial(&x, at(t), false).unwrap();
            merged.merge(&Partial::from_floats(&partial.to_floats(), GREY).unwrap()).unwrap();
        }
        let levels = [Levels::of(&merged)];
        let mut sum = Composite::empty(GREY);
        for part in 0..parts {
            for more in whole.spread(&x, at(t), &levels, part, parts).unwrap() {
                sum.merge(&Composite::from_floats(&more.to_floats(), GREY).unwrap()).unwrap();
            }
        }
        let mean = sum.mean(whole.sight(at(t)), choices.boundary);
        prop_assert!(furthest(&mean, &truth) < 1e-4);
        let centre = whole.partial(&x, at(t), false).unwrap().mean();
        prop_assert!(furthest(&merged.mean(), &widen(&centre)) < 1e-4);
    }
}

//! Calibration finds the window of a denoiser whose window is known.

mod theory_reference;

use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::schedule::Schedule;
use morphogen::theory::calibrate::{Fit, Visit, best_fit, best_window, fits, median_locality};
use morphogen::theory::{Edge, Locality, Machine, PatchPosterior, Sight, Training};
use std::sync::Arc;
use theory_reference::Random;

const SHAPE: ImageShape = ImageShape { channels: 1, height: 12, width: 12 };

#[test]
fn the_window_of_a_local_denoiser_is_found() {
    let mut random = Random(30);
    let training = Arc::new(Training::new(&random.pictures(40, SHAPE), SHAPE).unwrap());
    for machine in [Machine::Local, Machine::Els, Machine::Bbels] {
        for (t, window) in [(0.2, 3), (0.5, 5), (0.8, 9), (1.0, 11)] {
            let time = Schedule::Cosine.at(t);
            let mut hidden =
                PatchPosterior::new(machine, training.clone(), Some(Locality::fixed(window).unwrap())).unwrap();
            let picture = random.pictures(1, SHAPE);
            let x = random.noisy(&picture, time);
            let denoised = hidden.denoise(&x, time, &[Condition::Null]).unwrap();
            let visit = Visit { time, x, denoised };
            let fit = best_window(machine, &training, &visit, &[Edge::Hard]).unwrap();
            let all = fits(machine, &training, &visit, Edge::Hard);
            assert_eq!(fit.sight, Sight::hard(window), "{machine:?} at t {t}: {all:?}");
            assert!(fit.correlation > 0.9999);
        }
    }
}

#[test]
fn the_edge_of_a_window_is_found() {
    let mut random = Random(31);
    let training = Arc::new(Training::new(&random.pictures(40, SHAPE), SHAPE).unwrap());
    for sight in [Edge::Hard.of(5), Edge::Trapezoid.of(7), Edge::Triangle.of(7)] {
        let time = Schedule::Cosine.at(0.5);
        let locality = Some(Locality::fixed(sight).unwrap());
        let mut hidden = PatchPosterior::new(Machine::Bbels, training.clone(), locality).unwrap();
        let picture = random.pictures(1, SHAPE);
        let x = random.noisy(&picture, time);
        let denoised = hidden.denoise(&x, time, &[Condition::Null]).unwrap();
        let visit = Visit { time, x, denoised };
        assert_eq!(best_window(Machine::Bbels, &training, &visit, &Edge::ALL).unwrap().sight, sight);
    }
}

#[test]
fn medians_are_of_windows_with_the_edge_that_most_have() {
    let [hard, soft] = [Edge::Hard, Edge::Triangle].map(|edge| move |k| (0.5, edge.of(k)));
    let joined = |found: Vec<(f64, Sight)>| median_locality(found).unwrap()[0].sight();
    assert_eq!(joined(vec![soft(13), hard(3), soft(9), soft(11), hard(5)]), Edge::Triangle.of(11));
    assert_eq!(joined(vec![soft(13), hard(5), hard(3), soft(9)]), Edge::Hard.of(3));
}

#[test]
fn noise_estimates_that_are_all_alike_leave_the_choice_to_the_means() {
    let fit = |window, cosine, correlation| Fit { sight: Sight::hard(window), cosine, correlation };
    let near_the_end = [fit(3, 0.9990, 0.2), fit(5, 0.9998, 0.8), fit(7, 0.9999, 0.6)];
    assert_eq!(best_fit(&near_the_end).unwrap().sight.window, 5);
    let early = [fit(3, 0.95, 0.6), fit(5, 0.97, 0.5), fit(7, 0.96, 0.9)];
    assert_eq!(best_fit(&early).unwrap().sight.window, 5);
    assert_eq!(best_fit(&[]), None);
}

#[test]
fn medians_are_taken_time_by_time() {
    let points = median_locality([(1.0, 27), (0.5, 3), (0.5, 7), (1.0, 21), (0.5, 5), (1.0, 25), (1.0, 23)]).unwrap();
    let found: Vec<(f64, usize)> = points.iter().map(|p| (p.t, p.window)).collect();
    assert_eq!(found, [(0.5, 5), (1.0, 23)]);
    assert!(median_locality(Vec::<(f64, usize)>::new()).is_err());
}

#[test]
fn machines_without_a_window_are_refused() {
    let training = Arc::new(Training::new(&vec![0.0; SHAPE.len()], SHAPE).unwrap());
    let time = Schedule::Cosine.at(0.5);
    let visit = Visit { time, x: vec![0.0; SHAPE.len()], denoised: vec![0.0; SHAPE.len()] };
    assert!(best_window(Machine::Ideal, &training, &visit, &[Edge::Hard]).is_err());
    assert!(best_window(Machine::Els, &training, &Visit { denoised: vec![], ..visit }, &[Edge::Hard]).is_err());
}

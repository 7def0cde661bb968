//! The machine that sees what varies together: its windows against the Wiener filter's answers to single pixels, its posterior
//! against a loop in f64.

mod theory_reference;

use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{CovarianceLocal, Machine, Training, Wiener, Windows, machine_denoiser, threshold};
use std::sync::Arc;
use theory_reference::Random;

const COLOUR: ImageShape = ImageShape { channels: 3, height: 4, width: 5 };
const GREY: ImageShape = ImageShape { channels: 1, height: 9, width: 8 };

fn at(t: f64) -> Time {
    Schedule::Cosine.at(t)
}

fn made(images: &[f32], shape: ImageShape) -> (Arc<Training>, Arc<Wiener>) {
    let training = Arc::new(Training::new(images, shape).unwrap());
    let filter = Arc::new(Wiener::new(&training));
    (training, filter)
}

#[test]
fn rows_are_what_the_filter_answers_to_single_pixels() {
    let mut random = Random(31);
    let (size, area) = (COLOUR.len(), COLOUR.height * COLOUR.width);
    // Fewer images than values, and more.
    for count in [9, 90] {
        let (_, filter) = made(&random.pictures(count, COLOUR), COLOUR);
        for t in [1.0, 0.6, 0.1] {
            let nothing = filter.means(&vec![0.0; size], at(t)).unwrap();
            let mut truth = vec![0.0_f64; area * area];
            for i in 0..size {
                let mut impulse = vec![0.0; size];
                impulse[i] = 1.0;
                let answer = filter.means(&impulse, at(t)).unwrap();
                for (o, (v, n)) in answer.iter().zip(&nothing).enumerate() {
                    if o / area == i / area {
                        truth[o % area * area + i % area] += f64::from(v - n).powi(2);
                    }
                }
            }
            let found = filter.response(at(t)).strengths(0..area);
            let most = truth.iter().fold(0.0_f64, |most, v| most.max(v.sqrt()));
            for (found, truth) in found.iter().zip(&truth) {
                let truth = truth.sqrt();
                assert!((f64::from(*found) - truth).abs() < 1e-4 * most + 1e-6, "{count} at {t}: {found}, {truth}");
            }
        }
    }
}

#[test]
fn windows_hold_what_is_strong_enough_and_parts_of_rows_agree() {
    let (_, filter) = made(&Random(32).pictures(40, GREY), GREY);
    let response = filter.response(at(0.5));
    let area = GREY.height * GREY.width;
    let all = response.strengths(0..area);
    let windows = Windows::new(&response, 0.2);
    for q in 0..area {
        let row = &all[q * area..(q + 1) * area];
        assert_eq!(response.strengths(q..q + 1), row);
        let most = row.iter().copied().fold(0.0, f32::max);
        let strong: Vec<usize> = (0..area).filter(|j| row[*j] >= 0.2 * most).collect();
        assert_eq!(windows.of(q).collect::<Vec<_>>(), strong);
        assert!(strong.contains(&q) && strong.len() < area, "{q}: {strong:?}");
        let bytes = &windows.to_bytes()[q * 16..(q + 1) * 16];
        assert_eq!((0..128).filter(|j| bytes[j / 8] >> (j % 8) & 1 == 1).collect::<Vec<usize>>(), strong);
    }
    assert_eq!(windows.of(area).count(), 0);
    let sizes: usize = (0..area).map(|q| windows.of(q).count()).sum();
    assert!((windows.mean_size() - sizes as f64 / area as f64).abs() < 1e-9);
    assert_eq!(Windows::new(&response, 0.0).mean_size(), area as f64);
}

/// `x̂₀`, and by pixel the image that has the largest weight.
fn direct(windows: &Windows, images: &[f32], x: &[f32], shape: ImageShape, time: Time) -> (Vec<f64>, Vec<usize>) {
    let (size, area) = (shape.len(), shape.height * shape.width);
    let (mut mean, mut best) = (vec![0.0; size], vec![]);
    for q in 0..area {
        let seen: Vec<usize> = windows.of(q).flat_map(|j| (0..shape.channels).map(move |c| c * area + j)).collect();
        let distance = |y: &[f32]| -> f64 {
            seen.iter().map(|i| (f64::from(x[*i]) - time.a * f64::from(y[*i])).powi(2)).sum::<f64>()
        };
        let distances: Vec<f64> = images.chunks_exact(size).map(distance).collect();
        let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
        let weights: Vec<f64> = distances.iter().map(|d| ((least - d) / (2.0 * time.s * time.s)).exp()).collect();
        let sum: f64 = weights.iter().sum();
        for c in 0..shape.channels {
            let values = images.chunks_exact(size).map(|y| f64::from(y[c * area + q]));
            mean[c * area + q] = weights.iter().zip(values).map(|(w, v)| w * v).sum::<f64>() / sum;
        }
        best.push(distances.iter().position(|d| *d == least).unwrap());
    }
    (mean, best)
}

#[test]
fn agrees_with_a_loop_in_f64_at_every_time() {
    let mut random = Random(33);
    for (shape, count) in [(GREY, 1), (GREY, 31), (GREY, 70), (COLOUR, 33)] {
        let images = random.pictures(count, shape);
        let (training, filter) = made(&images, shape);
        let mut machine = CovarianceLocal::new(training, filter).seen_from(0.15);
        for t in [1.0, 0.8, 0.5, 0.2, 0.05] {
            let picture = random.pictures(1, shape);
            let x = random.noisy(&picture, at(t));
            let windows = machine.windows(at(t));
            let (truth, best) = direct(&windows, &images, &x, shape, at(t));
            let partial = machine.partial(&x, at(t)).unwrap();
            for (found, truth) in partial.mean().iter().zip(&truth) {
                assert!((f64::from(*found) - truth).abs() < 1e-3, "{shape:?}, {count} at {t}: {found}, {truth}");
            }
            let origin = partial.provenance();
            assert!(origin.place.iter().enumerate().all(|(q, place)| q == *place as usize));
            let same = origin.image.iter().zip(&best).filter(|(found, best)| **found as usize == **best).count();
            assert!(same * 10 >= best.len() * 9, "{same} of {}", best.len());
        }
    }
}

#[test]
fn who_sees_everything_is_the_ideal_machine() {
    let mut random = Random(34);
    let images = random.pictures(50, GREY);
    let (training, filter) = made(&images, GREY);
    let mut ideal = machine_denoiser(Machine::Ideal, &training, None.into()).unwrap();
    let mut all = CovarianceLocal::new(training, filter).seen_from(0.0);
    for t in [0.9, 0.4] {
        let pictures = random.pictures(2, GREY);
        let x = random.noisy(&pictures, at(t));
        let conditions = [Condition::Null, Condition::Null];
        let (a, b) = (ideal.denoise(&x, at(t), &conditions).unwrap(), all.denoise(&x, at(t), &conditions).unwrap());
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}

#[test]
fn few_images_need_a_stronger_tie_than_many() {
    assert!((threshold(600) - 0.102).abs() < 1e-3);
    assert_eq!((threshold(6000), threshold(60_000)), (0.1, 0.1));
    assert!(threshold(60) > 0.3 && threshold(0).is_finite());
}

//! The Wiener filter against the solution of its linear equations by plain elimination.

mod theory_reference;

use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{Training, Wiener};
use theory_reference::Random;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 4, width: 5 };

/// `μ + a C (a² C + s² I)⁻¹ (x − a μ)` by Gauss–Jordan elimination with pivots.
fn direct(images: &[f32], x: &[f32], time: Time) -> Vec<f64> {
    let d = SHAPE.len();
    let n = (images.len() / d) as f64;
    let mean: Vec<f64> =
        (0..d).map(|i| images.iter().skip(i).step_by(d).map(|v| f64::from(*v)).sum::<f64>() / n).collect();
    let mut c = vec![vec![0.0; d]; d];
    for image in images.chunks_exact(d) {
        for i in 0..d {
            for j in 0..d {
                c[i][j] += (f64::from(image[i]) - mean[i]) * (f64::from(image[j]) - mean[j]) / n;
            }
        }
    }
    let mut rows: Vec<Vec<f64>> = (0..d)
        .map(|i| {
            let mut row: Vec<f64> = c[i].iter().map(|v| time.a * time.a * v).collect();
            row[i] += time.s * time.s;
            row.push(f64::from(x[i]) - time.a * mean[i]);
            row
        })
        .collect();
    for i in 0..d {
        let best = (i..d).max_by(|a, b| rows[*a][i].abs().total_cmp(&rows[*b][i].abs())).unwrap();
        rows.swap(i, best);
        let pivot = rows[i].clone();
        for (r, row) in rows.iter_mut().enumerate().filter(|(r, _)| *r != i) {
            let factor = row[i] / pivot[i];
            assert!(factor.is_finite(), "row {r}");
            row.iter_mut().zip(&pivot).for_each(|(v, p)| *v -= factor * p);
        }
    }
    let solved: Vec<f64> = (0..d).map(|i| rows[i][d] / rows[i][i]).collect();
    (0..d).map(|i| mean[i] + time.a * c[i].iter().zip(&solved).map(|(c, s)| c * s).sum::<f64>()).collect()
}

#[test]
fn agrees_with_plain_elimination_for_few_and_for_many_images() {
    let mut random = Random(20);
    for count in [1, 7, 59, 60, 200] {
        let images = random.pictures(count, SHAPE);
        let mut wiener = Wiener::new(&Training::new(&images, SHAPE).unwrap());
        for t in [1.0, 0.7, 0.3, 0.05] {
            let time = Schedule::Cosine.at(t);
            let pictures = random.pictures(2, SHAPE);
            let x = random.noisy(&pictures, time);
            let found = wiener.denoise(&x, time, &[Condition::Null, Condition::Null]).unwrap();
            let truth: Vec<f64> = x.chunks(SHAPE.len()).flat_map(|x| direct(&images, x, time)).collect();
            for (f, t) in found.iter().zip(&truth) {
                assert!((f64::from(*f) - t).abs() < 1e-5, "{count} images at t {}: {f}, should be {t}", time.t);
            }
        }
    }
}

#[test]
fn without_noise_it_keeps_what_the_images_span() {
    let mut random = Random(21);
    let images = random.pictures(90, SHAPE);
    let mut wiener = Wiener::new(&Training::new(&images, SHAPE).unwrap());
    let image = &images[..SHAPE.len()];
    let out = wiener.denoise(image, Schedule::Cosine.at(0.0), &[Condition::Null]).unwrap();
    for (a, b) in out.iter().zip(image) {
        assert!((a - b).abs() < 1e-3);
    }
}

#[test]
fn made_in_pieces_it_is_the_same_and_can_be_stopped_between_them() {
    let (shape, count) = (ImageShape { channels: 1, height: 20, width: 20 }, 500);
    let images = Random(22).pictures(count, shape);
    let training = Training::new(&images, shape).unwrap();
    let mut pieces = 0;
    let made = Wiener::new_while(&training, || {
        pieces += 1;
        true
    });
    assert!(pieces > 4, "{pieces} breaths are too few to hear anybody in");
    let time = Schedule::Cosine.at(0.4);
    let answer = |mut wiener: Wiener| wiener.denoise(&images[..shape.len()], time, &[Condition::Null]).unwrap();
    assert_eq!(answer(made.unwrap()), answer(Wiener::new(&training)));
    for stop in [1, pieces / 2, pieces] {
        let mut asked = 0;
        let stopped = Wiener::new_while(&training, || {
            asked += 1;
            asked < stop
        });
        assert!(stopped.is_none() && asked == stop, "asked {asked} times, stopped at {stop}");
    }
}

//! Drawing over finished pictures: against its definition in plain f64, at the edges of masks, over any split, and what is
//! refused.

use morphogen::denoiser::{Condition, Conditions, DenoiseError, Denoiser, ImageShape, check_batch};
use morphogen::sampler::{Keep, KeepError, Request, SampleError, Sampling, Side, Solver, Term, Trajectory, Way};
use morphogen::sampler::{fill_batch, noise, plan_from, sample};
use morphogen::schedule::{Schedule, Time};
use proptest::prelude::*;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 5, width: 4 };
const AREA: usize = SHAPE.height * SHAPE.width;

/// Guesses that differ from pixel to pixel and condition to condition.
struct Guesser;

fn guess(x: f64, a: f64, condition: &Condition, pixel: usize) -> f64 {
    let number = if let Condition::Class(class) = condition { *class as f64 + 1.0 } else { 0.0 };
    1.1 * (number * 1.7 + pixel as f64 * 0.31).sin() + 0.1 * a * x
}

impl Denoiser for Guesser {
    fn shape(&self) -> ImageShape {
        SHAPE
    }
    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, SHAPE, conditions)?;
        let one = |(x, condition): (&[f32], &Condition)| -> Vec<f32> {
            let at = |(pixel, &x): (usize, &f32)| guess(f64::from(x), time.a, condition, pixel) as f32;
            x.iter().enumerate().map(at).collect()
        };
        Ok(x.chunks(SHAPE.len()).zip(conditions).flat_map(one).collect())
    }
}

fn draw(request: &Request) -> Vec<f32> {
    sample(&mut Guesser, request, Schedule::Cosine, |_| true).unwrap()
}

/// Pictures in range, all different, −0 and the ends among them.
fn pictures(count: usize) -> Vec<f32> {
    let mut values = vec![0.0f32; count * SHAPE.len()];
    noise::fill(99, 0, &mut values);
    values.iter_mut().for_each(|value| *value = value.clamp(-1.0, 1.0));
    values[0] = -0.0;
    values
}

/// The definition, picture by picture in f64: noise is added to x₀, and what stays is put back into each guess.
fn plainly(request: &Request, x0: &[f32], t: f64, mask: &[f32]) -> Vec<f64> {
    let mut drawn = Vec::new();
    for n in 0..request.count {
        let one = request.slice(n, 1, SHAPE);
        let clean = &x0[n * SHAPE.len() % x0.len()..][..SHAPE.len()];
        let angle = t / 1.008 * std::f64::consts::FRAC_PI_2;
        let mut noise = vec![0.0f32; SHAPE.len()];
        noise::fill(request.seed + n as u64, 0, &mut noise);
        let noisy = |i: usize| angle.cos() * f64::from(clean[i]) + angle.sin() * f64::from(noise[i]);
        let mut x: Vec<f64> = (0..SHAPE.len()).map(noisy).collect();
        let (mut before, mut stream) = (vec![0.0; x.len()], 0);
        // Taken more than once, steps are of first order.
        let first =
            if request.times > 1 && request.solver == Solver::DpmSolver { Solver::Ddim } else { request.solver };
        let plan = plan_from(Schedule::Cosine, Sampling { solver: first, ..request.sampling() }, t).unwrap();
        for (turn, step) in plan.iter().flat_map(|step| (1..=request.times).map(move |turn| (turn, step))) {
            stream += 1;
            fill_batch(&one, stream, SHAPE, &mut noise);
            let back = step.time.a / step.next.a;
            let fresh = (step.time.s.powi(2) - (back * step.next.s).powi(2)).sqrt();
            for i in 0..x.len() {
                let u = guess(x[i], step.time.a, &one.against, i);
                let added = one.terms.iter().map(|term| {
                    let acts = f64::from(u8::from(term.acts_at(step.time.t)));
                    let place = term.region.mask(SHAPE).map_or(1.0, |mask| f64::from(mask[i % AREA]));
                    let c = guess(x[i], step.time.a, &term.condition.spread(1)[0], i);
                    term.weight * place * acts * (c - u)
                });
                let mean = (u + added.sum::<f64>()).clamp(-1.0, 1.0);
                let k = f64::from(mask[i % AREA]);
                let mean = k * f64::from(clean[i]) + (1.0 - k) * mean;
                x[i] = step.x * x[i] + step.denoised * mean + step.previous * before[i];
                let z = f64::from(noise[i]);
                if turn == request.times {
                    x[i] += step.noise * z;
                } else {
                    // The noise of the step and that of the way back are one.
                    x[i] = back * x[i] + (back * step.noise).hypot(fresh) * z;
                }
                before[i] = mean;
            }
        }
        drawn.extend(x);
    }
    drawn
}

/// A request begun from `x0` that keeps what the mask says.
fn over(request: &Request, x0: &[f32], t: f64, mask: &[f32]) -> Request {
    let begun = request.clone().begun_from(x0, t, SHAPE, Schedule::Cosine).unwrap();
    Request { keep: Some(Keep { x0: x0.to_vec(), mask: mask.to_vec() }), ..begun }
}

fn any_mask() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(prop_oneof![Just(0.0f32), Just(1.0f32), 0.0..=1.0f32], AREA)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn mended_pictures_are_what_their_definition_says(
        mask in any_mask(),
        solver in prop::sample::select(&Solver::ALL[..]),
        t in 0.05..=1.0f64,
        times in 1..=3usize,
        each in any::<bool>(),
        mixed in any::<bool>(),
        seed in 0..1000u64,
    ) {
        let class = |class| Conditions::All(Condition::Class(class));
        let way = Way::Over { side: Side::Above, edge: 0.4 };
        let terms = if mixed { way.terms(class(1), class(2), 2.0) } else { vec![Term::new(class(3)).weighing(1.5)] };
        let request = Request { terms, solver, times, count: 3, steps: 5, ..Request::new(Condition::Null, seed) };
        let x0 = pictures(if each { 3 } else { 1 });
        let asked = over(&request, &x0, t, &mask);
        let (found, expected) = (draw(&asked), plainly(&request, &x0, t, &mask));
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((f64::from(*found) - expected).abs() < 1e-4, "{} is not {}", found, expected);
        }
        // What stays is there to the bit, and cut anywhere, the pictures are the same to the bit.
        for (i, found) in found.iter().enumerate().filter(|(i, _)| mask[i % AREA] == 1.0) {
            prop_assert_eq!(found.to_bits(), x0[i % x0.len()].to_bits());
        }
        for (first, count) in [(0, 1), (1, 2), (2, 1)] {
            let part = draw(&asked.slice(first, count, SHAPE));
            prop_assert_eq!(&part[..], &found[first * SHAPE.len()..(first + count) * SHAPE.len()]);
        }
        prop_assert_eq!(draw(&asked), found);
    }
}

#[test]
fn nothing_kept_is_the_plain_sample_and_all_kept_is_the_picture() {
    for solver in Solver::ALL {
        let request = Request { solver, count: 2, steps: 4, ..Request::new(Condition::Class(1), 8).guided(2.0) };
        let x0 = pictures(2);
        let begun = request.clone().begun_from(&x0, 0.8, SHAPE, Schedule::Cosine).unwrap();
        assert_eq!(draw(&over(&request, &x0, 0.8, &[0.0; AREA])), draw(&begun), "{solver:?}");
        let kept = draw(&over(&request, &x0, 0.8, &[1.0; AREA]));
        assert!(kept.iter().zip(&x0).all(|(found, x0)| found.to_bits() == x0.to_bits()), "{solver:?}");
        // Without a start of its own, it begins with noise, and ends on the picture, too.
        let keep = Some(Keep { x0: x0.clone(), mask: vec![1.0; AREA] });
        assert_eq!(draw(&Request { keep, ..request }), x0);
    }
}

#[test]
fn what_stays_is_known_in_every_guess_on_the_way() {
    let mut mask = vec![0.0; AREA];
    mask[..AREA / 2].fill(1.0);
    let x0 = pictures(1);
    let request = over(&Request { steps: 6, ..Request::new(Condition::Class(0), 3) }, &x0, 1.0, &mask);
    let mut way = Trajectory::new(&request, SHAPE, Schedule::Cosine).unwrap();
    while let Some(query) = way.query() {
        let answer = Guesser.denoise(query.x, query.time, query.conditions).unwrap();
        way.advance(&answer).unwrap();
        let kept = way.denoised().iter().zip(&x0).enumerate().filter(|(i, _)| mask[i % AREA] == 1.0);
        assert!(kept.into_iter().all(|(_, (found, x0))| found == x0));
    }
}

#[test]
fn edges_are_sigmoids_of_the_distance() {
    let shape = ImageShape { channels: 1, height: 40, width: 30 };
    let mask: Vec<f32> = (0..40 * 30).map(|i| f32::from(u8::from(i / 30 >= 20))).collect();
    let soft = Keep::softened(&mask, shape, Keep::SOFT).unwrap();
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let end = sigmoid(-4.0);
    for (i, value) in soft.iter().enumerate() {
        let distance = (i / 30) as f64 - 19.5;
        let expected = ((sigmoid(distance / 1.5) - end) / (1.0 - 2.0 * end)).clamp(0.0, 1.0);
        assert!((f64::from(*value) - expected).abs() < 1e-6, "{i}: {value} is not {expected}");
        assert!(distance.abs() < 6.0 || *value == mask[i], "beyond the edge all is as it was");
    }
    // Without an edge, and with a softness of 0, nothing changes.
    assert_eq!(Keep::softened(&[1.0; AREA], SHAPE, 1.5), Ok(vec![1.0; AREA]));
    assert_eq!(Keep::softened(&[0.0; AREA], SHAPE, 1.5), Ok(vec![0.0; AREA]));
    assert_eq!(Keep::softened(&[0.3; AREA], SHAPE, 0.0), Ok(vec![0.3; AREA]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let fine = Request { count: 2, ..Request::new(Condition::Null, 0) };
    let x0 = pictures(1);
    let begun = |x0: &[f32], t: f64| fine.clone().begun_from(x0, t, SHAPE, Schedule::Cosine).err();
    for t in [0.0, -0.5, 1.5, f64::NAN] {
        assert!(matches!(begun(&x0, t), Some(SampleError::StartTime { .. })));
    }
    assert_eq!(begun(&x0[1..], 0.5), Some(SampleError::Start { expected: 120, found: 59 }));
    for value in [1.01, -2.0, f32::NAN, f32::INFINITY] {
        let wrong: Vec<f32> = std::iter::once(value).chain(x0[1..].iter().copied()).collect();
        assert!(matches!(begun(&wrong, 0.5), Some(SampleError::Keep(KeepError::Value { .. }))));
        let keep = Some(Keep { x0: wrong, mask: vec![0.5; AREA] });
        assert!(Trajectory::new(&Request { keep, ..fine.clone() }, SHAPE, Schedule::Cosine).is_err());
    }
    for mask in [vec![0.5; AREA - 1], vec![], vec![1.5; AREA], vec![f32::NAN; AREA], vec![-0.1; AREA]] {
        assert!(Keep::softened(&mask, SHAPE, 1.5).is_err());
        let keep = Some(Keep { x0: x0.clone(), mask });
        let refused = Trajectory::new(&Request { keep, ..fine.clone() }, SHAPE, Schedule::Cosine).err();
        assert!(matches!(refused, Some(SampleError::Keep(_))));
    }
    for soft in [-1.0, 9.0, f64::NAN] {
        assert!(matches!(Keep::softened(&[1.0; AREA], SHAPE, soft), Err(SampleError::Keep(KeepError::Soft { .. }))));
    }
    for (times, steps) in [(0, 8), (17, 8), (16, 63)] {
        assert_eq!(Request { times, steps, ..fine.clone() }.check(SHAPE), Err(SampleError::Times { times }));
    }
    let none = Request { count: 0, ..fine }.begun_from(&x0, 0.5, SHAPE, Schedule::Cosine);
    assert_eq!(none.err(), Some(SampleError::Count { count: 0 }));
}

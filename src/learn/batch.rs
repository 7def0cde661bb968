//! What a step shows to a network: which pictures, at which times, under which conditions, with which noise. Everything
//! is fixed by the seed and the step, so a run that is resumed goes on as an unbroken one; burn's trainer draws the same
//! from here.

use crate::denoiser::Condition;
use crate::network::config::Prediction;
use crate::sampler::noise;
use crate::schedule::{Schedule, Time};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A step's pictures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// `[B, C, H, W]`
    pub noisy: Vec<f32>,
    /// `[B, C, H, W]`, what the network should say.
    pub targets: Vec<f32>,
    /// `[B]`, what each picture's squared error counts.
    pub weights: Vec<f32>,
    /// `[B]`
    pub times: Vec<f64>,
    /// `[B]`
    pub conditions: Vec<Condition>,
}

/// One picture of a batch.
pub struct Shown<'a> {
    /// `[C, H, W]`
    pub noisy: &'a [f32],
    /// `[C, H, W]`
    pub target: &'a [f32],
    /// What its squared error counts.
    pub weight: f32,
    /// Its time.
    pub t: f64,
    /// What it is said to show.
    pub condition: &'a Condition,
}

impl Batch {
    /// Number of pictures.
    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// Picture `n`, of `length` values.
    pub fn shown(&self, n: usize, length: usize) -> Shown<'_> {
        let values = n * length..(n + 1) * length;
        Shown {
            noisy: &self.noisy[values.clone()],
            target: &self.targets[values],
            weight: self.weights[n],
            t: self.times[n],
            condition: &self.conditions[n],
        }
    }

    /// Adds a picture at a time, in its own noise.
    pub fn show(
        &mut self,
        clean: &[f32],
        time: Time,
        condition: Condition,
        prediction: Prediction,
        (seed, n): (u64, u64),
    ) {
        let mut target = vec![0.0; clean.len()];
        let mut noisy = target.clone();
        mix(clean, time, prediction, (seed, n), &mut noisy, &mut target);
        self.noisy.append(&mut noisy);
        self.targets.append(&mut target);
        self.weights.push(prediction.loss_weight(time) as f32);
        self.times.push(time.t);
        self.conditions.push(condition);
    }
}

/// A clean picture in noise that is fixed by a run's seed and the number of the picture among all that it shows; and what a
/// network should say to it.
pub fn mix(
    clean: &[f32],
    time: Time,
    prediction: Prediction,
    (seed, n): (u64, u64),
    noisy: &mut [f32],
    target: &mut [f32],
) {
    let (a, s) = (time.a as f32, time.s as f32);
    noise::fill(seed.wrapping_add(1), n, target);
    for ((noisy, target), &clean) in noisy.iter_mut().zip(target).zip(clean) {
        let noise = *target;
        *noisy = a * clean + s * noise;
        match prediction {
            Prediction::Noise => {}
            Prediction::Velocity => *target = a * noise - s * clean,
            Prediction::Clean => *target = clean,
        }
    }
}

/// The time of picture `n` of `count`, one per stratum: lower variance than independent draws. `offset` in `[0, 1)` is
/// the batch's own; `skew` leans the times towards noise: each is `u^(1/(1 + skew))` of an even `u`.
pub fn time(schedule: Schedule, n: usize, count: usize, offset: f64, skew: f64) -> Time {
    let even = (n as f64 + 1.0 - offset) / count as f64;
    schedule.at(if skew == 0.0 { even } else { libm::pow(even, 1.0 / (1.0 + skew)) })
}

/// A generator for what a step draws beside noise.
pub fn draws(seed: u64, step: usize) -> ChaCha8Rng {
    generator(seed, 2 * step as u64 + 1)
}

/// A generator of its own for each seed and stream.
pub fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    generator
}

/// A uniform in [0, 1).
pub fn uniform(generator: &mut ChaCha8Rng) -> f64 {
    (generator.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// A permutation of `0..count` (Fisher–Yates), fixed by seed and pass over the data.
pub fn shuffled(count: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut generator = generator(seed, 2 * epoch);
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        order.swap(i, (generator.next_u64() % (i as u64 + 1)) as usize);
    }
    order
}

//! Pairs of pixels a second of the patch posterior on the GPU that `wgpu` finds, beside what its arithmetic allows:
//! `cargo run --release --example posterior_bench [images] [side] [channels]`. Choose the driver with `VK_ICD_FILENAMES`.
//!
//! A pair is a query pixel and a training pixel that may answer for it. The limit is the measured rate of multiply-adds
//! over the operations counted for a picture ([`GpuPosterior::operations`]).

use morphogen::denoiser::{Condition, ImageShape};
use morphogen::gpu::{Gpu, GpuPosterior, Tuning};
use morphogen::sampler::noise;
use morphogen::schedule::Schedule;
use morphogen::theory::{Locality, Machine, PatchPosterior, Training};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

const WINDOWS: [usize; 4] = [3, 7, 11, 17];
const TIMES: [f64; 3] = [0.9, 0.5, 0.1];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<usize> = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let word = |at: usize, otherwise| words.get(at).copied().unwrap_or(otherwise);
    pollster::block_on(run(word(0, 500), word(1, 28), word(2, 1)))
}

async fn run(count: usize, side: usize, channels: usize) -> Result<(), Box<dyn Error>> {
    let gpu = Gpu::new().await?;
    let limit = gpu.arithmetic_limit().await?;
    println!("{}: {:.1} GFLOP/s of multiply-adds", gpu.adapter(), limit / 1e9);
    let shape = ImageShape { channels, height: side, width: side };
    let mut images = vec![0.0; count * shape.len()];
    noise::fill(1, 0, &mut images);
    images.iter_mut().for_each(|value| *value = value.clamp(-1.0, 1.0));
    let training = Arc::new(Training::new(&images, shape)?);
    let repeats = if gpu.tuning() == Tuning::FewCores { 1 } else { 5 };
    for k in WINDOWS {
        let posterior = PatchPosterior::new(Machine::Bbels, training.clone(), Some(Locality::fixed(k)?))?;
        let mut posterior = GpuPosterior::new(&gpu, posterior).await?;
        for t in TIMES {
            let time = Schedule::Cosine.at(t);
            let mut x = vec![0.0; shape.len()];
            noise::fill(2, 0, &mut x);
            for (x, y) in x.iter_mut().zip(&images) {
                *x = (time.a * f64::from(*y) + time.s * f64::from(*x)) as f32;
            }
            // The first call warms up, and learns how much fits into a submission.
            let mut best = f64::INFINITY;
            for _ in 0..=repeats {
                let start = Instant::now();
                posterior.denoise(&x, time, &[Condition::Null]).await?;
                best = best.min(start.elapsed().as_secs_f64());
            }
            let (ms, rate) = (best * 1e3, posterior.pairs(time) / best);
            let share = 100.0 * posterior.operations(time) / best / limit;
            println!(
                "bbELS, {count} images, k {k:2}, t {t}: {ms:8.2} ms, {rate:.3e} pairs/s, {share:.1} % of the limit"
            );
        }
    }
    Ok(())
}

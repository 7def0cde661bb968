//! Times the patch posterior: milliseconds a picture, pairs of pixels a second, for several windows and noise levels.
//! `tools/bench_theory.py` runs this beside the convolution form of the released method.
//!
//! `cargo bench --bench patch_posterior -- IMAGES.safetensors [threads [window]]`, with `images` `[N, C, H, W]`, f32 in `[−1, 1]`;
//! the last image is the query, the others are the training set. Without a file (or with `-`), smooth pictures of its own
//! are used; without a number of threads, one and then as many as there are cores; without a window, several.
//!
//! Prints one JSON object a line. `limit_pairs_per_s` is what the processor's arithmetic allows: the measured rate of
//! vector multiply-adds over the vector operations counted for a pair, weights not among them, as most are never taken. A
//! processor that adds in units of their own (AMD's do) may come nearer to it than others, or pass it.

mod limit;

use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::sampler::noise;
use morphogen::schedule::Schedule;
use morphogen::theory::{Isa, Locality, Machine, PatchPosterior, Training};
use safetensors::SafeTensors;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

const WINDOWS: [usize; 4] = [3, 7, 11, 17];
const TIMES: [f64; 3] = [0.9, 0.5, 0.1];

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let (shape, mut images) = match words.next().filter(|word| word != "-") {
        Some(file) => read(&std::fs::read(file)?)?,
        None => (SQUARE, smooth(501, SQUARE)),
    };
    let query = images.split_off(images.len() - shape.len());
    let threads = match words.next() {
        Some(word) => vec![word.parse()?],
        None => vec![1, std::thread::available_parallelism()?.get()],
    };
    let windows = match words.next() {
        Some(word) => vec![word.parse()?],
        None => WINDOWS.to_vec(),
    };
    threads.into_iter().try_for_each(|threads| time(threads, &windows, shape, &images, &query))
}

/// All windows and noise levels on `threads` threads.
fn time(
    threads: usize,
    windows: &[usize],
    shape: ImageShape,
    images: &[f32],
    query: &[f32],
) -> Result<(), Box<dyn Error>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    for isa in Isa::available() {
        let training = Arc::new(Training::with_isa(images, shape, isa)?);
        let arithmetic = limit::lanes_per_second(isa, &pool);
        for &k in windows {
            for t in TIMES {
                let time = Schedule::Cosine.at(t);
                let mut x = vec![0.0; query.len()];
                noise::fill(1, 0, &mut x);
                for (x, y) in x.iter_mut().zip(query) {
                    *x = (time.a * f64::from(*y) + time.s * f64::from(*x)) as f32;
                }
                let locality = Some(Locality::fixed(k)?);
                let mut posterior = PatchPosterior::new(Machine::Bbels, training.clone(), locality)?;
                let mut once = || -> Result<f64, Box<dyn Error>> {
                    let (wall, busy) = (Instant::now(), busy());
                    pool.install(|| posterior.denoise(&x, time, &[Condition::Null]))?;
                    let wall = wall.elapsed().as_secs_f64();
                    Ok(self::busy().zip(busy).map_or(wall, |(now, then)| (now - then) / threads as f64))
                };
                // The best of several: whatever else runs on the machine can only slow it down.
                let mut best = once()?;
                for _ in 0..4 {
                    best = best.min(once()?);
                }
                let (pairs, images) = (pairs(shape, k), training.count());
                let (ms, rate) = (best * 1e3, pairs * images as f64 / best);
                let limit = arithmetic.map(|lanes| format!("{:.4e}", lanes * pairs / operations(shape, k)));
                let limit = limit.as_deref().unwrap_or("null");
                println!(
                    "{{\"isa\": \"{isa:?}\", \"threads\": {threads}, \"images\": {images}, \"k\": {k}, \"t\": {t}, \
                     \"ms\": {ms:.3}, \"pairs_per_s\": {rate:.4e}, \"limit_pairs_per_s\": {limit}}}"
                );
            }
        }
    }
    Ok(())
}

/// Seconds that this process has spent on processors so far, where the system tells (Linux): on a busy machine the only
/// fair clock.
fn busy() -> Option<f64> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let spent = tasks.filter_map(|task| {
        let line = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        line.split(' ').next()?.parse::<f64>().ok()
    });
    Some(spent.sum::<f64>() / 1e9)
}

/// Pairs of a query pixel and a training pixel that may answer for it, per image.
fn pairs(shape: ImageShape, k: usize) -> f64 {
    let along = |n: usize| {
        let inner = n.saturating_sub(k - 1);
        (n - inner + inner * inner) as f64
    };
    along(shape.height) * along(shape.width)
}

/// Operations that an image takes as it is done here: two per value for every squared difference, which is summed on the
/// way, one for a window to join its two parts, as much down the columns; for every pair the logit and a comparison. A
/// multiply-add is one.
fn operations(shape: ImageShape, k: usize) -> f64 {
    let runs = |n: usize| std::iter::once(n).chain((1..=n.saturating_sub(k)).flat_map(move |d| [n - k + 1 - d; 2]));
    // What a run of windows reads: each block of k, and what its windows reach into the next.
    let read = |len: usize| (0..len).step_by(k).map(|b| k + k.min(len - b) - 1).sum::<usize>() as f64;
    let rows: f64 = runs(shape.height).map(|len| (len + k - 1) as f64).sum();
    let (windows, cells): (f64, f64) = runs(shape.width).map(|len| (len as f64, read(len))).fold((0.0, 0.0), add);
    let (down, up) = runs(shape.height).map(|len| (len as f64, read(len))).fold((0.0, 0.0), add);
    let values = (2 * shape.channels) as f64;
    if k == 3 {
        // Sums of three are taken as they come.
        let cells: f64 = runs(shape.width).map(|len| (len + 2) as f64).sum();
        return rows * cells * (values + 2.0) + pairs(shape, k) * 4.0;
    }
    rows * (cells * values + windows) + windows * (up + down) + pairs(shape, k) * 2.0
}

fn add(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 + b.0, a.1 + b.1)
}

fn read(file: &[u8]) -> Result<(ImageShape, Vec<f32>), Box<dyn Error>> {
    let tensors = SafeTensors::deserialize(file)?;
    let tensor = tensors.tensor("images")?;
    let &[_, channels, height, width] = tensor.shape() else { return Err("expected images [N, C, H, W]".into()) };
    let values = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    Ok((ImageShape { channels, height, width }, values))
}

const SQUARE: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

/// Pictures with black ground and a soft spot.
fn smooth(count: usize, shape: ImageShape) -> Vec<f32> {
    let mut out = Vec::with_capacity(count * shape.len());
    for n in 0..count {
        let mut draw = vec![0.0; 3 + shape.len()];
        noise::fill(n as u64, 7, &mut draw);
        let (row, column) = (14.0 + 4.0 * draw[0], 14.0 + 4.0 * draw[1]);
        let size = 6.0 + 2.0 * draw[2].abs();
        for q in 0..shape.len() {
            let (r, c) = ((q / shape.width) as f32 - row, (q % shape.width) as f32 - column);
            let bright = 1.6 - (r * r + c * c).sqrt() / size + 0.1 * draw[3 + q];
            out.push(bright.clamp(-1.0, 1.0) * f32::from(bright > 0.0) - f32::from(bright <= 0.0));
        }
    }
    out
}

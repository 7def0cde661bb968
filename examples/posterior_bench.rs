//! Pairs of pixels a second of the patch posterior on the GPU that `wgpu` finds, beside what its arithmetic allows:
//! `cargo run --release --example posterior_bench [images] [side] [channels] [--counts | --sweep]`. Choose the driver with
//! `VK_ICD_FILENAMES`.
//!
//! A pair is a query pixel and a training pixel that may answer for it. The limit is the measured rate of multiply-adds
//! over the operations counted for a picture ([`GpuPosterior::operations`]). `--counts` times nothing: it prints what is
//! counted of the work, for 65,536 threads in bands of 16 rows, and in the cut that suits large GPUs. `--sweep` tries other cuts on this GPU, one a line.

use morphogen::denoiser::{Condition, ImageShape};
use morphogen::gpu::{Counts, Cut, Gpu, GpuPosterior, Tuning};
use morphogen::sampler::noise;
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{Locality, Machine, PatchPosterior, Training};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

const WINDOWS: [usize; 5] = [3, 7, 11, 17, 27];
const TIMES: [f64; 3] = [0.9, 0.5, 0.1];

fn main() -> Result<(), Box<dyn Error>> {
    let (flags, words): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let words: Vec<usize> = words.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
    let word = |at: usize, otherwise| words.get(at).copied().unwrap_or(otherwise);
    let (count, side, channels) = (word(0, 500), word(1, 28), word(2, 1));
    let shape = ImageShape { channels, height: side, width: side };
    pollster::block_on(async {
        let bench = Bench::new(count, shape).await?;
        match flags.first().map(String::as_str) {
            None => bench.speeds().await,
            Some("--counts") => bench.counts().await,
            Some("--sweep") => bench.sweep().await,
            Some(other) => Err(format!("{other} is neither --counts nor --sweep").into()),
        }
    })
}

/// A GPU and what it is asked.
struct Bench {
    gpu: Gpu,
    images: Vec<f32>,
    training: Arc<Training>,
}

impl Bench {
    async fn new(count: usize, shape: ImageShape) -> Result<Bench, Box<dyn Error>> {
        let mut images = vec![0.0; count * shape.len()];
        noise::fill(1, 0, &mut images);
        images.iter_mut().for_each(|value| *value = value.clamp(-1.0, 1.0));
        let training = Arc::new(Training::new(&images, shape)?);
        Ok(Bench { gpu: Gpu::new().await?, images, training })
    }

    async fn machine(&self, k: usize, cut: Cut) -> Result<GpuPosterior, Box<dyn Error>> {
        let posterior = PatchPosterior::new(Machine::Bbels, self.training.clone(), Some(Locality::fixed(k)?))?;
        Ok(GpuPosterior::with_cut(&self.gpu, posterior, cut).await?)
    }

    /// Windows that are smaller than the pictures.
    fn windows(&self) -> impl Iterator<Item = usize> {
        let side = self.training.shape().height;
        WINDOWS.into_iter().filter(move |k| *k < side)
    }

    /// Seconds of one picture, the best of several.
    async fn seconds(&self, posterior: &mut GpuPosterior, time: Time) -> Result<f64, Box<dyn Error>> {
        let mut x = vec![0.0; self.training.shape().len()];
        noise::fill(2, 0, &mut x);
        for (x, y) in x.iter_mut().zip(&self.images) {
            *x = (time.a * f64::from(*y) + time.s * f64::from(*x)) as f32;
        }
        // The first calls warm up, and learn how much fits into a submission.
        let (repeats, mut best) = (if self.gpu.tuning() == Tuning::FewCores { 2 } else { 8 }, f64::INFINITY);
        for _ in 0..repeats {
            let start = Instant::now();
            posterior.denoise(&x, time, &[Condition::Null]).await?;
            best = best.min(start.elapsed().as_secs_f64());
        }
        Ok(best)
    }

    /// By window and time.
    async fn speeds(&self) -> Result<(), Box<dyn Error>> {
        let limit = self.limit().await?;
        let count = self.training.count();
        for k in self.windows() {
            let mut posterior = self.machine(k, Cut::suited(self.gpu.tuning())).await?;
            for t in TIMES {
                let time = Schedule::Cosine.at(t);
                let best = self.seconds(&mut posterior, time).await?;
                let (ms, rate) = (best * 1e3, posterior.pairs(time) / best);
                let share = 100.0 * posterior.operations(time) / best / limit;
                println!(
                    "bbELS, {count} images, k {k:2}, t {t}: {ms:8.2} ms, {rate:.3e} pairs/s, {share:.1} % of the limit"
                );
            }
        }
        Ok(())
    }

    async fn limit(&self) -> Result<f64, Box<dyn Error>> {
        let limit = self.gpu.arithmetic_limit().await?;
        println!("{}: {:.1} GFLOP/s of multiply-adds", self.gpu.adapter(), limit / 1e9);
        Ok(limit)
    }

    /// By window, for two cuts.
    async fn counts(&self) -> Result<(), Box<dyn Error>> {
        let large = Cut::suited(Tuning::ManyThreads);
        let small = Cut { threads: 1 << 16, pixels_of_small: 8, rows: 16, ..large };
        println!(
            "| k | cut | threads | of a workgroup | its KiB | MB to merge | barriers per 1000 pairs | E per pair | at least | additions per pair |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
        for k in self.windows() {
            for (name, cut) in [("small", small), ("large", large)] {
                let counts = self.machine(k, cut).await?.counts(Schedule::Cosine.at(0.5));
                let Counts { threads, threads_of_workgroup: each, pairs, .. } = counts;
                let (kib, merged) = (counts.bytes_of_workgroup as f64 / 1024.0, counts.merged_values as f64 * 4e-6);
                let barriers = 1e3 * counts.barriers / pairs;
                let [e, least, sums] = [counts.differences, counts.cells, counts.additions].map(|n| n / pairs);
                println!(
                    "| {k} | {name} | {threads} | {each} | {kib:.1} | {merged:.1} | {barriers:.2} | {e:.2} | {least:.2} | {sums:.1} |"
                );
            }
        }
        Ok(())
    }

    /// By window: every cut that is another one.
    async fn sweep(&self) -> Result<(), Box<dyn Error>> {
        let limit = self.limit().await?;
        let time = Schedule::Cosine.at(0.5);
        println!("| k | threads | lanes | pixels | rows | ms | pairs/s | of the limit |");
        println!("|---|---|---|---|---|---|---|---|");
        for k in self.windows() {
            let mut seen: Vec<Counts> = Vec::new();
            for cut in cuts(self.gpu.tuning()) {
                let mut posterior = self.machine(k, cut).await?;
                let counts = posterior.counts(time);
                if seen.contains(&counts) {
                    continue;
                }
                seen.push(counts);
                let best = self.seconds(&mut posterior, time).await?;
                let (ms, rate) = (best * 1e3, counts.pairs / best);
                let share = 100.0 * posterior.operations(time) / best / limit;
                let Counts { threads, lanes, pixels, rows, .. } = counts;
                println!("| {k} | {threads} | {lanes} | {pixels} | {rows} | {ms:.2} | {rate:.3e} | {share:.1} % |");
            }
        }
        Ok(())
    }
}

/// Cuts to try: what suits, first; other numbers of threads, and of images in a vector; and every shape of a workgroup.
fn cuts(tuning: Tuning) -> Vec<Cut> {
    let suited = Cut::suited(tuning);
    let more = |factor: usize| Cut { threads: suited.threads * factor, ..suited };
    let fewer = |factor: usize| Cut { threads: suited.threads / factor, ..suited };
    let lanes = |lanes: usize| Cut { lanes, ..suited };
    let mut cuts = vec![suited, fewer(8), fewer(4), fewer(2), more(2), more(4), lanes(2), lanes(1)];
    for pixels in [8, 4] {
        cuts.extend([8, 16, usize::MAX].map(|rows| Cut { pixels, pixels_of_small: pixels, rows, ..suited }));
    }
    cuts
}

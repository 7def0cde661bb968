//! Milliseconds per pass of the product's networks on the GPU that `wgpu` finds, with random weights:
//! `cargo run --release --example gpu_bench [repeats] [--sweep] [--half] [--counts]`. Choose the driver with `VK_ICD_FILENAMES`.
//! `--sweep` prints a table of every way to cut the work that there is, beside what the GPU's arithmetic allows; `--half` multiplies
//! batches in 16 bits. `--counts` needs no GPU: it counts how the work of a batch is cut.

use morphogen::denoiser::{Condition, ImageShape};
use morphogen::gpu::{Frames, Gpu, GpuError, GpuNetwork, Tuning, Way, ways};
use morphogen::network::config::{Architecture, ConditionKind, NetworkConfig, Normalisation};
use morphogen::network::weights::{Array, Weights};
use morphogen::network::{Layers, NetworkError};
use morphogen::sampler::{Request, noise};
use morphogen::schedule::Schedule;
use std::time::Instant;

const GARMENT: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };
const EMOJI: ImageShape = ImageShape { channels: 3, height: 64, width: 64 };

fn main() -> Result<(), GpuError> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let repeats = words.iter().find_map(|text| text.parse().ok()).unwrap_or(5);
    let asked = |option: &str| words.iter().any(|word| word == option);
    if asked("--counts") {
        return counts();
    }
    pollster::block_on(async {
        let mut gpu = Gpu::new().await?;
        println!("{}", gpu.adapter());
        if asked("--half") {
            gpu = gpu.halved().ok_or_else(|| GpuError::Unavailable("it has no products of 16 bits".into()))?;
        }
        if asked("--sweep") { cuts(&gpu, repeats).await } else { run(&gpu, repeats).await }
    })
}

/// The networks of the product, by name, and the shape of their pictures.
fn networks() -> [(&'static str, NetworkConfig, ImageShape); 4] {
    let unet = NetworkConfig {
        embedding: 64,
        ..NetworkConfig::new(
            Architecture::UNet { widths: vec![32, 64, 128], attention_heads: 0, attention_level: None },
            ConditionKind::Class { count: 10 },
        )
    };
    let attention = NetworkConfig {
        architecture: Architecture::UNet { widths: vec![32, 64, 128], attention_heads: 4, attention_level: None },
        normalisation: Normalisation::Group { groups: 8 },
        ..unet.clone()
    };
    let resnet = NetworkConfig { architecture: Architecture::ResNet { width: 64, layers: 8 }, ..unet.clone() };
    let emoji = NetworkConfig {
        architecture: Architecture::UNet {
            widths: vec![16, 64, 128, 192, 256],
            attention_heads: 4,
            attention_level: Some(3),
        },
        channels: 3,
        ..attention.clone()
    };
    [("unet", unet, GARMENT), ("attention", attention, GARMENT), ("resnet", resnet, GARMENT), ("emoji", emoji, EMOJI)]
}

/// One network after the other, as the GPU is tuned.
async fn run(gpu: &Gpu, repeats: usize) -> Result<(), GpuError> {
    for (name, config, shape) in networks() {
        let start = Instant::now();
        let mut network = GpuNetwork::new(gpu, &config, &weights(&config)?, shape).await?;
        let ready = start.elapsed().as_secs_f64() * 1e3;
        let (dispatches, operations, bytes) = (network.dispatches(), network.operations(), network.bytes() as f64);
        println!(
            "{name}: {dispatches} dispatches, {:.1} MFLOP, {:.2} MB of values, ready in {ready:.0} ms",
            operations / 1e6,
            bytes / 1e6
        );
        for batch in [1, 16] {
            let times = seconds(gpu, &mut network, batch, repeats).await?;
            let (best, median) = (times[0], times[times.len() / 2]);
            let speed = |seconds: f64| operations * batch as f64 / seconds / 1e9;
            let (best_ms, median_ms) = (best * 1e3, median * 1e3);
            println!(
                "  batch {batch:2}: median {median_ms:8.2} ms a pass ({:.2} GFLOP/s), best {best_ms:8.2} ms ({:.2})",
                speed(median),
                speed(best),
            );
        }
    }
    Ok(())
}

/// Seconds of a pass, the least first.
async fn seconds(gpu: &Gpu, network: &mut GpuNetwork, batch: usize, repeats: usize) -> Result<Vec<f64>, GpuError> {
    let steps = if gpu.tuning() == Tuning::FewCores { 4 } else { 20 };
    let request = Request { count: batch, steps, ..Request::new(Condition::Class(3), 1) };
    network.sample(&request, Schedule::Cosine, Frames::Last, |_| true).await?;
    let mut times = Vec::new();
    for _ in 0..repeats {
        let start = Instant::now();
        network.sample(&request, Schedule::Cosine, Frames::Last, |_| true).await?;
        times.push(start.elapsed().as_secs_f64() / steps as f64);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// A table of cuts, networks and batches: as the GPU is tuned, and every tile of a convolution.
async fn cuts(gpu: &Gpu, repeats: usize) -> Result<(), GpuError> {
    let limit = gpu.arithmetic_limit().await?;
    println!("{:.1} GFLOP/s of multiply-adds\n", limit / 1e9);
    println!("| network | batch | cut for | ms a pass | GFLOP/s | of the limit |\n|---|---|---|---|---|---|");
    let tiles = [2, 4, 7, 8].into_iter().flat_map(|rows| [1, 2, 4].map(|split| Tuning::Tiled { rows, split }));
    let pieces = [1, 2].into_iter().flat_map(|vectors| [1, 2, 4].map(|split| Tuning::Batched { vectors, split }));
    let tunings: Vec<Tuning> = [Tuning::ManyThreads, Tuning::FewCores].into_iter().chain(tiles).chain(pieces).collect();
    for (name, config, shape) in networks() {
        let weights = weights(&config)?;
        for batch in [1, 4, 16] {
            for &tuning in &tunings {
                let tuned = gpu.clone().tuned_for(tuning);
                let mut network = GpuNetwork::new(&tuned, &config, &weights, shape).await?;
                let best = seconds(gpu, &mut network, batch, repeats).await?[0];
                let speed = network.operations() * batch as f64 / best;
                let (ms, share) = (best * 1e3, 100.0 * speed / limit);
                println!("| {name} | {batch} | {tuning:?} | {ms:.2} | {:.2} | {share:.1} % |", speed / 1e9);
            }
        }
    }
    Ok(())
}

/// A table of how the convolutions are cut, for more and more pictures: threads in flight, the mean over all products, and values
/// that are read for one.
fn counts() -> Result<(), GpuError> {
    println!("| network | batch | threads | values from memory | from the workgroup's |\n|---|---|---|---|---|");
    for (name, config, shape) in networks() {
        let (layers, weights) = (Layers::for_pictures(&config, shape)?, weights(&config)?);
        let shapes = layers.shapes(shape);
        for batch in [1, 4, 16, 64] {
            let ways = ways(&layers, &shapes, &weights, Tuning::ManyThreads, batch).map_err(NetworkError::from)?;
            let products: f64 = ways.iter().map(|way| way.products).sum();
            let mean = |of: fn(&Way) -> f64| ways.iter().map(|way| of(way) * way.products).sum::<f64>() / products;
            let threads = mean(|way| way.threads as f64);
            let (memory, workgroup) = (mean(|way| way.from_memory), mean(|way| way.from_workgroup));
            println!("| {name} | {batch} | {threads:.0} | {memory:.3} | {workgroup:.3} |");
        }
    }
    Ok(())
}

/// Random weights of a config.
fn weights(config: &NetworkConfig) -> Result<Weights, GpuError> {
    let tensors = Layers::new(config)?.tensors(config);
    let tensor = |(seed, (name, shape)): (u64, (String, Vec<usize>))| {
        let mut data = vec![0.0; shape.iter().product()];
        noise::fill(seed, 0, &mut data);
        data.iter_mut().for_each(|value| *value *= 0.05);
        (name, Array { shape, data })
    };
    Ok((0..).zip(tensors).map(tensor).collect())
}

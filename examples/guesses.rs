//! How near each machine's guess is to a network's, step by step, on the way that the network itself goes: the squared error of
//! `x̂₀` as a share of the network's own, averaged over seeds, beside the other networks of the pack. Pictures say how far errors
//! lead in the end; this says how large they are: `cargo run --release --features rayon --example guesses [pack] [network] [seeds]`.
//!
//! The machines draw from the images that the pack carries, with what was calibrated against the network, in 20 even steps.

use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::pack::Pack;
use morphogen::sampler::{Request, Sampling, Trajectory};
use morphogen::theory::{Edge, Locality, LocalityPoint, Machine, PatchPosterior, Training, machine_denoiser};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

/// How much wider than a box a window is that falls off all the way from its middle.
const WIDER: f64 = 1.6;
const MACHINES: [Machine; 6] =
    [Machine::Bbels, Machine::Composite, Machine::Blend, Machine::Local, Machine::Wiener, Machine::Pca];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize, otherwise: &str| words.get(at).cloned().unwrap_or_else(|| otherwise.into());
    let (pack, name) = (Pack::open(word(0, "www/models/fashion"))?, word(1, "unet"));
    let seeds: u64 = word(2, "20").parse()?;
    let manifest = pack.manifest();
    let network = |name: &str| -> Result<CpuNetwork, Box<dyn Error>> {
        Ok(CpuNetwork::new(&manifest.network(name)?.config, &pack.weights(name)?, manifest.image)?)
    };
    let mut own = network(&name)?;
    let others: Vec<&String> = manifest.networks.keys().filter(|other| **other != name).collect();
    let mut others: Vec<(String, CpuNetwork)> =
        others.into_iter().map(|other| Ok((other.clone(), network(other)?))).collect::<Result<_, Box<dyn Error>>>()?;
    let mut errors: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut times = Vec::new();
    for seed in 0..seeds {
        let class = (seed % manifest.prompts.len() as u64) as usize;
        let images = pack.images(&manifest.prompts[class].name)?.to_f32();
        let training = Arc::new(Training::new(&images, manifest.image)?);
        let mut guessers: Vec<(String, Box<dyn Denoiser>)> = Vec::new();
        for machine in MACHINES {
            let calibration = manifest.network(&name)?.calibration(machine)?;
            if !machine.is_local() || calibration.locality.is_some() {
                guessers.push((machine.name().into(), machine_denoiser(machine, &training, calibration)?));
            }
        }
        if let Some(locality) = manifest.network(&name)?.calibration(Machine::Bbels)?.locality {
            let largest = (manifest.image.height.min(manifest.image.width) - 1) | 1;
            let soft = softened(&locality, largest)?;
            let posterior = PatchPosterior::new(Machine::Bbels, training.clone(), Some(soft))?;
            guessers.push(("bbels, soft".into(), Box::new(posterior)));
        }
        let condition = [Condition::Class(class)];
        let request = Request::new(condition[0].clone(), seed).taking(Sampling::default());
        let mut trajectory = Trajectory::new(&request, manifest.image, manifest.schedule)?;
        times = trajectory.steps().iter().map(|step| step.time.t).collect();
        for step in 0..times.len() {
            let Some(query) = trajectory.query() else { break };
            let truth = own.denoise(query.x, query.time, &condition)?;
            let mut note = |guesser: &str, guess: &[f32]| {
                let sums = errors.entry(guesser.into()).or_insert_with(|| vec![0.0; times.len()]);
                sums[step] += error(guess, &truth) / seeds as f64;
            };
            for (guesser, denoiser) in &mut guessers {
                note(guesser, &denoiser.denoise(query.x, query.time, &condition)?);
            }
            for (guesser, denoiser) in &mut others {
                note(guesser, &denoiser.denoise(query.x, query.time, &condition)?);
            }
            trajectory.advance(&truth)?;
        }
    }
    let row = |name: &str, values: Vec<String>| println!("{name:12} {}", values.join(" "));
    row("t", times.iter().map(|t| format!("{t:6.2}")).collect());
    for (guesser, errors) in &errors {
        row(guesser, errors.iter().map(|error| format!("{error:6.4}")).collect());
    }
    Ok(())
}

/// Windows that fall off from their middles, and are that much wider.
fn softened(locality: &Locality, largest: usize) -> Result<Locality, Box<dyn Error>> {
    let soft = |point: &LocalityPoint| {
        let window = ((point.window as f64 * WIDER) as usize | 1).min(largest);
        LocalityPoint { window, soft: Edge::Triangle.of(window).soft, ..*point }
    };
    Ok(Locality::measured(locality.points().iter().map(soft).collect())?)
}

/// `|guess − truth|² / |truth|²`.
fn error(guess: &[f32], truth: &[f32]) -> f64 {
    let square = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v) * f64::from(v)).sum::<f64>();
    square(&mut guess.iter().zip(truth).map(|(a, b)| a - b)) / square(&mut truth.iter().copied())
}

//! How well a network knows each caption of its pack: every one is drawn once, and the picture is compared with the
//! training picture that it belongs to. The bytes stand in the captions, where the prior reads them.

use super::CommandError;
use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Conditions};
use morphogen::pack::captions::{Captions, Thing, known_byte};
use morphogen::pack::{Pack, PackWriter, to_f32};
use morphogen::sampler::{self, Request, Sampling, Solver};
use morphogen::schedule::Grid;
use rayon::prelude::*;
use std::path::Path;

/// How each picture is drawn: few steps, well placed, show as well what is known.
const SAMPLING: Sampling = Sampling { steps: 6, grid: Grid::Early, solver: Solver::DpmSolver };
/// Pictures of one piece of work.
const BATCH: usize = 8;
/// Added to what is not white in a training picture, so that small errors of nearly white ones stay small.
const WHITE: f64 = 0.02;

/// Some captions with their training pictures.
struct Job {
    /// Seed of the first picture.
    seed: u64,
    /// One condition a picture.
    conditions: Vec<Condition>,
    /// `[B, C, H, W]`, 0 to 255.
    training: Vec<u8>,
}

/// Writes into the captions of a pack how well `network` knows them. Other networks of the pack then go by the same bytes.
///
/// # Errors
/// [`CommandError`] where pack and network are not usable, or the pack has no captions.
pub(super) fn write(folder: &Path, network: &str) -> Result<(), CommandError> {
    let pack = Pack::open(folder)?;
    let mut captions = pack.captions()?;
    let mut missed = measure(&pack, network, &jobs(&pack, &captions)?)?;
    let mut known = missed.iter().map(|&e| known_byte(e));
    for thing in captions.shelves.values_mut().flat_map(|shelf| &mut shelf.things) {
        thing.known = known.by_ref().take(thing.styles.len()).collect();
    }
    let mut writer = PackWriter::update(folder)?;
    writer.captions(&captions)?;
    writer.finish()?;
    missed.sort_by(f64::total_cmp);
    let at = |share: f64| missed.get((missed.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    say!(
        "share missed of {} training pictures: a quarter below {:.3}, half below {:.3}, a twentieth above {:.3}",
        missed.len(),
        at(0.25),
        at(0.5),
        at(0.95)
    );
    Ok(())
}

/// All captions of a pack, in their order.
fn jobs(pack: &Pack, captions: &Captions) -> Result<Vec<Job>, CommandError> {
    let (size, mut seed, mut jobs) = (pack.manifest().image.len(), 0, Vec::new());
    for (name, shelf) in &captions.shelves {
        let training = pack.images(name)?.data;
        let conditions: Vec<Condition> = shelf.things.iter().flat_map(plainest).collect();
        for (conditions, training) in conditions.chunks(BATCH).zip(training.chunks(BATCH * size)) {
            jobs.push(Job { seed, conditions: conditions.to_vec(), training: training.to_vec() });
            seed += conditions.len() as u64;
        }
    }
    Ok(jobs)
}

/// The share of each training picture that the network misses, drawn on all processors, as it takes a dozen calls
/// of the network for every one of thousands of pictures.
fn measure(pack: &Pack, network: &str, jobs: &[Job]) -> Result<Vec<f64>, CommandError> {
    let (manifest, weights) = (pack.manifest(), pack.weights(network)?);
    let entry = manifest.network(network)?;
    let bar = super::progress_bar(jobs.iter().map(|job| job.conditions.len()).sum());
    let artist = || CpuNetwork::new(&entry.config, &weights, manifest.image);
    let draw = |artist: &mut Result<CpuNetwork, _>, job: &Job| -> Result<Vec<f64>, CommandError> {
        let artist = artist.as_mut().map_err(|error: &mut morphogen::network::NetworkError| error.clone())?;
        let (count, each) = (job.conditions.len(), Conditions::Each(job.conditions.clone()));
        let request = Request::new(each, job.seed).guided(entry.guidance).taking(SAMPLING);
        let request = Request { count, ..request };
        let drawn = sampler::sample(artist, &request, manifest.schedule, |_| true)?;
        bar.inc(count as u64);
        let (size, training) = (manifest.image.len(), to_f32(&job.training));
        Ok(drawn
            .chunks_exact(size)
            .zip(training.chunks_exact(size))
            .map(|(drawn, seen)| share_missed(drawn, seen))
            .collect())
    };
    let missed = jobs.par_iter().map_init(artist, draw).collect::<Result<Vec<_>, _>>()?.concat();
    bar.finish_and_clear();
    Ok(missed)
}

/// The plainest prompt for each picture of a thing: its label's words and its style.
fn plainest(thing: &Thing) -> Vec<Condition> {
    let words = |&style: &usize| Condition::Words(thing.words.iter().copied().chain([style]).collect());
    thing.styles.iter().map(words).collect()
}

/// The share of what is not white in `training` that `drawn` misses; both `[C, H, W]` in `[−1, 1]`.
fn share_missed(drawn: &[f32], training: &[f32]) -> f64 {
    let mean = |squares: f64| squares / training.len().max(1) as f64;
    let square = |difference: f32| f64::from(difference) * f64::from(difference);
    let off: f64 = drawn.iter().zip(training).map(|(drawn, training)| square(drawn - training)).sum();
    let ink: f64 = training.iter().map(|training| square(1.0 - training)).sum();
    mean(off) / (mean(ink) + WHITE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_is_counted_against_what_is_not_white() {
        let training = [1.0, 1.0, -1.0, 1.0];
        assert_eq!(share_missed(&training, &training), 0.0);
        let white = share_missed(&[1.0; 4], &training);
        assert!((white - 1.0 / 1.02).abs() < 1e-9, "a white sheet misses all: {white}");
        assert!(share_missed(&[1.0, 0.9, 1.0, 1.0], &[1.0; 4]) < 0.2, "nearly white ones weigh little");
        assert_eq!((known_byte(0.0), known_byte(f64::INFINITY)), (255, 0));
    }
}

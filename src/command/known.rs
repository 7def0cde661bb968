//! How well a network knows each caption of its pack: every one is drawn once, and the picture is compared with the
//! training picture that it belongs to. The bytes stand in the captions, where the prior reads them.

use super::CommandError;
use crate::denoiser::{Condition, Conditions, Denoiser};
use crate::pack::captions::{Captions, Thing, known_byte};
use crate::pack::{Manifest, Pack, PackWriter, to_f32};
use crate::sampler::{self, Request, Sampling, Solver};
use crate::schedule::Grid;
use burn::tensor::Device;

/// How each picture is drawn: few steps, well placed, show as well what is known.
const SAMPLING: Sampling = Sampling { steps: 6, grid: Grid::Early, solver: Solver::DpmSolver };
/// Pictures at once.
const BATCH: usize = 32;
/// Added to what is not white in a training picture, so that small errors of nearly white ones stay small.
const WHITE: f64 = 0.02;

/// Writes into the captions of a pack how well `network` knows them. Other networks of the pack then go by the same bytes.
///
/// # Errors
/// [`CommandError`] where pack and network are not usable, or the pack has no captions.
pub(super) fn write(folder: &std::path::Path, network: &str) -> Result<(), CommandError> {
    let pack = Pack::open(folder)?;
    let mut captions = pack.captions()?;
    let mut denoiser = super::network(&pack, network, Device::flex())?;
    measure(&pack, network, &mut denoiser, &mut captions)?;
    let mut writer = PackWriter::update(folder)?;
    writer.captions(&captions)?;
    writer.finish()?;
    Ok(())
}

/// Draws every caption once and sets its byte.
fn measure(
    pack: &Pack,
    network: &str,
    denoiser: &mut dyn Denoiser,
    captions: &mut Captions,
) -> Result<(), CommandError> {
    let manifest = pack.manifest();
    let guidance = manifest.network(network)?.guidance;
    let bar = super::progress_bar(captions.things().map(|(_, _, thing)| thing.styles.len()).sum());
    let (mut seed, mut missed) = (0, Vec::new());
    for (name, shelf) in &mut captions.shelves {
        let training = to_f32(&pack.images(name)?.data);
        let conditions: Vec<Condition> = shelf.things.iter().flat_map(plainest).collect();
        let mut known = Vec::with_capacity(conditions.len());
        let size = manifest.image.len();
        for (conditions, training) in conditions.chunks(BATCH).zip(training.chunks(BATCH * size)) {
            let each = Conditions::Each(conditions.to_vec());
            let count = conditions.len();
            let request = Request { count, guidance, ..Request::new(each, seed).taking(SAMPLING) };
            let drawn = draw(denoiser, &request, manifest)?;
            let pairs = drawn.chunks_exact(size).zip(training.chunks_exact(size));
            let errors: Vec<f64> = pairs.map(|(drawn, training)| share_missed(drawn, training)).collect();
            known.extend(errors.iter().map(|&e| known_byte(e)));
            missed.extend(errors);
            seed += conditions.len() as u64;
            bar.inc(conditions.len() as u64);
        }
        let mut known = known.into_iter();
        for thing in &mut shelf.things {
            thing.known = known.by_ref().take(thing.styles.len()).collect();
        }
    }
    bar.finish_and_clear();
    missed.sort_by(f64::total_cmp);
    let at = |share: f64| missed.get((missed.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    println!(
        "share missed of {} training pictures: a quarter below {:.3}, half below {:.3}, a twentieth above {:.3}",
        missed.len(),
        at(0.25),
        at(0.5),
        at(0.95)
    );
    Ok(())
}

fn draw(denoiser: &mut dyn Denoiser, request: &Request, manifest: &Manifest) -> Result<Vec<f32>, CommandError> {
    Ok(sampler::sample(denoiser, request, manifest.schedule, |_| true)?)
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

//! `morphogen novelty`: whether a network that draws from words copies its training images, and how different the pictures
//! of one prompt are, with the prior and from the words alone.

use super::CommandError;
use super::backend::Backend;
use crate::evaluate::novelty::{Copying, variety};
use clap::Args;
use morphogen::denoiser::{Condition, Conditions, Denoiser};
use morphogen::pack::{Manifest, Pack, to_f32};
use morphogen::prompt::prior::{Asked, Prior};
use morphogen::sampler::{self, Request};
use serde::Serialize;
use std::fs;
use std::path::PathBuf;

/// Pictures at once.
const BATCH: usize = 32;

/// Options of `morphogen novelty`.
#[derive(Debug, Args)]
pub struct NoveltyArgs {
    /// Folder of a model pack that draws from words and holds its training images
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks
    #[arg(long, default_value = "unet")]
    network: String,
    /// Prompts to draw once each: labels from all over the training images
    #[arg(long, default_value_t = 500)]
    prompts: usize,
    /// Prompts to draw several times
    #[arg(long, default_value_t = 40)]
    varied: usize,
    /// Pictures of each of these
    #[arg(long, default_value_t = 8)]
    seeds: usize,
    /// Where to write the figures, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "flex")]
    backend: Backend,
}

/// What is found with one way of turning a prompt into a condition.
#[derive(Debug, Serialize)]
struct Findings {
    #[serde(flatten)]
    copying: Copying,
    /// Mean over the prompts of how alike their pictures are ([`variety`]).
    alike: Option<f64>,
}

/// Runs `morphogen novelty`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn novelty(args: &NoveltyArgs) -> Result<(), CommandError> {
    let pack = Pack::open(&args.pack)?;
    let text = pack.manifest().text()?;
    let captions = pack.captions()?;
    let labels: Vec<Vec<usize>> = captions.things().map(|(.., thing)| thing.words.clone()).collect();
    let labels: Vec<Vec<usize>> = labels.into_iter().filter(|words| !words.is_empty()).collect();
    let prior = Prior::new(&captions, &pack.words()?, text.styles);
    let mut images = Vec::new();
    for shelf in pack.manifest().training.keys() {
        images.extend(to_f32(&pack.images(shelf)?.data));
    }
    let mut network = super::network(&pack, &args.network, args.backend.device()?)?;
    let bar = super::progress_bar(2 * (args.prompts + args.varied * args.seeds));
    let mut ways = Vec::new();
    for with in [true, false] {
        let each = |words: &[usize], seed: u64, count: usize| -> Vec<Condition> {
            let asked = Asked { words, against: &[] };
            let chosen = if with { prior.choose(asked, seed, count) } else { vec![None; count] };
            chosen
                .into_iter()
                .map(|one| Condition::Words(one.map_or_else(|| words.to_vec(), |one| one.words)))
                .collect()
        };
        let mut draw = |conditions: Vec<Condition>, seed: u64| -> Result<Vec<f32>, CommandError> {
            bar.inc(conditions.len() as u64);
            drawn(&mut network, pack.manifest(), &args.network, conditions, seed)
        };
        let mut samples = Vec::new();
        let asked: Vec<Condition> =
            evenly(&labels, args.prompts).zip(1u64..).flat_map(|(words, seed)| each(words, seed, 1)).collect();
        for (conditions, seed) in asked.chunks(BATCH).zip((1u64..).step_by(BATCH)) {
            samples.extend(draw(conditions.to_vec(), seed)?);
        }
        let size = pack.manifest().image.len();
        let copying = Copying::of(&samples, &images, size);
        let mut alike = Vec::new();
        for words in evenly(&labels, args.varied) {
            alike.extend(variety(&draw(each(words, 1, args.seeds), 1)?, size));
        }
        let alike = (!alike.is_empty()).then(|| alike.iter().sum::<f64>() / alike.len() as f64);
        ways.push(Findings { copying, alike });
    }
    bar.finish_and_clear();
    tell(args, &ways)
}

/// Prints what was found, and writes it where that is asked for.
fn tell(args: &NoveltyArgs, ways: &[Findings]) -> Result<(), CommandError> {
    for (name, Findings { copying: Copying { samples, copies, close }, alike }) in
        ["with the prior", "words alone"].iter().zip(ways)
    {
        let alike = alike.map_or_else(String::new, |r| format!("; {} pictures of a prompt: mean r {r:.3}", args.seeds));
        say!("{name}: of {samples} samples {copies:.3} copies, {close:.3} close to one training image{alike}");
    }
    let Some(path) = &args.json else { return Ok(()) };
    let json = serde_json::to_vec_pretty(&ways).map_err(|error| CommandError::file(path, error))?;
    fs::write(path, json).map_err(|error| CommandError::file(path, error))
}

/// `count` of all, evenly chosen.
fn evenly<T>(all: &[T], count: usize) -> impl Iterator<Item = &T> {
    let count = count.min(all.len());
    (0..count).filter_map(move |n| all.get(n * all.len() / count))
}

/// One picture for each condition, as the network of the pack draws unless told otherwise, from consecutive seeds.
fn drawn(
    network: &mut dyn Denoiser,
    manifest: &Manifest,
    name: &str,
    conditions: Vec<Condition>,
    seed: u64,
) -> Result<Vec<f32>, CommandError> {
    let guidance = manifest.network(name)?.guidance;
    let count = conditions.len();
    let request = Request { count, ..Request::new(Conditions::Each(conditions), seed).guided(guidance) };
    Ok(sampler::sample(network, &request, manifest.schedule, |_| true)?)
}

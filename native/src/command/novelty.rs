//! `morphogen novelty`: whether a network that draws from words copies its training images, and how different the pictures
//! of one prompt are, with the prior and from the words alone.

use super::CommandError;
use super::drawing::draw;
use super::number::{LONG, number};
use super::output::Output;
use crate::evaluate::novelty::{Copying, variety};
use clap::Args;
use morphogen::denoiser::Condition;
use morphogen::pack::{Pack, to_f32};
use morphogen::prompt::prior::{Asked, Prior};
use serde::Serialize;
use std::path::PathBuf;

/// Options of `morphogen novelty`.
#[derive(Debug, Args)]
pub struct NoveltyArgs {
    /// Folder of a model pack that draws from words and holds its training images
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks; the first by name unless given
    #[arg(long)]
    network: Option<String>,
    /// Prompts to draw once each: labels from all over the training images
    #[arg(long, value_parser = number(1, LONG), default_value_t = 500)]
    prompts: usize,
    /// Prompts to draw several times
    #[arg(long, value_parser = number(0, LONG), default_value_t = 40)]
    varied: usize,
    /// Pictures of each of these
    #[arg(long, value_parser = number(1, LONG), default_value_t = 8)]
    seeds: usize,
    /// Where to write the figures, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
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
    let json = Output::maybe(args.json.as_deref())?;
    let pack = Pack::open(&args.pack)?;
    let name = super::network_name(&pack, args.network.as_deref())?;
    let text = pack.manifest().text()?;
    let captions = pack.captions()?;
    let labels: Vec<Vec<usize>> = captions.things().map(|(.., thing)| thing.words.clone()).collect();
    let labels: Vec<Vec<usize>> = labels.into_iter().filter(|words| !words.is_empty()).collect();
    let prior = Prior::new(&captions, &pack.words()?, text.styles);
    let mut images = Vec::new();
    for shelf in pack.manifest().training.keys() {
        images.extend(to_f32(&pack.images(shelf)?.data));
    }
    let sampling = pack.manifest().network(name)?.sampling();
    let seeds = args.seeds.max(1);
    let bar = super::progress_bar(2 * (args.prompts + args.varied * seeds));
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
        let drawn = |conditions: &[Condition]| -> Result<Vec<f32>, CommandError> {
            let (whole, done) = (|_, picture: &[f32]| picture.to_vec(), |count| bar.inc(count as u64));
            Ok(draw(&pack, name, sampling, (conditions, 1), whole, done)?.concat())
        };
        let asked: Vec<Condition> =
            evenly(&labels, args.prompts).zip(1u64..).flat_map(|(words, seed)| each(words, seed, 1)).collect();
        let size = pack.manifest().image.len();
        let copying = Copying::of(&drawn(&asked)?, &images, size);
        let varied: Vec<Condition> = evenly(&labels, args.varied)
            .zip((1u64..).step_by(seeds))
            .flat_map(|(words, seed)| each(words, seed, seeds))
            .collect();
        let alike: Vec<f64> =
            drawn(&varied)?.chunks(seeds * size).filter_map(|pictures| variety(pictures, size)).collect();
        let alike = (!alike.is_empty()).then(|| alike.iter().sum::<f64>() / alike.len() as f64);
        ways.push(Findings { copying, alike });
    }
    bar.finish_and_clear();
    tell(args, &ways, json)
}

/// Prints what was found, and writes it where that is asked for.
fn tell(args: &NoveltyArgs, ways: &[Findings], json: Option<Output>) -> Result<(), CommandError> {
    for (name, Findings { copying: Copying { samples, copies, close }, alike }) in
        ["with the prior", "words alone"].iter().zip(ways)
    {
        let alike = alike.map_or_else(String::new, |r| format!("; {} pictures of a prompt: mean r {r:.3}", args.seeds));
        say!("{name}: of {samples} samples {copies:.3} copies, {close:.3} close to one training image{alike}");
    }
    json.map_or(Ok(()), |json| json.write_json(&ways, "what was found"))
}

/// `count` of all, evenly chosen.
fn evenly<T>(all: &[T], count: usize) -> impl Iterator<Item = &T> {
    let count = count.min(all.len());
    (0..count).filter_map(move |n| all.get(n * all.len() / count))
}

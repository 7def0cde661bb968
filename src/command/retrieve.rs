//! `morphogen retrieve`: whether a network that draws from words draws what was asked for, for prompts of training, for
//! things held out in one style, and for compositions of words that training never saw together.

use super::CommandError;
use super::backend::Backend;
use super::sampling::SamplingArgs;
use crate::denoiser::Condition;
use crate::evaluate::retrieval::{self, Gallery, Retrieval};
use crate::metrics::Neighbour;
use crate::network::judge::Judge;
use crate::pack::{Pack, to_f32};
use crate::sampler::{self, Request, Sampling};
use crate::train::captions::{CaptionFile, CaptionSplit, images};
use crate::train::picture;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Options of `morphogen retrieve`.
#[derive(Debug, Args)]
pub struct RetrieveArgs {
    /// Folder of the model pack
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks
    #[arg(long)]
    network: String,
    /// Folder with the captioned data
    #[arg(long)]
    data: PathBuf,
    /// Pack of a judge that was trained on the same data
    #[arg(long)]
    judge: PathBuf,
    /// Prompts of training to draw
    #[arg(long, default_value_t = 500)]
    prompts: usize,
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Classifier-free guidance; the pack's own choice unless given
    #[arg(long)]
    guidance: Option<f64>,
    /// A PNG of the samples for the held-out compositions
    #[arg(long)]
    sheet: Option<PathBuf>,
    /// Where to write the figures, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "flex")]
    backend: Backend,
}

/// What the command finds.
#[derive(Debug, Serialize)]
struct Findings {
    network: String,
    sampling: Sampling,
    guidance: f64,
    train: Retrieval,
    style: Retrieval,
    composition: Retrieval,
    /// What the real pictures that are held out in one style would get: nobody can ask for much more.
    real: Retrieval,
    /// Share of the samples of `train` that are copies of a training image.
    copies: f64,
}

/// Runs `morphogen retrieve`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn retrieve(args: &RetrieveArgs) -> Result<(), CommandError> {
    let pack = Pack::open(&args.pack)?;
    let (manifest, device) = (pack.manifest(), args.backend.device()?);
    let shape = manifest.image;
    let captions = CaptionFile::open(&args.data)?;
    let pictures = to_f32(&images(&args.data, captions.entries.len(), shape)?.data);
    let judge = Judge::new(&Pack::open(&args.judge)?.judge_weights()?, &device)?;
    let gallery = Gallery::new(&judge, &captions, &pictures, shape)?;
    let vocabulary = pack.words()?;
    let number: BTreeMap<&str, usize> = vocabulary.iter().enumerate().map(|(n, word)| (word.as_str(), n)).collect();
    let entry = manifest.network(&args.network)?;
    let guidance = args.guidance.unwrap_or(entry.guidance);
    let sampling = args.sampling.of(entry);
    let mut network = super::network(&pack, &args.network, device.clone())?;

    let of =
        |split| -> Vec<usize> { (0..captions.entries.len()).filter(|&n| captions.entries[n].split == split).collect() };
    let train = of(CaptionSplit::Train);
    let count = args.prompts.min(train.len());
    let train: Vec<usize> = (0..count).map(|i| train[i * train.len() / count]).collect();
    let (style, composition) = (of(CaptionSplit::Style), of(CaptionSplit::Composition));
    let bar = super::progress_bar(train.len() + style.len() + composition.len());
    let mut draw = |asked: &[usize]| -> Result<Vec<f32>, CommandError> {
        let mut samples = Vec::with_capacity(asked.len() * shape.len());
        for &n in asked {
            let entry = &captions.entries[n];
            let words = entry.words.iter().chain([&captions.styles[entry.style]]);
            let words = words.filter_map(|word| number.get(word.as_str()).copied()).collect();
            let request = Request { guidance, ..Request::new(Condition::Words(words), n as u64) }.taking(sampling);
            samples.extend(sampler::sample(&mut network, &request, manifest.schedule, |_| true)?);
            bar.inc(1);
        }
        Ok(samples)
    };
    let grade = |asked: &[usize], samples: &[f32]| -> Result<Retrieval, CommandError> {
        Ok(retrieval::grade(&captions.entries, asked, &gallery.nearest(samples, shape)?))
    };
    let samples = draw(&train)?;
    let copied = |picture: &&[f32]| Neighbour::of(picture, &pictures).is_some_and(|found| found.is_copy());
    let copies = samples.chunks_exact(shape.len()).filter(copied).count() as f64 / count.max(1) as f64;
    let held_out = draw(&composition)?;
    let real: Vec<f32> =
        style.iter().flat_map(|&n| &pictures[n * shape.len()..(n + 1) * shape.len()]).copied().collect();
    let findings = Findings {
        network: args.network.clone(),
        sampling,
        guidance,
        train: grade(&train, &samples)?,
        style: grade(&style, &draw(&style)?)?,
        composition: grade(&composition, &held_out)?,
        real: grade(&style, &real)?,
        copies,
    };
    bar.finish_and_clear();
    let Findings { train, style, composition, real, .. } = &findings;
    for (name, found) in [("train", train), ("style", style), ("composition", composition), ("real", real)] {
        let Retrieval { prompts, main, all, chance } = found;
        println!("{name}: {prompts} prompts, main word {main:.3} (by chance {chance:.3}), all words {all:.3}");
    }
    println!("copies: {copies:.3}");
    if let Some(path) = &args.sheet {
        picture::sheet(path, &held_out, shape, 10, 2)?;
    }
    if let Some(path) = &args.json {
        let json = serde_json::to_vec_pretty(&findings).map_err(|error| CommandError::file(path, error))?;
        fs::write(path, json).map_err(|error| CommandError::file(path, error))?;
    }
    Ok(())
}

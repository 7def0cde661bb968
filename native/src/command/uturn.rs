//! `morphogen uturn`: noises real pictures up to a time and comes back, without a prompt (Sclocchi, Favero & Wyart, 2025), and lets
//! a judge say whether what comes back is of the same kind; and how much of the picture is left where it is not.

use super::CommandError;
use super::number::{LONG, number};
use super::output::Output;
use crate::network::judge::Judge;
use burn::tensor::Device;
use clap::Args;
use morphogen::denoiser::Condition;
use morphogen::metrics::Agreement;
use morphogen::pack::Pack;
use morphogen::sampler::{self, Request, Sampling};
use morphogen::schedule::{Grid, MAX_STEPS};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// Options of `morphogen uturn`.
#[derive(Debug, Args)]
pub struct UturnArgs {
    /// Folder of a model pack that holds training images of each prompt
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks; the first by name unless given
    #[arg(long)]
    network: Option<String>,
    /// Pack of a judge of the same pictures
    #[arg(long)]
    judge: PathBuf,
    /// Training images of each prompt to begin from
    #[arg(long, value_parser = number(1, LONG), default_value_t = 100)]
    pictures: usize,
    /// Times to turn at, above 0 and up to 1
    #[arg(long, value_parser = number(1e-3, 1.0), num_args = 1.., default_values_t = (1..=20).map(|n| f64::from(n) / 20.0))]
    times: Vec<f64>,
    /// Steps of DDIM on the way back
    #[arg(long, value_parser = number(1, MAX_STEPS), default_value_t = Sampling::default().steps)]
    steps: usize,
    /// Seed of the noise of the first picture; each has its own
    #[arg(long, value_parser = number(0, u64::MAX - LONG as u64 * 1000), default_value_t = 0)]
    seed: u64,
    /// Where to write what was found, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Pictures that are drawn side by side.
const TOGETHER: usize = 50;

/// What was found.
#[derive(Debug, Serialize)]
struct Found {
    network: String,
    /// SHA-256 of its weights.
    weights: String,
    pictures: usize,
    steps: usize,
    turns: Vec<Turn>,
}

/// What came back from one time.
#[derive(Debug, Serialize)]
struct Turn {
    t: f64,
    /// Standard deviation of the noise there.
    noise: f64,
    /// Share of the pictures that the judge takes for the same kind before and after.
    kept: f64,
    /// How many of each kind, as the judge saw them before, became which kind.
    became: BTreeMap<String, BTreeMap<String, usize>>,
    /// Mean r of a picture and what came of it, among those that stayed of their kind.
    alike: Option<f64>,
    /// The same among those that did not.
    changed_alike: Option<f64>,
    /// Mean r of what came of those and another picture of the kind that they had been.
    stranger_alike: Option<f64>,
}

/// Real pictures, prompt after prompt.
struct Real {
    /// `[B, C, H, W]`.
    x0: Vec<f32>,
    /// Where the pictures of each prompt begin and end.
    ranges: Vec<Range<usize>>,
    /// What the judge takes each for.
    kinds: Vec<usize>,
}

impl Real {
    fn of(pack: &Pack, judge: &Judge, each: usize) -> Result<Real, CommandError> {
        let manifest = pack.manifest();
        let (mut x0, mut ranges) = (Vec::new(), Vec::new());
        for prompt in manifest.prompts.iter().filter(|prompt| manifest.training.contains_key(&prompt.name)) {
            let images = pack.images(&prompt.name)?;
            let first = x0.len() / manifest.image.len();
            let count = each.min(images.count);
            x0.extend(&images.to_f32()[..count * manifest.image.len()]);
            ranges.push(first..first + count);
        }
        if x0.is_empty() {
            return Err(CommandError::Usage("expected a pack with training images of its prompts, found none".into()));
        }
        let kinds = judge.judge(&x0, manifest.image)?.classes;
        Ok(Real { x0, ranges, kinds })
    }

    fn picture(&self, n: usize) -> &[f32] {
        let size = self.x0.len() / self.kinds.len();
        &self.x0[n * size..(n + 1) * size]
    }

    /// Another picture of the same prompt.
    fn stranger(&self, n: usize) -> &[f32] {
        let range = self.ranges.iter().find(|range| range.contains(&n)).cloned().unwrap_or(n..n + 1);
        self.picture(range.start + (n + 1 - range.start) % range.len())
    }
}

/// Runs `morphogen uturn`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn uturn(args: &UturnArgs) -> Result<(), CommandError> {
    let json = Output::maybe(args.json.as_deref())?;
    let pack = Pack::open(&args.pack)?;
    let name = super::network_name(&pack, args.network.as_deref())?;
    let judge = Judge::new(&Pack::open(&args.judge)?.judge_weights()?, &Device::flex())?;
    let (manifest, real) = (pack.manifest(), Real::of(&pack, &judge, args.pictures)?);
    let (shape, schedule) = (manifest.image, manifest.schedule);
    let (size, count) = (shape.len(), real.kinds.len());
    let names: Vec<&str> = manifest.prompts.iter().map(|prompt| prompt.name.as_str()).collect();
    let sampling = Sampling { steps: args.steps, grid: Grid::Uniform, ..Sampling::default() };
    let mut network = super::network(&pack, name, Device::flex())?;
    let bar = super::progress_bar(count * args.times.len());
    let mut turns = Vec::new();
    for &t in &args.times {
        let mut drawn = Vec::with_capacity(real.x0.len());
        for first in (0..count).step_by(TOGETHER) {
            let count = TOGETHER.min(count - first);
            let request = Request { count, ..Request::new(Condition::Null, args.seed + first as u64) }.taking(sampling);
            let x0 = &real.x0[first * size..(first + count) * size];
            let request = request.begun_from(x0, t, shape, schedule)?;
            drawn.extend(sampler::sample(&mut network, &request, schedule, |_| true)?);
            bar.inc(count as u64);
        }
        let after = judge.judge(&drawn, shape)?.classes;
        turns.push(turn((t, schedule.at(t).s), &names, &real, &drawn, &after));
    }
    bar.finish_and_clear();
    tell(&turns);
    let weights = manifest.files[&manifest.network(name)?.file].sha256.clone();
    let found = Found { network: name.into(), weights, pictures: count, steps: args.steps, turns };
    json.map_or(Ok(()), |json| json.write_json(&found, "what was found"))
}

/// What came back from a time, of a noise: `drawn`, which the judge takes for `after`.
fn turn((t, noise): (f64, f64), names: &[&str], real: &Real, drawn: &[f32], after: &[usize]) -> Turn {
    let called = |class: usize| names.get(class).map_or_else(|| class.to_string(), |name| (*name).to_string());
    let mut became: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let (mut alike, mut changed, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
    for (n, picture) in drawn.chunks_exact(drawn.len() / after.len()).enumerate() {
        let (from, to) = (real.kinds[n], after[n]);
        *became.entry(called(from)).or_default().entry(called(to)).or_default() += 1;
        let own = Agreement::of(picture, real.picture(n)).r;
        if from == to {
            alike.push(own);
        } else {
            changed.push(own);
            strangers.push(Agreement::of(picture, real.stranger(n)).r);
        }
    }
    let mean = |values: &[f64]| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    Turn {
        t,
        noise,
        kept: alike.len() as f64 / after.len() as f64,
        became,
        alike: mean(&alike),
        changed_alike: mean(&changed),
        stranger_alike: mean(&strangers),
    }
}

fn tell(turns: &[Turn]) {
    say!("| t | noise | kind kept | fewest | most | r, kept | r, changed | r to another |");
    say!("|---|---|---|---|---|---|---|---|");
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let shown = |r: Option<f64>| r.map_or_else(|| "".into(), |r| format!("{r:.3}"));
    for turn in turns {
        let kept = turn
            .became
            .iter()
            .map(|(kind, to)| to.get(kind).copied().unwrap_or(0) as f64 / to.values().sum::<usize>().max(1) as f64);
        let by = |fold: fn(f64, f64) -> f64| kept.clone().reduce(fold).map_or_else(String::new, percent);
        say!(
            "| {:.2} | {:.3} | {} | {} | {} | {} | {} | {} |",
            turn.t,
            turn.noise,
            percent(turn.kept),
            by(f64::min),
            by(f64::max),
            shown(turn.alike),
            shown(turn.changed_alike),
            shown(turn.stranger_alike)
        );
    }
}

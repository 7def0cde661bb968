//! `morphogen evaluate`: how well theory predicts the networks of a pack, over many seeds. Writes JSON after every
//! batch and resumes from it; `--shard` does a part, `--merge` joins parts. With `--judge`, a classifier trained on real
//! images also says how good the networks' samples are; `--errors` measures one denoising call instead, by time.

use super::CommandError;
use super::backend::Backend;
use super::images::{Sets, networks};
use super::number::{LONG, MANY, number};
use super::output::Output;
use super::quality::Panel;
use crate::evaluate::{Contest, Report, Settings, scatter};
use clap::Args;
use morphogen::denoiser::Condition;
use morphogen::pack::{NetworkEntry, Pack};
use morphogen::sampler::terms::MAX_WEIGHT;
use morphogen::sampler::{Request, Sampling, Solver};
use morphogen::schedule::Grid;
use morphogen::schedule::MAX_STEPS;
use morphogen::theory::{Calibration, Machine};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

/// Options of `morphogen evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Folder of the model pack
    #[arg(long, required_unless_present = "merge")]
    pack: Option<PathBuf>,
    /// Folder with all training images, as for `train`; the pack's own few unless given
    #[arg(long)]
    data: Option<PathBuf>,
    /// Networks to evaluate; all of the pack unless given
    #[arg(long, num_args = 1..)]
    network: Vec<String>,
    /// Machines to compare with; all but the equivariant one unless given
    #[arg(long, num_args = 1.., value_parser = super::named::machine())]
    machine: Vec<Machine>,
    /// Number of seeds; classes take turns. With 0, theory is left out
    #[arg(long, value_parser = number(0, LONG as u64), default_value_t = 100)]
    seeds: u64,
    /// Steps of machines and network
    #[arg(long, value_parser = number(1, MAX_STEPS), default_value_t = Sampling::default().steps)]
    steps: usize,
    /// Where they lie
    #[arg(long, value_parser = super::named::grid(), default_value = Grid::default().name())]
    grid: Grid,
    /// How each is taken
    #[arg(long, value_parser = super::named::solver(), default_value = Solver::default().name())]
    solver: Solver,
    /// Steps of a second, finer sample of the network
    #[arg(long, value_parser = number(1, MAX_STEPS), default_value_t = 150)]
    fine_steps: usize,
    /// Most training images per class
    #[arg(long, value_parser = number(1, MANY))]
    images: Option<usize>,
    /// Do the I-th of N parts
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Join these reports instead of evaluating
    #[arg(long, num_args = 1.., value_name = "FILE", conflicts_with_all = ["pack", "data", "shard"])]
    merge: Vec<PathBuf>,
    /// Report to write; resumed where it exists
    #[arg(long)]
    json: Option<PathBuf>,
    /// Pack of a judge: it grades samples of the networks as well
    #[arg(long, requires = "data")]
    judge: Option<PathBuf>,
    /// Samples to grade per network
    #[arg(long, value_parser = number(1, LONG), default_value_t = 5000)]
    samples: usize,
    /// Print how far x̂₀ is from this many test images of --data, by time, and do nothing else
    #[arg(long, value_parser = number(1, LONG), value_name = "COUNT", requires = "data")]
    errors: Option<usize>,
    /// Guidance of the graded samples; the pack's own choice unless given
    #[arg(long, value_parser = number(-MAX_WEIGHT, MAX_WEIGHT))]
    guidance: Option<f64>,
    /// Where the networks compute
    #[arg(long, value_enum, default_value = "flex")]
    backend: Backend,
    /// Scatter plot to write, SVG
    #[arg(long)]
    plot: Option<PathBuf>,
}

impl EvaluateArgs {
    /// How everybody draws. Not as each network states: figures of several networks stand beside each other.
    fn sampling(&self) -> Sampling {
        Sampling { steps: self.steps, grid: self.grid, solver: self.solver }
    }
}

/// One of several parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Shard { index, count }),
            _ => Err(format!("expected I/N with I from 1 to N, such as 2/8, found {text}")),
        }
    }
}

impl Shard {
    /// Whether the part holds the seed.
    fn holds(self, seed: u64) -> bool {
        seed % self.count == self.index - 1
    }
}

/// Pictures that go through a network side by side.
const BATCH: usize = 10;

/// The machines compared unless told otherwise: those that the page offers.
fn usual_machines() -> Vec<Machine> {
    Machine::ALL.into_iter().filter(|machine| machine.entry().place.is_some()).collect()
}

/// Runs `morphogen evaluate`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn evaluate(args: &EvaluateArgs) -> Result<(), CommandError> {
    if let (Some(count), Some(pack), Some(data)) = (args.errors, &args.pack, &args.data) {
        let pack = Pack::open(pack)?;
        return super::errors::table(&pack, &networks(&pack, &args.network)?, data, count, &args.backend.device()?);
    }
    let (json, plot) = (Output::maybe(args.json.as_deref())?, Output::maybe(args.plot.as_deref())?);
    if let Some(json) = json.filter(|json| json.path().exists() && !json.path().is_file()) {
        let message = "expected a file for --json, since it is read again to go on, found a device or a pipe";
        return Err(CommandError::file(json.path(), message));
    }
    let report = match &args.pack {
        Some(pack) => compare(args, &Pack::open(pack)?)?,
        None => merge(args)?,
    };
    say!("{}", report.table().trim());
    if let Some(path) = &args.json {
        report.write(path).map_err(super::images::usage)?;
        say!("{}: the report", path.display());
    }
    match plot {
        Some(plot) => plot.write(scatter(&report, Machine::Ideal, Machine::Bbels).as_bytes(), "the plot"),
        None => Ok(()),
    }
}

fn merge(args: &EvaluateArgs) -> Result<Report, CommandError> {
    let mut parts = args.merge.iter().map(|path| Report::read(path).map_err(super::images::usage));
    let Some(first) = parts.next() else {
        return Err(CommandError::Usage("expected a --pack to evaluate or reports to --merge".into()));
    };
    let mut whole = first?;
    for part in parts {
        whole.merge(part?).map_err(super::images::usage)?;
    }
    Ok(whole)
}

fn compare(args: &EvaluateArgs, pack: &Pack) -> Result<Report, CommandError> {
    let names = networks(pack, &args.network)?;
    let sets = Sets::open(pack, args.data.as_deref(), args.images)?;
    let mut contests = Vec::new();
    let mut settings = Settings {
        pack: format!("{} {}", pack.manifest().title, pack.manifest().version),
        images: sets.total,
        steps: args.steps,
        grid: args.grid,
        solver: args.solver,
        fine_steps: args.fine_steps,
        weights: BTreeMap::new(),
        window: BTreeMap::new(),
        blend: BTreeMap::new(),
    };
    let asked = if args.machine.is_empty() { usual_machines() } else { args.machine.clone() };
    for name in &names {
        let entry = pack.manifest().network(name)?;
        settings.weights.insert(name.clone(), pack.manifest().file(&entry.file)?.sha256.clone());
        let machines = if args.seeds > 0 { calibrated(entry, name, &asked)? } else { BTreeMap::new() };
        let points =
            |(machine, one): (&Machine, &Calibration)| Some((*machine, one.locality.as_ref()?.points().to_vec()));
        settings.window.insert(name.clone(), machines.iter().filter_map(points).collect());
        settings.blend.insert(name.clone(), entry.blend.clone());
        let schedule = pack.manifest().schedule;
        contests.push(Contest { schedule, sampling: args.sampling(), fine_steps: args.fine_steps, machines });
    }
    let device = args.backend.device()?;
    let mut report = Report::new(settings);
    if let Some(path) = args.json.as_ref().filter(|path| path.exists()) {
        report.merge(Report::read(path).map_err(super::images::usage)?).map_err(super::images::usage)?;
    }
    let mine = |seed: &u64| args.shard.is_none_or(|shard| shard.holds(*seed));
    let bar = super::progress_bar(names.len() * (0..args.seeds).filter(mine).count());
    for (name, contest) in names.iter().zip(&contests) {
        let mut network = super::network(pack, name, device.clone())?;
        let mut open: Vec<u64> = (0..args.seeds).filter(mine).filter(|seed| !report.has(name, *seed)).collect();
        // Seeds of one class go together, for they share their training images.
        open.sort_by_key(|seed| (sets.class(*seed), *seed));
        bar.set_position(bar.position() + (0..args.seeds).filter(mine).count() as u64 - open.len() as u64);
        for same in open.chunk_by(|a, b| sets.class(*a) == sets.class(*b)) {
            for seeds in same.chunks(BATCH) {
                let (condition, training) = sets.of(seeds[0]);
                let records =
                    contest.run(name, &mut network, training, condition, seeds).map_err(super::images::usage)?;
                report.add(records);
                if let Some(path) = &args.json {
                    report.write(path).map_err(super::images::usage)?;
                }
                bar.inc(seeds.len() as u64);
                bar.set_message(name.clone());
            }
        }
    }
    bar.finish_and_clear();
    if let (Some(judge), Some(data)) = (&args.judge, &args.data) {
        grade(args, pack, &names, &Panel::open(judge, data, &device)?, &mut report)?;
    }
    Ok(report)
}

/// Lets the judge grade samples of every network.
fn grade(
    args: &EvaluateArgs,
    pack: &Pack,
    names: &[String],
    panel: &Panel,
    report: &mut Report,
) -> Result<(), CommandError> {
    let (accuracy, frechet) = (100.0 * panel.accuracy, panel.training_frechet);
    let count = Panel::SAMPLES;
    say!(
        "the judge gets {accuracy:.1} % of real test images right; Fréchet distance of {count} training images {frechet:.3}"
    );
    let bar = super::progress_bar(names.len() * args.samples);
    for name in names {
        let manifest = pack.manifest();
        let guidance = args.guidance.unwrap_or(manifest.network(name)?.guidance);
        let request = Request::new(Condition::Null, 0).guided(guidance).taking(args.sampling());
        let mut network = super::network(pack, name, args.backend.device()?)?;
        bar.set_message(name.clone());
        let classes = manifest.prompts.len();
        let on_pictures = |count| bar.inc(count as u64);
        let quality = panel.grade(&mut network, manifest.schedule, &request, classes, args.samples, on_pictures)?;
        report.quality.insert(name.clone(), quality);
    }
    bar.finish_and_clear();
    Ok(())
}

/// What was calibrated against a network for each of the machines.
fn calibrated(
    entry: &NetworkEntry,
    name: &str,
    machines: &[Machine],
) -> Result<BTreeMap<Machine, Calibration>, CommandError> {
    let mut all = BTreeMap::new();
    for machine in machines.iter().copied() {
        let calibration = entry.calibration(machine).map_err(super::images::usage)?;
        if machine.is_local() && calibration.locality.is_none() {
            let message = format!("{name} has no k(t) for {}; run `morphogen calibrate` first", machine.name());
            return Err(CommandError::Usage(message));
        }
        all.insert(machine, calibration);
    }
    Ok(all)
}

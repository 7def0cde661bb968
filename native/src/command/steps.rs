//! `morphogen steps`: how like the pictures of few steps are to those of many, by number of steps, grid and solver, and
//! the fewest that are enough. `morphogen pack sampling` writes the choice into the pack.

use super::CommandError;
use super::backend::Backend;
use super::images::networks;
use super::number::{LONG, number};
use super::output::Output;
use super::subject::{Wish, subjects};
use crate::evaluate::steps::{REFERENCE, Table, measure, ways};
use clap::Args;
use morphogen::pack::Pack;
use morphogen::sampler::terms::MAX_WEIGHT;
use morphogen::sampler::{Request, Solver};
use morphogen::schedule::Grid;
use morphogen::schedule::MAX_STEPS;
use std::path::PathBuf;

/// Options of `morphogen steps`.
#[derive(Debug, Args)]
pub struct StepsArgs {
    /// Folder of the model pack
    #[arg(long)]
    pack: PathBuf,
    /// Networks to measure; all of the pack unless given
    #[arg(long, num_args = 1..)]
    network: Vec<String>,
    /// What to draw, in free words, each seed the next in turn; everything that the pack can draw, or its examples,
    /// unless given
    #[arg(long, num_args = 1..)]
    prompts: Vec<String>,
    /// Number of seeds
    #[arg(long, value_parser = number(1, LONG as u64), default_value_t = 100)]
    seeds: u64,
    /// Numbers of steps to try
    #[arg(long, value_parser = number(1, MAX_STEPS), num_args = 1.., default_values_t = [3, 4, 5, 6, 8, 10, 12, 16, 20])]
    steps: Vec<usize>,
    /// Grids to try; all unless given
    #[arg(long, num_args = 1.., value_parser = super::named::grid())]
    grid: Vec<Grid>,
    /// Solvers to try; the deterministic ones unless given
    #[arg(long, num_args = 1.., value_parser = super::named::solver())]
    solver: Vec<Solver>,
    /// The median r that is enough
    #[arg(long, value_parser = number(-1.0, 1.0), default_value_t = 0.995)]
    enough: f64,
    /// Classifier-free guidance; the network's own unless given
    #[arg(long, value_parser = number(-MAX_WEIGHT, MAX_WEIGHT))]
    guidance: Option<f64>,
    /// Where to write the figures, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "flex")]
    backend: Backend,
}

/// Pictures that go through a network side by side.
const BATCH: usize = 50;

/// Runs `morphogen steps`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn steps(args: &StepsArgs) -> Result<(), CommandError> {
    let json = Output::maybe(args.json.as_deref())?;
    let pack = Pack::open(&args.pack)?;
    let (manifest, device) = (pack.manifest(), args.backend.device()?);
    let names = networks(&pack, &args.network)?;
    let prompt = |prompt| subjects(&pack, &Wish::of(prompt, 0));
    let asked = match &args.prompts[..] {
        [] => prompt(None)?,
        prompts => prompts.iter().map(|words| prompt(Some(words))).collect::<Result<Vec<_>, _>>()?.concat(),
    };
    if asked.is_empty() || args.seeds == 0 {
        let message = "expected prompts and seeds; give --prompts, as this pack names none, and --seeds of at least 1";
        return Err(CommandError::Usage(message.into()));
    }
    let grids = if args.grid.is_empty() { &Grid::ALL[..] } else { &args.grid };
    let solvers = if args.solver.is_empty() { &[Solver::Ddim, Solver::DpmSolver][..] } else { &args.solver };
    let ways = ways(&args.steps, grids, solvers);
    let seeds: Vec<u64> = (0..args.seeds).collect();
    let all: usize = REFERENCE.steps + ways.iter().map(|way| way.steps).sum::<usize>();
    let bar = super::progress_bar(names.len() * seeds.chunks(BATCH).count() * all);
    let mut tables = Vec::new();
    for name in &names {
        bar.set_message(name.clone());
        let mut network = super::network(&pack, name, device.clone())?;
        let guidance = args.guidance.unwrap_or(manifest.network(name)?.guidance);
        let mut found: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
        for seeds in seeds.chunks(BATCH) {
            let request = |seed: &u64| {
                let subject = asked[*seed as usize % asked.len()].clone();
                Request { against: subject.against, ..Request::new(subject.condition, *seed).guided(guidance) }
            };
            let requests: Vec<Request> = seeds.iter().map(request).collect();
            let more = measure(&mut network, manifest.schedule, &requests, &ways, |steps| bar.inc(steps as u64))?;
            found.iter_mut().zip(more).for_each(|(found, more)| found.extend(more));
        }
        tables.push(Table::new(name, guidance, &ways, &found));
    }
    bar.finish_and_clear();
    tables.iter().for_each(|table| print(table, args.enough));
    json.map_or(Ok(()), |json| json.write_json(&tables, format_args!("{} tables", tables.len())))
}

fn print(table: &Table, enough: f64) {
    let Table { network, guidance, seeds, .. } = table;
    say!("\n{network}: median r with {REFERENCE} over {seeds} seeds (worst seed), guidance {guidance}\n");
    say!("{}", table.markdown());
    match table.fewest(enough) {
        Some(row) => say!("enough for a median of {enough}: {}", row.sampling),
        None => say!("none of these reaches a median of {enough}; try more --steps"),
    }
}

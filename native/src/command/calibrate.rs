//! `morphogen calibrate`: measures the locality schedule `k(t)` of networks and writes it into their pack.

use super::CommandError;
use super::images::{Sets, networks};
use super::number::{LONG, MANY, number};
use crate::evaluate::follow;
use burn::tensor::Device;
use clap::Args;
use morphogen::pack::Pack;
use morphogen::pack::manifest::Locality;
use morphogen::pack::writer::PackWriter;
use morphogen::sampler::{Request, Sampling};
use morphogen::schedule::MAX_STEPS;
use morphogen::theory::Machine;
use morphogen::theory::calibrate::{best_window, median_locality};
use std::path::PathBuf;

/// Options of `morphogen calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Folder of the model pack; k(t) is written into it
    #[arg(long)]
    pack: PathBuf,
    /// Folder with all training images, as for `train`; the pack's own few unless given
    #[arg(long)]
    data: Option<PathBuf>,
    /// Networks to calibrate; all of the pack unless given
    #[arg(long, num_args = 1..)]
    network: Vec<String>,
    /// Machines to calibrate: local, els, bbels; all three unless given
    #[arg(long, num_args = 1.., value_parser = local)]
    machine: Vec<Machine>,
    /// Seeds to take the median of; classes take turns
    #[arg(long, value_parser = number(1, LONG as u64), default_value_t = 10)]
    seeds: u64,
    /// First seed; evaluation starts from 0, so that calibration does not see its noise
    #[arg(long, default_value_t = 1_000_000)]
    first_seed: u64,
    /// Steps of the trajectories, whose times k(t) is given at: even ones, whatever the network states, since it is read at
    /// other times, too
    #[arg(long, value_parser = number(1, MAX_STEPS), default_value_t = Sampling::default().steps)]
    steps: usize,
    /// Most training images per class
    #[arg(long, value_parser = number(1, MANY))]
    images: Option<usize>,
}

/// The machines that have a window.
pub(crate) fn local_machines() -> Vec<Machine> {
    Machine::ALL.into_iter().filter(|machine| machine.is_local()).collect()
}

/// A machine that has a window, by name.
fn local(name: &str) -> Result<Machine, String> {
    let known = || {
        format!("expected one of {}", local_machines().into_iter().map(Machine::name).collect::<Vec<_>>().join(", "))
    };
    Machine::named(name).filter(|machine| machine.is_local()).ok_or_else(known)
}

/// Runs `morphogen calibrate`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn calibrate(args: &CalibrateArgs) -> Result<(), CommandError> {
    let pack = Pack::open(&args.pack)?;
    let names = networks(&pack, &args.network)?;
    let sets = Sets::open(&pack, args.data.as_deref(), args.images)?;
    let machines = if args.machine.is_empty() { local_machines() } else { args.machine.clone() };
    let bar = super::progress_bar(names.len() * args.seeds as usize * args.steps);
    let mut found = Vec::new();
    for name in &names {
        let mut network = super::network(&pack, name, Device::flex())?;
        let mut windows: Vec<Vec<(f64, usize)>> = vec![Vec::new(); machines.len()];
        for seed in args.first_seed..args.first_seed.saturating_add(args.seeds) {
            let (condition, training) = sets.of(seed);
            let request = Request { steps: args.steps, ..Request::new(condition.clone(), seed) };
            let mut visits = Vec::new();
            follow(&mut network, pack.manifest().schedule, &[request], |_, visit| visits.push(visit))?;
            for visit in &visits {
                for (windows, machine) in windows.iter_mut().zip(&machines) {
                    let fit = best_window(*machine, training, visit).map_err(super::images::usage)?;
                    windows.push((visit.time.t, fit.window));
                }
                bar.inc(1);
                bar.set_message(format!("{name}, seed {seed}"));
            }
        }
        for (windows, machine) in windows.into_iter().zip(&machines) {
            let points = median_locality(windows).map_err(super::images::usage)?;
            let list: Vec<String> = points.iter().map(|p| p.window.to_string()).collect();
            bar.println(format!("{name}, {}, k from t = {:.2} up: {}", machine.name(), points[0].t, list.join(" ")));
            if bar.is_hidden() {
                say!("{name}, {}, k from t = {:.2} up: {}", machine.name(), points[0].t, list.join(" "));
            }
            let points = points.into_iter().map(|p| Locality { t: p.t, k: p.window }).collect();
            found.push((name, *machine, points));
        }
    }
    bar.finish_and_clear();
    let mut writer = PackWriter::update(&args.pack)?;
    for (name, machine, points) in found {
        writer.locality(name, machine.name(), points)?;
    }
    writer.finish()?;
    say!("{}: k(t) of {}", args.pack.display(), names.join(", "));
    Ok(())
}

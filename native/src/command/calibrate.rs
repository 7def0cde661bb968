//! `morphogen calibrate`: measures the locality schedule `k(t)` of networks, and how much of a blend is patches, and writes
//! both into their pack.

use super::CommandError;
use super::images::{Sets, networks, usage};
use super::number::{LONG, MANY, number};
use crate::evaluate::follow;
use burn::tensor::Device;
use clap::Args;
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::pack::Pack;
use morphogen::pack::writer::PackWriter;
use morphogen::pack::{self, NetworkEntry};
use morphogen::sampler::{Request, Sampling};
use morphogen::schedule::MAX_STEPS;
use morphogen::theory::calibrate::{
    COVERED_FROM, Visit, best_window, blended_locality, joined_shares, median_locality, share,
};
use morphogen::theory::{
    Calibration, Edge, Locality, LocalityPoint, Machine, PatchPosterior, Share, Shares, TheoryError, Training, Wiener,
    machine_denoiser,
};
use std::path::PathBuf;
use std::sync::Arc;

/// Options of `morphogen calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Folder of the model pack; k(t) and the shares of a blend are written into it
    #[arg(long)]
    pack: PathBuf,
    /// Folder with all training images, as for `train`; the pack's own few unless given
    #[arg(long)]
    data: Option<PathBuf>,
    /// Networks to calibrate; all of the pack unless given
    #[arg(long, num_args = 1..)]
    network: Vec<String>,
    /// Machines to calibrate: local, els, bbels, composite, blend; all of them unless given. blend goes by the k(t) of bbels and composite
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
    /// Try windows whose edge falls off, too, and keep what fits best at each time. A blend without bbels beside it then has soft
    /// windows of its own, and the k(t) of bbels stays
    #[arg(long)]
    soft: bool,
    /// From this time down, in [0, 1], windows of a blend may answer for all they cover; never with 0
    #[arg(long, value_name = "T", value_parser = number(0.0, 1.0), default_value_t = COVERED_FROM)]
    covered_from: f64,
}

impl CalibrateArgs {
    /// How windows may end.
    fn edges(&self) -> &'static [Edge] {
        if self.soft { &Edge::ALL } else { &[Edge::Hard] }
    }
}

/// The machines that have a window.
fn local_machines() -> Vec<Machine> {
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
    let asked = if args.machine.is_empty() { local_machines() } else { args.machine.clone() };
    let machines: Vec<Machine> = asked.iter().copied().filter(|machine| machine.has_windows()).collect();
    let blend = asked.contains(&Machine::Blend);
    let passes = machines.len() + if blend { 2 } else { 0 };
    let bar = super::progress_bar(names.len() * passes * args.seeds as usize * args.steps);
    let note = |line: String| {
        bar.println(&line);
        if bar.is_hidden() {
            say!("{line}");
        }
    };
    let mut writer = PackWriter::update(&args.pack)?;
    for name in &names {
        let ways = ways(args, &pack, name, &sets)?;
        for machine in &machines {
            let points = windows(*machine, &ways, args.edges(), || bar.inc(1)).map_err(usage)?;
            let list: Vec<String> = points.iter().map(LocalityPoint::to_string).collect();
            note(format!("{name}, {}, k from t = {:.2} up: {}", machine.name(), points[0].t, list.join(" ")));
            let points = points.into_iter().map(pack::Locality::from).collect();
            writer.locality(name, machine.name(), points)?;
        }
        if blend {
            let entry = writer.manifest().network(name)?.clone();
            let tick = || bar.inc(1);
            let (locality, shares) = fitted_blend(args, &pack, (name, &entry), &sets, &ways, tick)?;
            let list = |share: fn(&Share) -> f64| {
                shares.iter().map(|one| format!("{:.2}", share(one))).collect::<Vec<_>>().join(" ")
            };
            let list_of_windows = locality.points().iter().map(LocalityPoint::to_string).collect::<Vec<_>>().join(" ");
            let first = locality.points()[0].t;
            note(format!("{name}, blend, k from t = {first:.2} up: {list_of_windows}"));
            note(format!("{name}, blend, share of patches from t = {:.2} up: {}", shares[0].t, list(|s| s.patches)));
            note(format!("{name}, blend, and of all windows among them: {}", list(|s| s.covered)));
            let points = locality.points().iter().copied().map(pack::Locality::from).collect();
            writer.locality(name, Machine::Blend.name(), points)?;
            writer.blend(name, shares)?;
        }
    }
    bar.finish_and_clear();
    writer.finish()?;
    say!("{}: calibrated against {}", args.pack.display(), names.join(", "));
    Ok(())
}

/// Where a network came by, with the training images of what it drew: one entry a seed.
type Ways<'a> = Vec<(&'a Arc<Training>, Vec<Visit>)>;

/// The network's own trajectories.
fn ways<'a>(args: &CalibrateArgs, pack: &Pack, name: &str, sets: &'a Sets) -> Result<Ways<'a>, CommandError> {
    let mut network = super::network(pack, name, Device::flex())?;
    walked(args, sets, |request, _, _| visits(&mut network, pack, request))
}

/// The trajectories of a blend with this calibration, and what the network says on them.
fn own_ways<'a>(
    args: &CalibrateArgs,
    pack: &Pack,
    name: &str,
    sets: &'a Sets,
    calibration: &Calibration,
) -> Result<Ways<'a>, CommandError> {
    let mut network = super::network(pack, name, Device::flex())?;
    walked(args, sets, |request, condition, training| {
        let mut blend = machine_denoiser(Machine::Blend, training, calibration.clone()).map_err(usage)?;
        let mut visits = visits(blend.as_mut(), pack, request)?;
        for visit in &mut visits {
            visit.denoised = network.denoise(&visit.x, visit.time, std::slice::from_ref(condition)).map_err(usage)?;
        }
        Ok(visits)
    })
}

/// A way for each seed, in even steps.
fn walked<'a>(
    args: &CalibrateArgs,
    sets: &'a Sets,
    mut walk: impl FnMut(Request, &Condition, &Arc<Training>) -> Result<Vec<Visit>, CommandError>,
) -> Result<Ways<'a>, CommandError> {
    let seeds = args.first_seed..args.first_seed.saturating_add(args.seeds);
    let way = |seed| {
        let (condition, training) = sets.of(seed);
        let request = Request { steps: args.steps, ..Request::new(condition.clone(), seed) };
        Ok((training, walk(request, condition, training)?))
    };
    seeds.map(way).collect()
}

/// Where a denoiser comes by.
fn visits(denoiser: &mut dyn Denoiser, pack: &Pack, request: Request) -> Result<Vec<Visit>, CommandError> {
    let mut visits = Vec::new();
    follow(denoiser, pack.manifest().schedule, &[request], |_, visit| visits.push(visit))?;
    Ok(visits)
}

/// `k(t)`, α(t) and γ(t) of a blend: fitted along the network's ways, and then along its own. A blend does not stay on the network's
/// way, so what counts is what the network would say on the blend's.
fn fitted_blend(
    args: &CalibrateArgs,
    pack: &Pack,
    (name, entry): (&str, &NetworkEntry),
    sets: &Sets,
    ways: &Ways<'_>,
    on_visit: impl Fn(),
) -> Result<(Locality, Vec<Share>), CommandError> {
    let sees = |machine: Machine| {
        entry.calibration(machine).map_err(usage)?.locality.ok_or_else(|| {
            let machine = machine.name();
            let goes = format!("a blend goes by the k(t) of {machine}, which {name} has none of");
            usage(format!("{goes}; add --machine {machine}"))
        })
    };
    let from = args.covered_from;
    let covered = (from > 0.0).then(|| sees(Machine::Composite)).transpose()?;
    let centre = if from >= 1.0 {
        None
    } else if args.soft && !args.machine.is_empty() && !args.machine.contains(&Machine::Bbels) {
        let points = windows(Machine::Bbels, ways, args.edges(), || ()).map_err(usage)?;
        Some(Locality::measured(points).map_err(usage)?)
    } else {
        Some(sees(Machine::Bbels)?)
    };
    let locality = match (centre, covered) {
        (Some(centre), Some(covered)) => blended_locality(&centre, &covered, from),
        (one, other) => one.or(other).ok_or(TheoryError::Locality),
    };
    let locality = locality.map_err(usage)?;
    let fitted = |ways: &Ways<'_>| shares(&locality, ways, from, &on_visit).map_err(usage);
    let first = Shares::measured(fitted(ways)?).map_err(usage)?;
    let calibration = Calibration { locality: Some(locality.clone()), shares: first };
    let shares = fitted(&own_ways(args, pack, name, sets, &calibration)?)?;
    Ok((locality, shares))
}

/// `k(t)` of a machine. `on_visit` hears of each visit that was dealt with.
fn windows(
    machine: Machine,
    ways: &Ways<'_>,
    edges: &[Edge],
    on_visit: impl Fn(),
) -> Result<Vec<LocalityPoint>, TheoryError> {
    let mut found = Vec::new();
    for (training, visits) in ways {
        for visit in visits {
            found.push((visit.time.t, best_window(machine, training, visit, edges)?.sight));
            on_visit();
        }
    }
    median_locality(found)
}

/// α(t) and γ(t) of a blend whose patches see by `locality`, and from `from` down may answer for all they cover. `on_visit` hears of each
/// visit that was dealt with.
fn shares(locality: &Locality, ways: &Ways<'_>, from: f64, on_visit: impl Fn()) -> Result<Vec<Share>, TheoryError> {
    let mut found = Vec::new();
    for (training, visits) in ways {
        let filter = Wiener::new(training);
        let patches = PatchPosterior::new(Machine::Blend, (*training).clone(), Some(locality.clone()))?;
        for visit in visits {
            let fit = share(&patches, &filter, visit, from)?;
            found.push(fit);
            on_visit();
        }
    }
    // Three decimals say more than the seeds do, and keep the manifest short.
    let mut shares = joined_shares(found)?;
    let round = |value: &mut f64| *value = (*value * 1e3).round() / 1e3;
    shares.iter_mut().for_each(|share| [&mut share.patches, &mut share.covered].into_iter().for_each(round));
    Ok(shares)
}

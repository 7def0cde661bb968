//! What an evaluation found: one record a seed, and their summary. A report is a JSON file that holds both, so a run can
//! be resumed from it, and reports of different shards merge into exactly the report of the whole.

use super::EvaluateError;
use morphogen::files;
use morphogen::metrics::{Agreement, Summary};
use morphogen::sampler::{Sampling, Solver};
use morphogen::schedule::Grid;
use morphogen::theory::{LocalityPoint, Machine, Share};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// What must be the same for two parts of an evaluation to belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Title and version of the pack.
    pub pack: String,
    /// Number of training images.
    pub images: usize,
    /// Steps of machines and network.
    pub steps: usize,
    /// Where they lie.
    #[serde(default)]
    pub grid: Grid,
    /// How each is taken.
    #[serde(default)]
    pub solver: Solver,
    /// Steps of the second, finer sample of the network.
    pub fine_steps: usize,
    /// For each network: SHA-256 of its weights.
    pub weights: BTreeMap<String, String>,
    /// For each network: the window of each local machine.
    pub window: BTreeMap<String, BTreeMap<Machine, Vec<LocalityPoint>>>,
    /// For each network: how much of a blend is patches, where it was fitted.
    #[serde(default)]
    pub blend: BTreeMap<String, Vec<Share>>,
}

/// What one seed of one network gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Name of the network.
    pub network: String,
    /// Seed of the noise.
    pub seed: u64,
    /// Class drawn, where there are classes.
    pub class: Option<usize>,
    /// How well each machine predicts the network, both at [`Settings::steps`].
    pub machines: BTreeMap<Machine, Agreement>,
    /// The same with the network at [`Settings::fine_steps`].
    pub fine: BTreeMap<Machine, Agreement>,
    /// How new the sample of the network (`network`) and of each machine is.
    pub samples: BTreeMap<String, Sample>,
}

/// How new a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Whether it is a copy of a training image.
    pub copy: bool,
    /// Its distance to the nearest training image, over that image's own nearest-neighbour distance.
    pub novelty: Option<f64>,
}

impl Record {
    /// A record with nothing in it yet.
    pub fn new(network: &str, seed: u64, class: Option<usize>) -> Record {
        let (machines, fine, samples) = Default::default();
        Record { network: network.into(), seed, class, machines, fine, samples }
    }

    /// The record with nine decimals: so many survive JSON bit by bit, so reports read back are equal to those written.
    fn rounded(mut self) -> Record {
        for score in self.machines.values_mut().chain(self.fine.values_mut()) {
            *score = Agreement { r: round(score.r), r2: round(score.r2), explained: round(score.explained) };
        }
        for sample in self.samples.values_mut() {
            sample.novelty = sample.novelty.map(round);
        }
        self
    }
}

/// Nine decimals.
fn round(v: f64) -> f64 {
    (v * 1e9).round() / 1e9
}

/// Median and spread of each way to compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Pearson's r.
    pub r: Summary,
    /// r².
    pub r2: Summary,
    /// R².
    #[serde(rename = "R2")]
    pub explained: Summary,
    /// Number of seeds on which no other machine has a higher r.
    #[serde(default)]
    pub nearest: usize,
}

/// How new samples of one kind are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Novelty {
    /// Share of copies.
    pub copies: f64,
    /// Distance to the nearest training image, in units of that image's own nearest-neighbour distance.
    pub ratio: Option<Summary>,
}

/// The network at a finer step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fine {
    /// Steps of the network; those of the machines stay.
    pub steps: usize,
    /// Scores by machine.
    pub machines: BTreeMap<Machine, Score>,
}

/// What is known of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkReport {
    /// Number of seeds.
    pub seeds: usize,
    /// Steps of machines and network.
    pub steps: usize,
    /// The window `k(t)` of each local machine.
    pub window: BTreeMap<Machine, Vec<LocalityPoint>>,
    /// Scores by machine.
    pub machines: BTreeMap<Machine, Score>,
    /// The same with the network at finer steps.
    pub fine: Fine,
    /// Novelty of the samples of the network (`network`) and of each machine.
    pub novelty: BTreeMap<String, Novelty>,
}

/// How good a network's samples are, by a judge trained on real images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Share of samples that the judge assigns to their prompt.
    pub adherence: f64,
    /// The same for each prompt.
    pub by_prompt: Vec<f64>,
    /// Fréchet distance of the samples to the test images.
    pub frechet: f64,
    /// Number of samples.
    pub samples: usize,
    /// Steps of each.
    pub steps: usize,
    /// Where they lie.
    #[serde(default)]
    pub grid: Grid,
    /// How each is taken.
    #[serde(default)]
    pub solver: Solver,
    /// Guidance of each.
    pub guidance: f64,
}

/// Networks by name.
pub type Networks = BTreeMap<String, NetworkReport>;

/// An evaluation, whole or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// How it was made.
    pub settings: Settings,
    /// Summary by network; always made anew from the records.
    #[serde(default)]
    pub networks: Networks,
    /// What a judge said of each network's samples, where one was asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quality: BTreeMap<String, Quality>,
    /// One a network and seed, in that order.
    pub records: Vec<Record>,
}

impl Report {
    /// A report without records.
    pub fn new(mut settings: Settings) -> Report {
        for point in settings.window.values_mut().flat_map(|w| w.values_mut()).flatten() {
            point.t = round(point.t);
        }
        for share in settings.blend.values_mut().flatten() {
            let Share { t, patches, covered } = *share;
            *share = Share { t: round(t), patches: round(patches), covered: round(covered) };
        }
        Report { settings, networks: BTreeMap::new(), quality: BTreeMap::new(), records: Vec::new() }
    }

    /// Whether this network and seed are done.
    pub fn has(&self, network: &str, seed: u64) -> bool {
        self.records.iter().any(|r| r.seed == seed && r.network == network)
    }

    /// Adds records; of those already there the first stays. The summary follows.
    pub fn add(&mut self, records: impl IntoIterator<Item = Record>) {
        for record in records {
            if !self.has(&record.network, record.seed) {
                self.records.push(record.rounded());
            }
        }
        self.records.sort_by(|a, b| (&a.network, a.seed).cmp(&(&b.network, b.seed)));
        self.networks = self
            .records
            .chunk_by(|a, b| a.network == b.network)
            .map(|records| (records[0].network.clone(), self.summary(records)))
            .collect();
    }

    /// Joins another part.
    ///
    /// # Errors
    /// [`EvaluateError::Settings`] where it was made differently.
    pub fn merge(&mut self, other: Report) -> Result<(), EvaluateError> {
        if self.settings != other.settings {
            let words = |s: &Settings| serde_json::to_string(s).unwrap_or_default();
            let (expected, found) = (words(&self.settings), words(&other.settings));
            return Err(EvaluateError::Settings { expected, found });
        }
        self.add(other.records);
        for (name, quality) in other.quality {
            self.quality.entry(name).or_insert(quality);
        }
        Ok(())
    }

    /// Reads a report.
    ///
    /// # Errors
    /// [`EvaluateError::File`] where it is missing or not a report.
    pub fn read(path: &Path) -> Result<Report, EvaluateError> {
        let fail = |message: String| EvaluateError::File { path: path.into(), message };
        let bytes = files::read(path).map_err(|e| fail(e.to_string()))?;
        let mut report: Report = serde_json::from_slice(&bytes).map_err(|e| fail(e.to_string()))?;
        report.add([]);
        Ok(report)
    }

    /// Writes the report, in full or not at all.
    ///
    /// # Errors
    /// [`EvaluateError::File`] where the file system refuses.
    pub fn write(&self, path: &Path) -> Result<(), EvaluateError> {
        let fail = |message: String| EvaluateError::File { path: path.into(), message };
        let mut json = serde_json::to_vec_pretty(self).map_err(|e| fail(e.to_string()))?;
        json.push(b'\n');
        files::write(path, &json).map_err(|e| fail(e.to_string()))
    }

    /// The summary as a table for people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        for (name, network) in &self.networks {
            let Settings { grid, solver, .. } = self.settings;
            let (fine, sampling) = (network.fine.steps, Sampling { steps: network.steps, grid, solver });
            let _ = writeln!(out, "\n{name}, {} seeds, {sampling} (network at {fine} in brackets)", network.seeds);
            let _ = writeln!(out, "{:<12} {:>14} {:>14} {:>14} {:>8}", "machine", "median r", "r2", "R2", "copies");
            let share = |kind: &str| network.novelty.get(kind).map_or(0.0, |n| 100.0 * n.copies);
            for (machine, score) in &network.machines {
                let of = |pick: fn(&Score) -> Summary| {
                    let fine = network.fine.machines.get(machine).map_or(f64::NAN, |s| pick(s).median);
                    format!("{:.3} ({fine:.3})", pick(score).median)
                };
                let (r, r2, explained) = (of(|s| s.r), of(|s| s.r2), of(|s| s.explained));
                let name = machine.name();
                let _ = writeln!(out, "{name:<12} {r:>14} {r2:>14} {explained:>14} {:>7.0}%", share(name));
            }
            let _ = writeln!(out, "{:<12} {:>53.0}%", "network", share("network"));
            let _ = writeln!(
                out,
                "{:<12} {:>14} {:>14} {:>14} {:>8}",
                "of r", "95 % of median", "mean", "worst tenth", "nearest"
            );
            for (machine, Score { r, nearest, .. }) in &network.machines {
                let (name, range) = (machine.name(), format!("{:.3}–{:.3}", r.low, r.high));
                let _ = writeln!(out, "{name:<12} {range:>14} {:>14.3} {:>14.3} {nearest:>8}", r.mean, r.p10);
            }
        }
        for (name, quality) in &self.quality {
            let Quality { adherence, frechet, samples, steps, grid, solver, guidance, .. } = quality;
            let (share, sampling) = (100.0 * adherence, Sampling { steps: *steps, grid: *grid, solver: *solver });
            let _ = writeln!(
                out,
                "\n{name}, {samples} samples, {sampling}, guidance {guidance}: the judge assigns {share:.1} % to their \
                 prompt; Fréchet distance {frechet:.3}"
            );
        }
        out
    }

    fn summary(&self, records: &[Record]) -> NetworkReport {
        let settings = &self.settings;
        let scores = |pick: fn(&Record) -> &BTreeMap<Machine, Agreement>| {
            Machine::ALL
                .into_iter()
                .filter_map(|machine| {
                    let all = || records.iter().filter_map(move |r| pick(r).get(&machine));
                    let r = Summary::of(all().map(|a| a.r))?;
                    let r2 = Summary::of(all().map(|a| a.r2))?;
                    let explained = Summary::of(all().map(|a| a.explained))?;
                    let most = |r: &Record| pick(r).values().map(|a| a.r).fold(f64::NEG_INFINITY, f64::max);
                    let nearest = |r: &&Record| pick(r).get(&machine).is_some_and(|a| a.r >= most(r));
                    let nearest = records.iter().filter(nearest).count();
                    Some((machine, Score { r, r2, explained, nearest }))
                })
                .collect()
        };
        let kinds: std::collections::BTreeSet<&String> = records.iter().flat_map(|r| r.samples.keys()).collect();
        let novelty = kinds.into_iter().map(|kind| {
            let all: Vec<&Sample> = records.iter().filter_map(|r| r.samples.get(kind)).collect();
            let copies = all.iter().filter(|s| s.copy).count() as f64 / all.len().max(1) as f64;
            let ratio = Summary::of(all.iter().filter_map(|s| s.novelty));
            (kind.clone(), Novelty { copies, ratio })
        });
        NetworkReport {
            seeds: records.len(),
            steps: settings.steps,
            window: settings.window.get(&records[0].network).cloned().unwrap_or_default(),
            machines: scores(|r| &r.machines),
            fine: Fine { steps: settings.fine_steps, machines: scores(|r| &r.fine) },
            novelty: novelty.collect(),
        }
    }
}

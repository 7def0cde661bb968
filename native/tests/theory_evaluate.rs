//! Evaluation against a network whose theory is known: a machine in disguise.

#[path = "../../tests/theory_reference/mod.rs"]
mod theory_reference;

use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::sampler::{self, Request, Sampling, Solver};
use morphogen::schedule::{Grid, Schedule};
use morphogen::theory::calibrate::{COVERED_FROM, joined_shares, share};
use morphogen::theory::{
    Calibration, Locality, LocalityPoint, Machine, PatchPosterior, Share, Shares, Training, Wiener, machine_denoiser,
};
use morphogen_native::evaluate::{Contest, Record, Report, Settings, follow, scatter};
use std::collections::BTreeMap;
use std::sync::Arc;
use theory_reference::Random;

const SHAPE: ImageShape = ImageShape { channels: 1, height: 10, width: 10 };

fn training() -> Arc<Training> {
    Arc::new(Training::new(&Random(40).pictures(30, SHAPE), SHAPE).unwrap())
}

fn locality() -> Locality {
    Locality::measured(vec![LocalityPoint::hard(0.2, 3), LocalityPoint::hard(1.0, 9)]).unwrap()
}

fn contest() -> Contest {
    let machines = Machine::ALL.into_iter().filter(|m| *m != Machine::Equivariant);
    let machines = machines.map(|m| (m, m.is_local().then(locality).into())).collect();
    Contest {
        schedule: Schedule::Cosine,
        sampling: Sampling { steps: 5, ..Sampling::default() },
        fine_steps: 8,
        machines,
    }
}

fn settings() -> Settings {
    let (weights, window) = Default::default();
    // Times as manifests have them, which do not survive JSON bit by bit.
    let points = (1..200).map(|n| Share { t: f64::from(n) / 200.7, patches: f64::from(n).sqrt() / 15.0, covered: 0.0 });
    let blend = BTreeMap::from([("hidden".into(), points.collect())]);
    let Sampling { grid, solver, .. } = Sampling::default();
    Settings { pack: "a pack 1.0".into(), images: 30, steps: 5, grid, solver, fine_steps: 8, weights, window, blend }
}

fn records(seeds: &[u64]) -> Vec<Record> {
    let training = training();
    let mut network = PatchPosterior::new(Machine::Bbels, training.clone(), Some(locality())).unwrap();
    contest().run("hidden", &mut network, &training, &Condition::Class(3), seeds).unwrap()
}

#[test]
fn a_machine_in_disguise_is_seen_through() {
    let mut report = Report::new(settings());
    report.add(records(&[0, 1, 2, 3, 4, 5]));
    let found = &report.networks["hidden"];
    assert_eq!((found.seeds, found.steps, found.fine.steps), (6, 5, 8));
    let own = found.machines[&Machine::Bbels];
    assert!(own.r.p10 > 0.9999 && own.r2.median > 0.9999 && own.explained.p10 > 0.999, "{own:?}");
    for other in [Machine::Ideal, Machine::Local, Machine::Wiener] {
        assert!(found.machines[&other].r.median < own.r.median - 1e-3, "{other:?}");
    }
    assert!(found.fine.machines[&Machine::Bbels].r.median < own.r.median, "other steps, other picture");
    // The machine that can only copy does nothing else.
    assert_eq!(found.novelty["ideal"].copies, 1.0);
    assert_eq!(found.novelty["network"], found.novelty["bbels"]);
    assert!(found.novelty["network"].copies < 0.5);
    assert!(report.table().contains("hidden, 6 seeds"));
    assert_eq!(own.nearest, 6, "none is nearer than what the network is");
    assert!(own.r.low <= own.r.median && own.r.median <= own.r.high);
}

#[test]
fn a_blend_in_disguise_is_measured_and_foretold() {
    // Pictures of half the contrast: guesses beyond black and white would be cut off, and no longer a blend.
    let pictures: Vec<f32> = Random(40).pictures(30, SHAPE).iter().map(|value| value / 2.0).collect();
    let training = Arc::new(Training::new(&pictures, SHAPE).unwrap());
    let points = [(0.2, 0.5), (0.6, 0.3), (0.601, 0.0)];
    let points = points.map(|(t, covered)| Share { t, patches: 0.8 - 0.5 * t, covered }).to_vec();
    let shares = Shares::measured(points).unwrap();
    let truth = Calibration { locality: Some(locality()), shares: shares.clone() };
    let mut network = machine_denoiser(Machine::Blend, &training, truth.clone()).unwrap();

    // Its share is found again along its own way, at every time.
    let patches = PatchPosterior::new(Machine::Blend, training.clone(), Some(locality())).unwrap();
    let filter = Wiener::new(&training);
    let requests = [3, 4].map(|seed| Request { steps: 5, ..Request::new(Condition::Null, seed) });
    let mut found = Vec::new();
    follow(network.as_mut(), Schedule::Cosine, &requests, |_, visit| {
        found.push(share(&patches, &filter, &visit, COVERED_FROM).unwrap());
    })
    .unwrap();
    for Share { t, patches, covered } in joined_shares(found).unwrap() {
        let expected = (shares.at(Schedule::Cosine.at(t)), shares.covered(Schedule::Cosine.at(t)));
        assert!((patches - expected.0).abs() < 1e-3, "t = {t}: {patches} instead of {expected:?}");
        assert!((covered - expected.1).abs() < 1e-2, "t = {t}: {covered} instead of {expected:?}");
    }
    assert!(joined_shares([]).is_err());

    // With it the blend foretells the network, with halves it does not, and neither half does alone.
    let machines = [(Machine::Blend, truth), (Machine::Bbels, Some(locality()).into()), (Machine::Wiener, None.into())];
    let run = |machines, network: &mut dyn Denoiser| {
        let contest = Contest { machines, ..contest() };
        let records = contest.run("blend", network, &training, &Condition::Null, &[0, 1]).unwrap();
        records.into_iter().map(|record| record.machines).collect::<Vec<_>>()
    };
    for scores in run(BTreeMap::from(machines), network.as_mut()) {
        assert!(scores[&Machine::Blend].r > 0.9999, "{scores:?}");
        assert!(scores[&Machine::Bbels].r < 0.999 && scores[&Machine::Wiener].r < 0.999, "{scores:?}");
    }
    let halves = BTreeMap::from([(Machine::Blend, Some(locality()).into())]);
    assert!(run(halves, network.as_mut()).iter().all(|scores| scores[&Machine::Blend].r < 0.9999));
}

#[test]
fn machines_take_the_steps_of_the_network() {
    let training = training();
    let mut network = PatchPosterior::new(Machine::Bbels, training.clone(), Some(locality())).unwrap();
    let mut novelty = Vec::new();
    for (grid, solver) in [(Grid::Uniform, Solver::Ddim), (Grid::Early, Solver::DpmSolver)] {
        let machines = BTreeMap::from([(Machine::Bbels, Some(locality()).into())]);
        let contest = Contest { sampling: Sampling { steps: 4, grid, solver }, machines, ..contest() };
        let records = contest.run("hidden", &mut network, &training, &Condition::Null, &[0, 1, 2]).unwrap();
        assert!(records.iter().all(|record| record.machines[&Machine::Bbels].r > 0.9999), "{records:?}");
        assert!(records.iter().any(|record| record.fine[&Machine::Bbels].r < 0.9999), "8 steps are not 4");
        novelty.push(records[0].samples["network"].novelty);
    }
    assert_ne!(novelty[0], novelty[1], "other steps, other picture");
}

#[test]
fn shards_merge_into_the_whole_and_runs_resume() {
    let folder = tempfile::tempdir().unwrap();
    let all = records(&[0, 1, 2, 3, 4]);
    let mut whole = Report::new(settings());
    whole.add(all.clone());
    let (mut odd, mut even) = (Report::new(settings()), Report::new(settings()));
    odd.add(all.iter().filter(|r| r.seed % 2 == 1).cloned());
    even.add(all.iter().filter(|r| r.seed % 2 == 0).cloned());
    let path = folder.path().join("odd.json");
    odd.write(&path).unwrap();
    even.merge(Report::read(&path).unwrap()).unwrap();
    assert_eq!(even, whole);
    assert!(whole.has("hidden", 4) && !whole.has("hidden", 5) && !whole.has("other", 4));
    // What is there already stays as it is.
    let before = whole.clone();
    whole.add(all.into_iter().map(|r| Record { class: None, ..r }));
    assert_eq!(whole, before);
    let other = Report::new(Settings { steps: 6, ..settings() });
    assert!(whole.merge(other).unwrap_err().to_string().contains("do not belong together"));
    std::fs::write(&path, "{}").unwrap();
    assert!(Report::read(&path).is_err());
}

#[test]
fn the_json_has_the_promised_fields() {
    let mut report = Report::new(settings());
    report.add(records(&[7, 8]));
    let json = serde_json::to_value(&report).unwrap();
    let network = &json["networks"]["hidden"];
    for key in ["r", "r2", "R2"] {
        for quantile in ["median", "p10", "p90"] {
            assert!(network["machines"]["bbels"][key][quantile].is_f64(), "{key} {quantile}");
        }
    }
    assert_eq!(network["steps"], 5);
    assert!(network["window"].is_object() && network["novelty"]["network"]["copies"].is_f64());
}

#[test]
fn the_plot_has_a_mark_for_every_seed() {
    let mut report = Report::new(settings());
    report.add(records(&[0, 1, 2]));
    report.add(records(&[0, 1]).into_iter().map(|r| Record { network: "a <b> & c".into(), ..r }));
    let svg = scatter(&report, Machine::Ideal, Machine::Bbels);
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert_eq!(svg.matches("<title>seed ").count(), 5);
    assert!(svg.contains("a &lt;b> &amp; c") && !svg.contains("NaN"));
}

#[test]
fn following_many_seeds_is_sampling_each() {
    let training = training();
    let mut denoiser = machine_denoiser(Machine::Els, &training, Some(locality()).into()).unwrap();
    let requests: Vec<Request> =
        [9, 4].map(|seed| Request { steps: 4, ..Request::new(Condition::Null, seed) }).to_vec();
    let mut visits = [0, 0];
    let together = follow(denoiser.as_mut(), Schedule::Cosine, &requests, |n, visit| {
        assert_eq!((visit.x.len(), visit.denoised.len()), (SHAPE.len(), SHAPE.len()));
        visits[n] += 1;
    });
    assert_eq!(visits, [4, 4]);
    let single: Vec<f32> = requests
        .iter()
        .flat_map(|r| sampler::sample(denoiser.as_mut() as &mut dyn Denoiser, r, Schedule::Cosine, |_| true).unwrap())
        .collect();
    assert_eq!(together.unwrap(), single);
}

//! Network and machines from the same noise, seed by seed.

use super::{EvaluateError, Record, Sample};
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::metrics::{Agreement, Neighbour};
use morphogen::sampler::{Request, SampleError, Sampling, Trajectory};
use morphogen::schedule::Schedule;
use morphogen::theory::calibrate::Visit;
use morphogen::theory::{Calibration, Machine, Training, machine_denoiser};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What to compare.
#[derive(Debug, Clone)]
pub struct Contest {
    /// The noise schedule of the network.
    pub schedule: Schedule,
    /// How machines and network draw.
    pub sampling: Sampling,
    /// Steps of a second, finer sample of the network; grid and solver stay.
    pub fine_steps: usize,
    /// The machines, with what was calibrated for them.
    pub machines: BTreeMap<Machine, Calibration>,
}

impl Contest {
    /// Compares `network` with every machine over `training`, all drawing `condition` from the noise of each seed.
    /// Gives one record a seed, under the name `name`.
    ///
    /// # Errors
    /// [`EvaluateError`] where a machine cannot be made or a denoiser fails.
    pub fn run(
        &self,
        name: &str,
        network: &mut dyn Denoiser,
        training: &Arc<Training>,
        condition: &Condition,
        seeds: &[u64],
    ) -> Result<Vec<Record>, EvaluateError> {
        let size = training.shape().len();
        let requests = |steps: usize| -> Vec<Request> {
            let sampling = Sampling { steps, ..self.sampling };
            seeds.iter().map(|seed| Request::new(condition.clone(), *seed).taking(sampling)).collect()
        };
        let sample = |denoiser: &mut dyn Denoiser, steps| follow(denoiser, self.schedule, &requests(steps), |_, _| ());
        let truth = sample(network, self.sampling.steps)?;
        let fine = sample(network, self.fine_steps)?;
        let images = training.images();
        let new = |picture: &[f32]| {
            let neighbour = Neighbour::of(picture, &images);
            Sample { copy: neighbour.is_some_and(|n| n.is_copy()), novelty: neighbour.and_then(|n| n.novelty()) }
        };
        let class = if let Condition::Class(class) = condition { Some(*class) } else { None };
        let mut records: Vec<Record> = seeds.iter().map(|seed| Record::new(name, *seed, class)).collect();
        let pictures = |record: usize| record * size..(record + 1) * size;
        for (i, record) in records.iter_mut().enumerate() {
            record.samples.insert("network".into(), new(&truth[pictures(i)]));
        }
        for (machine, calibration) in &self.machines {
            let mut denoiser = machine_denoiser(*machine, training, calibration.clone())?;
            let drawn = sample(denoiser.as_mut(), self.sampling.steps)?;
            for (i, record) in records.iter_mut().enumerate() {
                let picture = &drawn[pictures(i)];
                record.machines.insert(*machine, Agreement::of(picture, &truth[pictures(i)]));
                record.fine.insert(*machine, Agreement::of(picture, &fine[pictures(i)]));
                record.samples.insert(machine.name().into(), new(picture));
            }
        }
        Ok(records)
    }
}

/// Samples one picture per request, all in step, so that the denoiser sees them as one batch. Requests must agree in
/// steps, grid and solver, and ask for one picture each. `on_step` hears of every visit of every picture, by its number.
///
/// # Errors
/// [`SampleError`] where a request is out of range or the denoiser fails.
pub fn follow(
    denoiser: &mut dyn Denoiser,
    schedule: Schedule,
    requests: &[Request],
    mut on_step: impl FnMut(usize, Visit),
) -> Result<Vec<f32>, SampleError> {
    let shape = denoiser.shape();
    let mut ways: Vec<Trajectory> =
        requests.iter().map(|r| Trajectory::new(r, shape, schedule)).collect::<Result<_, _>>()?;
    while let Some(time) = ways.first().and_then(|way| way.query()).map(|query| query.time) {
        let x: Vec<f32> = ways.iter().filter_map(|way| way.query()).flat_map(|query| query.x.to_vec()).collect();
        let conditions: Vec<Condition> =
            ways.iter().filter_map(|way| way.query()).flat_map(|query| query.conditions.to_vec()).collect();
        let answer = denoiser.denoise(&x, time, &conditions)?;
        let mut left = &answer[..];
        for (n, way) in ways.iter_mut().enumerate() {
            let x = way.pictures().to_vec();
            // A guided one asks twice.
            let (mine, others) = left.split_at(way.query().map_or(0, |query| query.x.len()).min(left.len()));
            left = others;
            way.advance(mine)?;
            on_step(n, Visit { time, x, denoised: way.denoised().to_vec() });
        }
    }
    Ok(ways.iter().flat_map(|way| way.pictures().to_vec()).collect())
}

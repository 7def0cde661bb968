//! Refines a locality schedule `k(t)` by what comes out of it. Calibration compares machine and network one step at a
//! time, along the network's way; the machine's own way drifts, and windows that fit each step best need not end at the
//! best picture. So [`refine`] widens and narrows the windows of a few steps at a time, for as long as the final pictures
//! agree better over all [`Race`]s.

use super::EvaluateError;
use crate::denoiser::{Condition, Denoiser};
use crate::metrics::Agreement;
use crate::sampler::{Request, SampleError, Trajectory};
use crate::schedule::Schedule;
use crate::theory::calibrate::largest_window;
use crate::theory::{Locality, LocalityPoint, Machine, PatchPosterior, Training};
use std::sync::Arc;

/// Steps whose windows move together. Single steps hardly matter by themselves.
const BLOCK: usize = 4;
/// Pearson correlations count as Fisher's z, `atanh r`, no more than that of this one.
const ALIKE: f64 = 0.9999;

/// One seed: the network's picture, which the machine has to meet from the same noise.
#[derive(Debug)]
pub struct Race {
    training: Arc<Training>,
    truth: Vec<f32>,
    /// The machine's way before each step, from `t = 1` on; the last one has arrived.
    way: Vec<Trajectory>,
}

impl Race {
    /// `request` asks for one picture without guidance; `truth` `[C, H, W]` is the network's answer to it, `training` what
    /// the machine knows. All races of a [`refine`] take the same steps.
    ///
    /// # Errors
    /// [`EvaluateError::Sample`] where the request is out of range.
    pub fn new(
        request: &Request,
        schedule: Schedule,
        training: &Arc<Training>,
        truth: Vec<f32>,
    ) -> Result<Race, EvaluateError> {
        let start = Trajectory::new(request, training.shape(), schedule)?;
        Ok(Race { training: training.clone(), truth, way: vec![start] })
    }

    /// The machine's way with these windows, as far as this race's own way until step `from`; and Fisher's z at its end.
    fn run(&self, machine: Machine, k: &[LocalityPoint], from: usize) -> Result<(f64, Vec<Trajectory>), EvaluateError> {
        let locality = Locality::measured(k.to_vec())?;
        let mut posterior = PatchPosterior::new(machine, self.training.clone(), Some(locality))?;
        let mut way = self.way[..=from.min(self.way.len() - 1)].to_vec();
        let mut now = way[way.len() - 1].clone();
        while let Some(query) = now.query() {
            let answer = posterior.denoise(query.x, query.time, &[Condition::Null]);
            let answer = answer.map_err(SampleError::from)?;
            now.advance(&answer).map_err(SampleError::from)?;
            way.push(now.clone());
        }
        Ok((libm::atanh(Agreement::of(now.pictures(), &self.truth).r.clamp(-ALIKE, ALIKE)), way))
    }
}

/// A schedule and how well it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Refined {
    /// The windows at every step's time, times rising.
    pub points: Vec<LocalityPoint>,
    /// Mean over the races of Fisher's z, `atanh r`, between final pictures.
    pub z: f64,
}

/// Goes once from `t = 1` to 0, four steps at a time, and moves their windows by two pixels, wider or narrower, while the
/// mean of Fisher's z over `races` rises. Starts from `points`, which hold a window for every step's time, times rising.
/// `on_trial` hears of every schedule tried, the first included.
///
/// # Errors
/// [`EvaluateError::Theory`] for a machine without a window or points that are no schedule, [`EvaluateError::Sample`]
/// where training images do not fit.
pub fn refine(
    machine: Machine,
    mut races: Vec<Race>,
    points: Vec<LocalityPoint>,
    mut on_trial: impl FnMut(&Refined),
) -> Result<Refined, EvaluateError> {
    let mut trial = |races: &[Race], points: Vec<LocalityPoint>, from: usize| {
        let (mut z, mut ways) = (0.0, Vec::new());
        for race in races {
            let (one, way) = race.run(machine, &points, from)?;
            z += one / races.len() as f64;
            ways.push(way);
        }
        let refined = Refined { points, z };
        on_trial(&refined);
        Ok::<_, EvaluateError>((refined, ways))
    };
    let shapes = races.iter().map(|race| largest_window(machine, race.training.shape()));
    let largest = shapes.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or(3);
    let steps = points.len();
    let (mut best, ways) = trial(&races, points, 0)?;
    take(&mut races, ways);
    for from in (0..steps).step_by(BLOCK) {
        // Times rise, steps go down.
        let block = steps - (from + BLOCK).min(steps)..steps - from;
        for wider in [true, false] {
            loop {
                let mut points = best.points.clone();
                for point in &mut points[block.clone()] {
                    let moved = if wider { point.window + 2 } else { point.window.saturating_sub(2) };
                    point.window = moved.clamp(3, largest.max(point.window));
                }
                if points == best.points {
                    break;
                }
                let (refined, ways) = trial(&races, points, from)?;
                if refined.z <= best.z {
                    break;
                }
                best = refined;
                take(&mut races, ways);
            }
        }
    }
    Ok(best)
}

fn take(races: &mut [Race], ways: Vec<Vec<Trajectory>>) {
    for (race, way) in races.iter_mut().zip(ways) {
        race.way = way;
    }
}

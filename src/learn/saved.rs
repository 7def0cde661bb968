//! A run as bytes, whole: whoever reads it goes on as if it had never stopped. A line that says what it is, the length of
//! its facts, the facts as JSON (settings, step, what the pictures are), then weights, their average and moments as
//! little-endian f32, and the pictures. It is read as untrusted input: nothing is made room for before the facts have
//! passed the checks of a new run.

use super::adam::Adam;
use super::plan::Plan;
use super::{LearnError, Learning, Pictures, Rate, Settings};
use crate::denoiser::ImageShape;
use crate::json::{self, reads};
use crate::schedule::Schedule;
use serde::Serialize;

/// How the bytes begin.
const MARK: &[u8; 16] = b"morphogen-run 1\n";
/// Most bytes of the facts: a name and a number for each of many pictures.
const FACTS: usize = 1 << 22;

/// What stands beside the numbers.
#[derive(Serialize)]
struct Facts {
    network: Plan,
    schedule: Schedule,
    seed: u64,
    steps: usize,
    batch: usize,
    noises: usize,
    learning_rate: f64,
    rate: Rate,
    warmup: usize,
    average: f64,
    clip: f64,
    drop_condition: f64,
    step: usize,
    channels: usize,
    height: usize,
    width: usize,
    classes: Vec<usize>,
    names: Vec<String>,
}

reads!(Facts {
    network,
    schedule,
    seed,
    steps,
    batch,
    noises,
    learning_rate,
    rate,
    warmup,
    average,
    clip,
    drop_condition,
    step,
    channels,
    height,
    width,
    classes,
    names,
});

impl Learning {
    /// The whole run.
    ///
    /// # Errors
    /// [`LearnError::Saved`] where it cannot be written.
    pub fn save(&self) -> Result<Vec<u8>, LearnError> {
        let (state, settings) = (self.state(), self.settings().clone());
        let Pictures { shape: ImageShape { channels, height, width }, classes, names, data } = self.pictures();
        let facts = Facts {
            network: Plan::of(&settings.network),
            schedule: settings.schedule,
            seed: settings.seed,
            steps: settings.steps,
            batch: settings.batch,
            noises: settings.noises,
            learning_rate: settings.learning_rate,
            rate: settings.rate,
            warmup: settings.warmup,
            average: settings.average,
            clip: settings.clip,
            drop_condition: settings.drop_condition,
            step: state.step,
            channels: *channels,
            height: *height,
            width: *width,
            classes: classes.clone(),
            names: names.clone(),
        };
        let facts = serde_json::to_vec(&facts).map_err(saved)?;
        let length = u32::try_from(facts.len()).map_err(saved)?.to_le_bytes();
        let mut bytes = [&MARK[..], &length, &facts].concat();
        for numbers in [&state.weights, &state.average, &state.moments[0], &state.moments[1]] {
            bytes.extend(numbers.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes.extend_from_slice(data);
        Ok(bytes)
    }

    /// Goes on with a run that was saved. It may be made longer or shorter: `steps` is where it ends then.
    ///
    /// # Errors
    /// [`LearnError::Saved`] where the bytes are not a run; as [`Learning::new`] where it asks for too much.
    pub fn resume(bytes: &[u8], steps: Option<usize>) -> Result<Learning, LearnError> {
        let none = || saved("expected the bytes of a run, found others");
        let (length, rest) =
            bytes.strip_prefix(MARK).and_then(|rest| rest.split_first_chunk::<4>()).ok_or_else(none)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (facts, rest) = rest.split_at_checked(length.min(FACTS)).ok_or_else(|| saved("it breaks off"))?;
        let facts: Facts = json::parse(facts).map_err(saved)?;
        let shape = ImageShape { channels: facts.channels, height: facts.height, width: facts.width };
        let settings = Settings {
            network: facts.network.config(shape.channels, facts.names.len()),
            schedule: facts.schedule,
            seed: facts.seed,
            steps: steps.unwrap_or(facts.steps),
            batch: facts.batch,
            noises: facts.noises,
            learning_rate: facts.learning_rate,
            rate: facts.rate,
            warmup: facts.warmup,
            average: facts.average,
            clip: facts.clip,
            drop_condition: facts.drop_condition,
        };
        let values = shape.len().saturating_mul(facts.classes.len());
        let (numbers, data) = rest.split_at_checked(rest.len().saturating_sub(values)).unwrap_or((rest, &[]));
        let pictures = Pictures { shape, data: data.to_vec(), classes: facts.classes, names: facts.names };
        let mut learning = Learning::with_state(settings, pictures, Adam::new(Vec::new()))?;
        let (expected, found) = (16 * learning.count(), numbers.len());
        if found != expected {
            return Err(saved(format!("expected {expected} bytes of numbers for this network, found {found}")));
        }
        let value = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let numbers: Vec<f32> = numbers.chunks_exact(4).map(value).collect();
        if !numbers.iter().all(|value| value.is_finite()) {
            return Err(saved("it holds values that are not finite"));
        }
        let mut four = numbers.chunks_exact(numbers.len() / 4).map(<[f32]>::to_vec);
        let mut next = || four.next().unwrap_or_default();
        let (weights, average) = (next(), next());
        learning.stand_at(Adam { weights, average, moments: [next(), next()], step: facts.step });
        Ok(learning)
    }
}

fn saved(error: impl ToString) -> LearnError {
    LearnError::Saved(error.to_string())
}

//! Everything that fixes a run besides its pictures.

use super::{LearnError, Pictures, footprint};
use crate::json::names;
use crate::network::{Layers, NetworkConfig};
use crate::schedule::Schedule;
use serde::Serialize;

/// The highest learning rate that is taken; from there on no network has ever learned.
pub const MAX_RATE: f64 = 1.0;
/// The most steps of a run.
pub const MAX_STEPS: usize = 10_000_000;
/// Bytes that learning may take.
pub const MEMORY: u64 = if cfg!(target_arch = "wasm32") { 512 << 20 } else { 8 << 30 };

/// How the learning rate goes on behind the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rate {
    /// Half a cosine down to a hundredth.
    #[default]
    Cosine,
    /// As it is.
    Constant,
}

names!(Rate { "cosine" => Cosine, "constant" => Constant });

impl Rate {
    /// The share of the peak at a step, warm-up included.
    pub fn share(self, step: usize, steps: usize, warmup: usize) -> f64 {
        let rise = ((step + 1) as f64 / warmup.max(1) as f64).min(1.0);
        rise * match self {
            Rate::Cosine => cosine(step, steps),
            Rate::Constant => 1.0,
        }
    }
}

/// Half a cosine from 1 down to a hundredth.
pub fn cosine(step: usize, steps: usize) -> f64 {
    let fall = 0.5 * (1.0 + libm::cos(core::f64::consts::PI * step as f64 / steps.max(1) as f64));
    0.01 + 0.99 * fall
}

/// Everything that fixes a run, besides its pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// The network.
    pub network: NetworkConfig,
    /// The noise schedule.
    pub schedule: Schedule,
    /// Fixes the initial weights and every draw.
    pub seed: u64,
    /// Steps of the whole run.
    pub steps: usize,
    /// Different pictures of a step, at most as many as there are.
    pub batch: usize,
    /// Noises in which a step shows each of them.
    pub noises: usize,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// How it goes on from there.
    pub rate: Rate,
    /// Steps of linear warm-up.
    pub warmup: usize,
    /// Decay of the running average.
    pub average: f64,
    /// Norm to which the gradient is clipped.
    pub clip: f64,
    /// Share of pictures whose condition is dropped.
    pub drop_condition: f64,
}

impl Settings {
    /// What a small network learns well with, from so many pictures: steps of 32 noisy pictures, Adam at 0.003 after 20
    /// steps of warm-up.
    pub fn new(network: NetworkConfig, pictures: usize, steps: usize, seed: u64) -> Settings {
        let batch = pictures.clamp(1, 32);
        Settings {
            network,
            schedule: Schedule::Cosine,
            seed,
            steps,
            batch,
            noises: 32usize.div_ceil(batch),
            learning_rate: 3e-3,
            rate: Rate::Cosine,
            warmup: 20,
            average: 0.995,
            clip: 1.0,
            drop_condition: 0.1,
        }
    }

    /// Noisy pictures of a step.
    pub fn shown(&self) -> usize {
        self.batch * self.noises
    }

    /// Checks that the settings suit each other and the pictures, for so many networks side by side, and writes the layers
    /// out.
    ///
    /// # Errors
    /// [`LearnError`] with the first thing that does not.
    pub fn check(&self, pictures: &Pictures, networks: usize) -> Result<Layers, LearnError> {
        pictures.check()?;
        let count = pictures.count();
        if !(1..=count).contains(&self.batch) {
            return Err(LearnError::Batch { batch: self.batch, pictures: count });
        }
        if !(self.learning_rate > 0.0 && self.learning_rate <= MAX_RATE) {
            return Err(LearnError::LearningRate { rate: self.learning_rate, most: MAX_RATE });
        }
        let setting = |fine: bool, message: String| if fine { Ok(()) } else { Err(LearnError::Setting(message)) };
        setting(
            (1..=256).contains(&self.noises) && self.shown() <= 4096,
            format!("expected each picture in 1 to 256 noises and at most 4096 in all, found {}", self.noises),
        )?;
        let steps = self.steps;
        setting((1..=MAX_STEPS).contains(&steps), format!("expected 1 to {MAX_STEPS} steps, found {steps}"))?;
        setting(
            (0.0..1.0).contains(&self.average) && (0.0..=1.0).contains(&self.drop_condition) && self.clip > 0.0,
            "expected an average's decay below 1, a share of dropped conditions up to 1 and a clip above 0".into(),
        )?;
        let layers = Layers::for_pictures(&self.network, pictures.shape)?;
        let (needed, mib) = (footprint(&self.network, &layers, pictures.shape, networks), 1 << 20);
        if needed > MEMORY {
            return Err(LearnError::Memory { needed: needed.div_ceil(mib), most: MEMORY / mib });
        }
        Ok(layers)
    }
}

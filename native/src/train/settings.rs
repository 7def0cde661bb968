//! Everything that fixes a training run besides the data; kept in its checkpoint, so that only an equal run resumes it.

use super::TrainError;
use super::data::Dataset;
use morphogen::learn::Rate;
use morphogen::network::NetworkConfig;
use morphogen::schedule::Schedule;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything that fixes a run, besides the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The network.
    pub network: NetworkConfig,
    /// The noise schedule.
    pub schedule: Schedule,
    /// Fixes the initial weights and every draw.
    pub seed: u64,
    /// Passes over the data.
    pub epochs: usize,
    /// Pictures per step.
    pub batch: usize,
    /// Peak learning rate of Adam.
    pub learning_rate: f64,
    /// Steps of linear warm-up.
    pub warmup: usize,
    /// Decay of the running average.
    pub ema: f64,
    /// Norm to which each tensor's gradient is clipped.
    pub clip: f32,
    /// Share of pictures whose condition is dropped.
    pub drop_condition: f64,
    /// Share of pictures that are turned in hue, of those that have hues (`train::captions`).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hue: f64,
    /// Leans the times towards noise: each is `u^(1/(1 + skew))` of an even `u`, of density `(1 + skew)·t^skew`. A prompt is
    /// needed most where the picture is seen least, so a network with much to learn by heart learns it sooner.
    #[serde(default)]
    pub time_skew: f64,
    /// Folder of a run whose result this one begins with (`network::weights::grown`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<PathBuf>,
    /// Number format of the convolutions.
    pub bf16: bool,
}

impl Settings {
    /// Checks that the settings suit each other and the data.
    ///
    /// # Errors
    /// [`TrainError::Settings`] with the first that does not.
    pub fn check(&self, data: &Dataset) -> Result<(), TrainError> {
        let fail = |message: &str| Err(TrainError::Settings(message.into()));
        if self.batch == 0 || self.batch > data.len() {
            return fail("expected a batch of at least 1 and at most the number of images");
        }
        if self.epochs == 0 || !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return fail("expected at least one epoch and a positive learning rate");
        }
        if !(0.0..1.0).contains(&self.ema) || !(0.0..=1.0).contains(&self.drop_condition) || self.clip <= 0.0 {
            return fail("expected ema in 0..1, drop-condition in 0..=1 and a positive clip");
        }
        if !(0.0..=1.0).contains(&self.hue) {
            return fail("expected hue in 0..=1");
        }
        if self.hue > 0.0 && !data.has_hues() {
            return fail("expected hue to be 0, since none of these pictures may be turned in hue");
        }
        if !(self.time_skew >= 0.0 && self.time_skew.is_finite()) {
            return fail("expected a time-skew of 0 or more");
        }
        Ok(())
    }

    /// The learning rate at a step: linear warm-up, then half a cosine down to a hundredth.
    pub fn learning_rate(&self, step: usize, steps: usize) -> f64 {
        self.learning_rate * Rate::Cosine.share(step, steps, self.warmup)
    }
}

/// Whether a setting is off; then it is not written, so that runs from before it was there can be resumed.
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

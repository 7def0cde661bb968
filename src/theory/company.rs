//! Several machines in one: each over the training images of its own condition, and one over all of them for every other, which
//! stands in for the guess without words. So a sum of terms (`sampler::terms`) mixes machines as it mixes a network's guesses,
//! which one machine alone cannot: it answers every condition alike.

use super::training::Training;
use super::{Calibration, Machine, TheoryError, machine_denoiser};
use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::schedule::Time;
use std::sync::Arc;

/// Machines by what they draw.
pub struct Company {
    shape: ImageShape,
    members: Vec<(Condition, Box<dyn Denoiser>)>,
    others: Box<dyn Denoiser>,
}

impl Company {
    /// One machine for each condition over its `images` `[N, C, H, W]`, in `[−1, 1]`, and one over all of them. Of a condition that
    /// is there twice, the first counts.
    ///
    /// # Errors
    /// [`TheoryError`] where a machine cannot be made.
    pub fn new(
        machine: Machine,
        calibration: &Calibration,
        shape: ImageShape,
        images: Vec<(Condition, Vec<f32>)>,
    ) -> Result<Self, TheoryError> {
        let make = |images: &[f32]| -> Result<Box<dyn Denoiser>, TheoryError> {
            machine_denoiser(machine, &Arc::new(Training::new(images, shape)?), calibration.clone())
        };
        let mut all = Vec::new();
        let mut members: Vec<(Condition, Box<dyn Denoiser>)> = Vec::new();
        for (condition, images) in images {
            if members.iter().all(|(known, _)| *known != condition) {
                members.push((condition, make(&images)?));
                all.extend(images);
            }
        }
        Ok(Company { shape, others: make(&all)?, members })
    }
}

impl Denoiser for Company {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.shape, conditions)?;
        let mut means = Vec::with_capacity(x.len());
        for (x, condition) in x.chunks(self.shape.len()).zip(conditions) {
            let member = self.members.iter_mut().find(|(own, _)| own == condition).map(|(_, machine)| machine);
            means.extend(member.unwrap_or(&mut self.others).denoise(x, time, &[Condition::Null])?);
        }
        Ok(means)
    }
}

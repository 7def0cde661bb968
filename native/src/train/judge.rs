//! Trains the judge: cross-entropy on real images as they are, with their class, or all words that name them, as the
//! answer. Fixed by the seed.

use super::TrainError;
use super::data::{Dataset, pixel};
use crate::network::judge::{self, Judge};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use morphogen::learn::batch::shuffled;
use morphogen::learn::settings::cosine;
use morphogen::network::{NetworkError, Weights};

/// Channels of the judge's convolutions; the last is the number of features.
const WIDTHS: [usize; 4] = [32, 64, 128, 128];
const LEARNING_RATE: f64 = 2e-3;

/// Trains for `epochs` passes; `on_step` hears step, steps and loss.
///
/// # Errors
/// [`TrainError`], also where the loss is no longer a number.
pub fn train(
    data: &Dataset,
    epochs: usize,
    batch: usize,
    seed: u64,
    device: &Device,
    mut on_step: impl FnMut(usize, usize, f32),
) -> Result<Weights, TrainError> {
    let per_epoch = data.len() / batch.max(1);
    if batch == 0 || per_epoch == 0 || epochs == 0 {
        return Err(TrainError::Settings("expected at least one epoch and a batch no larger than the data".into()));
    }
    let classes = data.answers();
    let tensors = judge::tensors(data.shape.channels, WIDTHS, classes);
    let autodiff = device.clone().autodiff();
    let mut judge = Judge::new(&judge::initial(&tensors, seed), &autodiff)?;
    let mut adam = AdamConfig::new().with_epsilon(1e-8).init();
    let steps = per_epoch * epochs;
    let mut order = Vec::new();
    for step in 0..steps {
        if step % per_epoch == 0 {
            order = shuffled(data.len(), seed, (step / per_epoch) as u64);
        }
        let start = step % per_epoch * batch;
        let (pictures, targets) = collect(data, &order[start..start + batch]);
        let size = [batch, data.shape.channels, data.shape.height, data.shape.width];
        let pictures = Tensor::<4>::from_data(TensorData::new(pictures, size), &autodiff);
        let targets = Tensor::<2>::from_data(TensorData::new(targets, [batch, classes]), &autodiff);
        let logits = judge.logits(judge.features(pictures));
        let loss = (log_softmax(logits, 1) * targets).sum() / -(batch as f64);
        let gradients = GradientsParams::from_grads(loss.backward(), &judge);
        judge = adam.step(LEARNING_RATE * cosine(step, steps), judge, gradients);
        let loss = loss.inner().try_into_scalar::<f32>().map_err(|error| NetworkError::Device(error.to_string()))?;
        if !loss.is_finite() {
            return Err(TrainError::Diverged { loss, step });
        }
        on_step(step + 1, steps, loss);
    }
    Ok(judge.weights(&tensors)?)
}

/// Share of images that the judge gives a right answer for: their class, or a word that names them.
///
/// # Errors
/// [`NetworkError`] where the device fails.
pub fn accuracy(judge: &Judge, data: &Dataset) -> Result<f64, NetworkError> {
    let pictures: Vec<f32> = data.images.iter().map(|&byte| pixel(byte)).collect();
    let verdict = judge.judge(&pictures, data.shape)?;
    let right = (0..data.len()).filter(|&n| data.answer(n).contains(&verdict.classes[n])).count();
    Ok(right as f64 / data.len().max(1) as f64)
}

/// Pictures `[B, C, H, W]` and targets `[B, classes]`, shared evenly between right answers.
fn collect(data: &Dataset, chosen: &[usize]) -> (Vec<f32>, Vec<f32>) {
    let pictures = chosen.iter().flat_map(|&n| data.image(n)).collect();
    let mut targets = vec![0.0; chosen.len() * data.answers()];
    for (target, &n) in targets.chunks_mut(data.answers()).zip(chosen) {
        let right = data.answer(n);
        right.iter().for_each(|&class| target[class] = 1.0 / right.len() as f32);
    }
    (pictures, targets)
}

//! The training loop: noisy pictures in, velocity (or noise, or the clean picture) out, mean squared error, weighed so
//! that clean pictures are judged by the velocity that they stand for ([`Prediction::loss_weight`]). Times are
//! stratified over the batch, the condition is dropped now and then for guidance, gradients are clipped, the learning
//! rate warms up and falls along a cosine, and a running average of the weights is kept. Runs on any burn device.

use super::checkpoint::{Checkpoint, Progress, run_result};
use super::data::Dataset;
use super::settings::Settings;
use super::{TrainError, ema, picture};
use crate::network::BurnDenoiser;
use crate::network::module::{Arithmetic, Network};
use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use morphogen::denoiser::{Condition, ImageShape};
use morphogen::files;
use morphogen::learn::batch::{self, generator, shuffled, uniform};
use morphogen::network::config::Prediction;
use morphogen::network::{Layers, NetworkError, Weights, embedding, weights};
use morphogen::pack::Budget;
use morphogen::sampler::{Request, sample};
use rayon::prelude::*;
use std::path::Path;
use std::time::Instant;

/// What a caller hears of a run.
#[derive(Debug, Clone, Copy)]
pub struct StepReport {
    /// Steps taken.
    pub step: usize,
    /// Steps of the whole run.
    pub steps: usize,
    /// Loss of this step.
    pub loss: f32,
}

/// A run under way.
pub struct Trainer<'a> {
    settings: Settings,
    data: &'a Dataset,
    run: &'a Path,
    device: Device,
    layers: Layers,
    network: Network,
    average: Network,
    optimizer: ModuleOptimizer,
    progress: Progress,
    order: (usize, Vec<usize>),
}

impl<'a> Trainer<'a> {
    /// Starts a run in the folder `run`, or resumes the one that is there. Only the number of epochs and the skew of the
    /// times may differ from before: from there on the learning rate follows the new length.
    ///
    /// # Errors
    /// [`TrainError`]: settings or data do not fit, or the folder holds a run with other settings.
    pub fn new(settings: Settings, data: &'a Dataset, run: &'a Path, device: Device) -> Result<Self, TrainError> {
        settings.check(data)?;
        let config = &settings.network;
        let layers = Layers::for_pictures(config, data.shape).map_err(NetworkError::from)?;
        // What no pack may hold would take more memory than there is.
        let fits = Budget::NATIVE.network("the network", config, &layers, data.shape);
        fits.map_err(|error| TrainError::Settings(error.to_string()))?;
        let adam = AdamConfig::new().with_beta_2(0.99).with_epsilon(1e-8);
        let adam = adam.with_grad_clipping(Some(GradientClippingConfig::Norm(settings.clip)));
        let json = serde_json::to_value(&settings).map_err(|error| TrainError::Settings(error.to_string()))?;
        let (checkpoint, optimizer) = Checkpoint::load(run, adam.init())?;
        let (mut progress, weights, average) = match checkpoint {
            Some(checkpoint) => {
                may_resume(&checkpoint, run, &json, data.shape)?;
                (checkpoint.progress, checkpoint.weights, checkpoint.average)
            }
            None => {
                let weights = match &settings.start {
                    None => weights::initial(config, settings.seed).map_err(NetworkError::from)?,
                    Some(folder) => weights::grown(config, settings.seed, &run_result(folder)?.2)?,
                };
                (Progress::default(), weights.clone(), weights)
            }
        };
        progress.image = Some(data.shape);
        let network = Network::new(config, &layers, &weights, &device.clone().autodiff())?;
        let average = Network::new(config, &layers, &average, &device)?;
        let order = (usize::MAX, Vec::new());
        std::fs::create_dir_all(run).map_err(TrainError::file(run))?;
        Ok(Trainer { settings, data, run, device, layers, network, average, optimizer, progress, order })
    }

    /// Steps per pass over the data.
    pub fn steps_per_epoch(&self) -> usize {
        self.data.len() / self.settings.batch
    }

    /// Steps of the whole run.
    pub fn steps(&self) -> usize {
        self.steps_per_epoch() * self.settings.epochs
    }

    /// Where the run stands.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Runs to the end, or up to step `until`; writes a checkpoint, the loss curve and a sample sheet every `every` steps and at the end.
    /// `on_step` hears of every step.
    ///
    /// # Errors
    /// [`TrainError`], also where the loss is no longer a number.
    pub fn run(
        &mut self,
        every: usize,
        until: Option<usize>,
        mut on_step: impl FnMut(StepReport),
    ) -> Result<Weights, TrainError> {
        let steps = self.steps();
        let end = until.unwrap_or(steps).min(steps);
        let mut clock = Instant::now();
        while self.progress.step < end {
            let loss = self.step()?;
            let step = self.progress.step;
            if !loss.is_finite() {
                return Err(TrainError::Diverged { loss, step });
            }
            on_step(StepReport { step, steps, loss });
            if step.is_multiple_of(every.max(1)) || step == end {
                self.progress.seconds += clock.elapsed().as_secs_f64();
                clock = Instant::now();
                self.save()?;
            }
        }
        Ok(self.average.weights(&self.settings.network, &self.layers)?)
    }

    /// One optimiser step; returns its loss.
    fn step(&mut self) -> Result<f32, TrainError> {
        let (step, steps) = (self.progress.step, self.steps());
        let batch = self.batch(step)?;
        let device = self.device.clone().autodiff();
        let tensor = |data: Vec<f32>, width: usize| {
            let rows = data.len() / width;
            Tensor::<2>::from_data(TensorData::new(data, [rows, width]), &device)
        };
        let shape = self.data.shape;
        let pixels = |data| {
            let count = self.settings.batch;
            tensor(data, shape.len()).reshape([count, shape.channels, shape.height, shape.width])
        };
        let config = &self.settings.network;
        let condition_width = batch.conditions.len() / self.settings.batch;
        let precision = if self.settings.bf16 { Arithmetic::Bf16 } else { Arithmetic::F32 };
        let predicted = self.network.forward(
            &self.layers,
            pixels(batch.noisy),
            tensor(batch.times, config.embedding),
            tensor(batch.conditions, condition_width),
            precision,
        );
        let errors = (predicted - pixels(batch.targets)).square();
        let loss = match batch.weights {
            None => errors.mean(),
            Some(weights) => (errors * tensor(weights, 1).reshape([-1, 1, 1, 1])).mean(),
        };
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        let rate = self.settings.learning_rate(step, steps);
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        self.average = ema::update(self.average.clone(), &self.network, self.settings.ema, step);
        let loss = loss.inner().try_into_scalar::<f32>().map_err(|error| NetworkError::Device(error.to_string()))?;
        self.progress.step += 1;
        self.progress.losses.push(loss);
        Ok(loss)
    }

    /// The pictures, noise, times and conditions of a step; fixed by the seed and the step.
    fn batch(&mut self, step: usize) -> Result<Batch, TrainError> {
        let epoch = step / self.steps_per_epoch();
        if self.order.0 != epoch {
            self.order = (epoch, shuffled(self.data.len(), self.settings.seed, epoch as u64));
        }
        let settings = &self.settings;
        let start = step % self.steps_per_epoch() * settings.batch;
        let chosen = &self.order.1[start..start + settings.batch];
        let hues = self.hues(step, chosen);
        let mut draw = batch::draws(settings.seed, step);
        let offset = uniform(&mut draw);
        let length = self.data.shape.len();
        let mut made = Batch {
            noisy: vec![0.0; length * settings.batch],
            targets: vec![0.0; length * settings.batch],
            weights: None,
            times: Vec::new(),
            conditions: Vec::new(),
        };
        let mut times = Vec::with_capacity(settings.batch);
        for (n, &image) in chosen.iter().enumerate() {
            let time = batch::time(settings.schedule, n, settings.batch, offset, settings.time_skew);
            let dropped = uniform(&mut draw) < settings.drop_condition;
            let condition = match &self.data.captions {
                _ if dropped => Condition::Null,
                Some(captions) => captions.draw_in(image, hues[n], || uniform(&mut draw)),
                None => Condition::Class(self.data.labels[image]),
            };
            let row = embedding::condition_row(settings.network.condition, &condition).map_err(NetworkError::from)?;
            made.times.extend(embedding::time_row(settings.network.embedding, time.t));
            made.conditions.extend(row);
            times.push(time);
        }
        let prediction = settings.network.prediction;
        if prediction == Prediction::Clean {
            made.weights = Some(times.iter().map(|&time| prediction.loss_weight(time) as f32).collect());
        }
        let outputs = made.noisy.par_chunks_mut(length).zip(made.targets.par_chunks_mut(length));
        outputs.enumerate().for_each(|(n, (noisy, target))| {
            let (clean, place) = (self.data.image_in(chosen[n], hues[n]), (step * settings.batch + n) as u64);
            batch::mix(&clean, times[n], prediction, (settings.seed, place), noisy, target);
        });
        Ok(made)
    }

    /// Which of its hues each picture of a step is shown in, most in none; fixed by the seed and the step. The draws are
    /// of a generator of their own, so that a run without hues is what it was before there were any.
    fn hues(&self, step: usize, chosen: &[usize]) -> Vec<Option<usize>> {
        let Some(captions) = self.data.captions.as_ref().filter(|_| self.settings.hue > 0.0) else {
            return vec![None; chosen.len()];
        };
        let mut draw = generator(self.settings.seed.wrapping_add(2), step as u64);
        let pick = |&image: &usize| {
            let (whether, which) = (uniform(&mut draw), uniform(&mut draw));
            let count = captions.hues(image);
            (whether < self.settings.hue && count > 0).then_some((which * count as f64) as usize)
        };
        chosen.iter().map(pick).collect()
    }

    /// What the sample sheet shows: ten of each of the first classes, or the labels of 100 images from all over the data.
    fn previews(&self) -> Vec<Request> {
        match &self.data.captions {
            None => {
                let row = |class| Request { count: 10, ..Request::new(Condition::Class(class), 100) };
                (0..self.data.classes.min(10)).map(row).collect()
            }
            Some(captions) => {
                let one = |n| Request::new(captions.label(n * self.data.len() / 100), 100).guided(2.0);
                (0..100).map(one).collect()
            }
        }
    }

    /// Checkpoint, loss curve, and a sheet of samples of the running average.
    fn save(&self) -> Result<(), TrainError> {
        let config = &self.settings.network;
        let average = self.average.weights(config, &self.layers)?;
        let settings = serde_json::to_value(&self.settings).map_err(|error| TrainError::Settings(error.to_string()))?;
        let weights = self.network.weights(config, &self.layers)?;
        let checkpoint = Checkpoint { progress: self.progress.clone(), settings, weights, average: average.clone() };
        checkpoint.save(self.run, &self.optimizer)?;
        self.look("loss.png", &picture::loss_curve(&self.progress.losses)?)?;
        let mut denoiser = BurnDenoiser::on(config, &average, self.data.shape, self.device.clone())?;
        let mut pictures = Vec::new();
        for request in self.previews() {
            pictures.extend(sample(&mut denoiser, &request, self.settings.schedule, |_| true)?);
        }
        self.look("samples.png", &picture::png(picture::sheet(&pictures, self.data.shape, 10, 2)?)?)
    }

    /// Writes a picture beside the checkpoint.
    fn look(&self, name: &str, bytes: &[u8]) -> Result<(), TrainError> {
        let path = self.run.join(name);
        files::write(&path, bytes).map_err(TrainError::file(&path))
    }
}

/// Refuses to go on with a run that has had other pictures or settings.
fn may_resume(
    checkpoint: &Checkpoint,
    run: &Path,
    settings: &serde_json::Value,
    shape: ImageShape,
) -> Result<(), TrainError> {
    if let Some(image) = checkpoint.progress.image.filter(|&image| image != shape) {
        let message = format!("holds a run on pictures of {image}, but the data has {shape}");
        return Err(TrainError::data(run, format!("{message}; give the data that it has had, or name another folder")));
    }
    if !same_run(&checkpoint.settings, settings) {
        let message = "holds a run with other settings; resume with the same, or name another folder";
        return Err(TrainError::data(run, message));
    }
    Ok(())
}

/// Whether two settings differ in the number of epochs and the skew of the times at most.
fn same_run(before: &serde_json::Value, now: &serde_json::Value) -> bool {
    let (mut before, mut now) = (before.clone(), now.clone());
    for settings in [&mut before, &mut now] {
        settings["epochs"] = serde_json::Value::Null;
        settings["time_skew"] = serde_json::Value::Null;
    }
    before == now
}

/// One step's inputs, row by row.
struct Batch {
    /// `[B, C, H, W]`
    noisy: Vec<f32>,
    /// `[B, C, H, W]`
    targets: Vec<f32>,
    /// `[B]`, what each picture's squared error counts; `None` where all count 1.
    weights: Option<Vec<f32>>,
    /// `[B, E]`
    times: Vec<f32>,
    /// `[B, n+1]`
    conditions: Vec<f32>,
}

//! A run that learns on the GPU: [`GpuLearning`] takes the steps of a [`Learning`] there, forward, back and Adam, without reading
//! anything back between them but, at the end of a call, what each step reported. The processor draws what a step shows, as in
//! a run of its own, so both go the same way but for rounding.
//!
//! ```text
//! Layers ──lesson──▶ stages ──plan──▶ where everything lies ──room──▶ buffers, bound pipelines
//!                                      (with embedding, loss, Adam)         │
//!                                                                        steps
//! ```
//!
//! The weights live on the GPU; [`GpuLearning::sync`] brings them home, to be saved or drawn with. Whoever loses the GPU has
//! [`GpuLearning::learning`] as it was then, and goes on on the processor.

mod plan;
mod room;

use super::context::{Buffer, Gpu, Submission};
use super::error::GpuError;
use super::pace::{IN_FLIGHT, Pace};
use crate::learn::adam::Adam;
use crate::learn::{Gradient, LearnError, Learning, StepReport};
use crate::network::Layers;
use crate::ops::lesson::Place;
use plan::{At, Plan};
use room::{Rates, Room, STATE};
use std::collections::VecDeque;
use wgpu::BufferUsages;

/// Most steps of one call: as many reports are kept.
pub const MOST_STEPS: usize = 256;

/// How far the gradients of GPU and processor may lie apart, as a share of their length, before the GPU is not believed.
const TOLERANCE: f64 = 1e-3;

/// How long a gradient took, in whatever a clock counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken {
    /// On the GPU, batch and answer carried there and back.
    pub gpu: f64,
    /// On the processor, by as many threads as work on it.
    pub processor: f64,
}

/// A run whose weights are on the GPU.
pub struct GpuLearning {
    gpu: Gpu,
    /// As it was when it was last brought home.
    learning: Learning,
    room: Room,
    /// Steps taken on the GPU.
    step: usize,
    /// Steps of a stretch.
    pace: Pace,
}

impl GpuLearning {
    /// Takes a run to the GPU.
    ///
    /// # Errors
    /// [`GpuError`]: the GPU refuses, or there is no room for a network of this kind or size; the run is then lost with it,
    /// so keep what it was made from.
    pub async fn new(gpu: &Gpu, learning: Learning) -> Result<Self, GpuError> {
        let (settings, shape) = (learning.settings(), learning.pictures().shape);
        let layers = Layers::for_pictures(&settings.network, shape)?;
        let plan = Plan::new(&settings.network, &layers, shape, gpu.tuning())?;
        let pictures = settings.shown();
        let most = gpu.device.limits().max_storage_buffer_binding_size;
        plan.check(pictures, most)?;
        let room = gpu.guard("making room for learning", || Room::new(gpu, plan, pictures)).await??;
        let learned =
            GpuLearning { gpu: gpu.clone(), step: learning.state().step, learning, room, pace: Pace::new(1.0) };
        learned.room.upload(&learned.gpu, learned.learning.state());
        Ok(learned)
    }

    /// The run as it was when it was last brought home.
    pub fn learning(&self) -> &Learning {
        &self.learning
    }

    /// The same, for whoever goes on without the GPU.
    pub fn into_learning(self) -> Learning {
        self.learning
    }

    /// The GPU that it runs on.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Steps taken.
    pub fn taken(&self) -> usize {
        self.step
    }

    /// Dispatches of a step.
    pub fn dispatches(&self) -> usize {
        self.room.dispatches()
    }

    /// Bytes that it holds on the GPU.
    pub fn bytes(&self) -> u64 {
        self.room.bytes()
    }

    /// Takes steps, up to [`MOST_STEPS`] and to the end of the run.
    ///
    /// # Errors
    /// [`GpuError::Learn`] with [`LearnError::Diverged`] where a loss is no longer a number: the run then stands where it
    /// was last brought home. Otherwise the GPU failed.
    pub async fn steps(&mut self, count: usize) -> Result<Vec<StepReport>, GpuError> {
        self.gpu.check()?;
        let count = count.min(MOST_STEPS).min(self.learning.settings().steps.saturating_sub(self.step));
        if count == 0 {
            return Ok(Vec::new());
        }
        let staging = self.staging(2 * count);
        let mut flights: VecDeque<Submission> = VecDeque::new();
        for slot in 0..count {
            if flights.len() > IN_FLIGHT
                && let Some(oldest) = flights.pop_front()
            {
                self.gpu.finish(oldest).await?;
            }
            let batch = self.learning.batch(self.step + slot);
            self.room.write(&self.gpu, batch)?;
            self.room.write_rates(&self.gpu, &self.rates(self.step + slot, slot));
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            self.room.record(&mut encoder, self.room.dispatches());
            if slot + 1 == count {
                self.room.copy(&mut encoder, At::Reports, 2 * count, &staging, 0);
            }
            flights.push_back(self.gpu.submit(encoder.finish()));
        }
        let Some(last) = flights.pop_back() else { return Ok(Vec::new()) };
        let reports = self.gpu.read(&staging, 2 * count, last).await?;
        let told = (self.step + 1..).zip(reports.chunks_exact(2));
        let told: Vec<StepReport> =
            told.map(|(step, told)| StepReport { step, loss: told[0], norm: f64::from(told[1]) }).collect();
        let sound = |report: &&StepReport| !(report.loss.is_finite() && report.norm.is_finite());
        if let Some(&StepReport { step, .. }) = told.iter().find(sound) {
            self.step = self.learning.state().step;
            self.room.upload(&self.gpu, self.learning.state());
            return Err(LearnError::Diverged { step }.into());
        }
        self.step += count;
        Ok(told)
    }

    /// Takes as many steps as fit into a tenth of a second, by how long the last ones took; at least one.
    ///
    /// # Errors
    /// As [`Self::steps`].
    pub async fn stretch(&mut self) -> Result<Vec<StepReport>, GpuError> {
        self.pace.resume();
        let told = self.steps(self.pace.budget().max(1.0) as usize).await?;
        self.pace.ended(told.len() as f64);
        Ok(told)
    }

    /// Brings weights, average and moments home.
    ///
    /// # Errors
    /// [`GpuError`] where the GPU failed.
    pub async fn sync(&mut self) -> Result<(), GpuError> {
        let count = self.learning.count();
        let staging = self.staging(4 * count);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        for (n, at) in STATE.into_iter().enumerate() {
            self.room.copy(&mut encoder, at, count, &staging, n * count);
        }
        let submission = self.gpu.submit(encoder.finish());
        let numbers = self.gpu.read(&staging, 4 * count, submission).await?;
        let mut four = numbers.chunks_exact(count).map(<[f32]>::to_vec);
        let mut next = || four.next().unwrap_or_default();
        let (weights, average) = (next(), next());
        self.learning.stand_at(Adam { weights, average, moments: [next(), next()], step: self.step });
        Ok(())
    }

    /// The gradient of the step at hand, which is not taken.
    ///
    /// # Errors
    /// [`GpuError`] where the GPU failed.
    pub async fn gradient(&mut self) -> Result<Gradient, GpuError> {
        let batch = self.learning.batch(self.step);
        self.room.write(&self.gpu, batch)?;
        let (count, columns) = (self.learning.count(), self.room.columns());
        let staging = self.staging(count + columns);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        // All but Adam.
        self.room.record(&mut encoder, self.room.dispatches() - 1);
        self.room.copy(&mut encoder, At::Of(Place::Gradient), count, &staging, 0);
        self.room.copy(&mut encoder, At::Of(Place::Columns), columns, &staging, count);
        let submission = self.gpu.submit(encoder.finish());
        let read = self.gpu.read(&staging, count + columns, submission).await?;
        let (values, columns) = read.split_at(count);
        Ok(Gradient { loss: self.room.loss(columns), values: values.to_vec() })
    }

    /// Whether the GPU finds for the step at hand the gradient that the processor finds; how long each took by the clock.
    ///
    /// # Errors
    /// [`GpuError::Device`] where it does not; otherwise as [`Self::gradient`].
    pub async fn check(&mut self, clock: impl Fn() -> f64) -> Result<Taken, GpuError> {
        let found = self.gradient().await?;
        // By now what it runs is compiled.
        let start = clock();
        self.gradient().await?;
        let gpu = clock() - start;
        let parts: Vec<usize> = (0..self.learning.parts()).collect();
        let start = clock();
        let mut parts = self.learning.gradients(&parts)?.into_iter();
        let taken = Taken { gpu, processor: clock() - start };
        let mut expected = parts.next().map(|part| part.values).unwrap_or_default();
        parts.for_each(|part| expected.iter_mut().zip(part.values).for_each(|(sum, value)| *sum += value));
        let square = |of: &mut dyn Iterator<Item = f64>| of.map(|value| value * value).sum::<f64>();
        let off = square(&mut expected.iter().zip(&found.values).map(|(a, b)| f64::from(a - b)));
        let length = square(&mut expected.iter().map(|&value| f64::from(value)));
        // Written so that what is no number is refused.
        if off <= TOLERANCE * TOLERANCE * length {
            return Ok(taken);
        }
        let off = libm::sqrt(off / length.max(f64::MIN_POSITIVE));
        Err(GpuError::Device(format!("its gradient is {off:.1e} of its length away from the processor's")))
    }

    fn rates(&self, step: usize, slot: usize) -> Rates {
        let settings = self.learning.settings();
        let share = settings.rate.share(step, settings.steps, settings.warmup);
        let (decay, [first, second]) = Adam::factors(step, settings.average);
        let rate = (settings.learning_rate * share) as f32;
        let pictures = settings.shown() as u32;
        Rates { rate, decay, first, second, clip: settings.clip as f32, pictures, slot: slot as u32 }
    }

    fn staging(&self, values: usize) -> Buffer {
        self.gpu.buffer("answer", values, BufferUsages::MAP_READ | BufferUsages::COPY_DST)
    }
}

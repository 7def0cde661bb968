//! A run: pictures, weights and all that belongs to them, one step after the other.

use super::adam::{Adam, clip};
use super::batch::{self, Batch};
use super::gradient::{Gradient, LearningNetwork, PART};
use super::{LearnError, Pictures, Settings};
use crate::cpu::CpuNetwork;
use crate::denoiser::Condition;
use crate::network::config::ConditionKind;
use crate::network::{Weights, weights};
use crate::parallel;
use crate::sampler::{Request, sample};
use std::sync::{Mutex, PoisonError};

/// Steps between the states that are kept to fall back on.
const KEEP: usize = 100;

/// What a caller hears of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReport {
    /// Steps taken.
    pub step: usize,
    /// Loss of this step.
    pub loss: f32,
    /// Norm of its gradient, before it was clipped.
    pub norm: f64,
}

/// A run under way.
pub struct Learning {
    settings: Settings,
    pictures: Pictures,
    state: Adam,
    /// States from before, the older first: what is left where a loss is no longer a number.
    kept: Vec<Adam>,
    /// One for each that may work side by side.
    networks: Vec<Mutex<LearningNetwork>>,
    /// The step that the networks have the weights of.
    packed: Option<usize>,
    /// The step that `shown` belongs to.
    drawn: Option<usize>,
    shown: Batch,
    /// The order of the pictures in a pass over them.
    order: (u64, Vec<usize>),
}

impl Learning {
    /// Begins a run with fresh weights.
    ///
    /// # Errors
    /// [`LearnError`] where settings and pictures do not fit.
    pub fn new(settings: Settings, pictures: Pictures) -> Result<Self, LearnError> {
        // Before there are any weights: they may be too many.
        settings.check(&pictures, 1)?;
        let weights = weights::initial(&settings.network, settings.seed)?;
        Learning::from_weights(settings, pictures, &weights)
    }

    /// Begins a run with weights that are there.
    ///
    /// # Errors
    /// As [`Self::new`]; also where the weights do not fit the network.
    pub fn from_weights(settings: Settings, pictures: Pictures, weights: &Weights) -> Result<Self, LearnError> {
        let mut learning = Learning::with_state(settings, pictures, Adam::new(Vec::new()))?;
        learning.stand_at(Adam::new(learning.network(|network| network.parameters().flat(weights))?));
        Ok(learning)
    }

    /// Takes weights, average and moments of this network.
    pub(crate) fn stand_at(&mut self, state: Adam) {
        self.kept = vec![state.clone()];
        self.state = state;
        self.packed = None;
    }

    /// A run that stands where `state` says.
    pub(super) fn with_state(settings: Settings, pictures: Pictures, state: Adam) -> Result<Self, LearnError> {
        let parts = settings.shown().div_ceil(PART).max(1);
        let side_by_side = parallel::workers().min(parts);
        settings.check(&pictures, side_by_side)?;
        let classes = ConditionKind::Class { count: pictures.names.len() };
        if settings.network.condition != classes {
            let found = settings.network.condition;
            return Err(LearnError::Setting(format!("expected a network of {classes:?}, found {found:?}")));
        }
        let network = || LearningNetwork::new(&settings.network, pictures.shape).map(Mutex::new);
        let networks = (0..side_by_side).map(|_| network()).collect::<Result<_, _>>()?;
        let (kept, shown) = (vec![state.clone()], Batch::default());
        let order = (u64::MAX, Vec::new());
        Ok(Learning { settings, pictures, state, kept, networks, packed: None, drawn: None, shown, order })
    }

    /// What fixes the run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What it learns from.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Weights, average and moments.
    pub fn state(&self) -> &Adam {
        &self.state
    }

    /// Takes the weights of another that goes through the same run, for the parts of a step that it shares.
    ///
    /// # Errors
    /// [`LearnError::Parts`] where they are of another network.
    pub fn follow(&mut self, step: usize, weights: &[f32]) -> Result<(), LearnError> {
        if weights.len() != self.state.weights.len() {
            return Err(LearnError::Parts { expected: self.state.weights.len(), found: weights.len() });
        }
        self.state.weights.copy_from_slice(weights);
        self.state.step = step;
        self.packed = None;
        Ok(())
    }

    /// Parts of a batch.
    pub fn parts(&self) -> usize {
        self.settings.shown().div_ceil(PART)
    }

    /// Whether all steps are taken.
    pub fn is_done(&self) -> bool {
        self.state.step >= self.settings.steps
    }

    /// One step.
    ///
    /// # Errors
    /// [`LearnError::Diverged`] where the loss is no longer a number: the run then stands where it last was well.
    pub fn step(&mut self) -> Result<StepReport, LearnError> {
        let parts: Vec<usize> = (0..self.parts()).collect();
        let gradients = self.gradients(&parts)?;
        self.advance(gradients)
    }

    /// The gradients of some parts of the step at hand.
    ///
    /// # Errors
    /// [`LearnError::Parts`] where there is no such part.
    pub fn gradients(&mut self, parts: &[usize]) -> Result<Vec<Gradient>, LearnError> {
        let (shown, count) = (self.settings.shown(), self.parts());
        if let Some(&part) = parts.iter().find(|&&part| part >= count) {
            return Err(LearnError::Parts { expected: count, found: part + 1 });
        }
        self.draw(self.state.step);
        let (pack, networks) = (self.packed != Some(self.state.step), self.networks.len());
        let (weights, batch) = (&self.state.weights, &self.shown);
        let work = |&worker: &usize| -> Result<Vec<Gradient>, LearnError> {
            let mut network = self.networks[worker].lock().unwrap_or_else(PoisonError::into_inner);
            if pack {
                network.pack(weights);
            }
            let own = parts.iter().skip(worker).step_by(networks);
            let gradient = |&part: &usize| Ok(network.gradient(batch, part * PART..((part + 1) * PART).min(shown))?);
            own.map(gradient).collect()
        };
        let workers: Vec<usize> = (0..networks).collect();
        let found = parallel::map(&workers, work).into_iter().collect::<Result<Vec<_>, _>>()?;
        self.packed = Some(self.state.step);
        // Worker w has parts w, w + n, w + 2n …
        let mut found: Vec<_> = found.into_iter().map(Vec::into_iter).collect();
        Ok((0..parts.len()).filter_map(|n| found[n % networks].next()).collect())
    }

    /// Takes the step for which these are the gradients of all parts, in their order.
    ///
    /// # Errors
    /// As [`Self::step`]; [`LearnError::Parts`] where one is missing or of another network.
    pub fn advance(&mut self, gradients: Vec<Gradient>) -> Result<StepReport, LearnError> {
        let (expected, count) = (self.parts(), self.state.weights.len());
        let fitting = gradients.iter().filter(|gradient| gradient.values.len() == count).count();
        if fitting != expected || gradients.len() != expected {
            return Err(LearnError::Parts { expected, found: fitting });
        }
        let mut gradients = gradients.into_iter();
        let Some(Gradient { loss, values: mut sum }) = gradients.next() else {
            return Err(LearnError::Parts { expected, found: 0 });
        };
        let mut loss = f64::from(loss);
        for gradient in gradients {
            loss += f64::from(gradient.loss);
            sum.iter_mut().zip(&gradient.values).for_each(|(sum, value)| *sum += value);
        }
        let norm = clip(&mut sum, self.settings.clip);
        if !loss.is_finite() || !norm.is_finite() {
            let step = self.state.step + 1;
            self.state = self.kept.remove(0);
            self.kept = vec![self.state.clone()];
            self.packed = None;
            return Err(LearnError::Diverged { step });
        }
        let Settings { learning_rate, rate, steps, warmup, average, .. } = self.settings;
        let rate = learning_rate * rate.share(self.state.step, steps, warmup);
        self.state.advance(&sum, rate, average);
        if self.state.step.is_multiple_of(KEEP) {
            self.kept.push(self.state.clone());
            self.kept.drain(..self.kept.len().saturating_sub(2));
        }
        Ok(StepReport { step: self.state.step, loss: loss as f32, norm })
    }

    /// What a step shows, wherever it is taken.
    #[cfg(with_gpu)]
    pub(crate) fn batch(&mut self, step: usize) -> &Batch {
        self.draw(step);
        &self.shown
    }

    /// Draws what a step shows.
    fn draw(&mut self, step: usize) {
        let Settings { seed, batch, noises, drop_condition, .. } = self.settings.clone();
        if self.drawn == Some(step) {
            return;
        }
        // What is left of a pass over the pictures when it does not make a batch is not shown in it.
        let per_pass = (self.pictures.count() / batch).max(1);
        let pass = (step / per_pass) as u64;
        if self.order.0 != pass {
            self.order = (pass, batch::shuffled(self.pictures.count(), seed, pass));
        }
        let chosen = &self.order.1[step % per_pass * batch..][..batch];
        let mut draw = batch::draws(seed, step);
        let offset = batch::uniform(&mut draw);
        let shown = batch * noises;
        self.shown = Batch::default();
        for n in 0..shown {
            let picture = chosen[n % batch];
            let time = batch::time(self.settings.schedule, n, shown, offset, 0.0);
            let dropped = batch::uniform(&mut draw) < drop_condition;
            let class = self.pictures.classes[picture];
            let condition = if dropped { Condition::Null } else { Condition::Class(class) };
            let place = (seed, (step * shown + n) as u64);
            self.shown.show(&self.pictures.picture(picture), time, condition, self.settings.network.prediction, place);
        }
        self.drawn = Some(step);
    }

    /// Asks a network of the run.
    fn network<T>(&self, ask: impl FnOnce(&LearningNetwork) -> T) -> T {
        ask(&self.networks[0].lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Weights of the network.
    pub fn count(&self) -> usize {
        self.network(|network| network.parameters().count())
    }

    /// The running average of the weights, by name.
    pub fn average(&self) -> Weights {
        self.network(|network| network.parameters().weights(&self.state.average))
    }

    /// Pictures `[B, C, H, W]` drawn with the running average as it stands.
    ///
    /// # Errors
    /// [`LearnError::Sample`] where the request does not fit.
    pub fn sample(&self, request: &Request) -> Result<Vec<f32>, LearnError> {
        let mut network = CpuNetwork::new(&self.settings.network, &self.average(), self.pictures.shape)?;
        Ok(sample(&mut network, request, self.settings.schedule, |_| true)?)
    }
}

//! The chain rule over a list of layers: part of a batch goes through the network and back, and what is left is how the
//! loss changes with every weight.

use super::batch::Batch;
use super::embedding::Embedding;
use super::parameters::Parameters;
use crate::denoiser::ImageShape;
use crate::network::{Layers, NetworkConfig, NetworkError};
use crate::ops::backward::{Learner, Pass};
use crate::ops::footprint::product;
use crate::ops::plane::lanes;
use std::ops::Range;

/// Pictures of a part. Fixed, since the sums of floating point numbers depend on where they are cut.
pub const PART: usize = 8;

/// A loss and how it changes with every weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient {
    /// What the part adds to the loss.
    pub loss: f32,
    /// In the order of [`Parameters`].
    pub values: Vec<f32>,
}

/// A network that can be gone through both ways.
pub struct LearningNetwork {
    layers: Layers,
    learners: Vec<(Box<dyn Learner>, Range<usize>)>,
    embedding: Embedding,
    parameters: Parameters,
    weights: Vec<f32>,
    passes: Vec<Pass>,
    shape: ImageShape,
}

impl LearningNetwork {
    /// Makes room for pictures of `shape`; weights are [given](Self::pack) to it.
    ///
    /// # Errors
    /// [`NetworkError`] where config and shape do not fit each other.
    pub fn new(config: &NetworkConfig, shape: ImageShape) -> Result<Self, NetworkError> {
        let layers = Layers::for_pictures(config, shape)?;
        let (parameters, shapes) = (Parameters::new(config, &layers), layers.shapes(shape));
        let learner = |(op, site): (&crate::ops::Op, crate::ops::Site<'_>)| {
            (op.backward().learner(&site), parameters.layer(site.name))
        };
        let learners = layers.sites(&shapes).map(learner).collect();
        let embedding = Embedding::new(config, &layers, &parameters);
        let pass = || Pass::new(&shapes, config.kernel / 2, layers.row(), layers.padding);
        let passes = std::iter::repeat_with(pass).take(PART).collect();
        Ok(LearningNetwork { layers, learners, embedding, parameters, weights: Vec::new(), passes, shape })
    }

    /// Where each tensor lies among the weights.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Takes new weights.
    pub fn pack(&mut self, weights: &[f32]) {
        self.weights.clear();
        self.weights.extend_from_slice(weights);
        for (learner, range) in &mut self.learners {
            learner.pack(&weights[range.clone()]);
        }
    }

    /// Goes through pictures `range` of a batch and back; at most [`PART`].
    ///
    /// # Errors
    /// [`NetworkError`] where a condition does not fit.
    pub fn gradient(&mut self, batch: &Batch, range: Range<usize>) -> Result<Gradient, NetworkError> {
        let (mut gradient, mut loss) = (vec![0.0; self.parameters.count()], 0.0f64);
        let (count, length) = (range.len(), self.shape.len());
        let passes = &mut self.passes[..count];
        let mut traces = Vec::with_capacity(count);
        for (pass, n) in passes.iter_mut().zip(range.clone()) {
            pass.clear();
            let shown = batch.shown(n, length);
            traces.push(self.embedding.forward(&self.weights, shown.t, shown.condition, &mut pass.row)?);
            let mut noisy = pass.take(0);
            noisy.write(shown.noisy);
            pass.put(0, noisy);
        }
        self.learners.iter().for_each(|(learner, _)| learner.forward_all(passes));
        let last = self.layers.list.len();
        for (pass, n) in passes.iter_mut().zip(range) {
            let shown = batch.shown(n, length);
            let (weight, all) = (shown.weight, batch.count() * length);
            let error = |(found, target): (f32, &f32)| found - target;
            let errors: Vec<f32> = pass.values[last].read().zip(shown.target).map(error).collect();
            let square = errors.iter().map(|error| f64::from(weight * error * error)).sum::<f64>();
            loss += square / all as f64;
            let slope = 2.0 * weight / all as f32;
            pass.gradients[last].write(&errors.iter().map(|error| slope * error).collect::<Vec<_>>());
        }
        for (learner, range) in self.learners.iter_mut().rev() {
            learner.backward(passes, &mut gradient[range.clone()]);
        }
        for (pass, trace) in passes.iter().zip(&traces) {
            self.embedding.backward(&self.weights, trace, &pass.row_gradient, &mut gradient);
        }
        Ok(Gradient { loss: loss as f32, values: gradient })
    }
}

/// Bytes that learning takes at most, with so many networks at work side by side: weights, their average and moments, what
/// is kept to fall back on, gradients, packed weights (36 numbers for a kernel of nine, both ways, and their gradient), three
/// planes for every value of a part, and room for what is on the way within a layer: tiles of 36 numbers for 16 pixels.
pub fn footprint(config: &NetworkConfig, layers: &Layers, shape: ImageShape, networks: usize) -> u64 {
    let border = config.kernel / 2 * 2;
    let plane = |s: &ImageShape| product(&[4, lanes(s.channels), s.height + border, s.width + border]);
    let planes = layers.shapes(shape).iter().map(plane).fold(0, u64::saturating_add);
    let weights = layers.weight_bytes(config);
    let network = planes.saturating_mul(4 * PART as u64).saturating_add(weights.saturating_mul(20));
    weights.saturating_mul(16).saturating_add(network.saturating_mul(networks as u64))
}

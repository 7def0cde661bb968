//! The learned denoiser on the processor, written for small vectors: what a browser runs where there is no WebGPU. It
//! runs the same list of layers as burn and the GPU do, each made ready once ([`crate::ops::Kernel`]), and tests compare
//! it with burn. burn's own CPU backend stays the native engine and the oracle; for a browser it is too large and too slow.
//!
//! Values are kept *channels last* ([`Plane`]), so that a vector holds neighbouring channels of one pixel, and the pixels
//! under a row of the kernel lie behind each other in memory. They share memory as [`crate::network::liveness`] says.

mod footprint;

pub use footprint::footprint;

use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::network::NetworkError;
use crate::network::config::{NetworkConfig, Padding};
use crate::network::embedding;
use crate::network::layers::Layers;
use crate::network::weights::{self, Weights};
use crate::ops::plane::{Plane, Room};
use crate::ops::{Kernel, Ready};
use crate::schedule::Time;

/// A network on the processor that answers with posterior means.
pub struct CpuNetwork {
    config: NetworkConfig,
    layers: Layers,
    /// The shape of every value.
    shapes: Vec<ImageShape>,
    /// The embedding's tensors; the layers' are packed in `kernels`.
    embedding: Weights,
    /// One per layer.
    kernels: Vec<Box<dyn Kernel>>,
    /// Room for the noisy picture, then the slots of all other values, kept between calls.
    planes: Vec<Plane>,
    /// Which plane holds which value.
    places: Vec<usize>,
    /// Room for what is on the way within a layer, kept likewise.
    room: Room,
}

impl CpuNetwork {
    /// Packs weights for pictures of `shape`.
    ///
    /// # Errors
    /// [`NetworkError`] where config, weights and shape do not fit each other.
    pub fn new(config: &NetworkConfig, weights: &Weights, shape: ImageShape) -> Result<Self, NetworkError> {
        let layers = Layers::for_pictures(config, shape)?;
        weights::check(config, &layers, weights)?;
        Self::from_layers(config, layers, weights, shape)
    }

    /// Packs any list of layers; `config` gives the embedding, the prediction and the largest kernel. The weights of the
    /// layers must have the shapes that [`Layers::tensors`] states.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_layers(
        config: &NetworkConfig,
        layers: Layers,
        weights: &Weights,
        shape: ImageShape,
    ) -> Result<Self, NetworkError> {
        layers.check_shape(shape)?;
        let shapes = layers.shapes(shape);
        let slots = layers.slots(&shapes);
        let places: Vec<usize> = slots.of.iter().map(|slot| slot.map_or(0, |slot| slot + 1)).collect();
        let border = config.kernel / 2;
        let mut planes = vec![Plane::new(shape, border)];
        planes.resize_with(1 + slots.sizes.len(), || Plane::new(ImageShape { channels: 0, ..shape }, border));
        // The largest value of a slot makes its room.
        shapes.iter().zip(&places).for_each(|(&shape, &place)| planes[place].reshape(shape));
        let kernels = layers.sites(&shapes).map(|(op, site)| op.operation().kernel(&site, weights));
        let kernels = kernels.collect::<Result<_, _>>()?;
        let embedding = embedding::tensors(weights);
        let (config, room) = (config.clone(), Room::default());
        Ok(CpuNetwork { config, layers, shapes, embedding, kernels, planes, places, room })
    }

    /// What the network predicts for one picture `[C, H, W]` under a row of shifts, as the embedding gives it; left in the
    /// last value. Never inlined: it is large, and asked for in several places.
    #[inline(never)]
    fn predict(&mut self, x: &[f32], row: &[f32]) {
        let circular = self.layers.padding == Padding::Circular;
        self.planes[0].write(x);
        if circular {
            self.planes[0].wrap();
        }
        for (i, kernel) in self.kernels.iter().enumerate() {
            // No layer reads where it writes, so that plane may be away meanwhile.
            let place = self.places[i + 1];
            let mut output = std::mem::take(&mut self.planes[place]);
            output.reshape(self.shapes[i + 1]);
            kernel.run(&Ready { planes: &self.planes, places: &self.places, row }, &mut self.room, &mut output);
            if circular {
                output.wrap();
            }
            self.planes[place] = output;
        }
    }

    /// Posterior means of pictures `x` `[B, C, H, W]`, given each picture's row of shifts, as the embedding gives it.
    ///
    /// # Errors
    /// [`DenoiseError::Shape`] where a length does not fit.
    pub fn forward(&mut self, x: &[f32], time: Time, rows: &[Vec<f32>]) -> Result<Vec<f32>, DenoiseError> {
        let expected = self.shape().len() * rows.len();
        if x.len() != expected || rows.iter().any(|row| row.len() != self.layers.row()) {
            let what = "pictures [B, C, H, W] with their rows of shifts";
            return Err(DenoiseError::Shape { what, expected, found: x.len() });
        }
        let mut denoised = Vec::with_capacity(x.len());
        for (x, row) in x.chunks_exact(self.shape().len()).zip(rows) {
            self.predict(x, row);
            let predicted = self.planes[self.places[self.kernels.len()]].read();
            denoised.extend(x.iter().zip(predicted).map(|(&x, p)| self.config.prediction.denoised(x, p, time)));
        }
        Ok(denoised)
    }
}

impl Denoiser for CpuNetwork {
    fn shape(&self) -> ImageShape {
        self.shapes[0]
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.shape(), conditions)?;
        let row = |condition| embedding::shifts(&self.config, &self.layers, &self.embedding, time.t, condition);
        let rows = conditions.iter().map(row).collect::<Result<Vec<_>, _>>().map_err(|error| match error {
            NetworkError::Denoise(error) => error,
            other => DenoiseError::Device(other.to_string()),
        })?;
        self.forward(x, time, &rows)
    }
}

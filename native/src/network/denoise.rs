//! The learned denoiser on the CPU: a [`Network`] with its config, behind the [`Denoiser`] interface. This is what runs
//! natively on the CPU, and the oracle that the rooms `cpu` and `gpu` are tested against.

use super::module::{Arithmetic, Network};
use burn::tensor::{Device, Tensor, TensorData};
use morphogen::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use morphogen::network::NetworkError;
use morphogen::network::config::NetworkConfig;
use morphogen::network::embedding;
use morphogen::network::layers::Layers;
use morphogen::network::weights::Weights;
use morphogen::schedule::Time;

/// Pictures per call of the network; larger batches are cut, so that memory stays bounded.
const CHUNK: usize = 64;

/// A network that answers with posterior means.
pub struct BurnDenoiser {
    config: NetworkConfig,
    layers: Layers,
    network: Network,
    shape: ImageShape,
    device: Device,
}

impl BurnDenoiser {
    /// Loads weights for pictures of `shape` on burn's flex backend (the CPU, with SIMD).
    ///
    /// # Errors
    /// [`NetworkError`] where config, weights and shape do not fit each other.
    pub fn new(config: &NetworkConfig, weights: &Weights, shape: ImageShape) -> Result<Self, NetworkError> {
        Self::on(config, weights, shape, Device::flex())
    }

    /// Loads weights on a given burn device.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn on(
        config: &NetworkConfig,
        weights: &Weights,
        shape: ImageShape,
        device: Device,
    ) -> Result<Self, NetworkError> {
        let layers = Layers::for_pictures(config, shape)?;
        let network = Network::new(config, &layers, weights, &device)?;
        Ok(BurnDenoiser { config: config.clone(), layers, network, shape, device })
    }

    /// One chunk of pictures through the network.
    fn predict(&self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        let ImageShape { channels, height, width } = self.shape;
        let batch = conditions.len();
        let time = embedding::time_row(self.config.embedding, time.t).repeat(batch);
        let parts = conditions.iter().map(Condition::parts).collect::<Result<Vec<_>, _>>()?;
        let plain = parts.iter().flatten().map(|(_, plain)| embedding::condition_row(self.config.condition, plain));
        let rows: Vec<Vec<f32>> = plain.collect::<Result<_, _>>()?;
        let (row, plain) = (rows.first().map_or(0, Vec::len), rows.len());
        let shares =
            (plain != batch).then(|| Tensor::from_data(TensorData::new(shares(&parts), [batch, plain]), &self.device));
        let x = Tensor::<4>::from_data(TensorData::new(x.to_vec(), [batch, channels, height, width]), &self.device);
        let time = Tensor::<2>::from_data(TensorData::new(time, [batch, self.config.embedding]), &self.device);
        let rows = Tensor::<2>::from_data(TensorData::new(rows.concat(), [plain, row]), &self.device);
        let output = self.network.forward_between(&self.layers, x, time, (rows, shares), Arithmetic::F32);
        output.try_into_vec_as::<f32>().map_err(|error| DenoiseError::Device(error.to_string()))
    }
}

/// How much every picture has of each plain condition, `[B, P]`, where these follow each other picture by picture.
fn shares(parts: &[Vec<(f32, &Condition)>]) -> Vec<f32> {
    let total: usize = parts.iter().map(Vec::len).sum();
    let mut shares = vec![0.0; parts.len() * total];
    let mut place = 0;
    for (picture, parts) in parts.iter().enumerate() {
        for (share, _) in parts {
            shares[picture * total + place] = *share;
            place += 1;
        }
    }
    shares
}

impl Denoiser for BurnDenoiser {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.shape, conditions)?;
        let mut denoised = Vec::with_capacity(x.len());
        for (x, conditions) in x.chunks(CHUNK * self.shape.len()).zip(conditions.chunks(CHUNK)) {
            let predicted = self.predict(x, time, conditions)?;
            denoised.extend(x.iter().zip(predicted).map(|(&x, p)| self.config.prediction.denoised(x, p, time)));
        }
        Ok(denoised)
    }
}

//! The judge: a small classifier, trained on real images, that tells which class a picture belongs to. Its answers give
//! the share of samples that match their prompt; its features (the mean of the last convolution over the picture) give
//! the Fréchet distance. Native only; it lives in a pack of its own.

use super::module::{Loader, read_parameters};
use burn::module::{Module, Param};
use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};
use morphogen::denoiser::ImageShape;
use morphogen::network::NetworkError;
use morphogen::network::weights::{Array, Weights};
use morphogen::sampler::noise;

/// Pictures per call.
const CHUNK: usize = 250;

/// Four 3×3 convolutions (the second and third halve the resolution), the mean over the picture, one linear map.
#[derive(Module, Debug)]
pub struct Judge {
    convolutions: Vec<JudgeConvolution>,
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

#[derive(Module, Debug)]
struct JudgeConvolution {
    weight: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
}

/// What the judge says of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Most likely class of each picture.
    pub classes: Vec<usize>,
    /// Features, `[B, F]`.
    pub features: Vec<f32>,
    /// F.
    pub width: usize,
}

const CONVOLUTIONS: usize = 4;

/// Names and shapes of a judge's tensors.
pub fn tensors(channels: usize, widths: [usize; CONVOLUTIONS], classes: usize) -> Vec<(String, Vec<usize>)> {
    let mut tensors = Vec::new();
    let mut inputs = channels;
    for (i, width) in widths.into_iter().enumerate() {
        tensors.push((format!("conv.{i}.weight"), vec![width, inputs, 3, 3]));
        tensors.push((format!("conv.{i}.bias"), vec![width]));
        inputs = width;
    }
    tensors.push(("out.weight".into(), vec![inputs, classes]));
    tensors.push(("out.bias".into(), vec![classes]));
    tensors
}

/// Fresh weights for [`tensors`], fixed by the seed.
pub fn initial(tensors: &[(String, Vec<usize>)], seed: u64) -> Weights {
    let array = |(stream, (name, shape)): (usize, &(String, Vec<usize>))| {
        let mut data = vec![0.0f32; shape.iter().product()];
        if shape.len() > 1 {
            let inputs: usize = if shape.len() == 4 { shape[1..].iter().product() } else { shape[0] };
            noise::fill(seed, stream as u64, &mut data);
            data.iter_mut().for_each(|value| *value *= (2.0 / inputs as f32).sqrt());
        }
        (name.clone(), Array { shape: shape.clone(), data })
    };
    tensors.iter().enumerate().map(array).collect()
}

impl Judge {
    /// Puts weights on a device.
    ///
    /// # Errors
    /// [`NetworkError`] where a tensor is missing or misshapen.
    pub fn new(weights: &Weights, device: &Device) -> Result<Self, NetworkError> {
        let loader = Loader { weights, device };
        let mut inputs = None;
        let mut convolutions = Vec::new();
        for i in 0..CONVOLUTIONS {
            let name = format!("conv.{i}.weight");
            let array = weights.get(&name).ok_or_else(|| NetworkError::Missing(name.clone()))?;
            let &[outputs, channels, 3, 3] = &array.shape[..] else {
                return Err(NetworkError::Shape { name, expected: vec![0, 0, 3, 3], found: array.shape.clone() });
            };
            if inputs.is_some_and(|inputs| inputs != channels) {
                let expected = vec![outputs, inputs.unwrap_or(0), 3, 3];
                return Err(NetworkError::Shape { name, expected, found: array.shape.clone() });
            }
            inputs = Some(outputs);
            let bias = loader.load(&format!("conv.{i}.bias"))?;
            convolutions.push(JudgeConvolution { weight: loader.load(&name)?, bias });
        }
        Ok(Judge { convolutions, weight: loader.load("out.weight")?, bias: loader.load("out.bias")? })
    }

    /// Reads the weights back, named as in `tensors`.
    ///
    /// # Errors
    /// [`NetworkError::Device`] where the device cannot be read.
    pub fn weights(&self, tensors: &[(String, Vec<usize>)]) -> Result<Weights, NetworkError> {
        let arrays = tensors.iter().zip(read_parameters(self)?);
        Ok(arrays.map(|((name, shape), data)| (name.clone(), Array { shape: shape.clone(), data })).collect())
    }

    /// Features `[B, F]` of pictures `[B, C, H, W]`.
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<2> {
        let mut y = pictures;
        for (i, conv) in self.convolutions.iter().enumerate() {
            let stride = if i == 1 || i == 2 { 2 } else { 1 };
            let options = ConvOptions::new([stride, stride], [1, 1], [1, 1], 1);
            y = relu(conv2d(y, conv.weight.val(), Some(conv.bias.val()), options));
        }
        let [batch, features, height, width] = y.dims();
        y.reshape([batch, features, height * width]).mean_dim(2).reshape([batch, features])
    }

    /// Logits `[B, classes]` of features `[B, F]`.
    pub fn logits(&self, features: Tensor<2>) -> Tensor<2> {
        features.matmul(self.weight.val()) + self.bias.val().unsqueeze()
    }

    /// Judges pictures `[B, C, H, W]` in `[−1, 1]`.
    ///
    /// # Errors
    /// [`NetworkError::Device`] where the device fails.
    pub fn judge(&self, pictures: &[f32], shape: ImageShape) -> Result<Verdict, NetworkError> {
        let device = self.weight.val().device();
        let width = self.weight.val().dims()[0];
        let mut verdict = Verdict { classes: Vec::new(), features: Vec::new(), width };
        for chunk in pictures.chunks(CHUNK * shape.len()) {
            let size = [chunk.len() / shape.len(), shape.channels, shape.height, shape.width];
            let features = self.features(Tensor::from_data(TensorData::new(chunk.to_vec(), size), &device));
            let read = |tensor: Tensor<2>| {
                tensor.try_into_vec_as::<f32>().map_err(|error| NetworkError::Device(error.to_string()))
            };
            let logits = self.logits(features.clone());
            let classes = logits.dims()[1];
            let best = |row: &[f32]| (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
            verdict.classes.extend(read(logits)?.chunks(classes).map(best));
            verdict.features.extend(read(features)?);
        }
        Ok(verdict)
    }
}

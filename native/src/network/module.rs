//! The network as a burn module: the parameters, and one interpreter of [`Layers`] that training, the CPU path and the
//! tests share. Shapes are `[B, C, H, W]`; the device decides whether it runs on flex, libtorch or a GPU.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::activation::{relu, softmax};
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{DType, Device, Tensor, TensorData};
use morphogen::network::NetworkError;
use morphogen::network::config::{ConditionKind, NetworkConfig, Padding};
use morphogen::network::layers::{Layer, Layers};
use morphogen::network::weights::{self, Array, Weights};
use morphogen::ops::{Activation, Attention, Conv, Finish, Op, Resample};

/// All parameters of a network, in the order of [`Layers::tensors`].
#[derive(Module, Debug)]
pub struct Network {
    time_in_weight: Param<Tensor<2>>,
    time_in_bias: Param<Tensor<1>>,
    time_out_weight: Param<Tensor<2>>,
    time_out_bias: Param<Tensor<1>>,
    condition: Param<Tensor<2>>,
    shift: Param<Tensor<2>>,
    words: Option<Param<Tensor<2>>>,
    layers: Vec<Parameters>,
    scale: Option<Param<Tensor<2>>>,
}

/// The parameters of one layer, as its operation names them: kernels, then numbers per channel.
#[derive(Module, Debug)]
struct Parameters {
    kernels: Vec<Param<Tensor<4>>>,
    rows: Vec<Param<Tensor<1>>>,
}

/// In which number format convolutions run; everything else is f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arithmetic {
    /// 32-bit floats.
    #[default]
    F32,
    /// bfloat16 in the convolutions, as autocast does it: faster where the processor has it, for training only.
    Bf16,
}

impl Network {
    /// Puts weights on a device.
    ///
    /// # Errors
    /// [`NetworkError`] where weights and config do not fit.
    pub fn new(
        config: &NetworkConfig,
        layers: &Layers,
        weights: &Weights,
        device: &Device,
    ) -> Result<Self, NetworkError> {
        weights::check(config, layers, weights)?;
        let loader = Loader { weights, device };
        let parameters = |layer: &Layer| -> Result<Parameters, NetworkError> {
            let (mut kernels, mut rows) = (Vec::new(), Vec::new());
            for (part, shape) in layer.op.operation().tensors() {
                let name = format!("{}.{part}", layer.name);
                match shape.len() {
                    1 => rows.push(loader.load(&name)?),
                    _ => kernels.push(loader.load(&name)?),
                }
            }
            Ok(Parameters { kernels, rows })
        };
        Ok(Network {
            time_in_weight: loader.load("time.in.weight")?,
            time_in_bias: loader.load("time.in.bias")?,
            time_out_weight: loader.load("time.out.weight")?,
            time_out_bias: loader.load("time.out.bias")?,
            condition: loader.load("condition.weight")?,
            shift: loader.load("shift.weight")?,
            words: match config.condition {
                ConditionKind::Words { .. } => Some(loader.load("words.weight")?),
                _ => None,
            },
            layers: layers.list.iter().map(parameters).collect::<Result<_, NetworkError>>()?,
            scale: (layers.scales > 0).then(|| loader.load("scale.weight")).transpose()?,
        })
    }

    /// Reads the weights back from the device.
    ///
    /// # Errors
    /// [`NetworkError::Device`] where the device cannot be read.
    pub fn weights(&self, config: &NetworkConfig, layers: &Layers) -> Result<Weights, NetworkError> {
        let arrays = layers.tensors(config).into_iter().zip(read_parameters(self)?);
        Ok(arrays.map(|((name, shape), data)| (name, Array { shape, data })).collect())
    }

    /// What the network predicts (noise, velocity or the clean picture), `[B, C, H, W]`, for noisy pictures `x` `[B, C, H, W]`, time rows
    /// `[B, E]` and condition rows `[B, n+1]` (see `embedding::condition_row`).
    pub fn forward(
        &self,
        layers: &Layers,
        x: Tensor<4>,
        time: Tensor<2>,
        condition: Tensor<2>,
        precision: Arithmetic,
    ) -> Tensor<4> {
        self.forward_between(layers, x, time, (condition, None), precision)
    }

    /// As [`Self::forward`] of pictures that lie between plain conditions: there may be another number `P` of condition rows
    /// then, and `shares` `[B, P]` says how much of each every picture has.
    pub fn forward_between(
        &self,
        layers: &Layers,
        x: Tensor<4>,
        time: Tensor<2>,
        (condition, shares): (Tensor<2>, Option<Tensor<2>>),
        precision: Arithmetic,
    ) -> Tensor<4> {
        let cast = |x: Tensor<4>| if precision == Arithmetic::Bf16 { x.cast(DType::BF16) } else { x };
        let last_use = layers.last_uses();
        let mut scene = Scene { values: vec![Some(cast(x))], row: self.row(time, condition, shares), precision };
        for (i, (layer, parameters)) in layers.list.iter().zip(&self.layers).enumerate() {
            let result = match &layer.op {
                Op::Attention(attention) => attend(attention, scene.value(attention.input)),
                Op::Norm(norm) => {
                    let [scale, offset] = &parameters.rows[..] else { unreachable!("a scale and an offset") };
                    let y = normalise(scene.value(norm.input), norm.groups, scale.val(), offset.val());
                    scene.finish(&norm.finish, norm.channels, y)
                }
                Op::Conv(conv) => {
                    let mut input = resample(conv, scene.value(conv.input));
                    if let Some(skip) = conv.skip {
                        input = Tensor::cat(vec![input, scene.value(skip)], 1);
                    }
                    let y = parameters.convolve(conv, layers.padding, input, precision);
                    scene.finish(&conv.finish, conv.channels, y)
                }
            };
            scene.values.push(Some(result));
            for (value, &last) in scene.values.iter_mut().zip(&last_use) {
                if last == i {
                    *value = None;
                }
            }
        }
        let Some(Some(output)) = scene.values.pop() else { unreachable!("the last value is the output") };
        output.cast(DType::F32)
    }

    /// The rows of shifts `[B, S]`, or of shifts and scales `[B, 2S]`.
    fn row(&self, time: Tensor<2>, condition: Tensor<2>, shares: Option<Tensor<2>>) -> Tensor<2> {
        let hidden = relu(time.matmul(self.time_in_weight.val()) + self.time_in_bias.val().unsqueeze());
        let embedding = hidden.matmul(self.time_out_weight.val()) + self.time_out_bias.val().unsqueeze();
        let condition = match &self.words {
            None => condition,
            Some(words) => {
                let [batch, size] = condition.dims();
                let null = condition.clone().narrow(1, size - 1, 1);
                let text = relu(condition.slice([0..batch, 0..size - 1]).matmul(words.val()));
                Tensor::cat(vec![text, null], 1)
            }
        };
        let condition = shares.map_or(condition.clone(), |shares| shares.matmul(condition));
        let embedding = relu(embedding + condition.matmul(self.condition.val()));
        let shifts = embedding.clone().matmul(self.shift.val());
        match &self.scale {
            None => shifts,
            Some(scale) => Tensor::cat(vec![shifts, embedding.matmul(scale.val())], 1),
        }
    }
}

/// What layers read: values, shifts and scales.
struct Scene {
    /// Those that still live.
    values: Vec<Option<Tensor<4>>>,
    /// Shifts, then scales.
    row: Tensor<2>,
    precision: Arithmetic,
}

impl Scene {
    /// Values come before their uses, so each is there; a missing one would be a fault of `Layers`.
    fn value(&self, index: usize) -> Tensor<4> {
        self.values[index].clone().unwrap_or_else(|| unreachable!("value {index} was freed"))
    }

    /// `channels` numbers of the row from `start` on, each for all pixels of a channel.
    fn piece(&self, start: usize, channels: usize) -> Tensor<4> {
        let [batch, _] = self.row.dims();
        self.row.clone().narrow(1, start, channels).reshape([batch, channels, 1, 1])
    }

    /// `residual + activation(y·(1 + scale) + shift)`.
    fn finish(&self, finish: &Finish, channels: usize, mut y: Tensor<4>) -> Tensor<4> {
        let cast = |x: Tensor<4>| if self.precision == Arithmetic::Bf16 { x.cast(DType::BF16) } else { x };
        if let Some(start) = finish.scale {
            y = y * cast(self.piece(start, channels) + 1.0);
        }
        if let Some(start) = finish.shift {
            y = y + cast(self.piece(start, channels));
        }
        y = match finish.activation {
            Activation::None => y,
            Activation::Relu => relu(y),
        };
        match finish.residual {
            Some(residual) => y + self.value(residual),
            None => y,
        }
    }
}

impl Parameters {
    /// Convolution and bias of one layer.
    fn convolve(&self, conv: &Conv, padding: Padding, x: Tensor<4>, precision: Arithmetic) -> Tensor<4> {
        let border = conv.kernel / 2;
        let (x, border) = match padding {
            Padding::Zeros => (x, border),
            Padding::Circular => (wrap(wrap(x, 2, border), 3, border), 0),
        };
        let options = ConvOptions::new([conv.stride(); 2], [border, border], [1, 1], 1);
        let ([weight], [bias]) = (&self.kernels[..], &self.rows[..]) else { unreachable!("a weight and a bias") };
        let (mut weight, mut bias) = (weight.val(), bias.val());
        if precision == Arithmetic::Bf16 {
            (weight, bias) = (weight.cast(DType::BF16), bias.cast(DType::BF16));
        }
        conv2d(x, weight, Some(bias), options)
    }
}

/// Group normalisation (Wu & He 2018) with epsilon 1e-5, in f32 whatever the format of `x`.
fn normalise(x: Tensor<4>, groups: usize, scale: Tensor<1>, offset: Tensor<1>) -> Tensor<4> {
    let (dtype, [batch, channels, height, width]) = (x.dtype(), x.dims());
    let x = x.cast(DType::F32).reshape([batch, groups, channels / groups * height * width]);
    let centred = x.clone() - x.mean_dim(2);
    let variance = centred.clone().square().mean_dim(2);
    let x = (centred / (variance + 1e-5).sqrt()).reshape([batch, channels, height, width]);
    let y = x * scale.reshape([1, channels, 1, 1]) + offset.reshape([1, channels, 1, 1]);
    y.cast(dtype)
}

/// Doubles by repeating pixels where the layer says so; halving is left to the convolution's stride.
fn resample(conv: &Conv, x: Tensor<4>) -> Tensor<4> {
    if conv.resample != Resample::Double {
        return x;
    }
    let [batch, channels, height, width] = x.dims();
    let x = x.reshape([batch, channels, height, 1, width, 1]);
    x.expand([batch, channels, height, 2, width, 2]).reshape([batch, channels, 2 * height, 2 * width])
}

/// Extends `dim` on both sides by `border` lines of the opposite side.
fn wrap(x: Tensor<4>, dim: usize, border: usize) -> Tensor<4> {
    let length = x.dims()[dim];
    if border == 0 {
        return x;
    }
    let (head, tail) = (x.clone().narrow(dim, 0, border), x.clone().narrow(dim, length - border, border));
    Tensor::cat(vec![tail, x, head], dim)
}

/// Multi-head self-attention over pixels (Vaswani et al. 2017, eq. 1).
fn attend(attention: &Attention, qkv: Tensor<4>) -> Tensor<4> {
    let [batch, _, height, width] = qkv.dims();
    let (channels, heads) = (attention.channels, attention.heads);
    let (dtype, size) = (qkv.dtype(), channels / heads);
    let split = |part: usize| {
        let part = qkv.clone().narrow(1, part * channels, channels).cast(DType::F32);
        part.reshape([batch, heads, size, height * width])
    };
    let (query, key, value) = (split(0), split(1), split(2));
    let scores = query.swap_dims(2, 3).matmul(key) / (size as f64).sqrt();
    let mixed = value.matmul(softmax(scores, 3).swap_dims(2, 3));
    mixed.reshape([batch, channels, height, width]).cast(dtype)
}

/// Reads all float parameters of a module back, in visiting order.
pub(super) fn read_parameters(module: &impl Module) -> Result<Vec<Vec<f32>>, NetworkError> {
    struct Reader(Vec<Result<Vec<f32>, NetworkError>>);
    impl ModuleVisitor for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let read = param.val().inner().try_into_vec_as::<f32>();
            self.0.push(read.map_err(|error| NetworkError::Device(error.to_string())));
        }
    }
    let mut reader = Reader(Vec::new());
    module.visit(&mut reader);
    reader.0.into_iter().collect()
}

/// Brings named arrays to a device as parameters.
pub(super) struct Loader<'a> {
    pub(super) weights: &'a Weights,
    pub(super) device: &'a Device,
}

impl Loader<'_> {
    pub(super) fn load<const D: usize>(&self, name: &str) -> Result<Param<Tensor<D>>, NetworkError> {
        let position = self.weights.keys().position(|key| key == name);
        let (Some(array), Some(position)) = (self.weights.get(name), position) else {
            return Err(NetworkError::Missing(name.into()));
        };
        let data = TensorData::new(array.data.clone(), array.shape.clone());
        let tensor = Tensor::from_data(data, self.device).set_require_grad(self.device.is_autodiff());
        // A fixed id per name, so that a stored optimiser state finds its parameter again.
        Ok(Param::initialized(ParamId::from(position as u64 + 1), tensor))
    }
}

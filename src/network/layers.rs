//! The architecture written out as a list of layers, once, for every engine: burn runs it (training, and the oracle of
//! the tests), the room `cpu` in browsers, the GPU records it as stages, and the pack reader takes the allowed tensor names and shapes
//! from it. A new architecture is one function here that returns a list.
//!
//! Values are numbered in the order in which they are made: value 0 is the noisy picture, value `i + 1` is what layer
//! `i` gives. Time and condition enter a layer only as a *shift*: one number per channel, added just before the
//! activation; where the config says so, as a *scale*, too: the channel is first multiplied by one more than it. All
//! shifts of a network stand in one row, all scales behind them; `network::embedding` computes it from time and condition.

use super::config::{Architecture, ConditionKind, ConfigError, Modulation, NetworkConfig, Normalisation, Padding};
use crate::denoiser::ImageShape;

/// Most pixels that may look at each other on any engine: their scores, one for each pair, stay below 64 MiB.
pub const MAX_TOKENS: u64 = 1 << 12;

/// Index of a value: 0 is the input, `i + 1` the result of layer `i`.
pub type Value = usize;

/// One layer: a name (of its tensors, too) and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Unique; its tensors are `{name}.weight`, `{name}.bias`, `{name}.norm.scale`, `{name}.norm.offset`.
    pub name: String,
    /// What it does.
    pub op: Op,
}

/// What a layer does.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// A convolution with everything that is fused into it.
    Conv(Conv),
    /// Multi-head self-attention over all pixels; no tensors of its own.
    Attention(Attention),
}

/// `residual + relu(norm(conv(resample(input) ++ skip) + bias)·(1 + scale) + shift)`, every part but the convolution optional.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// What is convolved.
    pub input: Value,
    /// Channels of `input`.
    pub input_channels: usize,
    /// Concatenated behind the (resampled) input's channels, at the output's resolution.
    pub skip: Option<Value>,
    /// Channels of `skip`, 0 without one.
    pub skip_channels: usize,
    /// Output channels.
    pub channels: usize,
    /// Kernel side, odd; 1 for a pointwise layer.
    pub kernel: usize,
    /// Change of resolution.
    pub resample: Resample,
    /// Group normalisation over this many groups, after the bias.
    pub groups: Option<usize>,
    /// Where this layer's shifts begin in the row; `channels` of them.
    pub shift: Option<usize>,
    /// Where this layer's scales begin in the row, behind all shifts; `channels` of them. None without shifts.
    pub scale: Option<usize>,
    /// Whether a ReLU follows.
    pub relu: bool,
    /// Added to the result.
    pub residual: Option<Value>,
}

/// Self-attention: the input holds queries, keys and values behind each other in its channels, `[B, 3·channels, H, W]`.
/// Head `i` takes channels `i·channels/heads ..` of each; scores are scaled by `1/√(channels/heads)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    /// The `[B, 3·channels, H, W]` value.
    pub input: Value,
    /// Output channels.
    pub channels: usize,
    /// Heads; divides `channels`.
    pub heads: usize,
}

/// Change of resolution in a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resample {
    /// Same size.
    Keep,
    /// Stride 2: half the size.
    Halve,
    /// The input is doubled by repeating pixels before it is convolved (the skip is not).
    Double,
}

/// A network's layers with the facts that every engine needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// In the order in which they run.
    pub list: Vec<Layer>,
    /// Number of shifts, which begin the row.
    pub shifts: usize,
    /// Number of scales behind them: as many, or none.
    pub scales: usize,
    /// Beyond the border, for every convolution.
    pub padding: Padding,
    /// Height and width must be multiples of this.
    pub multiple: usize,
}

impl Layers {
    /// Writes the architecture of `config` out.
    ///
    /// # Errors
    /// [`ConfigError`] where [`NetworkConfig::check`] finds one.
    pub fn new(config: &NetworkConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let mut build = Builder::new(config);
        let multiple = match &config.architecture {
            Architecture::UNet { widths, attention_heads, attention_level } => {
                let lowest = widths.len() - 1;
                let attention = (*attention_heads > 0).then(|| (attention_level.unwrap_or(lowest), *attention_heads));
                unet(&mut build, config, widths, attention);
                1 << (widths.len() - 1)
            }
            Architecture::ResNet { width, layers } => {
                resnet(&mut build, config, *width, *layers);
                1
            }
        };
        let (mut list, shifts) = (build.list, build.shifts);
        let scales = if config.modulation == Modulation::ScaleShift { shifts } else { 0 };
        if scales > 0 {
            for Layer { op, .. } in &mut list {
                if let Op::Conv(conv) = op {
                    conv.scale = conv.shift.map(|shift| shifts + shift);
                }
            }
        }
        Ok(Layers { list, shifts, scales, padding: config.padding, multiple })
    }

    /// Length of the row that `network::embedding` computes: shifts, then scales.
    pub fn row(&self) -> usize {
        self.shifts + self.scales
    }

    /// The layers of `config` for pictures of `shape`: what every engine begins with.
    ///
    /// # Errors
    /// [`ConfigError`] as [`Self::new`] and [`Self::check_shape`], and where the channels differ.
    pub fn for_pictures(config: &NetworkConfig, shape: ImageShape) -> Result<Self, ConfigError> {
        let layers = Self::new(config)?;
        layers.check_shape(shape)?;
        if shape.channels != config.channels {
            let (expected, found) = (config.channels, shape.channels);
            return Err(ConfigError(format!("the network has {expected} channels, the pictures {found}")));
        }
        Ok(layers)
    }

    /// Checks that pictures of `shape` can pass through, on any engine.
    ///
    /// # Errors
    /// [`ConfigError`] naming the side that does not fit, or more than [`MAX_TOKENS`] pixels in an attention.
    pub fn check_shape(&self, shape: ImageShape) -> Result<(), ConfigError> {
        for side in [shape.height, shape.width] {
            if side == 0 || side % self.multiple != 0 || side > 256 {
                let multiple = self.multiple;
                return Err(ConfigError(format!("expected sides in multiples of {multiple} up to 256, found {side}")));
            }
        }
        match self.tokens(shape) {
            tokens if tokens > MAX_TOKENS => {
                Err(ConfigError(format!("expected up to {MAX_TOKENS} pixels in an attention, found {tokens}")))
            }
            _ => Ok(()),
        }
    }

    /// Name and shape of every tensor of the network, embedding included; the only ones a weight file may hold.
    /// Convolutions are `[out, in, k, k]`, linear maps `[in, out]`.
    pub fn tensors(&self, config: &NetworkConfig) -> Vec<(String, Vec<usize>)> {
        let width = config.embedding;
        let mut tensors = vec![
            ("time.in.weight".into(), vec![width, width]),
            ("time.in.bias".into(), vec![width]),
            ("time.out.weight".into(), vec![width, width]),
            ("time.out.bias".into(), vec![width]),
            ("condition.weight".into(), vec![config.condition.width() + 1, width]),
            ("shift.weight".into(), vec![width, self.shifts]),
        ];
        if let ConditionKind::Words { count, width } = config.condition {
            tensors.push(("words.weight".into(), vec![count, width]));
        }
        for Layer { name, op } in &self.list {
            let Op::Conv(conv) = op else { continue };
            let inputs = conv.input_channels + conv.skip_channels;
            tensors.push((format!("{name}.weight"), vec![conv.channels, inputs, conv.kernel, conv.kernel]));
            tensors.push((format!("{name}.bias"), vec![conv.channels]));
            if conv.groups.is_some() {
                tensors.push((format!("{name}.norm.scale"), vec![conv.channels]));
                tensors.push((format!("{name}.norm.offset"), vec![conv.channels]));
            }
        }
        // The last, so that all others begin alike with either modulation.
        if self.scales > 0 {
            tensors.push(("scale.weight".into(), vec![width, self.scales]));
        }
        tensors
    }

    /// Channels of each value for a picture with `channels`, and how many times its resolution was halved.
    pub fn values(&self, channels: usize) -> Vec<(usize, usize)> {
        let mut values = vec![(channels, 0)];
        for layer in &self.list {
            values.push(match &layer.op {
                Op::Attention(attention) => (attention.channels, values[attention.input].1),
                Op::Conv(conv) => {
                    let halvings = values[conv.input].1;
                    let halvings = match conv.resample {
                        Resample::Keep => halvings,
                        Resample::Halve => halvings + 1,
                        Resample::Double => halvings - 1,
                    };
                    (conv.channels, halvings)
                }
            });
        }
        values
    }
}

/// Collects layers and hands out value numbers and shift offsets.
struct Builder<'a> {
    config: &'a NetworkConfig,
    list: Vec<Layer>,
    shifts: usize,
}

impl<'a> Builder<'a> {
    fn new(config: &'a NetworkConfig) -> Self {
        Builder { config, list: Vec::new(), shifts: 0 }
    }

    /// A convolution without shift, normalisation or activation.
    fn plain(&self, (input, input_channels): (Value, usize), channels: usize, kernel: usize) -> Conv {
        Conv {
            input,
            input_channels,
            skip: None,
            skip_channels: 0,
            channels,
            kernel,
            resample: Resample::Keep,
            groups: None,
            shift: None,
            scale: None,
            relu: false,
            residual: None,
        }
    }

    /// A hidden convolution: normalised as the config says, shifted, activated.
    fn hidden(&mut self, input: (Value, usize), channels: usize) -> Conv {
        let shift = Some(self.shifts);
        self.shifts += channels;
        let groups = self.groups();
        Conv { groups, shift, relu: true, ..self.plain(input, channels, self.config.kernel) }
    }

    fn groups(&self) -> Option<usize> {
        match self.config.normalisation {
            Normalisation::None => None,
            Normalisation::Group { groups } => Some(groups),
        }
    }

    fn push(&mut self, name: impl Into<String>, op: Op) -> Value {
        self.list.push(Layer { name: name.into(), op });
        self.list.len()
    }

    /// A hidden convolution of equal width, added to its own input.
    fn residual(&mut self, name: impl Into<String>, (input, width): (Value, usize)) -> Value {
        let conv = self.hidden((input, width), width);
        self.push(name, Op::Conv(Conv { residual: Some(input), ..conv }))
    }
}

/// The minimal UNet: two convolutions a level down, two a level up, skips between equal resolutions; on the way down the
/// pixels of one level attend to each other, where `attention` names it and its heads.
fn unet(build: &mut Builder, config: &NetworkConfig, widths: &[usize], attention: Option<(usize, usize)>) {
    let conv = build.hidden((0, config.channels), widths[0]);
    let mut value = build.push("in", Op::Conv(conv));
    let mut skips = Vec::new();
    for (level, &width) in widths.iter().enumerate() {
        if level > 0 {
            let conv = build.hidden((value, widths[level - 1]), width);
            value = build.push(format!("down.{level}.halve"), Op::Conv(Conv { resample: Resample::Halve, ..conv }));
        }
        value = build.residual(format!("down.{level}"), (value, width));
        if let Some((_, heads)) = attention.filter(|&(at, _)| at == level) {
            value = attend(build, (value, width), heads);
            if level + 1 == widths.len() {
                value = build.residual("middle", (value, width));
            }
        }
        skips.push((value, width));
    }
    let (_, mut below) = skips.pop().unwrap_or((value, widths[0]));
    for (level, (skip, width)) in skips.into_iter().enumerate().rev() {
        let conv = build.hidden((value, below), width);
        let conv = Conv { skip: Some(skip), skip_channels: width, resample: Resample::Double, ..conv };
        value = build.push(format!("up.{level}.double"), Op::Conv(conv));
        value = build.residual(format!("up.{level}"), (value, width));
        below = width;
    }
    let conv = build.plain((value, widths[0]), config.channels, config.kernel);
    build.push("out", Op::Conv(conv));
}

/// `input + project(attention(qkv(input)))`; queries and keys are normalised where the network is.
fn attend(build: &mut Builder, (input, width): (Value, usize), heads: usize) -> Value {
    let conv = Conv { groups: build.groups(), ..build.plain((input, width), 3 * width, 1) };
    let qkv = build.push("attention.qkv", Op::Conv(conv));
    let mixed = build.push("attention", Op::Attention(Attention { input: qkv, channels: width, heads }));
    let conv = Conv { residual: Some(input), ..build.plain((mixed, width), width, 1) };
    build.push("attention.project", Op::Conv(conv))
}

/// The minimal ResNet: one convolution in, residual convolutions, one convolution out.
fn resnet(build: &mut Builder, config: &NetworkConfig, width: usize, layers: usize) {
    let conv = build.hidden((0, config.channels), width);
    let mut value = build.push("in", Op::Conv(conv));
    for layer in 1..layers - 1 {
        value = build.residual(format!("hidden.{layer}"), (value, width));
    }
    let conv = build.plain((value, width), config.channels, config.kernel);
    build.push("out", Op::Conv(conv));
}

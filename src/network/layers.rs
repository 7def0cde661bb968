//! The architecture written out as a list of layers, once, for every engine: burn runs it (training, and the oracle of
//! the tests), the room `cpu` in browsers, the GPU records it as stages, and the pack reader takes the allowed tensor names and shapes
//! from it. A new architecture is one function here that returns a list.
//!
//! Values are numbered in the order in which they are made: value 0 is the noisy picture, value `i + 1` is what layer
//! `i` gives; how long each lives, and where, is told by [`super::liveness`]. Time and condition enter a layer only in
//! what follows its sums ([`Finish`]), as a *shift*: one number per channel, added just before the activation; where the
//! config says so, as a *scale*, too: the channel is first multiplied by one more than it. All shifts of a network stand
//! in one row, all scales behind them; `network::embedding` computes it from time and condition.

use super::config::{Architecture, ConditionKind, ConfigError, Modulation, NetworkConfig, Normalisation, Padding};
use crate::denoiser::ImageShape;
use crate::ops::{Attention, Conv, Finish, Norm, Op, Resample, Site, Value};

/// Most pixels that may look at each other on any engine: their scores, one for each pair, stay below 64 MiB.
pub const MAX_TOKENS: u64 = 1 << 12;

/// One layer: a name (of its tensors, too) and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Unique; its tensors are `{name}.{part}`, with the parts that the operation names.
    pub name: String,
    /// What it does.
    pub op: Op,
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
    /// Beyond the border of every value.
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
        let Builder { mut list, shifts, .. } = Builder::write(config, None);
        let scales = if config.modulation == Modulation::ScaleShift { shifts } else { 0 };
        if scales > 0 {
            // Scales lie behind all shifts, so these are counted first.
            list = Builder::write(config, Some(shifts)).list;
        }
        let multiple = match &config.architecture {
            Architecture::UNet { widths, .. } => 1 << (widths.len() - 1),
            Architecture::ResNet { .. } => 1,
        };
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
        tensors.extend(self.layer_tensors());
        // The last, so that all others begin alike with either modulation.
        if self.scales > 0 {
            tensors.push(("scale.weight".into(), vec![width, self.scales]));
        }
        tensors
    }

    /// Name and shape of the tensors of the layers alone, in their order.
    pub fn layer_tensors(&self) -> impl Iterator<Item = (String, Vec<usize>)> + '_ {
        self.list.iter().flat_map(|Layer { name, op }| {
            op.operation().tensors().into_iter().map(move |(part, shape)| (format!("{name}.{part}"), shape))
        })
    }

    /// The shape of every value, from the picture's on, which [`Self::check_shape`] has let pass.
    pub fn shapes(&self, picture: ImageShape) -> Vec<ImageShape> {
        let mut shapes = vec![picture];
        for layer in &self.list {
            shapes.push(layer.op.operation().shape(&shapes));
        }
        shapes
    }

    /// Every layer with where it stands, given [`Self::shapes`].
    pub fn sites<'a>(&'a self, shapes: &'a [ImageShape]) -> impl Iterator<Item = (&'a Op, Site<'a>)> {
        let site = move |(output, Layer { name, op }): (Value, &'a Layer)| {
            (op, Site { name, shapes, output, padding: self.padding })
        };
        (1..).zip(&self.list).map(site)
    }
}

/// Collects layers and hands out value numbers and places in the row.
struct Builder<'a> {
    config: &'a NetworkConfig,
    list: Vec<Layer>,
    shifts: usize,
    /// Where scales begin, if there are any.
    scales: Option<usize>,
}

impl<'a> Builder<'a> {
    /// The layers of a config that was checked.
    fn write(config: &'a NetworkConfig, scales: Option<usize>) -> Self {
        let mut build = Builder { config, list: Vec::new(), shifts: 0, scales };
        match &config.architecture {
            Architecture::UNet { widths, attention_heads, attention_level } => {
                let level = attention_level.unwrap_or(widths.len() - 1);
                let attention = (*attention_heads > 0).then_some((level, *attention_heads));
                unet(&mut build, config, widths, attention);
            }
            Architecture::ResNet { width, layers } => resnet(&mut build, config, *width, *layers),
        }
        build
    }

    fn push(&mut self, name: impl Into<String>, op: impl Into<Op>) -> Value {
        self.list.push(Layer { name: name.into(), op: op.into() });
        self.list.len()
    }

    /// A convolution, normalised where the config says so; what it ends in stands behind the normalisation.
    fn normalised(&mut self, name: impl Into<String>, conv: Conv) -> Value {
        let Normalisation::Group { groups } = self.config.normalisation else {
            return self.push(name, conv);
        };
        let (name, channels) = (name.into(), conv.channels);
        let input = self.push(name.clone(), Conv { finish: Finish::default(), ..conv.clone() });
        self.push(format!("{name}.norm"), Norm { input, channels, groups, finish: conv.finish })
    }

    /// A hidden convolution: normalised as the config says, shifted, activated.
    fn hidden(&mut self, name: impl Into<String>, conv: Conv) -> Value {
        let shift = self.shifts;
        self.shifts += conv.channels;
        let scale = self.scales.map(|scales| scales + shift);
        let finish = Finish { shift: Some(shift), scale, activation: self.config.activation, ..conv.finish };
        self.normalised(name, Conv { finish, ..conv })
    }

    /// A hidden convolution of equal width, added to its own input.
    fn residual(&mut self, name: impl Into<String>, (input, width): (Value, usize)) -> Value {
        let finish = Finish { residual: Some(input), ..Finish::default() };
        self.hidden(name, Conv { finish, ..Conv::new((input, width), width, self.config.kernel) })
    }
}

/// The minimal UNet: two convolutions a level down, two a level up, skips between equal resolutions; on the way down the
/// pixels of one level attend to each other, where `attention` names it and its heads.
fn unet(build: &mut Builder, config: &NetworkConfig, widths: &[usize], attention: Option<(usize, usize)>) {
    let kernel = config.kernel;
    let mut value = build.hidden("in", Conv::new((0, config.channels), widths[0], kernel));
    let mut skips = Vec::new();
    for (level, &width) in widths.iter().enumerate() {
        if level > 0 {
            let conv = Conv::new((value, widths[level - 1]), width, kernel);
            value = build.hidden(format!("down.{level}.halve"), Conv { resample: Resample::Halve, ..conv });
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
        let conv = Conv::new((value, below), width, kernel);
        let conv = Conv { skip: Some(skip), skip_channels: width, resample: Resample::Double, ..conv };
        value = build.hidden(format!("up.{level}.double"), conv);
        value = build.residual(format!("up.{level}"), (value, width));
        below = width;
    }
    build.push("out", Conv::new((value, widths[0]), config.channels, kernel));
}

/// `input + project(attention(qkv(input)))`; queries and keys are normalised where the network is.
fn attend(build: &mut Builder, (input, width): (Value, usize), heads: usize) -> Value {
    let qkv = build.normalised("attention.qkv", Conv::new((input, width), 3 * width, 1));
    let mixed = build.push("attention", Attention { input: qkv, channels: width, heads });
    let finish = Finish { residual: Some(input), ..Finish::default() };
    build.push("attention.project", Conv { finish, ..Conv::new((mixed, width), width, 1) })
}

/// The minimal ResNet: one convolution in, residual convolutions, one convolution out.
fn resnet(build: &mut Builder, config: &NetworkConfig, width: usize, layers: usize) {
    let mut value = build.hidden("in", Conv::new((0, config.channels), width, config.kernel));
    for layer in 1..layers - 1 {
        value = build.residual(format!("hidden.{layer}"), (value, width));
    }
    build.push("out", Conv::new((value, width), config.channels, config.kernel));
}

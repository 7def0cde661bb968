//! The architecture of a learned denoiser, as data. A config is stored in the model pack beside the weights; from it
//! [`super::layers`] writes the list of layers that burn, the GPU and the tests all run.

use crate::json::{Fault, Fields, Node, Read, names, reads};
use crate::schedule::Time;
use serde::Serialize;
use thiserror::Error;

pub use crate::ops::{Activation, Padding};

/// Everything that fixes a network but its weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkConfig {
    /// UNet or ResNet, with its sizes.
    pub architecture: Architecture,
    /// Channels of a picture, 1 or 3.
    pub channels: usize,
    /// Side of every convolution kernel, odd.
    pub kernel: usize,
    /// What lies beyond the border.
    pub padding: Padding,
    /// Normalisation before each activation; none is the paper's kind.
    pub normalisation: Normalisation,
    /// What every hidden layer ends in.
    #[serde(skip_serializing_if = "is_relu")]
    pub activation: Activation,
    /// What the prompt turns into.
    pub condition: ConditionKind,
    /// Width of the time and condition embedding.
    pub embedding: usize,
    /// What the last layer predicts.
    pub prediction: Prediction,
    /// How time and condition act on a hidden layer.
    #[serde(skip_serializing_if = "Modulation::is_shift")]
    pub modulation: Modulation,
}

reads!(NetworkConfig {
    architecture,
    channels,
    kernel,
    padding,
    normalisation,
    activation = Activation::Relu,
    condition,
    embedding,
    prediction,
    modulation = Modulation::Shift,
});

/// Whether it is the activation that a config does not name.
fn is_relu(activation: &Activation) -> bool {
    *activation == Activation::Relu
}

/// Kamb & Ganguli 2025, appendix: the minimal UNet and the minimal ResNet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Architecture {
    /// One level per width, each at half the resolution of the one before; skips join equal resolutions.
    #[serde(rename = "unet")]
    UNet {
        /// Channels per level, finest first.
        widths: Vec<usize>,
        /// Heads of self-attention; 0 for none.
        attention_heads: usize,
        /// The level whose pixels attend to each other on the way down; the lowest unless given.
        #[serde(skip_serializing_if = "Option::is_none")]
        attention_level: Option<usize>,
    },
    /// `layers` convolutions at full resolution with residual sums: receptive field `layers·(kernel−1)+1`.
    #[serde(rename = "resnet")]
    ResNet {
        /// Channels of every hidden layer.
        width: usize,
        /// Number of convolutions, first and last included.
        layers: usize,
    },
}

impl Read for Architecture {
    fn read(node: Node) -> Result<Self, Fault> {
        let unet = ("unet", &["widths", "attention_heads", "attention_level"][..]);
        let (kind, mut fields) = Fields::kind(node, &[unet, ("resnet", &["width", "layers"])])?;
        Ok(if kind == 0 {
            let (widths, attention_heads) = (fields.take("widths")?, fields.take("attention_heads")?);
            Architecture::UNet { widths, attention_heads, attention_level: fields.take("attention_level")? }
        } else {
            Architecture::ResNet { width: fields.take("width")?, layers: fields.take("layers")? }
        })
    }
}
reads!(@serde Architecture);

/// Normalisation before each activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Normalisation {
    /// None.
    None,
    /// Group normalisation (Wu & He 2018). It averages over the whole picture, so it is not local.
    Group {
        /// Number of groups; divides every width.
        groups: usize,
    },
}

impl Read for Normalisation {
    fn read(node: Node) -> Result<Self, Fault> {
        let (kind, mut fields) = Fields::kind(node, &[("none", &[]), ("group", &["groups"])])?;
        Ok(if kind == 0 { Normalisation::None } else { Normalisation::Group { groups: fields.take("groups")? } })
    }
}
reads!(@serde Normalisation);

/// What conditions a network takes. The null condition always exists beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ConditionKind {
    /// One of `count` classes.
    Class {
        /// Number of classes.
        count: usize,
    },
    /// A vector of `size` values.
    Vector {
        /// Length of the vector.
        size: usize,
    },
    /// Any set of `count` known words. Each has a learned row of `width` values; a prompt is the sum of its words' rows
    /// over the root of their number, activated: the order does not matter, and a word more or less is a small step.
    Words {
        /// Number of known words.
        count: usize,
        /// Length of a word's row.
        width: usize,
    },
}

impl Read for ConditionKind {
    fn read(node: Node) -> Result<Self, Fault> {
        let kinds: [(&str, &[&str]); 3] =
            [("class", &["count"]), ("vector", &["size"]), ("words", &["count", "width"])];
        let (kind, mut fields) = Fields::kind(node, &kinds)?;
        Ok(match kind {
            0 => ConditionKind::Class { count: fields.take("count")? },
            1 => ConditionKind::Vector { size: fields.take("size")? },
            _ => ConditionKind::Words { count: fields.take("count")?, width: fields.take("width")? },
        })
    }
}
reads!(@serde ConditionKind);

impl ConditionKind {
    /// Values of a condition's row, the null condition's place not counted: see `network::embedding`.
    pub fn size(self) -> usize {
        match self {
            ConditionKind::Class { count } | ConditionKind::Words { count, .. } => count,
            ConditionKind::Vector { size } => size,
        }
    }

    /// Rows of `condition.weight`, the null condition's not counted.
    pub fn width(self) -> usize {
        match self {
            ConditionKind::Words { width, .. } => width,
            other => other.size(),
        }
    }
}

/// How time and condition act on a hidden layer, channel by channel, just before its activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Modulation {
    /// `y + shift`.
    #[default]
    Shift,
    /// `y · (1 + scale) + shift` (Perez et al. 2018): a channel can also be turned down, or off. With scales of zero, as
    /// training begins, the same as [`Modulation::Shift`].
    ScaleShift,
}

names!(Modulation { "shift" => Shift, "scale-shift" => ScaleShift });

impl Modulation {
    /// Whether it is the default, which a config does not name.
    fn is_shift(&self) -> bool {
        *self == Modulation::Shift
    }
}

/// What the last layer predicts; each gives the posterior mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prediction {
    /// The noise: `x̂₀ = (x_t − s_t ε̂) / a_t`.
    Noise,
    /// `v = a_t ε − s_t x_0` (Salimans & Ho 2022): `x̂₀ = a_t x_t − s_t v̂`, well-behaved up to `t = 1`.
    Velocity,
    /// The clean picture itself: `x̂₀` is what the last layer says (Li & He 2025, arXiv 2511.13720). Nothing has to be
    /// amplified where little noise is left, so fine pictures stay free of grain.
    Clean,
}

names!(Prediction { "noise" => Noise, "velocity" => Velocity, "clean" => Clean });

impl Prediction {
    /// The posterior mean of one value, from the noisy value `x` and what the network predicted for it.
    pub fn denoised(self, x: f32, predicted: f32, time: Time) -> f32 {
        let (a, s) = (time.a as f32, time.s as f32);
        match self {
            Prediction::Noise => (x - s * predicted) / a,
            Prediction::Velocity => a * x - s * predicted,
            Prediction::Clean => predicted,
        }
    }

    /// What a squared error of the prediction counts in training. For the clean picture as much as the velocity that it
    /// stands for, `(v̂ − v)² = (x̂₀ − x₀)² / s²`, with `s` held at [`LEAST_NOISE`] where less noise is left; else 1.
    pub fn loss_weight(self, time: Time) -> f64 {
        match self {
            Prediction::Noise | Prediction::Velocity => 1.0,
            Prediction::Clean => 1.0 / (time.s.max(LEAST_NOISE) * time.s.max(LEAST_NOISE)),
        }
    }
}

/// The noise `s` below which errors of a clean picture count no more than there. At a tenth, the picture is plain to
/// see; without a floor the few times near 0 would rule the loss.
pub const LEAST_NOISE: f64 = 0.1;

/// A config that cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the network config is not usable: {0}")]
pub struct ConfigError(pub String);

/// Limits that keep an untrusted config from asking for absurd amounts of memory.
const MAX_WIDTH: usize = 2048;
const MAX_LAYERS: usize = 64;
const MAX_WORDS: usize = 1 << 14;

impl NetworkConfig {
    /// The plainest network of an architecture: pictures of one channel, kernels of 3 × 3, zeros beyond the border, no
    /// normalisation, ReLU, an embedding of 16, velocity, shifts. What shall be otherwise is said beside it:
    /// `NetworkConfig { channels: 3, ..NetworkConfig::new(architecture, condition) }`.
    pub fn new(architecture: Architecture, condition: ConditionKind) -> Self {
        NetworkConfig {
            architecture,
            channels: 1,
            kernel: 3,
            padding: Padding::Zeros,
            normalisation: Normalisation::None,
            activation: Activation::Relu,
            condition,
            embedding: 16,
            prediction: Prediction::Velocity,
            modulation: Modulation::Shift,
        }
    }

    /// Checks every size against the limits and each other.
    ///
    /// # Errors
    /// [`ConfigError`] naming the first thing that is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fail = |message: String| Err(ConfigError(message));
        let width_ok = |width: usize| (1..=MAX_WIDTH).contains(&width);
        if !matches!(self.channels, 1 | 3) {
            return fail(format!("expected 1 or 3 channels, found {}", self.channels));
        }
        if self.kernel.is_multiple_of(2) || self.kernel > 7 {
            return fail(format!("expected an odd kernel up to 7, found {}", self.kernel));
        }
        if !width_ok(self.embedding) || !self.embedding.is_multiple_of(2) {
            return fail(format!("expected an even embedding up to {MAX_WIDTH}, found {}", self.embedding));
        }
        let condition = self.condition.width();
        if !width_ok(condition) {
            return fail(format!("expected a condition size in 1..={MAX_WIDTH}, found {condition}"));
        }
        if !(1..=MAX_WORDS).contains(&self.condition.size()) {
            return fail(format!("expected 1 to {MAX_WORDS} words, found {}", self.condition.size()));
        }
        let widths: &[usize] = match &self.architecture {
            Architecture::UNet { widths, attention_heads, attention_level } => {
                if widths.is_empty() || widths.len() > 6 {
                    return fail(format!("expected 1 to 6 UNet levels, found {}", widths.len()));
                }
                let level = attention_level.unwrap_or(widths.len() - 1);
                let Some(width) = widths.get(level) else {
                    return fail(format!("expected an attention level below {}, found {level}", widths.len()));
                };
                if *attention_heads > 0 && width % attention_heads != 0 {
                    return fail(format!("{attention_heads} heads do not divide the width {width}"));
                }
                widths
            }
            Architecture::ResNet { width, layers } => {
                if !(2..=MAX_LAYERS).contains(layers) {
                    return fail(format!("expected 2 to {MAX_LAYERS} layers, found {layers}"));
                }
                core::slice::from_ref(width)
            }
        };
        if let Some(width) = widths.iter().find(|&&width| !width_ok(width)) {
            return fail(format!("expected a width in 1..={MAX_WIDTH}, found {width}"));
        }
        if let Normalisation::Group { groups } = self.normalisation
            && (groups == 0 || widths.iter().any(|width| width % groups != 0))
        {
            return fail(format!("{groups} groups do not divide the widths {widths:?}"));
        }
        Ok(())
    }
}

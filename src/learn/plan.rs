//! A network of a run in flat words, for whoever asks for one and for runs that are saved: the config of a pack says the
//! same in nested ones, whose reader is larger than all that learns.

use crate::json::reads;
use crate::network::config::{
    Activation, Architecture, ConditionKind, Modulation, NetworkConfig, Normalisation, Padding, Prediction,
};
use serde::Serialize;

/// A network.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Channels per level of a UNet, finest first; of a ResNet its one width.
    pub widths: Vec<usize>,
    /// Convolutions of a ResNet; 0 for a UNet.
    pub layers: usize,
    /// Heads of self-attention; 0 for none.
    pub heads: usize,
    /// The level whose pixels attend to each other; the lowest unless given.
    pub level: Option<usize>,
    /// Side of every kernel.
    pub kernel: usize,
    /// What lies beyond the border.
    pub padding: Padding,
    /// Groups of the normalisation; 0 for none.
    pub groups: usize,
    /// What every hidden layer ends in.
    pub activation: Activation,
    /// Width of the embedding.
    pub embedding: usize,
    /// What is predicted.
    pub prediction: Prediction,
    /// How time and class act.
    pub modulation: Modulation,
}

reads!(Plan {
    widths,
    layers = 0,
    heads = 0,
    level,
    kernel = kernel(),
    padding = padding(),
    groups = 0,
    activation = activation(),
    embedding = embedding(),
    prediction = prediction(),
    modulation = Modulation::default(),
});

fn kernel() -> usize {
    3
}

fn padding() -> Padding {
    Padding::Zeros
}

fn activation() -> Activation {
    Activation::Relu
}

fn embedding() -> usize {
    32
}

fn prediction() -> Prediction {
    Prediction::Clean
}

impl Plan {
    /// A UNet of these widths, whose pixels see all.
    pub fn unet(widths: &[usize]) -> Plan {
        Plan {
            widths: widths.to_vec(),
            layers: 0,
            heads: 0,
            level: None,
            kernel: kernel(),
            padding: padding(),
            groups: 0,
            activation: activation(),
            embedding: embedding(),
            prediction: prediction(),
            modulation: Modulation::Shift,
        }
    }

    /// A ResNet, whose pixels see as far as its layers reach.
    pub fn resnet(width: usize, layers: usize) -> Plan {
        Plan { layers, ..Plan::unet(&[width]) }
    }

    /// That of a network of a run.
    pub fn of(config: &NetworkConfig) -> Plan {
        let plan = match &config.architecture {
            Architecture::UNet { widths, attention_heads, attention_level } => {
                Plan { heads: *attention_heads, level: *attention_level, ..Plan::unet(widths) }
            }
            Architecture::ResNet { width, layers } => Plan::resnet(*width, *layers),
        };
        let groups = match config.normalisation {
            Normalisation::None => 0,
            Normalisation::Group { groups } => groups,
        };
        let NetworkConfig { kernel, padding, activation, embedding, prediction, modulation, .. } = *config;
        Plan { kernel, padding, groups, activation, embedding, prediction, modulation, ..plan }
    }

    /// The network for pictures of so many channels and classes; [`NetworkConfig::check`] says whether it can be.
    pub fn config(self, channels: usize, classes: usize) -> NetworkConfig {
        let Plan {
            widths,
            layers,
            heads,
            level,
            kernel,
            padding,
            groups,
            activation,
            embedding,
            prediction,
            modulation,
        } = self;
        let architecture = match widths[..] {
            [width] if layers > 0 => Architecture::ResNet { width, layers },
            _ => Architecture::UNet { widths, attention_heads: heads, attention_level: level },
        };
        NetworkConfig {
            channels,
            kernel,
            padding,
            normalisation: if groups > 0 { Normalisation::Group { groups } } else { Normalisation::None },
            activation,
            embedding,
            prediction,
            modulation,
            ..NetworkConfig::new(architecture, ConditionKind::Class { count: classes })
        }
    }
}

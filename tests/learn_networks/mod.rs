//! Small networks of every kind, and noisy pictures for them, for the tests of learning: in the core, and natively against burn.

use morphogen::denoiser::{Condition, ImageShape};
use morphogen::learn::batch::{Batch, time};
use morphogen::network::config::{Architecture, ConditionKind, NetworkConfig};
use morphogen::sampler::noise;
use morphogen::schedule::Schedule;

/// The pictures' shape in one channel.
pub const SHAPE: ImageShape = ImageShape { channels: 1, height: 8, width: 12 };

/// A UNet of two classes.
pub fn unet(widths: [usize; 3], attention_heads: usize) -> NetworkConfig {
    let architecture = Architecture::UNet { widths: widths.to_vec(), attention_heads, attention_level: None };
    NetworkConfig { embedding: 6, ..NetworkConfig::new(architecture, ConditionKind::Class { count: 2 }) }
}

/// A ResNet of two classes.
pub fn resnet(width: usize, layers: usize) -> NetworkConfig {
    let architecture = Architecture::ResNet { width, layers };
    NetworkConfig { embedding: 6, ..NetworkConfig::new(architecture, ConditionKind::Class { count: 2 }) }
}

/// Normal values, fixed by the seed.
pub fn normals(seed: u64, length: usize) -> Vec<f32> {
    let mut values = vec![0.0; length];
    noise::fill(seed, 0, &mut values);
    values
}

/// Noisy pictures under every kind of condition.
#[allow(dead_code)] // Each test binary uses its part of this module.
pub fn batch(config: &NetworkConfig, count: usize) -> Batch {
    let mut batch = Batch::default();
    for n in 0..count {
        let condition = match (config.condition, n % 3) {
            (_, 2) => Condition::Null,
            (ConditionKind::Words { .. }, n) => Condition::Words(vec![n, n + 1, 3]),
            (_, n) => Condition::Class(n),
        };
        let clean = normals(n as u64, config.channels * SHAPE.height * SHAPE.width);
        batch.show(&clean, time(Schedule::Cosine, n, count, 0.5, 0.0), condition, config.prediction, (9, n as u64));
    }
    batch
}

//! Settings of a run that takes a second, for the tests of training.

use morphogen::network::NetworkConfig;
use morphogen::schedule::Schedule;
use morphogen_native::train::settings::Settings;

/// A run of this network: small batches, a high learning rate, nothing that leans the draws.
pub fn settings(network: NetworkConfig) -> Settings {
    Settings {
        network,
        schedule: Schedule::Cosine,
        seed: 5,
        epochs: 1,
        batch: 8,
        learning_rate: 5e-3,
        warmup: 5,
        ema: 0.9,
        clip: 1.0,
        drop_condition: 0.1,
        hue: 0.0,
        time_skew: 0.0,
        start: None,
        bf16: false,
    }
}

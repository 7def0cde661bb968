//! The network on the processor, as browsers run it, against burn: every architecture, border, kernel and kind of
//! condition, with widths that do and do not fill whole vectors.

use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, DenoiseError, Denoiser, ImageShape};
use morphogen::network::config::{
    Architecture, ConditionKind, Modulation, NetworkConfig, Normalisation, Padding, Prediction,
};
use morphogen::network::weights::initial;
use morphogen::network::{NetworkError, Weights};
use morphogen::sampler::noise;
use morphogen::schedule::Schedule;
use morphogen_native::network::BurnDenoiser;

const GREY: ImageShape = ImageShape { channels: 1, height: 12, width: 20 };
const COLOUR: ImageShape = ImageShape { channels: 3, height: 16, width: 28 };

fn unet(widths: &[usize], attention_heads: usize) -> NetworkConfig {
    NetworkConfig::new(
        Architecture::UNet { widths: widths.to_vec(), attention_heads, attention_level: None },
        ConditionKind::Class { count: 4 },
    )
}

/// Weights in which every tensor is random, the zeroed last layer included, so that outputs depend on everything.
fn random(config: &NetworkConfig) -> Weights {
    let mut weights = initial(config, 3).unwrap();
    for (stream, array) in weights.values_mut().enumerate() {
        let mut extra = vec![0.0; array.data.len()];
        noise::fill(4, stream as u64, &mut extra);
        array.data.iter_mut().zip(extra).for_each(|(value, extra)| *value += 0.05 * extra);
    }
    weights
}

fn difference(config: &NetworkConfig, shape: ImageShape, conditions: &[Condition]) -> f32 {
    let config = NetworkConfig { channels: shape.channels, ..config.clone() };
    let weights = random(&config);
    let mut x = vec![0.0; shape.len() * conditions.len()];
    noise::fill(1, 0, &mut x);
    let time = Schedule::Cosine.at(0.6);
    let mut ours = CpuNetwork::new(&config, &weights, shape).unwrap();
    let mut burn = BurnDenoiser::new(&config, &weights, shape).unwrap();
    let expected = burn.denoise(&x, time, conditions).unwrap();
    // Twice: what one call leaves behind must not reach the next.
    ours.denoise(&x, Schedule::Cosine.at(0.1), conditions).unwrap();
    let found = ours.denoise(&x, time, conditions).unwrap();
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    expected.iter().zip(&found).fold(0.0, |worst: f32, (e, f)| worst.max((e - f).abs())) / largest.max(1.0)
}

#[test]
fn it_computes_what_burn_computes() {
    let groups = |groups| Normalisation::Group { groups };
    let resnet = |width, layers| Architecture::ResNet { width, layers };
    let circular = Padding::Circular;
    let configs = [
        unet(&[4], 0),
        unet(&[6, 10], 0),
        unet(&[8, 16, 24], 0),
        NetworkConfig { padding: circular, ..unet(&[5, 8, 12], 0) },
        NetworkConfig { kernel: 5, ..unet(&[8, 12], 0) },
        NetworkConfig { kernel: 7, padding: circular, ..unet(&[4, 6], 0) },
        NetworkConfig { normalisation: groups(4), ..unet(&[8, 16, 24], 4) },
        NetworkConfig { normalisation: groups(2), ..unet(&[6, 10], 2) },
        NetworkConfig {
            architecture: Architecture::UNet { widths: vec![6, 8, 12], attention_heads: 2, attention_level: Some(1) },
            ..unet(&[4], 0)
        },
        NetworkConfig { architecture: resnet(12, 5), ..unet(&[4], 0) },
        NetworkConfig { architecture: resnet(12, 4), normalisation: groups(3), ..unet(&[4], 0) },
        NetworkConfig { architecture: resnet(9, 4), padding: circular, prediction: Prediction::Noise, ..unet(&[4], 0) },
        NetworkConfig { prediction: Prediction::Clean, normalisation: groups(4), ..unet(&[8, 12], 2) },
    ];
    let conditions = [Condition::Class(2), Condition::Null, Condition::Class(0)];
    for config in configs {
        for modulation in [Modulation::Shift, Modulation::ScaleShift] {
            let config = NetworkConfig { modulation, ..config.clone() };
            for shape in [GREY, COLOUR] {
                let difference = difference(&config, shape, &conditions);
                assert!(difference < 2e-5, "off by {difference} for {shape:?}, {config:?}");
            }
        }
    }
}

#[test]
fn vector_conditions_are_taken() {
    let config = NetworkConfig { condition: ConditionKind::Vector { size: 3 }, ..unet(&[8, 8], 0) };
    let difference = difference(&config, GREY, &[Condition::Vector(vec![0.5, -1.0, 2.0]), Condition::Null]);
    assert!(difference < 2e-5, "off by {difference}");
}

#[test]
fn word_conditions_are_taken() {
    let config = NetworkConfig { condition: ConditionKind::Words { count: 9, width: 5 }, ..unet(&[8, 8], 0) };
    let difference = difference(&config, COLOUR, &[Condition::Words(vec![7, 0, 2]), Condition::Null]);
    assert!(difference < 2e-5, "off by {difference}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let config = unet(&[4, 8], 0);
    let weights = random(&config);
    let odd = ImageShape { width: 9, ..GREY };
    assert!(matches!(CpuNetwork::new(&config, &weights, odd), Err(NetworkError::Config(_))));
    assert!(matches!(CpuNetwork::new(&config, &weights, COLOUR), Err(NetworkError::Config(_))));
    let mut missing = weights.clone();
    missing.remove("out.bias");
    assert!(matches!(CpuNetwork::new(&config, &missing, GREY), Err(NetworkError::Missing(name)) if name == "out.bias"));
    let mut network = CpuNetwork::new(&config, &weights, GREY).unwrap();
    let (x, time) = (vec![0.0; GREY.len()], Schedule::Cosine.at(0.5));
    assert!(matches!(network.denoise(&x, time, &[Condition::Class(4)]), Err(DenoiseError::Condition { .. })));
    assert!(matches!(network.denoise(&x[1..], time, &[Condition::Null]), Err(DenoiseError::Shape { .. })));
}

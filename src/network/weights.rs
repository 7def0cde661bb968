//! A network's weights as plain named f32 arrays: what packs hold, and what every engine takes. Names and shapes are
//! those of [`Layers::tensors`].

use super::config::{ConditionKind, NetworkConfig};
use super::layers::Layers;
use super::{ConfigError, NetworkError};
use crate::sampler::noise;

pub use crate::ops::{Array, Weights};

/// Weights that begin with those of a smaller network, `from`: what it has is taken over, and an attention or scales that
/// it lacks begin silent, so that at first both draw the same. What else is new is fixed by the seed.
///
/// # Errors
/// [`NetworkError`] where a tensor of `from` has no place, or another shape.
pub fn grown(config: &NetworkConfig, seed: u64, from: &Weights) -> Result<Weights, NetworkError> {
    let mut weights = initial(config, seed)?;
    if let Some(array) = weights.get_mut("attention.project.weight") {
        array.data.fill(0.0);
    }
    for (name, array) in from {
        let place = weights.get_mut(name).ok_or_else(|| NetworkError::Unknown(name.clone()))?;
        if place.shape != array.shape {
            let (expected, found) = (place.shape.clone(), array.shape.clone());
            return Err(NetworkError::Shape { name: name.clone(), expected, found });
        }
        place.clone_from(array);
    }
    Ok(weights)
}

/// Checks that `weights` holds exactly the tensors of the network, each with its shape.
///
/// # Errors
/// [`NetworkError`] naming the first tensor that is missing, left over or misshapen.
pub fn check(config: &NetworkConfig, layers: &Layers, weights: &Weights) -> Result<(), NetworkError> {
    let tensors = layers.tensors(config);
    for (name, shape) in &tensors {
        let array = weights.get(name).ok_or_else(|| NetworkError::Missing(name.clone()))?;
        if array.shape != *shape || array.data.len() != shape.iter().product::<usize>() {
            let (expected, found) = (shape.clone(), array.shape.clone());
            return Err(NetworkError::Shape { name: name.clone(), expected, found });
        }
    }
    match weights.keys().find(|name| !tensors.iter().any(|(known, _)| known == *name)) {
        Some(name) => Err(NetworkError::Unknown(name.clone())),
        None => Ok(()),
    }
}

/// Deviation of a fresh word's row.
const WORD_SCALE: f32 = 0.1;

/// Fresh weights, fixed by the seed: He et al. 2015 normals for what feeds a ReLU, zeros for biases, scales and the last
/// layer (so that an untrained network predicts nothing rather than noise).
///
/// # Errors
/// [`ConfigError`] where the config cannot be built.
pub fn initial(config: &NetworkConfig, seed: u64) -> Result<Weights, ConfigError> {
    let layers = Layers::new(config)?;
    let last = layers.list.last().map(|layer| format!("{}.weight", layer.name));
    let words = matches!(config.condition, ConditionKind::Words { .. });
    let tensors = layers.tensors(config);
    let arrays = tensors.into_iter().enumerate().map(|(stream, (name, shape))| {
        let mut data = vec![0.0f32; shape.iter().product()];
        if name.ends_with("norm.scale") {
            data.fill(1.0);
        } else if shape.len() > 1 && name != "scale.weight" && Some(&name) != last.as_ref() {
            let deviation = match shape[..] {
                [_, inputs, rows, columns] => (2.0 / (inputs * rows * columns) as f32).sqrt(),
                // A word's row is seen a thousand times less often than a kernel: small rows behind large weights make the
                // same vector, and let Adam's equal steps move a row as fast as its rarity asks.
                _ if name == "words.weight" => WORD_SCALE,
                // What words give is a vector and no choice of one row.
                _ if name == "condition.weight" && words => (2.0 / shape[0] as f32).sqrt() / WORD_SCALE,
                _ if name == "condition.weight" => 1.0,
                _ => (1.0 / shape[0] as f32).sqrt(),
            };
            noise::fill(seed, stream as u64, &mut data);
            data.iter_mut().for_each(|value| *value *= deviation);
        }
        (name, Array { shape, data })
    });
    let mut weights = Weights::new();
    weights.extend(arrays);
    Ok(weights)
}

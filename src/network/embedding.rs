//! How time and condition enter a network: as one row of shifts, a number per channel of each hidden layer, and behind
//! them as many scales where the network has them. The row is tiny and the same for every pixel, so the rooms `cpu` and
//! `gpu` compute it here, in plain loops; burn computes the same in `module` (where it is trained), and tests compare
//! the two.

use super::NetworkError;
use super::config::{ConditionKind, NetworkConfig};
use super::layers::Layers;
use super::weights::{Array, Weights};
use crate::denoiser::{Condition, DenoiseError};
use crate::gather::gather;

/// Sinusoids of `1000·t` at geometric frequencies from 1 to 1/10000, sines first (Vaswani et al. 2017, §3.5; scaled,
/// since fed with raw `t ≤ 1` they would be almost linear). Length `width`, even.
pub fn time_row(width: usize, t: f64) -> Vec<f32> {
    let half = width / 2;
    let angle = |i: usize| 1000.0 * t * libm::pow(10_000.0, -(i as f64) / half as f64);
    let sines = (0..half).map(|i| libm::sin(angle(i)) as f32);
    sines.chain((0..half).map(|i| libm::cos(angle(i)) as f32)).collect()
}

/// A plain condition as a row: one-hot for a class, the vector itself, or for words `1/√n` at each of the `n` different
/// ones; the last place stands for the null condition. Words then pass their table ([`shifts`]); what comes out of it, or
/// the row itself, multiplies `condition.weight`. What lies between others is a sum of such rows ([`Condition::parts`]).
///
/// # Errors
/// [`DenoiseError::Condition`] where the condition is not of the network's kind, or out of range.
pub fn condition_row(kind: ConditionKind, condition: &Condition) -> Result<Vec<f32>, DenoiseError> {
    let size = kind.size();
    let mut row = vec![0.0; size + 1];
    match (kind, condition) {
        (_, Condition::Null) => row[size] = 1.0,
        (ConditionKind::Class { count }, Condition::Class(class)) if *class < count => row[*class] = 1.0,
        (ConditionKind::Vector { size }, Condition::Vector(values)) if values.len() == size => {
            row[..size].copy_from_slice(values);
        }
        (ConditionKind::Words { count, .. }, Condition::Words(words))
            if !words.is_empty() && words.iter().all(|&word| word < count) =>
        {
            words.iter().for_each(|&word| row[word] = 1.0);
            let share = 1.0 / row.iter().sum::<f32>().sqrt();
            row.iter_mut().for_each(|value| *value *= share);
        }
        _ => {
            let expected = match kind {
                ConditionKind::Class { count } => format!("a class below {count}"),
                ConditionKind::Vector { size } => format!("a vector of {size} values"),
                ConditionKind::Words { count, .. } => format!("one or more words below {count}"),
            };
            let found = match condition {
                Condition::Class(class) => format!("class {class}"),
                Condition::Vector(values) => format!("a vector of {} values", values.len()),
                Condition::Words(words) => format!("the words {words:?}"),
                Condition::Null => "nothing".into(),
                Condition::Between(_) => "what lies between two others".into(),
            };
            return Err(DenoiseError::Condition { expected, found });
        }
    }
    Ok(row)
}

/// The tensors that [`shifts`] reads, without those of the layers.
pub fn tensors(weights: &Weights) -> Weights {
    let ours =
        |name: &str| ["time.", "condition.", "shift.", "scale.", "words."].iter().any(|start| name.starts_with(start));
    gather(weights.iter().filter(|(name, _)| ours(name)).map(|(name, array)| (name.clone(), array.clone())))
}

/// What multiplies `condition.weight`: [`condition_row`], for words behind their table; between conditions the sum of
/// theirs by their shares. Multiplied, it is what the condition adds to the embedding, so that is linear in the shares.
fn condition_code(config: &NetworkConfig, weights: &Weights, condition: &Condition) -> Result<Vec<f32>, NetworkError> {
    let mut code = Vec::new();
    for (share, plain) in condition.parts()? {
        let mut row = condition_row(config.condition, plain)?;
        if let ConditionKind::Words { count, width } = config.condition {
            let table = weights.get("words.weight").ok_or_else(|| NetworkError::Missing("words.weight".into()))?;
            let mut text = vec![0.0; width];
            multiply_add(&row[..count], table, &mut text);
            text.iter_mut().for_each(|value| *value = value.max(0.0));
            text.push(row[count]);
            row = text;
        }
        code.resize(row.len(), 0.0);
        code.iter_mut().zip(row).for_each(|(sum, value)| *sum += share * value);
    }
    Ok(code)
}

/// The row of shifts `[S]` at time `t` under `condition`: `relu(relu(time·W₁+b₁)·W₂+b₂ + condition·W₃)·W₄`, where
/// words stand in for the condition as `relu(words·W₀)`. Where the network has scales, they follow, `[2S]`: the same
/// with their own `W₄`.
///
/// # Errors
/// [`NetworkError`] where a tensor is missing or the condition does not fit.
pub fn shifts(
    config: &NetworkConfig,
    layers: &Layers,
    weights: &Weights,
    t: f64,
    condition: &Condition,
) -> Result<Vec<f32>, NetworkError> {
    let width = config.embedding;
    let array = |name: &str| weights.get(name).ok_or_else(|| NetworkError::Missing(name.into()));
    let mut hidden = array("time.in.bias")?.data.clone();
    multiply_add(&time_row(width, t), array("time.in.weight")?, &mut hidden);
    hidden.iter_mut().for_each(|value| *value = value.max(0.0));
    let mut embedding = array("time.out.bias")?.data.clone();
    multiply_add(&hidden, array("time.out.weight")?, &mut embedding);
    multiply_add(&condition_code(config, weights, condition)?, array("condition.weight")?, &mut embedding);
    embedding.iter_mut().for_each(|value| *value = value.max(0.0));
    let mut row = vec![0.0; layers.row()];
    let (shifts, scales) = row.split_at_mut(layers.shifts);
    multiply_add(&embedding, array("shift.weight")?, shifts);
    if !scales.is_empty() {
        multiply_add(&embedding, array("scale.weight")?, scales);
    }
    Ok(row)
}

/// `out += row · matrix`, for a `[in, out]` matrix.
fn multiply_add(row: &[f32], matrix: &Array, out: &mut [f32]) {
    for (&value, weights) in row.iter().zip(matrix.data.chunks(out.len().max(1))) {
        if value != 0.0 {
            out.iter_mut().zip(weights).for_each(|(out, weight)| *out += value * weight);
        }
    }
}

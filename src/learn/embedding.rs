//! Learning through the embedding of time and condition: `relu(relu(time·W₁+b₁)·W₂+b₂ + condition·W₃)·W₄`, as
//! [`crate::network::embedding`] computes it, with what the way back asks for kept.

use super::parameters::Parameters;
use crate::denoiser::Condition;
use crate::network::config::{ConditionKind, NetworkConfig};
use crate::network::embedding::{condition_row, time_row};
use crate::network::{Layers, NetworkError};
use std::ops::Range;

/// Where the embedding's tensors lie.
pub struct Embedding {
    kind: ConditionKind,
    width: usize,
    time_in: [Range<usize>; 2],
    time_out: [Range<usize>; 2],
    condition: Range<usize>,
    shift: Range<usize>,
    scale: Range<usize>,
    words: Range<usize>,
    shifts: usize,
}

/// One picture's way through it.
#[derive(Default)]
pub struct Trace {
    time: Vec<f32>,
    hidden: Vec<f32>,
    /// The condition's row, and what of it multiplies `condition.weight`.
    row: Vec<f32>,
    code: Vec<f32>,
    embedding: Vec<f32>,
}

impl Embedding {
    /// That of a network.
    pub fn new(config: &NetworkConfig, layers: &Layers, parameters: &Parameters) -> Embedding {
        let linear = |name: &str| ["weight", "bias"].map(|part| parameters.place(&format!("time.{name}.{part}")));
        Embedding {
            kind: config.condition,
            width: config.embedding,
            time_in: linear("in"),
            time_out: linear("out"),
            condition: parameters.place("condition.weight"),
            shift: parameters.place("shift.weight"),
            scale: parameters.place("scale.weight"),
            words: parameters.place("words.weight"),
            shifts: layers.shifts,
        }
    }

    /// The row of shifts (then scales) at time `t` under a plain condition, and the way there.
    ///
    /// # Errors
    /// [`NetworkError`] where the condition does not fit.
    pub fn forward(&self, all: &[f32], t: f64, condition: &Condition, row: &mut [f32]) -> Result<Trace, NetworkError> {
        let piece = |range: &Range<usize>| &all[range.clone()];
        let time = time_row(self.width, t);
        let mut hidden = piece(&self.time_in[1]).to_vec();
        multiply_add(&time, piece(&self.time_in[0]), &mut hidden);
        relu(&mut hidden);
        let condition = condition_row(self.kind, condition)?;
        let code = self.code(all, &condition);
        let mut embedding = piece(&self.time_out[1]).to_vec();
        multiply_add(&hidden, piece(&self.time_out[0]), &mut embedding);
        multiply_add(&code, piece(&self.condition), &mut embedding);
        relu(&mut embedding);
        row.fill(0.0);
        let (shifts, scales) = row.split_at_mut(self.shifts);
        multiply_add(&embedding, piece(&self.shift), shifts);
        if !scales.is_empty() {
            multiply_add(&embedding, piece(&self.scale), scales);
        }
        Ok(Trace { time, hidden, row: condition, code, embedding })
    }

    /// What of a condition's row multiplies `condition.weight`: words first pass their table.
    fn code(&self, all: &[f32], row: &[f32]) -> Vec<f32> {
        let ConditionKind::Words { count, width } = self.kind else { return row.to_vec() };
        let mut text = vec![0.0; width];
        multiply_add(&row[..count], &all[self.words.clone()], &mut text);
        relu(&mut text);
        text.push(row[count]);
        text
    }

    /// Adds the gradients of its tensors, from that of the row.
    pub fn backward(&self, all: &[f32], trace: &Trace, row: &[f32], gradient: &mut [f32]) {
        let piece = |range: &Range<usize>| &all[range.clone()];
        let (shifts, scales) = row.split_at(self.shifts);
        outer_add(&trace.embedding, shifts, &mut gradient[self.shift.clone()]);
        let mut below = vec![0.0; self.width];
        transposed_add(piece(&self.shift), shifts, &mut below);
        if !scales.is_empty() {
            outer_add(&trace.embedding, scales, &mut gradient[self.scale.clone()]);
            transposed_add(piece(&self.scale), scales, &mut below);
        }
        relu_back(&trace.embedding, &mut below);
        outer_add(&trace.code, &below, &mut gradient[self.condition.clone()]);
        if let ConditionKind::Words { count, width } = self.kind {
            let mut text = vec![0.0; width + 1];
            transposed_add(piece(&self.condition), &below, &mut text);
            relu_back(&trace.code, &mut text);
            outer_add(&trace.row[..count], &text[..width], &mut gradient[self.words.clone()]);
        }
        self.linear(&self.time_out, &trace.hidden, &below, gradient);
        let mut hidden = vec![0.0; self.width];
        transposed_add(piece(&self.time_out[0]), &below, &mut hidden);
        relu_back(&trace.hidden, &mut hidden);
        self.linear(&self.time_in, &trace.time, &hidden, gradient);
    }

    /// Adds the gradients of a linear map's weight and bias.
    fn linear(&self, [weight, bias]: &[Range<usize>; 2], input: &[f32], output: &[f32], gradient: &mut [f32]) {
        outer_add(input, output, &mut gradient[weight.clone()]);
        gradient[bias.clone()].iter_mut().zip(output).for_each(|(sum, value)| *sum += value);
    }
}

fn relu(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = value.max(0.0));
}

/// Nothing comes back where nothing went through.
fn relu_back(values: &[f32], gradient: &mut [f32]) {
    gradient.iter_mut().zip(values).filter(|(_, value)| **value <= 0.0).for_each(|(gradient, _)| *gradient = 0.0);
}

/// `out += row · matrix`, for a `[in, out]` matrix.
fn multiply_add(row: &[f32], matrix: &[f32], out: &mut [f32]) {
    for (&value, weights) in row.iter().zip(matrix.chunks_exact(out.len().max(1))).filter(|(value, _)| **value != 0.0) {
        out.iter_mut().zip(weights).for_each(|(out, weight)| *out += value * weight);
    }
}

/// `out += matrix · row`, for an `[in, out]` matrix and a row of `out`.
fn transposed_add(matrix: &[f32], row: &[f32], out: &mut [f32]) {
    for (out, weights) in out.iter_mut().zip(matrix.chunks_exact(row.len().max(1))) {
        *out += weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f32>();
    }
}

/// `matrix += columnᵀ · row`.
fn outer_add(column: &[f32], row: &[f32], matrix: &mut [f32]) {
    for (&value, sums) in column.iter().zip(matrix.chunks_exact_mut(row.len().max(1))).filter(|(v, _)| **v != 0.0) {
        sums.iter_mut().zip(row).for_each(|(sum, row)| *sum += value * row);
    }
}

//! A network's weights as plain named f32 arrays: what packs hold, and what every engine takes.

use std::collections::BTreeMap;

/// One tensor: row-major values and their shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Values, row-major.
    pub data: Vec<f32>,
}

/// Tensors by name; names and shapes are those of `Layers::tensors`.
pub type Weights = BTreeMap<String, Array>;

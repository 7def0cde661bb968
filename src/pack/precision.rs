//! How weights are stored (native): as f32, as f16, or as whole numbers of 8 or 7 bits with one scale for each row, in a
//! compressed file: a quarter of the size, or less. [`Precision::round`] gives the weights as a reader will see them, so that what is measured and what is
//! stored as a known answer belong to the file and not to the training run.

use super::PackError;
use super::tensors::{SCALE, check_finite};
use crate::network::weights::{Array, Weights};
use half::f16;
use safetensors::tensor::Dtype;

/// How weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// Two bytes a value.
    #[default]
    F16,
    /// Four bytes a value.
    F32,
    /// One byte a value for tensors of two sizes and more, with one f32 scale per row (the first size: the output
    /// channels of a convolution); the few others as [`Precision::F16`].
    I8,
    /// The same with whole numbers of 7 bits: their bytes compress by a fifth, those of 8 bits by a tenth.
    I7,
}

/// One tensor on its way into a file: name, type, shape and little-endian values.
pub(super) type Encoded = (String, Dtype, Vec<usize>, Vec<u8>);

impl Precision {
    /// The largest whole number whose negative is one, too, where values are stored as such.
    fn largest(self) -> Option<f32> {
        match self {
            Precision::I8 => Some(127.0),
            Precision::I7 => Some(63.0),
            Precision::F16 | Precision::F32 => None,
        }
    }

    /// Whether the file is worth compressing: floating point values hardly are.
    pub(super) fn compresses(self) -> bool {
        self.largest().is_some()
    }

    /// The weights as a reader of the pack will see them.
    pub fn round(self, weights: &Weights) -> Weights {
        let round = |array: &Array| Array { shape: array.shape.clone(), data: self.round_array(array) };
        let mut rounded = Weights::new();
        rounded.extend(weights.iter().map(|(name, array)| (name.clone(), round(array))));
        rounded
    }

    fn round_array(self, array: &Array) -> Vec<f32> {
        match self.largest() {
            _ if self == Precision::F32 => array.data.clone(),
            Some(largest) if array.shape.len() > 1 => {
                let whole = |row| {
                    let scale = scale(row, largest);
                    row.iter().map(move |&value| f32::from(whole(value, scale, largest)) * scale)
                };
                rows(array).flat_map(whole).collect()
            }
            _ => array.data.iter().map(|&v| f16::from_f32(v).to_f32()).collect(),
        }
    }

    /// Weights as the tensors of a file.
    ///
    /// # Errors
    /// [`PackError::NotFinite`] where a value is not.
    pub(super) fn encode(self, file: &str, weights: &Weights) -> Result<Vec<Encoded>, PackError> {
        let mut tensors = Vec::new();
        for (name, array) in weights {
            check_finite(file, name, &self.round_array(array))?;
            let (shape, data) = (array.shape.clone(), &array.data);
            match self.largest() {
                _ if self == Precision::F32 => {
                    let bytes = data.iter().flat_map(|value| value.to_le_bytes()).collect();
                    tensors.push((name.clone(), Dtype::F32, shape, bytes));
                }
                Some(largest) if shape.len() > 1 => {
                    let scales: Vec<f32> = rows(array).map(|row| scale(row, largest)).collect();
                    let values = rows(array).zip(&scales).flat_map(|(row, &scale)| {
                        row.iter().map(move |&value| whole(value, scale, largest).to_le_bytes()[0])
                    });
                    tensors.push((name.clone(), Dtype::I8, shape, values.collect()));
                    let bytes = scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
                    tensors.push((format!("{name}{SCALE}"), Dtype::F32, vec![scales.len()], bytes));
                }
                _ => {
                    let bytes = data.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect();
                    tensors.push((name.clone(), Dtype::F16, shape, bytes));
                }
            }
        }
        Ok(tensors)
    }
}

fn rows(array: &Array) -> impl Iterator<Item = &[f32]> {
    let rows = array.shape.first().copied().unwrap_or(1).max(1);
    array.data.chunks((array.data.len() / rows).max(1))
}

/// The step between two whole numbers, such that the largest value of the row is `largest` of them.
fn scale(row: &[f32], largest: f32) -> f32 {
    row.iter().fold(0.0f32, |most, value| most.max(value.abs())) / largest
}

fn whole(value: f32, scale: f32, largest: f32) -> i8 {
    if scale > 0.0 { (value / scale).round().clamp(-largest, largest) as i8 } else { 0 }
}

//! What follows the sums of an operation, written once for every engine: `residual + activation(·(1 + scale) + shift)`,
//! each part optional. Time and condition enter a network only here, by shifts and scales. Operations that end in it
//! take it along: `cpu` for the processor, `finish.wgsl` for the GPU, and its twin below.

mod activation;
#[cfg(with_learning)]
mod backward;
pub(crate) mod cpu;
#[cfg(all(with_gpu, with_learning))]
mod lesson;

pub use activation::Activation;

use super::Value;
#[cfg(with_gpu)]
use super::program::Names;

/// What follows the sums.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finish {
    /// Where the shifts begin in the row that the embedding gives; one a channel.
    pub shift: Option<usize>,
    /// Where the scales begin in that row, behind all shifts; one a channel. None without shifts.
    pub scale: Option<usize>,
    /// What every value then passes.
    pub activation: Activation,
    /// Added to the result; has its shape.
    pub residual: Option<Value>,
}

impl Finish {
    /// What `finish.wgsl` asks for.
    #[cfg(with_gpu)]
    pub fn names(&self, names: &mut Names) {
        names.insert("SHIFTED", i64::from(self.shift.is_some()));
        names.insert("SCALED", i64::from(self.scale.is_some()));
        names.insert("ACTIVATION", self.activation as i64);
        names.insert("RESIDUAL", i64::from(self.residual.is_some()));
    }

    /// The twin: one value of a channel, at `index` in its tensor, under a picture's row.
    pub fn twin(&self, sum: f32, values: &[Vec<f32>], row: &[f32], channel: usize, index: usize) -> f32 {
        let scale = self.scale.map_or(1.0, |scale| 1.0 + row[scale + channel]);
        let shift = self.shift.map_or(0.0, |shift| row[shift + channel]);
        let residual = self.residual.map_or(0.0, |residual| values[residual][index]);
        residual + self.activation.of(sum * scale + shift)
    }
}

//! The finish on the processor, a vector of channels at a time.

use super::super::Ready;
use super::super::plane::{Lane, Plane, vectors};
use super::super::product::V;
use super::{Activation, Finish};
use crate::simd::{BASELINE, Simd};

/// A [`Finish`] with the numbers and planes that it names.
#[derive(Default)]
pub struct Ending<'a> {
    /// One number per channel; none where empty.
    pub shift: &'a [f32],
    /// The same.
    pub scale: &'a [f32],
    pub activation: Activation,
    pub residual: Option<&'a Plane>,
}

impl<'a> Ending<'a> {
    pub fn new(finish: &Finish, channels: usize, ready: &Ready<'a>) -> Self {
        let piece = |start: Option<usize>| start.map_or(&[][..], |start| &ready.row[start..start + channels]);
        let (shift, scale) = (piece(finish.shift), piece(finish.scale));
        let residual = finish.residual.map(|value| ready.value(value));
        Ending { shift, scale, activation: finish.activation, residual }
    }

    /// Ends the sums of one vector of channels into `output`, at vector `at`; shift and scale are in them already.
    #[inline(always)]
    pub fn store(&self, sum: V, at: usize, output: &mut Plane) {
        let s = BASELINE;
        let mut value = self.activation.vector(s, sum);
        if let Some(residual) = self.residual {
            value = s.add(value, s.load(&residual.lanes()[at]));
        }
        s.store(value, &mut output.lanes_mut()[at]);
    }

    /// `residual + activation((plane·factor + offset)·(1 + scale) + shift)` in place, with a factor and an offset for
    /// each channel.
    pub fn apply(&self, mut factors: Vec<f32>, mut offsets: Vec<f32>, plane: &mut Plane) {
        for (c, scale) in self.scale.iter().enumerate() {
            factors[c] *= 1.0 + scale;
            offsets[c] *= 1.0 + scale;
        }
        offsets.iter_mut().zip(self.shift).for_each(|(offset, shift)| *offset += shift);
        let (factors, offsets): (Vec<Lane>, Vec<Lane>) = (vectors(&factors), vectors(&offsets));
        let s = BASELINE;
        for y in 0..plane.shape.height {
            for x in 0..plane.shape.width {
                let at = plane.pixel(y as isize, x as isize);
                for (group, (factor, offset)) in factors.iter().zip(&offsets).enumerate() {
                    let value = s.load(&plane.lanes()[at + group]);
                    self.store(s.mul_add(value, s.load(factor), s.load(offset)), at + group, plane);
                }
            }
        }
    }
}

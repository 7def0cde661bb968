//! Learning through the finish: it keeps the sums that it is given, and turns the gradient of a value into theirs.

use super::super::Value;
use super::super::backward::{Pass, add};
use super::super::plane::{LANES, Lane, Plane, vectors};
use super::super::product::V;
use super::{Activation, Finish};
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;

impl Activation {
    /// The slope at `value` times `gradient`.
    #[inline(always)]
    fn back<S: Simd>(self, s: S, value: S::V, gradient: S::V) -> S::V {
        match self {
            Activation::None => gradient,
            Activation::Relu => s.select_greater(value, s.splat(0.0), gradient, s.splat(0.0)),
        }
    }
}

impl Finish {
    /// Whether nothing follows the sums, which then are the value itself.
    pub fn is_nothing(&self) -> bool {
        *self == Finish::default()
    }

    /// Ends the sums of `output` into its value. Where nothing follows, they stand there already.
    pub fn forward(&self, channels: usize, output: Value, pass: &mut Pass) {
        let mut plane = pass.take(output);
        let factors = self.factors(channels, &pass.row);
        let residual = self.residual.map(|residual| &pass.values[residual]);
        each(&pass.sums[output], |at, group, sum| {
            let s = BASELINE;
            let mut value = self.activation.vector(s, factors.before(group, sum));
            if let Some(residual) = residual {
                value = s.add(value, s.load(&residual.lanes()[at]));
            }
            s.store(value, &mut plane.lanes_mut()[at]);
        });
        pass.put(output, plane);
    }

    /// Turns the gradient of `output` into that of its sums, and adds what residual, shifts and scales have of it.
    pub fn backward(&self, channels: usize, output: Value, pass: &mut Pass) {
        if self.is_nothing() {
            return;
        }
        let s = BASELINE;
        let mut plane = std::mem::take(&mut pass.gradients[output]);
        if let Some(residual) = self.residual {
            add(&mut pass.gradients[residual], &plane);
        }
        let factors = self.factors(channels, &pass.row);
        let mut shifts = vec![Lane::zeroed(); plane.groups];
        let mut scales = shifts.clone();
        let sums = &pass.sums[output];
        for group in 0..plane.groups {
            let (mut shift, mut scale) = (s.splat(0.0), s.splat(0.0));
            let factor = s.load(&factors.scale[group]);
            for y in 0..plane.shape.height as isize {
                let (start, end) = (plane.pixel(y, 0) + group, plane.pixel(y, plane.shape.width as isize));
                let gradients = plane.lanes_mut()[start..end].iter_mut().step_by(sums.groups);
                for (to, sum) in gradients.zip(sums.lanes()[start..end].iter().step_by(sums.groups)) {
                    let sum = s.load(sum);
                    let gradient = self.activation.back(s, factors.before(group, sum), s.load(to));
                    (shift, scale) = (s.add(shift, gradient), s.mul_add(gradient, sum, scale));
                    s.store(s.mul_add(gradient, factor, s.splat(0.0)), to);
                }
            }
            s.store(shift, &mut shifts[group]);
            s.store(scale, &mut scales[group]);
        }
        pass.gradients[output] = plane;
        for (start, sums) in [(self.shift, shifts), (self.scale, scales)] {
            let Some(start) = start else { continue };
            let sums = bytemuck::cast_slice::<Lane, f32>(&sums);
            pass.row_gradient[start..start + channels].iter_mut().zip(sums).for_each(|(to, sum)| *to += sum);
        }
    }

    /// The numbers of a picture's row, a vector of channels each.
    fn factors(&self, channels: usize, row: &[f32]) -> Factors {
        let piece = |start: Option<usize>| start.map(|start| &row[start..start + channels]);
        let mut scale = vec![1.0; channels.next_multiple_of(LANES)];
        piece(self.scale).into_iter().flatten().zip(&mut scale).for_each(|(from, to)| *to += from);
        let mut shift = vec![0.0; channels.next_multiple_of(LANES)];
        piece(self.shift).into_iter().flatten().zip(&mut shift).for_each(|(from, to)| *to += from);
        Factors { scale: vectors(&scale), shift: vectors(&shift) }
    }
}

/// Scale (one more than it) and shift, by vectors of channels.
struct Factors {
    scale: Vec<Lane>,
    shift: Vec<Lane>,
}

impl Factors {
    /// What the activation is given.
    #[inline(always)]
    fn before(&self, group: usize, sum: V) -> V {
        let s = BASELINE;
        s.mul_add(sum, s.load(&self.scale[group]), s.load(&self.shift[group]))
    }
}

/// Visits the vectors of all pixels: where each lies, its group of channels, and what it holds.
#[inline(always)]
fn each(plane: &Plane, mut visit: impl FnMut(usize, usize, V)) {
    for y in 0..plane.shape.height as isize {
        let start = plane.pixel(y, 0);
        for x in 0..plane.shape.width {
            let at = start + x * plane.groups;
            for (group, sum) in plane.lanes()[at..at + plane.groups].iter().enumerate() {
                visit(at + group, group, BASELINE.load(sum));
            }
        }
    }
}

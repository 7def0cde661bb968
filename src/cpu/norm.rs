//! Group normalisation (Wu & He 2018, epsilon 1e-5) in place, with what follows it fused in; and that alone, where scales
//! follow a convolution that is not normalised.

use super::Finish;
use super::plane::{LANES, Lane, Plane, vectors};
use crate::simd::{BASELINE, Simd};

/// Group normalisation with its parameters.
pub struct Norm {
    groups: usize,
    scale: Vec<f32>,
    offset: Vec<f32>,
}

impl Norm {
    /// `scale` and `offset` have one number per channel; `groups` divides their count.
    pub fn new(groups: usize, scale: &[f32], offset: &[f32]) -> Norm {
        Norm { groups, scale: scale.to_vec(), offset: offset.to_vec() }
    }

    /// `residual + relu(norm(plane)·(1 + scale) + shift)`, each part where `finish` asks for it.
    pub fn run(&self, finish: &Finish, plane: &mut Plane) {
        let size = self.scale.len() / self.groups;
        let count = (size * plane.shape.height * plane.shape.width) as f32;
        let mean = self.per_group(plane, |value, _| value).map(|sum| sum / count).collect::<Vec<_>>();
        let squares = self.per_group(plane, |value, group| (value - mean[group]) * (value - mean[group]));
        let inverse: Vec<f32> = squares.map(|sum| 1.0 / (sum / count + 1e-5).sqrt()).collect();
        let mut factors: Vec<f32> = self.scale.iter().enumerate().map(|(c, scale)| scale * inverse[c / size]).collect();
        let mut offsets: Vec<f32> =
            self.offset.iter().enumerate().map(|(c, offset)| offset - mean[c / size] * factors[c]).collect();
        for (c, scale) in finish.scale.iter().enumerate() {
            factors[c] *= 1.0 + scale;
            offsets[c] *= 1.0 + scale;
        }
        offsets.iter_mut().zip(finish.shift).for_each(|(offset, shift)| *offset += shift);
        apply(&vectors(&factors), &vectors(&offsets), finish, plane);
    }

    /// Sums of `of(value, group)` over each group's channels and all pixels.
    fn per_group(&self, plane: &Plane, of: impl Fn(f32, usize) -> f32) -> impl Iterator<Item = f32> {
        let (channels, size) = (self.scale.len(), self.scale.len() / self.groups);
        let mut sums = vec![0.0; channels];
        for y in 0..plane.shape.height {
            let row = &plane.values()[plane.pixel(y as isize, 0) * LANES..][..plane.shape.width * plane.groups * LANES];
            for pixel in row.chunks_exact(plane.groups * LANES) {
                for (c, (sum, &value)) in sums.iter_mut().zip(pixel).enumerate() {
                    *sum += of(value, c / size);
                }
            }
        }
        let groups = self.groups;
        (0..groups).map(move |group| sums[group * size..][..size].iter().sum())
    }
}

/// `residual + relu(plane·(1 + scale) + shift)`: what `finish` asks for, where it asks for scales.
pub fn modulate(finish: &Finish, plane: &mut Plane) {
    let factors: Vec<f32> = finish.scale.iter().map(|scale| 1.0 + scale).collect();
    apply(&vectors(&factors), &vectors(finish.shift), finish, plane);
}

/// `residual + relu(plane·factor + offset)`, with a factor and an offset for each channel.
fn apply(factors: &[Lane], offsets: &[Lane], finish: &Finish, plane: &mut Plane) {
    let s = BASELINE;
    for y in 0..plane.shape.height {
        let start = plane.pixel(y as isize, 0);
        for i in start..start + plane.shape.width * plane.groups {
            let group = (i - start) % plane.groups;
            let value = s.load(&plane.lanes()[i]);
            let mut value = s.mul_add(value, s.load(&factors[group]), s.load(&offsets[group]));
            if finish.relu {
                value = s.max(value, s.splat(0.0));
            }
            if let Some(residual) = finish.residual {
                value = s.add(value, s.load(&residual.lanes()[i]));
            }
            s.store(value, &mut plane.lanes_mut()[i]);
        }
    }
}

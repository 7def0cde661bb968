//! Group normalisation (Wu & He 2018, epsilon 1e-5) in place, with what follows it fused in; and that alone, where scales
//! follow a convolution that is not normalised.

use super::Finish;
use super::convolution::V;
use super::plane::{Lane, Plane, vectors};
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;

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
        let s = BASELINE;
        let size = self.scale.len() / self.groups;
        let count = (size * plane.shape.height * plane.shape.width) as f32;
        let per_channel = |groups: &[f32]| groups.iter().flat_map(|&value| vec![value; size]).collect::<Vec<_>>();
        let mean = self.per_group(plane, |value, _| value).map(|sum| sum / count).collect::<Vec<_>>();
        let means = vectors(&per_channel(&mean));
        let off = |value, group: usize| s.sub(value, s.load(&means[group]));
        let squares =
            self.per_group(plane, |value, group| s.mul_add(off(value, group), off(value, group), s.splat(0.0)));
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

    /// Sums of `of(values, vector)` over each group's channels and all pixels.
    fn per_group(&self, plane: &Plane, of: impl Fn(V, usize) -> V) -> impl Iterator<Item = f32> {
        let s = BASELINE;
        let size = self.scale.len() / self.groups;
        let mut sums = vec![Lane::zeroed(); plane.groups];
        for y in 0..plane.shape.height {
            let row = &plane.lanes()[plane.pixel(y as isize, 0)..][..plane.shape.width * plane.groups];
            for pixel in row.chunks_exact(plane.groups) {
                for (group, (sum, value)) in sums.iter_mut().zip(pixel).enumerate() {
                    s.store(s.add(s.load(sum), of(s.load(value), group)), sum);
                }
            }
        }
        let groups = self.groups;
        (0..groups).map(move |group| bytemuck::cast_slice::<Lane, f32>(&sums)[group * size..][..size].iter().sum())
    }
}

/// `residual + relu(plane·factor + offset)`, with a factor and an offset for each channel.
fn apply(factors: &[Lane], offsets: &[Lane], finish: &Finish, plane: &mut Plane) {
    let s = BASELINE;
    for y in 0..plane.shape.height {
        for x in 0..plane.shape.width {
            let at = plane.pixel(y as isize, x as isize);
            for (group, (factor, offset)) in factors.iter().zip(offsets).enumerate() {
                let value = s.load(&plane.lanes()[at + group]);
                finish.store(s.mul_add(value, s.load(factor), s.load(offset)), at + group, plane);
            }
        }
    }
}

/// `residual + relu(plane·(1 + scale) + shift)`: what `finish` asks for, where it asks for scales.
pub fn modulate(finish: &Finish, plane: &mut Plane) {
    let factors: Vec<f32> = finish.scale.iter().map(|scale| 1.0 + scale).collect();
    apply(&vectors(&factors), &vectors(finish.shift), finish, plane);
}

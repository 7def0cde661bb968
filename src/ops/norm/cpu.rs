//! Group normalisation on the processor, with what follows it in the same pass.

use super::super::finish::cpu::Ending;
use super::super::plane::{Lane, Plane, Room, vectors};
use super::super::product::V;
use super::super::{Kernel, OpError, Ready, Site, Weights};
use super::Norm;
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;

/// Group normalisation with its parameters.
pub struct Normalisation {
    norm: Norm,
    scale: Vec<f32>,
    offset: Vec<f32>,
}

impl Normalisation {
    pub fn new(norm: &Norm, site: &Site<'_>, weights: &Weights) -> Result<Normalisation, OpError> {
        let data = |part: &str| site.tensor(weights, part).map(|array| array.data.clone());
        Ok(Normalisation { norm: norm.clone(), scale: data("scale")?, offset: data("offset")? })
    }

    /// Sums of `of(values, vector)` over each group's channels and all pixels.
    fn per_group(&self, plane: &Plane, of: impl Fn(V, usize) -> V) -> impl Iterator<Item = f32> {
        let s = BASELINE;
        let size = self.scale.len() / self.norm.groups;
        let mut sums = vec![Lane::zeroed(); plane.groups];
        for y in 0..plane.shape.height {
            let row = &plane.lanes()[plane.pixel(y as isize, 0)..][..plane.shape.width * plane.groups];
            for pixel in row.chunks_exact(plane.groups) {
                for (group, (sum, value)) in sums.iter_mut().zip(pixel).enumerate() {
                    s.store(s.add(s.load(sum), of(s.load(value), group)), sum);
                }
            }
        }
        let groups = self.norm.groups;
        (0..groups).map(move |group| bytemuck::cast_slice::<Lane, f32>(&sums)[group * size..][..size].iter().sum())
    }
}

impl Kernel for Normalisation {
    fn run(&self, ready: &Ready<'_>, _: &mut Room, plane: &mut Plane) {
        let s = BASELINE;
        let size = self.scale.len() / self.norm.groups;
        let count = (size * plane.shape.height * plane.shape.width) as f32;
        let per_channel = |groups: &[f32]| groups.iter().flat_map(|&value| vec![value; size]).collect::<Vec<_>>();
        let mean = self.per_group(plane, |value, _| value).map(|sum| sum / count).collect::<Vec<_>>();
        let means = vectors(&per_channel(&mean));
        let off = |value, group: usize| s.sub(value, s.load(&means[group]));
        let squares =
            self.per_group(plane, |value, group| s.mul_add(off(value, group), off(value, group), s.splat(0.0)));
        let inverse: Vec<f32> = squares.map(|sum| 1.0 / (sum / count + 1e-5).sqrt()).collect();
        let factors: Vec<f32> = self.scale.iter().enumerate().map(|(c, scale)| scale * inverse[c / size]).collect();
        let offsets: Vec<f32> =
            self.offset.iter().enumerate().map(|(c, offset)| offset - mean[c / size] * factors[c]).collect();
        Ending::new(&self.norm.finish, self.norm.channels, ready).apply(factors, offsets, plane);
    }
}

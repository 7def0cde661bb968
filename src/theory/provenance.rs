//! Where a picture comes from: for every pixel the training patch that it owes most to, and how many patches share in
//! it. As data, and as the mosaic it makes.

use super::training::Training;
use crate::denoiser::ImageShape;

/// The provenance of one picture, pixel by pixel in rows, `[H, W]` each.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The shape of the picture.
    pub shape: ImageShape,
    /// The training image that contributed most, by its number.
    pub image: Vec<u32>,
    /// The place in it, `row · W + column`.
    pub place: Vec<u32>,
    /// The share of that one patch, in `(0, 1]`.
    pub weight: Vec<f32>,
    /// The effective number of patches: exp of the posterior's entropy, at least 1.
    pub patches: Vec<f32>,
}

impl Provenance {
    /// The picture that the best patches alone would make, `[C, H, W]`. `training` is the set that the provenance was
    /// computed over, or the part of it with the right numbers; pixels from elsewhere are 0 (grey).
    pub fn mosaic(&self, training: &Training) -> Vec<f32> {
        let pixels = self.shape.height * self.shape.width;
        let mut out = vec![0.0; self.shape.len()];
        for (q, (image, place)) in self.image.iter().zip(&self.place).enumerate() {
            let n = (*image as usize).wrapping_sub(training.first());
            for c in 0..self.shape.channels {
                out[c * pixels + q] = training.value(n, c * pixels + *place as usize).unwrap_or(0.0);
            }
        }
        out
    }
}

//! The training images as the patch posterior wants them: interleaved, so that one vector holds the same pixel of 16, 8
//! or 4 images. Made once, shared by every machine.

use super::TheoryError;
use crate::denoiser::ImageShape;
use crate::simd::{Isa, Lane16};
use bytemuck::Pod;

/// The largest side that the machines take, in pixels.
pub const MAX_SIDE: usize = 64;

/// Training images `[N, C, H, W]`, interleaved as `[⌈N/L⌉, C, H, W, L]`.
#[derive(Clone)]
pub struct Training {
    shape: ImageShape,
    count: usize,
    first: usize,
    isa: Isa,
    lanes: Vec<Lane16>,
}

impl std::fmt::Debug for Training {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Training({} images of {:?}, {:?})", self.count, self.shape, self.isa)
    }
}

impl Training {
    /// Takes `images` `[N, C, H, W]` in `[−1, 1]`, for the best instruction set of this machine.
    ///
    /// # Errors
    /// [`TheoryError`] where there is no image, a value is not finite, the number of values is not a multiple of the
    /// image's, or the shape is not 1 or 3 channels of at most 64×64.
    pub fn new(images: &[f32], shape: ImageShape) -> Result<Training, TheoryError> {
        Training::with_isa(images, shape, Isa::best())
    }

    /// As [`Training::new`], for a chosen instruction set.
    ///
    /// # Errors
    /// As [`Training::new`], and [`TheoryError::Isa`] where this machine does not have it.
    pub fn with_isa(images: &[f32], shape: ImageShape, isa: Isa) -> Result<Training, TheoryError> {
        check_shape(shape)?;
        if !isa.is_available() {
            return Err(TheoryError::Isa(isa));
        }
        let size = shape.len();
        if images.is_empty() || !images.len().is_multiple_of(size) {
            return Err(TheoryError::Images { size, found: images.len() });
        }
        if images.iter().any(|v| !v.is_finite()) {
            return Err(TheoryError::NotFinite);
        }
        let (count, lanes) = (images.len() / size, isa.lanes());
        let floats = count.div_ceil(lanes) * size * lanes;
        let mut store = vec![Lane16([0.0; 16]); floats.div_ceil(16)];
        let flat: &mut [f32] = bytemuck::cast_slice_mut(&mut store);
        // Lanes without an image of their own hold the last one again: nothing they say is counted.
        let last = &images[images.len() - size..];
        let filled = images.chunks_exact(size).chain(core::iter::repeat(last)).take(count.div_ceil(lanes) * lanes);
        for (n, image) in filled.enumerate() {
            let start = n / lanes * size * lanes + n % lanes;
            for (i, v) in image.iter().enumerate() {
                flat[start + i * lanes] = *v;
            }
        }
        Ok(Training { shape, count, first: 0, isa, lanes: store })
    }

    /// Numbers the images from `first` up in provenance: for a part of a larger set.
    pub fn numbered_from(mut self, first: usize) -> Training {
        self.first = first;
        self
    }

    /// The shape of one image.
    pub fn shape(&self) -> ImageShape {
        self.shape
    }

    /// Number of images.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The number that the first image has in provenance.
    pub fn first(&self) -> usize {
        self.first
    }

    /// The instruction set that the images are laid out for.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Image `n` (counted from 0 in this set) as `[C, H, W]`, or nothing where there is no such image.
    pub fn image(&self, n: usize) -> Option<Vec<f32>> {
        let (size, lanes) = (self.shape.len(), self.isa.lanes());
        (n < self.count).then(|| {
            let start = n / lanes * size * lanes + n % lanes;
            (0..size).map(|i| self.floats()[start + i * lanes]).collect()
        })
    }

    /// Value `i` (`[C, H, W]`) of image `n`, or nothing where there is none.
    pub fn value(&self, n: usize, i: usize) -> Option<f32> {
        let (size, lanes) = (self.shape.len(), self.isa.lanes());
        (n < self.count && i < size).then(|| self.floats()[(n / lanes * size + i) * lanes + n % lanes])
    }

    /// All images, `[N, C, H, W]`.
    pub fn images(&self) -> Vec<f32> {
        (0..self.count).filter_map(|n| self.image(n)).flatten().collect()
    }

    /// Number of groups of lanes; the last may be filled up with copies of the last image.
    pub(super) fn groups(&self) -> usize {
        self.count.div_ceil(self.isa.lanes())
    }

    /// Group `g` as `[C, H, W]` vectors of type `Lane`.
    pub(super) fn group<Lane: Pod>(&self, g: usize) -> &[Lane] {
        let size = self.shape.len();
        &bytemuck::cast_slice(&self.lanes)[g * size..(g + 1) * size]
    }

    fn floats(&self) -> &[f32] {
        bytemuck::cast_slice(&self.lanes)
    }
}

/// Checks that the machines can work on pictures of this shape.
pub(super) fn check_shape(shape: ImageShape) -> Result<(), TheoryError> {
    let sides = 1..=MAX_SIDE;
    let fits = matches!(shape.channels, 1 | 3) && sides.contains(&shape.height) && sides.contains(&shape.width);
    if fits { Ok(()) } else { Err(TheoryError::Shape(shape)) }
}

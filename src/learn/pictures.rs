//! The pictures that a run learns from, and how they are brought to its size.

use super::LearnError;
use crate::denoiser::ImageShape;
use crate::pack::limits::SIDE;

/// The smallest side of a picture: a kernel has to have something to see.
pub const LEAST_SIDE: usize = 2;

/// Pictures with one class each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// Shape of each.
    pub shape: ImageShape,
    /// `[N, C, H, W]`, 0 to 255.
    pub data: Vec<u8>,
    /// Class of each.
    pub classes: Vec<usize>,
    /// Name of each class, as a prompt asks for it.
    pub names: Vec<String>,
}

impl Pictures {
    /// Pictures that all show the same.
    pub fn of_one_kind(shape: ImageShape, data: Vec<u8>, name: &str) -> Pictures {
        let count = data.len() / shape.len().max(1);
        Pictures { shape, data, classes: vec![0; count], names: vec![name.into()] }
    }

    /// Number of pictures.
    pub fn count(&self) -> usize {
        self.classes.len()
    }

    /// Picture `n`, in `[−1, 1]`, `[C, H, W]`.
    pub fn picture(&self, n: usize) -> Vec<f32> {
        let length = self.shape.len();
        crate::pack::to_f32(&self.data[n * length..(n + 1) * length])
    }

    /// Checks that there are pictures, all of one size that a network can see.
    ///
    /// # Errors
    /// [`LearnError::NoPicture`], [`LearnError::Side`] or [`LearnError::Sizes`].
    pub fn check(&self) -> Result<(), LearnError> {
        let ImageShape { height, width, .. } = self.shape;
        if self.count() == 0 {
            return Err(LearnError::NoPicture);
        }
        if !(LEAST_SIDE..=SIDE).contains(&height) || !(LEAST_SIDE..=SIDE).contains(&width) {
            return Err(LearnError::Side { least: LEAST_SIDE, most: SIDE, width, height });
        }
        let expected = self.shape.len().saturating_mul(self.count());
        if expected != self.data.len() {
            return Err(LearnError::Sizes { expected, found: self.data.len() });
        }
        match self.classes.iter().find(|&&class| class >= self.names.len()) {
            Some(class) => {
                Err(LearnError::Setting(format!("expected a class below {}, found {class}", self.names.len())))
            }
            None => Ok(()),
        }
    }

    /// The same pictures at another size: each pixel is the mean of the area under it.
    pub fn fitted(mut self, height: usize, width: usize) -> Pictures {
        let from = self.shape;
        if (from.height, from.width) == (height, width) || from.is_empty() {
            return self;
        }
        let (rows, columns) = (shares(from.height, height), shares(from.width, width));
        let mut data = Vec::with_capacity(self.data.len() / from.len() * from.channels * height * width);
        for plane in self.data.chunks_exact(from.height * from.width) {
            for row in &rows {
                for column in &columns {
                    let across = |&(y, high): &(usize, f32)| {
                        column.iter().map(|&(x, wide)| high * wide * f32::from(plane[y * from.width + x])).sum::<f32>()
                    };
                    data.push((row.iter().map(across).sum::<f32>() + 0.5) as u8);
                }
            }
        }
        self.shape = ImageShape { height, width, ..from };
        self.data = data;
        self
    }
}

/// Which pixels of a side of `from` lie under each of `to`, and the share that each has of it.
fn shares(from: usize, to: usize) -> Vec<Vec<(usize, f32)>> {
    let scale = from as f64 / to as f64;
    let under = |pixel: usize| {
        let (start, end) = (pixel as f64 * scale, (pixel + 1) as f64 * scale);
        let share = move |at: usize| ((end.min((at + 1) as f64) - start.max(at as f64)) / scale) as f32;
        (start as usize..(end.ceil() as usize).min(from))
            .map(move |at| (at, share(at)))
            .filter(|&(_, share)| share > 0.0)
    };
    (0..to).map(|pixel| under(pixel).collect()).collect()
}

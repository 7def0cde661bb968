//! Files that people take away: pictures become RGBA bytes ([`rgba`]), bytes become a file that says under which licence it
//! may be used. Compiled natively and into the browser's second half, since a first picture needs none of it.

pub mod cut;
pub mod film;
mod palette;
pub mod scale;
pub mod sticker;

use crate::denoiser::ImageShape;
use crate::pack::manifest::Licence;
use thiserror::Error;

/// The widest and the highest file, in pixels.
pub const MAX_SIDE: usize = 2048;
/// The most bytes of all frames together, before they are packed.
const MAX_BYTES: usize = 1 << 28;

/// Pictures `[B, C, H, W]` in `[−1, 1]` as bytes `[B, H·scale, W·scale, 4]`, opaque: −1 is black, 1 is white, and every pixel
/// is `scale` wide.
///
/// # Errors
/// [`ExportError`] where there is no whole number of pictures, or they would be too large.
pub fn rgba(pixels: &[f32], shape: ImageShape, scale: usize) -> Result<Vec<u8>, ExportError> {
    let count = pixels.len() / shape.len().max(1);
    if shape.is_empty() || count * shape.len() != pixels.len() {
        return Err(ExportError::Pixels { expected: count.max(1) * shape.len(), found: pixels.len() });
    }
    let [height, width] = [shape.height, shape.width].map(|side| side.saturating_mul(scale));
    check_size(width, height, count)?;
    let plane = shape.height * shape.width;
    let mut bytes = Vec::with_capacity(count * width * height * 4);
    for picture in pixels.chunks_exact(shape.len()) {
        for row in 0..height {
            for column in 0..width {
                let place = row / scale * shape.width + column / scale;
                let channel = |c: usize| byte(picture[if shape.channels == 3 { c * plane } else { 0 } + place]);
                bytes.extend([channel(0), channel(1), channel(2), 255]);
            }
        }
    }
    Ok(bytes)
}

/// A value in `[−1, 1]` as a byte.
fn byte(value: f32) -> u8 {
    ((value.clamp(-1.0, 1.0) + 1.0) * 127.5).round() as u8
}

/// The line that a file carries: the licence of what drew it, and whom to name.
pub fn licence_line(licence: &Licence) -> String {
    let terms = &licence.weights;
    format!("{}. {}. Pictures it learned from: {}.", terms.licence, terms.attribution, licence.data.attribution)
}

/// Checks sides and number of pictures before anything is made of them.
fn check_size(width: usize, height: usize, count: usize) -> Result<(), ExportError> {
    let sides = 1..=MAX_SIDE;
    if !sides.contains(&width) || !sides.contains(&height) || width * height * 4 > MAX_BYTES / count.max(1) {
        return Err(ExportError::Size { width, height, count });
    }
    Ok(())
}

/// Why a file could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExportError {
    /// It would have no pixels, or too many.
    #[error(
        "expected pictures of 1 to {MAX_SIDE} pixels a side, 256 MiB in all, found {count} of {width} × {height}; choose a smaller scale"
    )]
    Size {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Pictures.
        count: usize,
    },
    /// There is not a whole number of pictures.
    #[error("expected {expected} values of whole pictures, found {found}")]
    Pixels {
        /// Values of as many pictures as there might be.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A film has no frame, or too many.
    #[error("expected 1 to {} frames, found {found}", film::MAX_FRAMES)]
    Frames {
        /// Frames given.
        found: usize,
    },
    /// A film runs too slowly or too fast.
    #[error("expected 1 to {} frames a second, found {found}", film::MAX_SPEED)]
    Speed {
        /// What was asked for.
        found: u16,
    },
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    Encode(String),
}

impl From<png::EncodingError> for ExportError {
    fn from(error: png::EncodingError) -> Self {
        ExportError::Encode(error.to_string())
    }
}

impl From<gif::EncodingError> for ExportError {
    fn from(error: gif::EncodingError) -> Self {
        ExportError::Encode(error.to_string())
    }
}

#[cfg(test)]
mod tests;

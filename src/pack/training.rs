//! Training images out of a pack: one file per prompt, a safetensors with one u8 tensor `images` `[N, C, H, W]`, zlib
//! compressed. Natively [`inflate`] opens it; in the browser `DecompressionStream("deflate")` does, after
//! [`Manifest::verify`] has seen the compressed bytes.

use super::manifest::{Manifest, find};
use super::tensors::{self, Dtype, clip};
use super::{Limit, PackError};
use crate::denoiser::ImageShape;

/// How the name of a compressed file ends.
pub(super) const COMPRESSED: &str = ".zz";
/// Name of the only tensor.
pub(super) const TENSOR: &str = "images";

/// Training images as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// Number of images, N.
    pub count: usize,
    /// Shape of each.
    pub shape: ImageShape,
    /// `[N, C, H, W]`, 0 to 255.
    pub data: Vec<u8>,
}

impl Images {
    /// The values in `[−1, 1]`, `[N, C, H, W]`.
    pub fn to_f32(&self) -> Vec<f32> {
        to_f32(&self.data)
    }
}

/// Pixels 0 to 255 as values in `[−1, 1]`.
pub fn to_f32(data: &[u8]) -> Vec<f32> {
    data.iter().map(|&value| f32::from(value) / 127.5 - 1.0).collect()
}

impl Manifest {
    /// Reads the training images of `prompt` from the inflated bytes of its file. The compressed bytes must have passed
    /// [`Manifest::verify`].
    ///
    /// # Errors
    /// [`PackError`] naming what does not fit.
    pub fn images(&self, prompt: &str, inflated: &[u8]) -> Result<Images, PackError> {
        let entry = find(&self.training, "training images for", prompt)?;
        self.images_bytes(prompt, entry.count)?;
        read_images(&entry.file, inflated, entry.count, self.image)
    }

    /// Most bytes that the training file of `prompt` may inflate to: the images and a header.
    ///
    /// # Errors
    /// [`PackError::Unknown`] where there is none.
    pub fn inflated_limit(&self, prompt: &str) -> Result<u64, PackError> {
        let entry = find(&self.training, "training images for", prompt)?;
        Ok(self.images_bytes(prompt, entry.count)?.saturating_add(8 + super::limits::HEADER))
    }
}

/// Reads a safetensors file that holds exactly one u8 tensor `images` `[count, C, H, W]`. `file` is for messages.
///
/// # Errors
/// [`PackError`] naming what does not fit.
pub fn read_images(file: &str, inflated: &[u8], count: usize, shape: ImageShape) -> Result<Images, PackError> {
    let mut found = tensors::read(file, inflated)?;
    let fail =
        |tensor: &str, message: String| Err(PackError::Tensor { file: file.into(), tensor: clip(tensor), message });
    let Some(tensor) = found.remove(TENSOR) else { return fail(TENSOR, "expected it, found none".into()) };
    if let Some(name) = found.keys().next() {
        return fail(name, format!("expected only “{TENSOR}”"));
    }
    let expected = [count, shape.channels, shape.height, shape.width];
    if tensor.dtype != Dtype::U8 || tensor.shape != expected {
        return fail(TENSOR, format!("expected U8 {expected:?}, found {:?} {:?}", tensor.dtype, tensor.shape));
    }
    Ok(Images { count, shape, data: tensor.bytes.to_vec() })
}

/// Inflates zlib data of at most `limit` bytes (native; the browser has its own).
///
/// # Errors
/// [`PackError::Inflate`] where the data is not zlib, breaks off or goes on; [`PackError::TooLarge`] beyond `limit`.
pub fn inflate(file: &str, compressed: &[u8], limit: u64) -> Result<Vec<u8>, PackError> {
    use std::io::Read;
    let inflate_error = |message: String| PackError::Inflate { file: file.into(), message };
    let mut decoder = flate2::read::ZlibDecoder::new(compressed);
    let too_large = |found| PackError::TooLarge { what: file.into(), limit: Limit::Inflated, most: limit, found };
    // One byte more than allowed tells a bomb from a full file. All of it is reserved at once: a list that grows may take
    // three times as much on its way.
    let most = limit.saturating_add(1);
    let mut bytes = Vec::new();
    let room = usize::try_from(most).ok().and_then(|most| bytes.try_reserve_exact(most).ok());
    room.ok_or_else(|| too_large(most))?;
    decoder.by_ref().take(most).read_to_end(&mut bytes).map_err(|e| inflate_error(e.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(too_large(bytes.len() as u64));
    }
    if decoder.total_in() != compressed.len() as u64 {
        return Err(inflate_error(format!("it ends after {} of {} bytes", decoder.total_in(), compressed.len())));
    }
    Ok(bytes)
}

//! One picture, large, for the browser: a [`Large`] is drawn piece by piece, and shows how far it is.

use super::error::Failure;
use crate::denoiser::ImageShape;
use crate::export::rgba;
use crate::pack::to_f32;
use crate::theory::large::{self, LargeError, Wish};
use wasm_bindgen::prelude::*;

/// Channels of a source from a page.
const CHANNELS: usize = 3;

/// The size `[width, height]` that a source of `width` × `height` pixels is to be brought to, and that of a picture of its
/// own aspect whose longer side has `long` pixels, behind each other.
///
/// # Errors
/// `range` where it is too small or too thin.
#[wasm_bindgen(js_name = largeSizes)]
pub fn sizes(width: usize, height: usize, long: usize) -> Result<Vec<usize>, JsValue> {
    let source = large::worked_at(width, height).map_err(Failure::from)?;
    let drawn = large::in_aspect(source, long);
    Ok(vec![source.0, source.1, drawn.0, drawn.1])
}

/// A large picture on its way.
#[wasm_bindgen]
pub struct Large(large::Large);

#[wasm_bindgen]
impl Large {
    /// Begins one of `width` × `height` pixels from a source of bytes `[3, rows, columns]`.
    ///
    /// # Errors
    /// `range` where a number is.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments, reason = "JavaScript hands numbers over one by one")]
    pub fn new(
        source: &[u8],
        columns: usize,
        rows: usize,
        width: usize,
        height: usize,
        tile: bool,
        variety: f64,
        seed: f64,
    ) -> Result<Large, JsValue> {
        let shape = ImageShape { channels: CHANNELS, height: rows, width: columns };
        let wish = Wish { width, height, tile, variety, seed: seed as u64 };
        Ok(Large(large::Large::new(&to_f32(source), shape, &wish).map_err(Failure::from)?))
    }

    /// Goes on by a piece of some thousandths of a second; whether any is left.
    pub fn advance(&mut self) -> bool {
        self.0.advance(1)
    }

    /// Steps taken, steps in all, and the share of the work that is done.
    pub fn progress(&self) -> Vec<f64> {
        let (step, steps) = self.0.steps();
        vec![step as f64, steps as f64, self.0.share()]
    }

    /// Columns and rows of the picture as it is now.
    pub fn size(&self) -> Vec<usize> {
        let shape = self.0.picture_shape();
        vec![shape.width, shape.height]
    }

    /// The picture as it is now, as bytes `[H, W, 4]`.
    ///
    /// # Errors
    /// None that a picture of this size could have.
    pub fn picture(&self) -> Result<Vec<u8>, JsValue> {
        let (pixels, shape) = self.0.picture();
        Ok(rgba(&pixels, shape, 1).map_err(Failure::from)?)
    }
}

impl From<LargeError> for Failure {
    fn from(error: LargeError) -> Self {
        Failure::new("range", error)
    }
}

//! Pictures to take along, for the browser: cut out and enlarged, as the bytes of a file.

use super::Pack;
use super::error::Failure;
use crate::export::ExportError;
use crate::export::rgba;
use crate::export::sticker::{Sticker, StickerError, sheet};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Pack {
    /// The file of pictures `[B, C, H, W]` in `[−1, 1]`: `"png"` or `"ico"` of the first, or a `"sheet"` of all in rows of
    /// `columns`, each `side` pixels a side. With `cut` without their ground, where a sheet keeps whole what has none.
    ///
    /// # Errors
    /// `sticker-uncut` where there is no ground to cut away, or nothing else; `range` where a size is.
    pub fn sticker(
        &self,
        pixels: &[f32],
        kind: &str,
        side: usize,
        columns: usize,
        cut: bool,
    ) -> Result<Vec<u8>, JsValue> {
        Ok(self.file(pixels, kind, side, columns, cut).map_err(Failure::from)?)
    }
}

impl Pack {
    fn file(
        &self,
        pixels: &[f32],
        kind: &str,
        side: usize,
        columns: usize,
        cut: bool,
    ) -> Result<Vec<u8>, StickerError> {
        let (shape, licence) = (self.manifest.image, &self.manifest.licence);
        let size = (shape.width, shape.height);
        let frames = rgba(pixels, shape, 1)?;
        let whole = |frame: &[u8]| Sticker::whole(frame, size, licence);
        let frame = 4 * shape.width * shape.height;
        if kind == "sheet" {
            let each = frames.chunks_exact(frame).map(|frame| match cut.then(|| Sticker::cut(frame, size, licence)) {
                // One picture without a ground is no reason to refuse all of them; any other fault is.
                None | Some(Err(StickerError::Uncut(_))) => whole(frame),
                Some(cut) => cut,
            });
            return sheet(&each.collect::<Result<Vec<_>, _>>()?, side, columns);
        }
        let first = &frames[..frame.min(frames.len())];
        let sticker = if cut { Sticker::cut(first, size, licence)? } else { whole(first)? };
        if kind == "ico" { sticker.ico() } else { sticker.png(side) }
    }
}

impl From<StickerError> for Failure {
    fn from(error: StickerError) -> Self {
        let code = match error {
            StickerError::Uncut(_) => "sticker-uncut",
            StickerError::Export(ExportError::Encode(_)) => "internal",
            StickerError::Side { .. } | StickerError::Export(_) => "range",
        };
        Failure::new(code, error)
    }
}

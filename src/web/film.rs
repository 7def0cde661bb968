//! Films as files, made in the browser.

use super::error::Failure;
use crate::denoiser::ImageShape;
use crate::export::film::Film;
use crate::export::{licence_line, rgba};
use crate::pack::manifest::Licence;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

/// What JavaScript asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    format: Format,
    image: ImageShape,
    scale: usize,
    speed: u16,
    looped: bool,
    licence: Licence,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Format {
    Apng,
    Gif,
}

/// The frames `pixels`, `[F, C, H, W]` in `[−1, 1]`, as a file. `wish` is JSON: `format` (`apng` or `gif`), `image` (channels,
/// height and width of a frame), `scale` of a pixel, `speed` in frames a second, whether it is `looped`, and the `licence` of
/// the pack, which the file states.
///
/// # Errors
/// `range` where the wish cannot be read or is out of range.
#[wasm_bindgen(js_name = encodeFilm)]
pub fn encode_film(pixels: &[f32], wish: &str) -> Result<Vec<u8>, JsValue> {
    let wish: Wish = serde_json::from_str(wish).map_err(|error| Failure::new("range", error))?;
    let frames = rgba(pixels, wish.image, wish.scale).map_err(Failure::from)?;
    let size = (wish.image.width * wish.scale, wish.image.height * wish.scale);
    let film = Film::new(size, frames, wish.speed, wish.looped, &licence_line(&wish.licence)).map_err(Failure::from)?;
    let bytes = match wish.format {
        Format::Apng => film.apng(),
        Format::Gif => film.gif(),
    };
    Ok(bytes.map_err(Failure::from)?)
}

//! Films: what their pictures show, and the file that they become.

use super::asked::Asked;
use super::error::Failure;
use crate::denoiser::{Condition, Conditions, ImageShape};
use crate::export::film::Film;
use crate::export::{licence_line, rgba};
use crate::json::{names, reads};
use crate::pack::manifest::Licence;
use crate::sampler::morph::Morph;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A film from one thing to another.
struct Course {
    stops: Vec<Asked>,
    frames: usize,
    looped: bool,
}

reads!(Course { stops, frames, looped });

/// What is to be drawn for it.
#[derive(Serialize)]
struct Plan {
    /// What each picture shows.
    conditions: Vec<Option<Asked>>,
    /// Which picture each frame shows.
    order: Vec<usize>,
}

/// What is to be drawn for a film. `course` is JSON: `stops`, a list of `{ class }` or `{ words }`, `frames`, and whether it is
/// `looped`. Gives JSON: `conditions`, one for each picture, all of which come from one noise, and `order`, the number of the
/// picture that each frame shows.
///
/// # Errors
/// `range` where the course cannot be read, `sample-film` where it is out of range.
#[wasm_bindgen(js_name = planFilm)]
pub fn plan_film(course: &str) -> Result<String, JsValue> {
    let Course { stops, frames, looped } = Failure::read(course)?;
    let film = Morph::new(stops.len(), frames, looped).map_err(Failure::from)?;
    let stops: Vec<Condition> = stops.into_iter().map(Condition::from).collect();
    let conditions = match film.conditions(&stops).map_err(Failure::from)? {
        Conditions::All(condition) => vec![Asked::of(&condition)],
        Conditions::Each(conditions) => conditions.iter().map(Asked::of).collect(),
    };
    let plan = Plan { conditions, order: film.order() };
    Ok(Failure::written(&plan)?)
}

/// What JavaScript asks for.
struct Wish {
    format: Format,
    image: ImageShape,
    scale: usize,
    speed: u16,
    looped: bool,
    licence: Licence,
}

reads!(Wish { format, image, scale, speed, looped, licence });

#[derive(Clone, Copy)]
enum Format {
    Apng,
    Gif,
}

names!(Format { "apng" => Apng, "gif" => Gif });

/// The frames `pixels`, `[F, C, H, W]` in `[−1, 1]`, as a file. `wish` is JSON: `format` (`apng` or `gif`), `image` (channels,
/// height and width of a frame), `scale` of a pixel, `speed` in frames a second, whether it is `looped`, and the `licence` of
/// the pack, which the file states.
///
/// # Errors
/// `range` where the wish cannot be read or is out of range.
#[wasm_bindgen(js_name = encodeFilm)]
pub fn encode_film(pixels: &[f32], wish: &str) -> Result<Vec<u8>, JsValue> {
    let wish: Wish = Failure::read(wish)?;
    let frames = rgba(pixels, wish.image, wish.scale).map_err(Failure::from)?;
    let size = (wish.image.width * wish.scale, wish.image.height * wish.scale);
    let film = Film::new(size, frames, wish.speed, wish.looped, &licence_line(&wish.licence)).map_err(Failure::from)?;
    let bytes = match wish.format {
        Format::Apng => film.apng(),
        Format::Gif => film.gif(),
    };
    Ok(bytes.map_err(Failure::from)?)
}

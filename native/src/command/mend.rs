//! Drawing over a picture, as options of `morphogen sample`: a file to begin from, how much of it is given up, and which
//! part of it stays.

use super::CommandError;
use crate::train::data::pixel;
use clap::Args;
use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, RgbaImage};
use morphogen::denoiser::ImageShape;
use morphogen::sampler::{Keep, Request};
use morphogen::schedule::Schedule;
use std::path::{Path, PathBuf};

/// What is drawn over; none of it need be given.
#[derive(Debug, Clone, Default, Args)]
pub struct MendArgs {
    /// A picture to begin from instead of noise, brought to the pack's size; `--at` says how much of it is given up
    #[arg(long, requires = "at", group = "timed")]
    from: Option<PathBuf>,
    /// A picture that is white where `--from` stays and black where it is free
    #[arg(long, requires = "from")]
    keep: Option<PathBuf>,
    /// How soft the edges of `--keep` become, 0 to 8 pixels
    #[arg(long, requires = "keep", default_value_t = Keep::SOFT)]
    soft: f64,
    /// How often each step is taken from `--from` on, 1 to 16; 2 with `--keep` and else once unless given
    #[arg(long, requires = "from")]
    times: Option<usize>,
}

impl MendArgs {
    /// Any request, begun at time `at` from the picture that was given.
    ///
    /// # Errors
    /// [`CommandError`] where a file cannot be read or a number is out of range.
    pub(super) fn over(
        &self,
        request: Request,
        at: Option<f64>,
        shape: ImageShape,
        schedule: Schedule,
    ) -> Result<Request, CommandError> {
        let Some(from) = &self.from else { return Ok(request) };
        let x0 = read(from, shape)?;
        let mut request = request.begun_from(&x0, at.unwrap_or(1.0), shape, schedule)?;
        request.times = self.times.unwrap_or(if self.keep.is_some() { Keep::TIMES } else { 1 });
        if let Some(keep) = &self.keep {
            let white = read(keep, ImageShape { channels: 1, ..shape })?;
            let mask: Vec<f32> = white.into_iter().map(|value| (value + 1.0) / 2.0).collect();
            let mask = Keep::softened(&mask, shape, self.soft)?;
            request.keep = Some(Keep { x0, mask });
        }
        Ok(request)
    }
}

/// A picture `[C, H, W]` in `[−1, 1]`, whatever its size: the middle of it, on white where it is transparent.
///
/// # Errors
/// [`CommandError::File`] where it cannot be read.
pub(super) fn read(path: &Path, shape: ImageShape) -> Result<Vec<f32>, CommandError> {
    let fail = |error: &dyn ToString| CommandError::file(path, error.to_string());
    let reader = ImageReader::open(path).map_err(|error| fail(&error))?;
    let reader = reader.with_guessed_format().map_err(|error| fail(&error))?;
    let (width, height) = (shape.width as u32, shape.height as u32);
    let image = on_white(reader.decode().map_err(|error| fail(&error))?.into_rgba8());
    let image = image.resize_to_fill(width, height, FilterType::Lanczos3);
    Ok(match shape.channels {
        1 => image.to_luma8().pixels().map(|value| pixel(value.0[0])).collect(),
        _ => {
            let image = image.to_rgb8();
            (0..3).flat_map(|channel| image.pixels().map(move |value| pixel(value.0[channel]))).collect()
        }
    })
}

/// The same on white, opaque.
fn on_white(mut image: RgbaImage) -> DynamicImage {
    for value in image.pixels_mut() {
        let alpha = u32::from(value.0[3]);
        let mixed = |colour: u8| ((u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        let [red, green, blue, _] = value.0;
        value.0 = [mixed(red), mixed(green), mixed(blue), 255];
    }
    DynamicImage::ImageRgba8(image)
}

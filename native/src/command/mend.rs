//! Drawing over a picture, as options of `morphogen sample`: a file to begin from, how much of it is given up, and which
//! part of it stays.

use super::CommandError;
use super::number::number;
use crate::train::data::pixel;
use crate::train::photo::Photo;
use clap::Args;
use morphogen::denoiser::ImageShape;
use morphogen::sampler::MAX_TIMES;
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
    #[arg(long, value_parser = number(0.0, 8.0), requires = "keep", default_value_t = Keep::SOFT)]
    soft: f64,
    /// How often each step is taken from `--from` on, 1 to 16; 2 with `--keep` and else once unless given
    #[arg(long, value_parser = number(1, MAX_TIMES), requires = "from")]
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
    Ok(planes(Photo::open(path).map_err(|error| CommandError::file(path, error))?, shape))
}

/// The middle of a photograph as `[C, H, W]` in `[−1, 1]`.
pub(super) fn planes(photo: Photo, shape: ImageShape) -> Vec<f32> {
    let image = photo.fitted(shape.width as u32, shape.height as u32);
    match shape.channels {
        1 => image.to_luma8().pixels().map(|value| pixel(value.0[0])).collect(),
        _ => {
            let image = image.to_rgb8();
            (0..3).flat_map(|channel| image.pixels().map(move |value| pixel(value.0[channel]))).collect()
        }
    }
}

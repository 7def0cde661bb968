//! What one looks at while training: sample sheets and loss curves as PNG.

use super::TrainError;
use super::data::byte;
use image::{GrayImage, Luma, Rgb, RgbImage};
use morphogen::denoiser::ImageShape;
use std::path::Path;

/// Writes pictures `[B, C, H, W]` in `[−1, 1]` as a sheet with `columns` columns, each pixel `scale` pixels wide, two
/// pixels of white between pictures.
///
/// # Errors
/// [`TrainError::Data`] where the file cannot be written.
pub fn sheet(path: &Path, pictures: &[f32], shape: ImageShape, columns: usize, scale: usize) -> Result<(), TrainError> {
    const GAP: usize = 2;
    let count = pictures.len() / shape.len().max(1);
    let (columns, rows) = (columns.clamp(1, count.max(1)), count.div_ceil(columns.max(1)).max(1));
    let (cell_width, cell_height) = (shape.width * scale + GAP, shape.height * scale + GAP);
    let (width, height) = (columns * cell_width + GAP, rows * cell_height + GAP);
    let mut image = RgbImage::from_pixel(width as u32, height as u32, Rgb([255; 3]));
    let plane = shape.height * shape.width;
    for (n, picture) in pictures.chunks_exact(shape.len()).enumerate() {
        let (left, top) = (GAP + n % columns * cell_width, GAP + n / columns * cell_height);
        for y in 0..shape.height * scale {
            for x in 0..shape.width * scale {
                let place = y / scale * shape.width + x / scale;
                let channel = |c: usize| byte(picture[if shape.channels == 3 { c * plane } else { 0 } + place]);
                image.put_pixel((left + x) as u32, (top + y) as u32, Rgb([channel(0), channel(1), channel(2)]));
            }
        }
    }
    save(path, image.save(path))
}

/// Writes a loss curve: the loss on a logarithmic scale over the steps on an even one, single values in grey, with the
/// running mean of a fiftieth of the run (of their logarithms) as a line over them.
///
/// # Errors
/// [`TrainError::Data`] where the file cannot be written.
pub fn loss_curve(path: &Path, losses: &[f32]) -> Result<(), TrainError> {
    const WIDTH: u32 = 960;
    const HEIGHT: u32 = 480;
    let mut image = GrayImage::from_pixel(WIDTH, HEIGHT, Luma([255]));
    let logs: Vec<f32> = losses.iter().map(|loss| loss.max(1e-9).ln()).collect();
    let low = logs.iter().copied().fold(f32::INFINITY, f32::min);
    let high = logs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let y = |log: f32| ((HEIGHT - 1) as f32 * (high - log) / (high - low).max(1e-6)) as u32;
    let window = (logs.len() / 50).max(1);
    for (i, &log) in logs.iter().enumerate() {
        let x = (i as u64 * u64::from(WIDTH - 1) / logs.len().max(1) as u64) as u32;
        image.put_pixel(x, y(log).min(HEIGHT - 1), Luma([200]));
        let recent = &logs[(i + 1).saturating_sub(window)..=i];
        let mean = recent.iter().sum::<f32>() / recent.len() as f32;
        for thick in 0..2 {
            image.put_pixel(x, (y(mean) + thick).min(HEIGHT - 1), Luma([0]));
        }
    }
    save(path, image.save(path))
}

fn save(path: &Path, result: image::ImageResult<()>) -> Result<(), TrainError> {
    result.map_err(|error| TrainError::data(path, error.to_string()))
}

//! What one looks at while training: sample sheets and loss curves as PNG.

use super::TrainError;
use super::data::byte;
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage, imageops};
use morphogen::denoiser::ImageShape;
use std::io::Cursor;

/// The most pixels of a sheet.
const MOST: usize = 1 << 28;
/// Pixels of white between pictures.
const GAP: usize = 2;

/// Columns and rows of pixels of a sheet of `count` pictures; it may be asked for before they are drawn.
///
/// # Errors
/// [`TrainError::Settings`] where it would be too large.
pub fn sheet_size(count: usize, shape: ImageShape, columns: usize, scale: usize) -> Result<(usize, usize), TrainError> {
    let side = |pictures: usize, pixels: usize| {
        pictures.saturating_mul(pixels.saturating_mul(scale).saturating_add(GAP)).saturating_add(GAP)
    };
    let (columns, rows) = (columns.clamp(1, count.max(1)), count.div_ceil(columns.max(1)).max(1));
    let (width, height) = (side(columns, shape.width), side(rows, shape.height));
    if width.saturating_mul(height) > MOST {
        let message = format!("expected a sheet of at most {MOST} pixels, found {width} × {height}");
        return Err(TrainError::Settings(format!("{message}; give a smaller --scale or fewer pictures")));
    }
    Ok((width, height))
}

/// Pictures `[B, C, H, W]` in `[−1, 1]` as a sheet with `columns` columns, each pixel `scale` pixels wide.
///
/// # Errors
/// As [`sheet_size`].
pub fn sheet(pictures: &[f32], shape: ImageShape, columns: usize, scale: usize) -> Result<RgbImage, TrainError> {
    let count = pictures.len() / shape.len().max(1);
    let (width, height) = sheet_size(count, shape, columns, scale)?;
    let columns = columns.clamp(1, count.max(1));
    let (cell_width, cell_height) = (shape.width * scale + GAP, shape.height * scale + GAP);
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
    Ok(image)
}

/// One picture `[C, H, W]` in `[−1, 1]` by itself, with nothing around it.
///
/// # Errors
/// As [`sheet_size`].
pub fn single(picture: &[f32], shape: ImageShape) -> Result<RgbImage, TrainError> {
    let sheet = sheet(picture, shape, 1, 1)?;
    Ok(imageops::crop_imm(&sheet, GAP as u32, GAP as u32, shape.width as u32, shape.height as u32).to_image())
}

/// A loss curve: the loss on a logarithmic scale over the steps on an even one, single values in grey, with the
/// running mean of a fiftieth of the run (of their logarithms) as a line over them; the bytes of a PNG.
///
/// # Errors
/// [`TrainError::Settings`] where it cannot be packed.
pub fn loss_curve(losses: &[f32]) -> Result<Vec<u8>, TrainError> {
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
    png(image)
}

/// The bytes of a PNG.
///
/// # Errors
/// [`TrainError::Settings`] where it cannot be packed.
pub fn png(image: impl Into<DynamicImage>) -> Result<Vec<u8>, TrainError> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, ImageFormat::Png).map_err(|error| TrainError::Settings(error.to_string()))?;
    Ok(bytes.into_inner())
}

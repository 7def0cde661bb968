//! A picture to take along: cut out, enlarged smoothly, as a PNG of at most [`LIMIT`] bytes or as the icon of a page. Every PNG
//! carries the line that says whom to name.

use super::cut::{Layer, Uncut};
use super::scale::{Window, resized};
use super::{ExportError, check_size, licence_line};
use crate::pack::manifest::Licence;
use color_quant::NeuQuant;
use png::{BitDepth, ColorType, Compression, Filter};
use thiserror::Error;

/// The most bytes of a sticker: where those of all its colours are more, it has a palette.
pub const LIMIT: usize = 128_000;
/// The sides of a sticker, in pixels.
pub const SIDES: std::ops::RangeInclusive<usize> = 16..=512;
/// The sides of the pictures in an icon.
pub const ICON: [usize; 3] = [16, 32, 48];
/// How much room there is about a figure, as a share of its longer side.
const MARGIN: f32 = 0.03;
/// Colours of a palette, fewer from try to try; four always do.
const PALETTES: [usize; 4] = [256, 64, 16, 4];
/// How carefully a palette is learned, 1 to 30: at 10 a sticker of 512 pixels takes a tenth of a second.
const CARE: i32 = 10;
/// Alpha from which a colour of a palette is whole: what is learned is off by a little.
const WHOLE: u8 = 250;

/// One picture, or the frames of a film, seen through one window.
#[derive(Debug, Clone, PartialEq)]
pub struct Sticker {
    layers: Vec<Layer>,
    window: Window,
    licence: String,
}

impl Sticker {
    /// Frames `[F, H, W, 4]` of `width` by `height` pixels without their ground, about what is to be seen in any of them.
    ///
    /// # Errors
    /// [`StickerError::Uncut`] where a frame has no ground, or nothing else; [`StickerError::Export`].
    pub fn cut(frames: &[u8], size: (usize, usize), licence: &Licence) -> Result<Self, StickerError> {
        let layers = layers(frames, size, Layer::cut)?;
        let window = Window::about(&layers, MARGIN);
        Ok(Sticker { layers, window, licence: licence_line(licence) })
    }

    /// The same frames as they are.
    ///
    /// # Errors
    /// [`StickerError::Export`].
    pub fn whole(frames: &[u8], size: (usize, usize), licence: &Licence) -> Result<Self, StickerError> {
        let layers = layers(frames, size, Layer::whole)?;
        let (width, height) = (size.0 as f32, size.1 as f32);
        let side = width.max(height);
        let window = Window { left: (width - side) / 2.0, top: (height - side) / 2.0, side };
        Ok(Sticker { layers, window, licence: licence_line(licence) })
    }

    /// Its frames `side` pixels a side, `[F, side, side, 4]`.
    ///
    /// # Errors
    /// [`StickerError::Side`].
    pub fn frames(&self, side: usize) -> Result<Vec<u8>, StickerError> {
        check_side(side)?;
        Ok(self.layers.iter().flat_map(|layer| bytes(&resized(layer, self.window, side))).collect())
    }

    /// The first frame as a PNG of at most [`LIMIT`] bytes.
    ///
    /// # Errors
    /// [`StickerError::Side`] or [`StickerError::Export`].
    pub fn png(&self, side: usize) -> Result<Vec<u8>, StickerError> {
        let pixels = self.first(side)?;
        let whole = png(&pixels, side, &self.licence)?;
        if whole.len() <= LIMIT {
            return Ok(whole);
        }
        let mut small = whole;
        for colours in PALETTES {
            small = indexed(&pixels, side, colours, &self.licence)?;
            if small.len() <= LIMIT {
                break;
            }
        }
        Ok(small)
    }

    /// The first frame as the icon of a page: an ICO with a PNG of every side of [`ICON`].
    ///
    /// # Errors
    /// [`StickerError::Export`].
    pub fn ico(&self) -> Result<Vec<u8>, StickerError> {
        let mut pictures = Vec::new();
        for side in ICON {
            pictures.push((side as u8, png(&self.first(side)?, side, &self.licence)?));
        }
        // Kind 1 is an icon; then how many there are.
        let mut file = [0u16, 1, ICON.len() as u16].map(u16::to_le_bytes).concat();
        let mut place = file.len() + 16 * ICON.len();
        for (side, png) in &pictures {
            file.extend([*side, *side, 0, 0]);
            // Planes, and bits of a pixel.
            file.extend([1u16, 32].map(u16::to_le_bytes).concat());
            file.extend([png.len() as u32, place as u32].map(u32::to_le_bytes).concat());
            place += png.len();
        }
        pictures.iter().for_each(|(_, png)| file.extend(png));
        Ok(file)
    }

    fn first(&self, side: usize) -> Result<Vec<u8>, StickerError> {
        let one = Sticker { layers: self.layers.iter().take(1).cloned().collect(), ..self.clone() };
        one.frames(side)
    }
}

/// Several stickers beside each other, each `side` pixels a side, in rows of `columns`: one PNG of any length.
///
/// # Errors
/// [`StickerError::Side`], or [`StickerError::Export`] where it would be too large.
pub fn sheet(stickers: &[Sticker], side: usize, columns: usize) -> Result<Vec<u8>, StickerError> {
    let gap = side / 16;
    let columns = columns.clamp(1, stickers.len().max(1));
    let rows = stickers.len().div_ceil(columns).max(1);
    let (width, height) = (columns * (side + gap) + gap, rows * (side + gap) + gap);
    check_size(width, height, 1).map_err(StickerError::Export)?;
    let mut pixels = vec![0; width * height * 4];
    for (n, sticker) in stickers.iter().enumerate() {
        let (left, top) = (gap + n % columns * (side + gap), gap + n / columns * (side + gap));
        for (row, line) in sticker.first(side)?.chunks_exact(4 * side).enumerate() {
            let start = 4 * ((top + row) * width + left);
            pixels[start..start + line.len()].copy_from_slice(line);
        }
    }
    let licence = stickers.first().map_or("", |sticker| &sticker.licence);
    Ok(encoded(&pixels, (width, height), Colours::All, licence)?)
}

/// The frames of a sticker.
fn layers(
    frames: &[u8],
    (width, height): (usize, usize),
    layer: impl Fn(&[u8], usize) -> Result<Layer, Uncut>,
) -> Result<Vec<Layer>, StickerError> {
    check_size(width, height, 1).map_err(StickerError::Export)?;
    let size = width * height * 4;
    if frames.is_empty() || !frames.len().is_multiple_of(size) {
        let expected = (frames.len() / size).max(1) * size;
        return Err(StickerError::Export(ExportError::Pixels { expected, found: frames.len() }));
    }
    Ok(frames.chunks_exact(size).map(|frame| layer(frame, width)).collect::<Result<_, _>>()?)
}

fn check_side(side: usize) -> Result<(), StickerError> {
    if SIDES.contains(&side) { Ok(()) } else { Err(StickerError::Side { side }) }
}

/// RGBA bytes of a picture: its colours no longer multiplied by its transparency.
fn bytes(layer: &Layer) -> Vec<u8> {
    let byte = |value: f32| (value * 255.0 + 0.5) as u8;
    let pixel = |&[red, green, blue, alpha]: &[f32; 4]| match byte(alpha) {
        0 => [0; 4],
        whole => [byte(red / alpha), byte(green / alpha), byte(blue / alpha), whole],
    };
    layer.pixels.iter().flat_map(pixel).collect()
}

/// What a pixel of a PNG is.
enum Colours {
    /// Red, green, blue and alpha.
    All,
    /// The number of one of these, RGBA.
    Of(Vec<u8>),
}

/// A square PNG with all its colours.
fn png(pixels: &[u8], side: usize, licence: &str) -> Result<Vec<u8>, ExportError> {
    encoded(pixels, (side, side), Colours::All, licence)
}

/// A square PNG with a palette of so many colours, the first of them transparent.
fn indexed(pixels: &[u8], side: usize, colours: usize, licence: &str) -> Result<Vec<u8>, ExportError> {
    let seen: Vec<u8> = pixels.chunks_exact(4).filter(|pixel| pixel[3] > 0).flatten().copied().collect();
    let learned = NeuQuant::new(CARE, colours - 1, &seen);
    let mut palette = vec![0; 4];
    palette.extend(learned.color_map_rgba());
    for colour in palette.chunks_exact_mut(4).filter(|colour| colour[3] >= WHOLE) {
        colour[3] = 255;
    }
    let index = |pixel: &[u8]| if pixel[3] == 0 { 0 } else { learned.index_of(pixel) as u8 + 1 };
    let places: Vec<u8> = pixels.chunks_exact(4).map(index).collect();
    encoded(&places, (side, side), Colours::Of(palette), licence)
}

fn encoded(
    pixels: &[u8],
    (width, height): (usize, usize),
    colours: Colours,
    licence: &str,
) -> Result<Vec<u8>, ExportError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    match colours {
        Colours::All => {
            encoder.set_color(ColorType::Rgba);
            encoder.set_filter(Filter::Adaptive);
        }
        Colours::Of(palette) => {
            encoder.set_color(ColorType::Indexed);
            encoder.set_filter(Filter::NoFilter);
            encoder.set_trns(palette.chunks_exact(4).map(|colour| colour[3]).collect::<Vec<u8>>());
            encoder.set_palette(palette.chunks_exact(4).flat_map(|colour| &colour[..3]).copied().collect::<Vec<u8>>());
        }
    }
    encoder.add_itxt_chunk("Copyright".into(), licence.into())?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

/// Why there is no sticker.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StickerError {
    /// Nothing was cut away.
    #[error("{0}; keep it whole instead")]
    Uncut(#[from] Uncut),
    /// It would be too small or too large.
    #[error("expected a sticker of 16 to 512 pixels a side, found {side}")]
    Side {
        /// What was asked for.
        side: usize,
    },
    /// The file could not be made.
    #[error(transparent)]
    Export(#[from] ExportError),
}

#[cfg(test)]
mod tests;

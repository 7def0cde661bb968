//! Pictures out of files as people have them: known by what they hold and not by their names, turned as the camera says, on
//! white where they are transparent, as on the page.

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba};
use morphogen::files;
use std::io::{BufReader, Read};
use std::path::Path;

/// What is read here, for messages.
pub const KINDS: &str = "PNG, JPEG, WebP, GIF or BMP";

/// A picture as it looks, in its own size.
#[derive(Debug, Clone, PartialEq)]
pub struct Photo {
    image: DynamicImage,
    /// Whether its file may hold colours.
    pub colour: bool,
}

/// Whether a file begins as a picture does that is read here.
///
/// # Errors
/// What the system says.
pub fn is_photo(path: &Path) -> std::io::Result<bool> {
    let mut first = Vec::new();
    files::open(path)?.take(16).read_to_end(&mut first)?;
    Ok(kind(&first).is_some())
}

/// The format of a file by its first bytes.
fn kind(first: &[u8]) -> Option<ImageFormat> {
    image::guess_format(first).ok().filter(ImageFormat::reading_enabled)
}

impl Photo {
    /// Reads a picture.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    pub fn open(path: &Path) -> Result<Self, String> {
        let say = |error: &dyn ToString| error.to_string();
        let file = files::open(path).map_err(|error| say(&error))?;
        let reader = ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(|error| say(&error))?;
        if !reader.format().is_some_and(|format| format.reading_enabled()) {
            return Err(format!("expected a picture: {KINDS}"));
        }
        let mut decoder = reader.into_decoder().map_err(|error| say(&error))?;
        // Where the camera says nothing that can be read, the picture is as it is.
        let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        Limits::default().reserve(decoder.total_bytes()).map_err(|error| say(&error))?;
        let mut image = DynamicImage::from_decoder(decoder).map_err(|error| say(&error))?;
        image.apply_orientation(turned);
        let colour = image.color().has_color();
        Ok(Photo { image: on_white(image), colour })
    }

    /// Columns and rows.
    pub fn size(&self) -> (u32, u32) {
        (self.image.width(), self.image.height())
    }

    /// The middle of it, `width × height`.
    pub fn fitted(self, width: u32, height: u32) -> DynamicImage {
        if self.size() == (width, height) {
            return self.image;
        }
        self.image.resize_to_fill(width, height, FilterType::Lanczos3)
    }
}

/// The same on white, opaque.
fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut image = image.into_rgba8();
    for Rgba(value) in image.pixels_mut() {
        let alpha = u32::from(value[3]);
        let mixed = |colour: u8| ((u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        *value = [mixed(value[0]), mixed(value[1]), mixed(value[2]), 255];
    }
    DynamicImage::ImageRgba8(image)
}

//! Drawings to pixels: [`Picture::draw`] renders one with resvg at four times the size, in RGBA, lays it on white and
//! takes the mean of each 4 × 4 block. The mean is taken of sRGB values, as browsers do, not of linear light: the artists
//! chose their outlines for that.

use super::colour;
use super::join::Icon;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::ops::RangeInclusive;

/// Width and height of a picture in pixels, unless told otherwise.
pub const SIZE: usize = 64;
/// The sizes that drawings can be drawn at: below, nothing is recognised; above, no network here could follow.
pub const SIZES: RangeInclusive<usize> = 16..=256;
/// Rendered pixels per pixel, each way.
const OVER: usize = 4;

/// One rendered drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// `[3, S, S]`, sRGB, on white.
    pub rgb: Vec<u8>,
    /// Names of its main colours, the larger first.
    pub colours: Vec<&'static str>,
}

impl Picture {
    /// Renders an icon at `size` × `size` pixels, centred where it is not square.
    ///
    /// # Errors
    /// A sentence, where the drawing is not SVG or shows nothing, or the size is none of [`SIZES`].
    pub fn draw(icon: &Icon, size: usize) -> Result<Self, String> {
        if !SIZES.contains(&size) {
            return Err(format!("expected a size of {} to {} pixels, found {size}", SIZES.start(), SIZES.end()));
        }
        let side = size * OVER;
        let Icon { body, width, height, flipped } = icon;
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">{body}</svg>"
        );
        let tree = Tree::from_str(&svg, &Options::default()).map_err(|error| error.to_string())?;
        let mut pixmap = Pixmap::new(side as u32, side as u32).ok_or("no room for its pixels")?;
        let scale = side as f32 / width.max(*height);
        let (left, top) = ((side as f32 - width * scale) / 2.0, (side as f32 - height * scale) / 2.0);
        let transform = match flipped {
            false => Transform::from_row(scale, 0.0, 0.0, scale, left, top),
            true => Transform::from_row(-scale, 0.0, 0.0, scale, side as f32 - left, top),
        };
        resvg::render(&tree, transform, &mut pixmap.as_mut());

        let pixels = pixmap.pixels();
        if pixels.iter().all(|pixel| pixel.alpha() == 0) {
            return Err("the drawing shows nothing".into());
        }
        let mut rgb = Vec::with_capacity(3 * size * size);
        for channel in 0..3 {
            for place in 0..size * size {
                let (y, x) = (place / size * OVER, place % size * OVER);
                let block = (0..OVER * OVER).map(|i| pixels[(y + i / OVER) * side + x + i % OVER]);
                // Colours are premultiplied: on white, what is not covered adds its share of 255.
                let on_white = block.map(|pixel| {
                    let value = [pixel.red(), pixel.green(), pixel.blue()][channel];
                    u32::from(value) + 255 - u32::from(pixel.alpha())
                });
                let (sum, count) = (on_white.sum::<u32>(), (OVER * OVER) as u32);
                rgb.push(((sum + count / 2) / count).min(255) as u8);
            }
        }
        let solid = pixels.iter().filter(|pixel| pixel.alpha() >= 128).map(|pixel| {
            let plain = pixel.demultiply();
            [plain.red(), plain.green(), plain.blue()]
        });
        Ok(Picture { rgb, colours: colour::dominant(solid) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice the units of the icons below.
    const SIZE: usize = 32;

    fn icon(body: &str, flipped: bool) -> Icon {
        Icon { body: body.into(), width: 16.0, height: 16.0, flipped }
    }

    #[test]
    fn a_half_covered_pixel_is_half_white_and_a_mirror_swaps_sides() {
        // Half a unit is one pixel of 32: the left edge cuts pixel 1 in the middle.
        let body = "<path fill=\"#f00\" d=\"M.75 0h7.25v16h-7.25z\"/>";
        let plain = Picture::draw(&icon(body, false), SIZE).unwrap();
        let row = |picture: &Picture, channel: usize| picture.rgb[channel * SIZE * SIZE..][..SIZE].to_vec();
        assert_eq!(row(&plain, 0), [255; SIZE]);
        let green = row(&plain, 1);
        assert_eq!((green[0], green[2], green[15], green[16]), (255, 0, 0, 255));
        assert!(green[1].abs_diff(128) <= 1, "{}", green[1]);
        assert_eq!(plain.colours, ["red"]);
        let mirrored: Vec<u8> = green.into_iter().rev().collect();
        assert_eq!(row(&Picture::draw(&icon(body, true), SIZE).unwrap(), 1), mirrored);
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        assert!(Picture::draw(&icon("", false), SIZE).is_err());
        assert!(Picture::draw(&icon("<path", false), SIZE).is_err());
        let body = "<path d=\"M0 0h16v16h-16z\"/>";
        assert!([15, 257, usize::MAX].iter().all(|&size| Picture::draw(&icon(body, false), size).is_err()));
        assert_eq!([16, 256].map(|size| Picture::draw(&icon(body, false), size).unwrap().rgb.len()), [768, 196_608]);
    }
}

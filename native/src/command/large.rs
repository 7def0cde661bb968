//! `morphogen large`: new pictures of the same stuff as one photograph or texture, large, by the patch posterior over its patches.

use super::mend::planes;
use super::number::number;
use super::output::Output;
use super::{CommandError, progress_bar};
use crate::train::photo::Photo;
use crate::train::picture;
use clap::Args;
use morphogen::denoiser::ImageShape;
use morphogen::theory::large::{self, LEAST, MOST, Wish};
use std::path::PathBuf;
use std::time::Instant;

/// Options of `morphogen large`.
#[derive(Debug, Args)]
pub struct LargeArgs {
    /// A photograph or a texture; what is longer than 256 pixels is made smaller first
    photo: PathBuf,
    /// Where to write the picture, a .png; several pictures become one sheet
    #[arg(long)]
    output: PathBuf,
    /// Pixels, 8 to 512 a side: of the longer side in the picture's own aspect, or as WIDTHxHEIGHT
    #[arg(long, default_value = "256")]
    size: Size,
    /// Have opposite edges fit each other, so that the picture tiles
    #[arg(long)]
    tile: bool,
    /// How much may change: 0 gives the picture itself, 1 a new arrangement of its parts
    #[arg(long, value_parser = number(0.0, 1.0), default_value_t = Wish::default().variety)]
    variety: f64,
    /// Seed of the first picture; each of several has the next
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Number of pictures
    #[arg(long, value_parser = number::<usize>(1, 64), default_value_t = 1)]
    count: usize,
    /// Pictures in a row of the sheet
    #[arg(long, value_parser = number::<usize>(1, 64), default_value_t = 4)]
    columns: usize,
}

/// How large a picture is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Size {
    Long(usize),
    Exact(usize, usize),
}

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = number(LEAST, MOST);
        let read = match text.split_once('x') {
            Some((width, height)) => side(width).and_then(|width| Ok(Size::Exact(width, side(height)?))),
            None => side(text).map(Size::Long),
        };
        read.map_err(|_| format!("expected {LEAST} to {MOST}, or two such numbers as 256x192"))
    }
}

impl Size {
    /// Columns and rows of a picture from a source of these.
    fn of(self, source: (usize, usize)) -> (usize, usize) {
        match self {
            Size::Exact(width, height) => (width, height),
            Size::Long(long) => large::in_aspect(source, long),
        }
    }
}

/// Runs `morphogen large`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn large(args: &LargeArgs) -> Result<(), CommandError> {
    let output = Output::at(&args.output)?;
    if output.extension() != Some("png") {
        let found = output.path().display();
        return Err(CommandError::Usage(format!("expected an --output ending in .png, found {found}")));
    }
    let photo = Photo::open(&args.photo).map_err(|error| CommandError::file(&args.photo, error))?;
    let (width, height) = photo.size();
    let unfit = |error: large::LargeError| CommandError::file(&args.photo, error);
    let (width, height) = large::worked_at(width as usize, height as usize).map_err(unfit)?;
    let shape = ImageShape { channels: if photo.colour { 3 } else { 1 }, height, width };
    let source = planes(photo, shape);
    let (width, height) = args.size.of((width, height));
    let began = Instant::now();
    let bar = progress_bar(1000 * args.count);
    let mut pictures = Vec::new();
    for n in 0..args.count {
        let seed = args.seed.wrapping_add(n as u64);
        let wish = Wish { width, height, tile: args.tile, variety: args.variety, seed };
        pictures.extend(large::draw(&source, shape, &wish, |drawn| {
            bar.set_position((1000.0 * (n as f64 + drawn.share())) as u64);
            true
        })?);
    }
    bar.finish_and_clear();
    let seconds = began.elapsed().as_secs_f64();
    let drawn = ImageShape { height, width, ..shape };
    let (image, what) = match args.count {
        1 => (picture::single(&pictures, drawn)?, "1 picture".into()),
        count => (picture::sheet(&pictures, drawn, args.columns, 1)?, format!("{count} pictures")),
    };
    output.write(&picture::png(image)?, format_args!("{what} of {width} × {height} in {seconds:.1} s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_keep_the_aspect() {
        assert_eq!("256".parse(), Ok(Size::Long(256)));
        assert_eq!("300x8".parse(), Ok(Size::Exact(300, 8)));
        for wrong in ["7", "513", "256x", "x", "256x7", "256x256x256", "256X256", ""] {
            assert!(wrong.parse::<Size>().is_err_and(|said| said.contains("256x192")), "{wrong}");
        }
        assert_eq!(Size::Long(512).of((256, 192)), (512, 384));
        assert_eq!(Size::Long(64).of((8, 200)), (8, 64));
        assert_eq!(Size::Exact(300, 100).of((256, 192)), (300, 100));
    }
}

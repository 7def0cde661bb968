//! A sticker or an icon of what was drawn, as options of `morphogen sample`.

use super::CommandError;
use super::images::usage;
use super::number::number;
use super::output::Output;
use clap::Args;
use morphogen::export::rgba;
use morphogen::export::sticker::{Sticker, sheet};
use morphogen::pack::manifest::Manifest;
use std::path::PathBuf;

/// Side of a sticker unless it is said.
const USUAL: usize = 256;

/// What is taken along; nothing need be.
#[derive(Debug, Clone, Default, Args)]
pub struct StickerArgs {
    /// A .png of at most 128 kB, the picture cut out and enlarged, or a .ico with 16, 32 and 48 pixels; of several pictures a .png
    /// has all beside each other, of any length
    #[arg(long)]
    sticker: Option<PathBuf>,
    /// Side of the sticker in pixels, 16 to 512; 256 unless given
    #[arg(long, value_parser = number::<usize>(16, 512), requires = "sticker")]
    size: Option<usize>,
    /// Cut nothing away
    #[arg(long, requires = "sticker")]
    whole: bool,
}

impl StickerArgs {
    /// Where the sticker goes, if one is wanted.
    ///
    /// # Errors
    /// [`CommandError`] where it cannot be written, or is of no kind that is known.
    pub(super) fn output(&self) -> Result<Option<Output<'_>>, CommandError> {
        let output = Output::maybe(self.sticker.as_deref())?;
        if let Some(wrong) = output.filter(|output| !matches!(output.extension(), Some("png" | "ico"))) {
            let found = wrong.path().display();
            return Err(usage(format!("expected a --sticker ending in .png or .ico, found {found}")));
        }
        Ok(output)
    }

    /// Writes the sticker of `pictures` `[B, C, H, W]` where one is wanted, several in rows of `columns`.
    ///
    /// # Errors
    /// [`CommandError`] where there is nothing to cut away, a size or an ending will not do, or the file cannot be written.
    pub(super) fn write(&self, pictures: &[f32], manifest: &Manifest, columns: usize) -> Result<(), CommandError> {
        let Some(output) = self.output()? else { return Ok(()) };
        let shape = manifest.image;
        let (size, licence, side) = ((shape.width, shape.height), &manifest.licence, self.size.unwrap_or(USUAL));
        let frames = rgba(pictures, shape, 1).map_err(usage)?;
        let make = if self.whole { Sticker::whole } else { Sticker::cut };
        let stickers = frames
            .chunks_exact(4 * shape.width * shape.height)
            .map(|frame| make(frame, size, licence))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| usage(format!("{error}: --whole")))?;
        let file = match (output.extension(), &stickers[..]) {
            (Some("ico"), [one]) => one.ico(),
            (Some("ico"), several) => {
                return Err(usage(format!(
                    "an icon is of one picture, found {}; give --prompt and --count 1",
                    several.len()
                )));
            }
            (_, [one]) => one.png(side),
            (_, several) => sheet(several, side, columns),
        };
        output.write(&file.map_err(usage)?, format_args!("{} stickers", stickers.len()))
    }
}

//! Films as files: APNG, which keeps every colour, and GIF, which has 256 of them a frame and is known everywhere. Frames are RGBA, so
//! that what was cut out of its background stays so: in a GIF a pixel is there or not.

use super::palette::{Palette, there};
use super::{ExportError, check_size};
use gif::{AnyExtension, DisposalMethod, Repeat};
use png::{BitDepth, BlendOp, ColorType, Compression, DisposeOp, Filter};

/// The most frames of a film.
pub const MAX_FRAMES: usize = 256;
/// The most frames a second: browsers play what is faster as if it were slow.
pub const MAX_SPEED: u16 = 50;
/// The byte that begins a comment.
const COMMENT: u8 = 0xFE;

/// Frames that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Film {
    width: usize,
    height: usize,
    /// RGBA, `[F, H, W, 4]`.
    frames: Vec<u8>,
    speed: u16,
    looped: bool,
    licence: String,
}

impl Film {
    /// A film of RGBA frames `[F, H, W, 4]`, `speed` of them a second, `1..=MAX_SPEED`; one that is `looped` begins anew when it
    /// is over. `licence` is a line that the file carries, if it is not empty.
    ///
    /// # Errors
    /// [`ExportError`] where a number is out of range or the frames are not whole.
    pub fn new(
        (width, height): (usize, usize),
        frames: Vec<u8>,
        speed: u16,
        looped: bool,
        licence: &str,
    ) -> Result<Self, ExportError> {
        check_size(width, height, 1)?;
        let size = width * height * 4;
        let count = frames.len() / size;
        if count * size != frames.len() {
            return Err(ExportError::Pixels { expected: count.max(1) * size, found: frames.len() });
        }
        Film::check((width, height), count)?;
        if !(1..=MAX_SPEED).contains(&speed) {
            return Err(ExportError::Speed { found: speed });
        }
        Ok(Film { width, height, frames, speed, looped, licence: licence.into() })
    }

    /// Whether a film may have so many frames of this size; it may be asked before they are drawn.
    ///
    /// # Errors
    /// [`ExportError::Frames`] or [`ExportError::Size`].
    pub fn check((width, height): (usize, usize), count: usize) -> Result<(), ExportError> {
        if !(1..=MAX_FRAMES).contains(&count) {
            return Err(ExportError::Frames { found: count });
        }
        check_size(width, height, count)
    }

    /// Its frames, `[H, W, 4]` each.
    fn frames(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.frames.chunks_exact(self.width * self.height * 4)
    }

    /// The film as an APNG; who cannot play it shows its first frame.
    ///
    /// # Errors
    /// [`ExportError::Encode`].
    pub fn apng(&self) -> Result<Vec<u8>, ExportError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        let kept = Kept::of(&self.frames);
        encoder.set_color(kept.colour());
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        encoder.set_filter(Filter::Adaptive);
        // Plays: 0 is for ever.
        encoder.set_animated(self.frames().len() as u32, u32::from(!self.looped))?;
        encoder.set_frame_delay(1, self.speed)?;
        encoder.set_blend_op(BlendOp::Source)?;
        encoder.set_dispose_op(DisposeOp::None)?;
        if !self.licence.is_empty() {
            encoder.add_itxt_chunk("Copyright".into(), self.licence.clone())?;
        }
        let mut writer = encoder.write_header()?;
        for frame in self.frames() {
            writer.write_image_data(&kept.of_frame(frame))?;
        }
        writer.finish()?;
        Ok(bytes)
    }

    /// The film as a GIF: one palette for all frames where they have no more than 255 colours, and else one for each.
    ///
    /// # Errors
    /// [`ExportError::Encode`].
    pub fn gif(&self) -> Result<Vec<u8>, ExportError> {
        let mut bytes = Vec::new();
        let mut shared = Palette::exact(&self.frames);
        let table = shared.as_ref().map(Palette::bytes).unwrap_or_default();
        let (width, height) = (self.width as u16, self.height as u16);
        let mut encoder = gif::Encoder::new(&mut bytes, width, height, &table)?;
        if self.looped {
            encoder.set_repeat(Repeat::Infinite)?;
        }
        if !self.licence.is_empty() {
            let parts: Vec<&[u8]> = self.licence.as_bytes().chunks(255).collect();
            encoder.write_raw_extension(AnyExtension(COMMENT), &parts)?;
        }
        // Hundredths of a second.
        let delay = (100 + self.speed / 2) / self.speed;
        for frame in self.frames() {
            let mut own = shared.is_none().then(|| Palette::of(frame));
            let palette = own.as_mut().or(shared.as_mut());
            let buffer: Vec<u8> = palette
                .map(|palette| frame.chunks_exact(4).map(|pixel| palette.index(pixel)).collect())
                .unwrap_or_default();
            let whole = frame.chunks_exact(4).all(there);
            encoder.write_frame(&gif::Frame {
                delay,
                // What shows through must not be the frame before.
                dispose: if whole { DisposalMethod::Keep } else { DisposalMethod::Background },
                transparent: (!whole).then_some(0),
                width,
                height,
                buffer: buffer.into(),
                palette: own.as_ref().map(Palette::bytes),
                ..gif::Frame::default()
            })?;
        }
        drop(encoder);
        Ok(bytes)
    }
}

/// Which channels a PNG has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Grey,
    Colour,
    All,
}

impl Kept {
    fn of(frames: &[u8]) -> Self {
        let all = |test: fn(&[u8]) -> bool| frames.chunks_exact(4).all(test);
        match () {
            () if !all(|pixel| pixel[3] == 255) => Kept::All,
            () if all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]) => Kept::Grey,
            () => Kept::Colour,
        }
    }

    fn colour(self) -> ColorType {
        match self {
            Kept::Grey => ColorType::Grayscale,
            Kept::Colour => ColorType::Rgb,
            Kept::All => ColorType::Rgba,
        }
    }

    fn of_frame(self, frame: &[u8]) -> Vec<u8> {
        let kept = match self {
            Kept::Grey => 1,
            Kept::Colour => 3,
            Kept::All => 4,
        };
        frame.chunks_exact(4).flat_map(|pixel| &pixel[..kept]).copied().collect()
    }
}

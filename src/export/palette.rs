//! The colours of a GIF: all of them where there is place, or else as many as it has. These are learned by a net (Dekker 1994)
//! and then moved, each to the mean of the pixels that are nearest to it (Lloyd 1982), which the net leaves them short of.

use color_quant::NeuQuant;
use std::collections::HashMap;

/// The colours of a GIF; its first is kept for what is not there.
const COLOURS: usize = 256;
/// Least alpha of a pixel that is there.
const THERE: u8 = 128;
/// The most pixels that a palette is learned from.
const LEARNED: usize = 1 << 14;
/// How often colours are moved: further rounds change little.
const ROUNDS: usize = 4;

/// Colours, and which of them pixels have. The first is for pixels that are not there.
pub(super) struct Palette {
    /// From little green to much.
    colours: Vec<[f32; 3]>,
    /// The places that were found so far.
    places: HashMap<[u8; 3], u8>,
}

/// Whether an RGBA pixel is there.
pub(super) fn there(pixel: &[u8]) -> bool {
    pixel[3] >= THERE
}

impl Palette {
    /// All colours of RGBA pixels; none where they are too many.
    pub(super) fn exact(pixels: &[u8]) -> Option<Self> {
        let mut palette = Palette { colours: Vec::new(), places: HashMap::new() };
        for pixel in pixels.chunks_exact(4).filter(|pixel| there(pixel)) {
            let colour = [pixel[0], pixel[1], pixel[2]];
            if palette.places.contains_key(&colour) {
                continue;
            }
            if palette.colours.len() == COLOURS - 1 {
                return None;
            }
            palette.colours.push(colour.map(f32::from));
            palette.places.insert(colour, palette.colours.len() as u8);
        }
        Some(palette)
    }

    /// All colours of RGBA pixels, or those that come nearest to them.
    pub(super) fn of(pixels: &[u8]) -> Self {
        Palette::exact(pixels).unwrap_or_else(|| Palette::learned(pixels))
    }

    fn learned(pixels: &[u8]) -> Self {
        let every = (pixels.len() / 4).div_ceil(LEARNED).max(1);
        let some = pixels.chunks_exact(4).filter(|pixel| there(pixel)).step_by(every);
        let colours: Vec<[u8; 3]> = some.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let opaque: Vec<u8> = colours.iter().flat_map(|&[red, green, blue]| [red, green, blue, 255]).collect();
        let net = NeuQuant::new(1, COLOURS - 1, &opaque).color_map_rgb();
        let first = net.chunks_exact(3).map(|colour| [0, 1, 2].map(|c| f32::from(colour[c]))).collect();
        let mut palette = Palette { colours: first, places: HashMap::new() };
        palette.sort();
        for _ in 0..ROUNDS {
            palette.approach(&colours);
        }
        palette
    }

    fn sort(&mut self) {
        self.colours.sort_by(|one, other| one[1].total_cmp(&other[1]));
    }

    /// Moves each colour to the mean of those that are nearest to it.
    fn approach(&mut self, colours: &[[u8; 3]]) {
        let mut sums = vec![([0.0; 3], 0.0); self.colours.len()];
        for colour in colours {
            let colour = colour.map(f32::from);
            let (sum, count) = &mut sums[self.nearest(colour)];
            (0..3).for_each(|c| sum[c] += colour[c]);
            *count += 1.0;
        }
        for (colour, (sum, count)) in self.colours.iter_mut().zip(sums) {
            if count > 0.0 {
                *colour = sum.map(|value| value / count);
            }
        }
        self.sort();
    }

    /// The number of the nearest colour. Those whose green alone is farther than the nearest so far are not looked at.
    fn nearest(&self, colour: [f32; 3]) -> usize {
        let start = self.colours.partition_point(|other| other[1] < colour[1]);
        let (mut best, mut least) = (0, f32::INFINITY);
        let mut look = |at: usize| {
            let [red, green, blue] = [0, 1, 2].map(|c| (self.colours[at][c] - colour[c]).powi(2));
            if red + green + blue < least {
                (best, least) = (at, red + green + blue);
            }
            green <= least
        };
        let _ = (start..self.colours.len()).all(&mut look);
        let _ = (0..start).rev().all(&mut look);
        best
    }

    /// RGB bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let colours = self.colours.iter().flat_map(|colour| colour.map(|value| value.round() as u8));
        [0; 3].into_iter().chain(colours).collect()
    }

    /// The place of an RGBA pixel.
    pub(super) fn index(&mut self, pixel: &[u8]) -> u8 {
        if !there(pixel) {
            return 0;
        }
        let colour = [pixel[0], pixel[1], pixel[2]];
        if let Some(&place) = self.places.get(&colour) {
            return place;
        }
        let place = self.nearest(colour.map(f32::from)) as u8 + 1;
        self.places.insert(colour, place);
        place
    }
}

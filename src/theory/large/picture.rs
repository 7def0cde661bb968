//! Pictures between the levels: pixels of four values side by side, which is one vector of every machine; made smaller by
//! averaging areas, larger by cubic splines, and brought to a common contrast, so that the same noise hides as much of a pale
//! picture as of a bright one.

use crate::denoiser::ImageShape;
use crate::sampler::noise;
use crate::schedule::Time;

/// A pixel: up to three channels, and one place that stays free.
pub(super) type Pixel = [f32; 4];

/// Standard deviation that every source is brought to.
const CONTRAST: f64 = 0.7;
/// Standard deviation below which a picture is one colour, and is not brought to any contrast.
const PLAIN: f64 = 1e-4;

/// A picture, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Pixel>,
}

/// What one pixel of a row or column is made of: pixels of another one and their weights.
type Taps = Vec<(usize, f32)>;

impl Picture {
    /// Values `[C, H, W]` of `shape`.
    pub fn from_planes(values: &[f32], shape: ImageShape) -> Picture {
        let area = shape.width * shape.height;
        let mut pixels = vec![[0.0; 4]; area];
        for (channel, plane) in values.chunks_exact(area.max(1)).enumerate().take(3) {
            for (pixel, value) in pixels.iter_mut().zip(plane) {
                pixel[channel] = *value;
            }
        }
        Picture { width: shape.width, height: shape.height, pixels }
    }

    /// Its size.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Each pixel by itself.
    pub fn map(&self, change: impl Fn(&Pixel) -> Pixel) -> Picture {
        Picture { width: self.width, height: self.height, pixels: self.pixels.iter().map(change).collect() }
    }

    /// `a x + s ε`, with noise that `seed` and `stream` fix.
    pub fn noised(&self, time: Time, channels: usize, seed: u64, stream: u64) -> Picture {
        let mut noise = vec![0.0; self.pixels.len() * channels];
        noise::fill(seed, stream, &mut noise);
        let (a, s) = (time.a as f32, time.s as f32);
        let mut out = self.map(|pixel| pixel.map(|value| a * value));
        for (pixel, noise) in out.pixels.iter_mut().zip(noise.chunks_exact(channels)) {
            for (value, noise) in pixel.iter_mut().zip(noise) {
                *value += s * noise;
            }
        }
        out
    }

    /// The same, going around to the right and below by `more` pixels.
    pub fn around(&self, more: usize) -> Picture {
        let (width, height) = (self.width + more, self.height + more);
        let at = |q: usize| self.pixels[q / width % self.height * self.width + q % width % self.width];
        Picture { width, height, pixels: (0..width * height).map(at).collect() }
    }

    /// Made smaller, or left as it is: each pixel is the mean of the area that it stands for.
    pub fn shrunk(&self, (width, height): (usize, usize)) -> Picture {
        self.resized(&areas(self.width, width), &areas(self.height, height))
    }

    /// Made larger by Catmull–Rom splines (Keys 1981), which pass through the pixels; `wrap` says whether it goes around.
    pub fn enlarged(&self, (width, height): (usize, usize), wrap: bool) -> Picture {
        self.resized(&splines(self.width, width, wrap), &splines(self.height, height, wrap))
    }

    /// Brought to another size, whether it is larger or smaller.
    pub fn fitted(&self, (width, height): (usize, usize), wrap: bool) -> Picture {
        self.shrunk((width.min(self.width), height.min(self.height))).enlarged((width, height), wrap)
    }

    fn resized(&self, columns: &[Taps], rows: &[Taps]) -> Picture {
        let (width, height) = (columns.len(), rows.len());
        let mut across = Vec::with_capacity(width * self.height);
        for row in self.pixels.chunks_exact(self.width) {
            across.extend(columns.iter().map(|taps| {
                let mut pixel = [0.0; 4];
                taps.iter().for_each(|&(from, weight)| add(&mut pixel, weight, &row[from]));
                pixel
            }));
        }
        let mut pixels = vec![[0.0; 4]; width * height];
        for (row, taps) in pixels.chunks_exact_mut(width).zip(rows) {
            for &(from, weight) in taps {
                let line = &across[from * width..][..width];
                row.iter_mut().zip(line).for_each(|(pixel, value)| add(pixel, weight, value));
            }
        }
        Picture { width, height, pixels }
    }
}

/// `to += weight · from`.
#[inline(always)]
pub(super) fn add(to: &mut Pixel, weight: f32, from: &Pixel) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += weight * from;
    }
}

/// How each of `to` pixels averages `from` pixels.
fn areas(from: usize, to: usize) -> Vec<Taps> {
    let share = from as f64 / to as f64;
    (0..to)
        .map(|pixel| {
            let (begin, end) = (pixel as f64 * share, (pixel + 1) as f64 * share);
            (begin as usize..from.min(libm::ceil(end) as usize))
                .map(|n| (n, (end.min((n + 1) as f64) - begin.max(n as f64)) / share))
                .filter(|&(_, weight)| weight > 1e-9)
                .map(|(n, weight)| (n, weight as f32))
                .collect()
        })
        .collect()
}

/// How each of `to` pixels lies between `from` pixels.
fn splines(from: usize, to: usize, wrap: bool) -> Vec<Taps> {
    if from == to {
        return (0..to).map(|n| vec![(n, 1.0)]).collect();
    }
    (0..to)
        .map(|pixel| {
            let x = (pixel as f64 + 0.5) * from as f64 / to as f64 - 0.5;
            let (first, f) = (libm::floor(x) as i64 - 1, (x - libm::floor(x)) as f32);
            let (f2, f3) = (f * f, f * f * f);
            let weights = [
                -0.5 * f + f2 - 0.5 * f3,
                1.0 - 2.5 * f2 + 1.5 * f3,
                0.5 * f + 2.0 * f2 - 1.5 * f3,
                -0.5 * f2 + 0.5 * f3,
            ];
            let at = |n: i64| if wrap { n.rem_euclid(from as i64) } else { n.clamp(0, from as i64 - 1) };
            weights.into_iter().zip(first..).map(|(weight, n)| (at(n) as usize, weight)).collect()
        })
        .collect()
}

/// What brings a picture to the common contrast, and back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tone {
    channels: usize,
    mean: Pixel,
    gain: f32,
    least: Pixel,
    most: Pixel,
}

impl Tone {
    /// That of a picture with so many channels.
    pub fn of(picture: &Picture, channels: usize) -> Tone {
        let count = picture.pixels.len().max(1) as f64;
        let (mut mean, mut least, mut most) = ([0.0; 4], [f32::INFINITY; 4], [f32::NEG_INFINITY; 4]);
        let mut variance = 0.0;
        for c in 0..channels {
            let sum: f64 = picture.pixels.iter().map(|pixel| f64::from(pixel[c])).sum();
            mean[c] = (sum / count) as f32;
            for pixel in &picture.pixels {
                variance += f64::from(pixel[c] - mean[c]).powi(2) / (count * channels as f64);
                least[c] = least[c].min(pixel[c]);
                most[c] = most[c].max(pixel[c]);
            }
        }
        let spread = variance.sqrt();
        let gain = if spread > PLAIN { (CONTRAST / spread) as f32 } else { 1.0 };
        Tone { channels, mean, gain, least, most }
    }

    /// The picture at the common contrast.
    pub fn apply(&self, picture: &Picture) -> Picture {
        picture.map(|pixel| std::array::from_fn(|c| (pixel[c] - self.mean[c]) * self.gain))
    }

    /// A picture `[C, H, W]` as it is to be seen, within the range of the source.
    pub fn planes(&self, picture: &Picture) -> Vec<f32> {
        let value = |pixel: &Pixel, c: usize| (pixel[c] / self.gain + self.mean[c]).clamp(self.least[c], self.most[c]);
        (0..self.channels).flat_map(|c| picture.pixels.iter().map(move |pixel| value(pixel, c))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(width: usize, height: usize) -> Picture {
        let mut values = vec![0.0; 3 * width * height];
        noise::fill(5, 0, &mut values);
        Picture::from_planes(&values, ImageShape { channels: 3, height, width })
    }

    proptest! {
        #[test]
        fn taps_weigh_one_together(from in 1usize..60, to in 1usize..60, wrap: bool) {
            let all = splines(from, to, wrap).into_iter().chain(areas(from, to.min(from)));
            for taps in all {
                prop_assert!((taps.iter().map(|tap| tap.1).sum::<f32>() - 1.0).abs() < 1e-5, "{:?}", taps);
                prop_assert!(taps.iter().all(|tap| tap.0 < from));
            }
        }

        #[test]
        fn a_smaller_picture_has_the_same_mean(width in 1usize..40, height in 1usize..40, by in 1usize..5) {
            let picture = drawn(width, height);
            let small = picture.shrunk((width.div_ceil(by), height.div_ceil(by)));
            let mean = |picture: &Picture| picture.pixels.iter().map(|p| f64::from(p[1])).sum::<f64>() / picture.pixels.len() as f64;
            prop_assert!((mean(&picture) - mean(&small)).abs() < 1e-5);
        }

        #[test]
        fn a_torus_is_enlarged_as_a_torus(shift in 0usize..12) {
            let picture = drawn(12, 6);
            let shifted = Picture {
                pixels: (0..72).map(|q| picture.pixels[q / 12 * 12 + (q % 12 + shift) % 12]).collect(),
                ..picture.clone()
            };
            let (large, other) = (picture.enlarged((24, 12), true), shifted.enlarged((24, 12), true));
            for q in 0..24 * 12 {
                let (a, b) = (large.pixels[q / 24 * 24 + (q % 24 + 2 * shift) % 24], other.pixels[q]);
                prop_assert!((0..4).all(|c| (a[c] - b[c]).abs() < 1e-5));
            }
        }
    }

    #[test]
    fn a_tone_comes_back() {
        let picture = drawn(9, 7).map(|pixel| std::array::from_fn(|c| if c < 3 { 0.1 * pixel[c] - 0.4 } else { 0.0 }));
        let tone = Tone::of(&picture, 3);
        let flat = tone.apply(&picture);
        let square: f64 = flat.pixels.iter().flatten().map(|v| f64::from(*v).powi(2)).sum::<f64>() / (3.0 * 63.0);
        assert!((square.sqrt() - CONTRAST).abs() < 1e-4, "{square}");
        let planes = tone.planes(&flat);
        assert!((0..63).all(|q| (0..3).all(|c| (planes[c * 63 + q] - picture.pixels[q][c]).abs() < 1e-6)));
    }
}

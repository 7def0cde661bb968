//! The ground of a picture cut away. Ground is what has the even colour of the corners, or of the border, and hangs together with
//! it: white that a figure encloses is the figure's own and stays, and so does a figure that is a little off white. Pixels at the
//! edge are part figure, part ground, `p = α f + (1 − α) g`: the figure's colour `f` is looked up further inside, which gives α,
//! and then the ground's share is taken out of the pixel. So nothing of the ground is left as a fringe on another one, and on the
//! old one the picture is what it was.

use thiserror::Error;

/// The largest difference of a channel, in `[0, 1]`, at which a pixel has the colour of the ground: what networks draw as white
/// is off by up to 9 of 255.
const NEAR: f32 = 10.0 / 255.0;
/// The difference at which it surely has: a white figure is seldom as near.
const SURE: f32 = 5.0 / 255.0;
/// How far from what surely is ground a pixel may be that only may be.
const NOISE: usize = 2;
/// How far corners of one colour may differ from it, where a figure comes close to them.
const CORNER: f32 = 20.0 / 255.0;
/// The share of the border that must have one colour.
const EVEN: f32 = 0.5;
/// An island that nowhere differs more from the ground is a smudge, beside one that is so many times as large.
const FAINT: f32 = 0.16;
const LARGER: usize = 8;
/// The most pixels of a speck.
const SPECK: usize = 4;
/// How many pixels deep an edge may be.
const EDGE: u8 = 2;
/// How far from an edge its figure's colour is looked for.
const REACH: isize = 3;
/// The contrast below which a figure's colour is nearly that of the ground.
const PALE: f32 = 0.2;
/// What a step away counts for, beside a misfit.
const NEARER: f32 = 0.004;
/// The contrast from which what stands alone is whole.
const FIRM: f32 = 0.25;
/// How badly a pixel may fit between the ground and a colour of the figure, to be a mix of both.
const MISFIT: f32 = 0.12;

/// A picture of straight or missing transparency with its colours multiplied by it, `[H, W]` of red, green, blue, α in `[0, 1]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row by row.
    pub pixels: Vec<[f32; 4]>,
}

/// Why nothing was cut away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Uncut {
    /// The border has no colour that most of it shares.
    #[error("there is no ground to cut away: the picture fills its frame")]
    Full,
    /// Nothing would be left.
    #[error("there is nothing to cut out: all of the picture has the colour of its border")]
    Empty,
    /// There are not as many bytes as pixels.
    #[error("expected 4 bytes for each of at least one pixel, found {found} for {width} × {height}")]
    Size {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes given.
        found: usize,
    },
}

impl Layer {
    /// The whole of a frame of `width` columns, RGBA bytes row by row.
    ///
    /// # Errors
    /// [`Uncut::Size`].
    pub fn whole(frame: &[u8], width: usize) -> Result<Self, Uncut> {
        let height = frame.len() / 4 / width.max(1);
        if width == 0 || height == 0 || frame.len() != width * height * 4 {
            return Err(Uncut::Size { width, height, found: frame.len() });
        }
        let pixel = |bytes: &[u8]| {
            let alpha = f32::from(bytes[3]) / 255.0;
            let [red, green, blue] = [0, 1, 2].map(|c| f32::from(bytes[c]) / 255.0 * alpha);
            [red, green, blue, alpha]
        };
        Ok(Layer { width, height, pixels: frame.chunks_exact(4).map(pixel).collect() })
    }

    /// A frame without its ground.
    ///
    /// # Errors
    /// [`Uncut`] where there is no ground, or nothing else.
    pub fn cut(frame: &[u8], width: usize) -> Result<Self, Uncut> {
        let mut layer = Layer::whole(frame, width)?;
        let ground = layer.ground().ok_or(Uncut::Full)?;
        let depth = layer.depths(ground);
        if depth.iter().all(|&depth| depth == 0) {
            return Err(Uncut::Empty);
        }
        let shares: Vec<f32> = (0..depth.len()).map(|at| layer.share(at, ground, &depth)).collect();
        let shares = layer.softened(&shares, ground, &depth);
        for (pixel, share) in layer.pixels.iter_mut().zip(shares) {
            let colour = |c: usize| (pixel[c] - (1.0 - share) * ground[c]).clamp(0.0, share);
            *pixel = [colour(0), colour(1), colour(2), share];
        }
        Ok(layer)
    }

    /// The colour that the corners share, whatever fills the frame between them, or else most of the border.
    fn ground(&self) -> Option<[f32; 3]> {
        let (right, below) = (self.width - 1, (self.height - 1) * self.width);
        let corners = [0, right, below, below + right];
        self.even(corners.into_iter(), CORNER, 1.0).or_else(|| self.even(self.border(), NEAR, EVEN))
    }

    /// The middle colour of these places, where so large a share of them is as near to it.
    fn even(&self, places: impl Iterator<Item = usize>, near: f32, share: f32) -> Option<[f32; 3]> {
        let pixels: Vec<[f32; 4]> = places.map(|at| self.pixels[at]).collect();
        let colour = [0, 1, 2].map(|c| {
            let mut values: Vec<f32> = pixels.iter().map(|pixel| pixel[c]).collect();
            values.sort_by(f32::total_cmp);
            values[values.len() / 2]
        });
        let even = pixels.iter().filter(|pixel| contrast(pixel, colour) <= near).count();
        (even as f32 >= share * pixels.len() as f32).then_some(colour)
    }

    /// The places of the outermost pixels.
    fn border(&self) -> impl Iterator<Item = usize> {
        let (width, height) = (self.width, self.height);
        (0..width * height).filter(move |at| {
            let (row, column) = (at / width, at % width);
            row == 0 || column == 0 || row + 1 == height || column + 1 == width
        })
    }

    /// How many pixels deep each pixel lies within the figure, diagonals included, up to one beyond an edge; 0 is ground.
    fn depths(&self, ground: [f32; 3]) -> Vec<u8> {
        let mut depth = vec![EDGE + 1; self.pixels.len()];
        let off: Vec<f32> = self.pixels.iter().map(|pixel| contrast(pixel, ground)).collect();
        let sure = |at: usize| off[at] <= SURE;
        let mut rim = self.together(self.border().filter(|&at| sure(at)), sure, false);
        rim.iter().for_each(|&at| depth[at] = 0);
        for _ in 0..NOISE {
            let mut beyond = Vec::new();
            for next in rim.into_iter().flat_map(|at| self.around(at, 1)) {
                if depth[next] != 0 && off[next] <= NEAR {
                    depth[next] = 0;
                    beyond.push(next);
                }
            }
            rim = beyond;
        }
        self.smudges(ground, &mut depth);
        // Beyond the frame is ground, too: what ends at it may be mixed with it there.
        for at in self.border() {
            depth[at] = depth[at].min(1);
        }
        for level in 1..=EDGE {
            let above: Vec<usize> = (0..depth.len()).filter(|&at| depth[at] == level - 1).collect();
            for at in above {
                for next in self.around(at, 1).filter(|&next| depth[next] > level).collect::<Vec<_>>() {
                    depth[next] = level;
                }
            }
        }
        depth
    }

    /// Makes ground of islands that hardly differ from it, and of specks beside something larger.
    fn smudges(&self, ground: [f32; 3], depth: &mut [u8]) {
        let mut seen = vec![false; depth.len()];
        let mut islands = Vec::new();
        for first in 0..depth.len() {
            if !seen[first] && depth[first] != 0 {
                let island = self.together([first], |at| depth[at] != 0, true);
                island.iter().for_each(|&at| seen[at] = true);
                islands.push(island);
            }
        }
        let largest = islands.iter().map(Vec::len).max().unwrap_or_default();
        for island in islands {
            let small = island.len() * LARGER < largest;
            let faint = small && island.iter().all(|&at| contrast(&self.pixels[at], ground) < FAINT);
            if faint || (island.len() <= SPECK && island.len() < largest) {
                island.iter().for_each(|&at| depth[at] = 0);
            }
        }
    }

    /// The places that hang together with the first ones, over edges or also over corners.
    fn together(
        &self,
        first: impl IntoIterator<Item = usize>,
        belongs: impl Fn(usize) -> bool,
        corners: bool,
    ) -> Vec<usize> {
        let mut seen = vec![false; self.pixels.len()];
        let mut found: Vec<usize> = first.into_iter().collect();
        found.iter().for_each(|&at| seen[at] = true);
        let mut next = 0;
        while let Some(&at) = found.get(next) {
            next += 1;
            for other in self.around(at, 1) {
                let beside = corners || other / self.width == at / self.width || other % self.width == at % self.width;
                if beside && !seen[other] && belongs(other) {
                    seen[other] = true;
                    found.push(other);
                }
            }
        }
        found
    }

    /// The places at most `reach` rows and columns away, `at` itself included.
    fn around(&self, at: usize, reach: isize) -> impl Iterator<Item = usize> + use<> {
        let (width, height) = (self.width as isize, self.height as isize);
        let (row, column) = (at as isize / width, at as isize % width);
        let rows = (row - reach).max(0)..=(row + reach).min(height - 1);
        rows.flat_map(move |row| {
            let columns = (column - reach).max(0)..=(column + reach).min(width - 1);
            columns.map(move |column| (row * width + column) as usize)
        })
    }

    /// How much of a pixel is figure: all of it inside, none outside, and at the edge what fits best between the ground and a
    /// colour of the figure nearby: one from inside where there is one, or from deeper in the edge, or from a stronger pixel
    /// beside. What is as strong as what lies inside is whole, and what stands alone is the thinner the fainter it is.
    fn share(&self, at: usize, ground: [f32; 3], depth: &[u8]) -> f32 {
        if depth[at] == 0 || depth[at] > EDGE {
            return if depth[at] == 0 { 0.0 } else { 1.0 };
        }
        let own = contrast(&self.pixels[at], ground);
        let stronger = |&other: &usize| depth[other] != 0 && contrast(&self.pixels[other], ground) > own;
        let nearby: Vec<usize> = self.around(at, REACH).filter(stronger).collect();
        let among = |belongs: &dyn Fn(u8) -> bool| {
            let colours = nearby.iter().copied().filter(|&other| belongs(depth[other]));
            self.best(at, ground, colours)
        };
        among(&|deep| deep > EDGE)
            .or_else(|| among(&|deep| deep > depth[at]))
            .or_else(|| among(&|deep| deep == depth[at]))
            .unwrap_or_else(|| {
                if self.around(at, REACH).any(|other| depth[other] > EDGE) { 1.0 } else { own / FIRM }.min(1.0)
            })
    }

    /// The shares with softer edges where a figure has nearly the colour of the ground: there they are right on the old ground
    /// whatever they are, and on another one the noise of a picture would be seen as teeth.
    fn softened(&self, shares: &[f32], ground: [f32; 3], depth: &[u8]) -> Vec<f32> {
        let pale = |at: usize| {
            let own = contrast(&self.pixels[at], ground);
            (1..=EDGE).contains(&depth[at]) && own < PALE * shares[at]
        };
        let pale: Vec<bool> = (0..shares.len()).map(pale).collect();
        let soft = |at: usize| {
            let beside = pale[at] || (depth[at] == 0 && self.around(at, 1).any(|other| pale[other]));
            if !beside {
                return shares[at];
            }
            let (mut sum, mut weights) = (0.0, 0.0);
            for other in self.around(at, 1) {
                let away = usize::from(other / self.width != at / self.width)
                    + usize::from(other % self.width != at % self.width);
                let weight = [4.0, 2.0, 1.0][away];
                sum += weight * shares[other];
                weights += weight;
            }
            sum / weights
        };
        (0..shares.len()).map(soft).collect()
    }

    /// The share of the colour that explains a pixel best as its mix with the ground; 1 where none does, nothing without any.
    fn best(&self, at: usize, ground: [f32; 3], colours: impl Iterator<Item = usize>) -> Option<f32> {
        let from = |pixel: &[f32; 4]| [0, 1, 2].map(|c| pixel[c] - ground[c]);
        let mixed = from(&self.pixels[at]);
        let mut best = None;
        for other in colours {
            let pure = from(&self.pixels[other]);
            let along = dot(mixed, pure) / dot(pure, pure);
            let rest = [0, 1, 2].map(|c| mixed[c] - along * pure[c]);
            // Of colours that fit alike, the nearest.
            let away = (at / self.width).abs_diff(other / self.width) + (at % self.width).abs_diff(other % self.width);
            let misfit = dot(rest, rest).sqrt();
            let (share, rank) = if misfit < MISFIT { (along.clamp(0.0, 1.0), misfit) } else { (1.0, MISFIT) };
            let rank = rank + NEARER * away as f32;
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, share));
            }
        }
        best.map(|(_, share)| share)
    }
}

/// The largest difference of a channel.
fn contrast(pixel: &[f32; 4], ground: [f32; 3]) -> f32 {
    (0..3).map(|c| (pixel[c] - ground[c]).abs()).fold(0.0, f32::max)
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

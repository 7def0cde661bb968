//! One picture, large: new pictures of the same stuff, drawn by the patch posterior over the patches of a single photograph
//! or texture, without any training. A pyramid of the source (Burt & Adelson 1983) is gone through from coarse to fine:
//!
//! 1. At the coarsest level, some 32 pixels long, all windows of the source answer for every window of the noisy picture (Kamb
//!    & Ganguli 2025, eq. 8 to 12), and windows that overlap are averaged (Niedoba et al. 2025, arXiv 2411.19339). It begins
//!    from the source with noise on it, and how much is the dial: a U-turn at little noise gives the picture back with small
//!    changes, one at `t = 1` a new arrangement (Sclocchi, Favero & Wyart 2025). Windows are wide while noise is large.
//! 2. Each finer level asks, of the enlarged picture and the enlarged coarser source, what it looked like in full; puts a
//!    little noise on it; and takes a few steps of DDIM down to none. Only likely windows of the source are asked.
//!
//! What is drawn may have another size and aspect than the source, and may be a torus, which tiles. The same seed gives the same
//! bits on any number of processors, natively and in browsers. [`draw`] does it in one go; [`Large`] piece by piece:
//!
//! ```
//! use morphogen::denoiser::ImageShape;
//! use morphogen::theory::large::{Wish, draw};
//!
//! # fn main() -> Result<(), morphogen::theory::large::LargeError> {
//! let shape = ImageShape { channels: 1, height: 16, width: 16 };
//! let stripes: Vec<f32> = (0..256).map(|q| if q % 4 < 2 { 1.0 } else { -1.0 }).collect();
//! let wish = Wish { width: 40, height: 24, tile: true, ..Wish::default() };
//! let wide = draw(&stripes, shape, &wish, |_| true)?;
//! assert_eq!(wide.len(), 40 * 24);
//! # Ok(())
//! # }
//! ```

mod picture;
mod plan;
mod posterior;
mod search;
#[cfg(test)]
mod tests;

use crate::denoiser::ImageShape;
use crate::parallel;
use crate::schedule::Schedule;
use core::ops::Range;
use picture::{Picture, Tone};
use plan::{Kind, Plan, Step};
use posterior::{Answer, Question};
use search::{All, Matches, Search, Sources, Way, mixed};
use thiserror::Error;

/// Least side of a source and of what is drawn.
pub const LEAST: usize = 8;
/// Long side that a source is worked at; larger ones are made smaller.
pub const SOURCE: usize = 256;
/// Most pixels a side of a source as it is given.
pub const MOST_SOURCE: usize = 8192;
/// Most pixels a side of what is drawn.
pub const MOST: usize = 512;

/// Rows of windows that are one piece of work. Fixed, so that results do not depend on the number of processors.
const BAND: usize = 4;
/// Standard deviation of what is taken for noise where enlarged pictures are compared, and where there is no noise.
const BLUR: f64 = 0.1;
const CLEAN: f64 = 0.03;
/// What noise is taken for at the coarsest level. Windows that overlap are averaged as if each had noise of its own, and what is small
/// and bright drowns in the mean; half the noise makes up for it (looked at on the pictures of `docs/large.jpg`).
const COLDER: f64 = 0.5;
/// The least noise that windows are weighed at; below it each is a single one anyway.
const LEAST_NOISE: f64 = 0.02;

/// What is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Columns, [`LEAST`] to [`MOST`].
    pub width: usize,
    /// Rows, in the same range.
    pub height: usize,
    /// Whether it is to be a torus, whose opposite edges fit each other.
    pub tile: bool,
    /// How much may change, in `[0, 1]`: from the picture itself to a new arrangement of its parts.
    pub variety: f64,
    /// Seed of the noise.
    pub seed: u64,
}

impl Default for Wish {
    fn default() -> Self {
        Wish { width: SOURCE, height: SOURCE, tile: false, variety: 0.5, seed: 0 }
    }
}

/// Why nothing can be drawn from a picture.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum LargeError {
    /// The source is too small, or so long and thin that it would be when it is made smaller.
    #[error(
        "expected a picture of at least {LEAST}×{LEAST} pixels, at most {MOST_SOURCE} a side and {ratio} times as long as wide, found {width}×{height}; give another one, or a part of it", ratio = SOURCE / LEAST
    )]
    Source {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The source has too many or too few channels or values, or some that are no pixels.
    #[error(
        "expected 1 or 3 channels of pixels in [−1, 1], {expected} values, found {channels} channels and {found} values"
    )]
    Pixels {
        /// Values of a picture of this shape.
        expected: usize,
        /// Channels.
        channels: usize,
        /// Values that came, as far as they are pixels.
        found: usize,
    },
    /// What is to be drawn is too small or too large.
    #[error("expected {LEAST} to {MOST} pixels a side, found {width}×{height}")]
    Size {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The variety is out of range.
    #[error("expected a variety of 0 (the picture itself) to 1 (a new arrangement), found {0}")]
    Variety(f64),
    /// The caller said stop.
    #[error("cancelled")]
    Cancelled,
}

/// The size that a source of `width` × `height` pixels is worked at: its long side at most [`SOURCE`], never enlarged.
///
/// # Errors
/// [`LargeError::Source`] where it is too small or too thin.
pub fn worked_at(width: usize, height: usize) -> Result<(usize, usize), LargeError> {
    let wrong = LargeError::Source { width, height };
    let long = width.max(height);
    if width.min(height) < LEAST || long > MOST_SOURCE {
        return Err(wrong);
    }
    let side = |side: usize| if long > SOURCE { (side * SOURCE + long / 2) / long } else { side };
    let size = (side(width), side(height));
    if size.0.min(size.1) < LEAST { Err(wrong) } else { Ok(size) }
}

/// The size of a picture in the aspect of one of `width` × `height` pixels, not empty, with a long side of `long` and no side
/// below [`LEAST`].
pub fn in_aspect((width, height): (usize, usize), long: usize) -> (usize, usize) {
    let most = width.max(height);
    let side = |side: usize| ((side * long + most / 2) / most).max(LEAST);
    (side(width), side(height))
}

/// Draws a picture `[C, height, width]` from the source `pixels` `[C, H, W]` of `shape`, in [−1, 1]; every value lies within
/// the source's range. `on_step` sees it after every step, and answers `false` to stop it.
///
/// # Errors
/// [`LargeError`]: source or wish are out of range, or `on_step` said stop.
pub fn draw(
    pixels: &[f32],
    shape: ImageShape,
    wish: &Wish,
    mut on_step: impl FnMut(&Large) -> bool,
) -> Result<Vec<f32>, LargeError> {
    let mut large = Large::new(pixels, shape, wish)?;
    while large.advance(usize::MAX) {
        if !on_step(&large) {
            return Err(LargeError::Cancelled);
        }
    }
    Ok(large.picture().0)
}

/// A picture on its way, for callers that must breathe in between.
#[derive(Debug)]
pub struct Large {
    wish: Wish,
    channels: usize,
    tone: Tone,
    plan: Plan,
    /// The sources of all levels, coarsest first.
    sources: Vec<Picture>,
    /// The number of the step that is being taken.
    step: usize,
    /// The noisy picture.
    x: Picture,
    /// What is expected behind it.
    guess: Picture,
    /// What its windows owe most to.
    found: Option<Matches>,
    /// The step under way.
    under_way: Option<UnderWay>,
    /// Work of the steps that are done, as [`Plan::work`] has it.
    done: f64,
}

/// A step of which some rows are answered.
#[derive(Debug)]
struct UnderWay {
    /// What is asked about, with what goes around.
    x: Picture,
    /// What its windows are compared with.
    keys: Picture,
    noise: f32,
    /// Rows of windows, and how many are answered.
    rows: usize,
    answered: usize,
    /// Sums so far.
    sums: Picture,
    found: Matches,
}

impl Large {
    /// Begins a picture from the source `pixels` `[C, H, W]` of `shape`, in [−1, 1].
    ///
    /// # Errors
    /// [`LargeError`] where source or wish are out of range.
    pub fn new(pixels: &[f32], shape: ImageShape, wish: &Wish) -> Result<Large, LargeError> {
        let ImageShape { channels, height, width } = shape;
        let size = worked_at(width, height)?;
        let found = pixels.iter().filter(|value| (-1.0..=1.0).contains(*value)).count();
        let expected = channels.saturating_mul(width * height);
        if !matches!(channels, 1 | 3) || pixels.len() != expected || found != expected {
            return Err(LargeError::Pixels { expected, channels, found });
        }
        let sides = LEAST..=MOST;
        if !sides.contains(&wish.width) || !sides.contains(&wish.height) {
            return Err(LargeError::Size { width: wish.width, height: wish.height });
        }
        if !(0.0..=1.0).contains(&wish.variety) {
            return Err(LargeError::Variety(wish.variety));
        }
        let source = Picture::from_planes(pixels, shape).shrunk(size);
        let tone = Tone::of(&source, channels);
        let source = tone.apply(&source);
        let plan = Plan::new(size, (wish.width, wish.height), wish.variety);
        let sources: Vec<Picture> = plan.levels.iter().map(|level| source.shrunk(level.source)).collect();
        let guess = sources[0].fitted(plan.levels[0].drawn, wish.tile);
        let (x, wish) = (guess.clone(), *wish);
        let mut large =
            Large { wish, channels, tone, plan, sources, step: 0, x, guess, found: None, under_way: None, done: 0.0 };
        large.under_way = large.begun();
        Ok(large)
    }

    /// The shape of what is drawn in the end.
    pub fn shape(&self) -> ImageShape {
        ImageShape { channels: self.channels, height: self.wish.height, width: self.wish.width }
    }

    /// The picture so far, `[C, H, W]` with its shape, which is smaller until the finest level is reached; within the source's
    /// range.
    pub fn picture(&self) -> (Vec<f32>, ImageShape) {
        (self.tone.planes(&self.guess), self.picture_shape())
    }

    /// The shape of the picture so far.
    pub fn picture_shape(&self) -> ImageShape {
        let (width, height) = self.guess.size();
        ImageShape { channels: self.channels, height, width }
    }

    /// Steps taken, and steps in all.
    pub fn steps(&self) -> (usize, usize) {
        (self.step, self.plan.steps.len())
    }

    /// The share of the work that is done, in `[0, 1]`.
    pub fn share(&self) -> f64 {
        let now = match (&self.under_way, self.plan.steps.get(self.step)) {
            (Some(way), Some(step)) => self.plan.work(step) * way.answered as f64 / way.rows as f64,
            _ => 0.0,
        };
        (self.done + now) / self.plan.steps.iter().map(|step| self.plan.work(step)).sum::<f64>()
    }

    /// Goes on by at most `bands` pieces of work, a few thousandths of a second each, and not beyond the end of a step; whether
    /// anything is left.
    pub fn advance(&mut self, bands: usize) -> bool {
        let Some(mut way) = self.under_way.take() else { return false };
        let step = self.plan.steps[self.step];
        let end = way.rows.min(way.answered.saturating_add(bands.saturating_mul(BAND)));
        let rows: Vec<Range<usize>> = (way.answered..end).step_by(BAND).map(|row| row..(row + BAND).min(end)).collect();
        let question = self.question(&way, step);
        let answers: Vec<Answer> = parallel::map(&rows, |rows| question.answer(rows.clone()));
        for (rows, answer) in rows.iter().zip(answers) {
            way.take(rows.start, answer);
        }
        if way.answered < way.rows {
            self.under_way = Some(way);
            return true;
        }
        self.conclude(way, step);
        self.under_way = self.begun();
        self.under_way.is_some()
    }

    /// Makes the next step ready: its noisy picture and its keys. None where all are taken.
    fn begun(&mut self) -> Option<UnderWay> {
        let Step { level, window, kind } = *self.plan.steps.get(self.step)?;
        let (drawn, source) = (self.plan.levels[level].drawn, &self.sources[level]);
        let (keys, noise) = match kind {
            Kind::Denoise { from, turns, .. } => {
                let time = Schedule::Cosine.at(from);
                if turns {
                    self.x = self.guess.noised(time, self.channels, self.wish.seed, level as u64);
                }
                let noise = if level == 0 { COLDER * time.s } else { time.s };
                (source.map(|pixel| pixel.map(|value| time.a as f32 * value)), noise.max(LEAST_NOISE))
            }
            Kind::Sharpen => {
                self.x = self.guess.enlarged(drawn, self.wish.tile);
                (self.sources[level - 1].enlarged(source.size(), false), BLUR)
            }
            Kind::Polish => {
                self.x = self.guess.clone();
                (source.clone(), CLEAN)
            }
        };
        let x = if self.wish.tile { self.x.around(window - 1) } else { self.x.clone() };
        let size = (x.width + 1 - window, x.height + 1 - window);
        let sums = Picture { width: drawn.0, height: drawn.1, pixels: vec![[0.0; 4]; drawn.0 * drawn.1] };
        let found = Matches { window, size, best: Vec::with_capacity(size.0 * size.1) };
        Some(UnderWay { x, keys, noise: noise as f32, rows: size.1, answered: 0, sums, found })
    }

    /// What a step asks.
    fn question<'a>(&'a self, way: &'a UnderWay, Step { level, window, kind }: Step) -> Question<'a> {
        let values = &self.sources[level];
        let windows = (values.width + 1 - window, values.height + 1 - window);
        let sources = match &self.found {
            Some(found) if level > 0 => {
                let ratio = |now: (usize, usize), before: (usize, usize)| {
                    (now.0 as f64 / before.0 as f64, now.1 as f64 / before.1 as f64)
                };
                let way = match kind {
                    Kind::Sharpen => {
                        let (now, before) = (self.plan.levels[level], self.plan.levels[level - 1]);
                        Way::Coarser { drawn: ratio(now.drawn, before.drawn), source: ratio(now.source, before.source) }
                    }
                    _ => Way::Same { dice: mixed(self.wish.seed) ^ self.step as u64 },
                };
                Sources::Near(Search { found, sources: windows, window, wrap: self.wish.tile, way })
            }
            _ => Sources::All(All::new(windows)),
        };
        Question { x: &way.x, keys: &way.keys, values, window, noise: way.noise, sources }
    }

    /// Ends a step whose rows are all answered.
    fn conclude(&mut self, way: UnderWay, step: Step) {
        self.guess = way.sums.map(|sum| [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3], 0.0]);
        if let Kind::Denoise { from, to, .. } = step.kind {
            // DDIM (Song et al. 2021, eq. 12).
            let (now, next) = (Schedule::Cosine.at(from), Schedule::Cosine.at(to));
            let (a, share, next) = (now.a as f32, (next.s / now.s) as f32, next.a as f32);
            for (x, guess) in self.x.pixels.iter_mut().zip(&self.guess.pixels) {
                *x = std::array::from_fn(|c| next * guess[c] + share * (x[c] - a * guess[c]));
            }
        }
        self.found = Some(way.found);
        self.done += self.plan.work(&step);
        self.step += 1;
    }
}

impl UnderWay {
    /// Takes what the windows from `row` on answered.
    fn take(&mut self, row: usize, answer: Answer) {
        let (width, height) = self.sums.size();
        for (n, line) in answer.sums.chunks_exact(self.x.width).enumerate() {
            let sums = &mut self.sums.pixels[(row + n) % height * width..][..width];
            for (column, value) in line.iter().enumerate() {
                picture::add(&mut sums[column % width], 1.0, value);
            }
        }
        self.answered = row + answer.best.len() / self.found.size.0;
        self.found.best.extend(answer.best);
    }
}

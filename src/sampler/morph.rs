//! From one thing to another as a film: the conditions of its frames, which all start from the same noise
//! ([`Request::one_noise`]). Every stop is shown as its plain picture. Pictures change most about a share of a half, so the
//! share grows more slowly there, and what is seen at an even pace.

use super::Request;
use crate::denoiser::{Condition, Conditions};
use std::ops::RangeInclusive;
use thiserror::Error;

/// How many things a film may visit.
pub const STOPS: RangeInclusive<usize> = 2..=4;
/// How many frames a film may have.
pub const FRAMES: RangeInclusive<usize> = 12..=48;

/// A film's course: how many stops, in how many frames, and whether it comes back to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Morph {
    stops: usize,
    frames: usize,
    looped: bool,
}

/// Where a frame lies: on the way from one stop to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The stop behind it.
    pub from: usize,
    /// The stop before it.
    pub to: usize,
    /// How much of the stop before it, in `[0, 1)`, or 1 in the last frame of a film that does not come back.
    pub share: f64,
}

impl Morph {
    /// A film of `frames` frames over `stops` stops; one that is `looped` goes from the last stop to the first again, and its
    /// first frame follows on its last.
    ///
    /// # Errors
    /// [`MorphError`] where a number is out of range.
    pub fn new(stops: usize, frames: usize, looped: bool) -> Result<Self, MorphError> {
        if !STOPS.contains(&stops) {
            return Err(MorphError::Stops { found: stops });
        }
        if !FRAMES.contains(&frames) {
            return Err(MorphError::Frames { found: frames });
        }
        Ok(Morph { stops, frames, looped })
    }

    /// Whether the way back shows the pictures of the way there: they are then drawn once.
    fn returns(&self) -> bool {
        self.looped && self.stops == 2 && self.frames.is_multiple_of(2)
    }

    /// How many different pictures it takes.
    pub fn pictures(&self) -> usize {
        if self.returns() { self.frames / 2 + 1 } else { self.frames }
    }

    /// Which picture each frame shows.
    pub fn order(&self) -> Vec<usize> {
        let frames = 0..self.frames;
        if self.returns() { frames.map(|n| n.min(self.frames - n)).collect() } else { frames.collect() }
    }

    /// Where each picture lies. Every way between two stops has as many frames as another, or one more.
    pub fn places(&self) -> Vec<Place> {
        let legs = if self.looped { self.stops } else { self.stops - 1 };
        // A film that comes back has its end in its first frame.
        let steps = if self.looped { self.frames } else { self.frames - 1 };
        let start = |leg: usize| leg * steps / legs;
        let place = |n: usize| {
            let from = (0..legs).rev().find(|&leg| start(leg) <= n).unwrap_or_default();
            let progress = (n - start(from)) as f64 / (start(from + 1) - start(from)) as f64;
            Place { from, to: (from + 1) % self.stops, share: eased(progress) }
        };
        (0..self.pictures()).map(place).collect()
    }

    /// What the pictures show, given what the stops are.
    ///
    /// # Errors
    /// [`MorphError::Stops`] where there are more or fewer than it was made for.
    pub fn conditions(&self, stops: &[Condition]) -> Result<Conditions, MorphError> {
        if stops.len() != self.stops {
            return Err(MorphError::Stops { found: stops.len() });
        }
        let between =
            |place: Place| Condition::between(stops[place.from].clone(), stops[place.to].clone(), place.share);
        Ok(Conditions::Each(self.places().into_iter().map(between).collect()))
    }

    /// The request of its pictures: what `request` says, once for each of them, from one noise.
    ///
    /// # Errors
    /// As [`Self::conditions`].
    pub fn request(&self, stops: &[Condition], request: Request) -> Result<Request, MorphError> {
        let request = request.of(self.conditions(stops)?);
        Ok(Request { count: self.pictures(), one_noise: true, ..request })
    }

    /// The frames `[F, C, H, W]` of its pictures `[B, C, H, W]`, each of `size` values.
    pub fn frames(&self, pictures: &[f32], size: usize) -> Vec<f32> {
        let order = self.order().into_iter();
        order.filter_map(|n| pictures.get(n * size..(n + 1) * size)).flatten().copied().collect()
    }
}

/// How much more slowly the share grows half-way, and faster at either end.
const EASE: f64 = 0.4;

/// The share by progress, both in `[0, 1]`: of six pairs of words the pixels changed 1.8 times as fast as on the average at
/// a share of a half, and 0.3 times at the ends.
fn eased(progress: f64) -> f64 {
    let turn = 2.0 * std::f64::consts::PI;
    (progress + EASE * libm::sin(turn * progress) / turn).clamp(0.0, 1.0)
}

/// What is wrong with a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MorphError {
    /// It visits too few things, or too many.
    #[error("expected 2 to 4 things to go between, found {found}")]
    Stops {
        /// What was asked for.
        found: usize,
    },
    /// It has too few frames, or too many.
    #[error("expected 12 to 48 frames, found {found}")]
    Frames {
        /// What was asked for.
        found: usize,
    },
}

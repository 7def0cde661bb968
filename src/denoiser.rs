//! The one interface that network and theory share: a denoiser takes noisy pictures and answers with its posterior
//! mean, the clean pictures it expects behind them. Samplers know denoisers only through [`Denoiser`].

use crate::json::reads;
use crate::schedule::Time;
use core::fmt;
use serde::Serialize;
use thiserror::Error;

/// Channels, height and width of one picture. Pixels are f32 in `[−1, 1]`, laid out `[C, H, W]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ImageShape {
    /// 1 for grey, 3 for colour.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

reads!(ImageShape { channels, height, width });

impl ImageShape {
    /// Number of values in one picture, `C·H·W`.
    pub fn len(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// Whether a picture of this shape holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Display for ImageShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImageShape { channels, height, width } = self;
        write!(f, "{channels} × {height} × {width} (channels, rows, columns)")
    }
}

/// What to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Anything: the null condition, used for guidance and for unconditional models.
    Null,
    /// The class of this index.
    Class(usize),
    /// A vector, as a text encoder gives it.
    Vector(Vec<f32>),
    /// Words by their indices in the vocabulary, in any order.
    Words(Vec<usize>),
    /// What lies between two others, which are plain.
    Between(Box<Between>),
}

/// What lies between two conditions, in the embedding of a network: `(1 − share)·e₁ + share·e₂`, where `e` is what a
/// condition adds to the embedding of the time.
#[derive(Debug, Clone, PartialEq)]
pub struct Between {
    /// The first and the second.
    pub ends: [Condition; 2],
    /// How much of the second, in `[0, 1]`; networks round it to f32.
    pub share: f64,
}

impl Between {
    /// Whether the share is one.
    pub fn is_usable(&self) -> bool {
        (0.0..=1.0).contains(&self.share)
    }
}

impl Condition {
    /// What lies between two conditions.
    pub fn between(first: Condition, second: Condition, share: f64) -> Self {
        Condition::Between(Box::new(Between { ends: [first, second], share }))
    }

    /// The plain conditions that this one is made of, each with its weight in the embedding: itself with 1, or those that
    /// it lies between.
    ///
    /// # Errors
    /// [`DenoiseError::Condition`] where the share is out of range.
    pub fn parts(&self) -> Result<Vec<(f32, &Condition)>, DenoiseError> {
        let Condition::Between(between) = self else { return Ok(vec![(1.0, self)]) };
        if !between.is_usable() {
            let (expected, found) = ("a share between 0 and 1".into(), between.share.to_string());
            return Err(DenoiseError::Condition { expected, found });
        }
        let ([first, second], share) = (&between.ends, between.share as f32);
        Ok(vec![(1.0 - share, first), (share, second)])
    }

    /// The share that is out of range, where it is.
    pub(crate) fn unusable_share(&self) -> Option<f64> {
        match self {
            Condition::Between(between) if !between.is_usable() => Some(between.share),
            _ => None,
        }
    }
}

/// What the pictures of a batch show: all the same, or each its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Conditions {
    /// One condition for all.
    All(Condition),
    /// One for each picture.
    Each(Vec<Condition>),
}

impl Conditions {
    /// How many pictures they are for; none where any number will do.
    pub fn count(&self) -> Option<usize> {
        match self {
            Conditions::All(_) => None,
            Conditions::Each(conditions) => Some(conditions.len()),
        }
    }

    /// One condition for each of `count` pictures: the last are missing where there are fewer.
    pub fn spread(&self, count: usize) -> Vec<Condition> {
        match self {
            Conditions::All(condition) => vec![condition.clone(); count],
            Conditions::Each(conditions) => conditions.iter().take(count).cloned().collect(),
        }
    }

    /// Those of pictures `first..first + count`.
    pub fn slice(&self, first: usize, count: usize) -> Self {
        match self {
            Conditions::All(_) => self.clone(),
            Conditions::Each(conditions) => {
                Conditions::Each(conditions.iter().skip(first).take(count).cloned().collect())
            }
        }
    }

    /// What lies between these and others, picture by picture; where both are one for each, there are as many as of the
    /// fewer.
    pub fn between(self, other: Conditions, share: f64) -> Self {
        let mix = |(first, second)| Condition::between(first, second, share);
        match (self, other) {
            (Conditions::All(first), Conditions::All(second)) => Conditions::All(mix((first, second))),
            (first, second) => {
                let count = [&first, &second].into_iter().filter_map(Conditions::count).min().unwrap_or_default();
                Conditions::Each(first.spread(count).into_iter().zip(second.spread(count)).map(mix).collect())
            }
        }
    }

    /// The first share that is out of range, where there is one.
    pub(crate) fn unusable_share(&self) -> Option<f64> {
        match self {
            Conditions::All(condition) => condition.unusable_share(),
            Conditions::Each(conditions) => conditions.iter().find_map(Condition::unusable_share),
        }
    }

    /// Whether every picture shows what `condition` says.
    pub fn are_all(&self, condition: &Condition) -> bool {
        match self {
            Conditions::All(all) => all == condition,
            Conditions::Each(conditions) => conditions.iter().all(|each| each == condition),
        }
    }
}

impl From<Condition> for Conditions {
    fn from(condition: Condition) -> Self {
        Conditions::All(condition)
    }
}

/// Why a denoiser could not answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum DenoiseError {
    /// The input has the wrong number of values.
    #[error("expected {expected} values ({what}), found {found}")]
    Shape {
        /// What the values are, in words.
        what: &'static str,
        /// How many were expected.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// The condition does not fit the denoiser.
    #[error("this denoiser takes {expected}, but was given {found}")]
    Condition {
        /// What it takes.
        expected: String,
        /// What it was given.
        found: String,
    },
    /// The device that computes failed (a lost GPU, memory that ran out).
    #[error("the device failed while denoising: {0}")]
    Device(String),
    /// The answer holds NaN or infinity.
    #[error("the denoiser answered with values that are not finite")]
    NotFinite,
}

/// A posterior mean: `(x_t, t, condition) → x̂₀`.
pub trait Denoiser {
    /// The shape of one picture.
    fn shape(&self) -> ImageShape;

    /// The expected clean pictures `x̂₀` `[B, C, H, W]` behind the noisy pictures `x` `[B, C, H, W]`, all at one time.
    ///
    /// `conditions` holds one condition per picture, so `B` is its length.
    ///
    /// # Errors
    /// [`DenoiseError`] where shapes or conditions do not fit, or the device fails.
    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError>;
}

/// Checks that `x` holds one picture of `shape` per condition.
///
/// # Errors
/// [`DenoiseError::Shape`] where it does not.
pub fn check_batch(x: &[f32], shape: ImageShape, conditions: &[Condition]) -> Result<(), DenoiseError> {
    let expected = shape.len() * conditions.len();
    if x.len() == expected {
        Ok(())
    } else {
        Err(DenoiseError::Shape { what: "pictures [B, C, H, W]", expected, found: x.len() })
    }
}

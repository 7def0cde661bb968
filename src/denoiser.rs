//! The one interface that network and theory share: a denoiser takes noisy pictures and answers with its posterior
//! mean, the clean pictures it expects behind them. Samplers know denoisers only through [`Denoiser`].

use crate::schedule::Time;
use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Channels, height and width of one picture. Pixels are f32 in `[−1, 1]`, laid out `[C, H, W]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageShape {
    /// 1 for grey, 3 for colour.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

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

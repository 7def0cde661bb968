//! The analytic denoisers: machines that predict, without any training, what a trained network draws. They are one
//! patch posterior with four choices (how far a pixel sees, who may answer for it, what lies beyond the border, and what a
//! window answers for), over windows that end at once or fall off ([`Sight`]), a Wiener filter as the baseline, a blend of
//! the two, and one that sees what the filter would look at.
//! Make one with [`machine_denoiser`], or a [`PatchPosterior`] to ask for provenance and mergeable parts.
//!
//! Kamb & Ganguli, "An analytic theory of creativity in convolutional diffusion models", ICML 2025.
//!
//! A machine draws from pictures alone; the ideal one can only give them back:
//!
//! ```
//! use morphogen::denoiser::{Condition, ImageShape};
//! use morphogen::metrics::Neighbour;
//! use morphogen::sampler::{Request, sample};
//! use morphogen::schedule::Schedule;
//! use morphogen::theory::{Machine, Training, machine_denoiser};
//! use std::sync::Arc;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shape = ImageShape { channels: 1, height: 4, width: 4 };
//! // Three pictures, each one bright row on black.
//! let images: Vec<f32> = (0..3 * 16).map(|i| if i % 16 / 4 == i / 16 { 1.0 } else { -1.0 }).collect();
//! let training = Arc::new(Training::new(&images, shape)?);
//! let mut machine = machine_denoiser(Machine::Ideal, &training, None.into())?;
//! let picture = sample(machine.as_mut(), &Request::new(Condition::Null, 7), Schedule::default(), |_| true)?;
//! assert!(Neighbour::of(&picture, &images).is_some_and(|nearest| nearest.is_copy()));
//! # Ok(())
//! # }
//! ```

mod band;
mod blend;
mod boxes;
pub mod calibrate;
mod company;
mod composite;
mod covariance;
pub mod large;
mod locality;
mod machine;
mod partial;
mod patch;
mod plan;
mod provenance;
mod response;
mod sheet;
mod softmax;
mod spread;
mod sweep;
mod training;
mod tridiagonal;
mod whole;
mod wiener;

pub use crate::simd::Isa;
pub use blend::{Blend, Calibration, Share, Shares};
pub use company::Company;
pub use composite::{Composite, Levels};
pub use covariance::{CovarianceLocal, Windows, threshold};
pub use locality::{Edge, Locality, LocalityPoint, MAX_WINDOW, Sight};
pub use machine::{Answer, Boundary, Choices, Entry, Kind, Machine, Output, Patches, TABLE, Window};
pub use partial::Partial;
pub use patch::PatchPosterior;
// What the GPU's posterior goes by, too.
pub use provenance::Provenance;
pub use response::Response;
pub use training::{MAX_SIDE, Training};
pub use wiener::{Wiener, WienerBuild};
#[cfg(with_gpu)]
pub(crate) use {
    patch::Scales,
    plan::{Axis, axis},
};

use crate::denoiser::{DenoiseError, Denoiser, ImageShape};
use std::sync::Arc;
use thiserror::Error;

/// `machine` over `training`. Local machines need a locality; the others ignore it.
///
/// # Errors
/// [`TheoryError::NoLocality`] where a local machine is given none.
pub fn machine_denoiser(
    machine: Machine,
    training: &Arc<Training>,
    calibration: Calibration,
) -> Result<Box<dyn Denoiser>, TheoryError> {
    let filter = || Arc::new(Wiener::new(training));
    let patches = || PatchPosterior::calibrated(machine, training.clone(), &calibration).map(Box::new);
    Ok(match machine.entry().kind {
        Kind::Patches(_) => patches()?,
        Kind::Blend(_) => Box::new(Blend::new(patches()?, filter(), calibration.shares.clone())),
        Kind::Filter => Box::new(Wiener::new(training)),
        Kind::Covariance => Box::new(CovarianceLocal::new(training.clone(), filter())),
    })
}

/// Why a machine could not be made.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TheoryError {
    /// The machines do not take pictures of this shape.
    #[error("expected 1 or 3 channels of at most {MAX_SIDE}×{MAX_SIDE} pixels, found {0:?}; resize the images")]
    Shape(ImageShape),
    /// The number of values is not a whole number of images.
    #[error("expected at least one training image of {size} values each, found {found} values")]
    Images {
        /// Values of one image.
        size: usize,
        /// Values that came.
        found: usize,
    },
    /// A training image holds NaN or infinity.
    #[error("a training image holds a value that is not finite; pixels must lie in [−1, 1]")]
    NotFinite,
    /// This machine cannot run the instruction set asked for.
    #[error("this processor does not have {0:?}; let the library choose")]
    Isa(Isa),
    /// A window that cannot be.
    #[error("expected an odd window of at most {largest} pixels, found {window}")]
    Window {
        /// What was asked for.
        window: usize,
        /// The largest that would do.
        largest: usize,
    },
    /// A second box that has no room in its window.
    #[error("expected a second box of 1 to {largest} pixels in a window of this size, found {soft}")]
    Soft {
        /// What was asked for.
        soft: usize,
        /// The largest that would do.
        largest: usize,
    },
    /// A locality schedule that cannot be.
    #[error("expected at least one point (t, window) with times rising within [0, 1]; calibrate again")]
    Locality,
    /// Shares that cannot be.
    #[error(
        "expected at least one point (t, shares) with times rising within [0, 1] and shares within it; calibrate again"
    )]
    Shares,
    /// A local machine without a locality schedule.
    #[error("a local machine needs a window: give one, or a locality schedule from calibration")]
    NoLocality,
    /// The Wiener filter is not a patch posterior.
    #[error("{0:?} is not a patch posterior; make it with `machine_denoiser`")]
    NotAPatchPosterior(Machine),
    /// Posteriors of different pictures do not merge.
    #[error("expected a posterior of {expected:?}, found one of {found:?}; merge parts of the same picture")]
    Merge {
        /// The shape merged into.
        expected: ImageShape,
        /// The shape that came.
        found: ImageShape,
    },
    /// A flat posterior of the wrong length.
    #[error("expected a posterior of {expected} floats, found {found}")]
    Floats {
        /// How many were expected.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A machine could not answer.
    #[error(transparent)]
    Denoise(#[from] DenoiseError),
}

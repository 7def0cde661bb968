//! Turing's cells: two substances that react and diffuse on a torus, the same local rule in every cell and no plan of the
//! whole, as in a local and equivariant denoiser. Make a [`Reaction`] from a [`System`], start it from a spot or from
//! noise, [`Reaction::advance`] it and read [`Reaction::pattern`]; [`wavelength`] measures how far apart its stripes are,
//! and [`Dispersion`] predicts it.
//!
//! Time is stepped by explicit Euler, space by the nine-point Laplacian, which looks the same in all directions to fourth
//! order. The unit of length is a cell.
//!
//! ```
//! use morphogen::reaction::{Reaction, Start, System};
//!
//! # fn main() -> Result<(), morphogen::reaction::ReactionError> {
//! let mut cells = Reaction::new(System::GrayScott { feed: 0.037, kill: 0.06 }, 32, 32, 1.0)?;
//! assert!(cells.pattern().iter().all(|&value| value == 0.0));
//! cells.start(Start::Spot, 7);
//! cells.advance(100);
//! assert!(cells.pattern().iter().any(|&value| value > 0.1));
//! # Ok(())
//! # }
//! ```

mod grid;
mod spectrum;
mod stability;
mod system;

pub use grid::{Reaction, Start};
pub use spectrum::wavelength;
pub use stability::Dispersion;
pub use system::System;

use thiserror::Error;

/// Smallest and largest side of a grid, in cells.
pub const SIDES: std::ops::RangeInclusive<usize> = 8..=1024;
/// Smallest and largest diffusion scale.
pub const SCALES: std::ops::RangeInclusive<f32> = 0.125..=8.0;
/// Most cells that a brush reaches from its middle.
pub const MAX_RADIUS: f32 = 64.0;

/// What is wrong with a wish for a reaction.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ReactionError {
    /// A side is too short or too long.
    #[error("expected a grid of 8 to 1024 cells a side, found {width}×{height}")]
    Side {
        /// Cells in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// A parameter of the system is out of range.
    #[error("expected {name} from 0 to {most}, found {found}")]
    Parameter {
        /// Which one.
        name: &'static str,
        /// Its largest value.
        most: f32,
        /// What was asked for.
        found: f32,
    },
    /// The diffusion scale is out of range.
    #[error("expected a diffusion scale from 0.125 to 8, found {0}")]
    Scale(f32),
    /// There is no system of this name.
    #[error("expected the system gray-scott or gierer-meinhardt, found “{0}”")]
    System(String),
}

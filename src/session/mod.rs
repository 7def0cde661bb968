//! What somebody does with a pack, from the first word to the picture: [`ask`] says what a prompt means to it, [`device`] has a
//! network ready where it serves best, [`draw`] draws, and [`fallback`] says what follows when the device fails. The command line
//! and the browser's worker both go by it; what only JavaScript can do (fetching, workers, the page) stays there.
//!
//! ```
//! use morphogen::pack::Pack;
//! use morphogen::sampler::Request;
//! use morphogen::session::ask::Ask;
//! use morphogen::session::device::{Candidate, Device};
//! use morphogen::session::draw::{Wanted, draw};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pack = Pack::open("www/models/fashion")?;
//! let asked = pack.ask(&Ask::of("a pair of trainers"), &[])?;
//! assert_eq!(asked.parts[0].name(), "sneaker");
//!
//! let (manifest, entry) = (pack.manifest(), pack.manifest().network("unet")?);
//! let candidate = Candidate { manifest, entry, weights: &pack.weights("unet")? };
//! let mut network = pollster::block_on(candidate.on(Device::Cpu))?.network;
//! let request = Request { steps: 2, ..Request::new(asked.parts[0].condition.clone(), 7).guided(entry.guidance) };
//! let drawn = pollster::block_on(draw(&mut network, &request, manifest.schedule, Wanted::default(), |_| true))?;
//! assert_eq!(drawn.pictures.len(), manifest.image.len());
//! # Ok(())
//! # }
//! ```

#[cfg(with_networks)]
pub mod ask;
#[cfg(with_networks)]
pub mod device;
#[cfg(with_gpu)]
pub mod draw;
pub mod fallback;

#[cfg(with_gpu)]
use crate::gpu::GpuError;
use crate::network::NetworkError;
use crate::pack::PackError;
use crate::sampler::SampleError;
use thiserror::Error;

/// Why nothing can be drawn.
#[cfg(with_gpu)]
#[derive(Debug, Clone, Error)]
pub enum DrawError {
    /// The pack is not usable.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Config and weights do not fit each other.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The GPU cannot, or failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The device computes wrongly.
    #[error(transparent)]
    SelfTest(#[from] SelfTest),
    /// The request is out of range, was stopped, or the answer is not finite.
    #[error(transparent)]
    Sample(#[from] SampleError),
}

#[cfg(with_gpu)]
impl DrawError {
    /// Whether the pack is at fault, and so no other device would do better.
    pub fn is_of_the_pack(&self) -> bool {
        let of_network = |error: &NetworkError| !matches!(error, NetworkError::Denoise(_));
        match self {
            DrawError::Pack(_) => true,
            DrawError::Network(error) | DrawError::Gpu(GpuError::Network(error)) => of_network(error),
            _ => false,
        }
    }
}

/// Largest difference from a known answer that counts as computing rightly: answers of packs are stored in f16, and devices add in
/// different orders.
pub const TOLERANCE: f32 = 1e-2;

/// A device that computes wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("it computes wrongly: off by {difference} where {TOLERANCE} is allowed")]
pub struct SelfTest {
    /// The largest difference from what is right.
    pub difference: f32,
}

impl SelfTest {
    /// Compares an answer with the right one.
    ///
    /// # Errors
    /// [`SelfTest`] where they differ by more than [`TOLERANCE`], or the answer is not finite or of another length.
    pub fn passed(expected: &[f32], found: &[f32]) -> Result<(), SelfTest> {
        let difference = expected.iter().zip(found).fold(0.0, |worst: f32, (e, f)| worst.max((e - f).abs()));
        // NaN hides from `max`, so it is asked for by name.
        if found.len() == expected.len() && found.iter().all(|value| value.is_finite()) {
            return SelfTest::within(difference);
        }
        Err(SelfTest { difference: f32::NAN })
    }

    /// Judges a difference.
    ///
    /// # Errors
    /// [`SelfTest`] where it is more than [`TOLERANCE`].
    pub fn within(difference: f32) -> Result<(), SelfTest> {
        if difference <= TOLERANCE { Ok(()) } else { Err(SelfTest { difference }) }
    }
}

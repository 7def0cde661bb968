//! What a manifest says of a network: its architecture, how it draws unless told otherwise, what was calibrated against it, and one
//! known answer.

use super::{PackError, base64};
use crate::denoiser::ImageShape;
use crate::json::reads;
use crate::network::config::NetworkConfig;
use crate::sampler::{Sampling, Solver};
use crate::schedule::Grid;
use crate::theory::{Calibration, LocalityPoint, Machine, Share, Shares, Sight, TheoryError};
use half::f16;
use serde::Serialize;
use std::collections::BTreeMap;

/// One network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkEntry {
    /// Name for people.
    pub title: String,
    /// Its architecture.
    pub config: NetworkConfig,
    /// Its weights.
    pub file: String,
    /// Guidance to use unless told otherwise; 1 for none.
    pub guidance: f64,
    /// Steps from noise to picture unless told otherwise, `1..=schedule::MAX_STEPS`; those of [`Sampling::default`] where
    /// it is missing.
    #[serde(skip_serializing_if = "are_usual_steps")]
    pub steps: usize,
    /// Where they lie.
    #[serde(skip_serializing_if = "is_usual")]
    pub grid: Grid,
    /// How each is taken.
    #[serde(skip_serializing_if = "is_usual")]
    pub solver: Solver,
    /// The window `k(t)` of each analytic machine, calibrated against this network, by machine name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub locality: BTreeMap<String, Vec<Locality>>,
    /// How much of the machine `blend` is patches at which time, and how much of those all windows that cover a pixel say, fitted to
    /// this network; one half and nothing where it is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blend: Vec<Share>,
    /// One known answer, by which a device shows that it computes rightly.
    pub test: TestVector,
}

reads!(NetworkEntry {
    title,
    config,
    file,
    guidance,
    steps = usual_steps(),
    grid = Grid::default(),
    solver = Solver::default(),
    locality = BTreeMap::new(),
    blend = Vec::new(),
    test,
});

impl NetworkEntry {
    /// A network that nothing was calibrated against yet.
    pub fn new(
        title: String,
        config: NetworkConfig,
        file: String,
        guidance: f64,
        sampling: Sampling,
        test: TestVector,
    ) -> NetworkEntry {
        let Sampling { steps, grid, solver } = sampling;
        let (locality, blend) = (BTreeMap::new(), Vec::new());
        NetworkEntry { title, config, file, guidance, steps, grid, solver, locality, blend, test }
    }

    /// How it draws unless told otherwise.
    pub fn sampling(&self) -> Sampling {
        Sampling { steps: self.steps, grid: self.grid, solver: self.solver }
    }

    /// What was calibrated for `machine` against this network. Without a locality where `k(t)` of a local one was not
    /// measured.
    ///
    /// # Errors
    /// [`TheoryError`] where what is written here makes no sense.
    pub fn calibration(&self, machine: Machine) -> Result<Calibration, TheoryError> {
        // A blend sees as far as was measured for itself, or else for the patches in it.
        let own = self.locality.get(machine.name());
        let measured = own.or_else(|| self.locality.get(machine.sees_as().name())).filter(|_| machine.is_local());
        let points = |list: &Vec<Locality>| list.iter().copied().map(LocalityPoint::from).collect();
        let locality = measured.map(|list| crate::theory::Locality::measured(points(list))).transpose()?;
        let shares = if self.blend.is_empty() { Shares::default() } else { Shares::measured(self.blend.clone())? };
        Ok(Calibration { locality, shares })
    }
}

fn usual_steps() -> usize {
    Sampling::default().steps
}

fn are_usual_steps(steps: &usize) -> bool {
    *steps == usual_steps()
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The side of the window that explains a network best at one time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Locality {
    /// Time in `(0, 1]`.
    pub t: f64,
    /// Side of the window in pixels, odd.
    pub k: usize,
    /// Pixels that its edge falls off over, 1 to `(k + 1) / 2` ([`crate::theory::Sight`]); 1, a hard edge, where it is missing.
    #[serde(skip_serializing_if = "Sight::is_hard")]
    pub soft: usize,
}

impl Locality {
    /// A window with a hard edge.
    pub fn hard(t: f64, k: usize) -> Locality {
        Locality { t, k, soft: Sight::HARD }
    }
}

impl From<LocalityPoint> for Locality {
    fn from(LocalityPoint { t, window, soft }: LocalityPoint) -> Self {
        Locality { t, k: window, soft }
    }
}

impl From<Locality> for LocalityPoint {
    fn from(Locality { t, k, soft }: Locality) -> Self {
        LocalityPoint { t, window: k, soft }
    }
}

reads!(Locality { t, k, soft = Sight::HARD });

/// One known answer of a network: `x̂₀` for the noise of `seed` (stream 0) at time `t`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestVector {
    /// Seed of the noise `[C, H, W]`; below 2⁵³, so that JavaScript can hold it.
    pub seed: u64,
    /// Time in `(0, 1]`.
    pub t: f64,
    /// Class, or null for the null condition.
    pub condition: Option<usize>,
    /// `x̂₀` `[C, H, W]` as base64 of little-endian f16.
    pub expected: String,
}

reads!(TestVector { seed, t, condition, expected });

impl TestVector {
    /// A test vector that expects `answer` `[C, H, W]`, rounded to f16.
    pub fn new(seed: u64, t: f64, condition: Option<usize>, answer: &[f32]) -> Self {
        let bytes: Vec<u8> = answer.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect();
        TestVector { seed, t, condition, expected: base64::encode(&bytes) }
    }

    /// The expected `x̂₀` `[C, H, W]`.
    ///
    /// # Errors
    /// [`PackError::Manifest`] unless it is base64 of finite values, as many as `shape` has.
    pub fn answer(&self, shape: ImageShape) -> Result<Vec<f32>, PackError> {
        let fail = |message: &str| Err(PackError::Manifest(format!("the test vector {message}")));
        let Some(bytes) = base64::decode(&self.expected) else { return fail("is not base64") };
        let values: Vec<f32> = bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect();
        if !bytes.len().is_multiple_of(2) || values.len() != shape.len() {
            return fail(&format!("should hold {} f16 values, has {} bytes", shape.len(), bytes.len()));
        }
        if values.iter().any(|value| !value.is_finite()) {
            return fail("holds values that are not finite");
        }
        Ok(values)
    }
}

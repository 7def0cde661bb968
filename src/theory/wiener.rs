//! The Wiener filter: the best *linear* denoiser of a training set, `x̂₀ = μ + a C (a² C + s² I)⁻¹ (x − a μ)`, with the
//! mean μ and covariance C of the images. The baseline that every theory has to beat.
//!
//! One orthogonal change of basis serves every time: `C = Q T Qᵀ` with T tridiagonal (Householder; Golub & Van Loan,
//! algorithm 8.3.1), the first half of an eigendecomposition. `a² T + s² I` is then tridiagonal as well and is solved
//! in one pass, so the slow iterative second half is not needed. With fewer images than pixels the same is done to
//! the smaller Gram matrix, through `C (a²C + s²)⁻¹ = Xᵀ (a² X Xᵀ + s²)⁻¹ X`.

use super::response::Response;
use super::training::Training;
use super::tridiagonal::{Reduction, Tridiagonal, add_scaled, dot};
use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::parallel;
use crate::schedule::Time;
use std::sync::{Arc, OnceLock};

/// The Wiener filter of a training set. All in f64.
#[derive(Debug, Clone)]
pub struct Wiener {
    shape: ImageShape,
    /// μ, `[D]`.
    mean: Vec<f64>,
    /// Centred images over √N, `[N, D]`, where there are fewer images than values; else empty and C itself is used.
    images: Vec<f64>,
    matrix: Tridiagonal,
    /// `Qᵀ` times the images, or `Qᵀ` where there are none, `[n, D]`; made when a [`Response`] is first asked for.
    basis: OnceLock<Arc<Vec<f32>>>,
}

/// Multiplications of one piece of [`WienerBuild`]: some hundredths of a second.
const PIECE: usize = 1 << 24;

/// A [`Wiener`] filter on its way, made in pieces: call [`WienerBuild::advance`] until it says that nothing is left, and do
/// something else in between. Dropping it stops.
#[derive(Debug, Clone)]
pub struct WienerBuild {
    shape: ImageShape,
    mean: Vec<f64>,
    /// Centred images over √N, `[N, D]`, or `[D, N]` where there are no fewer images than values.
    rows: Vec<f64>,
    stage: Stage,
}

/// What is being made.
#[derive(Debug, Clone)]
enum Stage {
    /// The matrix of inner products of rows, row by row: its lower half so far.
    Products(Vec<Vec<f64>>),
    /// Its other basis.
    Reduction(Reduction),
}

impl WienerBuild {
    /// Begins with the mean of `training`.
    pub fn new(training: &Training) -> WienerBuild {
        let shape = training.shape();
        let (n, d) = (training.count(), shape.len());
        let mut images: Vec<f64> = training.images().into_iter().map(f64::from).collect();
        let mut mean = vec![0.0; d];
        for image in images.chunks_exact(d) {
            for (m, v) in mean.iter_mut().zip(image) {
                *m += v / n as f64;
            }
        }
        let scale = 1.0 / libm::sqrt(n as f64);
        for image in images.chunks_exact_mut(d) {
            for (v, m) in image.iter_mut().zip(&mean) {
                *v = (*v - m) * scale;
            }
        }
        let rows = if n < d { images } else { transposed(&images, d) };
        WienerBuild { shape, mean, rows, stage: Stage::Products(Vec::new()) }
    }

    /// Number of rows, and how long each is.
    fn size(&self) -> (usize, usize) {
        let (d, all) = (self.shape.len(), self.rows.len());
        let n = all / d;
        if n < d { (n, d) } else { (d, n) }
    }

    /// Does the next piece; whether any is left.
    pub fn advance(&mut self) -> bool {
        let (count, length) = self.size();
        match &mut self.stage {
            Stage::Products(lower) => {
                let end = (lower.len() + (PIECE / (count * length)).max(1)).min(count);
                let line = |&i: &usize| -> Vec<f64> {
                    let row = &self.rows[i * length..][..length];
                    self.rows.chunks_exact(length).take(i + 1).map(|other| dot(row, other)).collect()
                };
                lower.extend(parallel::map(&(lower.len()..end).collect::<Vec<_>>(), line));
                if end == count {
                    self.stage = Stage::Reduction(Reduction::new(symmetric(lower), count));
                }
                true
            }
            Stage::Reduction(reduction) => reduction.advance(PIECE),
        }
    }

    /// Does what is left.
    pub fn finish(mut self) -> Wiener {
        while self.advance() {}
        let WienerBuild { shape, mean, rows, stage } = self;
        // Where there are as many images as values, the covariance itself is at hand.
        let images = if rows.len() < shape.len() * shape.len() { rows } else { Vec::new() };
        let matrix = match stage {
            Stage::Reduction(reduction) => reduction.finish(),
            Stage::Products(_) => unreachable!("products are followed by the reduction"),
        };
        Wiener { shape, mean, images, matrix, basis: OnceLock::new() }
    }
}

impl Wiener {
    /// Takes mean and covariance of `training` and changes the basis: `min(N, D)³` operations, once.
    pub fn new(training: &Training) -> Wiener {
        WienerBuild::new(training).finish()
    }

    /// The same, made piece by piece for as long as `go_on` says so; nothing where it did not.
    pub fn new_while(training: &Training, mut go_on: impl FnMut() -> bool) -> Option<Wiener> {
        let mut build = WienerBuild::new(training);
        while build.advance() {
            if !go_on() {
                return None;
            }
        }
        Some(build.finish())
    }

    /// Posterior means of the pictures `x` `[B, C, H, W]`.
    ///
    /// # Errors
    /// [`DenoiseError`] where `x` is not a whole number of pictures, or a mean is not finite.
    pub fn means(&self, x: &[f32], time: Time) -> Result<Vec<f32>, DenoiseError> {
        let size = self.shape.len();
        check_batch(x, self.shape, &vec![Condition::Null; x.len() / size])?;
        let out: Vec<f32> = x.chunks_exact(size).flat_map(|x| self.answer(x, time)).collect();
        if out.iter().all(|v| v.is_finite()) { Ok(out) } else { Err(DenoiseError::NotFinite) }
    }

    /// `x̂₀` of one picture.
    fn answer(&self, x: &[f32], time: Time) -> Vec<f32> {
        let (a, variance) = (time.a, variance(time));
        let residual: Vec<f64> = x.iter().zip(&self.mean).map(|(x, m)| f64::from(*x) - a * m).collect();
        let add = |change: &[f64]| self.mean.iter().zip(change).map(|(m, v)| (m + a * v) as f32).collect();
        if self.images.is_empty() {
            return add(&self.matrix.filter(residual, a * a, variance, true));
        }
        let d = self.shape.len();
        let inner = self.images.chunks_exact(d).map(|image| dot(image, &residual)).collect();
        let weights = self.matrix.filter(inner, a * a, variance, false);
        let mut change = vec![0.0; d];
        for (image, w) in self.images.chunks_exact(d).zip(weights) {
            add_scaled(&mut change, image, w);
        }
        add(&change)
    }

    /// The matrix `W = a C (a² C + s² I)⁻¹` at `time`: how much each value of the answer takes from each value of the picture.
    pub fn response(&self, time: Time) -> Response {
        let (d, whole) = (self.shape.len(), self.images.is_empty());
        let basis = self.basis.get_or_init(|| {
            let mut rows = self.images.clone();
            if whole {
                rows = (0..d * d).map(|i| f64::from(u8::from(i % (d + 1) == 0))).collect();
            }
            self.matrix.turn(&mut rows, d);
            Arc::new(rows.into_iter().map(|v| v as f32).collect())
        });
        let mut solved: Vec<f64> = basis.iter().map(|v| f64::from(*v)).collect();
        self.matrix.solve(&mut solved, d, time.a * time.a, variance(time), whole);
        let solved = solved.into_iter().map(|v| (time.a * v) as f32).collect();
        Response::new(self.shape, basis.clone(), solved)
    }
}

/// `s_t²`, never quite nothing.
fn variance(time: Time) -> f64 {
    (time.s * time.s).max(1e-12)
}

impl Denoiser for Wiener {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.shape, conditions)?;
        self.means(x, time)
    }
}

/// `[n, d]` as `[d, n]`.
fn transposed(images: &[f64], d: usize) -> Vec<f64> {
    let n = images.len() / d;
    let mut columns = vec![0.0; n * d];
    for (i, image) in images.chunks_exact(d).enumerate() {
        for (j, v) in image.iter().enumerate() {
            columns[j * n + i] = *v;
        }
    }
    columns
}

/// The symmetric matrix `[n, n]` of which `lower` has the lower half, line by line.
fn symmetric(lower: &[Vec<f64>]) -> Vec<f64> {
    let n = lower.len();
    let mut out = vec![0.0; n * n];
    for (i, line) in lower.iter().enumerate() {
        for (j, v) in line.iter().enumerate() {
            out[i * n + j] = *v;
            out[j * n + i] = *v;
        }
    }
    out
}

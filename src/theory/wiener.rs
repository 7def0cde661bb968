//! The Wiener filter: the best *linear* denoiser of a training set, `x̂₀ = μ + a C (a² C + s² I)⁻¹ (x − a μ)`, with the
//! mean μ and covariance C of the images. The baseline that every theory has to beat.
//!
//! One orthogonal change of basis serves every time: `C = Q T Qᵀ` with T tridiagonal (Householder; Golub & Van Loan,
//! algorithm 8.3.1), the first half of an eigendecomposition. `a² T + s² I` is then tridiagonal as well and is solved
//! in one pass, so the slow iterative second half is not needed. With fewer images than pixels the same is done to
//! the smaller Gram matrix, through `C (a²C + s²)⁻¹ = Xᵀ (a² X Xᵀ + s²)⁻¹ X`.

use super::training::Training;
use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::parallel;
use crate::schedule::Time;

/// The Wiener filter of a training set. All in f64.
#[derive(Debug, Clone)]
pub struct Wiener {
    shape: ImageShape,
    /// μ, `[D]`.
    mean: Vec<f64>,
    /// Centred images over √N, `[N, D]`, where there are fewer images than values; else empty and C itself is used.
    images: Vec<f64>,
    matrix: Tridiagonal,
}

impl Wiener {
    /// Takes mean and covariance of `training` and changes the basis: `min(N, D)³` operations, once.
    pub fn new(training: &Training) -> Wiener {
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
        if n < d {
            let matrix = Tridiagonal::new(gram(&images, d), n);
            return Wiener { shape, mean, images, matrix };
        }
        let mut columns = vec![0.0; n * d];
        for (i, image) in images.chunks_exact(d).enumerate() {
            for (j, v) in image.iter().enumerate() {
                columns[j * n + i] = *v;
            }
        }
        let matrix = Tridiagonal::new(gram(&columns, n), d);
        Wiener { shape, mean, images: Vec::new(), matrix }
    }

    /// `x̂₀` of one picture.
    fn answer(&self, x: &[f32], time: Time) -> Vec<f32> {
        let (a, variance) = (time.a, (time.s * time.s).max(1e-12));
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
}

impl Denoiser for Wiener {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.shape, conditions)?;
        let out: Vec<f32> = x.chunks_exact(self.shape.len()).flat_map(|x| self.answer(x, time)).collect();
        if out.iter().all(|v| v.is_finite()) { Ok(out) } else { Err(DenoiseError::NotFinite) }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Eight sums side by side, so that they become vectors.
    let mut sums = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a8.remainder().iter().zip(b8.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a8.zip(b8) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn add_scaled(to: &mut [f64], v: &[f64], scale: f64) {
    for (to, v) in to.iter_mut().zip(v) {
        *to += scale * v;
    }
}

/// The matrix of inner products of rows of length `length`.
fn gram(rows: &[f64], length: usize) -> Vec<f64> {
    let n = rows.len() / length;
    let line = |&i: &usize| -> Vec<f64> {
        let row = &rows[i * length..][..length];
        rows.chunks_exact(length).take(i + 1).map(|other| dot(row, other)).collect()
    };
    let lower: Vec<Vec<f64>> = parallel::map(&(0..n).collect::<Vec<_>>(), line);
    let mut out = vec![0.0; n * n];
    for (i, line) in lower.iter().enumerate() {
        for (j, v) in line.iter().enumerate() {
            out[i * n + j] = *v;
            out[j * n + i] = *v;
        }
    }
    out
}

/// A symmetric matrix as `Q T Qᵀ`.
#[derive(Debug, Clone)]
struct Tridiagonal {
    /// The diagonal of T, `[n]`.
    diagonal: Vec<f64>,
    /// What lies beside it, `[n − 1]`.
    beside: Vec<f64>,
    /// Reflections `I − 2 v vᵀ`; the i-th acts on entries `i + 1…`.
    reflections: Vec<Vec<f64>>,
}

impl Tridiagonal {
    /// Reduces the symmetric `matrix` `[n, n]`.
    fn new(mut matrix: Vec<f64>, n: usize) -> Tridiagonal {
        let (mut diagonal, mut beside, mut reflections) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..n {
            diagonal.push(matrix[i * n + i]);
            if i + 1 == n {
                break;
            }
            let mut v = matrix[i * n + i + 1..(i + 1) * n].to_vec();
            let norm = libm::sqrt(dot(&v, &v));
            let target = if v[0] > 0.0 { -norm } else { norm };
            beside.push(target);
            v[0] -= target;
            let length = libm::sqrt(dot(&v, &v));
            if length > 0.0 {
                v.iter_mut().for_each(|v| *v /= length);
            }
            // A ← A − v wᵀ − w vᵀ on the rest, with w = 2 (A v − (vᵀ A v) v).
            let rest = |r: usize| (i + 1 + r) * n + i + 1..(i + 2 + r) * n;
            let product: Vec<f64> = (0..v.len()).map(|r| dot(&matrix[rest(r)], &v)).collect();
            let along = dot(&product, &v);
            let w: Vec<f64> = product.iter().zip(&v).map(|(p, v)| 2.0 * (p - along * v)).collect();
            for r in 0..v.len() {
                let row = &mut matrix[rest(r)];
                for (to, (v_j, w_j)) in row.iter_mut().zip(v.iter().zip(&w)) {
                    *to -= v[r] * w_j + w[r] * v_j;
                }
            }
            reflections.push(v);
        }
        Tridiagonal { diagonal, beside, reflections }
    }

    /// `(scale·M + shift)⁻¹ x`, and M times that where `times` is asked for.
    fn filter(&self, mut x: Vec<f64>, scale: f64, shift: f64, times: bool) -> Vec<f64> {
        let n = x.len();
        for (i, v) in self.reflections.iter().enumerate() {
            let along = dot(v, &x[i + 1..]);
            add_scaled(&mut x[i + 1..], v, -2.0 * along);
        }
        // Gaussian elimination down, then up; the matrix is positive definite, so no pivots are needed.
        let mut pivots = Vec::with_capacity(n);
        for i in 0..n {
            let mut pivot = scale * self.diagonal[i] + shift;
            if i > 0 {
                let side = scale * self.beside[i - 1];
                let factor = side / pivots[i - 1];
                pivot -= factor * side;
                x[i] -= factor * x[i - 1];
            }
            pivots.push(pivot);
        }
        for i in (0..n).rev() {
            let above = if i + 1 < n { scale * self.beside[i] * x[i + 1] } else { 0.0 };
            x[i] = (x[i] - above) / pivots[i];
        }
        if times {
            x = (0..n)
                .map(|i| {
                    let low = if i > 0 { self.beside[i - 1] * x[i - 1] } else { 0.0 };
                    let high = if i + 1 < n { self.beside[i] * x[i + 1] } else { 0.0 };
                    low + self.diagonal[i] * x[i] + high
                })
                .collect();
        }
        for (i, v) in self.reflections.iter().enumerate().rev() {
            let along = dot(v, &x[i + 1..]);
            add_scaled(&mut x[i + 1..], v, -2.0 * along);
        }
        x
    }
}

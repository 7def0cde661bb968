//! The Fréchet distance between two sets of features, each taken as a normal distribution (Heusel et al. 2017, eq. 6):
//! `‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^{1/2})`. Native only.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Mean and covariance of features.
#[derive(Debug, Clone, PartialEq)]
pub struct Gaussian {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Gaussian {
    /// Fits features `[N, width]`, N ≥ 2; `None` for fewer, or where the length is no multiple of `width`.
    pub fn fit(features: &[f32], width: usize) -> Option<Self> {
        if width == 0 || !features.len().is_multiple_of(width) || features.len() / width < 2 {
            return None;
        }
        let count = features.len() / width;
        let rows = DMatrix::from_row_iterator(count, width, features.iter().map(|&value| f64::from(value)));
        let mean = rows.row_mean().transpose();
        let centred = DMatrix::from_fn(count, width, |row, column| rows[(row, column)] - mean[column]);
        let covariance = centred.tr_mul(&centred) / (count as f64 - 1.0);
        Some(Gaussian { mean, covariance })
    }

    /// The squared Fréchet distance, ≥ 0 up to rounding. Both must have the same width.
    pub fn distance(&self, other: &Gaussian) -> f64 {
        // tr (Σ₁Σ₂)^½ = tr (Σ₁^½ Σ₂ Σ₁^½)^½, and that matrix is symmetric.
        let root = square_root(&self.covariance);
        let inner = &root * &other.covariance * &root;
        let symmetric = (&inner + inner.transpose()) * 0.5;
        let cross: f64 = SymmetricEigen::new(symmetric).eigenvalues.iter().map(|value| value.max(0.0).sqrt()).sum();
        let means = (&self.mean - &other.mean).norm_squared();
        means + self.covariance.trace() + other.covariance.trace() - 2.0 * cross
    }
}

fn square_root(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(matrix.clone());
    let roots = eigen.eigenvalues.map(|value| value.max(0.0).sqrt());
    &eigen.eigenvectors * DMatrix::from_diagonal(&roots) * eigen.eigenvectors.transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use morphogen::sampler::noise;

    #[test]
    fn known_distances() {
        let mut features = vec![0.0f32; 4 * 20_000];
        noise::fill(1, 0, &mut features);
        let unit = Gaussian::fit(&features, 4).unwrap();
        assert!(unit.distance(&unit).abs() < 1e-9, "a set is at no distance from itself");
        let moved: Vec<f32> = features.iter().map(|value| 3.0 * value + 1.0).collect();
        // ‖1‖² = 4, and tr(I + 9I − 2·3I) = 4·4 = 16.
        let distance = unit.distance(&Gaussian::fit(&moved, 4).unwrap());
        assert!((distance - 20.0).abs() < 0.5, "{distance}");
    }

    #[test]
    fn too_few_features_are_refused() {
        assert!(Gaussian::fit(&[1.0, 2.0], 2).is_none());
        assert!(Gaussian::fit(&[1.0, 2.0, 3.0], 2).is_none());
    }
}

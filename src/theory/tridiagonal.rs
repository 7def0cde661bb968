//! A symmetric matrix as `Q T Qᵀ` with T tridiagonal (Householder; Golub & Van Loan, algorithm 8.3.1), made a few columns
//! at a time, so that whoever waits for a large one can stop between them.

/// A symmetric matrix as `Q T Qᵀ`.
#[derive(Debug, Clone, Default)]
pub(super) struct Tridiagonal {
    /// The diagonal of T, `[n]`.
    diagonal: Vec<f64>,
    /// What lies beside it, `[n − 1]`.
    beside: Vec<f64>,
    /// Reflections `I − 2 v vᵀ`; the i-th acts on entries `i + 1…`.
    reflections: Vec<Vec<f64>>,
}

/// A matrix on its way to [`Tridiagonal`].
#[derive(Debug, Clone)]
pub(super) struct Reduction {
    /// `[n, n]`; what lies before column `done` is not read any more.
    matrix: Vec<f64>,
    n: usize,
    result: Tridiagonal,
}

impl Reduction {
    /// Begins with the symmetric `matrix` `[n, n]`.
    pub(super) fn new(matrix: Vec<f64>, n: usize) -> Reduction {
        Reduction { matrix, n, result: Tridiagonal::default() }
    }

    /// Reduces columns until about `operations` multiplications are done, at least one column; whether any is left.
    pub(super) fn advance(&mut self, operations: usize) -> bool {
        let mut spent = 0;
        while self.result.diagonal.len() < self.n && spent < operations {
            let left = self.n - self.result.diagonal.len();
            spent = left.saturating_mul(2 * left).saturating_add(spent);
            self.column();
        }
        self.result.diagonal.len() < self.n
    }

    /// What came of it, all columns done.
    pub(super) fn finish(mut self) -> Tridiagonal {
        while self.advance(usize::MAX) {}
        self.result
    }

    /// Reduces the next column.
    fn column(&mut self) {
        let (n, matrix) = (self.n, &mut self.matrix);
        let Tridiagonal { diagonal, beside, reflections } = &mut self.result;
        let i = diagonal.len();
        diagonal.push(matrix[i * n + i]);
        if i + 1 == n {
            return;
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
}

impl Tridiagonal {
    /// `(scale·M + shift)⁻¹ x`, and M times that where `times` is asked for.
    pub(super) fn filter(&self, mut x: Vec<f64>, scale: f64, shift: f64, times: bool) -> Vec<f64> {
        for (i, v) in self.reflections.iter().enumerate() {
            let along = dot(v, &x[i + 1..]);
            add_scaled(&mut x[i + 1..], v, -2.0 * along);
        }
        self.solve(&mut x, 1, scale, shift, times);
        for (i, v) in self.reflections.iter().enumerate().rev() {
            let along = dot(v, &x[i + 1..]);
            add_scaled(&mut x[i + 1..], v, -2.0 * along);
        }
        x
    }

    /// Makes `Qᵀ X` of the matrix `x` `[n, width]`.
    pub(super) fn turn(&self, x: &mut [f64], width: usize) {
        let mut along = vec![0.0; width];
        for (i, v) in self.reflections.iter().enumerate() {
            let below = &mut x[(i + 1) * width..];
            along.fill(0.0);
            for (row, v) in below.chunks_exact(width).zip(v) {
                add_scaled(&mut along, row, *v);
            }
            for (row, v) in below.chunks_exact_mut(width).zip(v) {
                add_scaled(row, &along, -2.0 * v);
            }
        }
    }

    /// Makes `(scale·T + shift)⁻¹ X` of the matrix `x` `[n, width]`, and T times that where `times` is asked for.
    pub(super) fn solve(&self, x: &mut [f64], width: usize, scale: f64, shift: f64, times: bool) {
        // Gaussian elimination down, then up; the matrix is positive definite, so no pivots are needed.
        let n = self.diagonal.len();
        let mut pivots: Vec<f64> = Vec::with_capacity(n);
        for i in 0..n {
            let mut pivot = scale * self.diagonal[i] + shift;
            if i > 0 {
                let side = scale * self.beside[i - 1];
                let factor = side / pivots[i - 1];
                pivot -= factor * side;
                let (above, row) = x.split_at_mut(i * width);
                add_scaled(&mut row[..width], &above[(i - 1) * width..], -factor);
            }
            pivots.push(pivot);
        }
        for i in (0..n).rev() {
            let (row, below) = x[i * width..].split_at_mut(width);
            if i + 1 < n {
                add_scaled(row, &below[..width], -scale * self.beside[i]);
            }
            row.iter_mut().for_each(|v| *v /= pivots[i]);
        }
        if times {
            self.times(x, width);
        }
    }

    /// Makes `T X` of the matrix `x` `[n, width]`.
    fn times(&self, x: &mut [f64], width: usize) {
        let n = self.diagonal.len();
        let mut before = vec![0.0; width];
        for i in 0..n {
            let (row, below) = x[i * width..].split_at_mut(width);
            let old = row.to_vec();
            row.iter_mut().for_each(|v| *v *= self.diagonal[i]);
            if i > 0 {
                add_scaled(row, &before, self.beside[i - 1]);
            }
            if i + 1 < n {
                add_scaled(row, &below[..width], self.beside[i]);
            }
            before = old;
        }
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
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

pub(super) fn add_scaled(to: &mut [f64], v: &[f64], scale: f64) {
    for (to, v) in to.iter_mut().zip(v) {
        *to += scale * v;
    }
}

//! Window sums along a row, at a cost that does not depend on the window: squared differences of a query row and
//! training rows, two rows of several displacements at once.
//!
//! Box sums without subtraction (van Herk 1992; Gil & Werman 1993): cut the axis into blocks of k; a window is the end
//! of one block plus the start of the next. Taking old values away from a running sum would cost a little less, but
//! leaves rounding errors as large as the largest sum that passed by, which at small t drown the smallest sums, the
//! only ones that matter.

use crate::simd::{Apart, Simd};

/// Rows that are read at once.
pub(super) const READ: usize = 2;

/// A query picture and a group of training images, both `[C, columns, rows]`: whatever is read at once lies together.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a, S: Simd, const C: usize> {
    pub x: &'a [f32],
    /// Already times `a_t`.
    pub y: &'a [S::Lane],
    /// Rows of a column.
    pub x_pitch: usize,
    pub y_pitch: usize,
    /// Values of a channel.
    pub x_plane: usize,
    pub y_plane: usize,
    /// `−C s_t²`, added to every squared difference.
    pub centre: f32,
}

/// Where a row of windows begins.
#[derive(Clone, Copy)]
pub(super) struct Corner {
    /// In the query.
    pub x: usize,
    /// In the training images, at the first displacement.
    pub y: usize,
}

/// Sums of `len` windows of `k` pixels each along every row of windows that begins in the `height` rows from `at` on,
/// for `W` displacements; `T = W + 1`. The sum at row `r` and column `j` goes to `to[r + j · pitch]`.
pub(super) struct Along<'a, 'b, S: Simd, const C: usize, const W: usize, const T: usize> {
    pub cells: Cells<'a, S, C>,
    pub at: Corner,
    pub height: usize,
    pub k: usize,
    pub len: usize,
    pub to: &'b mut [[S::Lane; W]],
    pub pitch: usize,
}

/// Sums of [`READ`] rows.
type Sums<V, const W: usize> = [[V; W]; READ];

impl<S: Simd, const C: usize, const W: usize, const T: usize> Apart<S> for Along<'_, '_, S, C, W, T> {
    #[inline(always)]
    fn run(mut self, s: S) {
        for b in (0..self.len).step_by(self.k) {
            for r in (0..self.height).step_by(READ) {
                self.block(s, b, r);
            }
        }
    }
}

impl<S: Simd, const C: usize, const W: usize, const T: usize> Along<'_, '_, S, C, W, T> {
    /// The windows that begin in the block at column `b`, in the rows from `r` on.
    #[inline(always)]
    fn block(&mut self, s: S, b: usize, r: usize) {
        let Cells { x_pitch, y_pitch, centre, .. } = self.cells;
        let (k, m) = (self.k, self.k.min(self.len - b));
        // From the end of the block to its start; only sums that begin a window are kept.
        let mut sums = [[s.splat(centre * k as f32); W]; READ];
        let mut x = self.at.x + r + (b + k) * x_pitch;
        let mut y = self.at.y + r + (b + k) * y_pitch;
        for _ in m..k {
            (x, y) = (x - x_pitch, y - y_pitch);
            sums = self.add(s, x, y, sums);
        }
        let mut to = r + (b + m) * self.pitch;
        for _ in 0..m {
            (x, y, to) = (x - x_pitch, y - y_pitch, to - self.pitch);
            sums = self.add(s, x, y, sums);
            let to: &mut [[S::Lane; W]; READ] = first_mut(self.to, to);
            for (to, sums) in to.iter_mut().zip(&sums) {
                for (to, sum) in to.iter_mut().zip(sums) {
                    s.store(*sum, to);
                }
            }
        }
        // Then what reaches into the next block.
        let mut sums = [[s.splat(0.0); W]; READ];
        x = self.at.x + r + (b + k) * x_pitch;
        y = self.at.y + r + (b + k) * y_pitch;
        for _ in 1..m {
            sums = self.add(s, x, y, sums);
            (x, y, to) = (x + x_pitch, y + y_pitch, to + self.pitch);
            let to: &mut [[S::Lane; W]; READ] = first_mut(self.to, to);
            for (to, sums) in to.iter_mut().zip(&sums) {
                for (to, sum) in to.iter_mut().zip(sums) {
                    let whole = s.add(*sum, s.load(to));
                    s.store(whole, to);
                }
            }
        }
    }

    /// Adds the squared differences of one column to `sums`.
    #[inline(always)]
    fn add(&self, s: S, x: usize, y: usize, mut sums: Sums<S::V, W>) -> Sums<S::V, W> {
        for c in 0..C {
            let x: &[f32; READ] = first(self.cells.x, x + c * self.cells.x_plane);
            let y: &[S::Lane; T] = first(self.cells.y, y + c * self.cells.y_plane);
            let mut there = [s.splat(0.0); T];
            for (there, y) in there.iter_mut().zip(y) {
                *there = s.load(y);
            }
            for (r, sums) in sums.iter_mut().enumerate() {
                let here = s.splat(x[r]);
                for (w, sum) in sums.iter_mut().enumerate() {
                    let difference = s.sub(there[r + w], here);
                    *sum = s.mul_add(difference, difference, *sum);
                }
            }
        }
        sums
    }
}

/// What a soft window needs more than a hard one, between the sums along rows and the last sums down columns: sums over `soft`
/// columns again, and over `first` rows. In place, `[columns, pitch]`, of which `height` rows count; as many columns as the second
/// box reaches into are read behind the last.
pub(super) struct Again<'a, S: Simd, const W: usize> {
    pub held: &'a mut [[S::Lane; W]],
    pub pitch: usize,
    pub height: usize,
    /// Columns that are wanted.
    pub columns: usize,
    pub soft: usize,
    pub first: usize,
}

impl<S: Simd, const W: usize> Apart<S> for Again<'_, S, W> {
    #[inline(always)]
    fn run(self, s: S) {
        let Again { held, pitch, height, columns, soft, first } = self;
        for r in 0..height {
            again(s, &mut held[r..], pitch, columns, soft);
        }
        for column in held.chunks_exact_mut(pitch).take(columns) {
            again(s, column, 1, height + 1 - first, first);
        }
    }
}

/// Sums of `k` values each, from each of `len` values on that lie `step` apart; in place, block by block as in [`Along`].
#[inline(always)]
fn again<S: Simd, const W: usize>(s: S, values: &mut [[S::Lane; W]], step: usize, len: usize, k: usize) {
    for b in (0..len).step_by(k) {
        let m = k.min(len - b);
        let mut sums = [s.splat(0.0); W];
        for i in (b + m..b + k).rev() {
            sums = plus(s, sums, &values[i * step]);
        }
        for i in (b..b + m).rev() {
            sums = plus(s, sums, &values[i * step]);
            put(s, &mut values[i * step], &sums);
        }
        let mut sums = [s.splat(0.0); W];
        for i in b + 1..b + m {
            sums = plus(s, sums, &values[(k - 1 + i) * step]);
            let whole = plus(s, sums, &values[i * step]);
            put(s, &mut values[i * step], &whole);
        }
    }
}

impl<'a, S: Simd, const C: usize> Cells<'a, S, C> {
    /// `height` rows of the column at `at`, and what `W` displacements compare them with.
    #[inline(always)]
    pub fn column<const W: usize>(&self, s: S, at: Corner, height: usize) -> Column<'a, S, C> {
        let (mut x, mut y): ([&[f32]; C], [&[S::Lane]; C]) = ([&[]; C], [&[]; C]);
        for c in 0..C {
            x[c] = &self.x[at.x + c * self.x_plane..][..height];
            y[c] = &self.y[at.y + c * self.y_plane..][..height + W - 1];
        }
        Column { s, x, y, centre: s.splat(self.centre) }
    }
}

/// Part of a column, by channel.
pub(super) struct Column<'a, S: Simd, const C: usize> {
    s: S,
    x: [&'a [f32]; C],
    y: [&'a [S::Lane]; C],
    centre: S::V,
}

impl<S: Simd, const C: usize> Column<'_, S, C> {
    /// `E − C s²` of row `r` for `W` displacements.
    #[inline(always)]
    pub fn squared<const W: usize>(&self, r: usize) -> [S::V; W] {
        let s = self.s;
        let mut sums = [self.centre; W];
        for c in 0..C {
            let here = s.splat(self.x[c][r]);
            let y: &[S::Lane; W] = first(self.y[c], r);
            for (sum, y) in sums.iter_mut().zip(y) {
                let difference = s.sub(s.load(y), here);
                *sum = s.mul_add(difference, difference, *sum);
            }
        }
        sums
    }
}

/// `N` values from `at` on; whoever lays the values out leaves a margin behind them.
#[inline(always)]
pub(super) fn first<T, const N: usize>(from: &[T], at: usize) -> &[T; N] {
    from[at..].first_chunk().expect("a margin")
}

#[inline(always)]
fn first_mut<T, const N: usize>(from: &mut [T], at: usize) -> &mut [T; N] {
    from[at..].first_chunk_mut().expect("a margin")
}

#[inline(always)]
pub(super) fn plus<S: Simd, const W: usize>(s: S, mut sums: [S::V; W], more: &[S::Lane; W]) -> [S::V; W] {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum = s.add(*sum, s.load(more));
    }
    sums
}

#[inline(always)]
pub(super) fn put<S: Simd, const W: usize>(s: S, to: &mut [S::Lane; W], sums: &[S::V; W]) {
    for (to, sum) in to.iter_mut().zip(sums) {
        s.store(*sum, to);
    }
}

//! All pairs of a band of rows and a run of columns: window sums along the rows first ([`super::boxes`]), then down the
//! columns in the same way, and from there into the softmax of each pixel. Each step is a function of its own
//! ([`Apart`]), or the compiler runs out of registers.

use super::band::{Band, MOST};
use super::boxes::{Again, Along, Cells, Corner, READ, first, plus, put};
use super::plan::{Axis, Run};
use super::softmax::{Pixels, Softmax};
use crate::simd::{Apart, Simd};

/// Vectors of window sums worked on at once, about; they should stay in the processor's nearest memory.
pub(super) const PIECE: usize = 1024;
/// Vectors before and after the padded training images, for reads beside them that no window counts.
pub(super) const MARGIN: usize = MOST + READ;

/// The pairs of a band of rows and a run of columns.
pub(super) struct Sheet<'a, S: Simd, const C: usize> {
    pub s: S,
    pub cells: Cells<'a, S, C>,
    /// The training images as they are.
    pub values: &'a [S::Lane],
    pub rows: &'a Axis,
    pub columns: &'a Axis,
    pub band: &'a Band,
    pub run: Run,
}

impl<S: Simd, const C: usize> Sheet<'_, S, C> {
    /// Feeds all pairs to `softmax`, `W` displacements at once (`T = W + 1`). `held` is room for sums.
    #[inline(always)]
    pub fn sweep<const TRACE: bool, const DENSE: bool, const W: usize, const T: usize>(
        &self,
        softmax: &mut Softmax<S, C, TRACE>,
        held: &mut [[S::Lane; W]],
    ) {
        let s = self.s;
        softmax.asked += self.band.len * self.run.len;
        if (self.rows.window, self.columns.window, self.rows.soft) == (3, 3, 1) {
            return s.apart(Narrow::<S, C, TRACE, DENSE, W> { sheet: self, softmax, held });
        }
        let (k, soft, len) = (self.columns.first(), self.columns.soft, self.band.len);
        let height = len + self.rows.window - 1;
        let pitch = pitch(height + READ - 1);
        // Windows of one block share sums, those of two do not: pieces are whole blocks.
        let piece = k * (PIECE / MOST / pitch / k).max(1);
        for from in (0..self.run.len).step_by(piece) {
            let wide = piece.min(self.run.len - from);
            let (cells, at) = (self.cells, self.corner(0, from));
            s.apart(Along::<S, C, W, T> { cells, at, height, k, len: wide + soft - 1, to: held, pitch });
            if soft > 1 {
                let (columns, first) = (wide, self.rows.first());
                s.apart(Again::<S, W> { held, pitch, height, columns, soft, first });
            }
            let held = &mut held[..wide * pitch];
            s.apart(Down::<S, C, TRACE, DENSE, W> { sheet: self, softmax, held, pitch, from });
        }
    }

    /// Where row `r` of windows begins, at column `j` of the run.
    #[inline(always)]
    fn corner(&self, r: usize, j: usize) -> Corner {
        let row = (MARGIN as isize + self.band.y) as usize + r;
        Corner {
            x: (self.run.x + j) * self.cells.x_pitch + self.band.x + r,
            y: (self.run.y + j) * self.cells.y_pitch + row,
        }
    }

    /// The training pixels in the middle of the windows of column `j`, by channel.
    #[inline(always)]
    fn values<const W: usize>(&self, j: usize) -> [&[S::Lane]; C] {
        let middle = self.corner(self.rows.half(), j + self.columns.half()).y;
        let mut values: [&[S::Lane]; C] = [&[]; C];
        for (c, values) in values.iter_mut().enumerate() {
            *values = &self.values[middle + c * self.cells.y_plane..][..self.band.len + W - 1];
        }
        values
    }

    /// Hands the distances of the windows in row `i` of column `j` to the softmax of their pixel.
    #[inline(always)]
    fn answer<const TRACE: bool, const DENSE: bool, const W: usize>(
        &self,
        pixels: &mut Pixels<'_, S, C, TRACE>,
        values: &[&[S::Lane]; C],
        i: usize,
        j: usize,
        distance: [S::V; W],
    ) {
        let s = self.s;
        let p = |w: usize| {
            let row = (self.band.p + (i + w) as isize) as usize;
            row * self.columns.size + self.run.p + j
        };
        if self.band.all.contains(&i) {
            let mut y = [[s.splat(0.0); C]; W];
            for c in 0..C {
                let values: &[S::Lane; W] = first(values[c], i);
                for (y, value) in y.iter_mut().zip(values) {
                    y[c] = s.load(value);
                }
            }
            pixels.soften::<DENSE, W>(i, if TRACE { p(0) } else { 0 }, distance, y);
            return;
        }
        for (w, valid) in self.band.valid[..W].iter().enumerate() {
            if valid.contains(&i) {
                let mut y = [[s.splat(0.0); C]; 1];
                for c in 0..C {
                    y[0][c] = s.load(&values[c][i + w]);
                }
                pixels.soften::<DENSE, 1>(i, if TRACE { p(w) } else { 0 }, [distance[w]], y);
            }
        }
    }
}

/// Sums windows down the columns from `from` on, whose sums along rows are in `held`, and feeds them to `softmax`.
struct Down<'a, 'b, S: Simd, const C: usize, const TRACE: bool, const DENSE: bool, const W: usize> {
    sheet: &'a Sheet<'a, S, C>,
    softmax: &'b mut Softmax<S, C, TRACE>,
    held: &'b mut [[S::Lane; W]],
    pitch: usize,
    from: usize,
}

impl<S: Simd, const C: usize, const TRACE: bool, const DENSE: bool, const W: usize> Apart<S>
    for Down<'_, '_, S, C, TRACE, DENSE, W>
{
    #[inline(always)]
    fn run(self, s: S) {
        let Down { sheet, softmax, held, pitch, from } = self;
        let mut j = from;
        let mut pairs = held.chunks_exact_mut(2 * pitch);
        for pair in &mut pairs {
            // Two at once, so that the sums of one need not wait for themselves.
            let (one, two) = pair.split_at_mut(pitch);
            Self::columns(s, sheet, softmax, [one, two], j);
            j += 2;
        }
        let last = pairs.into_remainder();
        if !last.is_empty() {
            Self::columns(s, sheet, softmax, [last], j);
        }
    }
}

impl<S: Simd, const C: usize, const TRACE: bool, const DENSE: bool, const W: usize>
    Down<'_, '_, S, C, TRACE, DENSE, W>
{
    /// `J` columns from `j` on, one or two.
    #[inline(always)]
    fn columns<const J: usize>(
        s: S,
        sheet: &Sheet<'_, S, C>,
        softmax: &mut Softmax<S, C, TRACE>,
        mut columns: [&mut [[S::Lane; W]]; J],
        j: usize,
    ) {
        // All but the last box was summed before.
        let (k, len) = (sheet.rows.last(), sheet.band.len);
        // No array of these: the compiler would keep it in memory.
        let (mut pixels, mut more_pixels) = softmax.pixels(sheet.run.q + j..sheet.run.q + j + J, sheet.band.q, len);
        let (values, more_values) = (sheet.values::<W>(j), sheet.values::<W>(j + J - 1));
        let zero = [[s.splat(0.0); W]; J];
        for b in (0..len).step_by(k) {
            let m = k.min(len - b);
            let mut sums = zero;
            for r in (b + m..b + k).rev() {
                for (sums, column) in sums.iter_mut().zip(&columns) {
                    *sums = plus(s, *sums, &column[r]);
                }
            }
            for r in (b..b + m).rev() {
                for (sums, column) in sums.iter_mut().zip(&mut columns) {
                    *sums = plus(s, *sums, &column[r]);
                    put(s, &mut column[r], sums);
                }
            }
            let mut sums = zero;
            for i in b..b + m {
                if i > b {
                    for (sums, column) in sums.iter_mut().zip(&columns) {
                        *sums = plus(s, *sums, &column[k - 1 + i]);
                    }
                }
                let distance = plus(s, sums[0], &columns[0][i]);
                sheet.answer::<TRACE, DENSE, W>(&mut pixels, &values, i, j, distance);
                if J > 1 {
                    let distance = plus(s, sums[J - 1], &columns[J - 1][i]);
                    sheet.answer::<TRACE, DENSE, W>(&mut more_pixels, &more_values, i, j + 1, distance);
                }
            }
        }
    }
}

/// As [`Sheet::sweep`] for windows of 3×3, the commonest by far: sums of three are simply taken, and two columns of them
/// kept in `held`.
struct Narrow<'a, 'b, S: Simd, const C: usize, const TRACE: bool, const DENSE: bool, const W: usize> {
    sheet: &'a Sheet<'a, S, C>,
    softmax: &'b mut Softmax<S, C, TRACE>,
    held: &'b mut [[S::Lane; W]],
}

impl<S: Simd, const C: usize, const TRACE: bool, const DENSE: bool, const W: usize> Apart<S>
    for Narrow<'_, '_, S, C, TRACE, DENSE, W>
{
    #[inline(always)]
    fn run(self, s: S) {
        let Narrow { sheet, softmax, held } = self;
        let len = sheet.band.len;
        let (even, odd) = held.split_at_mut(len);
        let odd = &mut odd[..len];
        for j in 0..sheet.run.len + 2 {
            // The column before the last makes place for this one.
            let (older, old) = if j % 2 == 0 { (&mut *even, &*odd) } else { (&mut *odd, &*even) };
            let column = sheet.cells.column::<W>(s, sheet.corner(0, j), len + 2);
            let mut pair: [S::V; W] = column.squared(0);
            let mut last: [S::V; W] = column.squared(1);
            for (pair, last) in pair.iter_mut().zip(&last) {
                *pair = s.add(*pair, *last);
            }
            // The first two columns complete no window.
            let done = j.max(2) - 2;
            let (mut pixels, _) = softmax.pixels(sheet.run.q + done..sheet.run.q + done + 1, sheet.band.q, len);
            let values = sheet.values::<W>(done);
            for (i, (older, old)) in older.iter_mut().zip(old).enumerate() {
                let e: [S::V; W] = column.squared(i + 2);
                let mut distance = e;
                for w in 0..W {
                    let sum = s.add(pair[w], e[w]);
                    pair[w] = s.add(last[w], e[w]);
                    distance[w] = s.add(sum, s.add(s.load(&older[w]), s.load(&old[w])));
                    s.store(sum, &mut older[w]);
                }
                last = e;
                if j >= 2 {
                    sheet.answer::<TRACE, DENSE, W>(&mut pixels, &values, i, j - 2, distance);
                }
            }
        }
    }
}

/// The next odd number: columns that begin a power of two apart would fall on the same lines of the cache.
pub(super) fn pitch(rows: usize) -> usize {
    rows | 1
}

//! The inner loops of the patch posterior. For one displacement `d = p − q` the squared differences
//! `E(q) = Σ_c (x(q) − a y(q + d))²` are summed over all windows at a cost that does not depend on the window, and each
//! window's sum goes straight into a streaming softmax.
//!
//! Box sums without subtraction (van Herk 1992; Gil & Werman 1993): cut the axis into blocks of k; a window is the end
//! of one block plus the start of the next. Taking old values away from a running sum would cost a little less, but
//! leaves rounding errors as large as the largest sum that passed by, which at small t drown the smallest sums, the
//! only ones that matter. For the same reason every `E` has its expectation `C s²` taken off: all windows that compete
//! hold the same number of pixels, so it cancels, and sums that matter stay near zero.

use super::partial::{Cell, Partial};
use super::plan::{Axis, Pad, Run};
use super::simd::Simd;
use super::training::Training;
use crate::denoiser::ImageShape;
use core::ops::Range;

/// Weights below `2^CUT` of the largest are skipped: e⁻²⁵, so that ten million of them stay under 2e-4.
const CUT: f32 = -36.0;
/// The reference logit moves only when it is passed by this power of two: f32 holds the sums until then.
const GROW: f32 = 20.0;

/// What is asked of the training set: one noisy picture at one time.
pub(super) struct Query {
    pub shape: ImageShape,
    pub rows: Axis,
    pub columns: Axis,
    /// The picture, padded as the plan says, `[C, rows.x_size, columns.x_size]`.
    pub x: Vec<f32>,
    /// `a_t`.
    pub a: f32,
    /// `−log₂e / (2 s_t²)`: makes logits of squared distances.
    pub logit: f32,
    /// `−C s_t²`.
    pub centre: f32,
    /// Whether to keep the best patch and the entropy.
    pub trace: bool,
}

/// Adds the posterior over the images of `groups` to `partial`.
#[inline(always)]
pub(super) fn run<S: Simd>(s: S, query: &Query, training: &Training, groups: Range<usize>, partial: &mut Partial) {
    match (query.shape.channels, query.trace) {
        (1, false) => Work::<S, 1, false>::new(s, query).run(training, groups, partial),
        (1, true) => Work::<S, 1, true>::new(s, query).run(training, groups, partial),
        (_, false) => Work::<S, 3, false>::new(s, query).run(training, groups, partial),
        (_, true) => Work::<S, 3, true>::new(s, query).run(training, groups, partial),
    }
}

/// State and scratch of one run. `C` is the number of channels, `TRACE` whether provenance is kept.
struct Work<'a, S: Simd, const C: usize, const TRACE: bool> {
    s: S,
    query: &'a Query,
    /// The reference logit of each pixel.
    max: Vec<f32>,
    /// `Σw, Σw·y…` of each pixel, by lane.
    sums: Vec<S::Lane>,
    /// `best logit, its place and group, Σw·log` of each pixel, by lane.
    trace: Vec<S::Lane>,
}

/// One row of an image, by channel.
type Line<'a, T, const C: usize> = [&'a [T]; C];

/// `G` groups of lanes that share every displacement, padded as the plan says: `[C, rows, columns]` each.
struct Block<'a, S: Simd, const G: usize> {
    first: usize,
    y: [&'a [S::Lane]; G],
    /// Added to logits: −∞ for lanes without an image.
    bias: S::V,
}

/// Window sums in the making. One entry per column.
struct Scratch<S: Simd, const G: usize> {
    /// Sums from each row to the end of its block, `[window, columns]`.
    below: Vec<[S::Lane; G]>,
    /// Sums from the start of the current block to the current row.
    above: Vec<[S::Lane; G]>,
    /// Sums over the rows of the window.
    tall: Vec<[S::Lane; G]>,
    /// As `below`, along the row.
    right: Vec<[S::Lane; G]>,
}

impl<'a, S: Simd, const C: usize, const TRACE: bool> Work<'a, S, C, TRACE> {
    const STRIDE: usize = 1 + C;

    #[inline(always)]
    fn new(s: S, query: &'a Query) -> Self {
        let pixels = query.rows.size * query.columns.size;
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        Work {
            s,
            query,
            max: vec![f32::NEG_INFINITY; pixels],
            sums: vec![zero; pixels * Self::STRIDE],
            trace: vec![zero; if TRACE { pixels * 3 } else { 0 }],
        }
    }

    #[inline(always)]
    fn run(mut self, training: &Training, groups: Range<usize>, partial: &mut Partial) {
        let (rows, columns) = (&self.query.rows, &self.query.columns);
        let padded = C * rows.y_size() * columns.y_size();
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        let mut stores = [vec![zero; padded], vec![zero; padded]];
        let full = training.count() / S::LANES;
        let mut g = groups.start;
        while g < groups.end {
            let two = g + 2 <= groups.end && g + 2 <= full;
            let taken = if two { 2 } else { 1 };
            for (i, store) in stores[..taken].iter_mut().enumerate() {
                pad::<S::Lane, C>(training.group(g + i), rows, columns, store);
            }
            self.reset();
            let mut bias = zero;
            for (l, b) in bytemuck::cast_slice_mut::<_, f32>(std::slice::from_mut(&mut bias)).iter_mut().enumerate() {
                *b = if g * S::LANES + l < training.count() { 0.0 } else { f32::NEG_INFINITY };
            }
            let bias = self.s.load(&bias);
            if two {
                self.block::<2, false>(Block { first: g, y: [&stores[0], &stores[1]], bias });
            } else {
                self.block::<1, true>(Block { first: g, y: [&stores[0]], bias });
            }
            self.flush(training, partial);
            g += taken;
        }
    }

    /// All displacements of one block.
    #[inline(always)]
    fn block<const G: usize, const TAIL: bool>(&mut self, block: Block<'_, S, G>) {
        let (rows, columns) = (&self.query.rows, &self.query.columns);
        let zero = [<S::Lane as bytemuck::Zeroable>::zeroed(); G];
        let widest = columns.runs.iter().map(|r| r.len).max().unwrap_or(0) + columns.window - 1;
        let mut scratch = Scratch {
            below: vec![zero; rows.window * widest],
            above: vec![zero; widest],
            tall: vec![zero; widest],
            right: vec![zero; columns.window],
        };
        for down in &rows.runs {
            for across in &columns.runs {
                self.sweep::<G, TAIL>(&block, *down, *across, &mut scratch);
            }
        }
    }

    /// One displacement: a rectangle of `down.len × across.len` windows.
    #[inline(always)]
    fn sweep<const G: usize, const TAIL: bool>(
        &mut self,
        block: &Block<'_, S, G>,
        down: Run,
        across: Run,
        scratch: &mut Scratch<S, G>,
    ) {
        let (s, k) = (self.s, self.query.rows.window);
        let width = across.len + self.query.columns.window - 1;
        let a = s.splat(self.query.a);
        let Scratch { below, above, tall, right } = scratch;
        let (above, tall) = (&mut above[..width], &mut tall[..width]);
        for i in 0..down.len {
            let position = i % k;
            if position == 0 {
                // From the last row of this block upwards.
                for r in (0..k).rev() {
                    let (x, y) = self.lines(block, down, across, i + r, width);
                    let (here, next) = below[r * width..].split_at_mut(width);
                    if r + 1 == k {
                        for (j, to) in here.iter_mut().enumerate() {
                            self.put(to, self.squared(a, &x, &y, j));
                        }
                    } else {
                        for (j, (to, sum)) in here.iter_mut().zip(&next[..width]).enumerate() {
                            self.put(to, self.plus(self.squared(a, &x, &y, j), sum));
                        }
                    }
                }
                self.row::<G, TAIL>(block, down, across, i, &below[..width], right);
                continue;
            }
            let (x, y) = self.lines(block, down, across, i + k - 1, width);
            let rest = &below[position * width..][..width];
            if position == 1 {
                for (j, ((to, start), end)) in tall.iter_mut().zip(above.iter_mut()).zip(rest).enumerate() {
                    let e = self.squared(a, &x, &y, j);
                    self.put(start, e);
                    self.put(to, self.plus(e, end));
                }
            } else {
                for (j, ((to, start), end)) in tall.iter_mut().zip(above.iter_mut()).zip(rest).enumerate() {
                    let e = self.plus(self.squared(a, &x, &y, j), start);
                    self.put(start, e);
                    self.put(to, self.plus(e, end));
                }
            }
            self.row::<G, TAIL>(block, down, across, i, tall, right);
        }
    }

    /// Row `r` of the windows of a rectangle: the query's channels, and each group's.
    #[inline(always)]
    fn lines<'b, const G: usize>(
        &self,
        block: &Block<'b, S, G>,
        down: Run,
        across: Run,
        r: usize,
        width: usize,
    ) -> (Line<'a, f32, C>, [Line<'b, S::Lane, C>; G]) {
        let (rows, columns) = (&self.query.rows, &self.query.columns);
        let (mut x, mut y): (Line<'a, f32, C>, [Line<'b, S::Lane, C>; G]) = ([&[]; C], [[&[]; C]; G]);
        for c in 0..C {
            x[c] = &self.query.x[(c * rows.x_size + down.x + r) * columns.x_size + across.x..][..width];
            for g in 0..G {
                y[g][c] = &block.y[g][(c * rows.y_size() + down.y + r) * columns.y_size() + across.y..][..width];
            }
        }
        (x, y)
    }

    /// `E − C s²` at column `j`.
    #[inline(always)]
    fn squared<const G: usize>(&self, a: S::V, x: &Line<f32, C>, y: &[Line<S::Lane, C>; G], j: usize) -> [S::V; G] {
        let s = self.s;
        let mut e = [s.splat(self.query.centre); G];
        for g in 0..G {
            for c in 0..C {
                let difference = s.neg_mul_add(s.load(&y[g][c][j]), a, s.splat(x[c][j]));
                e[g] = s.mul_add(difference, difference, e[g]);
            }
        }
        e
    }

    #[inline(always)]
    fn plus<const G: usize>(&self, mut v: [S::V; G], other: &[S::Lane; G]) -> [S::V; G] {
        for g in 0..G {
            v[g] = self.s.add(v[g], self.s.load(&other[g]));
        }
        v
    }

    #[inline(always)]
    fn put<const G: usize>(&self, to: &mut [S::Lane; G], v: [S::V; G]) {
        for g in 0..G {
            self.s.store(v[g], &mut to[g]);
        }
    }

    /// Sums along a row of column sums, and feeds the softmax of each pixel of row `i`.
    #[inline(always)]
    fn row<const G: usize, const TAIL: bool>(
        &mut self,
        block: &Block<'_, S, G>,
        down: Run,
        across: Run,
        i: usize,
        tall: &[[S::Lane; G]],
        right: &mut [[S::Lane; G]],
    ) {
        let (rows, columns, k) = (&self.query.rows, &self.query.columns, self.query.columns.window);
        let line = (down.q + i) % rows.size * columns.size;
        let origin = (down.p + i) * columns.size + across.p;
        // The pixel in the middle of the first window.
        let middle = (down.y + i + rows.half()) * columns.y_size() + across.y + columns.half();
        let plane = rows.y_size() * columns.y_size();
        let mut position = 0;
        let mut left = [self.s.splat(0.0); G];
        for j in 0..across.len {
            if position == 0 {
                let mut sum = [self.s.splat(0.0); G];
                for (to, from) in right.iter_mut().zip(&tall[j..j + k]).rev() {
                    sum = self.plus(sum, from);
                    self.put(to, sum);
                }
                left = [self.s.splat(0.0); G];
            } else {
                left = self.plus(left, &tall[j + k - 1]);
            }
            let sum = self.plus(left, &right[position]);
            position = if position + 1 == k { 0 } else { position + 1 };
            let column = across.q + j;
            let q = line + if column >= columns.size { column - columns.size } else { column };
            let mut y = [[self.s.splat(0.0); C]; G];
            for g in 0..G {
                for c in 0..C {
                    y[g][c] = self.s.load(&block.y[g][c * plane + middle + j]);
                }
            }
            self.soften::<G, TAIL>(block, q, origin + j, sum, y);
        }
    }

    /// Takes `G` vectors of squared distances and values into the softmax of pixel `q`.
    #[inline(always)]
    fn soften<const G: usize, const TAIL: bool>(
        &mut self,
        block: &Block<'_, S, G>,
        q: usize,
        p: usize,
        distance: [S::V; G],
        y: [[S::V; C]; G],
    ) {
        let s = self.s;
        let mut z = self.logits::<G, TAIL>(block, &distance, self.max[q]);
        let mut top = self.highest(&z);
        if !s.any_greater(top, s.splat(CUT)) {
            return;
        }
        if s.any_greater(top, s.splat(GROW)) {
            let mut lane = <S::Lane as bytemuck::Zeroable>::zeroed();
            top = self.highest(&self.logits::<G, TAIL>(block, &distance, 0.0));
            s.store(top, &mut lane);
            self.grow(q, bytemuck::cast_slice(std::slice::from_ref(&lane)));
            z = self.logits::<G, TAIL>(block, &distance, self.max[q]);
        }
        let sums = &mut self.sums[q * Self::STRIDE..][..Self::STRIDE];
        let mut total = [s.splat(0.0); C];
        for c in 0..C {
            total[c] = s.load(&sums[1 + c]);
        }
        let mut weight = s.load(&sums[0]);
        let mut log = s.splat(0.0);
        for (z, y) in z.into_iter().zip(&y) {
            let w = s.exp2(z);
            weight = s.add(weight, w);
            for c in 0..C {
                total[c] = s.mul_add(w, y[c], total[c]);
            }
            if TRACE {
                log = s.mul_add(w, s.max(z, s.splat(2.0 * CUT)), log);
            }
        }
        s.store(weight, &mut sums[0]);
        for c in 0..C {
            s.store(total[c], &mut sums[1 + c]);
        }
        if TRACE {
            let z = self.logits::<G, TAIL>(block, &distance, 0.0);
            let trace = &mut self.trace[q * 3..][..3];
            let (mut best, mut code) = (s.load(&trace[0]), s.load(&trace[1]));
            let pixels = (self.query.rows.size * self.query.columns.size) as u32;
            for (g, z) in z.into_iter().enumerate() {
                // Place and group travel through the lanes as bits.
                let here = s.splat(f32::from_bits((block.first + g) as u32 * pixels + p as u32));
                code = s.select_greater(z, best, here, code);
                best = s.max(z, best);
            }
            s.store(best, &mut trace[0]);
            s.store(code, &mut trace[1]);
            let sum = s.add(log, s.load(&trace[2]));
            s.store(sum, &mut trace[2]);
        }
    }

    /// Logits of squared distances, relative to `max`.
    #[inline(always)]
    fn logits<const G: usize, const TAIL: bool>(
        &self,
        block: &Block<'_, S, G>,
        distance: &[S::V; G],
        max: f32,
    ) -> [S::V; G] {
        let s = self.s;
        let mut z = *distance;
        for z in &mut z {
            *z = s.mul_sub(*z, s.splat(self.query.logit), s.splat(max));
            if TAIL {
                *z = s.add(*z, block.bias);
            }
        }
        z
    }

    #[inline(always)]
    fn highest<const G: usize>(&self, z: &[S::V; G]) -> S::V {
        let mut top = z[0];
        for z in &z[1..] {
            top = self.s.max(top, *z);
        }
        top
    }

    /// Moves the reference logit of pixel `q` up to the largest of `logits`.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, q: usize, logits: &[f32]) {
        let old = self.max[q];
        let new = logits.iter().copied().fold(old, f32::max);
        let shift = old - new;
        let factor = if old == f32::NEG_INFINITY { 0.0 } else { libm::exp2f(shift) };
        self.max[q] = new;
        let lanes = S::LANES;
        let sums: &mut [f32] = bytemuck::cast_slice_mut(&mut self.sums[q * Self::STRIDE..(q + 1) * Self::STRIDE]);
        if TRACE && factor > 0.0 {
            let log: &mut [f32] = bytemuck::cast_slice_mut(&mut self.trace[q * 3 + 2..q * 3 + 3]);
            for (log, sum) in log.iter_mut().zip(&sums[..lanes]) {
                *log = factor * (*log + sum * shift);
            }
        }
        for v in sums {
            *v *= factor;
        }
    }

    /// Clears the sums of a block; the reference logits stay.
    fn reset(&mut self) {
        bytemuck::cast_slice_mut::<_, f32>(&mut self.sums).fill(0.0);
        if TRACE {
            for lane in self.trace.chunks_exact_mut(3) {
                bytemuck::cast_slice_mut::<_, f32>(lane).fill(0.0);
                bytemuck::cast_slice_mut::<_, f32>(&mut lane[..1]).fill(f32::NEG_INFINITY);
            }
        }
    }

    /// Hands the sums of a block over in f64.
    fn flush(&self, training: &Training, partial: &mut Partial) {
        let pixels = self.max.len() as u32;
        for (q, max) in self.max.iter().enumerate() {
            let sums: &[f32] = bytemuck::cast_slice(&self.sums[q * Self::STRIDE..(q + 1) * Self::STRIDE]);
            let total = |row: &[f32]| row.iter().map(|v| f64::from(*v)).sum::<f64>();
            let values: [f64; C] = core::array::from_fn(|c| total(&sums[(1 + c) * S::LANES..(2 + c) * S::LANES]));
            let mut cell = Cell { max: f64::from(*max), sum: total(&sums[..S::LANES]), ..Cell::EMPTY };
            if TRACE {
                let trace: &[f32] = bytemuck::cast_slice(&self.trace[q * 3..q * 3 + 3]);
                let (best, rest) = trace.split_at(S::LANES);
                let (code, log) = rest.split_at(S::LANES);
                cell.log = total(log);
                for (l, (best, code)) in best.iter().zip(code).enumerate() {
                    if f64::from(*best) > cell.best {
                        let code = code.to_bits();
                        cell.best = f64::from(*best);
                        cell.place = code % pixels;
                        cell.image = (training.first() + (code / pixels) as usize * S::LANES + l) as u32;
                    }
                }
            }
            partial.add(q, cell, &values);
        }
    }
}

/// Copies a group `[C, H, W]` into its padded form.
fn pad<Lane: Copy, const C: usize>(group: &[Lane], rows: &Axis, columns: &Axis, to: &mut [Lane]) {
    let (height, width) = (rows.y_size(), columns.y_size());
    for c in 0..C {
        for r in 0..height {
            let inside = (rows.y_pad..rows.y_pad + rows.size).contains(&r);
            if rows.pad == Pad::Zeros && !inside {
                continue;
            }
            let from = (r + rows.size - rows.y_pad) % rows.size;
            let from = &group[(c * rows.size + from) * columns.size..][..columns.size];
            let line = &mut to[(c * height + r) * width..][..width];
            line[columns.y_pad..columns.y_pad + columns.size].copy_from_slice(from);
            if columns.pad == Pad::Wrap {
                line[..columns.y_pad].copy_from_slice(&from[columns.size - columns.y_pad..]);
                line[columns.y_pad + columns.size..].copy_from_slice(&from[..columns.y_pad]);
            }
        }
    }
}

/// Pads a picture `[C, H, W]` for a plan.
pub(super) fn pad_query(x: &[f32], channels: usize, rows: &Axis, columns: &Axis) -> Vec<f32> {
    let place = |axis: &Axis, i: usize| -> Option<usize> {
        match axis.pad {
            Pad::Zeros => i.checked_sub(axis.x_pad).filter(|i| *i < axis.size),
            Pad::Wrap => Some((i + axis.size - axis.x_pad) % axis.size),
        }
    };
    let mut out = vec![0.0; channels * rows.x_size * columns.x_size];
    for (n, to) in out.iter_mut().enumerate() {
        let (line, j) = (n / columns.x_size, n % columns.x_size);
        let (c, i) = (line / rows.x_size, line % rows.x_size);
        if let (Some(i), Some(j)) = (place(rows, i), place(columns, j)) {
            *to = x[(c * rows.size + i) * columns.size + j];
        }
    }
    out
}

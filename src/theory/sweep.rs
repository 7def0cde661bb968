//! The inner loops of the patch posterior. For one displacement `d = p − q` the squared differences
//! `E(q) = Σ_c (x(q) − a y(q + d))²` are summed over all windows at a cost that does not depend on the window, and each
//! window's sum goes straight into a streaming softmax. No closures around vectors here: they lose the instruction set.
//!
//! Box sums without subtraction (van Herk 1992; Gil & Werman 1993): cut the axis into blocks of k; a window is the end
//! of one block plus the start of the next. Taking old values away from a running sum would cost a little less, but
//! leaves rounding errors as large as the largest sum that passed by, which at small t drown the smallest sums, the
//! only ones that matter. For the same reason every `E` has its expectation `C s²` taken off: all windows that compete
//! hold the same number of pixels, so it cancels, and sums that matter stay near zero.

use super::partial::Partial;
use super::plan::{Axis, Pad, Run};
use super::softmax::{Softmax, Source};
use super::training::Training;
use crate::denoiser::ImageShape;
use crate::simd::Simd;
use core::ops::Range;

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

/// One run. `C` is the number of channels, `TRACE` whether provenance is kept.
struct Work<'a, S: Simd, const C: usize, const TRACE: bool> {
    s: S,
    query: &'a Query,
    softmax: Softmax<S, C, TRACE>,
}

/// One row of an image, by channel.
type Line<'a, T, const C: usize> = [&'a [T]; C];

/// `G` groups of lanes that share every displacement, padded as the plan says: `[C, rows, columns]` each.
struct Block<'a, S: Simd, const G: usize> {
    source: Source<S>,
    y: [&'a [S::Lane]; G],
}

/// Where a row of windows lies.
struct Place {
    /// First pixel of the query's row.
    line: usize,
    /// First column in it; later ones wrap around.
    column: usize,
    /// First training pixel.
    origin: usize,
    /// The pixel in the middle of the first window, in the padded training image.
    middle: usize,
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
    #[inline(always)]
    fn new(s: S, query: &'a Query) -> Self {
        let softmax = Softmax::new(s, query.rows.size * query.columns.size, query.logit);
        Work { s, query, softmax }
    }

    #[inline(always)]
    fn run(mut self, training: &Training, groups: Range<usize>, partial: &mut Partial) {
        let (rows, columns) = (&self.query.rows, &self.query.columns);
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        let padded = vec![zero; C * rows.y_size() * columns.y_size()];
        let mut stores = [padded.clone(), padded.clone(), padded.clone(), padded];
        let full = training.count() / S::LANES;
        let mut g = groups.start;
        while g < groups.end {
            // As many whole groups at once as the registers hold; the last, which may lack images, goes alone.
            let whole = full.min(groups.end).saturating_sub(g);
            let taken = if S::WIDE && whole >= 4 { 4 } else { whole.clamp(1, 2) };
            for (i, store) in stores[..taken].iter_mut().enumerate() {
                pad::<S::Lane, C>(training.group(g + i), rows, columns, store);
            }
            self.softmax.reset();
            let mut bias = zero;
            for (l, b) in bytemuck::cast_slice_mut::<_, f32>(std::slice::from_mut(&mut bias)).iter_mut().enumerate() {
                *b = if g * S::LANES + l < training.count() { 0.0 } else { f32::NEG_INFINITY };
            }
            let source = Source { first: g, bias: self.s.load(&bias) };
            let [y0, y1, y2, y3] = &stores;
            match taken {
                4 if S::WIDE => self.block::<4, false>(Block { source, y: [y0, y1, y2, y3] }),
                2 => self.block::<2, false>(Block { source, y: [y0, y1] }),
                _ => self.block::<1, true>(Block { source, y: [y0] }),
            }
            self.softmax.flush(training, partial);
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
        let narrow = rows.window == 3 && columns.window == 3;
        for down in &rows.runs {
            for across in &columns.runs {
                if narrow {
                    self.narrow::<G, TAIL>(&block, *down, *across, &mut scratch.below);
                } else {
                    self.sweep::<G, TAIL>(&block, *down, *across, &mut scratch);
                }
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
            } else {
                let (x, y) = self.lines(block, down, across, i + k - 1, width);
                let rest = &below[position * width..][..width];
                if position == 1 {
                    above.fill([<S::Lane as bytemuck::Zeroable>::zeroed(); G]);
                }
                for (j, ((to, start), end)) in tall.iter_mut().zip(above.iter_mut()).zip(rest).enumerate() {
                    let e = self.plus(self.squared(a, &x, &y, j), start);
                    self.put(start, e);
                    self.put(to, self.plus(e, end));
                }
            }
            let sums: &[[S::Lane; G]] = if position == 0 { &below[..width] } else { tall };
            self.row::<G, TAIL>(block, down, across, i, sums, right);
        }
    }

    /// As [`Work::sweep`] for windows of 3×3, the commonest by far: three rows of `E` are kept in turn, and sums of
    /// three are simply taken.
    #[inline(always)]
    fn narrow<const G: usize, const TAIL: bool>(
        &mut self,
        block: &Block<'_, S, G>,
        down: Run,
        across: Run,
        ring: &mut [[S::Lane; G]],
    ) {
        let width = across.len + 2;
        let a = self.s.splat(self.query.a);
        let (zero, rest) = ring.split_at_mut(width);
        let (one, rest) = rest.split_at_mut(width);
        let two = &mut rest[..width];
        for (r, line) in [&mut *zero, &mut *one].into_iter().enumerate() {
            let (x, y) = self.lines(block, down, across, r, width);
            for (j, to) in line.iter_mut().enumerate() {
                self.put(to, self.squared(a, &x, &y, j));
            }
        }
        for i in 0..down.len {
            let (first, second, third) = match i % 3 {
                0 => (&*zero, &*one, &mut *two),
                1 => (&*one, &*two, &mut *zero),
                _ => (&*two, &*zero, &mut *one),
            };
            let (x, y) = self.lines(block, down, across, i + 2, width);
            let place = self.place(down, across, i);
            let mut pair = [self.s.splat(0.0); G];
            let mut last = pair;
            for (j, ((upper, middle), lower)) in first.iter().zip(second).zip(third).enumerate() {
                let e = self.squared(a, &x, &y, j);
                self.put(lower, e);
                let tall = self.plus(self.plus(e, upper), middle);
                let mut sum = pair;
                for g in 0..G {
                    sum[g] = self.s.add(pair[g], tall[g]);
                    pair[g] = self.s.add(last[g], tall[g]);
                }
                last = tall;
                if j >= 2 {
                    self.answer::<G, TAIL>(block, &place, j - 2, sum);
                }
            }
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
            for (line, image) in y.iter_mut().zip(&block.y) {
                line[c] = &image[(c * rows.y_size() + down.y + r) * columns.y_size() + across.y..][..width];
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
    // Natively it must be inlined into the function that has the instruction set; in the browser size counts.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn row<const G: usize, const TAIL: bool>(
        &mut self,
        block: &Block<'_, S, G>,
        down: Run,
        across: Run,
        i: usize,
        tall: &[[S::Lane; G]],
        right: &mut [[S::Lane; G]],
    ) {
        let k = self.query.columns.window;
        let place = self.place(down, across, i);
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
            self.answer::<G, TAIL>(block, &place, j, sum);
        }
    }

    /// Where row `i` of a rectangle lies.
    #[inline(always)]
    fn place(&self, down: Run, across: Run, i: usize) -> Place {
        let (rows, columns) = (&self.query.rows, &self.query.columns);
        Place {
            line: (down.q + i) % rows.size * columns.size,
            column: across.q,
            origin: (down.p + i) * columns.size + across.p,
            middle: (down.y + i + rows.half()) * columns.y_size() + across.y + columns.half(),
        }
    }

    /// Hands the distances of the `j`-th window of a row, and the values in its middle, to the softmax of its pixel.
    #[inline(always)]
    fn answer<const G: usize, const TAIL: bool>(
        &mut self,
        block: &Block<'_, S, G>,
        place: &Place,
        j: usize,
        distance: [S::V; G],
    ) {
        let (rows, columns) = (&self.query.rows, &self.query.columns);
        let plane = rows.y_size() * columns.y_size();
        let column = place.column + j;
        let q = place.line + if column >= columns.size { column - columns.size } else { column };
        let mut y = [[self.s.splat(0.0); C]; G];
        for (values, image) in y.iter_mut().zip(&block.y) {
            for (c, value) in values.iter_mut().enumerate() {
                *value = self.s.load(&image[c * plane + place.middle + j]);
            }
        }
        self.softmax.soften::<G, TAIL>(block.source, q, place.origin + j, distance, y);
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

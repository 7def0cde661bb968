//! The second half of a composite ([`super::composite`]): the weights of all windows are known by now, so every pair of a
//! window and a training patch adds to all pixels that the window covers. For one displacement the weights are summed over
//! the windows that cover a pixel, with two running sums, so the cost does not depend on the window here either:
//!
//! ```text
//! Σ_i [i covers q] w_i(d) y(q + d) = y(q + d) · box(w(d))(q)
//! ```
//!
//! A soft window says as much of a pixel as it looks at it, so the box is a soft one, too: two boxes, one after the other.
//!
//! Works on the same bands, runs and lanes as [`super::sweep`]. Weights lie in [0, 1], so running sums may take old values
//! away again: what rounding leaves behind is 1e-7 of a weight.

use super::band::{Band, MOST, bands};
use super::boxes::{Again, Along, Cells, Corner, READ, first, plus, put};
use super::composite::{Composite, Levels};
use super::plan::Run;
use super::sheet::{MARGIN, PIECE, pitch};
use super::sweep::{Query, pad_training};
use super::training::Training;
use crate::simd::{Apart, Simd};
use core::ops::Range;

/// Weights below `2^CUT` are skipped, as in [`super::softmax`].
const CUT: f32 = -36.0;

/// Adds what the images of `groups` give to `composite`.
#[inline(always)]
pub(super) fn run<S: Simd>(
    s: S,
    query: &Query,
    levels: &Levels,
    training: &Training,
    groups: Range<usize>,
    composite: &mut Composite,
) {
    match (query.shape.channels, S::WIDE) {
        (1, true) => Spread::<S, 1, 4, 5>::new(s, query, levels).run(training, groups, composite),
        (1, false) => Spread::<S, 1, 2, 3>::new(s, query, levels).run(training, groups, composite),
        (_, true) => Spread::<S, 3, 4, 5>::new(s, query, levels).run(training, groups, composite),
        (_, false) => Spread::<S, 3, 2, 3>::new(s, query, levels).run(training, groups, composite),
    }
}

/// One run over training images; `W` displacements of rows at once, `T = W + 1`.
struct Spread<'a, S: Simd, const C: usize, const W: usize, const T: usize> {
    s: S,
    query: &'a Query,
    levels: &'a Levels,
    bands: Vec<Band>,
    /// The training images of one group times `a_t`, and as they are, as in [`super::sweep`].
    y: Vec<S::Lane>,
    values: Vec<S::Lane>,
    /// Window sums of a piece of a sheet, then the windows' weights, column by column.
    held: Vec<[S::Lane; W]>,
    /// Weights summed over the first box of a soft window.
    wider: Vec<[S::Lane; W]>,
    /// The weights of the windows that cover a column, by their row.
    covering: Vec<[S::Lane; W]>,
    /// `Σ w y` of each pixel of the padded query, `[C, columns, rows]`, by lane.
    sums: Vec<S::Lane>,
}

impl<'a, S: Simd, const C: usize, const W: usize, const T: usize> Spread<'a, S, C, W, T> {
    #[inline(always)]
    fn new(s: S, query: &'a Query, levels: &'a Levels) -> Self {
        let (rows, columns) = (&query.rows, &query.columns);
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        let y = vec![zero; C * columns.y_size() * pitch(rows.y_size()) + 2 * MARGIN];
        let bands = bands(rows, W, false);
        let longest = bands.iter().map(|b| b.len).max().unwrap_or(0);
        let pitch = pitch(longest + rows.window + READ);
        let held = vec![[zero; W]; (pitch * columns.window).max(PIECE) + pitch];
        let sums = vec![zero; C * columns.x_size * rows.x_size];
        let covering = vec![[zero; W]; longest + rows.window];
        Spread { s, query, levels, bands, values: y.clone(), y, held, wider: Vec::new(), covering, sums }
    }

    #[inline(always)]
    fn run(mut self, training: &Training, groups: Range<usize>, composite: &mut Composite) {
        for g in groups {
            let lanes = S::LANES.min(training.count() - g * S::LANES);
            if lanes < S::LANES {
                // The last group, which lacks images, is summed alone.
                self.flush(S::LANES, composite);
            }
            pad_training::<S, C>(self.s, self.query, training.group(g), &mut self.values, &mut self.y);
            for band in 0..self.bands.len() {
                for run in &self.query.columns.runs {
                    self.sheet(band, *run);
                }
            }
            if lanes < S::LANES {
                self.flush(lanes, composite);
            }
        }
        self.flush(S::LANES, composite);
    }

    /// Hands the sums of the first `lanes` lanes over, and begins anew.
    #[inline(always)]
    fn flush(&mut self, lanes: usize, composite: &mut Composite) {
        let sums = self.sums.iter().map(|sums| {
            let sums: &[f32] = bytemuck::cast_slice(std::slice::from_ref(sums));
            sums[..lanes].iter().map(|v| f64::from(*v)).sum()
        });
        composite.add(&self.query.rows, &self.query.columns, sums);
        bytemuck::cast_slice_mut::<_, f32>(&mut self.sums).fill(0.0);
    }

    /// All pairs of a band of rows and a run of columns.
    #[inline(always)]
    fn sheet(&mut self, band: usize, run: Run) {
        let (s, query) = (self.s, self.query);
        let (rows, columns) = (&query.rows, &query.columns);
        let band = &self.bands[band];
        let cells: Cells<'_, S, C> = query.cells(&self.y);
        let height = band.len + rows.window - 1;
        let pitch = pitch(height + READ - 1);
        let (k, soft) = (columns.first(), columns.soft);
        let piece = k * (PIECE / MOST / pitch / k).max(1);
        for from in (0..run.len).step_by(piece) {
            let wide = piece.min(run.len - from);
            let at = Corner {
                x: (run.x + from) * cells.x_pitch + band.x,
                y: (run.y + from) * cells.y_pitch + (MARGIN as isize + band.y) as usize,
            };
            let held = &mut self.held;
            s.apart(Along::<S, C, W, T> { cells, at, height, k, len: wide + soft - 1, to: held, pitch });
            if soft > 1 {
                s.apart(Again::<S, W> { held, pitch, height, columns: wide, soft, first: rows.first() });
            }
            let mut found = Found { rows: band.len..0, columns: wide..0 };
            let held = &mut held[..wide * pitch];
            let (levels, q) = (self.levels, run.q + from);
            s.apart(Weigh::<S, W> { query, levels, band, q, held, pitch, found: &mut found });
            if found.rows.is_empty() {
                continue;
            }
            let mut weights = Weights { held, pitch, found };
            let (values, covering, sums) = (&self.values, &mut self.covering, &mut self.sums);
            if soft > 1 {
                let zero = [<S::Lane as bytemuck::Zeroable>::zeroed(); W];
                self.wider.resize(((wide + k) * pitch).max(self.wider.len()), zero);
                let (high, to) = (rows.first(), &mut self.wider[..]);
                s.apart(Widen::<S, W> { weights: &weights, high, wide: k, covering, to });
                let Found { rows, columns } = weights.found;
                let found =
                    Found { rows: rows.start..rows.end + high - 1, columns: columns.start..columns.end + k - 1 };
                weights = Weights { held: &self.wider, pitch, found };
            }
            s.apart(Cover::<S, C, W> { query, cells, values, weights, at, covering, sums });
        }
    }
}

/// Where a piece of a sheet has weights.
#[derive(Clone)]
struct Found {
    rows: Range<usize>,
    columns: Range<usize>,
}

/// Weights of a piece of a sheet, column by column; what was not found is none.
#[derive(Clone)]
struct Weights<'a, S: Simd, const W: usize> {
    held: &'a [[S::Lane; W]],
    pitch: usize,
    found: Found,
}

impl<S: Simd, const W: usize> Weights<'_, S, W> {
    /// Brings `covering` from column `c − 1` to `c`: what the `wide` columns that end there hold, row by row.
    #[inline(always)]
    fn across(&self, s: S, wide: usize, c: usize, covering: &mut [[S::Lane; W]]) {
        let Weights { held, pitch, found: Found { rows, columns } } = self;
        for r in rows.clone() {
            let mut sum = load(s, &covering[r]);
            if c < columns.end {
                sum = plus(s, sum, &held[r + c * pitch]);
            }
            if c >= columns.start + wide {
                sum = minus(s, sum, &held[r + (c - wide) * pitch]);
            }
            put(s, &mut covering[r], &sum);
        }
    }

    /// What the windows of `high` rows and `wide` columns that cover a pixel hold together: told for each pixel that any covers, by its
    /// row and column, column after column.
    #[inline(always)]
    fn cover(
        &self,
        s: S,
        (high, wide): (usize, usize),
        covering: &mut [[S::Lane; W]],
        mut tell: impl FnMut(usize, usize, [S::V; W]),
    ) {
        let Found { rows, columns } = self.found.clone();
        covering[rows.clone()].fill(<[S::Lane; W] as bytemuck::Zeroable>::zeroed());
        for c in columns.start..columns.end + wide - 1 {
            self.across(s, wide, c, covering);
            let mut sum = [s.splat(0.0); W];
            for r in rows.start..rows.end + high - 1 {
                if r < rows.end {
                    sum = plus(s, sum, &covering[r]);
                }
                if r >= rows.start + high {
                    sum = minus(s, sum, &covering[r - high]);
                }
                tell(r, c, sum);
            }
        }
    }
}

/// Sums windows down the columns, whose sums along rows are in `held`, and puts their weights there.
struct Weigh<'a, S: Simd, const W: usize> {
    query: &'a Query,
    levels: &'a Levels,
    band: &'a Band,
    /// The query pixel of the first column; those beyond the edge wrap around.
    q: usize,
    held: &'a mut [[S::Lane; W]],
    pitch: usize,
    found: &'a mut Found,
}

impl<S: Simd, const W: usize> Apart<S> for Weigh<'_, S, W> {
    #[inline(always)]
    fn run(self, s: S) {
        let Weigh { query, levels, band, q, held, pitch, found } = self;
        let (k, len) = (query.rows.last(), band.len);
        let (height, width) = (query.rows.size, query.columns.size);
        let logit = s.splat(query.logit);
        for (j, column) in held.chunks_exact_mut(pitch).enumerate() {
            let level = |i: usize| (band.q + i) % height * width + (q + j) % width;
            for b in (0..len).step_by(k) {
                let m = k.min(len - b);
                let mut sums = [s.splat(0.0); W];
                for r in (b + m..b + k).rev() {
                    sums = plus(s, sums, &column[r]);
                }
                for r in (b..b + m).rev() {
                    sums = plus(s, sums, &column[r]);
                    put(s, &mut column[r], &sums);
                }
                let mut sums = [s.splat(0.0); W];
                for i in b..b + m {
                    if i > b {
                        sums = plus(s, sums, &column[k - 1 + i]);
                    }
                    let distance = plus(s, sums, &column[i]);
                    let (max, sum) = levels.at(level(i));
                    let mut weights = [s.splat(0.0); W];
                    let mut any = false;
                    for w in 0..W {
                        let z = s.sub(s.mul_sub(distance[w], logit, s.splat(max)), s.splat(sum));
                        if s.any_greater(z, s.splat(CUT)) && band.valid[w].contains(&i) {
                            weights[w] = s.exp2(z);
                            any = true;
                        }
                    }
                    put(s, &mut column[i], &weights);
                    if any {
                        found.rows = found.rows.start.min(i)..found.rows.end.max(i + 1);
                        found.columns = found.columns.start.min(j)..j + 1;
                    }
                }
            }
        }
    }
}

/// Sums weights over `high` rows and `wide` columns, the first of two boxes, and puts the sums into `to`.
struct Widen<'a, 'b, S: Simd, const W: usize> {
    weights: &'b Weights<'a, S, W>,
    high: usize,
    wide: usize,
    covering: &'a mut [[S::Lane; W]],
    to: &'a mut [[S::Lane; W]],
}

impl<S: Simd, const W: usize> Apart<S> for Widen<'_, '_, S, W> {
    #[inline(always)]
    fn run(self, s: S) {
        let Widen { weights, high, wide, covering, to } = self;
        weights.cover(s, (high, wide), covering, |r, c, sum| put(s, &mut to[r + c * weights.pitch], &sum));
    }
}

/// Adds what weights say to the pixels that their windows cover, or the last boxes of them.
struct Cover<'a, S: Simd, const C: usize, const W: usize> {
    query: &'a Query,
    cells: Cells<'a, S, C>,
    values: &'a [S::Lane],
    weights: Weights<'a, S, W>,
    at: Corner,
    covering: &'a mut [[S::Lane; W]],
    sums: &'a mut [S::Lane],
}

impl<S: Simd, const C: usize, const W: usize> Apart<S> for Cover<'_, S, C, W> {
    #[inline(always)]
    fn run(self, s: S) {
        let Cover { query, cells, values, weights, at, covering, sums } = self;
        weights.cover(s, (query.rows.last(), query.columns.last()), covering, |r, c, sum| {
            for channel in 0..C {
                let y: &[S::Lane; W] = first(values, at.y + c * cells.y_pitch + r + channel * cells.y_plane);
                let to = &mut sums[at.x + c * cells.x_pitch + r + channel * cells.x_plane];
                let mut total = s.load(to);
                for (weight, y) in sum.iter().zip(y) {
                    total = s.mul_add(*weight, s.load(y), total);
                }
                s.store(total, to);
            }
        });
    }
}

#[inline(always)]
fn load<S: Simd, const W: usize>(s: S, from: &[S::Lane; W]) -> [S::V; W] {
    plus(s, [s.splat(0.0); W], from)
}

#[inline(always)]
fn minus<S: Simd, const W: usize>(s: S, mut sums: [S::V; W], less: &[S::Lane; W]) -> [S::V; W] {
    for (sum, less) in sums.iter_mut().zip(less) {
        *sum = s.sub(*sum, s.load(less));
    }
    sums
}

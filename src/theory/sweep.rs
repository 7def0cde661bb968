//! The inner loops of the patch posterior. For one displacement `d = p − q` the squared differences
//! `E(q) = Σ_c (x(q) − a y(q + d))²` are summed over all windows at a cost that does not depend on the window, and each
//! window's sum goes straight into a streaming softmax. No closures around vectors here: they lose the instruction set.
//!
//! One vector holds the same pixel of several training images; displacements of rows go in bands ([`super::band`]).
//! Pictures are held column by column, so that all that a band needs of a column lies together. A band of rows against a
//! run of columns is a [`super::sheet`]. Every `E` has its expectation `C s²` taken off: all windows that compete hold the
//! same number of pixels, so it cancels, and sums that matter stay near zero.

use super::band::{Band, MOST, bands};
use super::boxes::{Cells, READ};
use super::partial::Partial;
use super::plan::{Axis, Pad};
use super::sheet::{MARGIN, PIECE, Sheet, pitch};
use super::softmax::Softmax;
use super::training::Training;
use crate::denoiser::ImageShape;
use crate::simd::Simd;
use core::ops::Range;

/// Weights that a sum in f32 may take, about; then sums are handed over in f64.
const SUMMED: usize = 8192;
/// Whether there is code for single displacements. In the browser size counts, and a pair that is half empty will do.
const ALONE: bool = !cfg!(target_arch = "wasm32");

/// What is asked of the training set: one noisy picture at one time.
pub(super) struct Query {
    pub shape: ImageShape,
    pub rows: Axis,
    pub columns: Axis,
    /// The picture, made by [`pad_query`].
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

impl Query {
    /// The picture beside a group of padded training images times `a_t`, `[C, columns, rows]` between margins.
    #[inline(always)]
    pub fn cells<'a, S: Simd, const C: usize>(&'a self, y: &'a [S::Lane]) -> Cells<'a, S, C> {
        let (rows, columns) = (&self.rows, &self.columns);
        let (x_pitch, y_pitch) = (rows.x_size, pitch(rows.y_size()));
        let (x_plane, y_plane) = (columns.x_size * x_pitch, columns.y_size() * y_pitch);
        Cells { x: &self.x, y, x_pitch, y_pitch, x_plane, y_plane, centre: self.centre }
    }
}

/// Adds the posterior over the images of `groups` to `partial`.
#[inline(always)]
pub(super) fn run<S: Simd>(s: S, query: &Query, training: &Training, groups: Range<usize>, partial: &mut Partial) {
    match (query.shape.channels, query.trace) {
        (1, false) => Sweep::<S, 1, false>::new(s, query).run(training, groups, partial),
        (1, true) => Sweep::<S, 1, true>::new(s, query).run(training, groups, partial),
        (_, false) => Sweep::<S, 3, false>::new(s, query).run(training, groups, partial),
        (_, true) => Sweep::<S, 3, true>::new(s, query).run(training, groups, partial),
    }
}

/// One run over the training set. `C` is the number of channels, `TRACE` whether provenance is kept.
struct Sweep<'a, S: Simd, const C: usize, const TRACE: bool> {
    s: S,
    query: &'a Query,
    bands: Vec<Band>,
    /// The training images of one group times `a_t`, `[C, columns, rows]`, between margins.
    y: Vec<S::Lane>,
    /// The same images as they are.
    values: Vec<S::Lane>,
    softmax: Softmax<S, C, TRACE>,
}

impl<'a, S: Simd, const C: usize, const TRACE: bool> Sweep<'a, S, C, TRACE> {
    #[inline(always)]
    fn new(s: S, query: &'a Query) -> Self {
        let (rows, columns) = (&query.rows, &query.columns);
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        let y = vec![zero; C * columns.y_size() * pitch(rows.y_size()) + 2 * MARGIN];
        let bands = bands(rows, if S::WIDE { MOST } else { 2 }, ALONE);
        // Query pixels beyond the edge of a ring are those from its start again: they are told apart until the end.
        let tall = bands.iter().map(|b| b.q + b.len).max().unwrap_or(0);
        let wide = columns.runs.iter().map(|r| r.q + r.len).max().unwrap_or(0);
        let softmax = Softmax::new(s, query.shape, tall, wide, query.logit);
        Sweep { s, query, bands, values: y.clone(), y, softmax }
    }

    #[inline(always)]
    fn run(mut self, training: &Training, groups: Range<usize>, partial: &mut Partial) {
        let full = training.count() / S::LANES;
        let together = (SUMMED / (self.query.rows.size * self.query.columns.size)).max(1);
        // Once with `dense` as it stands; where patches came that fit better by far than all before, again with care.
        let (mut dense, mut careful) = (false, false);
        let mut g = groups.start;
        while g < groups.end {
            // The last group, which may lack images, goes alone.
            let end = if g < full { groups.end.min(full).min(g + together) } else { g + 1 };
            self.softmax.reset();
            for g in g..end {
                self.group(training, g, dense && !careful);
                dense |= Self::MAY_BE_DENSE && self.softmax.mostly_taken();
            }
            careful = dense && !careful && self.softmax.overflown();
            if careful {
                continue;
            }
            let lanes = S::LANES.min(training.count() - g * S::LANES);
            self.softmax.flush(training, lanes, partial);
            g = end;
        }
    }

    /// Whether there is code that takes all weights, without looking at them first.
    const MAY_BE_DENSE: bool = S::LANES > 4 && !TRACE;

    /// All displacements of one group.
    #[inline(always)]
    fn group(&mut self, training: &Training, g: usize, dense: bool) {
        self.softmax.group = g;
        pad_training::<S, C>(self.s, self.query, training.group(g), &mut self.values, &mut self.y);
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        let held = self.held();
        let (mut four, mut two, mut one) = (Vec::new(), Vec::new(), vec![[zero; 1]; held]);
        if S::WIDE {
            four.resize(held, [zero; 4]);
        } else {
            two.resize(held, [zero; 2]);
        }
        let Sweep { query, bands, softmax, .. } = self;
        let (rows, columns) = (&query.rows, &query.columns);
        let cells = query.cells(&self.y);
        for band in bands.iter() {
            for run in &columns.runs {
                let sheet = Sheet { s: self.s, cells, values: &self.values, rows, columns, band, run: *run };
                match (band.together, S::WIDE, dense && Self::MAY_BE_DENSE) {
                    (true, true, true) => sheet.sweep::<TRACE, true, 4, 5>(softmax, &mut four),
                    (true, true, false) => sheet.sweep::<TRACE, false, 4, 5>(softmax, &mut four),
                    (true, false, true) => sheet.sweep::<TRACE, true, 2, 3>(softmax, &mut two),
                    (true, false, false) => sheet.sweep::<TRACE, false, 2, 3>(softmax, &mut two),
                    (false, _, true) if ALONE => sheet.sweep::<TRACE, true, 1, 2>(softmax, &mut one),
                    (false, _, false) if ALONE => sheet.sweep::<TRACE, false, 1, 2>(softmax, &mut one),
                    (false, ..) => {}
                }
            }
        }
    }

    /// How many sums a piece of a sheet may need.
    fn held(&self) -> usize {
        let (rows, columns) = (&self.query.rows, &self.query.columns);
        let longest = self.bands.iter().map(|b| b.len).max().unwrap_or(0);
        let pitch = pitch(longest + rows.window + READ);
        (pitch * columns.window.max(2)).max(PIECE).max(2 * longest) + pitch
    }
}

/// Takes in a group of training images `[C, H, W]`: padded, column by column; into `y` times `a_t`, and as it is into `values`.
#[inline(always)]
pub(super) fn pad_training<S: Simd, const C: usize>(
    s: S,
    query: &Query,
    group: &[S::Lane],
    values: &mut [S::Lane],
    y: &mut [S::Lane],
) {
    let Query { rows, columns, .. } = query;
    let (height, width, pitch) = (rows.y_size(), columns.y_size(), pitch(rows.y_size()));
    for c in 0..C {
        for j in 0..width {
            let Some(from) = inside(columns, j, columns.y_pad) else { continue };
            for i in 0..height {
                let Some(line) = inside(rows, i, rows.y_pad) else { continue };
                let v = s.load(&group[(c * rows.size + line) * columns.size + from]);
                let at = MARGIN + (c * width + j) * pitch + i;
                s.store(v, &mut values[at]);
                let v = s.mul_add(v, s.splat(query.a), s.splat(0.0));
                s.store(v, &mut y[at]);
            }
        }
    }
}

/// The pixel of the picture that lies at `i` of its padded form, if any.
#[inline(always)]
pub(super) fn inside(axis: &Axis, i: usize, pad: usize) -> Option<usize> {
    match axis.pad {
        Pad::Zeros => i.checked_sub(pad).filter(|i| *i < axis.size),
        Pad::Wrap => Some((i + axis.size - pad) % axis.size),
    }
}

/// Pads a picture `[C, H, W]` for a plan: `[C, columns.x_size, rows.x_size]`, and a little behind it.
pub(super) fn pad_query(x: &[f32], channels: usize, rows: &Axis, columns: &Axis) -> Vec<f32> {
    let size = channels * rows.x_size * columns.x_size;
    let mut out = vec![0.0; size + READ];
    for (n, to) in out[..size].iter_mut().enumerate() {
        let (line, i) = (n / rows.x_size, n % rows.x_size);
        let (c, j) = (line / columns.x_size, line % columns.x_size);
        if let (Some(i), Some(j)) = (inside(rows, i, rows.x_pad), inside(columns, j, columns.x_pad)) {
            *to = x[(c * rows.size + i) * columns.size + j];
        }
    }
    out
}

//! The streaming softmax of the patch posterior: squared distances come in vector by vector, and for each pixel only the
//! sums of weights and of weighted values are kept, relative to a reference logit that moves up when it must.

use super::partial::{self, Partial};
use super::training::Training;
use crate::denoiser::ImageShape;
use crate::simd::Simd;
use core::cell::Cell;
use core::ops::Range;

/// Weights below `2^CUT` of the largest are skipped: e⁻²⁵, so that ten million of them stay under 2e-4.
const CUT: f32 = -36.0;
/// The reference logit moves only when it is passed by this power of two: f32 holds the sums until then.
const GROW: f32 = 20.0;
/// Sums of weights beyond this are no longer trusted.
const TRUSTED: f32 = 1e30;

/// One softmax a pixel, held column by column. `C` is the number of channels, `TRACE` whether provenance is kept.
pub(super) struct Softmax<S: Simd, const C: usize, const TRACE: bool> {
    s: S,
    shape: ImageShape,
    rows: usize,
    /// `−log₂e / (2 s_t²)`: makes logits of squared distances.
    logit: f32,
    /// The group of images that distances now belong to.
    pub group: usize,
    /// How many times distances came, and how often a weight among them counted.
    pub asked: usize,
    taken: Cell<usize>,
    /// The reference logit of each pixel.
    max: Vec<f32>,
    /// `Σw, Σw·y…` of each pixel, by lane.
    sums: Vec<S::Lane>,
    /// `best logit, its place and group, Σw·log` of each pixel, by lane.
    trace: Vec<S::Lane>,
}

impl<S: Simd, const C: usize, const TRACE: bool> Softmax<S, C, TRACE> {
    const STRIDE: usize = 1 + C;

    /// For `columns` times `rows` pixels of a picture of `shape`, which go around where they are more than it has.
    #[inline(always)]
    pub fn new(s: S, shape: ImageShape, rows: usize, columns: usize, logit: f32) -> Self {
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        let pixels = rows * columns;
        let trace = vec![zero; if TRACE { pixels * 3 } else { 0 }];
        let (max, sums) = (vec![f32::NEG_INFINITY; pixels], vec![zero; pixels * Self::STRIDE]);
        Softmax { s, shape, rows, logit, group: 0, asked: 0, taken: Cell::new(0), max, sums, trace }
    }

    /// `len` pixels from `row` on of the first and the last of `columns`; the latter are none where it is one column.
    #[inline(always)]
    pub fn pixels(
        &mut self,
        columns: Range<usize>,
        row: usize,
        len: usize,
    ) -> (Pixels<'_, S, C, TRACE>, Pixels<'_, S, C, TRACE>) {
        let (s, logit, below) = (self.s, self.s.splat(self.logit), self.shape.width);
        // Place and group travel through the lanes as bits.
        let code = self.group * self.shape.height * self.shape.width;
        let (from, to) = (columns.start * self.rows + row, (columns.end - 1) * self.rows + row);
        let more = if to > from { len } else { 0 };
        let cut = to.max(from + len) - from;
        let (max, more_max) = self.max[from..].split_at_mut(cut);
        let (sums, more_sums) = self.sums[from * Self::STRIDE..].split_at_mut(cut * Self::STRIDE);
        let (trace, more_trace): (&mut [S::Lane], &mut [S::Lane]) =
            if TRACE { self.trace[from * 3..].split_at_mut(cut * 3) } else { (&mut [], &mut []) };
        let traced = if TRACE { 3 } else { 0 };
        let (max, sums, trace) = (&mut max[..len], &mut sums[..len * Self::STRIDE], &mut trace[..len * traced]);
        let first = Pixels { s, logit, code, below, taken: &self.taken, max, sums, trace };
        let max = &mut more_max[..more];
        let (sums, trace) = (&mut more_sums[..more * Self::STRIDE], &mut more_trace[..more * traced]);
        (first, Pixels { s, logit, code, below, taken: &self.taken, max, sums, trace })
    }

    /// Whether at least half of the distances that came were near enough for a weight.
    pub fn mostly_taken(&self) -> bool {
        2 * self.taken.get() > self.asked
    }

    /// Whether weights were so large that sums may be wrong.
    pub fn overflown(&self) -> bool {
        let sums: &[f32] = bytemuck::cast_slice(&self.sums);
        !sums.iter().all(|sum| sum.abs() < TRUSTED)
    }

    /// Clears the sums; the reference logits stay.
    pub fn reset(&mut self) {
        self.asked = 0;
        self.taken.set(0);
        bytemuck::cast_slice_mut::<_, f32>(&mut self.sums).fill(0.0);
        if TRACE {
            for lane in self.trace.chunks_exact_mut(3) {
                bytemuck::cast_slice_mut::<_, f32>(lane).fill(0.0);
                bytemuck::cast_slice_mut::<_, f32>(&mut lane[..1]).fill(f32::NEG_INFINITY);
            }
        }
    }

    /// Hands the sums of the first `lanes` lanes over in f64.
    pub fn flush(&self, training: &Training, lanes: usize, partial: &mut Partial) {
        let ImageShape { height, width, .. } = self.shape;
        let pixels = (height * width) as u32;
        for (q, max) in self.max.iter().enumerate() {
            let sums: &[f32] = bytemuck::cast_slice(&self.sums[q * Self::STRIDE..(q + 1) * Self::STRIDE]);
            let total = |n: usize| sum(&sums[n * S::LANES..][..lanes]);
            let values: [f64; C] = core::array::from_fn(|c| total(1 + c));
            let mut cell = partial::Cell { max: f64::from(*max), sum: total(0), ..partial::Cell::EMPTY };
            if TRACE {
                let trace: &[f32] = bytemuck::cast_slice(&self.trace[q * 3..q * 3 + 3]);
                let (best, rest) = trace.split_at(S::LANES);
                let (code, log) = rest.split_at(S::LANES);
                cell.log = sum(&log[..lanes]);
                for (l, (best, code)) in best.iter().zip(code).take(lanes).enumerate() {
                    if f64::from(*best) > cell.best {
                        let code = code.to_bits();
                        cell.best = f64::from(*best);
                        cell.place = code % pixels;
                        cell.image = (training.first() + (code / pixels) as usize * S::LANES + l) as u32;
                    }
                }
            }
            partial.add(q % self.rows % height * width + q / self.rows % width, cell, &values);
        }
    }
}

/// The softmaxes of part of a column, at work.
pub(super) struct Pixels<'a, S: Simd, const C: usize, const TRACE: bool> {
    s: S,
    logit: S::V,
    code: usize,
    below: usize,
    taken: &'a Cell<usize>,
    max: &'a mut [f32],
    sums: &'a mut [S::Lane],
    trace: &'a mut [S::Lane],
}

impl<S: Simd, const C: usize, const TRACE: bool> Pixels<'_, S, C, TRACE> {
    const STRIDE: usize = 1 + C;

    /// Takes `W` vectors of squared distances and values into the softmax of pixel `q`; they belong to the training
    /// pixel `p`, row by row, and those below it. Where `DENSE`, all weights are taken, and the reference logit stays:
    /// see [`Softmax::overflown`].
    #[inline(always)]
    pub fn soften<const DENSE: bool, const W: usize>(
        &mut self,
        q: usize,
        p: usize,
        distance: [S::V; W],
        y: [[S::V; C]; W],
    ) {
        let s = self.s;
        let mut z = self.logits(&distance, self.max[q]);
        if !DENSE {
            let mut top = self.highest(&z);
            if !s.any_greater(top, s.splat(CUT)) {
                return;
            }
            self.taken.set(self.taken.get() + 1);
            if s.any_greater(top, s.splat(GROW)) {
                let mut lane = <S::Lane as bytemuck::Zeroable>::zeroed();
                top = self.highest(&self.logits(&distance, 0.0));
                s.store(top, &mut lane);
                self.grow(q, bytemuck::cast_slice(std::slice::from_ref(&lane)));
                z = self.logits(&distance, self.max[q]);
            }
        }
        let sums = &mut self.sums[q * Self::STRIDE..][..Self::STRIDE];
        let mut total = [s.splat(0.0); C];
        for c in 0..C {
            total[c] = s.load(&sums[1 + c]);
        }
        let mut weight = s.load(&sums[0]);
        let mut log = s.splat(0.0);
        for (z, y) in z.into_iter().zip(&y) {
            let w = if DENSE { s.exp2_of_any(z) } else { s.exp2(z) };
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
            let z = self.logits(&distance, 0.0);
            let trace = &mut self.trace[q * 3..][..3];
            let (mut best, mut code) = (s.load(&trace[0]), s.load(&trace[1]));
            for (w, z) in z.into_iter().enumerate() {
                let here = s.splat(f32::from_bits((self.code + p + w * self.below) as u32));
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
    fn logits<const W: usize>(&self, distance: &[S::V; W], max: f32) -> [S::V; W] {
        let s = self.s;
        let mut z = *distance;
        for z in &mut z {
            *z = s.mul_sub(*z, self.logit, s.splat(max));
        }
        z
    }

    #[inline(always)]
    fn highest<const W: usize>(&self, z: &[S::V; W]) -> S::V {
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
        if TRACE {
            let log: &mut [f32] = bytemuck::cast_slice_mut(&mut self.trace[q * 3 + 2..q * 3 + 3]);
            for (log, sum) in log.iter_mut().zip(&sums[..lanes]) {
                // A factor that vanished takes everything with it, also where the shift is infinite.
                *log = if factor > 0.0 { factor * (*log + sum * shift) } else { 0.0 };
            }
        }
        for v in sums {
            *v *= factor;
        }
    }
}

/// In four strands, as a single one would wait for every addition.
fn sum(values: &[f32]) -> f64 {
    let mut strands = [0.0; 4];
    for (n, v) in values.iter().enumerate() {
        strands[n % 4] += f64::from(*v);
    }
    strands.iter().sum()
}

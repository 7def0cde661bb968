//! The streaming softmax of the patch posterior: squared distances come in vector by vector, and for each pixel only the
//! sums of weights and of weighted values are kept, relative to a reference logit that moves up when it must.

use super::partial::{Cell, Partial};
use super::training::Training;
use crate::simd::Simd;

/// Weights below `2^CUT` of the largest are skipped: e⁻²⁵, so that ten million of them stay under 2e-4.
const CUT: f32 = -36.0;
/// The reference logit moves only when it is passed by this power of two: f32 holds the sums until then.
const GROW: f32 = 20.0;

/// The groups of lanes that distances belong to.
#[derive(Clone, Copy)]
pub(super) struct Source<S: Simd> {
    /// Number of the first group.
    pub first: usize,
    /// Added to logits: −∞ for lanes without an image.
    pub bias: S::V,
}

/// One softmax a pixel. `C` is the number of channels, `TRACE` whether provenance is kept.
pub(super) struct Softmax<S: Simd, const C: usize, const TRACE: bool> {
    s: S,
    /// `−log₂e / (2 s_t²)`: makes logits of squared distances.
    logit: f32,
    /// The reference logit of each pixel.
    max: Vec<f32>,
    /// `Σw, Σw·y…` of each pixel, by lane.
    sums: Vec<S::Lane>,
    /// `best logit, its place and group, Σw·log` of each pixel, by lane.
    trace: Vec<S::Lane>,
}

impl<S: Simd, const C: usize, const TRACE: bool> Softmax<S, C, TRACE> {
    const STRIDE: usize = 1 + C;

    #[inline(always)]
    pub fn new(s: S, pixels: usize, logit: f32) -> Self {
        let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
        let trace = vec![zero; if TRACE { pixels * 3 } else { 0 }];
        Softmax { s, logit, max: vec![f32::NEG_INFINITY; pixels], sums: vec![zero; pixels * Self::STRIDE], trace }
    }

    /// Takes `G` vectors of squared distances and values into the softmax of pixel `q`.
    #[inline(always)]
    pub fn soften<const G: usize, const TAIL: bool>(
        &mut self,
        source: Source<S>,
        q: usize,
        p: usize,
        distance: [S::V; G],
        y: [[S::V; C]; G],
    ) {
        let s = self.s;
        let mut z = self.logits::<G, TAIL>(source, &distance, self.max[q]);
        let mut top = self.highest(&z);
        if !s.any_greater(top, s.splat(CUT)) {
            return;
        }
        if s.any_greater(top, s.splat(GROW)) {
            let mut lane = <S::Lane as bytemuck::Zeroable>::zeroed();
            top = self.highest(&self.logits::<G, TAIL>(source, &distance, 0.0));
            s.store(top, &mut lane);
            self.grow(q, bytemuck::cast_slice(std::slice::from_ref(&lane)));
            z = self.logits::<G, TAIL>(source, &distance, self.max[q]);
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
            let z = self.logits::<G, TAIL>(source, &distance, 0.0);
            let trace = &mut self.trace[q * 3..][..3];
            let (mut best, mut code) = (s.load(&trace[0]), s.load(&trace[1]));
            let pixels = self.max.len() as u32;
            for (g, z) in z.into_iter().enumerate() {
                // Place and group travel through the lanes as bits.
                let here = s.splat(f32::from_bits((source.first + g) as u32 * pixels + p as u32));
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
    fn logits<const G: usize, const TAIL: bool>(&self, source: Source<S>, distance: &[S::V; G], max: f32) -> [S::V; G] {
        let s = self.s;
        let mut z = *distance;
        for z in &mut z {
            *z = s.mul_sub(*z, s.splat(self.logit), s.splat(max));
            if TAIL {
                *z = s.add(*z, source.bias);
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

    /// Clears the sums of a block; the reference logits stay.
    pub fn reset(&mut self) {
        bytemuck::cast_slice_mut::<_, f32>(&mut self.sums).fill(0.0);
        if TRACE {
            for lane in self.trace.chunks_exact_mut(3) {
                bytemuck::cast_slice_mut::<_, f32>(lane).fill(0.0);
                bytemuck::cast_slice_mut::<_, f32>(&mut lane[..1]).fill(f32::NEG_INFINITY);
            }
        }
    }

    /// Hands the sums of a block over in f64.
    pub fn flush(&self, training: &Training, partial: &mut Partial) {
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

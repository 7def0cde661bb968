//! The patch posterior whose window is the whole image. All pixels then share one weight per image (the ideal score,
//! IS) or per image and circular shift (the equivariant score, ES), so distances are taken once for all of them.

use super::partial::{Cell, Partial};
use super::training::Training;
use crate::denoiser::ImageShape;
use crate::simd::Simd;
use core::ops::Range;

/// Weights below `2^CUT` of the largest are skipped, as in the sweep.
const CUT: f64 = -36.0;

/// What is asked of the training set: one noisy picture at one time.
pub(super) struct WholeQuery<'a> {
    pub shape: ImageShape,
    /// The picture, `[C, H, W]`.
    pub x: &'a [f32],
    /// `a_t`.
    pub a: f32,
    /// `−log₂e / (2 s_t²)`.
    pub logit: f32,
    /// `−C s_t²`, the expected squared difference of a pixel, negative; taken off for the sake of rounding.
    pub centre: f32,
    /// Whether training images may be shifted around the ring.
    pub shifted: bool,
}

/// Adds the posterior over the images of `groups` to `partial`.
#[inline(always)]
pub(super) fn run<S: Simd>(
    s: S,
    query: &WholeQuery<'_>,
    training: &Training,
    groups: Range<usize>,
    partial: &mut Partial,
) {
    let ImageShape { channels, height, width } = query.shape;
    let zero = <S::Lane as bytemuck::Zeroable>::zeroed();
    // Columns are written twice, so that a shifted row is one slice.
    let mut tile = vec![zero; channels * height * 2 * width];
    let shifts: Vec<(usize, usize)> = if query.shifted {
        (0..height).flat_map(|dr| (0..width).map(move |dc| (dr, dc))).collect()
    } else {
        vec![(0, 0)]
    };
    let mut logits = vec![zero; shifts.len()];
    let mut top = f64::NEG_INFINITY;
    for g in groups {
        for (line, from) in tile.chunks_exact_mut(2 * width).zip(training.group::<S::Lane>(g).chunks_exact(width)) {
            let (low, high) = line.split_at_mut(width);
            low.copy_from_slice(from);
            high.copy_from_slice(from);
        }
        for (logit, shift) in logits.iter_mut().zip(&shifts) {
            distance(s, query, &tile, *shift, logit);
        }
        let valid = (training.count() - g * S::LANES).min(S::LANES);
        top = answer(s, query, training, g, valid, &tile, &shifts, &mut logits, top, partial);
    }
}

/// The logit of one shift, by lane.
#[inline(always)]
fn distance<S: Simd>(s: S, query: &WholeQuery<'_>, tile: &[S::Lane], shift: (usize, usize), to: &mut S::Lane) {
    let ImageShape { channels, height, width } = query.shape;
    let (a, centre) = (s.splat(query.a), s.splat(query.centre));
    let mut total = s.splat(0.0);
    for r in 0..height {
        let mut row = s.splat(0.0);
        for c in 0..channels {
            let x = &query.x[(c * height + r) * width..][..width];
            let y = &tile[(c * height + (r + shift.0) % height) * 2 * width + shift.1..][..width];
            for (x, y) in x.iter().zip(y) {
                let d = s.neg_mul_add(s.load(y), a, s.splat(*x));
                row = s.mul_add(d, d, row);
                if c == 0 {
                    row = s.add(row, centre);
                }
            }
        }
        total = s.add(total, row);
    }
    s.store(s.mul_sub(total, s.splat(query.logit), s.splat(0.0)), to);
}

/// Weighs the shifts of one group and adds their pixels; gives back the largest logit so far.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // one step of `run`, apart only for reading
fn answer<S: Simd>(
    s: S,
    query: &WholeQuery<'_>,
    training: &Training,
    g: usize,
    valid: usize,
    tile: &[S::Lane],
    shifts: &[(usize, usize)],
    logits: &mut [S::Lane],
    top: f64,
    partial: &mut Partial,
) -> f64 {
    let ImageShape { channels, height, width } = query.shape;
    let mut best = (f64::NEG_INFINITY, 0, 0);
    for (n, lane) in logits.iter_mut().enumerate() {
        let lane: &mut [f32] = bytemuck::cast_slice_mut(std::slice::from_mut(lane));
        lane[valid..].fill(f32::NEG_INFINITY);
        for (l, z) in lane[..valid].iter().enumerate() {
            if f64::from(*z) > best.0 {
                best = (f64::from(*z), n, l);
            }
        }
    }
    let max = best.0;
    if max < top + CUT || max == f64::NEG_INFINITY {
        return top;
    }
    // Logits become weights; shifts that weigh nothing are dropped.
    let (mut sum, mut log) = (0.0, 0.0);
    let mut active = Vec::new();
    for (lane, shift) in logits.iter_mut().zip(shifts) {
        let row: &mut [f32] = bytemuck::cast_slice_mut(std::slice::from_mut(lane));
        let mut any = false;
        for z in row {
            let relative = f64::from(*z) - max;
            let w = if relative < CUT { 0.0 } else { libm::exp2(relative) };
            if w > 0.0 {
                sum += w;
                log += w * relative;
                any = true;
            }
            *z = w as f32;
        }
        if any {
            active.push((*lane, *shift));
        }
    }
    let mut values = vec![0.0; channels];
    for q in 0..height * width {
        let (r, j) = (q / width, q % width);
        for (c, value) in values.iter_mut().enumerate() {
            let mut lanes = s.splat(0.0);
            for (w, (dr, dc)) in &active {
                let y = &tile[(c * height + (r + dr) % height) * 2 * width + dc + j];
                lanes = s.mul_add(s.load(w), s.load(y), lanes);
            }
            let mut out = <S::Lane as bytemuck::Zeroable>::zeroed();
            s.store(lanes, &mut out);
            *value = bytemuck::cast_slice::<_, f32>(std::slice::from_ref(&out)).iter().map(|v| f64::from(*v)).sum();
        }
        let (dr, dc) = shifts[best.1];
        let cell = Cell {
            max,
            sum,
            log,
            best: best.0,
            image: (training.first() + g * S::LANES + best.2) as u32,
            place: ((r + dr) % height * width + (j + dc) % width) as u32,
        };
        partial.add(q, cell, &values);
    }
    top.max(max)
}

//! The inner loop that operations on the processor share: rows of inputs against blocks of weights, in registers.

use super::plane::{LANES, Lane};
use crate::simd::{BASELINE, Baseline, Simd};
use core::array::from_fn;

/// Vectors of output channels in a tile.
pub const WIDE: usize = 2;

/// A vector in a register.
pub type V = <Baseline as Simd>::V;

/// Products of rows of inputs, `step` vectors apart, with a block of weights, `[input, WIDE]`: `WIDE` vectors for each row, as many as fit
/// into `products`.
#[inline(never)]
pub fn multiply(inputs: &[Lane], step: usize, weights: &[Lane], products: &mut [Lane]) {
    #[inline(always)]
    fn rows<const P: usize>(inputs: &[Lane], step: usize, weights: &[Lane], products: &mut [Lane]) -> usize {
        let s = BASELINE;
        let mut sums = [[s.splat(0.0); WIDE]; P];
        accumulate(&mut sums, inputs, step, weights);
        for (sum, product) in sums.as_flattened().iter().zip(products) {
            s.store(*sum, product);
        }
        P
    }
    let (mut row, count) = (0, products.len() / WIDE);
    while row < count {
        let (inputs, products) = (&inputs[row * step..], &mut products[row * WIDE..]);
        row += match count - row {
            6 | 7 | 9.. => rows::<6>(inputs, step, weights, products),
            4.. => rows::<4>(inputs, step, weights, products),
            2.. => rows::<2>(inputs, step, weights, products),
            _ => rows::<1>(inputs, step, weights, products),
        };
    }
}

/// `sums[p] += Σ_c x[p·step][c] · weights[c]`: `P` rows of inputs, `step` vectors apart, against `N` vectors of outputs.
/// Inputs are read a vector at a time, and each of its lanes is spread from there: that takes a third fewer reads than
/// spreading them from memory. Never inlined, so that the few sizes exist once.
#[inline(never)]
pub fn accumulate<const P: usize, const N: usize>(sums: &mut [[V; N]; P], x: &[Lane], step: usize, weights: &[Lane]) {
    let s = BASELINE;
    let (weights, _) = weights.as_chunks::<N>();
    let (weights, _) = weights.as_chunks::<LANES>();
    let rows: [&[Lane]; P] = from_fn(|p| &x[p * step..][..weights.len()]);
    let mut local = *sums;
    for (c, weights) in weights.iter().enumerate() {
        let x: [V; P] = from_fn(|p| s.load(&rows[p][c]));
        add_products(&mut local, x.map(|x| s.spread::<0>(x)), &weights[0]);
        add_products(&mut local, x.map(|x| s.spread::<1>(x)), &weights[1]);
        add_products(&mut local, x.map(|x| s.spread::<2>(x)), &weights[2]);
        add_products(&mut local, x.map(|x| s.spread::<3>(x)), &weights[3]);
    }
    *sums = local;
}

/// `sums[p] += x[p] · weights`.
#[inline(always)]
fn add_products<const P: usize, const N: usize>(sums: &mut [[V; N]; P], x: [V; P], weights: &[Lane; N]) {
    let s = BASELINE;
    let weights: [V; N] = from_fn(|v| s.load(&weights[v]));
    for (sums, x) in sums.iter_mut().zip(x) {
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum = s.mul_add(x, weight, *sum);
        }
    }
}

//! The vectors of wasm: simd128.

use super::{Apart, Lane4, Simd};
use core::arch::wasm32::*;

/// 4 lanes of simd128; the whole module was built for it, so anyone may make one.
#[derive(Clone, Copy)]
pub struct Simd128;

impl Simd128 {
    /// Lane `L` in all lanes.
    #[inline(always)]
    pub fn spread<const L: usize>(self, v: v128) -> v128 {
        i32x4_shuffle::<L, L, L, L>(v, v)
    }
}

impl Simd for Simd128 {
    type Lane = Lane4;
    type V = v128;
    const LANES: usize = 4;

    #[inline(never)]
    fn apart(self, work: impl Apart<Self>) {
        work.run(self);
    }
    #[inline(always)]
    fn splat(self, v: f32) -> v128 {
        f32x4_splat(v)
    }
    #[inline(always)]
    fn load(self, from: &Lane4) -> v128 {
        // SAFETY: sixteen bytes behind an aligned reference.
        unsafe { v128_load(from.0.as_ptr().cast()) }
    }
    #[inline(always)]
    fn store(self, v: v128, to: &mut Lane4) {
        // SAFETY: sixteen bytes behind an aligned reference.
        unsafe { v128_store(to.0.as_mut_ptr().cast(), v) }
    }
    #[inline(always)]
    fn add(self, a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }
    #[inline(always)]
    fn sub(self, a: v128, b: v128) -> v128 {
        f32x4_sub(a, b)
    }
    #[inline(always)]
    fn max(self, a: v128, b: v128) -> v128 {
        f32x4_pmax(a, b)
    }
    #[inline(always)]
    fn min(self, a: v128, b: v128) -> v128 {
        f32x4_pmin(a, b)
    }
    #[inline(always)]
    fn mul_add(self, a: v128, b: v128, c: v128) -> v128 {
        f32x4_relaxed_madd(a, b, c)
    }
    #[inline(always)]
    fn mul_sub(self, a: v128, b: v128, c: v128) -> v128 {
        f32x4_sub(f32x4_mul(a, b), c)
    }
    #[inline(always)]
    fn neg_mul_add(self, a: v128, b: v128, c: v128) -> v128 {
        f32x4_relaxed_nmadd(a, b, c)
    }
    #[inline(always)]
    fn any_greater(self, a: v128, b: v128) -> bool {
        v128_any_true(f32x4_gt(a, b))
    }
    #[inline(always)]
    fn select_greater(self, a: v128, b: v128, x: v128, y: v128) -> v128 {
        v128_bitselect(x, y, f32x4_gt(a, b))
    }
    #[inline(always)]
    fn scale(self, p: v128, bits: v128) -> v128 {
        i32x4_add(p, i32x4_shl(bits, 23))
    }
}

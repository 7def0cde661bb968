//! The vectors of x86-64: AVX-512 and AVX2.

use super::{Apart, Isa, Lane8, Lane16, Simd};
use core::arch::x86_64::*;

/// 16 lanes. Exists only where the machine has AVX-512F.
#[derive(Clone, Copy)]
pub struct Avx512(());

/// 8 lanes. Exists only where the machine has AVX2 and FMA.
#[derive(Clone, Copy)]
pub struct Avx2(());

impl Avx512 {
    /// The proof, if the machine has it.
    pub fn detect() -> Option<Self> {
        Isa::Avx512.is_available().then_some(Avx512(()))
    }
}

impl Avx2 {
    /// The proof, if the machine has it.
    pub fn detect() -> Option<Self> {
        Isa::Avx2.is_available().then_some(Avx2(()))
    }
}

// SAFETY of every block below: an `Avx512` or `Avx2` value can only come from `detect`, which has seen that the
// machine has the instructions; loads and stores go through aligned references of the exact size.
impl Simd for Avx512 {
    type Lane = Lane16;
    type V = __m512;
    const LANES: usize = 16;
    const WIDE: bool = true;

    #[inline(always)]
    fn apart(self, work: impl Apart<Self>) {
        #[inline(never)]
        #[target_feature(enable = "avx512f,avx2,fma")]
        fn here(s: Avx512, work: impl Apart<Avx512>) {
            work.run(s);
        }
        unsafe { here(self, work) }
    }
    #[inline(always)]
    fn splat(self, v: f32) -> __m512 {
        unsafe { _mm512_set1_ps(v) }
    }
    #[inline(always)]
    fn load(self, from: &Lane16) -> __m512 {
        unsafe { _mm512_load_ps(from.0.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, v: __m512, to: &mut Lane16) {
        unsafe { _mm512_store_ps(to.0.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    fn min(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_min_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn mul_sub(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmsub_ps(a, b, c) }
    }
    #[inline(always)]
    fn neg_mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fnmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn any_greater(self, a: __m512, b: __m512) -> bool {
        unsafe { _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b) != 0 }
    }
    #[inline(always)]
    fn select_greater(self, a: __m512, b: __m512, x: __m512, y: __m512) -> __m512 {
        unsafe { _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b), y, x) }
    }
    #[inline(always)]
    fn exp2(self, z: __m512) -> __m512 {
        // The processor scales by any power of two itself, up to infinity.
        unsafe {
            let z = _mm512_max_ps(z, _mm512_set1_ps(super::FLOOR));
            let n = _mm512_roundscale_ps::<0>(z);
            let f = _mm512_sub_ps(z, n);
            _mm512_scalef_ps(self.exp2_of_fraction(f), n)
        }
    }
    #[inline(always)]
    fn exp2_of_any(self, z: __m512) -> __m512 {
        self.exp2(z)
    }
    #[inline(always)]
    fn scale(self, p: __m512, bits: __m512) -> __m512 {
        unsafe {
            let n = _mm512_slli_epi32::<23>(_mm512_castps_si512(bits));
            _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), n))
        }
    }
}

impl Simd for Avx2 {
    type Lane = Lane8;
    type V = __m256;
    const LANES: usize = 8;

    #[inline(always)]
    fn apart(self, work: impl Apart<Self>) {
        #[inline(never)]
        #[target_feature(enable = "avx2,fma")]
        fn here(s: Avx2, work: impl Apart<Avx2>) {
            work.run(s);
        }
        unsafe { here(self, work) }
    }
    #[inline(always)]
    fn splat(self, v: f32) -> __m256 {
        unsafe { _mm256_set1_ps(v) }
    }
    #[inline(always)]
    fn load(self, from: &Lane8) -> __m256 {
        unsafe { _mm256_load_ps(from.0.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, v: __m256, to: &mut Lane8) {
        unsafe { _mm256_store_ps(to.0.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn max(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    fn min(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_min_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn mul_sub(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmsub_ps(a, b, c) }
    }
    #[inline(always)]
    fn neg_mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fnmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn any_greater(self, a: __m256, b: __m256) -> bool {
        unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a, b)) != 0 }
    }
    #[inline(always)]
    fn select_greater(self, a: __m256, b: __m256, x: __m256, y: __m256) -> __m256 {
        unsafe { _mm256_blendv_ps(y, x, _mm256_cmp_ps::<_CMP_GT_OQ>(a, b)) }
    }
    #[inline(always)]
    fn scale(self, p: __m256, bits: __m256) -> __m256 {
        unsafe {
            let n = _mm256_slli_epi32::<23>(_mm256_castps_si256(bits));
            _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), n))
        }
    }
}

//! Four plain lanes, for machines without an instruction set of their own here.

use super::{Apart, Lane4, Simd};

/// Four plain lanes.
#[derive(Clone, Copy)]
pub struct Portable;

impl Portable {
    /// Lane `L` in all lanes.
    #[inline(always)]
    pub fn spread<const L: usize>(self, v: [f32; 4]) -> [f32; 4] {
        [v[L]; 4]
    }
    #[inline(always)]
    fn zip(a: [f32; 4], b: [f32; 4], f: impl Fn(f32, f32) -> f32) -> [f32; 4] {
        [f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])]
    }
}

impl Simd for Portable {
    type Lane = Lane4;
    type V = [f32; 4];
    const LANES: usize = 4;

    #[inline(never)]
    fn apart(self, work: impl Apart<Self>) {
        work.run(self);
    }
    #[inline(always)]
    fn splat(self, v: f32) -> Self::V {
        [v; 4]
    }
    #[inline(always)]
    fn load(self, from: &Lane4) -> Self::V {
        from.0
    }
    #[inline(always)]
    fn store(self, v: Self::V, to: &mut Lane4) {
        to.0 = v;
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| a - b)
    }
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        Self::zip(a, b, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        self.add(Self::zip(a, b, |a, b| a * b), c)
    }
    #[inline(always)]
    fn mul_sub(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        self.sub(Self::zip(a, b, |a, b| a * b), c)
    }
    #[inline(always)]
    fn neg_mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        self.sub(c, Self::zip(a, b, |a, b| a * b))
    }
    #[inline(always)]
    fn any_greater(self, a: Self::V, b: Self::V) -> bool {
        (a[0] > b[0]) | (a[1] > b[1]) | (a[2] > b[2]) | (a[3] > b[3])
    }
    #[inline(always)]
    fn select_greater(self, a: Self::V, b: Self::V, x: Self::V, y: Self::V) -> Self::V {
        core::array::from_fn(|l| if a[l] > b[l] { x[l] } else { y[l] })
    }
    #[inline(always)]
    fn scale(self, p: Self::V, bits: Self::V) -> Self::V {
        core::array::from_fn(|l| f32::from_bits(p[l].to_bits().wrapping_add(bits[l].to_bits() << 23)))
    }
}

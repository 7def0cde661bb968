//! A handful of vector operations, once per instruction set, so that what uses them is written once for all of
//! them: 16 lanes on AVX-512, 8 on AVX2, 4 on wasm's simd128, and 4 plain lanes anywhere else. In `theory` a lane is a
//! training image, and natively the best set of the machine is found at run time ([`Isa::best`]); in `cpu` it is a
//! channel, and the set is what the build may rely on ([`Baseline`]).

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use portable::Portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use wasm::Simd128;
#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Avx512};

use bytemuck::{Pod, Zeroable};

/// The vectors that every machine of this build has: no detection, no dispatch.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub type Baseline = Simd128;
/// The vectors that every machine of this build has: no detection, no dispatch.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub type Baseline = Portable;

/// Their one value.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub const BASELINE: Baseline = Simd128;
/// Their one value.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub const BASELINE: Baseline = Portable;

/// The widest group of lanes; the training set is stored in rows of it so that every set finds its vectors aligned.
#[derive(Clone, Copy, Zeroable, Pod)]
#[repr(C, align(64))]
pub struct Lane16(pub [f32; 16]);

/// Eight lanes, aligned.
#[derive(Clone, Copy, Zeroable, Pod)]
#[repr(C, align(32))]
pub struct Lane8(pub [f32; 8]);

/// Four lanes, aligned.
#[derive(Clone, Copy, Zeroable, Pod)]
#[repr(C, align(16))]
pub struct Lane4(pub [f32; 4]);

/// An instruction set that the patch posterior can run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    /// 16 lanes, x86-64 with AVX-512F.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 8 lanes, x86-64 with AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 4 lanes, wasm with simd128.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
    /// 4 lanes that the compiler may turn into vectors, on any machine.
    Portable,
}

impl Isa {
    /// What this machine can run, best first.
    pub fn available() -> Vec<Isa> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                found.push(Isa::Avx512);
            }
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                found.push(Isa::Avx2);
            }
        }
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        found.extend([Isa::Simd128]);
        // In the browser there is one instruction set, and no room for code that never runs.
        #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
        found.extend([Isa::Portable]);
        found
    }

    /// The best set of this machine.
    pub fn best() -> Isa {
        Isa::available()[0]
    }

    /// Whether this machine can run it.
    pub fn is_available(self) -> bool {
        Isa::available().contains(&self)
    }

    /// How many training images one vector holds.
    pub fn lanes(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => 16,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => 8,
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Isa::Simd128 => 4,
            Isa::Portable => 4,
        }
    }
}

/// Work that is written once for all instruction sets; [`Isa::run`] does it on one of them.
pub trait Anywhere {
    /// Does the work. Must be `#[inline(always)]`, or it loses the instruction set.
    fn run<S: Simd>(self, s: S);
}

impl Isa {
    /// Does `work` with these vectors; nothing where this machine does not have them ([`Isa::is_available`]).
    pub fn run(self, work: impl Anywhere) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                if let Some(s) = Avx512::detect() {
                    s.apart(Whole(work));
                }
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                if let Some(s) = Avx2::detect() {
                    s.apart(Whole(work));
                }
            }
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Isa::Simd128 => Simd128.apart(Whole(work)),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Isa::Portable => {}
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            Isa::Portable => Portable.apart(Whole(work)),
        }
    }
}

/// All of a work, in one piece.
struct Whole<W>(W);

impl<S: Simd, W: Anywhere> Apart<S> for Whole<W> {
    #[inline(always)]
    fn run(self, s: S) {
        self.0.run(s);
    }
}

/// Coefficients of `2^f` on `[−½, ½]`, degree 4, relative error 2.6e-6 (a Remez exchange of our own).
const EXP2: [f32; 5] = [0.999_999_3, 0.693_121_8, 0.240_247_45, 0.055_917_86, 0.009_570_102];
/// Adding and taking away `1.5 · 2²³` rounds to a whole number and leaves it in the low bits.
const ROUND: f32 = 12_582_912.0;
/// Below this power of two a weight is as good as nothing. It keeps the exponent bits from wrapping around, and weights away
/// from subnormal numbers, on which many processors are a hundred times as slow.
const FLOOR: f32 = -100.0;
/// Above this power of two, as above.
const CEILING: f32 = 120.0;

/// A piece of work on vectors that is compiled on its own, so that the compiler sees one set of loops at a time:
/// [`Simd::apart`] runs it. `run` must be `#[inline(always)]`, or it loses the instruction set.
pub trait Apart<S: Simd> {
    /// Does the work.
    fn run(self, s: S);
}

/// Vector operations of one instruction set. A value of the type is the proof that the machine has it.
pub trait Simd: Copy {
    /// One vector in memory.
    type Lane: Pod;
    /// One vector in a register.
    type V: Copy;
    /// Number of lanes.
    const LANES: usize;
    /// Whether there are registers for the sums of four vectors at once, in two rows, and not just of two.
    const WIDE: bool = false;

    /// Does `work` in a function of its own that has the instruction set.
    fn apart(self, work: impl Apart<Self>);
    /// All lanes `v`.
    fn splat(self, v: f32) -> Self::V;
    /// Reads a vector.
    fn load(self, from: &Self::Lane) -> Self::V;
    /// Writes a vector.
    fn store(self, v: Self::V, to: &mut Self::Lane);
    /// `a + b`.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a − b`.
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// The larger of each lane.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// The smaller of each lane.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a · b + c`.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a · b − c`.
    fn mul_sub(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `c − a · b`.
    fn neg_mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// Whether `a > b` in any lane.
    fn any_greater(self, a: Self::V, b: Self::V) -> bool;
    /// `x` where `a > b`, else `y`; bits are passed unchanged.
    fn select_greater(self, a: Self::V, b: Self::V, x: Self::V, y: Self::V) -> Self::V;
    /// `p · 2^n` where the low bits of `bits` hold the whole number `n ≥ −126`.
    fn scale(self, p: Self::V, bits: Self::V) -> Self::V;

    /// `2^z` for `z ≤ 100`, relative error 2.6e-6; as good as zero (8e-31) below −100.
    #[inline(always)]
    fn exp2(self, z: Self::V) -> Self::V {
        let z = self.max(z, self.splat(FLOOR));
        let bits = self.add(z, self.splat(ROUND));
        let f = self.sub(z, self.sub(bits, self.splat(ROUND)));
        self.scale(self.exp2_of_fraction(f), bits)
    }

    /// `2^f` for `f` in `[−½, ½]`.
    #[inline(always)]
    fn exp2_of_fraction(self, f: Self::V) -> Self::V {
        let mut p = self.splat(EXP2[4]);
        for c in EXP2[..4].iter().rev() {
            p = self.mul_add(p, f, self.splat(*c));
        }
        p
    }

    /// As [`Simd::exp2`] for any finite `z`; from 2^120 up, anything that is at least that.
    #[inline(always)]
    fn exp2_of_any(self, z: Self::V) -> Self::V {
        self.exp2(self.min(z, self.splat(CEILING)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `2^z` for every `z`, each in a lane.
    struct Powers<'a>(&'a [f32], &'a mut [f32]);

    impl<S: Simd> Apart<S> for Powers<'_> {
        #[inline(always)]
        fn run(self, s: S) {
            let mut lane = S::Lane::zeroed();
            for (z, power) in self.0.chunks_exact(S::LANES).zip(self.1.chunks_exact_mut(S::LANES)) {
                bytemuck::cast_slice_mut(std::slice::from_mut(&mut lane)).copy_from_slice(z);
                let found = s.exp2(s.load(&lane));
                s.store(found, &mut lane);
                power.copy_from_slice(bytemuck::cast_slice(std::slice::from_ref(&lane)));
            }
        }
    }

    fn powers_are_right(s: impl Simd) {
        let z: Vec<f32> = (-16_000..1_600).map(|i| i as f32 / 16.0).collect();
        let mut found = vec![0.0; z.len()];
        s.apart(Powers(&z, &mut found));
        for (&z, &found) in z.iter().zip(&found) {
            assert!(found.is_normal() && found > 0.0, "2^{z} is {found:e}");
            if z >= FLOOR {
                let truth = f64::from(z).exp2();
                let error = (f64::from(found) - truth).abs() / truth;
                assert!(error < 3e-6, "2^{z} is {found:e}, off by {error:e}");
            } else {
                assert!(found < 1e-30, "2^{z} is {found:e}");
            }
        }
    }

    #[test]
    fn powers_of_two_are_right_and_never_subnormal() {
        powers_are_right(BASELINE);
        #[cfg(target_arch = "x86_64")]
        {
            Avx512::detect().into_iter().for_each(powers_are_right);
            Avx2::detect().into_iter().for_each(powers_are_right);
        }
    }
}

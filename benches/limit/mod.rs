//! What a processor can compute at most: vector multiply-adds in registers and nothing else, timed.

use morphogen::theory::Isa;
use std::hint::black_box;

/// Turns of a try, and chains of multiply-adds that do not wait for each other.
const TURNS: usize = 2_000_000;
const CHAINS: usize = 10;

/// Multiply-adds a second, every lane counted, of all threads of `pool` together; nothing for an instruction set that has
/// no vectors of its own.
pub fn lanes_per_second(isa: Isa, pool: &rayon::ThreadPool) -> Option<f64> {
    let chains = chains(isa)?;
    let threads = pool.current_num_threads();
    let mut best = 0.0f64;
    for _ in 0..5 {
        let (wall, busy) = (std::time::Instant::now(), super::busy());
        pool.broadcast(|_| black_box(chains()));
        let wall = wall.elapsed().as_secs_f64();
        let seconds = super::busy().zip(busy).map_or(wall, |(now, then)| (now - then) / threads as f64);
        best = best.max((threads * TURNS * CHAINS * isa.lanes()) as f64 / seconds);
    }
    Some(best)
}

/// Runs the chains on the instruction set's own vectors.
fn chains(isa: Isa) -> Option<fn() -> f32> {
    match isa {
        // SAFETY: an `Isa` that a training set was made for has been detected.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => Some(|| unsafe { avx512() }),
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => Some(|| unsafe { avx2() }),
        _ => None,
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512() -> f32 {
    use core::arch::x86_64::{_mm512_fmadd_ps, _mm512_reduce_add_ps, _mm512_set1_ps};
    let (factor, term) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(1e-3)));
    let mut sums = [_mm512_set1_ps(1.0); CHAINS];
    for _ in 0..TURNS {
        for sum in &mut sums {
            *sum = _mm512_fmadd_ps(*sum, factor, term);
        }
    }
    sums.iter().map(|sum| _mm512_reduce_add_ps(*sum)).sum()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2() -> f32 {
    use core::arch::x86_64::{_mm256_cvtss_f32, _mm256_fmadd_ps, _mm256_set1_ps};
    let (factor, term) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(1e-3)));
    let mut sums = [_mm256_set1_ps(1.0); CHAINS];
    for _ in 0..TURNS {
        for sum in &mut sums {
            *sum = _mm256_fmadd_ps(*sum, factor, term);
        }
    }
    sums.iter().map(|sum| _mm256_cvtss_f32(*sum)).sum()
}

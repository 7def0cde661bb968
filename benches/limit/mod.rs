//! What a processor can compute at most: vector multiply-adds in registers and nothing else, timed.

use morphogen::theory::Isa;
use std::hint::black_box;

/// Turns of a try, and chains of multiply-adds that do not wait for each other.
const TURNS: usize = 2_000_000;
const CHAINS: usize = 10;

/// Multiply-adds a second, every lane counted, of all threads of `pool` together.
pub fn lanes_per_second(isa: Isa, pool: &rayon::ThreadPool) -> f64 {
    let threads = pool.current_num_threads();
    let mut best = 0.0f64;
    for _ in 0..5 {
        let (wall, busy) = (std::time::Instant::now(), super::busy());
        pool.broadcast(|_| black_box(chains(isa)));
        let wall = wall.elapsed().as_secs_f64();
        let seconds = super::busy().zip(busy).map_or(wall, |(now, then)| (now - then) / threads as f64);
        best = best.max((threads * TURNS * CHAINS * isa.lanes()) as f64 / seconds);
    }
    best
}

/// Runs the chains on the instruction set's own vectors.
fn chains(isa: Isa) -> f32 {
    match isa {
        // SAFETY: an `Isa` that a training set was made for has been detected.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { avx512() },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2() },
        _ => turn::<4>(|a, b, c| a * b + c),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512() -> f32 {
    turn::<16>(f32::mul_add)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2() -> f32 {
    turn::<8>(f32::mul_add)
}

#[inline(always)]
fn turn<const LANES: usize>(multiply_add: impl Fn(f32, f32, f32) -> f32) -> f32 {
    let (factor, term) = (black_box([0.999f32; LANES]), black_box([1e-3f32; LANES]));
    let mut sums = [[1.0f32; LANES]; CHAINS];
    for _ in 0..TURNS {
        for sum in &mut sums {
            for lane in 0..LANES {
                sum[lane] = multiply_add(sum[lane], factor[lane], term[lane]);
            }
        }
    }
    sums.iter().flatten().sum()
}

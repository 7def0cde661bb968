//! Noise that is the same everywhere: a counter-based generator (ChaCha8) and normals through the `libm` crate, so that
//! a seed gives bit-identical noise in every browser and natively, on the GPU path and the CPU path.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Fills `out` with independent standard normals, fixed by `seed` and `stream` alone.
///
/// Stream 0 is a picture's initial noise `[C, H, W]`; stream `i + 1` the noise that step `i` of the ancestral solver
/// adds. Box–Muller in f64: two 53-bit uniforms give two normals, so a prefix never depends on the length.
pub fn fill(seed: u64, stream: u64, out: &mut [f32]) {
    let mut uniform = uniforms(seed, stream);
    for pair in out.chunks_mut(2) {
        let radius = libm::sqrt(-2.0 * libm::log(uniform()));
        let angle = 2.0 * core::f64::consts::PI * uniform();
        pair[0] = (radius * libm::cos(angle)) as f32;
        if let Some(second) = pair.get_mut(1) {
            *second = (radius * libm::sin(angle)) as f32;
        }
    }
}

/// The stream of what is decided once for a request, and not for a picture; no solver takes so many steps.
pub const CHOICES: u64 = u64::MAX;

/// Independent uniforms in `(0, 1]`, fixed by `seed` and `stream`: never 0, so that their logarithms are finite.
pub fn uniforms(seed: u64, stream: u64) -> impl FnMut() -> f64 {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    move || ((generator.next_u64() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_pinned() {
        // Any change here would change every shared link; the browser tests pin the same values.
        let mut out = [0.0f32; 4];
        fill(7, 0, &mut out);
        assert_eq!(out.map(f32::to_bits), PINNED);
    }
    const PINNED: [u32; 4] = [1064463727, 1070991724, 3187259722, 3209958448];

    #[test]
    fn seeds_and_streams_differ_and_prefixes_agree() {
        let draw = |seed, stream, n| {
            let mut out = vec![0.0f32; n];
            fill(seed, stream, &mut out);
            out
        };
        assert_eq!(draw(1, 0, 784)[..9], draw(1, 0, 9)[..]);
        assert_ne!(draw(1, 0, 9), draw(2, 0, 9));
        assert_ne!(draw(1, 0, 9), draw(1, 1, 9));
        assert_ne!(draw(1, 1, 9), draw(2, 0, 9));
    }

    #[test]
    fn moments_are_normal() {
        let mut out = vec![0.0f32; 200_000];
        fill(3, 0, &mut out);
        let moment = |power: i32| out.iter().map(|&z| f64::from(z).powi(power)).sum::<f64>() / out.len() as f64;
        assert!(moment(1).abs() < 0.01 && (moment(2) - 1.0).abs() < 0.01 && (moment(4) - 3.0).abs() < 0.06);
    }
}

//! How far apart the stripes or spots of a pattern are, from its power spectrum: the discrete Fourier transform in two
//! dimensions, averaged over rings of equal frequency.

use core::f64::consts::TAU;

/// Fewer periods over the longer side are a shape, not a spacing.
const FEWEST: usize = 3;
/// A ring counts as part of the peak within this factor of its frequency.
const PEAK: f64 = 1.6;

/// The dominant wavelength of `pattern` `[H, W]` on a torus, in cells; nothing where the pattern is even. At least three periods
/// fit on the torus. It is the mean over the
/// rings around the strongest one, weighted with their power, so it is finer than the grid of frequencies.
pub fn wavelength(pattern: &[f32], width: usize) -> Option<f64> {
    let height = pattern.len() / width.max(1);
    if height == 0 || pattern.len() != width * height {
        return None;
    }
    let side = width.max(height);
    // Frequencies in periods over the longer side, up to what the grid can hold along an axis.
    let mut rings = vec![(0.0f64, 0.0f64); side / 2 + 1];
    let mean = pattern.iter().map(|&value| f64::from(value)).sum::<f64>() / pattern.len() as f64;
    let columns = width / 2 + 1;
    let rows = transform(pattern.iter().map(|&value| (f64::from(value) - mean, 0.0)).collect(), width, columns);
    // Transposed, `[columns, H]`.
    let flipped = (0..columns * height).map(|i| rows[i % height * columns + i / height]).collect();
    let spectrum = transform(flipped, height, height);
    let mut total = 0.0;
    for (i, (re, im)) in spectrum.into_iter().enumerate() {
        let (x, y) = (i / height, i % height);
        let [x_rate, y_rate] =
            [(x, width), (y.min(height - y), height)].map(|(k, n)| k as f64 * side as f64 / n as f64);
        let ring = libm::round(libm::sqrt(x_rate * x_rate + y_rate * y_rate)) as usize;
        // The other half of the spectrum mirrors this one.
        let twice = if x == 0 || 2 * x == width { 1.0 } else { 2.0 };
        let power = twice * (re * re + im * im);
        if (FEWEST..rings.len()).contains(&ring) {
            rings[ring].0 += power;
            rings[ring].1 += twice;
            total += power;
        }
    }
    let rings: Vec<f64> =
        rings.into_iter().map(|(power, count)| if count > 0.0 { power / count } else { 0.0 }).collect();
    let strongest = (FEWEST..rings.len()).max_by(|a, b| rings[*a].total_cmp(&rings[*b])).unwrap_or(0);
    // Below the rounding of f32 there is no pattern.
    let even = 1e-12 * (mean * mean).max(1e-6) * (pattern.len() * pattern.len()) as f64;
    if strongest == 0 || !total.is_finite() || total < even {
        return None;
    }
    let near = |ring: f64| ring * PEAK >= strongest as f64 && ring <= strongest as f64 * PEAK;
    let (mut sum, mut weight) = (0.0, 0.0);
    for (ring, power) in
        rings.iter().enumerate().map(|(ring, power)| (ring as f64, power)).filter(|&(ring, _)| near(ring))
    {
        sum += ring * power;
        weight += power;
    }
    Some(side as f64 * weight / sum)
}

/// The first `keep` frequencies of each row of `length` complex values: by the definition, which is fast enough for a
/// measurement a second and takes sides of any length.
#[inline(never)]
fn transform(rows: Vec<(f64, f64)>, length: usize, keep: usize) -> Vec<(f64, f64)> {
    let turns: Vec<(f64, f64)> = (0..length)
        .map(|i| TAU * i as f64 / length as f64)
        .map(|angle| (libm::cos(angle), -libm::sin(angle)))
        .collect();
    let mut out = Vec::with_capacity(rows.len() / length * keep);
    for row in rows.chunks_exact(length) {
        for k in 0..keep {
            let (mut re, mut im, mut at) = (0.0, 0.0, 0);
            for (a, b) in row {
                let (c, s) = turns[at];
                re += a * c - b * s;
                im += a * s + b * c;
                at += k;
                if at >= length {
                    at -= length;
                }
            }
            out.push((re, im));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_in_any_direction_are_measured() {
        for (width, height, x_periods, y_periods) in [(64, 64, 8, 0), (64, 64, 0, 5), (60, 60, 3, 4), (64, 32, 6, 4)] {
            let wave = |i: usize| {
                let phase =
                    (x_periods * (i % width)) as f64 / width as f64 + (y_periods * (i / width)) as f64 / height as f64;
                (3.0 + 0.5 * (TAU * phase).cos()) as f32
            };
            let pattern: Vec<f32> = (0..width * height).map(wave).collect();
            let rate = f64::from(x_periods as u32) / width as f64;
            let other = f64::from(y_periods as u32) / height as f64;
            let expected = 1.0 / rate.hypot(other);
            let found = wavelength(&pattern, width).unwrap();
            assert!((found / expected - 1.0).abs() < 0.06, "{width}×{height}: {found}, should be {expected}");
        }
    }

    #[test]
    fn an_even_pattern_has_none() {
        assert_eq!(wavelength(&[0.7; 256], 16), None);
        assert_eq!(wavelength(&[0.0; 256], 16), None);
        assert_eq!(wavelength(&[], 16), None);
        assert_eq!(wavelength(&[f32::NAN; 256], 16), None);
    }
}

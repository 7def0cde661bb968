//! How well one picture predicts another: Pearson's r, r², and R². The published evaluation of the analytic theory
//! plots r on an axis named r², so all three are always given together.

use serde::{Deserialize, Serialize};

/// How well a machine's picture predicts a network's, from the same noise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Pearson correlation over all pixels and channels, in `[−1, 1]`; 0 where a picture is all one tone.
    pub r: f64,
    /// Its square.
    pub r2: f64,
    /// The share of the network's variance that the machine explains, `1 − SS_res/SS_tot`, at most 1; 0 where the
    /// network's picture is all one tone.
    #[serde(rename = "R2")]
    pub explained: f64,
}

impl Agreement {
    /// Compares `machine` with `network` (the truth), value by value. Values beyond the shorter one are left out.
    pub fn of(machine: &[f32], network: &[f32]) -> Agreement {
        let pairs = || machine.iter().zip(network).map(|(m, n)| (f64::from(*m), f64::from(*n)));
        let count = machine.len().min(network.len()).max(1) as f64;
        let (sum_m, sum_n) = pairs().fold((0.0, 0.0), |(a, b), (m, n)| (a + m, b + n));
        let (mean_m, mean_n) = (sum_m / count, sum_n / count);
        let (mut mm, mut nn, mut mn, mut residual) = (0.0, 0.0, 0.0, 0.0);
        for (m, n) in pairs() {
            let (dm, dn) = (m - mean_m, n - mean_n);
            mm += dm * dm;
            nn += dn * dn;
            mn += dm * dn;
            residual += (n - m) * (n - m);
        }
        let norm = libm::sqrt(mm * nn);
        let r = if norm > 0.0 { (mn / norm).clamp(-1.0, 1.0) } else { 0.0 };
        Agreement { r, r2: r * r, explained: if nn > 0.0 { 1.0 - residual / nn } else { 0.0 } }
    }
}

/// Median and spread of many values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Half lie below.
    pub median: f64,
    /// A tenth lies below.
    pub p10: f64,
    /// Nine tenths lie below.
    pub p90: f64,
    /// Their mean.
    #[serde(default)]
    pub mean: f64,
    /// The median of all there could be lies from here …
    #[serde(default)]
    pub low: f64,
    /// … to here, 19 times in 20: values of the ranks n/2 ∓ .98 √n, whatever they are distributed like (David & Nagaraja,
    /// *Order Statistics*, 7.1).
    #[serde(default)]
    pub high: f64,
}

impl Summary {
    /// Summarises `values`; nothing where there are none. Between two values it draws a straight line.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Summary> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let quantile = |share: f64| {
            let position = share * last as f64;
            let low = (position as usize).min(last);
            let high = (low + 1).min(last);
            sorted[low] + (position - low as f64) * (sorted[high] - sorted[low])
        };
        let count = sorted.len() as f64;
        let rank = (libm::floor(count / 2.0 - 0.98 * libm::sqrt(count)).max(1.0) as usize - 1).min(last / 2);
        Some(Summary {
            median: quantile(0.5),
            p10: quantile(0.1),
            p90: quantile(0.9),
            mean: sorted.iter().sum::<f64>() / count,
            low: sorted[rank],
            high: sorted[last - rank],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_ignores_scale_and_shift_but_explained_variance_does_not() {
        let network = [-1.0, -0.5, 0.0, 0.5, 1.0];
        let same = Agreement::of(&network, &network);
        assert!((same.r - 1.0).abs() < 1e-12 && (same.explained - 1.0).abs() < 1e-12);
        let half: Vec<f32> = network.iter().map(|v| 0.5 * v + 0.25).collect();
        let half = Agreement::of(&half, &network);
        assert!((half.r - 1.0).abs() < 1e-12 && (half.r2 - 1.0).abs() < 1e-12);
        // Residuals 0.5 v − 0.25: squares sum to 0.9375, against 2.5 in all.
        assert!((half.explained - (1.0 - 0.9375 / 2.5)).abs() < 1e-12, "{half:?}");
        let flipped: Vec<f32> = network.iter().map(|v| -v).collect();
        assert!((Agreement::of(&flipped, &network).r + 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_summary_says_where_the_median_lies() {
        let of = |count: usize| Summary::of((1..=count).rev().map(|v| v as f64)).unwrap();
        let hundred = of(100);
        assert_eq!((hundred.median, hundred.mean, hundred.low, hundred.high), (50.5, 50.5, 40.0, 61.0));
        let (one, three) = (of(1), of(3));
        assert_eq!((one.low, one.median, one.high), (1.0, 1.0, 1.0));
        assert_eq!((three.low, three.median, three.high), (1.0, 2.0, 3.0));
        assert_eq!(Summary::of([]), None);
    }

    #[test]
    fn one_tone_pictures_agree_with_nothing() {
        let flat = Agreement::of(&[0.5; 4], &[0.1, 0.2, 0.3, 0.4]);
        assert_eq!((flat.r, flat.r2), (0.0, 0.0));
        assert_eq!(Agreement::of(&[0.1, 0.2], &[0.5; 2]).explained, 0.0);
        assert_eq!(Agreement::of(&[], &[]).r, 0.0);
    }

    #[test]
    fn quantiles_lie_between_values() {
        let s = Summary::of((0..=10).map(f64::from)).unwrap();
        assert_eq!((s.median, s.p10, s.p90), (5.0, 1.0, 9.0));
        assert_eq!(Summary::of([3.0, 1.0]).unwrap().median, 2.0);
        assert_eq!(Summary::of([7.0]).unwrap().p90, 7.0);
        assert_eq!(Summary::of([]), None);
    }
}

//! Measures the locality schedule `k(t)` of a network: along the network's own trajectories, which window makes a
//! machine's noise estimate most like the network's (Kamb & Ganguli 2025, section 4.2). Record the trajectory as
//! [`Visit`]s, ask [`best_window`] at each, and join the answers of several seeds with [`median_locality`]. How much of a
//! blend is patches is fitted likewise, once `k(t)` is known: [`share`], then [`joined_shares`].

use super::{Locality, LocalityPoint, Machine, PatchPosterior, Share, Shares, TheoryError, Training, Wiener};
use crate::denoiser::{Condition, DenoiseError, Denoiser};
use crate::metrics::Agreement;
use crate::schedule::Time;
use std::sync::Arc;

/// From this cosine on, noise estimates are as good as equal: near `t = 1` they are mostly the picture itself. What
/// then tells windows apart is the correlation of the posterior means.
const ALIKE: f64 = 0.999;
/// The search ends after this many windows in a row that are worse than the best, where noise estimates differ.
const PATIENCE: usize = 3;

/// Where a network's trajectory came by: one picture at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// When.
    pub time: Time,
    /// The noisy picture `[C, H, W]`.
    pub x: Vec<f32>,
    /// The network's posterior mean `[C, H, W]`.
    pub denoised: Vec<f32>,
}

/// How well a window fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Window in pixels, odd.
    pub window: usize,
    /// Cosine between the noise estimates of machine and network.
    pub cosine: f64,
    /// Pearson correlation between their posterior means.
    pub correlation: f64,
}

/// Tries every odd window from 3 up (smallest first, until it has clearly passed the best) and gives back how well
/// each fits, in that order.
///
/// # Errors
/// [`TheoryError::NotAPatchPosterior`] for a machine without a window, [`TheoryError::Denoise`] where the visit does
/// not fit the training images.
pub fn fits(machine: Machine, training: &Arc<Training>, visit: &Visit) -> Result<Vec<Fit>, TheoryError> {
    let choices = machine.choices().filter(|_| machine.is_local()).ok_or(TheoryError::NotAPatchPosterior(machine))?;
    let shape = training.shape();
    if visit.denoised.len() != shape.len() {
        let (expected, found) = (shape.len(), visit.denoised.len());
        return Err(DenoiseError::Shape { what: "posterior mean [C, H, W]", expected, found }.into());
    }
    let mut posterior = PatchPosterior::new(machine, training.clone(), Some(Locality::fixed(3)?))?;
    // A window wider than the image adds nothing that one as wide does not have.
    let side = shape.height.max(shape.width);
    let largest = choices.largest_window(shape).min(side - (side + 1) % 2).max(3);
    let mut fits: Vec<Fit> = Vec::new();
    let (mut best, mut worse) = (f64::NEG_INFINITY, 0);
    for window in (3..=largest).step_by(2) {
        posterior.set_locality(Locality::fixed(window)?);
        let mean = posterior.denoise(&visit.x, visit.time, &[Condition::Null])?;
        let cosine = cosine(&noise(visit, &mean), &noise(visit, &visit.denoised));
        fits.push(Fit { window, cosine, correlation: Agreement::of(&mean, &visit.denoised).r });
        worse = if cosine > best { 0 } else { worse + 1 };
        best = best.max(cosine);
        if worse >= PATIENCE && best < ALIKE {
            break;
        }
    }
    Ok(fits)
}

/// The window that fits best: the highest cosine; among those above 0.999, the highest correlation.
pub fn best_fit(fits: &[Fit]) -> Option<Fit> {
    let top = fits.iter().map(|f| f.cosine).fold(f64::NEG_INFINITY, f64::max);
    let alike = fits.iter().filter(|f| f.cosine >= top.min(ALIKE));
    alike.copied().reduce(|best, f| if f.correlation > best.correlation { f } else { best })
}

/// [`fits`], then [`best_fit`].
///
/// # Errors
/// As [`fits`].
pub fn best_window(machine: Machine, training: &Arc<Training>, visit: &Visit) -> Result<Fit, TheoryError> {
    best_fit(&fits(machine, training, visit)?).ok_or(TheoryError::Locality)
}

/// Joins windows `(t, k)` found on several seeds into one schedule: at each time the median (the smaller of the two in
/// the middle).
///
/// # Errors
/// [`TheoryError::Locality`] where there is none.
pub fn median_locality(found: impl IntoIterator<Item = (f64, usize)>) -> Result<Vec<LocalityPoint>, TheoryError> {
    let mut found: Vec<(f64, usize)> = found.into_iter().collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let points = found.chunk_by(|a, b| a.0 == b.0).map(|same| {
        let (t, window) = same[(same.len() - 1) / 2];
        LocalityPoint { t, window }
    });
    Ok(Locality::measured(points.collect())?.points().to_vec())
}

/// What one visit says of α(t): sums over its pixels, which add up over visits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareFit {
    /// When.
    pub t: f64,
    /// `Σ (network − Wiener)(patches − Wiener)`.
    pub along: f64,
    /// `Σ (patches − Wiener)²`.
    pub length: f64,
}

/// How far the network stands on the way from the Wiener filter to the patches.
///
/// # Errors
/// [`TheoryError::Denoise`] where the visit does not fit the training images.
pub fn share(patches: &mut dyn Denoiser, filter: &Wiener, visit: &Visit) -> Result<ShareFit, TheoryError> {
    let Visit { time, x, denoised } = visit;
    let (patches, wiener) = (patches.denoise(x, *time, &[Condition::Null])?, filter.means(x, *time)?);
    if denoised.len() != wiener.len() {
        let (expected, found) = (wiener.len(), denoised.len());
        return Err(DenoiseError::Shape { what: "posterior mean [C, H, W]", expected, found }.into());
    }
    let (mut along, mut length) = (0.0, 0.0);
    for ((network, patch), linear) in denoised.iter().zip(&patches).zip(&wiener) {
        let (far, near) = (f64::from(patch - linear), f64::from(network - linear));
        along += near * far;
        length += far * far;
    }
    Ok(ShareFit { t: time.t, along, length })
}

/// The share that fits all visits of each time best, by least squares and within `[0, 1]`; one half where the two machines
/// say the same.
///
/// # Errors
/// [`TheoryError::Shares`] where there is none.
pub fn joined_shares(found: impl IntoIterator<Item = ShareFit>) -> Result<Vec<Share>, TheoryError> {
    let mut found: Vec<ShareFit> = found.into_iter().collect();
    found.sort_by(|a, b| a.t.total_cmp(&b.t));
    let points = found.chunk_by(|a, b| a.t == b.t).map(|same| {
        let sum = |part: fn(&ShareFit) -> f64| same.iter().map(part).sum::<f64>();
        let (along, length) = (sum(|fit| fit.along), sum(|fit| fit.length));
        let patches = if length > 0.0 { (along / length).clamp(0.0, 1.0) } else { 0.5 };
        Share { t: same[0].t, patches }
    });
    Ok(Shares::measured(points.collect())?.points().to_vec())
}

/// `ε̂ = (x − a x̂₀) / s`, up to the factor 1/s, which a cosine does not see.
fn noise(visit: &Visit, mean: &[f32]) -> Vec<f64> {
    let a = visit.time.a;
    visit.x.iter().zip(mean).map(|(x, m)| f64::from(*x) - a * f64::from(*m)).collect()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let norm = libm::sqrt(dot(a, a) * dot(b, b));
    if norm > 0.0 { dot(a, b) / norm } else { 0.0 }
}

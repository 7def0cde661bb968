//! Measures the locality schedule `k(t)` of a network: along the network's own trajectories, which window makes a
//! machine's noise estimate most like the network's (Kamb & Ganguli 2025, section 4.2). Record the trajectory as
//! [`Visit`]s, ask [`best_window`] at each, and join the answers of several seeds with [`median_locality`]. How much of a
//! blend is patches is fitted likewise, once `k(t)` is known: [`share`], then [`joined_shares`].

use super::{
    Edge, Levels, Locality, LocalityPoint, Machine, PatchPosterior, Share, Shares, Sight, TheoryError, Training, Wiener,
};
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
    /// The window.
    pub sight: Sight,
    /// Cosine between the noise estimates of machine and network.
    pub cosine: f64,
    /// Pearson correlation between their posterior means.
    pub correlation: f64,
}

/// Tries every odd window from 3 up that ends in `edge` (smallest first, until it has clearly passed the best) and gives back
/// how well each fits, in that order.
///
/// # Errors
/// [`TheoryError::NotAPatchPosterior`] for a machine without a window, [`TheoryError::Denoise`] where the visit does
/// not fit the training images.
pub fn fits(machine: Machine, training: &Arc<Training>, visit: &Visit, edge: Edge) -> Result<Vec<Fit>, TheoryError> {
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
        let sight = edge.of(window);
        posterior.set_locality(Locality::fixed(sight)?);
        let mean = posterior.denoise(&visit.x, visit.time, &[Condition::Null])?;
        let cosine = cosine(&noise(visit, &mean), &noise(visit, &visit.denoised));
        fits.push(Fit { sight, cosine, correlation: Agreement::of(&mean, &visit.denoised).r });
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

/// [`fits`] for each of `edges`, then [`best_fit`].
///
/// # Errors
/// As [`fits`].
pub fn best_window(
    machine: Machine,
    training: &Arc<Training>,
    visit: &Visit,
    edges: &[Edge],
) -> Result<Fit, TheoryError> {
    let mut all = Vec::new();
    for edge in edges {
        all.extend(fits(machine, training, visit, *edge)?);
    }
    best_fit(&all).ok_or(TheoryError::Locality)
}

/// Joins windows found on several seeds into one schedule: at each time the edge that most have (the harder one of two), and
/// the median of the windows with it (the smaller of the two in the middle).
///
/// # Errors
/// [`TheoryError::Locality`] where there is none.
pub fn median_locality(
    found: impl IntoIterator<Item = (f64, impl Into<Sight>)>,
) -> Result<Vec<LocalityPoint>, TheoryError> {
    let mut found: Vec<(f64, Sight)> = found.into_iter().map(|(t, sight)| (t, sight.into())).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let points = found.chunk_by(|a, b| a.0 == b.0).map(|same| {
        let with =
            |edge: Edge| same.iter().map(|(_, sight)| *sight).filter(move |sight| edge.of(sight.window) == *sight);
        // Of equals the last is taken.
        let edge = Edge::ALL.into_iter().rev().max_by_key(|edge| with(*edge).count()).unwrap_or(Edge::Hard);
        let windows: Vec<Sight> = with(edge).collect();
        // Other windows than calibration tries are taken as they are.
        let Sight { window, soft } = windows.get(windows.len().saturating_sub(1) / 2).copied().unwrap_or(same[0].1);
        LocalityPoint { t: same[0].0, window, soft }
    });
    Ok(Locality::measured(points.collect())?.points().to_vec())
}

/// What one visit says of α(t) and γ(t): sums over its pixels, which add up over visits. Seen from what the Wiener filter says,
/// `centre`, `covered` and `network` are what windows say of their centres and of all they cover, and what the network says.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ShareFit {
    /// When.
    pub t: f64,
    /// `Σ network · centre` and `Σ network · covered`.
    pub along: [f64; 2],
    /// `Σ centre²`, `Σ centre · covered`, `Σ covered²`.
    pub square: [f64; 3],
}

/// From this time down windows of a blend may answer for all they cover, unless another is asked for. At more noise, one step's guess
/// would be nearer the network's, but pictures come out further from its own: a mean over windows is smooth, and what is decided there
/// is decided otherwise.
pub const COVERED_FROM: f64 = 0.6;

/// The `k(t)` of a blend: that of windows that answer for their centres, and from `from` down that of windows that answer for all
/// they cover.
///
/// # Errors
/// [`TheoryError::Locality`] where there is neither.
pub fn blended_locality(centre: &Locality, covered: &Locality, from: f64) -> Result<Locality, TheoryError> {
    let early = centre.points().iter().filter(|point| point.t > from);
    let late = covered.points().iter().filter(|point| point.t <= from);
    Locality::measured(late.chain(early).copied().collect())
}

/// Where the network stands between the Wiener filter, what windows say of their centres and, from `from` down, what they say of all
/// they cover.
///
/// # Errors
/// [`TheoryError::Denoise`] where the visit does not fit the training images.
pub fn share(patches: &PatchPosterior, filter: &Wiener, visit: &Visit, from: f64) -> Result<ShareFit, TheoryError> {
    let Visit { time, x, denoised } = visit;
    let wiener = filter.means(x, *time)?;
    if denoised.len() != wiener.len() {
        let (expected, found) = (wiener.len(), denoised.len());
        return Err(DenoiseError::Shape { what: "posterior mean [C, H, W]", expected, found }.into());
    }
    let partial = patches.partial(x, *time, false)?;
    let centre = partial.mean();
    let covered = if time.t <= from {
        let parts = patches.spread(x, *time, &[Levels::of(&partial)], 0, 1)?;
        parts.iter().flat_map(|part| part.mean(patches.sight(*time), patches.choices().boundary)).collect()
    } else {
        // Nothing beside the Wiener filter's word, so it gets no share.
        wiener.clone()
    };
    let mut fit = ShareFit { t: time.t, ..ShareFit::default() };
    for (q, linear) in wiener.iter().enumerate() {
        let [network, centre, covered] = [denoised[q], centre[q], covered[q]].map(|says| f64::from(says - linear));
        fit.along = [fit.along[0] + network * centre, fit.along[1] + network * covered];
        let [a, b, c] = fit.square;
        fit.square = [a + centre * centre, b + centre * covered, c + covered * covered];
    }
    Ok(fit)
}

/// The shares that fit all visits of each time best, by least squares and within `[0, 1]`; one half of what windows say of their
/// centres where all say the same.
///
/// # Errors
/// [`TheoryError::Shares`] where there is none.
pub fn joined_shares(found: impl IntoIterator<Item = ShareFit>) -> Result<Vec<Share>, TheoryError> {
    let mut found: Vec<ShareFit> = found.into_iter().collect();
    found.sort_by(|a, b| a.t.total_cmp(&b.t));
    let points = found.chunk_by(|a, b| a.t == b.t).map(|same| {
        let sum = |part: &dyn Fn(&ShareFit) -> f64| same.iter().map(part).sum::<f64>();
        let along = [0, 1].map(|n| sum(&|fit| fit.along[n]));
        let square = [0, 1, 2].map(|n| sum(&|fit| fit.square[n]));
        let [centre, covered] = nearest(along, square);
        let patches = centre + covered;
        Share { t: same[0].t, patches, covered: if covered > 0.0 { covered / patches } else { 0.0 } }
    });
    Ok(Shares::measured(points.collect())?.points().to_vec())
}

/// The point `(u, v)` of the triangle `u, v ≥ 0`, `u + v ≤ 1` where `square` falls furthest below `2 · along`.
fn nearest([e, f]: [f64; 2], [a, b, c]: [f64; 3]) -> [f64; 2] {
    let part = |along: f64, length: f64| if length > 0.0 { (along / length).clamp(0.0, 1.0) } else { 0.0 };
    let error = |[u, v]: [f64; 2]| u * u * a + 2.0 * u * v * b + v * v * c - 2.0 * (u * e + v * f);
    if a <= 0.0 && c <= 0.0 {
        return [0.5, 0.0];
    }
    let edge = part(e - f + c - b, a - 2.0 * b + c);
    let mut points = vec![[part(e, a), 0.0], [0.0, part(f, c)], [edge, 1.0 - edge]];
    let determinant = a * c - b * b;
    if determinant > 1e-9 * a * c {
        let inner = [(e * c - f * b) / determinant, (f * a - e * b) / determinant];
        if inner[0] >= 0.0 && inner[1] >= 0.0 && inner[0] + inner[1] <= 1.0 {
            points.push(inner);
        }
    }
    points.into_iter().min_by(|x, y| error(*x).total_cmp(&error(*y))).unwrap_or([0.5, 0.0])
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of one visit of three values.
    fn fit(network: [f64; 3], centre: [f64; 3], covered: [f64; 3]) -> ShareFit {
        let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let along = [dot(network, centre), dot(network, covered)];
        ShareFit { t: 0.5, along, square: [dot(centre, centre), dot(centre, covered), dot(covered, covered)] }
    }

    #[test]
    fn shares_are_those_that_come_nearest_and_none_is_negative_or_more_than_all() {
        let (centre, covered) = ([1.0, 0.0, 0.5], [0.2, 1.0, 0.0]);
        let between = |u: f64, v: f64| [0, 1, 2].map(|q| u * centre[q] + v * covered[q]);
        let found = |u: f64, v: f64| {
            let [share] = joined_shares([fit(between(u, v), centre, covered)]).unwrap()[..] else { panic!() };
            (share.patches * (1.0 - share.covered), share.patches * share.covered)
        };
        for (u, v) in [(0.3, 0.5), (0.0, 0.7), (0.6, 0.0), (0.25, 0.75), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0)] {
            let near = found(u, v);
            assert!((near.0 - u).abs() < 1e-9 && (near.1 - v).abs() < 1e-9, "{u}, {v}: {near:?}");
        }
        // What lies outside comes to the edge: no step on a grid is nearer.
        for (u, v) in [(-0.4, 0.5), (0.9, 0.9), (0.3, -2.0), (2.0, -0.5), (-1.0, -1.0)] {
            let near = found(u, v);
            let far = |x: f64, y: f64| {
                let (here, there) = (between(x, y), between(u, v));
                here.iter().zip(there).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
            };
            for (x, y) in (0..=50).flat_map(|x| (0..=50 - x).map(move |y| (f64::from(x) / 50.0, f64::from(y) / 50.0))) {
                assert!(far(near.0, near.1) <= far(x, y) + 1e-12, "{u}, {v}: {near:?} is further than {x}, {y}");
            }
        }
        assert_eq!(joined_shares([ShareFit::default()]).unwrap()[0].patches, 0.5);
    }

    #[test]
    fn a_blend_sees_as_windows_for_their_centres_and_then_as_windows_for_all_they_cover() {
        let measured = |k: usize| {
            let points = [0.2, 0.6, 0.65, 1.0].map(|t| LocalityPoint::hard(t, k));
            Locality::measured(points.to_vec()).unwrap()
        };
        let windows = |from: f64| -> Vec<usize> {
            let blended = blended_locality(&measured(3), &measured(7), from).unwrap();
            blended.points().iter().map(|point| point.window).collect()
        };
        assert_eq!(windows(COVERED_FROM), [7, 7, 3, 3]);
        assert_eq!(windows(0.0), [3; 4]);
        assert_eq!(windows(1.0), [7; 4]);
    }
}

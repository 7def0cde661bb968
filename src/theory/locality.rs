//! The locality schedule: how wide a window `k(t)` a machine uses at which time. Measured once per network by
//! calibration, kept in the model pack, and overridden by hand to walk from collage to copy.

use super::TheoryError;
use crate::json::reads;
use crate::schedule::Time;
use serde::Serialize;

/// The largest window, in pixels; wide enough to see all of a 64×64 image from its corner.
pub const MAX_WINDOW: usize = 127;

/// One point of a locality schedule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LocalityPoint {
    /// Time in `[0, 1]`.
    pub t: f64,
    /// Window in pixels, odd.
    pub window: usize,
    /// Pixels that its edge falls off over ([`Sight::soft`]).
    #[serde(skip_serializing_if = "Sight::is_hard")]
    pub soft: usize,
}

impl LocalityPoint {
    /// A window with a hard edge.
    pub fn hard(t: f64, window: usize) -> LocalityPoint {
        LocalityPoint { t, window, soft: Sight::HARD }
    }

    /// The window.
    pub fn sight(&self) -> Sight {
        Sight { window: self.window, soft: self.soft }
    }
}

impl core::fmt::Display for LocalityPoint {
    /// The window, and behind a tilde the side of its second box where it is soft: `13~7`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.soft {
            1 => write!(f, "{}", self.window),
            soft => write!(f, "{}~{soft}", self.window),
        }
    }
}

/// How far a pixel sees, and how its sight ends: along each axis a box of `window − soft + 1` pixels, summed again over a box of
/// `soft` pixels. One of them is a hard edge; more make a trapezoid, or, where both boxes are alike, a triangle:
///
/// ```text
/// λ(δ) = λ₁(δ_row) λ₁(δ_column),   λ₁ = box(window − soft + 1) ∗ box(soft) / soft,   λ(0) = 1
/// ```
///
/// So a distance in a soft window is the mean of the distances in the `soft × soft` hard ones that lie in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sight {
    /// All that is seen, in pixels, odd.
    pub window: usize,
    /// Side of the second box, 1 to `(window + 1) / 2`.
    pub soft: usize,
}

impl Sight {
    /// Side of the second box of a hard edge.
    pub const HARD: usize = 1;

    /// Whether this is the side of one, which files do not name.
    pub(crate) fn is_hard(soft: &usize) -> bool {
        *soft == Sight::HARD
    }

    /// A window with a hard edge.
    pub fn hard(window: usize) -> Sight {
        Sight { window, soft: Sight::HARD }
    }

    /// A window whose second box has `soft` pixels.
    ///
    /// # Errors
    /// [`TheoryError::Window`] for an even or oversized window, [`TheoryError::Soft`] where it has no room for the box.
    pub fn new(window: usize, soft: usize) -> Result<Sight, TheoryError> {
        if window.is_multiple_of(2) || window > MAX_WINDOW {
            return Err(TheoryError::Window { window, largest: MAX_WINDOW });
        }
        let largest = window.div_ceil(2);
        if !(1..=largest).contains(&soft) {
            return Err(TheoryError::Soft { soft, largest });
        }
        Ok(Sight { window, soft })
    }

    /// As much of it as fits into `largest` pixels.
    pub(super) fn within(self, largest: usize) -> Sight {
        let window = self.window.min(largest);
        Sight { window, soft: self.soft.min(window.div_ceil(2)) }
    }

    /// `soft · λ₁`, from one end of the window to the other.
    pub(crate) fn weights(self) -> impl Iterator<Item = usize> {
        (0..self.window).map(move |i| (i + 1).min(self.window - i).min(self.soft))
    }
}

/// How a window ends, whatever its size: what calibration tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// All at once.
    Hard,
    /// Over the outer quarter on each side.
    Trapezoid,
    /// All the way from the middle: both boxes are alike, and a distance is the mean of those of all boxes that cover the pixel.
    Triangle,
}

impl Edge {
    /// All of them, the hardest first.
    pub const ALL: [Edge; 3] = [Edge::Hard, Edge::Trapezoid, Edge::Triangle];

    /// The window of `window` pixels, odd, that ends so.
    pub fn of(self, window: usize) -> Sight {
        let soft = match self {
            Edge::Hard => 1,
            Edge::Trapezoid => window.div_ceil(4),
            Edge::Triangle => window.div_ceil(2),
        };
        Sight { window, soft }
    }
}

impl From<usize> for Sight {
    fn from(window: usize) -> Self {
        Sight::hard(window)
    }
}

reads!(LocalityPoint { t, window, soft = Sight::HARD });

/// `k(t)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Locality {
    /// At least one point, times strictly rising.
    points: Vec<LocalityPoint>,
}

impl Locality {
    /// The same window at every time.
    ///
    /// # Errors
    /// [`TheoryError::Window`] unless it is odd and at most [`MAX_WINDOW`]; [`TheoryError::Soft`] as [`Sight::new`].
    pub fn fixed(sight: impl Into<Sight>) -> Result<Locality, TheoryError> {
        let Sight { window, soft } = sight.into();
        Locality::measured(vec![LocalityPoint { t: 0.0, window, soft }])
    }

    /// A measured schedule: straight lines between the points, rounded to odd windows, level beyond the ends.
    ///
    /// # Errors
    /// [`TheoryError::Window`] for an even or oversized window, [`TheoryError::Soft`] for one that its second box does not
    /// fit into, [`TheoryError::Locality`] where there is no point or the times do not rise within `[0, 1]`.
    pub fn measured(points: Vec<LocalityPoint>) -> Result<Locality, TheoryError> {
        for point in &points {
            Sight::new(point.window, point.soft)?;
        }
        let in_range = points.iter().all(|p| (0.0..=1.0).contains(&p.t));
        if points.is_empty() || !in_range || points.windows(2).any(|w| w[0].t >= w[1].t) {
            return Err(TheoryError::Locality);
        }
        Ok(Locality { points })
    }

    /// The points that the schedule was made of.
    pub fn points(&self) -> &[LocalityPoint] {
        &self.points
    }

    /// The window at `time`, odd.
    pub fn window(&self, time: Time) -> usize {
        2 * libm::round(along(&self.points, time.t, |p| p.t, |p| (p.window / 2) as f64)) as usize + 1
    }

    /// The window at `time` and how it ends; between two points as soft as the line between them says.
    pub fn sight(&self, time: Time) -> Sight {
        let soft = libm::round(along(&self.points, time.t, |p| p.t, |p| p.soft as f64)) as usize;
        Sight { window: self.window(time), soft }.within(MAX_WINDOW)
    }
}

/// The value at `t` of the line through `points`, which are in the order of their times: level beyond the ends.
pub(super) fn along<P>(points: &[P], t: f64, time: impl Fn(&P) -> f64, value: impl Fn(&P) -> f64) -> f64 {
    let after = points.partition_point(|p| time(p) < t);
    let (left, right) = (&points[after.saturating_sub(1)], &points[after.min(points.len() - 1)]);
    let span = time(right) - time(left);
    let share = if span > 0.0 { ((t - time(left)) / span).clamp(0.0, 1.0) } else { 0.0 };
    value(left) + share * (value(right) - value(left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Schedule;

    fn points(list: &[(f64, usize)]) -> Vec<LocalityPoint> {
        list.iter().map(|&(t, window)| LocalityPoint::hard(t, window)).collect()
    }

    #[test]
    fn windows_are_read_at_their_own_time_and_joined_by_lines() {
        let k = Locality::measured(points(&[(0.1, 3), (0.5, 11), (1.0, 27)])).unwrap();
        let at = |t| k.window(Schedule::Cosine.at(t));
        assert_eq!((at(0.0), at(0.1), at(0.3), at(0.5), at(0.75), at(1.0)), (3, 3, 7, 11, 19, 27));
        assert_eq!(Locality::fixed(7).unwrap().window(Schedule::Cosine.at(0.9)), 7);
    }

    #[test]
    fn schedules_that_make_no_sense_are_refused() {
        assert!(matches!(Locality::fixed(4), Err(TheoryError::Window { window: 4, .. })));
        assert!(Locality::fixed(MAX_WINDOW + 2).is_err());
        assert!(Locality::measured(vec![]).is_err());
        assert!(Locality::measured(points(&[(0.5, 3), (0.5, 5)])).is_err());
        assert!(Locality::measured(points(&[(f64::NAN, 3)])).is_err());
    }
}

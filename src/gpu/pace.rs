//! How much is submitted to a GPU at a time: as much as it does in a tenth of a second, by how long the last submissions took. Short
//! enough for a screen on the same GPU to stay alive, long enough for the way there and back to cost little.

use super::context::seconds;

/// Aim for the time of one submission, in seconds.
const TARGET_SECONDS: f64 = 0.1;
/// Submissions under way at once, so that the GPU has work while the last one's end is on its way to us.
pub(super) const IN_FLIGHT: usize = 2;

/// The amount of work in a submission, in whatever it is counted.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    budget: f64,
    last_end: f64,
}

impl Pace {
    /// Begins with `budget`, before any speed is known.
    pub fn new(budget: f64) -> Self {
        Pace { budget, last_end: seconds() }
    }

    /// Work of the next submission.
    pub fn budget(&self) -> f64 {
        self.budget
    }

    /// Begins anew after others had the GPU.
    pub fn resume(&mut self) {
        self.last_end = seconds();
    }

    /// Learns that a submission of `work` has ended; the budget changes by no more than four times at once.
    pub fn ended(&mut self, work: f64) {
        let now = seconds();
        let speed = work / (now - self.last_end).max(1e-3);
        self.budget = (speed * TARGET_SECONDS).clamp(self.budget * 0.25, self.budget * 4.0);
        self.last_end = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_follows_the_speed_within_bounds() {
        let mut pace = Pace::new(1000.0);
        // Whatever the clock says: nothing takes less than a millisecond, and no more than four times is believed.
        pace.ended(1e9);
        assert_eq!(pace.budget(), 4000.0);
        pace.ended(0.0);
        assert_eq!(pace.budget(), 1000.0);
        pace.ended(0.0);
        assert_eq!(pace.budget(), 250.0);
    }
}

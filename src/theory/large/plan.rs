//! What is done at which level: the sizes of the pyramid (Burt & Adelson 1983), and the steps from the noise of the coarsest
//! level to the pixels of the finest. All of it follows from two sizes and how much may change.

/// Side of the pieces that are laid beside each other, wherever noise is not large.
pub(super) const WINDOW: usize = 7;
/// How much smaller each level is than the finer one, about.
const RATIO: f64 = 1.6;
/// Long side of the coarsest source, and what its short side has at least.
const COARSE: [f64; 2] = [32.0, 10.0];
/// Pairs of a window and a source that a step of the coarsest level looks at, at most.
const PAIRS: f64 = 2e6;
/// Steps at the coarsest level.
const FIRST: usize = 16;
/// Steps at each finer level between noise and picture.
const STEPS: usize = 4;
/// Steps after them, without noise.
const POLISH: usize = 2;
/// Time that the finer levels turn at.
const TURN: f64 = 0.3;
/// Time that the coarsest level turns at where nothing is to change, and how fast it rises to 1 with the variety.
const KEEPING: f64 = 0.6;
const RISE: f64 = 0.6;
/// Side of the first windows as a share of the shortest side, where nothing is to change, and what variety takes off it.
const WIDE: f64 = 0.95;
const NARROWER: f64 = 0.5;
/// Time below which windows have their usual side at the coarsest level, too.
const NARROW: f64 = 0.5;

/// Columns and rows.
pub(super) type Size = (usize, usize);

/// A level of the pyramid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    /// Size of the source.
    pub source: Size,
    /// Size of what is drawn.
    pub drawn: Size,
}

/// One question to the posterior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// Its level, 0 the coarsest.
    pub level: usize,
    /// Side of its windows.
    pub window: usize,
    /// What is asked.
    pub kind: Kind,
}

/// What a step asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A step of DDIM from a time to the next, of all sources or of those that are near.
    Denoise {
        from: f64,
        to: f64,
        /// Whether noise is put on the picture before.
        turns: bool,
    },
    /// The coarser level's picture, enlarged, against the coarser source, enlarged: what did it look like in full?
    Sharpen,
    /// The picture as it is, without noise.
    Polish,
}

/// The levels, coarsest first, and all steps.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub levels: Vec<Level>,
    pub steps: Vec<Step>,
}

impl Plan {
    /// For a source and a picture of these sizes; `variety` is in `[0, 1]`.
    pub fn new(source: Size, drawn: Size, variety: f64) -> Plan {
        let levels = levels(source, drawn);
        let mut steps = coarsest(levels[0], variety);
        for (n, level) in levels.iter().enumerate().skip(1) {
            let step = |kind| Step { level: n, window: window(*level), kind };
            steps.push(step(Kind::Sharpen));
            steps.extend((0..STEPS).map(|i| step(denoise(TURN, i, STEPS))));
            steps.extend((0..POLISH).map(|_| step(Kind::Polish)));
        }
        Plan { levels, steps }
    }

    /// About how much work a step is, in pairs of pixels.
    pub fn work(&self, step: &Step) -> f64 {
        let Level { source, drawn } = self.levels[step.level];
        let asked = match (step.level, step.kind) {
            (0, _) => (source.0 * source.1) as f64,
            (_, Kind::Sharpen) => 40.0,
            _ => 25.0,
        };
        (drawn.0 * drawn.1 * step.window * step.window) as f64 * asked
    }
}

/// Step `i` of `count` of a turn at `time`.
fn denoise(time: f64, i: usize, count: usize) -> Kind {
    let left = |done: usize| time * (1.0 - done as f64 / count as f64);
    Kind::Denoise { from: left(i), to: left(i + 1), turns: i == 0 }
}

/// The shortest side of a level.
fn shortest(level: Level) -> usize {
    level.source.0.min(level.source.1).min(level.drawn.0).min(level.drawn.1)
}

/// Side of the usual windows of a level.
fn window(level: Level) -> usize {
    WINDOW.min(shortest(level))
}

fn levels(source: Size, drawn: Size) -> Vec<Level> {
    let (long, short) = (source.0.max(source.1) as f64, source.0.min(source.1) as f64);
    let area = |size: Size| (size.0 * size.1) as f64;
    let seen = libm::pow(PAIRS / (area(source) * area(drawn)), 0.25);
    let coarse = (COARSE[0] / long).max(COARSE[1] / short).min(seen).min(1.0);
    let finer = libm::round(libm::log(1.0 / coarse) / libm::log(RATIO)) as usize;
    (0..=finer)
        .map(|n| {
            let scale = if n == finer { 1.0 } else { libm::pow(coarse, (finer - n) as f64 / finer as f64) };
            let side = |side: usize| (libm::round(side as f64 * scale) as usize).max(2);
            Level { source: (side(source.0), side(source.1)), drawn: (side(drawn.0), side(drawn.1)) }
        })
        .collect()
}

/// The steps of the coarsest level: windows are wide where noise is large, so that what belongs together stays together.
fn coarsest(level: Level, variety: f64) -> Vec<Step> {
    let turn = (KEEPING + RISE * variety).min(1.0);
    let usual = window(level) as f64;
    let wide = (shortest(level) as f64 * (WIDE - NARROWER * variety)).max(usual);
    let step = |i: usize| {
        let share = ((turn * (1.0 - i as f64 / FIRST as f64) - NARROW) / (1.0 - NARROW)).clamp(0.0, 1.0);
        let window = (usual + (wide - usual) * share) as usize;
        Step { level: 0, window, kind: denoise(turn, i, FIRST) }
    };
    (0..FIRST).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_photograph_has_five_levels_and_its_windows_narrow() {
        let plan = Plan::new((256, 192), (256, 192), 0.5);
        let sizes: Vec<Size> = plan.levels.iter().map(|level| level.drawn).collect();
        assert_eq!(sizes, [(32, 24), (54, 40), (91, 68), (152, 114), (256, 192)]);
        let windows: Vec<usize> = plan.steps[..FIRST].iter().map(|step| step.window).collect();
        assert_eq!((windows[0], windows[FIRST - 1]), (14, WINDOW));
        assert!(windows.is_sorted_by(|a, b| a >= b));
        assert_eq!(plan.steps.len(), FIRST + 4 * (1 + STEPS + POLISH));
    }

    #[test]
    fn more_variety_turns_later_and_sees_less() {
        let first = |variety| Plan::new((256, 256), (256, 256), variety).steps[0];
        let Kind::Denoise { from: kept, .. } = first(0.0).kind else { panic!() };
        let Kind::Denoise { from: anew, .. } = first(1.0).kind else { panic!() };
        assert_eq!((kept, anew), (KEEPING, 1.0));
        assert!(first(0.6).window > first(1.0).window);
    }

    proptest! {
        #[test]
        fn every_plan_ends_at_full_size_with_windows_that_fit(
            source in (8usize..=256, 8usize..=256), drawn in (8usize..=512, 8usize..=512), variety in 0.0f64..=1.0,
        ) {
            let plan = Plan::new(source, drawn, variety);
            prop_assert_eq!(plan.levels.last(), Some(&Level { source, drawn }));
            for step in &plan.steps {
                prop_assert!(step.window >= 2 && step.window <= shortest(plan.levels[step.level]));
            }
            let pairs = |level: Level| (level.source.0 * level.source.1 * level.drawn.0 * level.drawn.1) as f64;
            prop_assert!(pairs(plan.levels[0]) < 3.0 * PAIRS);
        }
    }
}

//! What `shader/posterior.wgsl` reads: how pictures lie in the GPU's memory, and which pixels meet at which displacement.
//! The theory's plan says who may answer for whom, run by run; here runs whose query pixels lie apart go together in
//! rounds, so that a thread that stays with its pixels finds work in nearly every one.

use crate::denoiser::ImageShape;
use crate::schedule::Time;
use crate::theory::{Answer, Axis, Boundary, PatchPosterior, Sight, Window, axis};

/// A run of query pixels along one axis that share a displacement, none of them past the edge.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct Run {
    /// The first pixel.
    pub pixel: i32,
    /// Number of pixels; none where a round has one run only.
    pub pixels: i32,
    /// From a query pixel to the training pixel that answers for it; on a ring not negative.
    pub displacement: i32,
    /// The first cell that its windows see: a pixel of the query, on a ring perhaps one to wrap around.
    pub cell: i32,
    /// Number of cells that its windows see.
    pub cells: i32,
    /// Where the first pixel's window begins, counted from the first cell: before it, where the border cuts the window.
    pub window: i32,
    unused: [i32; 2],
}

/// One or two runs whose pixels lie apart.
pub(super) type Round = [Run; 2];

/// The rounds of one axis.
#[derive(Debug)]
pub(super) struct Rounds {
    pub list: Vec<Round>,
    /// Side of the window along this axis, and how far it begins before its pixel.
    pub window: usize,
    pub before: usize,
}

/// All displacements of a machine at one time.
#[derive(Debug)]
pub(super) struct Displacements {
    pub rows: Rounds,
    pub columns: Rounds,
    /// Side of the second box of soft windows; 1 where their edge is hard.
    pub soft: usize,
    /// Pixels of a window that lie beyond the border, for every query pixel, by how much they count. They add the same to
    /// everyone who may answer for it, so the shader leaves them out; the CPU counts them.
    pub outside: Vec<usize>,
}

/// Most rounds that an axis of `n` pixels has.
pub(super) fn most_rounds(n: usize) -> usize {
    2 * n
}

impl Displacements {
    /// Those of `posterior` at `time`. With zeros beyond the border, a window that the border cuts is compared only with
    /// one that is cut in the same way.
    pub(super) fn new(posterior: &PatchPosterior, time: Time) -> Self {
        let (choices, shape) = (posterior.choices(), posterior.training().shape());
        let ImageShape { height, width, .. } = shape;
        let nothing = vec![0; height * width];
        if choices.window == Window::WholeImage {
            let [rows, columns] = [height, width].map(|n| match choices.answer {
                Answer::AnyPlace => Rounds::of_rings(n),
                _ => Rounds::of_one_place(n),
            });
            return Displacements { rows, columns, soft: 1, outside: nothing };
        }
        let sight = posterior.sight(time);
        let [rows, columns] = [height, width].map(|n| axis(n, sight, choices));
        let outside = match choices.boundary {
            Boundary::Circular => nothing,
            Boundary::Zeros => {
                let counts = |axis: &Axis| Sight { window: axis.window, soft: axis.soft }.weights();
                let area = counts(&rows).sum::<usize>() * counts(&columns).sum::<usize>();
                let inside = |axis: &Axis, i: usize| -> usize {
                    let there = |at: &usize| (i + at).checked_sub(axis.half()).is_some_and(|cell| cell < axis.size);
                    counts(axis).enumerate().filter(|(at, _)| there(at)).map(|(_, weight)| weight).sum()
                };
                let inside = |axis: &Axis| -> Vec<usize> { (0..axis.size).map(|i| inside(axis, i)).collect() };
                let (down, across) = (inside(&rows), inside(&columns));
                down.iter().flat_map(|r| across.iter().map(move |c| area - r * c)).collect()
            }
        };
        let circular = choices.boundary == Boundary::Circular;
        let [rows, columns] = [rows, columns].map(|axis| Rounds::of(&axis, circular));
        Displacements { rows, columns, soft: sight.soft, outside }
    }

    /// Cells of all displacements together, for one training image.
    pub(super) fn cells(&self) -> f64 {
        self.rows.sum(|run| run.cells) * self.columns.sum(|run| run.cells)
    }

    /// Pairs of a query pixel and a training pixel that may answer for it, for one training image.
    pub(super) fn pairs(&self) -> f64 {
        self.rows.sum(|run| run.pixels) * self.columns.sum(|run| run.pixels)
    }

    /// Windows beside each other that may be summed together: at most one more than a window is wide.
    pub(super) fn shared(&self) -> usize {
        self.rows.window.min(self.columns.window) + 1
    }

    /// Most cells in a row of a round.
    pub(super) fn most_cells(&self) -> usize {
        let cells = |round: &Round| round.iter().map(|run| run.cells).sum::<i32>() as usize;
        self.columns.list.iter().map(cells).max().unwrap_or(0)
    }

    /// Rounds for every training image.
    pub(super) fn count(&self) -> usize {
        self.rows.list.len() * self.columns.list.len()
    }

    /// The table that the shader reads.
    pub(super) fn table(&self) -> Vec<Round> {
        [&self.rows.list[..], &self.columns.list[..]].concat()
    }
}

impl Rounds {
    /// Those of an axis of the plan.
    fn of(axis: &Axis, circular: bool) -> Rounds {
        let (n, h) = (axis.size as i32, axis.half() as i32);
        let mut runs = Vec::new();
        for run in &axis.runs {
            let (q, p, len) = (run.q as i32, run.p as i32, run.len as i32);
            let displacement = if circular { (p - q).rem_euclid(n) } else { p - q };
            // All around a ring it does not matter where one begins; else what goes past the edge begins anew.
            let q = if len == n { 0 } else { q };
            let before_edge = len.min(n - q);
            for (pixel, pixels) in [(q, before_edge), (0, len - before_edge)] {
                if pixels > 0 {
                    runs.push(Run::new(pixel, pixels, displacement, h, (!circular).then_some(n)));
                }
            }
        }
        // The longest first, so that a short one finds the one that it completes.
        runs.sort_by_key(|run| -run.pixels);
        let mut list: Vec<Round> = Vec::new();
        for run in runs {
            match list.iter_mut().find(|round| round[1].pixels == 0 && round[0].goes_with(&run, 2 * n)) {
                Some(round) => round[1] = run,
                None => list.push([run, Run::default()]),
            }
        }
        Rounds { list, window: axis.window, before: axis.half() }
    }

    /// Windows as wide as a ring of `n` pixels, at every displacement; wherever they begin, they see everything.
    fn of_rings(n: usize) -> Rounds {
        let cells = 2 * n as i32 - 1;
        let run = |displacement| Run { pixels: n as i32, displacement, cells, ..Run::default() };
        Rounds { list: (0..n as i32).map(|d| [run(d), Run::default()]).collect(), window: n, before: 0 }
    }

    /// Windows that see all of `n` pixels from each of them, at no displacement.
    fn of_one_place(n: usize) -> Rounds {
        let (side, before) = (n as i32, n - 1);
        let list = vec![[Run::new(0, side, 0, before as i32, Some(side)), Run::default()]];
        Rounds { list, window: 2 * n - 1, before }
    }

    pub(super) fn sum(&self, of: impl Fn(&Run) -> i32) -> f64 {
        self.list.iter().flatten().map(|run| f64::from(of(run))).sum()
    }
}

impl Run {
    /// `pixels` from `pixel` on, for windows that reach `h` to both sides, and no further than to the edges of an axis of
    /// `border` pixels where there is one.
    pub(super) fn new(pixel: i32, pixels: i32, displacement: i32, h: i32, border: Option<i32>) -> Run {
        let (start, end) = (pixel - h, pixel + pixels + h);
        let (cell, end) = border.map_or((start, end), |n| (start.max(0), end.min(n)));
        Run { pixel, pixels, displacement, cell, cells: end - cell, window: start - cell, unused: [0; 2] }
    }

    /// Whether the two have no pixel in common, and together fewer than `limit` cells.
    fn goes_with(&self, other: &Run, limit: i32) -> bool {
        let apart = self.pixel + self.pixels <= other.pixel || other.pixel + other.pixels <= self.pixel;
        apart && self.cells + other.cells < limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Machine;

    /// Every pair of pixels that the plan has, once, in rounds that a workgroup can hold.
    #[test]
    fn rounds_hold_what_the_plan_holds() {
        for (machine, circular) in [(Machine::Local, false), (Machine::Bbels, false), (Machine::Els, true)] {
            let Some(choices) = machine.choices() else { panic!("{machine:?} is a patch posterior") };
            for n in [3usize, 8, 28] {
                for k in (1..=n).step_by(2) {
                    let axis = axis(n, k.into(), choices);
                    let rounds = Rounds::of(&axis, circular);
                    let mut planned: Vec<(usize, usize)> = axis
                        .runs
                        .iter()
                        .flat_map(|run| (0..run.len).map(move |i| ((run.q + i) % n, (run.p + i) % n)))
                        .collect();
                    let mut found = Vec::new();
                    for round in &rounds.list {
                        let mut pixels = Vec::new();
                        for run in round {
                            pixels.extend(run.pixel..run.pixel + run.pixels);
                            found.extend((run.pixel..run.pixel + run.pixels).map(|q| {
                                let p = q + run.displacement;
                                (q as usize, if circular { p.rem_euclid(n as i32) } else { p } as usize)
                            }));
                        }
                        let apart = pixels.iter().collect::<std::collections::BTreeSet<_>>().len();
                        assert_eq!(apart, pixels.len(), "{machine:?} n {n} k {k}: {round:?}");
                        let cells: i32 = round.iter().map(|run| run.cells).sum();
                        assert!(cells < 2 * n as i32, "{machine:?} n {n} k {k}: {round:?}");
                    }
                    planned.sort_unstable();
                    found.sort_unstable();
                    assert_eq!(found, planned, "{machine:?} n {n} k {k}");
                    assert!(rounds.list.len() <= most_rounds(n));
                }
            }
        }
    }

    #[test]
    fn runs_of_opposite_displacements_share_rounds() {
        let Some(choices) = Machine::Bbels.choices() else { panic!("it is a patch posterior") };
        // 26 places answer for each of 26 pixels, and the border for itself.
        assert_eq!(Rounds::of(&axis(28, 3.into(), choices), false).list.len(), 26);
        assert_eq!(Rounds::of(&axis(28, 17.into(), choices), false).list.len(), 12);
    }
}

//! What a question costs a GPU, counted from how its work is cut, for those who choose a [`Cut`](super::Cut) without the GPU at hand.

use super::displacement::{Displacements, Rounds, Run};
use super::layout::Tile;
use super::posterior::GpuPosterior;
use super::sweep::Pass;
use crate::schedule::Time;

/// Counted work of one picture's posterior over all training images, with no second round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// Threads of all workgroups that are dispatched together.
    pub threads: usize,
    /// Training images that share a vector, pixels that a thread answers for, and rows that a workgroup does.
    pub lanes: usize,
    pub pixels: usize,
    pub rows: usize,
    /// Threads of a workgroup.
    pub threads_of_workgroup: usize,
    /// Bytes of its memory.
    pub bytes_of_workgroup: usize,
    /// Values that all of them leave to be merged.
    pub merged_values: usize,
    /// Pairs of a query pixel and a training pixel that may answer for it.
    pub pairs: f64,
    /// Barriers that workgroups wait at.
    pub barriers: f64,
    /// Squared differences that windows see, each displacement for itself.
    pub cells: f64,
    /// Squared differences, as often as they are worked out: for every strip that sees them.
    pub differences: f64,
    /// Additions that make sums over windows of them, down the columns and along the rows; multiply-adds where windows are soft.
    pub additions: f64,
}

impl GpuPosterior {
    /// What one picture at `time` costs.
    pub fn counts(&self, time: Time) -> Counts {
        let displacements = Displacements::new(&self.posterior, time);
        let tile = self.tile(&displacements);
        let Displacements { rows, columns, .. } = &displacements;
        let groups = self.chunks.iter().map(|chunk| self.layout.groups(chunk.count));
        let (rounds, all) = (displacements.count(), groups.clone().sum::<usize>());
        let workers = Pass::Plain.workers(&tile, self.cut.threads, groups.map(|groups| groups * rounds).max());
        let images = (all * self.layout.lanes) as f64;
        let across = columns.sum(|run| run.cells);
        let down = across * tile.strips(rows);
        let along = rows.sum(|run| run.pixels) * threads_along(columns, tile.pixels);
        Counts {
            threads: workers * tile.bands() * tile.threads(),
            lanes: self.layout.lanes,
            pixels: tile.pixels,
            rows: tile.rows,
            threads_of_workgroup: tile.threads(),
            bytes_of_workgroup: tile.bytes(),
            merged_values: workers * Pass::Plain.fields(self.layout.shape.channels, 1) * self.layout.area(),
            pairs: self.pairs(time),
            barriers: 2.0 * (all * rounds * tile.bands()) as f64,
            cells: images * displacements.cells(),
            differences: images * down * tile.cells(rows.window),
            additions: images * (down * tile.additions(rows.window) + along * tile.additions(columns.window)),
        }
    }
}

impl Tile {
    /// Strips of windows that a column's runs of rows have in all bands, over all rounds; see `shader/shared/down.wgsl`.
    fn strips(&self, rows: &Rounds) -> f64 {
        let in_band = |run: &Run, band: usize| {
            let (first, end) = (run.pixel as usize, (run.pixel + run.pixels) as usize);
            end.min((band + 1) * self.rows).saturating_sub(first.max(band * self.rows)).div_ceil(self.pixels)
        };
        rows.sum(|run| (0..self.bands()).map(|band| in_band(run, band)).sum::<usize>() as i32)
    }

    /// Cells that a strip of windows of `window` cells reads; see `shader/shared/windows.wgsl`.
    fn cells(&self, window: usize) -> f64 {
        let of_groups = |groups| groups * (window + self.group - 1);
        self.pixels.checked_div(self.group).map_or(window + self.pixels - 1, of_groups) as f64
    }

    /// Additions with which it makes its sums of them.
    fn additions(&self, window: usize) -> f64 {
        let of_groups = |groups| groups * (window + 2 * (self.group - 1));
        self.pixels.checked_div(self.group).map_or(self.pixels * (window + self.pixels - 1), of_groups) as f64
    }
}

/// Threads of `pixels` pixels of a row that meet a run, over all runs.
fn threads_along(rounds: &Rounds, pixels: usize) -> f64 {
    let n = pixels as i32;
    rounds.sum(|run| if run.pixels > 0 { (run.pixel + run.pixels - 1) / n - run.pixel / n + 1 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::denoiser::ImageShape;
    use crate::gpu::layout::Layout;

    /// Beside what the shader's loops do, written out.
    #[test]
    fn strips_are_those_of_the_shader() {
        let shape = ImageShape { channels: 1, height: 28, width: 28 };
        for (pixels, rows) in [(8, 16), (8, 28), (4, 28), (4, 8)] {
            let tile = Tile { layout: Layout { shape, lanes: 4 }, pixels, group: 4, rows, pitch: 55 };
            for (from, to) in [(0, 28), (1, 2), (3, 25), (8, 20), (15, 17)] {
                let run = Run::new(from, to - from, 0, 2, Some(28));
                let rounds = Rounds { list: vec![[run, Run::default()]], window: 5, before: 2 };
                let mut strips = 0;
                for band in (0..28).step_by(rows) {
                    let mut top = from.max(band as i32);
                    while top < to.min((band + rows) as i32) {
                        (strips, top) = (strips + 1, top + pixels as i32);
                    }
                }
                assert_eq!(tile.strips(&rounds), f64::from(strips), "{tile:?} {from}..{to}");
                let threads = (from / pixels as i32..=(to - 1) / pixels as i32).count();
                assert_eq!(threads_along(&rounds, pixels), threads as f64, "{tile:?} {from}..{to}");
            }
            // Windows of 5 cells by fours: 2 cells in common, 3 before and 3 after; and the sums of those after are added to three windows.
            let groups = (pixels / 4) as f64;
            assert_eq!((tile.cells(5), tile.additions(5)), (8.0 * groups, 11.0 * groups));
        }
    }
}

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
        let (down, cells) = tile.down(rows);
        let along = rows.sum(|run| run.pixels) * strips(columns, tile.pixels);
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
            differences: images * across * cells,
            additions: images
                * (across * down * additions(&tile, rows.window) + along * additions(&tile, columns.window)),
        }
    }
}

impl Tile {
    /// Strips of windows that a column's runs of rows have in all bands, and the cells that they read, over all rounds.
    fn down(&self, rows: &Rounds) -> (f64, f64) {
        let (mut strips, mut cells) = (0, 0);
        for run in rows.list.iter().flatten() {
            for band in 0..self.bands() {
                let (from, to) = (band * self.rows, (band + 1) * self.rows);
                let first = (run.pixel as usize).max(from);
                let end = ((run.pixel + run.pixels) as usize).min(to);
                for top in (first..end).step_by(self.pixels) {
                    strips += 1;
                    cells += self.cells(run, top, self.pixels.min(end - top), rows);
                }
            }
        }
        (strips as f64, cells as f64)
    }

    /// Cells that a strip of `count` windows reads, the first of which belongs to pixel `top`, as often as it reads them.
    fn cells(&self, run: &Run, top: usize, count: usize, rows: &Rounds) -> usize {
        let begin = top as i32 - rows.before as i32;
        let (window, group) = (rows.window as i32, if self.group == 0 { self.pixels } else { self.group } as i32);
        let end = (begin + window + count as i32 - 1).min(run.cell + run.cells);
        let groups = (0..self.pixels as i32).step_by(group as usize).map(|g| begin + g);
        groups.map(|start| ((start + window + group - 1).min(end) - start.max(run.cell)).max(0) as usize).sum()
    }
}

/// Strips of `pixels` windows, laid out from pixel 0, that meet a run, over all runs of an axis.
fn strips(rounds: &Rounds, pixels: usize) -> f64 {
    let n = pixels as i32;
    rounds.sum(|run| if run.pixels > 0 { (run.pixel + run.pixels - 1) / n - run.pixel / n + 1 } else { 0 })
}

/// Additions with which a strip of windows of `window` cells makes its sums of them; see `shader/shared/windows.wgsl`.
fn additions(tile: &Tile, window: usize) -> f64 {
    let Tile { pixels, group, .. } = *tile;
    let of_groups = |groups| groups * (window + 2 * (group - 1));
    pixels.checked_div(group).map_or(pixels * (window + pixels - 1), of_groups) as f64
}

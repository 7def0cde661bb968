//! Displacements of rows that follow each other, to be worked on together: a query pixel is then read once for all of
//! them, and so are its softmax and most of the training pixels, as the rows that belong to it follow each other too.

use super::plan::{Axis, Run};
use core::ops::Range;

/// Most displacements in a band.
pub(super) const MOST: usize = 4;

/// A few displacements. Its rows are those in which any of them has a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Band {
    /// First row of windows in the padded query.
    pub x: usize,
    /// The row that belongs to it in the padded training image, for the first displacement; one more for each further
    /// one. May lie outside, where that displacement has no window yet.
    pub y: isize,
    /// First query row; those beyond the edge wrap around.
    pub q: usize,
    /// The training row that answers for it, for the first displacement; as `y`.
    pub p: isize,
    /// Number of rows.
    pub len: usize,
    /// In which of the rows each displacement has a window.
    pub valid: [Range<usize>; MOST],
    /// In which of the rows all that a band may hold have one.
    pub all: Range<usize>,
    /// Whether it takes the place of several displacements, even if it has only one.
    pub together: bool,
}

/// The runs of an axis in bands of at most `most` displacements; where `alone`, single ones take no more place than one.
pub(super) fn bands(axis: &Axis, most: usize, alone: bool) -> Vec<Band> {
    let displacement = |run: &Run| run.y as isize - run.x as isize;
    let mut runs = axis.runs.clone();
    runs.sort_by_key(displacement);
    let mut bands = Vec::new();
    let mut rest = runs.as_slice();
    while let Some(first) = rest.first() {
        let follows = |(i, run): (usize, &Run)| {
            let alike = run.len.abs_diff(first.len) <= most && run.x.abs_diff(first.x) <= most;
            displacement(run) == displacement(first) + i as isize && alike
        };
        let count = rest.iter().take(most).enumerate().take_while(|(i, run)| follows((*i, run))).count().max(1);
        let (taken, left) = rest.split_at(count);
        bands.push(band(axis, taken, if alone && count == 1 { 1 } else { most }));
        rest = left;
    }
    bands
}

fn band(axis: &Axis, runs: &[Run], most: usize) -> Band {
    let x = runs.iter().map(|r| r.x).min().unwrap_or(0);
    let end = runs.iter().map(|r| r.x + r.len).max().unwrap_or(0);
    let valid: [Range<usize>; MOST] = core::array::from_fn(|w| match runs.get(w) {
        Some(run) => run.x - x..run.x - x + run.len,
        None => 0..0,
    });
    let from = valid[..most].iter().map(|r| r.start).max().unwrap_or(0);
    let to = valid[..most].iter().map(|r| r.end).min().unwrap_or(0);
    let first = runs[0];
    let y = first.y as isize - (first.x - x) as isize;
    Band {
        x,
        y,
        q: (first.q + axis.size - (first.x - x)) % axis.size,
        p: y + first.p as isize - first.y as isize,
        len: end - x,
        valid,
        all: from..to.max(from),
        together: most > 1,
    }
}

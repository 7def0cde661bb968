//! Which windows of the source a window asks. At the coarsest level all; at finer ones those where the coarser level found
//! its own, and then, step by step, its own best ones, those that continue its neighbours' best ones, and a few at random
//! (PatchMatch: Barnes et al. 2009). All follow from the step before alone, so that rows may be asked in any order.

use super::plan::Size;

/// Best sources that are kept of each window.
pub(super) const KEPT: usize = 8;
/// How many of a neighbour's best sources are asked.
const LENT: usize = 2;
/// Random sources of a step, each half as far from the best one as the one before, about.
const DICE: usize = 6;
const CLOSER: f64 = 0.4;
/// Neighbours that are asked, in rows and columns.
const AROUND: [(i64, i64); 8] = [(0, 1), (0, -1), (1, 0), (-1, 0), (0, 3), (0, -3), (3, 0), (-3, 0)];

/// The upper left corner of a window of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u32);

impl Place {
    /// In this row and column.
    pub fn new(row: usize, column: usize) -> Place {
        Place((row as u32) << 16 | column as u32)
    }

    pub fn row(self) -> usize {
        (self.0 >> 16) as usize
    }

    pub fn column(self) -> usize {
        (self.0 & 0xffff) as usize
    }
}

/// All windows of the source, row by row.
#[derive(Debug, Clone)]
pub(super) struct All {
    size: Size,
    next: usize,
}

impl All {
    /// Those of a source with so many columns and rows of windows.
    pub fn new(size: Size) -> All {
        All { size, next: 0 }
    }
}

impl Iterator for All {
    type Item = Place;

    #[inline(always)]
    fn next(&mut self) -> Option<Place> {
        let (columns, rows) = self.size;
        let n = self.next;
        self.next += 1;
        (n < columns * rows).then(|| Place::new(n / columns, n % columns))
    }
}

/// Which sources are asked.
#[derive(Debug)]
pub(super) enum Sources<'a> {
    /// All of them.
    All(All),
    /// Those that are likely.
    Near(Search<'a>),
}

/// What was found in a step: for each window the best sources.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matches {
    /// Side of the windows.
    pub window: usize,
    /// Columns and rows of windows.
    pub size: Size,
    /// Best first.
    pub best: Vec<[Place; KEPT]>,
}

impl Matches {
    /// The best sources of a window, which goes around where `wrap`; of the nearest one where it lies outside and does not.
    fn at(&self, row: i64, column: i64, wrap: bool) -> (&[Place; KEPT], i64, i64) {
        let (columns, rows) = (self.size.0 as i64, self.size.1 as i64);
        let (r, c) = (row.clamp(0, rows - 1), column.clamp(0, columns - 1));
        // How far the window that answers is from the one that was meant.
        let (down, across) = if wrap { (0, 0) } else { (row - r, column - c) };
        let (r, c) = if wrap { (row.rem_euclid(rows), column.rem_euclid(columns)) } else { (r, c) };
        (&self.best[(r * columns + c) as usize], down, across)
    }
}

/// A search by what was found before.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub found: &'a Matches,
    /// Columns and rows of windows of the source.
    pub sources: Size,
    /// Side of the windows now.
    pub window: usize,
    /// Whether what is drawn is a torus.
    pub wrap: bool,
    pub way: Way,
}

/// How one searches.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// In a coarser level: how much larger the drawn picture and the source are now, in columns and rows.
    Coarser { drawn: (f64, f64), source: (f64, f64) },
    /// In the same level; what fixes the dice.
    Same { dice: u64 },
}

impl Search<'_> {
    /// The sources that the window at `row` and `column` asks, each once.
    pub fn near(&self, row: usize, column: usize, into: &mut Vec<Place>) {
        into.clear();
        match self.way {
            Way::Coarser { drawn, source } => self.coarser(row, column, drawn, source, into),
            Way::Same { dice } => self.same(row as i64, column as i64, dice, into),
        }
    }

    /// Adds a source, moved inside.
    fn add(&self, row: i64, column: i64, into: &mut Vec<Place>) {
        let inside = |n: i64, count: usize| n.clamp(0, count as i64 - 1) as usize;
        let place = Place::new(inside(row, self.sources.1), inside(column, self.sources.0));
        if !into.contains(&place) {
            into.push(place);
        }
    }

    /// Where the four coarser windows around the middle of this one point to, and what lies about it.
    fn coarser(&self, row: usize, column: usize, drawn: (f64, f64), source: (f64, f64), into: &mut Vec<Place>) {
        let (half, before) = (self.window as f64 / 2.0, self.found.window as f64 / 2.0);
        let exact = ((row as f64 + half) / drawn.1 - before, (column as f64 + half) / drawn.0 - before);
        let first = (libm::floor(exact.0), libm::floor(exact.1));
        for (down, across) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] {
            let meant = (first.0 + down, first.1 + across);
            let (best, moved, aside) = self.found.at(meant.0 as i64, meant.1 as i64, self.wrap);
            let offset = (exact.0 - meant.0 + moved as f64, exact.1 - meant.1 + aside as f64);
            for place in &best[..LENT] {
                let middle = (place.row() as f64 + before + offset.0, place.column() as f64 + before + offset.1);
                let (r, c) = (libm::round(middle.0 * source.1 - half), libm::round(middle.1 * source.0 - half));
                for (down, across) in (-1..=1).flat_map(|down| (-1..=1).map(move |across| (down, across))) {
                    self.add(r as i64 + down, c as i64 + across, into);
                }
            }
        }
    }

    /// Its own, those that continue its neighbours', and a few at random about its best one.
    fn same(&self, row: i64, column: i64, dice: u64, into: &mut Vec<Place>) {
        let (own, ..) = self.found.at(row, column, self.wrap);
        own.iter().for_each(|place| self.add(place.row() as i64, place.column() as i64, into));
        for (down, across) in AROUND {
            let (best, moved, aside) = self.found.at(row + down, column + across, self.wrap);
            for place in &best[..LENT] {
                let (r, c) = (place.row() as i64 - down + moved, place.column() as i64 - across + aside);
                self.add(r, c, into);
            }
        }
        let mut state = mixed(dice ^ mixed((row as u64) << 32 | column as u64));
        let mut far = self.sources.0.max(self.sources.1) as f64;
        for _ in 0..DICE {
            state = mixed(state);
            let share = |bits: u64| (bits & 0xffff_ffff) as f64 / f64::from(1u32 << 31) - 1.0;
            let (down, across) = ((far * share(state)) as i64, (far * share(state >> 32)) as i64);
            self.add(own[0].row() as i64 + down, own[0].column() as i64 + across, into);
            far *= CLOSER;
        }
    }
}

/// Bits that follow from bits and look like chance (SplitMix64: Steele, Lea & Flood 2014).
pub(super) fn mixed(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

//! How pictures of a shape lie in a GPU's memory ([`Layout`], for all questions to a machine), and how the windows of one question are
//! shared out over the threads of a workgroup ([`Tile`]). Both follow from sizes and from a [`Cut`].

use super::context::Tuning;
use super::displacement::Displacements;
use crate::denoiser::ImageShape;
use crate::ops::program::{Names, names};

/// Bytes of workgroup memory, threads of a workgroup, and workgroups along x: WebGPU's defaults.
const WORKGROUP_BYTES: usize = 16_384;
const WORKGROUP_THREADS: usize = 256;
const MOST_WORKGROUPS: usize = 65_535;
/// Threads that a GPU schedules together: a workgroup takes up whole ones.
const WARP: usize = 32;
/// Most pixels that a thread answers for.
pub(super) const PIXELS: usize = 8;
/// Windows that may be summed together, best first.
const GROUPS: [usize; 3] = [8, 4, 2];

/// How the work is cut. Answers differ by rounding only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Most threads at once.
    pub threads: usize,
    /// Most training images in one buffer; the GPU's limit counts, too.
    pub images: usize,
    /// Squared differences in the first submission, before any speed is known.
    pub cells: f64,
    /// Most training images in a vector: 4, 2 or 1.
    pub lanes: usize,
    /// Pixels that a thread answers for, in one row, and rows whose windows it sums at once: 8 or 4.
    pub pixels: usize,
    /// The same where no more than four windows can be summed together: those of less than 7 × 7.
    pub pixels_of_small: usize,
    /// Most rows of the query that a workgroup answers for.
    pub rows: usize,
}

impl Cut {
    /// What suits a GPU. With many threads: as many as the largest hold at once, and for small windows four pixels a thread,
    /// since eight would share no more and need half as many registers again.
    pub fn suited(tuning: Tuning) -> Cut {
        let cut = Cut {
            threads: 1 << 18,
            images: usize::MAX,
            cells: 1e7,
            lanes: 4,
            pixels: PIXELS,
            pixels_of_small: 4,
            rows: usize::MAX,
        };
        match tuning {
            Tuning::FewCores => Cut { threads: 1 << 10, cells: 1e6, pixels_of_small: PIXELS, rows: 16, ..cut },
            _ => cut,
        }
    }
}

/// How pictures of a shape lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub shape: ImageShape,
    /// Training images that share an item.
    pub lanes: usize,
}

impl Layout {
    /// As many images at once as workgroup memory holds, up to the lanes of a vector or `most`.
    pub fn new(shape: ImageShape, most: usize) -> Layout {
        let fits = |lanes: &usize| *lanes <= most && rows_that_fit(pitches(shape)[1], *lanes) >= PIXELS;
        Layout { shape, lanes: [4, 2, 1].into_iter().find(fits).unwrap_or(1) }
    }

    /// Pixels.
    pub fn area(&self) -> usize {
        self.shape.height * self.shape.width
    }

    /// Items of so many images, at each round.
    pub fn groups(&self, images: usize) -> usize {
        images.div_ceil(self.lanes)
    }

    /// Values of a pixel's posterior besides its channels.
    pub fn header(trace: bool) -> usize {
        if trace { 4 } else { 2 }
    }

    /// `[N, C, H, W]` as `[⌈N/lanes⌉, C, H, W, lanes]`.
    pub fn interleave(&self, images: &[f32]) -> Vec<f32> {
        let (size, lanes) = (self.shape.len(), self.lanes);
        let mut out = vec![0.0; self.groups(images.len() / size) * size * lanes];
        for (n, image) in images.chunks_exact(size).enumerate() {
            let start = n / lanes * size * lanes + n % lanes;
            image.iter().enumerate().for_each(|(i, value)| out[start + i * lanes] = *value);
        }
        out
    }
}

/// How the windows of a question are shared out; each one has a pipeline of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    pub layout: Layout,
    /// Pixels that a thread answers for, in one row; and the rows whose windows it sums at once.
    pub pixels: usize,
    /// How many windows beside each other are summed together: see `shader/shared/windows.wgsl`. None of soft ones.
    pub group: usize,
    /// Rows of the query that a workgroup answers for.
    pub rows: usize,
    /// Room for the cells in a row of a round. Odd, so that rows begin in different banks of memory.
    pub pitch: usize,
}

impl Tile {
    pub fn new(layout: Layout, cut: &Cut, displacements: &Displacements) -> Tile {
        let shared = displacements.shared();
        let fitting = GROUPS.into_iter().find(|group| shared >= *group).unwrap_or(1);
        let pixels = if displacements.soft > 1 || fitting > 4 { cut.pixels } else { cut.pixels_of_small };
        let group = if displacements.soft > 1 { 0 } else { fitting.min(pixels) };
        // Two widths only, since every one is a pipeline to be compiled; the wide one holds any round.
        let (shape, [narrow, wide]) = (layout.shape, pitches(layout.shape));
        let pitch = if displacements.most_cells() <= narrow { narrow } else { wide };
        let threads = shape.width.div_ceil(pixels);
        let most = rows_that_fit(pitch, layout.lanes).min(WORKGROUP_THREADS / threads).min(cut.rows);
        let rows = if most >= shape.height {
            shape.height
        } else {
            // Bands of equal height.
            let segments = shape.height.div_ceil(pixels);
            let bands = segments.div_ceil((most / pixels).max(1));
            segments.div_ceil(bands) * pixels
        };
        Tile { layout, pixels, group, rows, pitch }
    }

    /// Bands of [`Self::rows`] rows.
    pub fn bands(&self) -> usize {
        self.layout.shape.height.div_ceil(self.rows)
    }

    /// Most bands that any tile has.
    pub fn most_bands(shape: ImageShape) -> usize {
        shape.height.div_ceil(GROUPS[1])
    }

    /// Threads of a workgroup: one for every [`Self::pixels`] pixels of a band.
    pub fn threads(&self) -> usize {
        self.rows * self.layout.shape.width.div_ceil(self.pixels)
    }

    /// Bytes of workgroup memory.
    pub fn bytes(&self) -> usize {
        (self.rows * self.pitch + 1) * self.layout.lanes * 4
    }

    /// Workers that come to `threads` together, as far as they may be dispatched at once.
    pub fn workers(&self, threads: usize) -> usize {
        let each = self.bands() * self.threads().next_multiple_of(WARP);
        (threads / each).min(MOST_WORKGROUPS / self.bands()).max(1)
    }

    /// What its shaders call its sizes.
    pub fn names(&self) -> Names {
        let ImageShape { channels, height, width } = self.layout.shape;
        names([
            ("CHANNELS", channels),
            ("HEIGHT", height),
            ("WIDTH", width),
            ("AREA", height * width),
            ("LANES", self.layout.lanes),
            ("PIXELS", self.pixels),
            ("ROWS", self.rows),
            ("SEGMENTS", height.div_ceil(self.pixels)),
            ("PITCH", self.pitch),
            ("BANDS", self.bands()),
            ("THREADS", self.threads()),
            ("SOFT", usize::from(self.group == 0)),
            ("GROUP", self.group),
            ("GROUPS", self.pixels.checked_div(self.group).unwrap_or(0)),
        ])
    }
}

/// Widths of a workgroup's map: for windows of up to 7 × 7, and for any.
fn pitches(shape: ImageShape) -> [usize; 2] {
    let wide = 2 * shape.width - 1;
    [((shape.width + 7) | 1).min(wide), wide]
}

/// Rows of a map that workgroup memory holds, beside its cell of nothing.
fn rows_that_fit(pitch: usize, lanes: usize) -> usize {
    (WORKGROUP_BYTES / (4 * lanes) - 1) / pitch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::{Locality, Machine, PatchPosterior, Training};
    use std::sync::Arc;

    /// Within WebGPU's default limits, for any picture, every round and every row.
    #[test]
    fn tiles_fit_their_workgroups() {
        for (height, width) in [(1, 1), (3, 64), (7, 5), (16, 16), (28, 28), (33, 31), (64, 64), (20, 63)] {
            let shape = ImageShape { channels: 1, height, width };
            let training = Arc::new(Training::new(&vec![0.0; shape.len()], shape).unwrap());
            for (machine, k) in [(Machine::Bbels, 3), (Machine::Els, 5), (Machine::Bbels, 17), (Machine::Local, 61)] {
                let locality = Some(Locality::fixed(k).unwrap());
                let posterior = PatchPosterior::new(machine, training.clone(), locality).unwrap();
                let displacements = Displacements::new(&posterior, crate::schedule::Schedule::Cosine.at(0.5));
                for tuning in [Tuning::ManyThreads, Tuning::FewCores] {
                    let cut = Cut::suited(tuning);
                    let tile = Tile::new(Layout::new(shape, cut.lanes), &cut, &displacements);
                    assert!(tile.bytes() <= WORKGROUP_BYTES && tile.threads() <= WORKGROUP_THREADS, "{tile:?}");
                    assert!(tile.bands() * tile.rows >= height && tile.bands() <= Tile::most_bands(shape), "{tile:?}");
                    assert!(tile.rows == height || tile.rows.is_multiple_of(tile.pixels), "{tile:?}");
                    assert!(displacements.most_cells() <= tile.pitch && width <= tile.pitch, "{tile:?}");
                    let workers = tile.workers(cut.threads);
                    assert!(workers * tile.bands() <= MOST_WORKGROUPS, "{tile:?}: {workers}");
                }
            }
        }
    }
}

//! What `shader/posterior.wgsl` reads: how pictures lie in the GPU's memory, and which pixels meet at which displacement.
//! The theory's plan says who may answer for whom; here every run of it becomes a line of cells that a workgroup can
//! hold: never more of them than the image has.

use crate::denoiser::ImageShape;
use crate::schedule::Time;
use crate::theory::{self, Answer, Axis, Boundary, Choices, Pad, PatchPosterior, Window, axis};

/// Bytes of workgroup memory: WebGPU's default.
const WORKGROUP_BYTES: usize = 16_384;

/// How pictures of a shape lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub shape: ImageShape,
    /// Training images that share an item.
    pub lanes: usize,
}

impl Layout {
    /// As many images at once as workgroup memory holds, up to the lanes of a vector.
    pub fn new(shape: ImageShape) -> Layout {
        let area = shape.height * shape.width;
        let lanes = [4, 2, 1].into_iter().find(|lanes| area * lanes * 4 <= WORKGROUP_BYTES).unwrap_or(1);
        Layout { shape, lanes }
    }

    /// Pixels.
    pub fn area(&self) -> usize {
        self.shape.height * self.shape.width
    }

    /// Values of a pixel's posterior besides its channels.
    pub fn header(trace: bool) -> usize {
        if trace { 6 } else { 2 }
    }

    /// `[N, C, H, W]` as `[⌈N/lanes⌉, C, H, W, lanes]`.
    pub fn interleave(&self, images: &[f32]) -> Vec<f32> {
        let (size, lanes) = (self.shape.len(), self.lanes);
        let mut out = vec![0.0; images.len().div_ceil(size * lanes) * size * lanes];
        for (n, image) in images.chunks_exact(size).enumerate() {
            let start = n / lanes * size * lanes + n % lanes;
            image.iter().enumerate().for_each(|(i, value)| out[start + i * lanes] = *value);
        }
        out
    }
}

/// A run of pixels along one axis that share a displacement, as two `vec4u`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct Run {
    /// The first cell's pixel in the query; later ones wrap around.
    pub x: u32,
    /// The first cell's pixel in the training image; later ones wrap around.
    pub y: u32,
    /// Cells.
    pub cells: u32,
    /// Windows; the first begins at the first cell.
    pub windows: u32,
    /// Cells that a window takes in after its own; what lies past the last cell counts as nothing, or wraps around.
    pub after: u32,
    /// The same before its own.
    pub before: u32,
    /// From a window's own cell to that of the pixel it belongs to.
    pub middle: u32,
    unused: u32,
}

/// All displacements of a machine at one time.
#[derive(Debug)]
pub(super) struct Displacements {
    pub rows: Vec<Run>,
    pub columns: Vec<Run>,
    /// Pixels of a window that lie beyond the border, for every query pixel. They add the same to everyone who may
    /// answer for it, so the shader leaves them out; the CPU counts them.
    pub outside: Vec<usize>,
}

/// Most runs that an axis of `n` pixels has.
pub(super) fn most_runs(n: usize) -> usize {
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
            let [rows, columns] = [height, width].map(|n| whole(n, choices));
            return Displacements { rows, columns, outside: nothing };
        }
        let k = posterior.window(time);
        let [rows, columns] = [height, width].map(|n| axis(n, k, choices));
        let outside = match choices.boundary {
            Boundary::Circular => nothing,
            Boundary::Zeros => {
                let inside =
                    |axis: &Axis, i: usize| (i + axis.half()).min(axis.size - 1) + 1 - i.saturating_sub(axis.half());
                let area = rows.window * columns.window;
                let places = (0..height).flat_map(|r| (0..width).map(move |c| (r, c)));
                places.map(|(r, c)| area - inside(&rows, r) * inside(&columns, c)).collect()
            }
        };
        Displacements { rows: runs(&rows), columns: runs(&columns), outside }
    }

    /// Cells of all displacements together, for one training image.
    pub(super) fn cells(&self) -> f64 {
        let along = |runs: &[Run]| runs.iter().map(|run| f64::from(run.cells)).sum::<f64>();
        along(&self.rows) * along(&self.columns)
    }

    /// Pairs of a query pixel and a training pixel that may answer for it, for one training image.
    pub(super) fn pairs(&self) -> f64 {
        let along = |runs: &[Run]| runs.iter().map(|run| f64::from(run.windows)).sum::<f64>();
        along(&self.rows) * along(&self.columns)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// The table that the shader reads.
    pub(super) fn table(&self) -> Vec<Run> {
        [&self.rows[..], &self.columns[..]].concat()
    }
}

/// The runs of a machine whose window is the whole image.
fn whole(n: usize, choices: Choices) -> Vec<Run> {
    let all = n as u32;
    let line = Run { x: 0, y: 0, cells: all, windows: all, after: all - 1, before: 0, middle: 0, unused: 0 };
    match choices.answer {
        Answer::AnyPlace => (0..all).map(|x| Run { x, ..line }).collect(),
        _ => vec![Run { before: all - 1, ..line }],
    }
}

/// The runs of an axis.
fn runs(axis: &Axis) -> Vec<Run> {
    let (n, h) = (axis.size, axis.half());
    let run = |run: &theory::Run| {
        let (cells, x, y) = (run.len + 2 * h, (run.q + n - h) % n, (run.p + n - h) % n);
        let run = Run {
            x: x as u32,
            y: y as u32,
            cells: cells.min(n) as u32,
            windows: run.len as u32,
            after: 2 * h as u32,
            before: 0,
            middle: h as u32,
            unused: 0,
        };
        // The border cuts windows only where every pixel answers for itself.
        let cut = axis.pad == Pad::Zeros && cells > n;
        if cut { Run { x: 0, y: 0, after: h as u32, before: h as u32, middle: 0, ..run } } else { run }
    };
    axis.runs.iter().map(run).collect()
}

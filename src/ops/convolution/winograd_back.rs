//! The way back through [`super::winograd`], 4 × 4 outputs a tile. With `Y = Aᵀ[U ⊙ V]A`, `U = G g Gᵀ` and `V = Bᵀ d B`, a gradient `y` of
//! the outputs becomes `A y Aᵀ` at the tile's 36 places. Times `V` it is the gradient of `U`, and `Gᵀ · G` of it that of the
//! kernel; times `U` it is the gradient of `V`, and `B · Bᵀ` of it that of the inputs. All are vectors of channels.

use super::super::plane::{LANES, Lane, Plane};
use super::super::product::{V, WIDE, multiply};
use super::winograd::{Filter, Four};
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;
use core::array::from_fn;

/// Outputs and inputs of a tile's side.
const M: usize = Four::M;
const N: usize = Four::N;
/// Places of a tile.
pub const PLACES: usize = N * N;

/// `A` times gradients of outputs.
#[inline(always)]
fn output_back(y: [V; M]) -> [V; N] {
    let s = BASELINE;
    let (two, four) = (s.splat(2.0), s.splat(4.0));
    let (even, odd) = (s.add(y[0], y[2]), s.add(y[1], y[3]));
    let (far, wide) = (s.mul_add(four, y[2], y[0]), s.mul_add(four, y[3], y[1]));
    [y[0], s.add(even, odd), s.sub(even, odd), s.mul_add(two, wide, far), s.neg_mul_add(two, wide, far), y[3]]
}

/// `B` times gradients of what inputs became.
#[inline(always)]
fn input_back(m: [V; N]) -> [V; N] {
    let s = BASELINE;
    let (two, four, five) = (s.splat(2.0), s.splat(4.0), s.splat(5.0));
    let (near, odd) = (s.add(m[1], m[2]), s.sub(m[1], m[2]));
    let (far, wide) = (s.add(m[3], m[4]), s.sub(m[3], m[4]));
    [
        s.mul_add(four, m[0], s.splat(0.0)),
        s.neg_mul_add(two, wide, s.mul_add(four, s.sub(m[5], odd), s.splat(0.0))),
        s.neg_mul_add(five, m[0], s.neg_mul_add(four, near, s.sub(s.splat(0.0), far))),
        s.neg_mul_add(five, m[5], s.mul_add(two, wide, odd)),
        s.add(m[0], s.add(near, far)),
        m[5],
    ]
}

/// `G` times a kernel.
#[inline(always)]
fn kernel(g: [V; 3]) -> [V; N] {
    let s = BASELINE;
    let scaled = |factor: f32, v: V| s.mul_add(s.splat(factor), v, s.splat(0.0));
    let (even, odd) = (scaled(-1.0 / 6.0, s.add(g[0], g[2])), scaled(-1.0 / 6.0, g[1]));
    let wide = s.mul_add(s.splat(1.0 / 6.0), g[2], scaled(1.0 / 24.0, g[0]));
    let far = scaled(1.0 / 12.0, g[1]);
    [scaled(0.25, g[0]), s.add(even, odd), s.sub(even, odd), s.add(wide, far), s.sub(wide, far), g[2]]
}

/// `Gᵀ` times gradients of what a kernel became.
#[inline(always)]
fn kernel_back(m: [V; N]) -> [V; 3] {
    let s = BASELINE;
    let scaled = |factor: f32, v: V| s.mul_add(s.splat(factor), v, s.splat(0.0));
    let (near, odd) = (scaled(-1.0 / 6.0, s.add(m[1], m[2])), scaled(-1.0 / 6.0, s.sub(m[1], m[2])));
    let (far, wide) = (s.add(m[3], m[4]), s.sub(m[3], m[4]));
    [
        s.mul_add(s.splat(1.0 / 24.0), far, s.mul_add(s.splat(0.25), m[0], near)),
        s.mul_add(s.splat(1.0 / 12.0), wide, odd),
        s.mul_add(s.splat(1.0 / 6.0), far, s.add(near, m[5])),
    ]
}

/// `A y Aᵀ` of the tile of gradients whose first is at `(row, column)`, for all channels; beyond the picture they are none. The
/// places are `stride` apart.
#[allow(clippy::needless_range_loop)] // Matrices: places are named by row and column.
#[inline(never)]
pub fn spread_back(plane: &Plane, (row, column): (usize, usize), places: &mut [Lane], stride: usize) {
    let s = BASELINE;
    let (height, width) = (M.min(plane.shape.height - row), M.min(plane.shape.width - column));
    let (first, groups) = (plane.pixel(row as isize, column as isize), plane.groups);
    let line = plane.pixel(row as isize + 1, column as isize) - first;
    for group in 0..groups {
        let mut half = [[s.splat(0.0); M]; N];
        for x in 0..width {
            let at = first + x * groups + group;
            let value = |y: usize| if y < height { s.load(&plane.lanes()[at + y * line]) } else { s.splat(0.0) };
            let column = output_back(from_fn(value));
            for y in 0..N {
                half[y][x] = column[y];
            }
        }
        for y in 0..N {
            for (x, value) in output_back(half[y]).into_iter().enumerate() {
                s.store(value, &mut places[(y * N + x) * stride + group]);
            }
        }
    }
}

/// Adds `B m Bᵀ` to the inputs of the tile whose first output is at `(row, column)`, one vector of channels; the places of
/// `products` are `stride` apart. What lies beside the picture is added to its border.
#[allow(clippy::needless_range_loop)] // Matrices: places are named by row and column.
#[inline(never)]
pub fn gather_back(
    products: &[Lane],
    stride: usize,
    (row, column): (usize, usize),
    double: bool,
    group: usize,
    plane: &mut Plane,
) {
    let s = BASELINE;
    // Of a doubled picture two neighbours are one pixel.
    let (row, column, count) = if double { (row / 2, column / 2, M) } else { (row, column, N) };
    let folded = |x: [V; N]| if double { [x[0], s.add(x[1], x[2]), s.add(x[3], x[4]), x[5], x[5], x[5]] } else { x };
    let mut half = [[s.splat(0.0); N]; N];
    for x in 0..N {
        let line = folded(input_back(from_fn(|y| s.load(&products[(y * N + x) * stride]))));
        for y in 0..count {
            half[y][x] = line[y];
        }
    }
    // Further out there is nothing but what rounding leaves.
    let (height, width) = (count.min(plane.shape.height + 2 - row), count.min(plane.shape.width + 2 - column));
    for y in 0..height {
        let line = folded(input_back(half[y]));
        let first = plane.pixel((row + y) as isize - 1, column as isize - 1) + group;
        for x in 0..width {
            let groups = plane.groups;
            let to = &mut plane.lanes_mut()[first + x * groups];
            s.store(s.add(s.load(to), line[x]), to);
        }
    }
}

/// Kernels as what they become at each place, for products with rows of channels.
pub struct Kernels {
    /// `[block of outputs][place][row][WIDE]`, from the place's first row on.
    lanes: Vec<Lane>,
    outputs: usize,
    /// Channels of a row, filled up.
    rows: usize,
    /// The first row at each place, a multiple of [`LANES`].
    begins: [usize; PLACES],
}

impl Kernels {
    /// Room for kernels from `rows` channels to `outputs`; the rows before `begin` of a place have nothing there.
    pub fn new(outputs: usize, rows: usize, begin: impl FnMut(usize) -> usize) -> Kernels {
        let kernels = Kernels { lanes: Vec::new(), outputs, rows, begins: from_fn(begin) };
        let lanes = vec![Lane::zeroed(); outputs.div_ceil(WIDE * LANES) * kernels.block()];
        Kernels { lanes, ..kernels }
    }

    /// The first row at a place.
    pub fn begin(&self, place: usize) -> usize {
        self.begins[place]
    }

    /// Vectors of a block of outputs.
    fn block(&self) -> usize {
        self.begins.iter().map(|begin| (self.rows - begin) * WIDE).sum()
    }

    /// Packs the kernels of a row: the first output's begins at `first`, the next ones `stride` apart.
    pub fn pack(&mut self, weights: &[f32], row: usize, first: usize, stride: usize) {
        let (s, size) = (BASELINE, self.block());
        for output in (0..self.outputs).step_by(LANES) {
            let kernels: [&[f32]; LANES] = from_fn(|lane| match output + lane {
                output if output < self.outputs => &weights[first + output * stride..][..9],
                _ => &[0.0; 9],
            });
            let tap = |tap: usize| s.load(&Lane { 0: from_fn(|lane| kernels[lane][tap]) });
            let columns: [[V; N]; 3] = from_fn(|x| kernel(from_fn(|y| tap(y * 3 + x))));
            let lines: [[V; N]; N] = from_fn(|y| kernel(from_fn(|x| columns[x][y])));
            let vector = output / LANES;
            let mut start = vector / WIDE * size + vector % WIDE;
            for (value, &begin) in lines.as_flattened().iter().zip(&self.begins) {
                if row >= begin {
                    s.store(*value, &mut self.lanes[start + (row - begin) * WIDE]);
                }
                start += (self.rows - begin) * WIDE;
            }
        }
    }

    /// Products of `count` tiles with a block of outputs, `[place][tile][WIDE]`, as many tiles apart as `together` says. Of the
    /// tiles' rows, those of two places are `stride` apart.
    pub fn multiply(
        &self,
        block: usize,
        (tiles, stride): (&[Lane], usize),
        together: usize,
        products: &mut [Lane],
        count: usize,
    ) {
        let mut weights = &self.lanes[block * self.block()..];
        for (place, products) in products.chunks_exact_mut(together * WIDE).enumerate() {
            let (begin, products) = (self.begins[place], &mut products[..count * WIDE]);
            let (now, later) = weights.split_at((self.rows - begin) * WIDE);
            if now.is_empty() {
                products.fill(Lane::zeroed());
            } else {
                multiply(&tiles[place * stride + begin / LANES..], self.rows / LANES, now, products);
            }
            weights = later;
        }
    }
}

/// Products of the gradients and the inputs of tiles, summed over these, at each place: `[place][output][vector of inputs]`.
pub struct Crossed<'a> {
    /// Where they are added up.
    pub sums: &'a mut [Lane],
    /// Vectors of gradients and of inputs.
    pub groups: (usize, usize),
}

impl Crossed<'_> {
    /// Adds those of `count` tiles at a place, of inputs from vector `first` on; what was there before counts unless this is the
    /// `begin`.
    pub fn add(&mut self, place: usize, gradients: &[Lane], inputs: &[Lane], first: usize, count: usize, begin: bool) {
        let (outputs, width) = self.groups;
        let size = outputs * LANES * width;
        for group in 0..outputs {
            let sums = &mut self.sums[place * size + group * LANES * width..][..LANES * width];
            if begin && first > 0 {
                sums.fill(Lane::zeroed());
            }
            let (gradients, mut at) = (&gradients[group..], first);
            while at < width {
                let inputs = &inputs[at..];
                at += match width - at {
                    3 | 5.. => cross::<3>((gradients, outputs), (inputs, width), (count, begin), &mut sums[at..]),
                    2 | 4 => cross::<2>((gradients, outputs), (inputs, width), (count, begin), &mut sums[at..]),
                    _ => cross::<1>((gradients, outputs), (inputs, width), (count, begin), &mut sums[at..]),
                };
            }
        }
    }

    /// The gradients of the kernels from a vector of inputs to an output: a vector for each tap.
    pub fn kernels(&self, output: usize, input: usize) -> [Lane; 9] {
        let (s, (outputs, width)) = (BASELINE, self.groups);
        let sum = |place: usize| s.load(&self.sums[(place * outputs * LANES + output) * width + input]);
        let columns: [[V; 3]; N] = from_fn(|x| kernel_back(from_fn(|y| sum(y * N + x))));
        let mut taps = [Lane::zeroed(); 9];
        for (y, taps) in taps.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let line = kernel_back(from_fn(|x| columns[x][y]));
            taps.iter_mut().zip(line).for_each(|(tap, value)| s.store(value, tap));
        }
        taps
    }
}

/// Adds the products of a vector of gradients and `W` of inputs, summed over `count` tiles whose vectors are so many apart;
/// how many these are.
#[inline(never)]
fn cross<const W: usize>(
    (gradients, outputs): (&[Lane], usize),
    (inputs, width): (&[Lane], usize),
    (count, begin): (usize, bool),
    to: &mut [Lane],
) -> usize {
    let s = BASELINE;
    let mut sums: [[V; W]; LANES] = [[s.splat(0.0); W]; LANES];
    if !begin {
        sums = from_fn(|lane| from_fn(|n| s.load(&to[lane * width + n])));
    }
    let gradients = &gradients[..(count - 1) * outputs + 1];
    let inputs = &inputs[..(count - 1) * width + W];
    for (gradient, inputs) in gradients.iter().step_by(outputs).zip(inputs.windows(W).step_by(width)) {
        let gradient = s.load(gradient);
        let inputs: [V; W] = from_fn(|n| s.load(&inputs[n]));
        let spread =
            [s.spread::<0>(gradient), s.spread::<1>(gradient), s.spread::<2>(gradient), s.spread::<3>(gradient)];
        for (sums, gradient) in sums.iter_mut().zip(spread) {
            for (sum, input) in sums.iter_mut().zip(inputs) {
                *sum = s.mul_add(input, gradient, *sum);
            }
        }
    }
    for (lane, sums) in sums.iter().enumerate() {
        for (n, sum) in sums.iter().enumerate() {
            s.store(*sum, &mut to[lane * width + n]);
        }
    }
    W
}

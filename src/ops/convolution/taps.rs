//! Convolutions on the way back, by taps whose weights are packed anew after every step: of a halved picture the pixels of each
//! parity see a smaller kernel, and of a doubled one each pixel sees the kernels of all four parities at once, at a stride of 2. Both
//! are tiles of [`super::direct`].

use super::super::finish::cpu::Ending;
use super::super::plane::{LANES, Lane, Plane};
use super::super::product::WIDE;
use super::direct::{Direct, Parity, Strip};
use super::{Conv, Resample};
use bytemuck::Zeroable;

/// A convolution by taps whose weights can be packed again and again.
pub struct Taps {
    direct: Direct,
    /// What each parity reads, in the order in which its weights are packed.
    sources: Vec<Vec<Source>>,
    /// Results for one pixel.
    outputs: usize,
    /// From one result's weights to the next one's.
    stride: usize,
    /// What the sums begin with.
    pub start: Vec<Lane>,
    /// Whether some parity sees nothing at all.
    holes: bool,
}

/// A plane under a kernel.
struct Source {
    channels: usize,
    /// Where the weights of its first channel begin.
    first: usize,
    /// From one channel's weights to the next one's.
    stride: usize,
    /// For every pixel under the kernel, strip after strip, the taps that fall on it.
    taps: Vec<Vec<usize>>,
}

impl Taps {
    /// The convolution itself.
    pub fn forward(conv: &Conv) -> Taps {
        let (k, double) = (conv.kernel, conv.resample == Resample::Double);
        let source =
            |first: usize, channels: usize, taps| Source { channels, first: first * k * k, stride: k * k, taps };
        let made = parities(double).iter().map(|&(row, column)| {
            let line = |parity: usize| if double { Line::doubled(k, parity) } else { Line::plain(k) };
            let (input, taps) = cross(&line(row), &line(column), k);
            let (skip, beside) = cross(&Line::plain(k), &Line::plain(k), k);
            let mut sources = vec![source(0, conv.input_channels, taps)];
            sources.extend(conv.skip.map(|_| source(conv.input_channels, conv.skip_channels, beside)));
            let skip = if conv.skip.is_some() { skip } else { Vec::new() };
            (Parity { row, column, input, skip, weights: Vec::new() }, sources)
        });
        Taps::new(made, if double { 2 } else { 1 }, conv.stride(), conv.channels, conv.inputs() * k * k)
    }

    /// From the gradient of the sums to that of what is read: the channels from `first` on.
    pub fn back(conv: &Conv, first: usize, channels: usize, resample: Resample) -> Taps {
        let (k, halve) = (conv.kernel, resample == Resample::Halve);
        let line = |parity: usize| match resample {
            Resample::Keep => Line::new(k, |pixel, off| pixel == -off),
            Resample::Halve => Line::new(k, |pixel, off| parity as isize - off == 2 * pixel),
            Resample::Double => Line::new(k, |pixel, off| (pixel + off).div_euclid(2) == 0),
        };
        let made = parities(halve).iter().map(|&(row, column)| {
            let (input, taps) = cross(&line(row), &line(column), k);
            let source = Source { channels: conv.channels, first: first * k * k, stride: conv.inputs() * k * k, taps };
            (Parity { row, column, input, skip: Vec::new(), weights: Vec::new() }, vec![source])
        });
        let stride = if resample == Resample::Double { 2 } else { 1 };
        Taps::new(made, if halve { 2 } else { 1 }, stride, channels, k * k)
    }

    fn new(
        made: impl Iterator<Item = (Parity, Vec<Source>)>,
        step: usize,
        input_stride: usize,
        outputs: usize,
        stride: usize,
    ) -> Taps {
        let (mut parities, sources): (Vec<Parity>, Vec<Vec<Source>>) =
            made.filter(|(_, sources)| sources.iter().any(|source| !source.taps.is_empty())).unzip();
        let blocks = outputs.div_ceil(WIDE * LANES);
        for (parity, sources) in parities.iter_mut().zip(&sources) {
            let inputs: usize = sources.iter().map(|s| s.taps.len() * s.channels.next_multiple_of(LANES)).sum();
            parity.weights = vec![Lane::zeroed(); blocks * inputs * WIDE];
        }
        let (holes, start) = (parities.len() < step * step, vec![Lane::zeroed(); blocks * WIDE]);
        Taps { direct: Direct { parities, step, stride: input_stride }, sources, outputs, stride, start, holes }
    }

    /// Packs weights `[out, in, k, k]` as [`Parity`] asks for; what fills channels up stays zero.
    pub fn pack(&mut self, weights: &[f32]) {
        const BLOCK: usize = WIDE * LANES;
        for (parity, sources) in self.direct.parities.iter_mut().zip(&self.sources) {
            let mut rows = bytemuck::cast_slice_mut::<Lane, f32>(&mut parity.weights).chunks_exact_mut(BLOCK);
            for block in (0..self.outputs).step_by(BLOCK) {
                for source in sources {
                    for taps in &source.taps {
                        for channel in 0..source.channels.next_multiple_of(LANES) {
                            let Some(row) = rows.next() else { return };
                            if channel >= source.channels {
                                continue;
                            }
                            let first = source.first + channel * source.stride + block * self.stride;
                            for (lane, packed) in row.iter_mut().enumerate().take(self.outputs - block) {
                                let at = first + lane * self.stride;
                                *packed = taps.iter().map(|tap| weights[at + tap]).sum();
                            }
                        }
                    }
                }
            }
        }
    }

    /// Convolves into `output`.
    pub fn run(&self, input: &Plane, skip: Option<&Plane>, output: &mut Plane) {
        if self.holes {
            output.clear();
        }
        self.direct.run(input, skip, &self.start, &Ending::default(), output);
    }
}

/// Where the taps of a kernel's row or column fall, from pixel `start` on, and which.
pub struct Line {
    start: isize,
    taps: Vec<Vec<usize>>,
}

impl Line {
    /// Of all taps, those that `on` says fall on a pixel; pixels and taps are counted from the middle.
    fn new(kernel: usize, on: impl Fn(isize, isize) -> bool) -> Line {
        let (half, reach) = ((kernel / 2) as isize, kernel as isize);
        let at = |pixel: isize| (0..kernel).filter(|&tap| on(pixel, tap as isize - half)).collect::<Vec<_>>();
        let all: Vec<_> = (-reach..=reach).map(at).collect();
        let first = all.iter().position(|taps| !taps.is_empty()).unwrap_or(all.len());
        let last = all.iter().rposition(|taps| !taps.is_empty()).map_or(first, |last| last + 1);
        Line { start: first as isize - reach, taps: all[first..last].to_vec() }
    }

    /// One tap a pixel.
    pub fn plain(kernel: usize) -> Line {
        Line::new(kernel, |pixel, off| pixel == off)
    }

    /// Through doubling, for output pixels of one parity.
    pub fn doubled(kernel: usize, parity: usize) -> Line {
        Line::new(kernel, |pixel, off| pixel == (parity as isize + off).div_euclid(2))
    }
}

/// The strips of pixels under a kernel with these rows and columns, and the taps on each pixel.
pub fn cross(rows: &Line, columns: &Line, kernel: usize) -> (Vec<Strip>, Vec<Vec<usize>>) {
    let (mut strips, mut taps) = (Vec::new(), Vec::new());
    for (row, across) in (rows.start..).zip(&rows.taps) {
        strips.push(Strip { row, column: columns.start, pixels: columns.taps.len() });
        for down in &columns.taps {
            taps.push(across.iter().flat_map(|r| down.iter().map(move |c| r * kernel + c)).collect());
        }
    }
    (strips, taps)
}

/// The four parities of the pixels of a picture twice as large as another, or the one of all pixels.
pub fn parities(four: bool) -> &'static [(usize, usize)] {
    if four { &[(0, 0), (0, 1), (1, 0), (1, 1)] } else { &[(0, 0)] }
}

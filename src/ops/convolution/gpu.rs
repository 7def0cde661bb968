//! A convolution on the GPU: how the work of `conv.wgsl` is cut, and its weights in the order in which it reads them.

use super::super::program::{Binding, Dispatch, Last, Names, Program, THREADS, Tuning, names, shader};
use super::super::{Array, Finish, OpError, Padding, Site, Value, Weights};
use super::batch::larger;
use super::{Conv, Resample};
use crate::denoiser::ImageShape;

/// How the work of a convolution is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tile {
    /// Pixels below each other that a thread computes, in four channels.
    rows: usize,
    /// Threads that share the input channels of one such piece, and add their sums up in the end.
    split: usize,
}

/// Threads that a GPU wants, to hide how slow its memory is.
const BUSY: usize = 16_384;

impl Tile {
    /// The tile for a convolution of so many channels in and out, even for a single picture.
    ///
    /// A thread that computes more pixels reads less for each: on SwiftShader (one core, UNet 32/64/128 at 28×28) 4 rows
    /// reach 1.45, 7 rows 2.1 GFLOP/s; 7 rows of 8 channels would reach 2.5, but take twice as long to compile, more than
    /// a 20-step sample gains. A real GPU needs many threads first: small tiles, and the input channels shared.
    fn choose(tuning: Tuning, inputs: usize, output: ImageShape) -> Tile {
        let ImageShape { channels, height, width } = output;
        // Each share should still be worth a thread.
        let worth = |split: &usize| *split == 1 || inputs >= 8 * split;
        match tuning {
            Tuning::ManyThreads => {}
            Tuning::FewCores => {
                return Tile { rows: rows(height, 7), split: 1 };
            }
            #[cfg(not(target_arch = "wasm32"))]
            Tuning::Tiled { rows, split } => {
                let split = [8, 4, 2, 1].into_iter().filter(|less| *less <= split).find(worth);
                return Tile { rows: rows.clamp(1, height), split: split.unwrap_or(1) };
            }
            // What it does not fit.
            #[cfg(not(target_arch = "wasm32"))]
            Tuning::Batched { .. } => {}
        }
        let rows = if height >= 14 { 4 } else { 2 }.min(height);
        let threads = width * height.div_ceil(rows) * channels.div_ceil(4);
        let split = [1, 2, 4, 8].into_iter().find(|split| threads * split >= BUSY).unwrap_or(8);
        let split = if worth(&split) { split } else { [4, 2].into_iter().find(worth).unwrap_or(1) };
        Tile { rows, split }
    }
}

/// Of 4 to `most` rows what wastes least of a picture's height, then what is largest; not more than there are.
pub(super) fn rows(height: usize, most: usize) -> usize {
    (4..=most).rev().min_by_key(|rows| height.div_ceil(*rows) * rows).unwrap_or(4).min(height)
}

/// What `conv.wgsl` is told of a convolution: one of a network, or the way back through one.
pub(super) struct Sizes {
    pub(super) kernel: usize,
    /// Taps before the first pixel.
    pub(super) pad: usize,
    pub(super) stride: usize,
    /// Whether the input is read at twice its size: every pixel repeated, or with `holes` between them.
    pub(super) double: bool,
    pub(super) holes: bool,
    pub(super) circular: bool,
    /// The input as it is stored, and channels of the skip behind it.
    pub(super) input: ImageShape,
    pub(super) skip_channels: usize,
    pub(super) output: ImageShape,
}

impl Sizes {
    /// Those of a convolution of a network.
    pub(super) fn of(conv: &Conv, site: &Site<'_>) -> Sizes {
        Sizes {
            kernel: conv.kernel,
            pad: conv.kernel / 2,
            stride: conv.stride(),
            double: conv.resample == Resample::Double,
            holes: false,
            circular: site.padding == Padding::Circular,
            input: site.shapes[conv.input],
            skip_channels: conv.skip_channels,
            output: site.shape(),
        }
    }

    /// Channels that a kernel reads.
    pub(super) fn inputs(&self) -> usize {
        self.input.channels + self.skip_channels
    }

    /// The names of `conv.wgsl`, those of what follows the sums excepted; and how many threads a picture takes.
    pub(super) fn names(&self, tuning: Tuning) -> (Names, Dispatch) {
        let Tile { rows, split } = Tile::choose(tuning, self.inputs(), self.output);
        let ImageShape { channels, height, width } = self.output;
        let (blocks, bands) = (channels.div_ceil(4), height.div_ceil(rows));
        let mut names = self.cut(rows, split);
        names.insert("LANES", (THREADS / split) as i64);
        (names, Dispatch::Threads(width * bands * blocks * split))
    }

    /// The names of `taps.wgsl`, and of what is around it, where a thread computes so many rows, and so many share a piece.
    pub(super) fn cut(&self, rows: usize, split: usize) -> Names {
        let ImageShape { channels, height, width } = self.output;
        names([
            ("KERNEL", self.kernel),
            ("PAD", self.pad),
            ("STRIDE", self.stride),
            ("DOUBLE", usize::from(self.double)),
            ("HOLES", usize::from(self.holes)),
            ("CIRCULAR", usize::from(self.circular)),
            ("INPUTS", self.inputs()),
            ("IN_CHANNELS", self.input.channels),
            ("IN_HEIGHT", self.input.height),
            ("IN_WIDTH", self.input.width),
            ("SKIP_CHANNELS", self.skip_channels),
            ("CHANNELS", channels),
            ("HEIGHT", height),
            ("WIDTH", width),
            ("ROWS", rows),
            ("SPLIT", split),
            ("BLOCKS", channels.div_ceil(4)),
            ("BANDS", height.div_ceil(rows)),
            ("SPAN", (rows - 1) * self.stride + self.kernel),
        ])
    }
}

/// What a GPU is to run.
pub fn program(conv: &Conv, site: &Site<'_>, weights: &Weights, tuning: Tuning) -> Result<Program, OpError> {
    let sizes = Sizes::of(conv, site);
    let (mut names, dispatch) = sizes.names(tuning);
    conv.finish.names(&mut names);
    let weight = interleave(site.tensor(weights, "weight")?, conv.channels, 4);
    let mut bias = site.tensor(weights, "bias")?.data.clone();
    bias.resize(conv.channels.next_multiple_of(4), 0.0);
    Ok(Program {
        layers: 1,
        text: shader!("ops/convolution/conv.wgsl"),
        names,
        tensors: vec![weight, bias],
        bindings: bindings(conv, conv.finish.residual, site.output),
        dispatch,
        larger: larger(&sizes, None, &conv.finish, tuning),
    })
}

/// What `bound.wgsl` wants bound: the weights are the first tensor, what belongs to channels is the second.
pub(super) fn bindings(conv: &Conv, residual: Option<Value>, output: Value) -> Vec<Binding> {
    // A part that is absent is bound to some value that is not written.
    let value = |part: Option<Value>| Binding::Value(part.unwrap_or(conv.input));
    let tensors = [Binding::Tensor(0), Binding::Tensor(1), Binding::Row];
    [value(None), value(conv.skip)]
        .into_iter()
        .chain(tensors)
        .chain([value(residual), Binding::Value(output)])
        .collect()
}

/// Most channels that the solver's stage computes on its way: a thread of it has one of them, and all of them read the same.
const FEW: usize = 4;

/// What the solver's stage needs to compute it; nothing where more than a convolution is asked for.
pub fn last(conv: &Conv, site: &Site<'_>, weights: &Weights) -> Result<Option<Last>, OpError> {
    let plain = conv.resample == Resample::Keep && conv.skip.is_none() && conv.finish == Finish::default();
    // The noisy picture moves on in that stage, so what is beside a place is not there to be read.
    if !plain || conv.input == 0 || conv.channels > FEW {
        return Ok(None);
    }
    let tensors = ["weight", "bias"].map(|part| site.tensor(weights, part).map(|array| &array.data[..]));
    let [weight, bias] = tensors;
    let names = Sizes::of(conv, site).cut(1, 1);
    Ok(Some(Last { names, tensors: [weight?, bias?].concat(), input: conv.input }))
}

/// `[out, in, k, k]` as `[out/block][in][k][k][block]`, so that a thread reads its channels' weights in one piece.
/// Channels beyond the last are zeros.
pub(super) fn interleave(weight: &Array, channels: usize, block: usize) -> Vec<f32> {
    let taps = weight.data.len() / channels.max(1);
    let mut out = vec![0.0; channels.div_ceil(block) * block * taps];
    for (channel, row) in weight.data.chunks(taps.max(1)).enumerate() {
        let start = channel / block * block * taps + channel % block;
        row.iter().enumerate().for_each(|(tap, &value)| out[start + tap * block] = value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_interleaved_by_blocks_of_output_channels() {
        // Three output channels, two taps, blocks of two: the fourth channel is padding.
        let weight = Array { shape: vec![3, 2, 1, 1], data: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
        assert_eq!(interleave(&weight, 3, 2), [1.0, 3.0, 2.0, 4.0, 5.0, 0.0, 6.0, 0.0]);
    }
}

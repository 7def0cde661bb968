//! A convolution on the GPU: how the work of `conv.wgsl` is cut, and its weights in the order in which it reads them.

use super::super::program::{Binding, Dispatch, Program, THREADS, Tuning, names, shader};
use super::super::{Array, OpError, Padding, Site, Weights};
use super::{Conv, Resample};

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
    /// The tile for a convolution, even for a single picture.
    ///
    /// A thread that computes more pixels reads less for each: on SwiftShader (one core, UNet 32/64/128 at 28×28) 4 rows
    /// reach 1.45, 7 rows 2.1 GFLOP/s; 7 rows of 8 channels would reach 2.5, but take twice as long to compile, more than
    /// a 20-step sample gains. A real GPU needs many threads first: small tiles, and the input channels shared.
    fn choose(tuning: Tuning, conv: &Conv, (height, width): (usize, usize)) -> Tile {
        if tuning == Tuning::FewCores {
            // Of 4 to 7 rows, what wastes least, then what is largest.
            let best = (4..=7).min_by_key(|rows| (height.div_ceil(*rows) * rows, 7 - rows));
            return Tile { rows: best.unwrap_or(4).min(height), split: 1 };
        }
        let rows = if height >= 14 { 4 } else { 2 }.min(height);
        let threads = width * height.div_ceil(rows) * conv.channels.div_ceil(4);
        let channels = conv.inputs();
        let split = [1, 2, 4, 8].into_iter().find(|split| threads * split >= BUSY).unwrap_or(8);
        // Each share should still be worth a thread.
        let split =
            if channels >= 8 * split { split } else { [4, 2].into_iter().find(|s| channels >= 8 * s).unwrap_or(1) };
        Tile { rows, split }
    }
}

/// What a GPU is to run.
pub fn program(conv: &Conv, site: &Site<'_>, weights: &Weights, tuning: Tuning) -> Result<Program, OpError> {
    let (shape, input) = (site.shape(), site.shapes[conv.input]);
    let tile = Tile::choose(tuning, conv, (shape.height, shape.width));
    let blocks = shape.channels.div_ceil(4);
    let bands = shape.height.div_ceil(tile.rows);
    let mut names = names([
        ("KERNEL", conv.kernel),
        ("PAD", conv.kernel / 2),
        ("STRIDE", conv.stride()),
        ("DOUBLE", usize::from(conv.resample == Resample::Double)),
        ("CIRCULAR", usize::from(site.padding == Padding::Circular)),
        ("INPUTS", conv.inputs()),
        ("IN_CHANNELS", input.channels),
        ("IN_HEIGHT", input.height),
        ("IN_WIDTH", input.width),
        ("SKIP_CHANNELS", conv.skip_channels),
        ("CHANNELS", shape.channels),
        ("HEIGHT", shape.height),
        ("WIDTH", shape.width),
        ("ROWS", tile.rows),
        ("SPLIT", tile.split),
        ("LANES", THREADS / tile.split),
        ("BLOCKS", blocks),
        ("BANDS", bands),
        ("SPAN", (tile.rows - 1) * conv.stride() + conv.kernel),
    ]);
    conv.finish.names(&mut names);
    let weight = interleave(site.tensor(weights, "weight")?, conv.channels, 4);
    let mut bias = site.tensor(weights, "bias")?.data.clone();
    bias.resize(blocks * 4, 0.0);
    // A part that is absent is bound to some value that is not written.
    let value = |part: Option<usize>| Binding::Value(part.unwrap_or(conv.input));
    Ok(Program {
        text: shader!("ops/convolution/conv.wgsl"),
        names,
        tensors: vec![weight, bias],
        bindings: vec![
            value(None),
            value(conv.skip),
            Binding::Tensor(0),
            Binding::Tensor(1),
            Binding::Row,
            value(conv.finish.residual),
            Binding::Value(site.output),
        ],
        dispatch: Dispatch::Threads(shape.width * bands * blocks * tile.split),
    })
}

/// `[out, in, k, k]` as `[out/block][in][k][k][block]`, so that a thread reads its channels' weights in one piece.
/// Channels beyond the last are zeros.
fn interleave(weight: &Array, channels: usize, block: usize) -> Vec<f32> {
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

//! Learning through a convolution of 3 × 3 by Winograd's products ([`super::winograd`], and [`super::winograd_back`] for the way
//! back): a quarter of the products that [`super::backward`] takes, for the sums, for the gradient of what is read and for that
//! of the weights. The tiles of all pictures of a part go by together, so that the transformed weights are read for enough of them.

use super::super::backward::{Learner, Pass, fold_border};
use super::super::finish::cpu::Ending;
use super::super::plane::{LANES, Lane, Room};
use super::super::product::WIDE;
use super::super::{Site, Value};
use super::winograd::{APART, Filter, Four, TOGETHER, gather, spread};
use super::winograd_back::{Crossed, Kernels, PLACES, gather_back, spread_back};
use super::{Conv, Resample};
use crate::denoiser::ImageShape;
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;

/// Whether it pays: at least half of what the tiles compute must lie in the picture.
pub fn fits(conv: &Conv, shape: ImageShape) -> bool {
    let tiles = shape.height.div_ceil(Four::M) * shape.width.div_ceil(Four::M);
    conv.kernel == 3 && conv.resample != Resample::Halve && 2 * shape.height * shape.width >= tiles * Four::M * Four::M
}

/// A convolution that learns so.
pub struct Tiles {
    conv: Conv,
    output: Value,
    /// Tiles of a column and of a row.
    down: usize,
    across: usize,
    sources: Vec<Source>,
    forward: Kernels,
    /// What the sums begin with.
    start: Vec<Lane>,
}

/// A tile's picture, and its first output there.
type Tile = (usize, (usize, usize));
/// The place that holds the sum of a tile's gradients: both its rows of `A` are ones.
const SUMS: usize = Four::N + 1;

/// What is read.
struct Source {
    value: Value,
    channels: usize,
    /// The first of its channels among all inputs; the same where those of each source are filled up.
    first: usize,
    row: usize,
    double: bool,
    /// From the gradient of the sums to its own, unless nobody asks for that.
    back: Option<Kernels>,
}

impl Tiles {
    /// A convolution at its place; [`fits`] says whether it may be.
    pub fn new(conv: &Conv, site: &Site<'_>) -> Tiles {
        let (shape, double) = (site.shape(), conv.resample == Resample::Double);
        let outputs = conv.channels.next_multiple_of(LANES);
        let source = |value: Value, channels: usize, first: usize, double: bool| {
            // Of a doubled picture some places are nothing.
            let begin = |place: usize| Four::begin(place, double, outputs);
            let back = (value > 0).then(|| Kernels::new(channels, outputs, begin));
            Source { value, channels, first, row: first.next_multiple_of(LANES), double, back }
        };
        let mut sources = vec![source(conv.input, conv.input_channels, 0, double)];
        sources.extend(conv.skip.map(|skip| source(skip, conv.skip_channels, conv.input_channels, false)));
        let skip = conv.input_channels.next_multiple_of(LANES);
        let rows = skip + conv.skip_channels.next_multiple_of(LANES);
        let start = vec![Lane::zeroed(); conv.channels.div_ceil(WIDE * LANES) * WIDE];
        Tiles {
            conv: conv.clone(),
            output: site.output,
            down: shape.height.div_ceil(Four::M),
            across: shape.width.div_ceil(Four::M),
            sources,
            forward: Kernels::new(conv.channels, rows, |place| Four::begin(place, double, skip)),
            start,
        }
    }

    /// Vectors of what is read, and of the sums.
    fn groups(&self) -> (usize, usize) {
        (self.sources.iter().map(|source| source.channels.div_ceil(LANES)).sum(), self.conv.channels.div_ceil(LANES))
    }

    /// The tiles of so many pictures, some at a time: the picture of each, and its first output there.
    fn chunks(&self, pictures: usize) -> impl Iterator<Item = Vec<Tile>> + use<> {
        let (down, across) = (self.down, self.across);
        let tile =
            move |tile: usize| (tile / (down * across), (tile / across % down * Four::M, tile % across * Four::M));
        let tiles = pictures * down * across;
        (0..tiles).step_by(TOGETHER).map(move |first| (first..tiles.min(first + TOGETHER)).map(tile).collect())
    }

    /// Makes room for some tiles; how far apart two places of what they read are.
    fn make_room(&self, room: &mut Room) -> usize {
        let (read, made) = self.groups();
        let grow = |lanes: &mut Vec<Lane>, size: usize| lanes.resize(lanes.len().max(size), Lane::zeroed());
        grow(&mut room.inputs, PLACES * stride(read));
        grow(&mut room.gradients, PLACES * stride(made));
        grow(&mut room.products, PLACES * TOGETHER * WIDE);
        grow(&mut room.crossed, PLACES * made * LANES * read);
        stride(read)
    }

    /// What is read by some tiles, at their places. On the way back it is found once more: that takes no longer than to keep it.
    fn spread(&self, passes: &[Pass], tiles: &[Tile], inputs: &mut [Lane]) {
        let (read, _) = self.groups();
        for (i, &(picture, corner)) in tiles.iter().enumerate() {
            let mut at = i * read;
            for source in &self.sources {
                let plane = &passes[picture].values[source.value];
                spread::<Four>(plane, corner, source.double, &mut inputs[at..], stride(read));
                at += plane.groups;
            }
        }
    }

    /// Adds the gradient of the transformed weights and that of what is read, from some tiles; the first of all where they `begin`.
    fn backward_of(&self, passes: &mut [Pass], begin: bool, tiles: &[Tile], place: &mut Room, bias: &mut [Lane]) {
        let Room { inputs, products, gradients, crossed } = place;
        let (s, (read, made), count) = (BASELINE, self.groups(), tiles.len());
        let (far, stride) = (stride(made), stride(read));
        for (i, &(picture, corner)) in tiles.iter().enumerate() {
            spread_back(&passes[picture].gradients[self.output], corner, &mut gradients[i * made..], far);
        }
        // There stand the sums of the tiles.
        for sums in gradients[SUMS * far..][..count * made].chunks_exact(made) {
            bias.iter_mut().zip(sums).for_each(|(bias, sum)| s.store(s.add(s.load(bias), s.load(sum)), bias));
        }
        self.spread(passes, tiles, inputs);
        let mut sums = Crossed { sums: crossed, groups: (made, read) };
        for place in 0..PLACES {
            let first = self.forward.begin(place) / LANES;
            sums.add(place, &gradients[place * far..], &inputs[place * stride..], first, count, begin);
        }
        for source in &self.sources {
            let (Some(back), groups) = (&source.back, source.channels.div_ceil(LANES)) else { continue };
            for block in 0..groups.div_ceil(WIDE) {
                back.multiply(block, (gradients, far), TOGETHER, products, count);
                for v in 0..WIDE.min(groups - block * WIDE) {
                    for (i, &(picture, corner)) in tiles.iter().enumerate() {
                        let plane = &mut passes[picture].gradients[source.value];
                        let products = &products[i * WIDE + v..];
                        gather_back(products, TOGETHER * WIDE, corner, source.double, block * WIDE + v, plane);
                    }
                }
            }
        }
    }

    /// Adds gradients of transformed weights to those of the weights.
    fn share_out(&self, crossed: &Crossed<'_>, weights: &mut [f32]) {
        let inputs = self.conv.inputs();
        for output in 0..self.conv.channels {
            for source in &self.sources {
                let kernels = &mut weights[(output * inputs + source.first) * 9..][..source.channels * 9];
                for (group, kernels) in kernels.chunks_mut(LANES * 9).enumerate() {
                    let taps = crossed.kernels(output, source.row / LANES + group);
                    for (lane, kernel) in kernels.chunks_exact_mut(9).enumerate() {
                        kernel.iter_mut().zip(&taps).for_each(|(sum, tap)| *sum += tap.0[lane]);
                    }
                }
            }
        }
    }
}

/// From one place to the next, where each tile has so many vectors.
fn stride(groups: usize) -> usize {
    TOGETHER * groups + APART
}

impl Learner for Tiles {
    fn pack(&mut self, tensors: &[f32]) {
        let (inputs, channels) = (self.conv.inputs(), self.conv.channels);
        let (weights, bias) = tensors.split_at(channels * inputs * 9);
        bytemuck::cast_slice_mut::<Lane, f32>(&mut self.start)[..bias.len()].copy_from_slice(bias);
        for source in &mut self.sources {
            for channel in 0..source.channels {
                self.forward.pack(weights, source.row + channel, (source.first + channel) * 9, inputs * 9);
            }
            let Some(back) = &mut source.back else { continue };
            for output in 0..channels {
                back.pack(weights, output, (output * inputs + source.first) * 9, 9);
            }
        }
    }

    fn forward(&self, pass: &mut Pass) {
        self.forward_all(core::slice::from_mut(pass));
    }

    fn forward_all(&self, passes: &mut [Pass]) {
        let Some(first) = passes.first_mut() else { return };
        let mut place = core::mem::take(&mut first.room);
        let (plain, (_, made)) = (self.conv.finish.is_nothing(), self.groups());
        let stride = self.make_room(&mut place);
        let Room { inputs, products, .. } = &mut place;
        for tiles in self.chunks(passes.len()) {
            self.spread(passes, &tiles, inputs);
            for (block, start) in self.start.chunks_exact(WIDE).enumerate() {
                self.forward.multiply(block, (inputs, stride), TOGETHER, products, tiles.len());
                for (v, start) in start.iter().enumerate().take(made - block * WIDE) {
                    for (i, &(picture, corner)) in tiles.iter().enumerate() {
                        let pass = &mut passes[picture];
                        let sums = if plain { &mut pass.values[self.output] } else { &mut pass.sums[self.output] };
                        let (products, group) = (&products[i * WIDE + v..], block * WIDE + v);
                        gather::<Four>(products, TOGETHER * WIDE, corner, start, group, &Ending::default(), sums);
                    }
                }
            }
        }
        passes[0].room = place;
        for pass in passes {
            if plain {
                let value = pass.take(self.output);
                pass.put(self.output, value);
            } else {
                self.conv.finish.forward(self.conv.channels, self.output, pass);
            }
        }
    }

    fn backward(&mut self, passes: &mut [Pass], tensors: &mut [f32]) {
        let ((read, made), channels) = (self.groups(), self.conv.channels);
        let (weights, biases) = tensors.split_at_mut(channels * self.conv.inputs() * 9);
        passes.iter_mut().for_each(|pass| self.conv.finish.backward(channels, self.output, pass));
        let Some(first) = passes.first_mut() else { return };
        let mut place = core::mem::take(&mut first.room);
        self.make_room(&mut place);
        let mut sums = vec![Lane::zeroed(); made];
        for (chunk, tiles) in self.chunks(passes.len()).enumerate() {
            self.backward_of(passes, chunk == 0, &tiles, &mut place, &mut sums);
        }
        biases.iter_mut().zip(bytemuck::cast_slice::<Lane, f32>(&sums)).for_each(|(bias, sum)| *bias += sum);
        self.share_out(&Crossed { sums: &mut place.crossed, groups: (made, read) }, weights);
        passes[0].room = place;
        for source in self.sources.iter().filter(|source| source.back.is_some()) {
            passes.iter_mut().for_each(|pass| fold_border(&mut pass.gradients[source.value], pass.padding));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::backward::direct;
    use super::*;
    use crate::ops::{Activation, Finish, Padding};
    use crate::sampler::noise;
    use proptest::prelude::*;

    fn random(stream: u64, count: usize) -> Vec<f32> {
        let mut values = vec![0.0; count];
        noise::fill(7, stream, &mut values);
        values
    }

    /// Random even or odd multiples of `unit`. Sums that are made of them here are never nearer to nought than a thousandth, where it
    /// would be a matter of rounding what passes an activation.
    fn multiples(stream: u64, count: usize, unit: f32, odd: bool) -> Vec<f32> {
        let rest = if odd { unit } else { 0.0 };
        random(stream, count).into_iter().map(|value| (value / unit / 2.0).round() * 2.0 * unit + rest).collect()
    }

    /// All that one way says of two pictures: the value, then the gradients of input, skip, residual, row and tensors.
    fn said(mut way: Box<dyn Learner>, conv: &Conv, shapes: &[ImageShape], padding: Padding) -> Vec<Vec<f32>> {
        let weights = conv.channels * conv.inputs() * 9;
        // Weights and values are eighths and biases odd multiples of 1/128: so are the sums. Scaled by odd eighths and shifted by
        // multiples of 1/512 they are odd multiples of 1/1024.
        let biases = multiples(90, conv.channels, 1.0 / 128.0, true);
        way.pack(&[multiples(0, weights, 1.0 / 16.0, false), biases].concat());
        let row = 2 * conv.channels;
        let mut passes: Vec<Pass> = (0..2u64)
            .map(|n| {
                let mut pass = Pass::new(shapes, 1, row, padding);
                for (value, shape) in shapes.iter().enumerate().take(4) {
                    let mut plane = pass.take(value);
                    plane.write(&multiples(10 * n + value as u64 + 1, shape.len(), 1.0 / 16.0, false));
                    pass.put(value, plane);
                }
                let scales =
                    multiples(10 * n + 9, conv.channels, 1.0 / 8.0, true).into_iter().map(|factor| factor - 1.0);
                let shifts = multiples(10 * n + 8, conv.channels, 1.0 / 1024.0, false);
                pass.row = shifts.into_iter().chain(scales).collect();
                pass
            })
            .collect();
        way.forward_all(&mut passes);
        for (n, pass) in passes.iter_mut().enumerate() {
            // Of one sign: else what is summed over all pixels might cancel out, and leave what was rounded.
            let slopes: Vec<f32> = random(100 + n as u64, shapes[4].len()).into_iter().map(f32::abs).collect();
            pass.gradients[4].write(&slopes);
            // Something that others have told already.
            pass.gradients[1].write(&random(200 + n as u64, shapes[1].len()));
        }
        let mut tensors = vec![0.5; weights + conv.channels];
        way.backward(&mut passes, &mut tensors);
        let mut all = vec![tensors];
        for pass in &passes {
            all.push(pass.values[4].read().collect());
            all.extend(pass.gradients[1..4].iter().map(|plane| plane.read().collect::<Vec<_>>()));
            // The border as it must be for whoever reads it next.
            all.push(pass.gradients[1..4].iter().flat_map(|plane| plane.values().to_vec()).collect());
            all.push(pass.row_gradient.clone());
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn tiles_say_what_taps_say(
            half in (1usize..10, 1usize..10),
            odd in any::<bool>(),
            channels in (1usize..14, 0usize..10, 1usize..14),
            double in any::<bool>(),
            circular in any::<bool>(),
            ending in (any::<bool>(), any::<bool>(), any::<bool>()),
        ) {
            let more = usize::from(odd && !double);
            let (height, width) = (2 * half.0 + more, 2 * half.1 + more);
            let (input_channels, skip_channels, channels) = channels;
            let below = if double { (height / 2, width / 2) } else { (height, width) };
            let shape = |channels: usize, (height, width): (usize, usize)| ImageShape { channels, height, width };
            let beside = |channels: usize| shape(channels, (height, width));
            let shapes =
                [shape(1, below), shape(input_channels, below), beside(skip_channels.max(1)), beside(channels), beside(channels)];
            let conv = Conv {
                input: 1,
                input_channels,
                skip: (skip_channels > 0).then_some(2),
                skip_channels,
                channels,
                kernel: 3,
                resample: if double { Resample::Double } else { Resample::Keep },
                finish: Finish {
                    shift: ending.0.then_some(0),
                    scale: (ending.0 && ending.1).then_some(channels),
                    activation: if ending.1 { Activation::Relu } else { Activation::None },
                    residual: ending.2.then_some(3),
                },
            };
            let padding = if circular { Padding::Circular } else { Padding::Zeros };
            let site = Site { name: "", shapes: &shapes, output: 4, padding };
            let expected = said(direct(&conv, &site), &conv, &shapes, padding);
            let found = said(Box::new(Tiles::new(&conv, &site)), &conv, &shapes, padding);
            for (n, (expected, found)) in expected.iter().zip(&found).enumerate() {
                let most = expected.iter().fold(1.0f32, |most, value| most.max(value.abs()));
                let off = expected.iter().zip(found).fold(0.0f32, |off, (a, b)| off.max((a - b).abs()));
                prop_assert!(off <= 2e-5 * most, "{n}: off by {off} of {most}");
            }
        }
    }
}

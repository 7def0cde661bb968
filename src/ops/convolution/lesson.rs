//! Learning through the convolution on a GPU. The gradient of what it reads is a convolution again, which `conv.wgsl` runs,
//! with weights transposed and flipped: through halving it reads the gradient with holes between its pixels, through
//! doubling it goes over the gradient in twos, with a kernel one wider. The gradient of the weights is `gradient.wgsl`.

use super::super::lesson::{Desk, Lesson, NOTHING, Place, Stage, Teach};
use super::super::program::{Dispatch, names, shader};
use super::super::{Finish, OpError, Padding, Value};
use super::gpu::Sizes;
use super::{Conv, Resample};
use crate::denoiser::ImageShape;

/// What a convolution reads: who made it, its first channel among all inputs, how many, and how it is resampled.
#[derive(Clone, Copy)]
struct Source {
    value: Value,
    first: usize,
    channels: usize,
    resample: Resample,
}

impl Teach for Conv {
    fn lesson(&self, desk: &Desk<'_>) -> Result<Lesson, OpError> {
        let output = desk.site.output;
        let mut lesson = Lesson {
            packings: vec![self.packed(), self.packed_bias()],
            forward: vec![self.forward_stage(desk)],
            backward: vec![self.finish.backward_stage(desk)?],
            shares: self.finish.share(output).into_iter().collect(),
            columns: self.biases().collect(),
        };
        lesson.forward.extend(self.finish.forward_stage(desk));
        for (part, source) in self.sources().into_iter().enumerate() {
            lesson.backward.push(self.gradient_stage(desk, source));
            // Nobody asks how the loss changes with the noisy picture.
            if source.value > 0 {
                let share = Place::Share(source.value, output, part);
                lesson.backward.push(self.back_stage(desk, source, share, lesson.packings.len()));
                lesson.packings.push(self.packed_back(source));
                lesson.shares.push((source.value, share));
            }
        }
        // What the way back adds to every output: nothing.
        let widest = self.sources().iter().map(|source| source.channels.next_multiple_of(4)).max().unwrap_or(0);
        lesson.packings.push(vec![[NOTHING; 4]; widest]);
        Ok(lesson)
    }
}

impl Conv {
    fn sources(&self) -> Vec<Source> {
        let input = Source { value: self.input, first: 0, channels: self.input_channels, resample: self.resample };
        let (first, channels) = (self.input_channels, self.skip_channels);
        let skip = self.skip.map(|value| Source { value, first, channels, resample: Resample::Keep });
        [input].into_iter().chain(skip).collect()
    }

    /// Where the weight of a tap lies among the layer's tensors.
    fn weight(&self, output: usize, input: usize, tap: (usize, usize)) -> u32 {
        (((output * self.inputs() + input) * self.kernel + tap.0) * self.kernel + tap.1) as u32
    }

    fn biases(&self) -> impl Iterator<Item = u32> {
        let first = self.channels * self.inputs() * self.kernel * self.kernel;
        (first..first + self.channels).map(|place| place as u32)
    }

    /// The weights in the order in which `conv.wgsl` reads them.
    fn packed(&self) -> Vec<[u32; 4]> {
        let one = |output, input, tap| [self.weight(output, input, tap), NOTHING, NOTHING, NOTHING];
        packed(self.channels, self.inputs(), self.kernel, one)
    }

    fn packed_bias(&self) -> Vec<[u32; 4]> {
        let mut packed: Vec<[u32; 4]> = self.biases().map(|bias| [bias, NOTHING, NOTHING, NOTHING]).collect();
        packed.resize(self.channels.next_multiple_of(4), [NOTHING; 4]);
        packed
    }

    /// The same for the way back to a source: outputs and inputs change places, and the kernel is flipped. Through doubling
    /// a tap is the sum of all through which either of the two pixels in a row reads it.
    fn packed_back(&self, source: Source) -> Vec<[u32; 4]> {
        let taps = |at: usize| -> Vec<usize> {
            let flipped = self.kernel as isize - 1 - at as isize;
            let wanted = if source.resample == Resample::Double { vec![flipped, flipped + 1] } else { vec![flipped] };
            let inside = |tap: isize| usize::try_from(tap).ok().filter(|&tap| tap < self.kernel);
            wanted.into_iter().filter_map(inside).collect()
        };
        let sums = |output: usize, input: usize, (row, column): (usize, usize)| {
            let mut sums = [NOTHING; 4];
            let pairs = taps(row).into_iter().flat_map(|row| taps(column).into_iter().map(move |column| (row, column)));
            sums.iter_mut().zip(pairs).for_each(|(sum, tap)| *sum = self.weight(input, source.first + output, tap));
            sums
        };
        packed(source.channels, self.channels, self.back_kernel(source), sums)
    }

    fn back_kernel(&self, source: Source) -> usize {
        self.kernel + usize::from(source.resample == Resample::Double)
    }

    fn forward_stage(&self, desk: &Desk<'_>) -> Stage {
        let output = desk.site.output;
        let (input, skip) = (Place::Value(self.input), self.skip.map_or(Place::Value(self.input), Place::Value));
        conv(desk, Sizes::of(self, desk.site), (input, skip), [0, 1], self.finish.sums(output))
    }

    /// From the gradient of the sums to a source's share.
    fn back_stage(&self, desk: &Desk<'_>, source: Source, share: Place, packing: usize) -> Stage {
        let site = desk.site;
        let sizes = Sizes {
            kernel: self.back_kernel(source),
            pad: self.kernel / 2,
            stride: if source.resample == Resample::Double { 2 } else { 1 },
            double: source.resample == Resample::Halve,
            holes: source.resample == Resample::Halve,
            circular: site.padding == Padding::Circular,
            input: site.shape(),
            skip_channels: 0,
            output: ImageShape { channels: source.channels, ..site.shapes[source.value] },
        };
        let slope = Place::Slope(site.output);
        // The last packing is zeros.
        let zeros = 2 + self.sources().iter().filter(|source| source.value > 0).count();
        conv(desk, sizes, (slope, slope), [packing, zeros], share)
    }

    /// The gradient of the weights on a source.
    fn gradient_stage(&self, desk: &Desk<'_>, source: Source) -> Stage {
        let (site, output) = (desk.site, desk.site.shape());
        let input = site.shapes[source.value];
        let blocks = output.channels.div_ceil(4);
        let names = names([
            ("KERNEL", self.kernel),
            ("PAD", self.kernel / 2),
            ("STRIDE", if source.resample == Resample::Halve { 2 } else { 1 }),
            ("DOUBLE", usize::from(source.resample == Resample::Double)),
            ("CIRCULAR", usize::from(site.padding == Padding::Circular)),
            ("INPUTS", self.inputs()),
            ("FIRST", source.first),
            ("IN_CHANNELS", source.channels),
            ("IN_HEIGHT", input.height),
            ("IN_WIDTH", input.width),
            ("CHANNELS", output.channels),
            ("HEIGHT", output.height),
            ("WIDTH", output.width),
            ("BLOCKS", blocks),
            ("START", desk.tensors),
        ]);
        Stage {
            text: shader!("ops/convolution/gradient.wgsl"),
            names,
            reads: vec![Place::Value(source.value), Place::Slope(site.output)],
            writes: vec![Place::Gradient],
            dispatch: Dispatch::Whole(blocks * source.channels),
        }
    }
}

/// A stage of `conv.wgsl` whose sums are left as they are.
fn conv(desk: &Desk<'_>, sizes: Sizes, (input, skip): (Place, Place), packings: [usize; 2], to: Place) -> Stage {
    let (mut names, dispatch) = sizes.names(desk.tuning);
    Finish::default().names(&mut names);
    let [weights, bias] = packings.map(|packing| Place::Packed(desk.site.output, packing));
    Stage {
        text: shader!("ops/convolution/conv.wgsl"),
        names,
        reads: vec![input, skip, weights, bias, Place::Rows, input],
        writes: vec![to],
        dispatch,
    }
}

/// `[out/4][in][k][k][4]`, from what each tap is made of.
fn packed(
    outputs: usize,
    inputs: usize,
    kernel: usize,
    of: impl Fn(usize, usize, (usize, usize)) -> [u32; 4],
) -> Vec<[u32; 4]> {
    let mut packed = Vec::with_capacity(outputs.next_multiple_of(4) * inputs * kernel * kernel);
    for block in (0..outputs).step_by(4) {
        for input in 0..inputs {
            for tap in 0..kernel * kernel {
                let output = |output| {
                    if output < outputs { of(output, input, (tap / kernel, tap % kernel)) } else { [NOTHING; 4] }
                };
                packed.extend((block..block + 4).map(output));
            }
        }
    }
    packed
}

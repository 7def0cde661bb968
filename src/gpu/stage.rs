//! A network's layers as the stages that the GPU runs: each is one dispatch of one WGSL file in `shader/`, with every
//! size known. The CPU twins in [`super::twin`] run the same list.

use crate::denoiser::ImageShape;
use crate::network::ConfigError;
use crate::network::config::Padding;
use crate::network::layers::{self, Layers, Op, Resample, Value};

/// One dispatch.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// `shader/conv.wgsl`.
    Conv(Conv),
    /// `shader/norm.wgsl`, in place behind a convolution.
    Norm(Norm),
    /// `shader/attention.wgsl`.
    Attention(Attention),
}

/// A convolution with everything fused into it; see [`crate::network::layers::Conv`].
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// The layer's name, and that of its tensors.
    pub name: String,
    /// What is convolved, and its `[C, H, W]`.
    pub input: Value,
    /// Shape of `input`.
    pub input_shape: ImageShape,
    /// Concatenated behind it, at the output's resolution.
    pub skip: Option<Value>,
    /// Channels of `skip`, 0 without one.
    pub skip_channels: usize,
    /// What is written.
    pub output: Value,
    /// Shape of `output`.
    pub shape: ImageShape,
    /// Kernel side, odd.
    pub kernel: usize,
    /// Change of resolution.
    pub resample: Resample,
    /// Whether the opposite side lies beyond the border; zeros otherwise.
    pub circular: bool,
    /// What happens to the sums.
    pub finish: Finish,
}

/// What follows the sums of a convolution, or the normalisation: `residual + relu(·(1 + scale) + shift)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finish {
    /// Where the shifts begin in the row that the embedding gives.
    pub shift: Option<usize>,
    /// Where the scales begin in that row; none without shifts.
    pub scale: Option<usize>,
    /// Where the shifts begin on the GPU, with the scales right behind them: at a multiple of [`ALIGNMENT`], so that they
    /// can be bound from there, and stages that differ in nothing else share one program.
    pub place: usize,
    /// Whether a ReLU follows.
    pub relu: bool,
    /// Added to the result.
    pub residual: Option<Value>,
}

impl Finish {
    /// Values that shifts and scales of `channels` take up in a row on the GPU.
    fn width(&self, channels: usize) -> usize {
        let values = [self.shift, self.scale].iter().flatten().count() * channels;
        values.next_multiple_of(ALIGNMENT)
    }
}

/// Group normalisation in place.
#[derive(Debug, Clone, PartialEq)]
pub struct Norm {
    /// The layer's name; its tensors are `{name}.norm.…`.
    pub name: String,
    /// What is normalised.
    pub value: Value,
    /// Its shape.
    pub shape: ImageShape,
    /// Groups of channels.
    pub groups: usize,
    /// What follows.
    pub finish: Finish,
}

/// Self-attention over all pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    /// The layer's name.
    pub name: String,
    /// Queries, keys and values behind each other in the channels.
    pub input: Value,
    /// What is written.
    pub output: Value,
    /// Shape of `output`.
    pub shape: ImageShape,
    /// Heads; divides the channels.
    pub heads: usize,
}

/// Values between two places where a binding may begin (256 bytes, WebGPU's default).
pub const ALIGNMENT: usize = 64;

/// Most pixels that attention can look at: the scores of four queries stay in 16 KiB of workgroup memory.
pub const MAX_TOKENS: usize = 900;

impl Stage {
    /// What it is called in messages.
    pub fn name(&self) -> &str {
        match self {
            Stage::Conv(conv) => &conv.name,
            Stage::Norm(norm) => &norm.name,
            Stage::Attention(attention) => &attention.name,
        }
    }

    /// The value it writes.
    pub fn output(&self) -> Value {
        match self {
            Stage::Conv(conv) => conv.output,
            Stage::Norm(norm) => norm.value,
            Stage::Attention(attention) => attention.output,
        }
    }

    /// The values it reads.
    pub fn inputs(&self) -> Vec<Value> {
        let of = |first: Value, others: [Option<Value>; 2]| others.into_iter().flatten().chain([first]).collect();
        match self {
            Stage::Conv(conv) => of(conv.input, [conv.skip, conv.finish.residual]),
            Stage::Norm(norm) => of(norm.value, [norm.finish.residual, None]),
            Stage::Attention(attention) => of(attention.input, [None, None]),
        }
    }

    /// What follows its sums, and for how many channels.
    pub fn finish(&self) -> Option<(&Finish, usize)> {
        match self {
            Stage::Conv(conv) => Some((&conv.finish, conv.shape.channels)),
            Stage::Norm(norm) => Some((&norm.finish, norm.shape.channels)),
            Stage::Attention(_) => None,
        }
    }

    /// Floating point operations for one picture (a multiplication and an addition count as two).
    pub fn operations(&self) -> f64 {
        // As f64 from the start: the product of a large network is beyond a browser's usize.
        let product = |sizes: &[usize]| sizes.iter().map(|&size| size as f64).product::<f64>();
        match self {
            Stage::Conv(conv) => {
                let inputs = conv.input_shape.channels + conv.skip_channels;
                product(&[2, conv.shape.len(), inputs, conv.kernel, conv.kernel])
            }
            Stage::Norm(norm) => product(&[8, norm.shape.len()]),
            Stage::Attention(attention) => {
                product(&[4, attention.shape.len(), attention.shape.height, attention.shape.width])
            }
        }
    }
}

/// Writes `layers` for pictures of `shape` out as stages, and the shape of every value.
///
/// # Errors
/// [`ConfigError`] where a shape does not fit.
pub fn compile(layers: &Layers, shape: ImageShape) -> Result<(Vec<Stage>, Vec<ImageShape>), ConfigError> {
    layers.check_shape(shape)?;
    let mut stages = Vec::new();
    let mut shapes = vec![shape];
    let mut row = 0;
    for (output, layer) in (1..).zip(&layers.list) {
        let name = layer.name.clone();
        let shape = match &layer.op {
            Op::Conv(conv) => {
                let input_shape = shapes[conv.input];
                let ImageShape { height, width, .. } = input_shape;
                let (height, width) = match conv.resample {
                    Resample::Keep => (height, width),
                    Resample::Halve => (height / 2, width / 2),
                    Resample::Double => (height * 2, width * 2),
                };
                let shape = ImageShape { channels: conv.channels, height, width };
                let layers::Conv { shift, scale, relu, residual, .. } = *conv;
                let finish = Finish { shift, scale, place: row, relu, residual };
                row += finish.width(conv.channels);
                // Normalisation needs the whole picture, so what follows it moves into its own stage.
                let (own, later) =
                    if conv.groups.is_some() { (Finish::default(), finish) } else { (finish, Finish::default()) };
                stages.push(Stage::Conv(Conv {
                    name: name.clone(),
                    input: conv.input,
                    input_shape,
                    skip: conv.skip,
                    skip_channels: conv.skip_channels,
                    output,
                    shape,
                    kernel: conv.kernel,
                    resample: conv.resample,
                    circular: layers.padding == Padding::Circular,
                    finish: own,
                }));
                if let Some(groups) = conv.groups {
                    stages.push(Stage::Norm(Norm { name, value: output, shape, groups, finish: later }));
                }
                shape
            }
            Op::Attention(attention) => {
                let shape = ImageShape { channels: attention.channels, ..shapes[attention.input] };
                let tokens = shape.height * shape.width;
                if tokens > MAX_TOKENS {
                    return Err(ConfigError(format!("attention takes at most {MAX_TOKENS} pixels, found {tokens}")));
                }
                stages.push(Stage::Attention(Attention {
                    name,
                    input: attention.input,
                    output,
                    shape,
                    heads: attention.heads,
                }));
                shape
            }
        };
        shapes.push(shape);
    }
    Ok((stages, shapes))
}

/// The row of shifts as it lies on the GPU, from the embedding's row: every stage's shifts at their place, and its scales
/// behind them.
pub fn place_shifts(stages: &[Stage], row: &[f32]) -> Vec<f32> {
    let mut placed = vec![0.0; row_length(stages)];
    for (finish, channels) in stages.iter().filter_map(Stage::finish) {
        let places = placed[finish.place..].chunks_exact_mut(channels);
        for (place, start) in places.zip([finish.shift, finish.scale].into_iter().flatten()) {
            place.copy_from_slice(&row[start..start + channels]);
        }
    }
    placed
}

/// Length of a row of shifts on the GPU.
pub fn row_length(stages: &[Stage]) -> usize {
    let end = |(finish, channels): (&Finish, usize)| match finish.shift {
        Some(_) => finish.place + finish.width(channels),
        None => 0,
    };
    stages.iter().filter_map(Stage::finish).map(end).max().unwrap_or(0)
}

/// Which buffer each value lives in (by liveness, so that memory is reused), and how many values each buffer holds for
/// one picture. Value 0, the noisy picture, has a buffer of its own and no slot.
pub fn slots(stages: &[Stage], shapes: &[ImageShape]) -> (Vec<Option<usize>>, Vec<usize>) {
    let mut last_use = vec![0; shapes.len()];
    for (at, stage) in stages.iter().enumerate() {
        stage.inputs().into_iter().chain([stage.output()]).for_each(|value| last_use[value] = at);
    }
    // The last value is read after all stages.
    if let Some(last) = last_use.last_mut() {
        *last = stages.len();
    }
    let mut slot_of = vec![None; shapes.len()];
    let mut sizes: Vec<usize> = Vec::new();
    let mut free: Vec<usize> = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let output = stage.output();
        if slot_of[output].is_none() {
            let needed = shapes[output].len();
            // The free slot that wastes least: large enough and small, else the largest, which then grows.
            let best = (0..free.len()).min_by_key(|&i| {
                let size = sizes[free[i]];
                if size >= needed { (0, size) } else { (1, usize::MAX - size) }
            });
            let slot = match best {
                Some(i) => free.swap_remove(i),
                None => {
                    sizes.push(0);
                    sizes.len() - 1
                }
            };
            sizes[slot] = sizes[slot].max(needed);
            slot_of[output] = Some(slot);
        }
        let mut ending: Vec<usize> = stage
            .inputs()
            .into_iter()
            .chain([output])
            .filter(|&v| last_use[v] == at)
            .filter_map(|v| slot_of[v])
            .collect();
        ending.sort_unstable();
        ending.dedup();
        free.extend(ending);
    }
    (slot_of, sizes)
}

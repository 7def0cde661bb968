//! The learned denoiser on the processor, written for small vectors: what a browser runs where there is no WebGPU. It
//! interprets the same list of layers as burn and the GPU do, with everything that follows a convolution fused into it,
//! and tests compare it with burn. burn's own CPU backend stays the native engine and the oracle; for a
//! browser it is too large and too slow.
//!
//! Values are kept *channels last* ([`plane::Plane`]), so that a vector holds neighbouring channels of one pixel, and
//! the pixels under a row of the kernel lie behind each other in memory.

mod attention;
mod convolution;
mod direct;
mod footprint;
mod norm;
mod plane;
mod winograd;

use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::network::NetworkError;
use crate::network::config::{NetworkConfig, Padding};
use crate::network::embedding;
use crate::network::layers::{Conv, Layers, Op};
use crate::network::weights::{self, Weights};
use crate::schedule::Time;
use crate::simd::{BASELINE, Simd};
use convolution::{Convolution, Room, V};
pub use footprint::footprint;
use norm::Norm;
use plane::Plane;

/// A network on the processor that answers with posterior means.
pub struct CpuNetwork {
    config: NetworkConfig,
    layers: Layers,
    shape: ImageShape,
    /// The embedding's tensors; the convolutions' are packed in `convolutions`.
    embedding: Weights,
    /// One per convolution, in the order of the layers.
    convolutions: Vec<(Convolution, Option<Norm>)>,
    /// Room for every value, kept between calls.
    values: Vec<Plane>,
    /// Room for what is on the way within a layer, likewise.
    room: Room,
}

impl CpuNetwork {
    /// Packs weights for pictures of `shape`.
    ///
    /// # Errors
    /// [`NetworkError`] where config, weights and shape do not fit each other.
    pub fn new(config: &NetworkConfig, weights: &Weights, shape: ImageShape) -> Result<Self, NetworkError> {
        let layers = Layers::for_pictures(config, shape)?;
        weights::check(config, &layers, weights)?;
        let border = config.kernel / 2;
        let plane = |(channels, halvings): (usize, usize)| {
            Plane::new(
                ImageShape { channels, height: shape.height >> halvings, width: shape.width >> halvings },
                border,
            )
        };
        let values: Vec<Plane> = layers.values(config.channels).into_iter().map(plane).collect();
        let mut convolutions = Vec::new();
        for (i, layer) in layers.list.iter().enumerate() {
            let Op::Conv(conv) = &layer.op else { continue };
            let array = |part: &str| {
                let name = format!("{}.{part}", layer.name);
                weights.get(&name).map(|array| &array.data[..]).ok_or(NetworkError::Missing(name))
            };
            let norm = match conv.groups {
                Some(groups) => Some(Norm::new(groups, array("norm.scale")?, array("norm.offset")?)),
                None => None,
            };
            convolutions.push((Convolution::new(conv, array("weight")?, array("bias")?, values[i + 1].shape), norm));
        }
        let embedding = embedding::tensors(weights);
        Ok(CpuNetwork { config: config.clone(), layers, shape, embedding, convolutions, values, room: Room::default() })
    }

    /// What the network predicts for one picture `[C, H, W]`, left in the last value. Never inlined: it is large, and asked for in
    /// several places.
    #[inline(never)]
    fn predict(&mut self, x: &[f32], time: Time, condition: &Condition) -> Result<(), NetworkError> {
        let row = embedding::shifts(&self.config, &self.layers, &self.embedding, time.t, condition)?;
        let circular = self.layers.padding == Padding::Circular;
        self.values[0].write(x);
        if circular {
            self.values[0].wrap();
        }
        let mut convolutions = self.convolutions.iter();
        for (i, layer) in self.layers.list.iter().enumerate() {
            // Layers only look back: what is before the split is ready, what is first behind it is written.
            let (ready, rest) = self.values.split_at_mut(i + 1);
            let Some(output) = rest.first_mut() else { unreachable!("one value per layer and the input") };
            match &layer.op {
                Op::Attention(op) => attention::attend(op.heads, &ready[op.input], output),
                Op::Conv(conv) => {
                    let Some((convolution, norm)) = convolutions.next() else { unreachable!("one per layer") };
                    let finish = Finish::of(conv, &row, ready);
                    let (input, skip) = (&ready[conv.input], conv.skip.map(|skip| &ready[skip]));
                    match norm {
                        None if finish.scale.is_empty() => {
                            convolution.run(input, skip, &finish, &mut self.room, output);
                        }
                        None => {
                            convolution.run(input, skip, &Finish::default(), &mut self.room, output);
                            norm::modulate(&finish, output);
                        }
                        Some(norm) => {
                            convolution.run(input, skip, &Finish::default(), &mut self.room, output);
                            norm.run(&finish, output);
                        }
                    }
                }
            }
            if circular {
                output.wrap();
            }
        }
        Ok(())
    }
}

impl Denoiser for CpuNetwork {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.shape, conditions)?;
        let mut denoised = Vec::with_capacity(x.len());
        for (x, condition) in x.chunks_exact(self.shape.len()).zip(conditions) {
            self.predict(x, time, condition).map_err(|error| match error {
                NetworkError::Denoise(error) => error,
                other => DenoiseError::Device(other.to_string()),
            })?;
            let predicted = self.values[self.values.len() - 1].read();
            denoised.extend(x.iter().zip(predicted).map(|(&x, p)| self.config.prediction.denoised(x, p, time)));
        }
        Ok(denoised)
    }
}

/// What follows the sums of a convolution, or its normalisation: `residual + relu(·(1 + scale) + shift)`. A convolution
/// itself knows no scales: [`norm`] applies them behind it.
#[derive(Default)]
struct Finish<'a> {
    /// One number per channel; none where empty.
    shift: &'a [f32],
    /// The same.
    scale: &'a [f32],
    relu: bool,
    residual: Option<&'a Plane>,
}

impl<'a> Finish<'a> {
    fn of(conv: &Conv, row: &'a [f32], ready: &'a [Plane]) -> Self {
        let piece = |start: Option<usize>| start.map_or(&[][..], |start| &row[start..start + conv.channels]);
        let (shift, scale) = (piece(conv.shift), piece(conv.scale));
        Finish { shift, scale, relu: conv.relu, residual: conv.residual.map(|value| &ready[value]) }
    }

    /// Finishes the sums of one vector of channels into `output`, at vector `at`; the shift is in them already.
    #[inline(always)]
    fn store(&self, mut sum: V, at: usize, output: &mut Plane) {
        let s = BASELINE;
        if self.relu {
            sum = s.max(sum, s.splat(0.0));
        }
        if let Some(residual) = self.residual {
            sum = s.add(sum, s.load(&residual.lanes()[at]));
        }
        s.store(sum, &mut output.lanes_mut()[at]);
    }
}

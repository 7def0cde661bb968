//! The convolution: `finish(conv(resample(input) ++ skip) + bias)`, every part but the convolution optional.

#[cfg(with_learning)]
mod backward;
#[cfg(with_gpu)]
mod batch;
mod cpu;
mod direct;
#[cfg(with_gpu)]
mod gpu;
#[cfg(all(with_gpu, with_learning))]
mod lesson;
#[cfg(with_gpu)]
mod normed;
#[cfg(with_learning)]
mod taps;
#[cfg(test)]
mod tests;
#[cfg(with_learning)]
mod tiles;
mod twin;
mod winograd;
#[cfg(with_learning)]
mod winograd_back;

#[cfg(with_gpu)]
use super::Next;
use super::footprint::Footprint;
#[cfg(with_gpu)]
use super::program::{Last, Program, Tuning};
use super::{Finish, Kernel, OpError, Operation, Site, Value, Weights};
use crate::denoiser::ImageShape;
use crate::json::names;
use serde::Serialize;

/// A convolution.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conv {
    /// What is convolved.
    pub input: Value,
    /// Channels of `input`.
    pub input_channels: usize,
    /// Concatenated behind the (resampled) input's channels, at the output's resolution.
    pub skip: Option<Value>,
    /// Channels of `skip`, 0 without one.
    pub skip_channels: usize,
    /// Output channels.
    pub channels: usize,
    /// Kernel side, odd; 1 for a pointwise layer.
    pub kernel: usize,
    /// Change of resolution.
    pub resample: Resample,
    /// What follows.
    pub finish: Finish,
}

/// Change of resolution in a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Resample {
    /// Same size.
    #[default]
    Keep,
    /// Stride 2: half the size.
    Halve,
    /// The input is doubled by repeating pixels before it is convolved (the skip is not).
    Double,
}

/// What a convolution sees beyond the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    /// Zeros: the network can find out where the border is.
    Zeros,
    /// The opposite side: the network is exactly translation equivariant.
    Circular,
}

names!(Padding { "zeros" => Zeros, "circular" => Circular });

impl Conv {
    /// A convolution of a value with so many channels, with nothing around it.
    pub fn new((input, input_channels): (Value, usize), channels: usize, kernel: usize) -> Self {
        Conv { input, input_channels, channels, kernel, ..Conv::default() }
    }

    /// Channels that a kernel reads.
    pub fn inputs(&self) -> usize {
        self.input_channels + self.skip_channels
    }

    /// Steps in the input from one output pixel to the next.
    pub fn stride(&self) -> usize {
        if self.resample == Resample::Halve { 2 } else { 1 }
    }
}

impl Operation for Conv {
    fn reads(&self) -> Vec<Value> {
        [Some(self.input), self.skip, self.finish.residual].into_iter().flatten().collect()
    }

    fn shape(&self, shapes: &[ImageShape]) -> ImageShape {
        let ImageShape { height, width, .. } = shapes[self.input];
        let (height, width) = match self.resample {
            Resample::Keep => (height, width),
            Resample::Halve => (height / 2, width / 2),
            Resample::Double => (height * 2, width * 2),
        };
        ImageShape { channels: self.channels, height, width }
    }

    fn tensors(&self) -> Vec<(&'static str, Vec<usize>)> {
        let weight = vec![self.channels, self.inputs(), self.kernel, self.kernel];
        vec![("weight", weight), ("bias", vec![self.channels])]
    }

    fn finish(&self) -> Option<&Finish> {
        Some(&self.finish)
    }

    fn work(&self, site: &Site<'_>) -> f64 {
        [2, site.shape().len(), self.inputs(), self.kernel, self.kernel].iter().map(|&size| size as f64).product()
    }

    fn footprint(&self, _: ImageShape) -> Footprint {
        cpu::footprint(self)
    }

    fn kernel(&self, site: &Site<'_>, weights: &Weights) -> Result<Box<dyn Kernel>, OpError> {
        Ok(Box::new(cpu::Convolution::new(self, site, weights)?))
    }

    #[cfg(with_gpu)]
    fn program(
        &self,
        site: &Site<'_>,
        next: Option<Next<'_>>,
        weights: &Weights,
        tuning: Tuning,
    ) -> Result<Program, OpError> {
        match normed::program(self, site, next, weights, tuning)? {
            Some(both) => Ok(both),
            None => gpu::program(self, site, weights, tuning),
        }
    }

    #[cfg(with_gpu)]
    fn last(&self, site: &Site<'_>, weights: &Weights) -> Result<Option<Last>, OpError> {
        gpu::last(self, site, weights)
    }
}

//! Group normalisation (Wu & He 2018, epsilon 1e-5): `finish(norm(value))`, in place behind a convolution.

#[cfg(with_learning)]
mod backward;
mod cpu;
#[cfg(all(with_gpu, with_learning))]
mod lesson;
#[cfg(test)]
mod tests;

#[cfg(with_gpu)]
use super::Next;
use super::footprint::{Footprint, product};
#[cfg(with_gpu)]
use super::program::{Binding, Dispatch, Program, Tuning, names, shader};
use super::{Finish, Kernel, OpError, Operation, Site, Twin, Value, Weights};
use crate::denoiser::ImageShape;

/// Group normalisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Norm {
    /// What is normalised; nobody else reads it, for the result takes its place.
    pub input: Value,
    /// Its channels.
    pub channels: usize,
    /// Groups of channels; divides them.
    pub groups: usize,
    /// What follows.
    pub finish: Finish,
}

impl Operation for Norm {
    fn reads(&self) -> Vec<Value> {
        [Some(self.input), self.finish.residual].into_iter().flatten().collect()
    }

    fn in_place(&self) -> bool {
        true
    }

    fn shape(&self, shapes: &[ImageShape]) -> ImageShape {
        shapes[self.input]
    }

    fn tensors(&self) -> Vec<(&'static str, Vec<usize>)> {
        vec![("scale", vec![self.channels]), ("offset", vec![self.channels])]
    }

    fn finish(&self) -> Option<&Finish> {
        Some(&self.finish)
    }

    fn work(&self, site: &Site<'_>) -> f64 {
        8.0 * site.shape().len() as f64
    }

    fn footprint(&self, _: ImageShape) -> Footprint {
        // A scale and an offset a channel; at dispatch, sums, factors and offsets.
        Footprint { kept: product(&[2, 4, self.channels]), meanwhile: product(&[16, 4, self.channels]) }
    }

    fn kernel(&self, site: &Site<'_>, weights: &Weights) -> Result<Box<dyn Kernel>, OpError> {
        Ok(Box::new(cpu::Normalisation::new(self, site, weights)?))
    }

    #[cfg(with_gpu)]
    fn program(&self, site: &Site<'_>, _: Option<Next<'_>>, weights: &Weights, _: Tuning) -> Result<Program, OpError> {
        let shape = site.shape();
        let (area, per_group) = (shape.height * shape.width, shape.channels / self.groups);
        let mut names = names([
            ("CHANNELS", shape.channels),
            ("GROUPS", self.groups),
            ("CHANNELS_PER_GROUP", per_group),
            ("AREA", area),
            ("SIZE", per_group * area),
        ]);
        self.finish.names(&mut names);
        let data = |part: &str| site.tensor(weights, part).map(|array| &array.data[..]);
        // Where there is no residual, something is bound that is not written.
        let residual = self.finish.residual.map_or(Binding::Row, Binding::Value);
        Ok(Program {
            layers: 1,
            text: shader!("ops/norm/norm.wgsl"),
            names,
            tensors: vec![[data("scale")?, data("offset")?].concat()],
            bindings: vec![Binding::Tensor(0), Binding::Row, residual, Binding::Value(site.output)],
            dispatch: Dispatch::Groups(self.groups),
            larger: Vec::new(),
        })
    }
}

impl Twin for Norm {
    fn twin(&self, site: &Site<'_>, weights: &Weights, values: &[Vec<f32>], rows: &[Vec<f32>]) -> Vec<f32> {
        let scale = &weights[&format!("{}.scale", site.name)].data;
        let offset = &weights[&format!("{}.offset", site.name)].data;
        let shape = site.shape();
        let area = shape.height * shape.width;
        let size = shape.channels / self.groups * area;
        let value = &values[self.input];
        let mut output = Vec::with_capacity(value.len());
        for (group, pixels) in value.chunks(size).enumerate() {
            let mean = pixels.iter().sum::<f32>() / size as f32;
            let variance = pixels.iter().map(|pixel| (pixel - mean) * (pixel - mean)).sum::<f32>() / size as f32;
            let inverse = 1.0 / (variance + 1e-5).sqrt();
            for (i, pixel) in pixels.iter().enumerate() {
                let index = group * size + i;
                let channel = index / area % shape.channels;
                let result = (pixel - mean) * inverse * scale[channel] + offset[channel];
                output.push(self.finish.twin(result, values, &rows[index / shape.len()], channel, index));
            }
        }
        output
    }
}

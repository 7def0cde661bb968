//! The convolution's twin: plain loops.

use super::super::{Padding, Site, Twin, Weights};
use super::{Conv, Resample};
use crate::denoiser::ImageShape;

impl Twin for Conv {
    fn twin(&self, site: &Site<'_>, weights: &Weights, values: &[Vec<f32>], rows: &[Vec<f32>]) -> Vec<f32> {
        let weight = &weights[&format!("{}.weight", site.name)].data;
        let bias = &weights[&format!("{}.bias", site.name)].data;
        let (shape, circular) = (site.shape(), site.padding == Padding::Circular);
        let ImageShape { channels, height, width } = shape;
        let (inputs, stride) = (self.inputs(), self.stride());
        let mut output = vec![0.0; rows.len() * shape.len()];
        for (index, output) in output.iter_mut().enumerate() {
            let (column, row) = (index % width, index / width % height);
            let channel = index / (width * height) % channels;
            let picture = index / shape.len();
            let mut sum = bias[channel];
            for input in 0..inputs {
                for l in 0..self.kernel {
                    for k in 0..self.kernel {
                        let y = wrap(row * stride + l, self.kernel / 2, height * stride, circular);
                        let x = wrap(column * stride + k, self.kernel / 2, width * stride, circular);
                        let (Some(y), Some(x)) = (y, x) else { continue };
                        let pixel = source(self, site, values, picture, input, (y, x));
                        sum += weight[((channel * inputs + input) * self.kernel + l) * self.kernel + k] * pixel;
                    }
                }
            }
            *output = self.finish.twin(sum, values, &rows[picture], channel, index);
        }
        output
    }
}

/// `at − pad`, wrapped around or `None` beyond the border.
fn wrap(at: usize, pad: usize, size: usize, circular: bool) -> Option<usize> {
    if circular { Some((at + size * 8 - pad) % size) } else { at.checked_sub(pad).filter(|&at| at < size) }
}

/// A pixel of the resampled input, or of the skip behind its channels.
fn source(
    conv: &Conv,
    site: &Site<'_>,
    values: &[Vec<f32>],
    picture: usize,
    channel: usize,
    (y, x): (usize, usize),
) -> f32 {
    let (input, ImageShape { height, width, .. }) = (site.shapes[conv.input], site.shape());
    if channel < input.channels {
        let half = usize::from(conv.resample == Resample::Double);
        values[conv.input]
            [((picture * input.channels + channel) * input.height + (y >> half)) * input.width + (x >> half)]
    } else {
        let channel = picture * conv.skip_channels + channel - input.channels;
        conv.skip.map_or(0.0, |skip| values[skip][(channel * height + y) * width + x])
    }
}

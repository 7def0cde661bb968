//! One value of the network, channels last: `[H + 2b, W + 2b, C]` with a border of `b` pixels that a kernel may look
//! into, and the channels filled up with zeros to whole vectors.

use crate::denoiser::ImageShape;
use crate::simd::{Baseline, Simd};
use bytemuck::Zeroable;

/// One vector in memory.
pub type Lane = <Baseline as Simd>::Lane;
/// Values in a vector.
pub const LANES: usize = Baseline::LANES;

/// Channels filled up to whole vectors.
pub fn lanes(channels: usize) -> usize {
    channels.next_multiple_of(LANES)
}

/// A value with its border, which holds zeros until it is [wrapped](Plane::wrap).
#[derive(Default)]
pub struct Plane {
    /// Its true shape.
    pub shape: ImageShape,
    /// Vectors per pixel.
    pub groups: usize,
    border: usize,
    data: Vec<Lane>,
}

impl Plane {
    /// Zeros.
    pub fn new(shape: ImageShape, border: usize) -> Plane {
        let groups = shape.channels.div_ceil(LANES);
        let pixels = (shape.height + 2 * border) * (shape.width + 2 * border);
        Plane { shape, groups, border, data: vec![Lane::zeroed(); pixels * groups] }
    }

    /// Makes room for a value of another shape: all zeros then, so that nothing is left of the last one in the border.
    pub fn reshape(&mut self, shape: ImageShape) {
        if self.shape == shape {
            return;
        }
        self.shape = shape;
        self.groups = shape.channels.div_ceil(LANES);
        let pixels = (shape.height + 2 * self.border) * (shape.width + 2 * self.border);
        let vectors = pixels * self.groups;
        self.data.clear();
        if self.data.capacity() < vectors {
            // What is too small goes before what is large enough comes.
            self.data = Vec::new();
        }
        self.data.resize(vectors, Lane::zeroed());
    }

    /// The first vector of the pixel in row `y` and column `x`; either may lie in the border.
    pub fn pixel(&self, y: isize, x: isize) -> usize {
        let border = self.border as isize;
        let pixel = (y + border) * (self.shape.width as isize + 2 * border) + x + border;
        pixel as usize * self.groups
    }

    /// All vectors.
    pub fn lanes(&self) -> &[Lane] {
        &self.data
    }

    /// All vectors.
    pub fn lanes_mut(&mut self) -> &mut [Lane] {
        &mut self.data
    }

    /// All values.
    pub fn values(&self) -> &[f32] {
        bytemuck::cast_slice(&self.data)
    }

    /// Takes a picture `[C, H, W]` in.
    pub fn write(&mut self, picture: &[f32]) {
        let ImageShape { height, width, .. } = self.shape;
        for (i, &value) in picture.iter().enumerate() {
            let (channel, y, x) = (i / (height * width), i / width % height, i % width);
            let at = self.pixel(y as isize, x as isize) * LANES + channel;
            bytemuck::cast_slice_mut::<Lane, f32>(&mut self.data)[at] = value;
        }
    }

    /// The picture `[C, H, W]`.
    pub fn read(&self) -> impl Iterator<Item = f32> + '_ {
        let ImageShape { height, width, .. } = self.shape;
        (0..self.shape.len()).map(move |i| {
            let (channel, y, x) = (i / (height * width), i / width % height, i % width);
            self.values()[self.pixel(y as isize, x as isize) * LANES + channel]
        })
    }

    /// Fills the border with the opposite side.
    pub fn wrap(&mut self) {
        let (height, width) = (self.shape.height as isize, self.shape.width as isize);
        let border = self.border as isize;
        for y in -border..height + border {
            for x in -border..width + border {
                let (from_y, from_x) = (y.rem_euclid(height), x.rem_euclid(width));
                if (from_y, from_x) != (y, x) {
                    let (from, to) = (self.pixel(from_y, from_x), self.pixel(y, x));
                    self.data.copy_within(from..from + self.groups, to);
                }
            }
        }
    }
}

/// Numbers as whole vectors, zeros behind the last.
pub fn vectors(values: &[f32]) -> Vec<Lane> {
    let mut lanes = vec![Lane::zeroed(); values.len().div_ceil(LANES)];
    bytemuck::cast_slice_mut::<Lane, f32>(&mut lanes)[..values.len()].copy_from_slice(values);
    lanes
}

/// Room for what is on the way within a layer, shared by the layers of a network; what one left there means nothing to
/// the next.
#[derive(Default)]
pub struct Room {
    /// Inputs in another order.
    pub inputs: Vec<Lane>,
    /// Their products with the weights.
    pub products: Vec<Lane>,
    /// Gradients in another order, where one learns.
    pub gradients: Vec<Lane>,
    /// Their products with the inputs.
    pub crossed: Vec<Lane>,
}

//! Learning through the operations: a forward pass that keeps what the way back asks for, and the way back itself. What
//! [`super::Operation`] lets engines overwrite (values in place, weights packed once) is kept here in [`Pass`], or packed
//! anew after every step. Nothing of it is compiled where nobody learns, so a first picture costs no byte more.
//!
//! Each operation has its gradients beside its kernel (`backward` in its folder); the chain rule over a list of layers is
//! in [`crate::learn`].

use super::plane::{Lane, Plane, Room};
use super::{Padding, Site, Value};
use crate::denoiser::ImageShape;
use crate::simd::{BASELINE, Simd};
use bytemuck::Zeroable;

/// An operation that can learn.
pub trait Backward {
    /// Makes it ready to learn; it has no weights until it is [given](Learner::pack) some.
    fn learner(&self, site: &Site<'_>) -> Box<dyn Learner>;
}

/// An operation made ready to learn.
pub trait Learner: Send {
    /// Takes its tensors, behind each other as [`super::Operation::tensors`] names them.
    fn pack(&mut self, tensors: &[f32]);

    /// Computes its value in a picture's pass.
    fn forward(&self, pass: &mut Pass);

    /// Computes its value in the passes of several pictures.
    fn forward_all(&self, passes: &mut [Pass]) {
        passes.iter_mut().for_each(|pass| self.forward(pass));
    }

    /// Adds the gradients of its tensors to `tensors`, laid out as those are, and those of what it reads to the passes, in
    /// which the gradient of its own value is complete and lost thereby. Sums over pictures run in their order.
    fn backward(&mut self, passes: &mut [Pass], tensors: &mut [f32]);
}

/// One picture on its way through a network and back.
pub struct Pass {
    /// Every value.
    pub values: Vec<Plane>,
    /// By value: what its [`super::Finish`] was given, where it is more than nothing.
    pub sums: Vec<Plane>,
    /// By value: how the loss changes with it, as far as the layers behind it have told.
    pub gradients: Vec<Plane>,
    /// Room for one that is to be added.
    pub spare: Plane,
    /// Room for what is on the way within a layer.
    pub room: Room,
    /// Shifts and scales, as the embedding gives them.
    pub row: Vec<f32>,
    /// How the loss changes with those.
    pub row_gradient: Vec<f32>,
    /// Beyond the border of every value.
    pub padding: Padding,
}

impl Pass {
    /// Room for values of these shapes, with a border that the largest kernel asks for, and a row of this length.
    pub fn new(shapes: &[ImageShape], border: usize, row: usize, padding: Padding) -> Pass {
        let planes = || shapes.iter().map(|&shape| Plane::new(shape, border)).collect();
        Pass {
            values: planes(),
            sums: planes(),
            gradients: planes(),
            spare: Plane::new(ImageShape::default(), border),
            room: Room::default(),
            row: vec![0.0; row],
            row_gradient: vec![0.0; row],
            padding,
        }
    }

    /// Forgets the gradients of the picture before.
    pub fn clear(&mut self) {
        self.gradients.iter_mut().for_each(Plane::clear);
        self.row_gradient.fill(0.0);
    }

    /// Hands a value out while others are read.
    pub fn take(&mut self, value: Value) -> Plane {
        std::mem::take(&mut self.values[value])
    }

    /// Puts a value that was computed in its place, its border filled as the padding says.
    pub fn put(&mut self, value: Value, mut plane: Plane) {
        if self.padding == Padding::Circular {
            plane.wrap();
        }
        self.values[value] = plane;
    }

    /// Fills the border of a gradient as the padding says, for kernels that look into it.
    pub fn border(&mut self, value: Value) {
        if self.padding == Padding::Circular {
            self.gradients[value].wrap();
        }
    }

    /// Adds `spare` to the gradient of a value.
    pub fn add_spare(&mut self, value: Value) {
        add(&mut self.gradients[value], &self.spare);
    }
}

impl Plane {
    /// All values.
    pub fn values_mut(&mut self) -> &mut [f32] {
        bytemuck::cast_slice_mut(self.lanes_mut())
    }

    /// Zeros everywhere.
    pub fn clear(&mut self) {
        self.lanes_mut().fill(Lane::zeroed());
    }
}

/// Takes the border of one pixel, into which a kernel's gradient reaches, back: to the opposite side, or away.
pub fn fold_border(plane: &mut Plane, padding: Padding) {
    let (height, width, groups) = (plane.shape.height as isize, plane.shape.width as isize, plane.groups);
    let sides = (-1..=height).flat_map(|y| [(y, -1), (y, width)]);
    for (y, x) in sides.chain((0..width).flat_map(|x| [(-1, x), (height, x)])) {
        let from = plane.pixel(y, x);
        if padding == Padding::Circular {
            let (s, to) = (BASELINE, plane.pixel(y.rem_euclid(height), x.rem_euclid(width)));
            for group in 0..groups {
                let sum = s.add(s.load(&plane.lanes()[to + group]), s.load(&plane.lanes()[from + group]));
                s.store(sum, &mut plane.lanes_mut()[to + group]);
            }
        }
        plane.lanes_mut()[from..from + groups].fill(Lane::zeroed());
    }
}

/// `sum += plane`, pixel by pixel; borders are left as they are.
pub fn add(sum: &mut Plane, plane: &Plane) {
    let (s, width) = (BASELINE, plane.shape.width * plane.groups);
    for y in 0..plane.shape.height as isize {
        let at = plane.pixel(y, 0);
        let (to, from) = (&mut sum.lanes_mut()[at..at + width], &plane.lanes()[at..at + width]);
        to.iter_mut().zip(from).for_each(|(to, from)| s.store(s.add(s.load(to), s.load(from)), to));
    }
}

/// Sums of a plane over its pixels, a vector of channels each, added to `sums`.
pub fn add_pixels(sums: &mut [Lane], plane: &Plane) {
    let s = BASELINE;
    for y in 0..plane.shape.height as isize {
        let row = &plane.lanes()[plane.pixel(y, 0)..][..plane.shape.width * plane.groups];
        for pixel in row.chunks_exact(plane.groups.max(1)) {
            sums.iter_mut().zip(pixel).for_each(|(sum, value)| s.store(s.add(s.load(sum), s.load(value)), sum));
        }
    }
}

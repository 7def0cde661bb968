//! The operations that networks are made of, each at home in a folder of its own: its shape and what it reads, its
//! tensors, the work it counts, how a processor computes it (`cpu`), the program that a GPU runs (`gpu`, with its WGSL),
//! and its twin: plain loops that tests compare both with. What follows the sums of an operation is in [`finish`].
//!
//! The engines, [`crate::cpu`] and [`crate::gpu`], see operations through [`Operation`] only. [`Op`] is an enum and no
//! boxed trait, so that lists of layers can be copied and compared, and burn's interpreter, which stands outside, is told
//! by the compiler what it does not know yet. A new operation is its folder and its line in [`Op`].

pub mod attention;
#[cfg(with_learning)]
pub mod backward;
pub mod convolution;
pub mod finish;
pub mod footprint;
#[cfg(all(with_gpu, with_learning))]
pub mod lesson;
pub mod norm;
pub mod plane;
pub(crate) mod product;
#[cfg(with_gpu)]
pub mod program;
#[cfg(test)]
pub(crate) mod testing;

pub use attention::Attention;
pub use convolution::{Conv, Padding, Resample};
pub use finish::{Activation, Finish};
pub use norm::Norm;

use crate::denoiser::ImageShape;
use footprint::Footprint;
use plane::{Plane, Room};
#[cfg(with_gpu)]
use program::{Last, Program, Tuning};
use std::collections::BTreeMap;
use thiserror::Error;

/// Index of a value: 0 is the noisy picture, `i + 1` the result of layer `i`.
pub type Value = usize;

/// One tensor: row-major values and their shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Values, row-major.
    pub data: Vec<f32>,
}

/// Tensors by name.
pub type Weights = BTreeMap<String, Array>;

/// Why an operation could not be made ready.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpError {
    /// A tensor is missing.
    #[error("the weights hold no tensor \"{0}\", which the config asks for")]
    Missing(String),
    /// A picture is too large for it.
    #[error("{0}")]
    Size(String),
}

/// Where an operation stands in a network.
pub struct Site<'a> {
    /// The layer's name; its tensors are `{name}.{part}`.
    pub name: &'a str,
    /// The shape of every value, its own among them.
    pub shapes: &'a [ImageShape],
    /// The value that it gives.
    pub output: Value,
    /// What lies beyond the border of every value.
    pub padding: Padding,
}

impl Site<'_> {
    /// The shape of what it gives.
    pub fn shape(&self) -> ImageShape {
        self.shapes[self.output]
    }

    /// Its own tensor of this name.
    ///
    /// # Errors
    /// [`OpError::Missing`].
    pub fn tensor<'w>(&self, weights: &'w Weights, part: &str) -> Result<&'w Array, OpError> {
        let name = format!("{}.{part}", self.name);
        weights.get(&name).ok_or(OpError::Missing(name))
    }
}

/// Values that are ready, and the row of shifts (then scales) that the embedding gives: what a [`Kernel`] reads.
pub struct Ready<'a> {
    /// The planes of the engine.
    pub planes: &'a [Plane],
    /// Which of them holds which value.
    pub places: &'a [usize],
    /// Shifts and scales.
    pub row: &'a [f32],
}

impl<'a> Ready<'a> {
    /// A value.
    pub fn value(&self, value: Value) -> &'a Plane {
        &self.planes[self.places[value]]
    }
}

/// The layer behind an operation, with where it stands.
#[cfg(with_gpu)]
pub type Next<'a> = (&'a Op, &'a Site<'a>);

/// An operation made ready for the processor: weights packed, sizes known.
pub trait Kernel {
    /// Computes one picture's value into `output`, which has its shape; where the operation works in place, it holds
    /// what is read.
    fn run(&self, ready: &Ready<'_>, room: &mut Room, output: &mut Plane);
}

/// All that an engine asks of an operation.
pub trait Operation {
    /// The values that it reads, all older than its own.
    fn reads(&self) -> Vec<Value>;

    /// Whether its result takes the place of the first value that it reads, which nobody else may read then.
    fn in_place(&self) -> bool {
        false
    }

    /// The shape of what it gives, from those of all older values.
    fn shape(&self, shapes: &[ImageShape]) -> ImageShape;

    /// Name and shape of its tensors. Convolutions are `[out, in, k, k]`.
    fn tensors(&self) -> Vec<(&'static str, Vec<usize>)> {
        Vec::new()
    }

    /// What follows its sums, where anything may.
    fn finish(&self) -> Option<&Finish> {
        None
    }

    /// Floating point operations for one picture (a multiplication and an addition count as two); as f64, since those of a
    /// large network are beyond a browser's usize.
    fn work(&self, site: &Site<'_>) -> f64;

    /// Most pixels that look at each other, where it gives a value of this shape; 0 where they do not.
    fn tokens(&self, _: ImageShape) -> u64 {
        0
    }

    /// What its kernel takes in memory, where it gives a value of this shape.
    fn footprint(&self, shape: ImageShape) -> Footprint;

    /// Makes it ready for the processor.
    ///
    /// # Errors
    /// [`OpError`] where a tensor is missing.
    fn kernel(&self, site: &Site<'_>, weights: &Weights) -> Result<Box<dyn Kernel>, OpError>;

    /// What a GPU is to run, with the layer behind it where one dispatch can do both; nothing runs on one where nothing but
    /// learning is compiled.
    ///
    /// # Errors
    /// [`OpError`] where a tensor is missing, or the GPU has no room for a picture of this size.
    #[cfg(with_gpu)]
    fn program(
        &self,
        site: &Site<'_>,
        next: Option<Next<'_>>,
        weights: &Weights,
        tuning: Tuning,
    ) -> Result<Program, OpError>;

    /// What the solver's stage needs to compute it on its way, where it is the last layer and that is possible.
    ///
    /// # Errors
    /// [`OpError`] where a tensor is missing.
    #[cfg(with_gpu)]
    fn last(&self, _: &Site<'_>, _: &Weights) -> Result<Option<Last>, OpError> {
        Ok(None)
    }
}

/// Plain loops that say what both engines compute. A trait of its own, so that no browser fetches them.
pub trait Twin {
    /// The result for a batch, `[B, C, H, W]`, from all older values and one row of shifts (then scales) a picture.
    ///
    /// # Panics
    /// Where a tensor is missing: tests bring all.
    fn twin(&self, site: &Site<'_>, weights: &Weights, values: &[Vec<f32>], rows: &[Vec<f32>]) -> Vec<f32>;
}

macro_rules! operations {
    ($($(#[$doc:meta])* $op:ident,)*) => {
        /// What a layer does.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Op {
            $($(#[$doc])* $op($op),)*
        }

        impl Op {
            /// The operation, as engines see it.
            pub fn operation(&self) -> &dyn Operation {
                match self {
                    $(Op::$op(op) => op,)*
                }
            }

            /// The operation, as learning sees it.
            #[cfg(with_learning)]
            pub fn backward(&self) -> &dyn backward::Backward {
                match self {
                    $(Op::$op(op) => op,)*
                }
            }

            /// The operation, as learning on a GPU sees it.
            #[cfg(all(with_gpu, with_learning))]
            pub fn teach(&self) -> &dyn lesson::Teach {
                match self {
                    $(Op::$op(op) => op,)*
                }
            }

            /// The operation, as tests see it.
            pub fn twin(&self) -> &dyn Twin {
                match self {
                    $(Op::$op(op) => op,)*
                }
            }
        }

        $(impl From<$op> for Op {
            fn from(op: $op) -> Op {
                Op::$op(op)
            }
        })*
    };
}

operations! {
    /// Multi-head self-attention over all pixels.
    Attention,
    /// A convolution, with a change of resolution and what follows.
    Conv,
    /// Group normalisation, and what follows.
    Norm,
}

//! What a GPU runs to learn through an operation, as data: the stages of the way forward, which keep what the way back asks
//! for, and those of the way back. Each operation has its own (`lesson` in its folder, with its WGSL); the room
//! `gpu::learning` gives every [`Place`] a buffer, compiles the stages and runs them. What is computed is what
//! [`super::backward`] computes on the processor, with which tests compare it.
//!
//! Nothing is added to a gradient in memory: everybody who reads a value writes its [`Place::Share`] of the gradient to a
//! buffer of its own, and the layer that made the value sums the shares when its turn comes. So every number has one
//! writer, and sums have one order.

use super::program::{Dispatch, Names, Tuning};
use super::{OpError, Site, Value};

/// What is bound to a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A value of the network, `[B, C, H, W]`.
    Value(Value),
    /// What the finish of a value was given.
    Sums(Value),
    /// How the loss changes with a value.
    Total(Value),
    /// How it changes with the value's sums.
    Slope(Value),
    /// What one of those who read a value adds to its gradient: who, and by which of its inputs.
    Share(Value, Value, usize),
    /// Tensors of the layer as one of its [`Lesson::packings`] wants them.
    Packed(Value, usize),
    /// All weights.
    Weights,
    /// Rows of shifts, a picture each; a layer's scales lie behind its shifts.
    Rows,
    /// What a picture adds to the gradient of rows, and of what has one number a channel: a row a picture.
    Columns,
    /// The gradient of all weights.
    Gradient,
}

/// One dispatch.
pub struct Stage {
    /// WGSL with what `gpu::template` steers by; the step uniform is at 0, then `reads`, then `writes`.
    pub text: &'static str,
    /// What the names in it stand for; ROW and COLUMNS, lengths of a picture's rows, are known beside them.
    pub names: Names,
    /// What is read.
    pub reads: Vec<Place>,
    /// What is written.
    pub writes: Vec<Place>,
    /// How much of it there is.
    pub dispatch: Dispatch,
}

/// The place of no tensor: a number that is 0, or one that nobody asks for.
pub const NOTHING: u32 = u32::MAX;

/// What learning through one layer takes.
#[derive(Default)]
pub struct Lesson {
    /// Tensors in the order in which a stage reads them: every number is the sum of up to four of the layer's own, by
    /// their places among these.
    pub packings: Vec<Vec<[u32; 4]>>,
    /// The way forward.
    pub forward: Vec<Stage>,
    /// The way back.
    pub backward: Vec<Stage>,
    /// Gradients of what it reads, and where they then lie.
    pub shares: Vec<(Value, Place)>,
    /// Of its own tensors, by their places, those whose gradient is the sum of a column of [`Place::Columns`], from
    /// [`Desk::columns`] on; or [`NOTHING`].
    pub columns: Vec<u32>,
}

/// What a layer is told of where it learns.
pub struct Desk<'a> {
    /// Where it stands.
    pub site: &'a Site<'a>,
    /// What others add to the gradient of its value.
    pub shares: Vec<Place>,
    /// Where its shifts begin in [`Place::Rows`], and their gradients in [`Place::Columns`].
    pub row: usize,
    /// Where its own columns begin in [`Place::Columns`].
    pub columns: usize,
    /// Where its tensors begin among all.
    pub tensors: usize,
    /// What work is cut for.
    pub tuning: Tuning,
}

/// An operation that can learn on a GPU.
pub trait Teach {
    /// What it takes.
    ///
    /// # Errors
    /// [`OpError::Size`] where the GPU has no room for a picture of this size.
    fn lesson(&self, desk: &Desk<'_>) -> Result<Lesson, OpError>;
}

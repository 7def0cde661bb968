//! What a GPU is to run for an operation, as data: the WGSL, what its names stand for, and what is bound. The room `gpu`
//! compiles, binds and dispatches it.

use super::Value;
use std::collections::BTreeMap;

/// The text of a WGSL file, without comments and indentation (`build.rs`): by its name in `gpu/shader/`, or as
/// `ops/<operation>/<name>`.
macro_rules! shader {
    ($name:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/shader/", $name))
    };
}
pub(crate) use shader;

/// What names stand for in a template.
pub type Names = BTreeMap<&'static str, i64>;

/// Names for a template.
pub fn names<const N: usize>(list: [(&'static str, usize); N]) -> Names {
    let mut names = Names::new();
    add(&mut names, &list);
    names
}

/// Further names. One piece of code for lists of any length: each would be fetched by whoever opens the page.
#[inline(never)]
pub fn add(names: &mut Names, list: &[(&'static str, usize)]) {
    for &(name, number) in list {
        names.insert(name, number as i64);
    }
}

/// Threads of a workgroup, in every shader.
pub const THREADS: usize = 64;

/// What work is cut for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tuning {
    /// A GPU: many threads.
    ManyThreads,
    /// A CPU in disguise: few cores, which prefer more work per thread.
    FewCores,
    /// A GPU whose convolutions are cut so, whatever their sizes: to find out natively what suits it.
    #[cfg(not(target_arch = "wasm32"))]
    Tiled {
        /// Pixels below each other that a thread computes.
        rows: usize,
        /// Threads that share the input channels of one such piece: 1, 2, 4 or 8.
        split: usize,
    },
    /// A GPU whose convolutions are fed from the memory of workgroups, cut so, for as few pictures as there are.
    #[cfg(not(target_arch = "wasm32"))]
    Batched {
        /// Blocks of four channels that a thread computes.
        vectors: usize,
        /// Threads that share the input channels of one such piece: 1, 2 or 4.
        split: usize,
    },
}

/// One dispatch.
pub struct Program {
    /// Layers that it does: its own, and, where both fit into one dispatch, the one behind it.
    pub layers: usize,
    /// WGSL with what `gpu::template` steers by. Its group 0 has the step uniform at 0, then `bindings`.
    pub text: &'static str,
    /// What the names in it stand for; ROW, the length of a row of shifts, is known beside them.
    pub names: Names,
    /// Read-only tensors of its own.
    pub tensors: Vec<Vec<f32>>,
    /// What is bound, in order; the last is written, all others are read.
    pub bindings: Vec<Binding>,
    /// How many workgroups a batch takes.
    pub dispatch: Dispatch,
    /// Other ways to do the same, for more and more pictures; with the same bindings.
    pub larger: Vec<Larger>,
}

/// How a dispatch is done for many pictures.
#[derive(Debug, Clone)]
pub struct Larger {
    /// The pictures from which on it is the better way.
    pub from: usize,
    /// As those of a [`Program`].
    pub text: &'static str,
    /// As those of a [`Program`].
    pub names: Names,
    /// How many workgroups a batch takes.
    pub dispatch: Dispatch,
}

/// The last layer of a network as the solver's stage computes it on its way (`ops/convolution/pixel.wgsl`).
pub struct Last {
    /// What the piece asks for.
    pub names: Names,
    /// Its tensors behind each other.
    pub tensors: Vec<f32>,
    /// What it reads.
    pub input: Value,
}

/// What stands at a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// A value of the network.
    Value(Value),
    /// One of the program's tensors.
    Tensor(usize),
    /// The rows of shifts, from this layer's place on; its scales lie behind its shifts.
    Row,
}

/// How many workgroups a batch takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatch {
    /// One workgroup for each of these, times the pictures.
    Groups(usize),
    /// One thread for each of these, times the pictures.
    Threads(usize),
    /// The columns of all pictures in a row, `lanes` of them a workgroup, and so many of those beside each other.
    Columns {
        /// Columns of a picture.
        each: usize,
        /// Columns of a workgroup.
        lanes: usize,
        /// Workgroups that share columns.
        parts: usize,
    },
    /// These workgroups, whatever the batch.
    #[cfg(with_learning)]
    Whole(usize),
}

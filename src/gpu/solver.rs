//! The solver's stage behind a network: the predictions add up to x̂₀, and the pictures move on (`shader/step.wgsl`). It computes a
//! last convolution of few channels on its way.

use super::error::GpuError;
use super::pipeline::{Compiler, Pipeline};
use super::workspace::Workspace;
use crate::denoiser::ImageShape;
use crate::network::config::Prediction;
use crate::ops::Value;
use crate::ops::program::{Dispatch, Last, Names, add, shader};

/// The stage, and what it does besides.
pub(super) struct SolverStep {
    pub pipeline: Pipeline,
    /// What it reads in the place of the network's last value, where it computes that.
    pub input: Option<Value>,
    /// Floating point operations that this takes for one picture.
    pub operations: f64,
}

impl SolverStep {
    /// The stage for pictures of `shape`.
    ///
    /// # Errors
    /// [`GpuError::Shader`].
    pub fn new(
        compiler: &mut Compiler<'_>,
        prediction: Prediction,
        shape: ImageShape,
        last: Option<(Last, f64)>,
    ) -> Result<SolverStep, GpuError> {
        let is = |kind: Prediction| usize::from(prediction == kind);
        let (size, area) = (shape.len(), shape.height * shape.width);
        let (mut names, mut input, mut tensors, mut operations) = (Names::new(), None, None, 0.0);
        if let Some((last, work)) = last {
            (names, input, operations) = (last.names, Some(last.input), work);
            tensors = Some(compiler.gpu.upload("step", &last.tensors));
        }
        let own = [
            ("SIZE", size),
            ("AREA", area),
            ("KEEP", Workspace::KEEP_PLANE),
            ("VELOCITY", is(Prediction::Velocity)),
            ("NOISE", is(Prediction::Noise)),
            ("CLEAN", is(Prediction::Clean)),
            ("LAST", usize::from(tensors.is_some())),
        ];
        add(&mut names, &own);
        let reads = 4 + u32::from(tensors.is_some());
        let mut pipeline = compiler.build("step", shader!("step.wgsl"), &names, (reads, 2), Dispatch::Threads(size))?;
        pipeline.tensors.extend(tensors);
        Ok(SolverStep { pipeline, input, operations })
    }
}

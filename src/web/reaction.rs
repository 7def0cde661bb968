//! Turing's cells for the browser: a [`Cells`] keeps a reaction and steps it on WebGPU, once [`Cells::on_gpu`] has found
//! that it computes what the processor does, or else on the processor.

use super::error::Failure;
use super::machine_gpu::device;
use crate::gpu::{GpuReaction, Tuning};
use crate::reaction::{Reaction, ReactionError, Start, System, wavelength};
use crate::session::SelfTest;
use wasm_bindgen::prelude::*;

/// Steps over which a device is checked.
const TEST_STEPS: usize = 8;

/// A reaction on a grid.
#[wasm_bindgen]
pub struct Cells {
    reaction: Reaction,
    gpu: Option<GpuReaction>,
}

#[wasm_bindgen]
impl Cells {
    /// A grid of `width` by `height` cells at rest, with the parameters of [`System::named`].
    ///
    /// # Errors
    /// `range` where a number or name is.
    #[wasm_bindgen(constructor)]
    pub fn new(
        system: &str,
        first: f32,
        second: f32,
        width: usize,
        height: usize,
        scale: f32,
    ) -> Result<Cells, JsValue> {
        let system = System::named(system, first, second).map_err(Failure::from)?;
        let reaction = Reaction::new(system, width, height, scale).map_err(Failure::from)?;
        Ok(Cells { reaction, gpu: None })
    }

    /// Steps on WebGPU from now on. Unless `insist`, an adapter that is a processor in disguise is refused: the processor
    /// itself is faster.
    ///
    /// # Errors
    /// `no-webgpu`, `gpu-…`, `device-lost` or `out-of-memory` where the device cannot, `self-test` where it computes
    /// wrongly. Then the processor goes on.
    #[wasm_bindgen(js_name = onGpu)]
    pub async fn on_gpu(&mut self, insist: bool) -> Result<(), JsValue> {
        let gpu = device().await?;
        if !insist && gpu.tuning() == Tuning::FewCores {
            let message = format_args!("{} is software; the processor itself is faster", gpu.adapter());
            return Err(Failure::new("no-webgpu", message).into());
        }
        let mut on_gpu = GpuReaction::new(&gpu, self.reaction.size());
        let mut expected = self.reaction.clone();
        expected.start(Start::Noise, 1);
        let mut found = expected.clone();
        expected.advance(TEST_STEPS);
        on_gpu.advance(&mut found, TEST_STEPS).await.map_err(Failure::from)?;
        let differences = expected.state().iter().zip(found.state()).map(|(e, f)| (e - f).abs());
        let difference = differences.fold(0.0, f32::max);
        SelfTest::within(difference).map_err(Failure::from)?;
        self.gpu = Some(on_gpu);
        Ok(())
    }

    /// Goes on under another rule.
    ///
    /// # Errors
    /// `range` where a number or name is; then nothing changes.
    pub fn change(&mut self, system: &str, first: f32, second: f32, scale: f32) -> Result<(), JsValue> {
        let system = System::named(system, first, second).map_err(Failure::from)?;
        Ok(self.reaction.change(system, scale).map_err(Failure::from)?)
    }

    /// Begins again from a spot, or from noise.
    pub fn start(&mut self, noise: bool, seed: f64) {
        self.reaction.start(if noise { Start::Noise } else { Start::Spot }, seed as u64);
    }

    /// Paints a disc.
    pub fn paint(&mut self, x: f32, y: f32, radius: f32) {
        self.reaction.paint(x, y, radius);
    }

    /// Takes steps; whether they were taken on WebGPU. A device that fails is given up, and the processor goes on from
    /// the same state.
    pub async fn advance(&mut self, steps: usize) -> bool {
        if let Some(gpu) = &mut self.gpu {
            if gpu.advance(&mut self.reaction, steps).await.is_ok() {
                return true;
            }
            self.gpu = None;
        }
        self.reaction.advance(steps);
        false
    }

    /// The substance that shows the pattern, `[H, W]`.
    pub fn pattern(&self) -> Vec<f32> {
        self.reaction.pattern().to_vec()
    }

    /// The dominant wavelength of the pattern, in cells; undefined where it is even.
    pub fn wavelength(&self) -> Option<f64> {
        wavelength(self.reaction.pattern(), self.reaction.size().0)
    }
}

impl From<ReactionError> for Failure {
    fn from(error: ReactionError) -> Self {
        Failure::new("range", error)
    }
}

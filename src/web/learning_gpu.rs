//! Learning on WebGPU for the browser: a [`LearningOnGpu`] takes up a run as the processor saved it, and gives it back in the same
//! way, so whoever holds both goes on with either. It is believed only where its first gradient is the processor's.

use super::error::Failure;
use crate::gpu::{Gpu, GpuError, GpuLearning, Tuning};
use crate::learn::Learning;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// A run whose weights are on the GPU.
#[wasm_bindgen]
pub struct LearningOnGpu {
    learning: GpuLearning,
}

#[wasm_bindgen]
impl LearningOnGpu {
    /// Takes up a run that was saved; `steps` is where it ends, unless as it was. Where it is to be `faster`, nothing is given
    /// on an adapter that is a processor in disguise, or where a gradient takes longer than `workers` processors take for it.
    ///
    /// # Errors
    /// `no-webgpu`, `gpu-…`, `device-lost`, `learn-…`.
    pub async fn open(
        saved: Vec<u8>,
        steps: Option<usize>,
        faster: bool,
        workers: usize,
    ) -> Result<Option<LearningOnGpu>, JsValue> {
        let gpu = Gpu::new().await.map_err(Failure::from)?;
        if faster && gpu.tuning() == Tuning::FewCores {
            return Ok(None);
        }
        let learning = Learning::resume(&saved, steps).map_err(Failure::from)?;
        let mut learning = GpuLearning::new(&gpu, learning).await.map_err(Failure::from)?;
        let taken = learning.check(now).await.map_err(Failure::from)?;
        let worth = taken.gpu * (workers.max(1) as f64) <= taken.processor;
        Ok((worth || !faster).then_some(LearningOnGpu { learning }))
    }

    /// Takes the steps of a tenth of a second: of each its number and its loss.
    ///
    /// # Errors
    /// `learn-diverged` where a loss is no longer a number; otherwise the GPU failed, and the run is as it was last saved.
    pub async fn stretch(&mut self) -> Result<Vec<f64>, JsValue> {
        let told = self.learning.stretch().await.map_err(Failure::from)?;
        Ok(told.iter().flat_map(|report| [report.step as f64, f64::from(report.loss)]).collect())
    }

    /// The whole run, for either device.
    ///
    /// # Errors
    /// `device-lost`, `gpu-…`.
    pub async fn save(&mut self) -> Result<Vec<u8>, JsValue> {
        self.learning.sync().await.map_err(Failure::from)?;
        Ok(self.learning.learning().save().map_err(GpuError::from).map_err(Failure::from)?)
    }

    /// Dispatches of a step.
    pub fn dispatches(&self) -> usize {
        self.learning.dispatches()
    }

    /// Bytes that it holds on the GPU.
    pub fn bytes(&self) -> f64 {
        self.learning.bytes() as f64
    }

    /// What it runs on, for people.
    pub fn adapter(&self) -> String {
        self.learning.gpu().adapter().into()
    }
}

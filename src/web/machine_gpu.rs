//! A patch posterior on WebGPU, checked against the processor's before anybody sees a picture of it. Make one with
//! [`Posterior::on_gpu`]; it answers with the same flat posteriors, so JavaScript may gather them from either.

use super::error::Failure;
use super::machine::{Posterior, read_levels};
use crate::denoiser::DenoiseError;
use crate::gpu::{Gpu, GpuPosterior, Tuning};
use crate::sampler::noise;
use crate::schedule::Schedule;
use crate::session::SelfTest;
use crate::theory::Partial;
use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// The times at which the answer is checked: with windows that differ most, as narrow ones have a shader of their own.
const TEST_TIMES: [f64; 2] = [0.05, 0.8];

thread_local! {
    /// The device of all machines and reactions of this worker.
    static DEVICE: RefCell<Option<Gpu>> = const { RefCell::new(None) };
}

/// The device, or a new one where there is none yet or it was lost.
pub(super) async fn device() -> Result<Gpu, Failure> {
    let held = DEVICE.with_borrow(|device| device.clone().filter(|gpu| gpu.check().is_ok()));
    let gpu = match held {
        Some(gpu) => gpu,
        None => Gpu::new().await?,
    };
    DEVICE.set(Some(gpu.clone()));
    Ok(gpu)
}

/// A patch posterior whose training images are on the GPU.
#[wasm_bindgen]
pub struct PosteriorOnGpu {
    posterior: GpuPosterior,
    schedule: Schedule,
}

#[wasm_bindgen]
impl Posterior {
    /// The same posterior on WebGPU. Unless `insist`, an adapter that is a processor in disguise is refused: the
    /// processor itself is faster.
    ///
    /// # Errors
    /// `no-webgpu`, `gpu-…`, `device-lost` or `out-of-memory` where the device cannot, `self-test` where it computes
    /// wrongly.
    #[wasm_bindgen(js_name = onGpu)]
    pub async fn on_gpu(&self, insist: bool) -> Result<PosteriorOnGpu, JsValue> {
        let (posterior, schedule) = (self.posterior.clone(), self.schedule);
        let gpu = device().await?;
        if !insist && gpu.tuning() == Tuning::FewCores {
            let message = format_args!("{} is software; the processor itself is faster", gpu.adapter());
            return Err(Failure::new("no-webgpu", message).into());
        }
        let mut x = vec![0.0; posterior.training().shape().len()];
        noise::fill(1, 0, &mut x);
        let mut posterior = GpuPosterior::new(&gpu, posterior).await.map_err(Failure::from)?;
        for t in TEST_TIMES {
            let difference = posterior.deviation(&x, schedule.at(t), true).await.map_err(Failure::from)?;
            SelfTest::within(difference).map_err(Failure::from)?;
        }
        Ok(PosteriorOnGpu { posterior, schedule })
    }
}

#[wasm_bindgen]
impl PosteriorOnGpu {
    /// As [`Posterior::part`], over all training images, always with provenance: compiling shaders that leave it out
    /// would take longer than they save. `go_on()` is asked now and then; answering `false` stops.
    ///
    /// # Errors
    /// `sample-shape` where `x` is not a whole number of pictures, `aborted`, and `device-lost`, `out-of-memory` or
    /// `gpu-…` where the device fails.
    pub async fn part(&mut self, x: Vec<f32>, t: f64, go_on: Function) -> Result<Vec<f32>, JsValue> {
        let mut ask = || go_on.call0(&JsValue::UNDEFINED).is_ok_and(|answer| answer.is_truthy());
        let time = self.schedule.at(t);
        let size = self.posterior.posterior().training().shape().len();
        let mut floats = Vec::new();
        for x in x.chunks(size) {
            let partial = self.posterior.partial_while(x, time, true, &mut ask).await.map_err(Failure::from)?;
            floats.extend(Partial::to_floats(&partial));
        }
        Ok(floats)
    }

    /// As [`Posterior::spread`], over all training images; `go_on` as in [`PosteriorOnGpu::part`].
    ///
    /// # Errors
    /// As [`PosteriorOnGpu::part`], and `sample-shape` where `levels` are not as many.
    pub async fn spread(
        &mut self,
        x: Vec<f32>,
        t: f64,
        levels: Vec<f32>,
        go_on: Function,
    ) -> Result<Vec<f32>, JsValue> {
        let mut ask = || go_on.call0(&JsValue::UNDEFINED).is_ok_and(|answer| answer.is_truthy());
        let time = self.schedule.at(t);
        let shape = self.posterior.posterior().training().shape();
        let levels = read_levels(&levels, shape)?;
        let (expected, found) = (levels.len() * shape.len(), x.len());
        if found != expected {
            return Err(Failure::from(DenoiseError::Shape { what: "pictures [B, C, H, W]", expected, found }).into());
        }
        let mut floats = Vec::new();
        for (x, levels) in x.chunks(shape.len()).zip(&levels) {
            let composite = self.posterior.spread_while(x, time, levels, &mut ask).await.map_err(Failure::from)?;
            floats.extend(composite.to_floats());
        }
        Ok(floats)
    }
}

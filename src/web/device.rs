//! Which device a network draws on. `"webgpu"` and `"cpu"` are obeyed; `"auto"` is whichever is faster, by the time that each takes
//! to answer the pack's test vector. A processor in the disguise of a graphics device is never faster than itself.

use super::error::Failure;
use super::network::{Engine, Network, TOLERANCE};
use super::processor::OnProcessor;
use crate::cpu::CpuNetwork;
use crate::denoiser::Condition;
use crate::gpu::{Gpu, GpuError, GpuNetwork, Tuning};
use crate::network::Weights;
use crate::pack::{Manifest, NetworkEntry, TestVector};
use crate::sampler::noise;
use std::pin::Pin;
use wasm_bindgen::prelude::*;

/// Operations a second, tap by tap, that no processor reaches in one worker: a graphics device that answers faster than this need
/// not be compared with one.
const FASTEST: f64 = 100e9;
/// Times that the processor may answer before its time counts; browsers make code fast only once it has run.
const TRIES: usize = 3;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// A network of a pack with its weights, on its way to a device.
pub(super) struct Choice<'a> {
    pub manifest: &'a Manifest,
    pub entry: &'a NetworkEntry,
    pub weights: &'a Weights,
}

impl Choice<'_> {
    /// The network on `"webgpu"`, `"cpu"` or, with `"auto"`, whichever is faster; it has answered the test vector.
    pub async fn on(&self, device: &str) -> Result<Network, JsValue> {
        match device {
            "cpu" => self.processor(String::new()).await,
            "webgpu" => self.graphics(&Gpu::new().await.map_err(Failure::from)?).await,
            "auto" => self.faster().await,
            other => {
                let message = format_args!("expected the device auto, webgpu or cpu, found {other}");
                Err(Failure::new("range", message).into())
            }
        }
    }

    async fn faster(&self) -> Result<Network, JsValue> {
        let more_slowly = |reason: String| format!("{reason}, so the processor draws: the same pictures, more slowly.");
        let unusable =
            |error: &dyn std::fmt::Display| more_slowly(format!("The graphics device could not be used ({error})"));
        let gpu = match Gpu::new().await {
            Ok(gpu) => gpu,
            Err(GpuError::Unavailable(_)) => {
                return self.processor(more_slowly("There is no WebGPU here".into())).await;
            }
            Err(error) => return self.processor(unusable(&error)).await,
        };
        if gpu.tuning() == Tuning::FewCores {
            let adapter = gpu.adapter();
            return self.processor(format!("WebGPU is only software here ({adapter}), so the processor draws.")).await;
        }
        let mut graphics = match self.graphics(&gpu).await {
            Ok(graphics) => graphics,
            Err(thrown) => match Failure::of(&thrown) {
                // A pack that is broken is broken on every device, and a trap is nobody's choice.
                Some((code, message)) if !code.starts_with("pack-") => return self.processor(unusable(&message)).await,
                _ => return Err(thrown),
            },
        };
        let theirs = self.seconds(&mut graphics).await?;
        if theirs < graphics.operations() / FASTEST {
            return Ok(graphics);
        }
        let mut processor =
            self.processor("The processor is faster here than the graphics device, so it draws.".into()).await?;
        for _ in 0..TRIES {
            if self.seconds(&mut processor).await? < theirs {
                return Ok(processor);
            }
        }
        Ok(graphics)
    }

    async fn processor(&self, notice: String) -> Result<Network, JsValue> {
        let Choice { manifest, entry, weights } = self;
        let network = CpuNetwork::new(&entry.config, weights, manifest.image).map_err(Failure::from)?;
        let engine = Engine::Cpu(OnProcessor::new(network, manifest.schedule));
        Ok(self.checked(engine).await?.with_notice(notice))
    }

    async fn graphics(&self, gpu: &Gpu) -> Result<Network, JsValue> {
        let Choice { manifest, entry, weights } = self;
        let network = GpuNetwork::new(gpu, &entry.config, weights, manifest.image).await.map_err(Failure::from)?;
        self.checked(Engine::Gpu(Box::new(network))).await
    }

    async fn checked(&self, engine: Engine) -> Result<Network, JsValue> {
        let mut network = Network::new(engine, self.manifest.image, self.manifest.schedule);
        network.check(&self.entry.test).await?;
        Ok(network)
    }

    /// How long an answer to the test vector takes.
    async fn seconds(&self, network: &mut Network) -> Result<f64, JsValue> {
        let start = now();
        network.check(&self.entry.test).await?;
        Ok((now() - start) / 1000.0)
    }
}

impl Network {
    /// Floating point operations of one call for one picture, where the network is on WebGPU; else 0.
    pub(super) fn operations(&self) -> f64 {
        if let Engine::Gpu(network) = &self.engine { network.operations() } else { 0.0 }
    }

    /// Answers the test vector.
    pub(super) fn check<'a>(
        &'a mut self,
        test: &'a TestVector,
    ) -> Pin<Box<dyn Future<Output = Result<(), JsValue>> + 'a>> {
        // Boxed, so that its code is there once, and not in all who wait for it.
        Box::pin(self.answer(test))
    }

    async fn answer(&mut self, test: &TestVector) -> Result<(), JsValue> {
        let (shape, schedule) = (self.shape, self.schedule);
        let mut x = vec![0.0; shape.len()];
        noise::fill(test.seed, 0, &mut x);
        let condition = [test.condition.map_or(Condition::Null, Condition::Class)];
        let answer = self.engine.denoise(&x, schedule.at(test.t), &condition).await?;
        agrees(&answer, &test.answer(shape).map_err(Failure::from)?)
    }
}

/// Whether an answer to the test vector is the pack's.
fn agrees(answer: &[f32], expected: &[f32]) -> Result<(), JsValue> {
    let difference = expected.iter().zip(answer).fold(0.0, |worst: f32, (e, a)| worst.max((e - a).abs()));
    // NaN hides from `max`, so it is asked for by name.
    if answer.len() == expected.len() && answer.iter().all(|value| value.is_finite()) && difference <= TOLERANCE {
        return Ok(());
    }
    let message = format_args!("it computes wrongly: off by {difference} where {TOLERANCE} is allowed");
    Err(Failure::new("self-test", message).into())
}

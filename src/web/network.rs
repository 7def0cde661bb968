//! A network on a device, checked against the pack's test vector before anybody sees a picture of it.

use super::error::Failure;
use super::sampling::Sampling;
use crate::denoiser::{Condition, Denoiser, ImageShape};
use crate::network::{BurnDenoiser, NetworkConfig, Weights};
use crate::pack::TestVector;
use crate::sampler::noise;
use crate::schedule::Schedule;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Largest difference from the pack's answer that counts as computing rightly; the answer is stored in f16, and devices
/// add in different orders.
const TOLERANCE: f32 = 1e-2;

/// What runs the network.
pub(super) enum Engine {
    /// burn on the processor.
    Cpu(Rc<RefCell<BurnDenoiser>>),
}

impl Engine {
    /// Builds the network on `"webgpu"` or `"cpu"`.
    pub async fn new(
        config: &NetworkConfig,
        weights: &Weights,
        shape: ImageShape,
        device: &str,
    ) -> Result<Self, Failure> {
        match device {
            "cpu" => {
                let denoiser = BurnDenoiser::new(config, weights, shape)?;
                Ok(Engine::Cpu(Rc::new(RefCell::new(denoiser))))
            }
            "webgpu" => Err(Failure::new("no-webgpu", "there is no WebGPU here")),
            other => Err(Failure::new("range", format_args!("expected the device webgpu or cpu, found {other}"))),
        }
    }

    /// Answers the test vector.
    pub async fn check(&mut self, test: &TestVector, shape: ImageShape, schedule: Schedule) -> Result<(), Failure> {
        let mut x = vec![0.0; shape.len()];
        noise::fill(test.seed, 0, &mut x);
        let condition = test.condition.map_or(Condition::Null, Condition::Class);
        let time = schedule.at(test.t);
        let answer = match self {
            Engine::Cpu(denoiser) => denoiser.borrow_mut().denoise(&x, time, &[condition])?,
        };
        let expected = test.answer(shape)?;
        let difference = expected.iter().zip(&answer).fold(0.0, |worst: f32, (e, a)| worst.max((e - a).abs()));
        // Not `>`: a NaN must fail, too.
        if answer.len() == expected.len() && answer.iter().all(|value| value.is_finite()) && difference <= TOLERANCE {
            return Ok(());
        }
        let message = format_args!("it computes wrongly: off by {difference} where {TOLERANCE} is allowed");
        Err(Failure::new("self-test", message))
    }
}

/// A network that is ready to draw.
#[wasm_bindgen]
pub struct Network {
    engine: Engine,
    shape: ImageShape,
    schedule: Schedule,
}

impl Network {
    pub(super) fn new(engine: Engine, shape: ImageShape, schedule: Schedule) -> Self {
        Network { engine, shape, schedule }
    }
}

#[wasm_bindgen]
impl Network {
    /// Begins a sample. `request` is JSON: `seed`, `count`, `steps`, `solver`, `guidance`, `frames` (whether states on
    /// the way are wanted) and, unless anything will do, `condition` (the index of a class).
    ///
    /// # Errors
    /// `range` where the request cannot be read, `sample-…` where it is out of range.
    pub fn sample(&self, request: &str) -> Result<Sampling, JsValue> {
        Ok(Sampling::new(&self.engine, request, self.shape, self.schedule)?)
    }
}

//! A denoiser on a device, asked for samples: a network, checked against the pack's test vector before anybody sees a
//! picture of it, or an analytic machine over training images.

use super::asked::Asked;
use super::error::Failure;
use super::processor::{NetworkPart, OnProcessor};
use super::shared::Shared;
use crate::denoiser::{Condition, Conditions, Denoiser, ImageShape};
use crate::gpu::{Frames, GpuNetwork, Progress};
use crate::pack::TestVector;
use crate::sampler::{Request, SampleError, Solver, Start, Trajectory, noise};
use crate::schedule::{Grid, Schedule, Time};
use js_sys::{Array, Float32Array, Function, Promise};
use serde::Deserialize;
use std::pin::Pin;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Largest difference from the pack's answer that counts as computing rightly; the answer is stored in f16, and devices
/// add in different orders.
pub(super) const TOLERANCE: f32 = 1e-2;

/// What runs the network.
pub(super) enum Engine {
    /// An analytic machine that needs no other worker.
    Machine(Box<dyn Denoiser>),
    /// A network on the processor, which several workers may share.
    Cpu(OnProcessor),
    /// Our WGSL stages on WebGPU.
    Gpu(Box<GpuNetwork>),
    /// A patch posterior that several workers share.
    Shared(Shared),
}

impl Engine {
    /// One denoising call, `[B, C, H, W]` in and out.
    async fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, JsValue> {
        Ok(match self {
            Engine::Machine(denoiser) => denoiser.denoise(x, time, conditions).map_err(Failure::from)?,
            Engine::Cpu(network) => network.denoise(x, time, conditions).await?,
            Engine::Gpu(network) => network.denoise(x, time, conditions).await.map_err(Failure::from)?,
            Engine::Shared(posterior) => posterior.denoise(x, time).await?,
        })
    }
}

/// One for all pictures, or one for each.
#[derive(Deserialize)]
#[serde(untagged)]
enum Subjects {
    All(Asked),
    Each(Vec<Asked>),
}

impl Default for Subjects {
    fn default() -> Self {
        Subjects::All(Asked::default())
    }
}

impl From<Subjects> for Conditions {
    fn from(subjects: Subjects) -> Self {
        match subjects {
            Subjects::All(asked) => Conditions::All(asked.into()),
            Subjects::Each(asked) => Conditions::Each(asked.into_iter().map(Condition::from).collect()),
        }
    }
}

/// What JavaScript asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    seed: u64,
    count: usize,
    steps: usize,
    #[serde(default)]
    grid: Grid,
    solver: Solver,
    guidance: f64,
    frames: bool,
    #[serde(default)]
    condition: Subjects,
    /// What guidance leads away from; anything where it is missing.
    #[serde(default)]
    against: Asked,
    /// Time of the pictures to begin from, where there are some.
    from: Option<f64>,
}

/// A network, or an analytic machine in its place, that is ready to draw.
#[wasm_bindgen]
pub struct Network {
    engine: Engine,
    shape: ImageShape,
    schedule: Schedule,
    notice: String,
}

impl Network {
    pub(super) fn new(engine: Engine, shape: ImageShape, schedule: Schedule) -> Self {
        Network { engine, shape, schedule, notice: String::new() }
    }

    /// With a word on why the device that was wanted most does not draw.
    pub(super) fn with_notice(self, notice: String) -> Self {
        Network { notice, ..self }
    }

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

#[wasm_bindgen]
impl Network {
    /// What draws, `"webgpu"` or `"cpu"`.
    #[wasm_bindgen(getter)]
    pub fn device(&self) -> String {
        if matches!(self.engine, Engine::Gpu(_)) { "webgpu".into() } else { "cpu".into() }
    }

    /// Why the device that was wanted most does not draw; empty where it does.
    #[wasm_bindgen(getter)]
    pub fn notice(&self) -> String {
        self.notice.clone()
    }

    /// The same network for one picture at a time, where it is on the processor: what this worker does of a call that is
    /// shared ([`Network::share`]).
    pub fn own(&self) -> Option<NetworkPart> {
        if let Engine::Cpu(network) = &self.engine { Some(network.part()) } else { None }
    }

    /// Shares every call of more than one picture from now on, where the network is on the processor: `gather(x, t, conditions)` gives
    /// a promise of what [`NetworkPart::part`] says for each picture, behind each other, `[B, C, H, W]`; `conditions` is an
    /// array of strings, one for each. Without `gather` this worker does all alone.
    pub fn share(&mut self, gather: Option<Function>) {
        if let Engine::Cpu(network) = &mut self.engine {
            network.share(gather);
        }
    }

    /// Draws pictures, `[B, C, H, W]` in `[−1, 1]`. `wish` is JSON: `seed`, `count`, `steps`, `grid` (uniform unless
    /// given), `solver`, `guidance`, `frames` (whether states on the way are wanted) and, unless anything will do,
    /// `condition`, `{ class }` or `{ words }` with the index of a class or a list of words, or a list of such, one for
    /// each picture, and `against`, what guidance leads away from.
    /// With `start`, `[B, C, H, W]`, it begins with those noisy pictures at time `from` instead of with noise at 1.
    ///
    /// `on_step(step, t, noise, x, denoised)` hears of every state, pure noise first, with its pictures where `frames`
    /// asks for them; answering `false` stops the sample. `breathe()` gives a promise, awaited between steps on the
    /// processor so that the event loop turns; a GPU lets it turn anyway.
    ///
    /// # Errors
    /// `range` where the wish cannot be read, `sample-…` where it is out of range, `aborted`, and on a GPU
    /// `device-lost`, `out-of-memory` or `gpu-…`.
    pub async fn sample(
        &mut self,
        wish: String,
        on_step: Function,
        breathe: Function,
        start: Option<Vec<f32>>,
    ) -> Result<Vec<f32>, JsValue> {
        let wish: Wish = serde_json::from_str(&wish).map_err(|error| Failure::new("range", error))?;
        let request = Request {
            condition: wish.condition.into(),
            against: wish.against.into(),
            seed: wish.seed,
            count: wish.count,
            steps: wish.steps,
            grid: wish.grid,
            solver: wish.solver,
            guidance: wish.guidance,
            clip: true,
            start: start.map(|x| Start { t: wish.from.unwrap_or(1.0), x }),
        };
        let mut trajectory = Trajectory::new(&request, self.shape, self.schedule).map_err(Failure::from)?;
        let times = self
            .schedule
            .grid_from(request.grid, request.from(), request.steps)
            .map_err(SampleError::from)
            .map_err(Failure::from)?;
        let tell =
            |step: usize, x: &[f32], denoised: &[f32]| state(&on_step, wish.frames, step, times[step], x, denoised);
        if !tell(0, trajectory.pictures(), trajectory.denoised()) {
            return Err(Failure::from(SampleError::Cancelled).into());
        }
        if let Engine::Gpu(network) = &mut self.engine {
            let frames = if wish.frames { Frames::Every } else { Frames::Last };
            let on_step = |progress: &Progress<'_>| match &progress.frame {
                Some(frame) => tell(progress.done, frame.x, frame.denoised),
                None => tell(progress.done, &[], &[]),
            };
            return Ok(network.sample(&request, self.schedule, frames, on_step).await.map_err(Failure::from)?);
        }
        let conditions = request.conditions();
        while let Some(query) = trajectory.query() {
            let answer = self.engine.denoise(query.x, query.time, &conditions).await?;
            trajectory.advance(&answer).map_err(Failure::from)?;
            JsFuture::from(breathe.call0(&JsValue::UNDEFINED)?.dyn_into::<Promise>()?).await?;
            if !tell(trajectory.done(), trajectory.pictures(), trajectory.denoised()) {
                return Err(Failure::from(SampleError::Cancelled).into());
            }
        }
        Ok(trajectory.pictures().to_vec())
    }
}

/// Tells JavaScript of one state; whether to go on. A callback that throws means stop.
fn state(on_step: &Function, frames: bool, step: usize, time: Time, x: &[f32], denoised: &[f32]) -> bool {
    let arguments = Array::of3(&(step as f64).into(), &time.t.into(), &time.s.into());
    if frames {
        arguments.push(&Float32Array::from(x));
        arguments.push(&Float32Array::from(denoised));
    }
    on_step.apply(&JsValue::UNDEFINED, &arguments).is_ok_and(|answer| answer.is_truthy())
}

//! A denoiser on a device, asked for samples: a network, checked against the pack's test vector before anybody sees a
//! picture of it, or an analytic machine over training images.

use super::asked::Asked;
use super::error::Failure;
#[cfg(feature = "web-drawing")]
use super::processor::OnProcessor;
#[cfg(feature = "web-theory")]
use super::shared::Shared;
#[cfg(feature = "web-theory")]
use crate::denoiser::Denoiser;
use crate::denoiser::{Condition, Conditions, ImageShape};
#[cfg(feature = "web-drawing")]
use crate::gpu::{Frames, GpuNetwork, Progress};
use crate::sampler::{Request, SampleError, Solver, Start, Trajectory};
use crate::schedule::{Grid, Schedule, Time};
use js_sys::{Array, Float32Array, Function, Promise};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Largest difference from the pack's answer that counts as computing rightly; the answer is stored in f16, and devices
/// add in different orders.
pub(super) const TOLERANCE: f32 = 1e-2;

/// What runs the network.
pub(super) enum Engine {
    /// An analytic machine that needs no other worker.
    #[cfg(feature = "web-theory")]
    Machine(Box<dyn Denoiser>),
    /// A network on the processor, which several workers may share.
    #[cfg(feature = "web-drawing")]
    Cpu(OnProcessor),
    /// Our WGSL stages on WebGPU.
    #[cfg(feature = "web-drawing")]
    Gpu(Box<GpuNetwork>),
    /// A patch posterior that several workers share.
    #[cfg(feature = "web-theory")]
    Shared(Shared),
}

impl Engine {
    /// One denoising call, `[B, C, H, W]` in and out.
    pub(super) async fn denoise(
        &mut self,
        x: &[f32],
        time: Time,
        conditions: &[Condition],
    ) -> Result<Vec<f32>, JsValue> {
        Ok(match self {
            #[cfg(feature = "web-theory")]
            Engine::Machine(denoiser) => denoiser.denoise(x, time, conditions).map_err(Failure::from)?,
            #[cfg(feature = "web-drawing")]
            Engine::Cpu(network) => network.denoise(x, time, conditions).await?,
            #[cfg(feature = "web-drawing")]
            Engine::Gpu(network) => network.denoise(x, time, conditions).await.map_err(Failure::from)?,
            #[cfg(feature = "web-theory")]
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
    pub(super) engine: Engine,
    pub(super) shape: ImageShape,
    pub(super) schedule: Schedule,
    notice: String,
}

impl Network {
    pub(super) fn new(engine: Engine, shape: ImageShape, schedule: Schedule) -> Self {
        Network { engine, shape, schedule, notice: String::new() }
    }

    /// With a word on why the device that was wanted most does not draw.
    #[cfg(feature = "web-drawing")]
    pub(super) fn with_notice(self, notice: String) -> Self {
        Network { notice, ..self }
    }
}

#[wasm_bindgen]
impl Network {
    /// What draws, `"webgpu"` or `"cpu"`.
    #[wasm_bindgen(getter)]
    pub fn device(&self) -> String {
        match self.engine {
            #[cfg(feature = "web-drawing")]
            Engine::Gpu(_) => "webgpu".into(),
            _ => "cpu".into(),
        }
    }

    /// Why the device that was wanted most does not draw; empty where it does.
    #[wasm_bindgen(getter)]
    pub fn notice(&self) -> String {
        self.notice.clone()
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
        #[cfg(feature = "web-drawing")]
        {
            if let Engine::Gpu(network) = &mut self.engine {
                let frames = if wish.frames { Frames::Every } else { Frames::Last };
                let on_step = |progress: &Progress<'_>| match &progress.frame {
                    Some(frame) => tell(progress.done, frame.x, frame.denoised),
                    None => tell(progress.done, &[], &[]),
                };
                return Ok(network.sample(&request, self.schedule, frames, on_step).await.map_err(Failure::from)?);
            }
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

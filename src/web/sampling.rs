//! A sample under way, one state at a time, so that the worker's event loop turns between steps and can cancel.

use super::error::Failure;
use super::network::Engine;
use crate::denoiser::{Condition, Denoiser, ImageShape};
use crate::network::BurnDenoiser;
use crate::sampler::{Request, Solver, Trajectory};
use crate::schedule::{Schedule, Time};
use serde::Deserialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What JavaScript asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    seed: u64,
    count: usize,
    steps: usize,
    solver: Solver,
    guidance: f64,
    frames: bool,
    condition: Option<usize>,
}

/// A sample under way.
#[wasm_bindgen]
pub struct Sampling {
    run: Run,
    grid: Vec<Time>,
    /// The step of the state at hand; nothing before the first [`Self::next`].
    at: Option<usize>,
}

/// How each device walks.
enum Run {
    /// Step by step.
    Cpu { denoiser: Rc<RefCell<BurnDenoiser>>, conditions: Vec<Condition>, trajectory: Trajectory },
}

impl Sampling {
    pub(super) fn new(engine: &Engine, wish: &str, shape: ImageShape, schedule: Schedule) -> Result<Self, Failure> {
        let wish: Wish = serde_json::from_str(wish).map_err(|error| Failure::new("range", error))?;
        let request = Request {
            condition: wish.condition.map_or(Condition::Null, Condition::Class),
            seed: wish.seed,
            count: wish.count,
            steps: wish.steps,
            solver: wish.solver,
            guidance: wish.guidance,
            clip: true,
        };
        let trajectory = Trajectory::new(&request, shape, schedule)?;
        let grid = schedule.grid(request.steps).map_err(crate::sampler::SampleError::from)?;
        let run = match engine {
            Engine::Cpu(denoiser) => {
                Run::Cpu { denoiser: denoiser.clone(), conditions: request.conditions(), trajectory }
            }
        };
        Ok(Sampling { run, grid, at: None })
    }
}

#[wasm_bindgen]
impl Sampling {
    /// Goes on to the next state, the pure noise first; `false` when the sample was complete already.
    ///
    /// # Errors
    /// `sample-…` and, on a GPU, `device-lost`, `out-of-memory` or `gpu-…`.
    pub async fn next(&mut self) -> Result<bool, JsValue> {
        let Some(at) = self.at else {
            self.at = Some(0);
            return Ok(true);
        };
        if at + 1 >= self.grid.len() {
            return Ok(false);
        }
        match &mut self.run {
            Run::Cpu { denoiser, conditions, trajectory } => {
                if let Some(query) = trajectory.query() {
                    let answer = denoiser.borrow_mut().denoise(query.x, query.time, conditions);
                    trajectory.advance(&answer.map_err(Failure::from)?).map_err(Failure::from)?;
                }
            }
        }
        self.at = Some(at + 1);
        Ok(true)
    }

    /// Steps taken.
    #[wasm_bindgen(getter)]
    pub fn step(&self) -> usize {
        self.at.unwrap_or(0)
    }

    /// Steps in all.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> usize {
        self.grid.len() - 1
    }

    /// Time reached, from 1 (noise) to 0 (picture).
    #[wasm_bindgen(getter)]
    pub fn t(&self) -> f64 {
        self.time().t
    }

    /// Standard deviation of the noise that is left, in `[0, 1]`.
    #[wasm_bindgen(getter)]
    pub fn noise(&self) -> f64 {
        self.time().s
    }

    /// The noisy pictures `[B, C, H, W]` of the state at hand.
    pub fn x(&self) -> Vec<f32> {
        match &self.run {
            Run::Cpu { trajectory, .. } => trajectory.pictures().to_vec(),
        }
    }

    /// The posterior mean `[B, C, H, W]` that led to the state at hand; zeros for pure noise.
    pub fn denoised(&self) -> Vec<f32> {
        match &self.run {
            Run::Cpu { trajectory, .. } => trajectory.denoised().to_vec(),
        }
    }

    fn time(&self) -> Time {
        self.grid[self.step()]
    }
}

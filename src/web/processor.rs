//! A network on the processor, which several workers may share: each makes its own of the same weights, and a call of several
//! pictures is cut into pictures. As a picture is the same to the bit whoever computes it, so is the whole.

use super::Pack;
use super::asked::Asked;
use super::error::Failure;
use super::network::{Engine, Network};
use crate::cpu::CpuNetwork;
use crate::denoiser::{Condition, DenoiseError, Denoiser};
use crate::schedule::{Schedule, Time};
use js_sys::{Array, Float32Array, Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A network on the processor of the worker that draws.
pub(super) struct OnProcessor {
    network: Rc<RefCell<CpuNetwork>>,
    schedule: Schedule,
    /// Gathers the pictures of a call from several workers, where there are some.
    gather: Option<Function>,
}

impl OnProcessor {
    pub fn new(network: CpuNetwork, schedule: Schedule) -> Self {
        OnProcessor { network: Rc::new(RefCell::new(network)), schedule, gather: None }
    }

    /// As [`super::Network::share`].
    pub fn share(&mut self, gather: Option<Function>) {
        self.gather = gather;
    }

    /// The same network, for one picture at a time.
    pub fn part(&self) -> NetworkPart {
        NetworkPart { network: self.network.clone(), schedule: self.schedule }
    }

    /// The posterior means of the pictures `x` `[B, C, H, W]`.
    pub async fn denoise(&self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, JsValue> {
        let asked: Option<Vec<Asked>> = conditions.iter().map(Asked::of).collect();
        let (Some(gather), Some(asked), 2..) = (&self.gather, asked, conditions.len()) else {
            return Ok(self.network.borrow_mut().denoise(x, time, conditions).map_err(Failure::from)?);
        };
        let strings = Array::new();
        for asked in &asked {
            let string = Failure::written(asked)?;
            strings.push(&string.into());
        }
        let promise = gather.call3(&JsValue::UNDEFINED, &Float32Array::from(x), &time.t.into(), &strings)?;
        let gathered = JsFuture::from(promise.dyn_into::<Promise>()?).await?.dyn_into::<Float32Array>()?.to_vec();
        if gathered.len() != x.len() || !gathered.iter().all(|value| value.is_finite()) {
            return Err(Failure::from(DenoiseError::NotFinite).into());
        }
        Ok(gathered)
    }
}

/// What one worker does of a call that several share.
#[wasm_bindgen]
pub struct NetworkPart {
    network: Rc<RefCell<CpuNetwork>>,
    schedule: Schedule,
}

#[wasm_bindgen]
impl NetworkPart {
    /// The posterior mean of the picture `x` `[C, H, W]` at time `t`; `condition` is JSON, `{ class }`, `{ words }` or neither.
    ///
    /// # Errors
    /// `range` where the condition cannot be read, `sample-…` where picture or condition do not fit.
    pub fn part(&self, x: &[f32], t: f64, condition: &str) -> Result<Vec<f32>, JsValue> {
        let asked: Asked = Failure::read(condition)?;
        let answer = self.network.borrow_mut().denoise(x, self.schedule.at(t), &[asked.into()]);
        Ok(answer.map_err(Failure::from)?)
    }
}

#[wasm_bindgen]
impl Pack {
    /// A network of the pack for a helper, from the bytes of its weight file, as [`Pack::load`] takes them.
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    pub fn part(&self, network: &str, weights: Vec<u8>) -> Result<NetworkPart, JsValue> {
        let manifest = &self.manifest;
        let entry = manifest.network(network).map_err(Failure::from)?;
        let arrays = manifest.weights(network, &weights).map_err(Failure::from)?;
        drop(weights);
        let made = CpuNetwork::new(&entry.config, &arrays, manifest.image).map_err(Failure::from)?;
        Ok(OnProcessor::new(made, manifest.schedule).part())
    }
}

#[wasm_bindgen]
impl Network {
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
}

//! The analytic machines for the browser, in a wasm of their own (feature `theory-web`), so that a page that never asks
//! for one does not pay for it.

use super::Pack;
use super::error::Failure;
use super::network::{Engine, Network};
use crate::pack;
use crate::theory::{Locality, LocalityPoint, Machine, TheoryError, Training, machine_denoiser};
use std::sync::Arc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Pack {
    /// Checks that `bytes`, as fetched, are the file called `name`.
    ///
    /// # Errors
    /// `pack-…`.
    pub fn verify(&self, name: &str, bytes: &[u8]) -> Result<(), JsValue> {
        Ok(self.manifest.verify(name, bytes).map_err(Failure::from)?)
    }

    /// Most bytes that the training images of a prompt may inflate to.
    ///
    /// # Errors
    /// `pack-unknown` where there are none.
    #[wasm_bindgen(js_name = inflatedLimit)]
    pub fn inflated_limit(&self, prompt: &str) -> Result<f64, JsValue> {
        Ok(self.manifest.inflated_limit(prompt).map_err(Failure::from)? as f64)
    }

    /// An analytic machine (`els`, `bbels`, …) over the training images of a prompt, inflated. Local machines see
    /// `window` pixels, or what was calibrated against `network`.
    ///
    /// # Errors
    /// `pack-…` where the images are not the right ones, `machine-unavailable` where the machine cannot be made.
    pub fn machine(
        &self,
        machine: &str,
        network: &str,
        prompt: &str,
        images: &[u8],
        window: Option<usize>,
    ) -> Result<Network, JsValue> {
        let manifest = &self.manifest;
        let entry = manifest.network(network).map_err(Failure::from)?;
        let images = manifest.images(prompt, images).map_err(Failure::from)?;
        let kind = Machine::named(machine)
            .ok_or_else(|| Failure::new("machine-unavailable", format_args!("there is no machine “{machine}”")))?;
        let points = |list: &Vec<pack::Locality>| list.iter().map(|p| LocalityPoint { t: p.t, window: p.k }).collect();
        let locality = match (window, entry.locality.get(machine)) {
            (Some(window), _) => Some(Locality::fixed(window).map_err(Failure::from)?),
            (None, Some(list)) => Some(Locality::measured(points(list)).map_err(Failure::from)?),
            (None, None) => None,
        };
        let training = Arc::new(Training::new(&images.to_f32(), manifest.image).map_err(Failure::from)?);
        let denoiser = machine_denoiser(kind, &training, locality).map_err(Failure::from)?;
        Ok(Network::new(Engine::Cpu(denoiser), manifest.image, manifest.schedule))
    }
}

impl From<TheoryError> for Failure {
    fn from(error: TheoryError) -> Self {
        Failure::new("machine-unavailable", error)
    }
}

//! A patch posterior that several workers share: every call is gathered from them, and explained.

use super::error::Failure;
use crate::denoiser::{DenoiseError, ImageShape};
use crate::schedule::Time;
use crate::theory::{Partial, PatchPosterior, Shares, Wiener};
use js_sys::{Array, Float32Array, Function, Promise, Uint32Array};
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A patch posterior whose parts JavaScript gathers.
pub(super) struct Shared {
    posterior: PatchPosterior,
    /// What its answers are blended with.
    blend: Option<(Arc<Wiener>, Shares)>,
    gather: Function,
    explain: Function,
}

impl Shared {
    /// As [`super::machine::Posterior::network`].
    pub fn new(
        posterior: PatchPosterior,
        blend: Option<(Arc<Wiener>, Shares)>,
        gather: Function,
        explain: Function,
    ) -> Self {
        Shared { posterior, blend, gather, explain }
    }

    /// The posterior means of the pictures `x` `[B, C, H, W]`.
    pub async fn denoise(&self, x: &[f32], time: Time) -> Result<Vec<f32>, JsValue> {
        let shape = self.posterior.training().shape();
        let promise = self.gather.call2(&JsValue::UNDEFINED, &Float32Array::from(x), &time.t.into())?;
        let parts = JsFuture::from(promise.dyn_into::<Promise>()?).await?.dyn_into::<Array>()?;
        let merged = merge(&parts, x.len() / shape.len(), shape)?;
        self.explain(&merged, self.posterior.window(time))?;
        let mut means: Vec<f32> = merged.iter().flat_map(Partial::mean).collect();
        if let Some((filter, shares)) = &self.blend {
            shares.blend(time, &mut means, &filter.means(x, time).map_err(Failure::from)?);
        }
        if !means.iter().all(|value| value.is_finite()) {
            return Err(Failure::from(DenoiseError::NotFinite).into());
        }
        Ok(means)
    }

    fn explain(&self, merged: &[Partial], window: usize) -> Result<(), JsValue> {
        let (mut image, mut place, mut weight, mut patches) = (vec![], vec![], vec![], vec![]);
        for provenance in merged.iter().map(Partial::provenance) {
            image.extend(provenance.image);
            place.extend(provenance.place);
            weight.extend(provenance.weight);
            patches.extend(provenance.patches);
        }
        let arguments = Array::of4(
            &Uint32Array::from(&image[..]),
            &Uint32Array::from(&place[..]),
            &Float32Array::from(&weight[..]),
            &Float32Array::from(&patches[..]),
        );
        arguments.push(&(window as f64).into());
        self.explain.apply(&JsValue::UNDEFINED, &arguments)?;
        Ok(())
    }
}

/// Merges the parts of `count` pictures, in the order given.
fn merge(parts: &Array, count: usize, shape: ImageShape) -> Result<Vec<Partial>, JsValue> {
    let mut merged = vec![Partial::empty(shape); count];
    for part in parts.iter() {
        let floats = part.dyn_into::<Float32Array>()?.to_vec();
        for (whole, floats) in merged.iter_mut().zip(floats.chunks_exact((floats.len() / count.max(1)).max(1))) {
            whole.merge(&Partial::from_floats(floats, shape).map_err(Failure::from)?).map_err(Failure::from)?;
        }
    }
    Ok(merged)
}

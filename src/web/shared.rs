//! A patch posterior that several workers share: every call is gathered from them, and explained.

use super::error::Failure;
use crate::denoiser::DenoiseError;
use crate::schedule::Time;
use crate::theory::{Composite, Levels, Partial, PatchPosterior, Shares, TheoryError, Wiener};
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
        let count = x.len() / shape.len();
        let parts = self.gathered(x, time, &JsValue::UNDEFINED).await?;
        let (read, join) = (|floats: &[f32]| Partial::from_floats(floats, shape), Partial::merge);
        let merged = merge(&parts, vec![Partial::empty(shape); count], read, join)?;
        self.explain(&merged, self.posterior.window(time))?;
        let composites = if self.posterior.covered(time) > 0.0 {
            let levels: Vec<f32> = merged.iter().flat_map(|whole| Levels::of(whole).floats().to_vec()).collect();
            let parts = self.gathered(x, time, &Float32Array::from(&levels[..])).await?;
            let (read, join) = (|floats: &[f32]| Composite::from_floats(floats, shape), Composite::merge);
            merge(&parts, vec![Composite::empty(shape); count], read, join)?
        } else {
            Vec::new()
        };
        let mut means = self.posterior.joined(time, &merged, &composites);
        if let Some((filter, shares)) = &self.blend {
            shares.blend(time, &mut means, &filter.means(x, time).map_err(Failure::from)?);
        }
        if !means.iter().all(|value| value.is_finite()) {
            return Err(Failure::from(DenoiseError::NotFinite).into());
        }
        Ok(means)
    }

    /// What the workers say, a part each; `levels` are those of the second round, or undefined.
    async fn gathered(&self, x: &[f32], time: Time, levels: &JsValue) -> Result<Array, JsValue> {
        let promise = self.gather.call3(&JsValue::UNDEFINED, &Float32Array::from(x), &time.t.into(), levels)?;
        JsFuture::from(promise.dyn_into::<Promise>()?).await?.dyn_into::<Array>()
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

/// Joins the parts of several pictures to what they are `merged` into, in the order given.
fn merge<T>(
    parts: &Array,
    mut merged: Vec<T>,
    read: impl Fn(&[f32]) -> Result<T, TheoryError>,
    join: impl Fn(&mut T, &T) -> Result<(), TheoryError>,
) -> Result<Vec<T>, JsValue> {
    for part in parts.iter() {
        let floats = part.dyn_into::<Float32Array>()?.to_vec();
        let each = (floats.len() / merged.len().max(1)).max(1);
        for (whole, floats) in merged.iter_mut().zip(floats.chunks_exact(each)) {
            join(whole, &read(floats).map_err(Failure::from)?).map_err(Failure::from)?;
        }
    }
    Ok(merged)
}

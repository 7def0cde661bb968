//! A run as bytes, whole: whoever reads it goes on as if it had never stopped. A safetensors file with the weights, their
//! average and moments, and the pictures; its metadata hold the settings and the step. It is read as untrusted input.

use super::adam::Adam;
use super::{LearnError, Learning, Pictures, Settings};
use crate::denoiser::ImageShape;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Under which the facts stand in the metadata.
const KEY: &str = "morphogen-learning";

/// What stands beside the numbers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    settings: Settings,
    step: usize,
    image: ImageShape,
    classes: Vec<usize>,
    names: Vec<String>,
}

impl Learning {
    /// The whole run.
    ///
    /// # Errors
    /// [`LearnError::Saved`] where it cannot be written.
    pub fn save(&self) -> Result<Vec<u8>, LearnError> {
        let (state, pictures) = (self.state(), self.pictures());
        let Pictures { shape: image, classes, names, .. } = pictures.clone();
        let facts = Facts { settings: self.settings().clone(), step: state.step, image, classes, names };
        let facts = serde_json::to_string(&facts).map_err(saved)?;
        let numbers = ["weights", "average", "means", "squares"].into_iter().zip([
            &state.weights,
            &state.average,
            &state.moments[0],
            &state.moments[1],
        ]);
        let view = |dtype, length: usize, bytes| TensorView::new(dtype, vec![length], bytes).map_err(saved);
        let mut views = Vec::new();
        for (name, values) in numbers {
            views.push((name, view(Dtype::F32, values.len(), bytemuck::cast_slice(values))?));
        }
        views.push(("pictures", view(Dtype::U8, pictures.data.len(), &pictures.data)?));
        serialize(views, Some(HashMap::from([(KEY.to_string(), facts)]))).map_err(saved)
    }

    /// Goes on with a run that was saved. It may be made longer or shorter: `steps` is where it ends then.
    ///
    /// # Errors
    /// [`LearnError::Saved`] where the bytes are not a run; as [`Learning::new`] where it asks for too much.
    pub fn resume(bytes: &[u8], steps: Option<usize>) -> Result<Learning, LearnError> {
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(saved)?;
        let facts = metadata.metadata().as_ref().and_then(|all| all.get(KEY));
        let facts = facts.ok_or_else(|| saved("expected the bytes of a saved run, found other ones"))?;
        let Facts { mut settings, step, image: shape, classes, names } = serde_json::from_str(facts).map_err(saved)?;
        settings.steps = steps.unwrap_or(settings.steps);
        let tensors = SafeTensors::deserialize(bytes).map_err(saved)?;
        let tensor = |name: &str, dtype: Dtype| {
            let view = tensors.tensor(name).map_err(saved)?;
            if view.dtype() == dtype {
                Ok(view.data())
            } else {
                Err(saved(format!("expected {dtype:?} in \"{name}\"")))
            }
        };
        let numbers = |name: &str| -> Result<Vec<f32>, LearnError> {
            let values: Vec<f32> = bytemuck::pod_collect_to_vec(tensor(name, Dtype::F32)?);
            let finite = values.iter().all(|value| value.is_finite());
            if finite { Ok(values) } else { Err(saved(format!("\"{name}\" holds values that are not finite"))) }
        };
        let moments = [numbers("means")?, numbers("squares")?];
        let state = Adam { weights: numbers("weights")?, average: numbers("average")?, moments, step };
        let pictures = Pictures { shape, data: tensor("pictures", Dtype::U8)?.to_vec(), classes, names };
        let [first, second] = &state.moments;
        let lengths = [state.weights.len(), state.average.len(), first.len(), second.len()];
        let learning = Learning::with_state(settings, pictures, state)?;
        let expected = learning.count();
        match lengths.into_iter().find(|&length| length != expected) {
            Some(found) => Err(saved(format!("expected {expected} numbers for this network, found {found}"))),
            None => Ok(learning),
        }
    }
}

fn saved(error: impl ToString) -> LearnError {
    LearnError::Saved(error.to_string())
}

//! Checkpoints: everything a run needs to go on exactly where it stopped. A folder with the weights, their running
//! average, the optimiser's state and the losses; written beside the old one and then swapped in, so that a run that
//! is killed while writing loses nothing.

use super::TrainError;
use super::settings::Settings;
use burn::optim::ModuleOptimizer;
use morphogen::denoiser::ImageShape;
use morphogen::files;
use morphogen::network::weights::Array;
use morphogen::network::{NetworkConfig, Weights};
use morphogen::schedule::Schedule;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Where a run stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Optimiser steps taken.
    pub step: usize,
    /// Seconds spent training so far, over all sessions of the run.
    pub seconds: f64,
    /// Loss of every step.
    pub losses: Vec<f32>,
    /// Shape of the pictures that it is trained on, where it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageShape>,
}

/// A run's state between two steps.
pub struct Checkpoint {
    /// Where it stands.
    pub progress: Progress,
    /// The settings it was started with, as JSON; a resumed run must have the same.
    pub settings: serde_json::Value,
    /// The weights being trained.
    pub weights: Weights,
    /// Their running average.
    pub average: Weights,
}

const NAME: &str = "checkpoint";

impl Checkpoint {
    /// Writes into `run/checkpoint`.
    ///
    /// # Errors
    /// [`TrainError`] where a file cannot be written.
    pub fn save(&self, run: &Path, optimizer: &ModuleOptimizer) -> Result<(), TrainError> {
        let (fresh, current, old) = (run.join(format!("{NAME}.new")), run.join(NAME), run.join(format!("{NAME}.old")));
        remove(&fresh)?;
        fs::create_dir_all(&fresh).map_err(TrainError::file(&fresh))?;
        write_weights(&fresh.join("weights.safetensors"), &self.weights)?;
        write_weights(&fresh.join("average.safetensors"), &self.average)?;
        write_json(&fresh.join("progress.json"), &self.progress)?;
        write_json(&fresh.join("settings.json"), &self.settings)?;
        let path = fresh.join("optimizer.bpk");
        optimizer.save(&path).map_err(|error| TrainError::data(&path, error.to_string()))?;
        remove(&old)?;
        if current.exists() {
            fs::rename(&current, &old).map_err(TrainError::file(&current))?;
        }
        fs::rename(&fresh, &current).map_err(TrainError::file(&fresh))?;
        remove(&old)
    }

    /// Reads `run/checkpoint`, with the optimiser's state; `None` where there is none.
    ///
    /// # Errors
    /// [`TrainError`] where a file is missing or broken.
    pub fn load(run: &Path, optimizer: ModuleOptimizer) -> Result<(Option<Self>, ModuleOptimizer), TrainError> {
        let folders = [run.join(NAME), run.join(format!("{NAME}.old"))];
        let Some(folder) = folders.iter().find(|folder| folder.is_dir()) else { return Ok((None, optimizer)) };
        let path = folder.join("optimizer.bpk");
        let optimizer = optimizer.load(&path).map_err(|error| TrainError::data(&path, error.to_string()))?;
        let checkpoint = Checkpoint {
            progress: read_json(&folder.join("progress.json"))?,
            settings: read_json(&folder.join("settings.json"))?,
            weights: read_weights(&folder.join("weights.safetensors"))?,
            average: read_weights(&folder.join("average.safetensors"))?,
        };
        Ok((Some(checkpoint), optimizer))
    }
}

/// What a run has come to: config, schedule and the running average of its weights.
///
/// # Errors
/// [`TrainError`] where the folder holds no run, or a broken one.
pub fn run_result(run: &Path) -> Result<(NetworkConfig, Schedule, Weights), TrainError> {
    let folder = run.join(NAME);
    let settings: Settings = read_json(&folder.join("settings.json"))?;
    Ok((settings.network, settings.schedule, read_weights(&folder.join("average.safetensors"))?))
}

/// Shape of the pictures that a run was trained on, where it was kept.
///
/// # Errors
/// [`TrainError`] where the folder holds no run, or a broken one.
pub fn run_image(run: &Path) -> Result<Option<ImageShape>, TrainError> {
    let progress: Progress = read_json(&run.join(NAME).join("progress.json"))?;
    Ok(progress.image)
}

fn remove(folder: &Path) -> Result<(), TrainError> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(TrainError::file(folder)) } else { Ok(()) }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), TrainError> {
    let json = serde_json::to_vec(value).map_err(|error| TrainError::data(path, error.to_string()))?;
    files::write(path, &json).map_err(TrainError::file(path))
}

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, TrainError> {
    let bytes = files::read(path).map_err(TrainError::file(path))?;
    serde_json::from_slice(&bytes).map_err(|error| TrainError::data(path, error.to_string()))
}

/// Writes weights as f32 safetensors, exactly as they are.
pub(crate) fn write_weights(path: &Path, weights: &Weights) -> Result<(), TrainError> {
    let fail = |error: safetensors::SafeTensorError| TrainError::data(path, error.to_string());
    let views = weights.iter().map(|(name, array)| {
        let bytes = bytemuck::cast_slice(&array.data);
        Ok((name, TensorView::new(Dtype::F32, array.shape.clone(), bytes).map_err(fail)?))
    });
    let views = views.collect::<Result<Vec<_>, TrainError>>()?;
    files::write(path, &serialize(views, None).map_err(fail)?).map_err(TrainError::file(path))
}

/// Reads f32 safetensors.
pub(crate) fn read_weights(path: &Path) -> Result<Weights, TrainError> {
    let bytes = files::read(path).map_err(TrainError::file(path))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| TrainError::data(path, error.to_string()))?;
    let array = |(name, view): (String, TensorView)| {
        if view.dtype() != Dtype::F32 {
            return Err(TrainError::data(path, format!("expected f32 in \"{name}\", found {:?}", view.dtype())));
        }
        let data = bytemuck::pod_collect_to_vec(view.data());
        Ok((name, Array { shape: view.shape().to_vec(), data }))
    };
    tensors.tensors().into_iter().map(array).collect()
}

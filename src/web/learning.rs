//! Learning for the browser: a [`LearningRun`] keeps a run and takes its steps on the processor, alone or with helpers that
//! compute parts of each batch.

use super::error::Failure;
use crate::denoiser::{Condition, ImageShape};
use crate::json::reads;
use crate::learn::{Gradient, Learning, Pictures, Plan, Rate, Settings};
use crate::sampler::Request;
use crate::session::fallback;
use js_sys::{Array, Float32Array, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// What is to be learned, and how.
struct Wish {
    /// Shape of the pictures that come with it.
    image: ImageShape,
    /// Rows and columns that they are brought to.
    height: usize,
    width: usize,
    /// Class of each picture, and the name of each class.
    classes: Vec<usize>,
    names: Vec<String>,
    network: Plan,
    seed: u64,
    steps: usize,
    batch: Option<usize>,
    noises: Option<usize>,
    learning_rate: Option<f64>,
    rate: Option<Rate>,
}

reads!(Wish {
    image,
    height,
    width,
    classes,
    names,
    network,
    seed,
    steps,
    batch,
    noises,
    learning_rate as "learningRate",
    rate,
});

/// What a run is about.
#[derive(Serialize)]
struct Facts<'a> {
    settings: &'a Settings,
    image: ImageShape,
    names: &'a [String],
    classes: &'a [usize],
    pictures: usize,
    weights: usize,
    parts: usize,
    step: usize,
}

/// A sample of what was learned so far.
struct SampleWish {
    class: Option<usize>,
    seed: u64,
    count: usize,
    steps: Option<usize>,
}

reads!(SampleWish { class, seed, count, steps });

/// A run under way.
#[wasm_bindgen]
pub struct LearningRun {
    learning: Learning,
}

#[wasm_bindgen]
impl LearningRun {
    /// Begins a run. `wish` is JSON; `pictures` `[N, C, H, W]`, 0 to 255.
    ///
    /// # Errors
    /// `range` or `learn-…`.
    pub fn begin(wish: &str, pictures: Vec<u8>) -> Result<LearningRun, JsValue> {
        let wish: Wish = Failure::read(wish)?;
        let Wish { image, height, width, classes, names, network, seed, steps, .. } = wish;
        let pictures = Pictures { shape: image, data: pictures, classes, names };
        pictures.check().map_err(Failure::from)?;
        let pictures = pictures.fitted(height, width);
        let config = network.config(pictures.shape.channels, pictures.names.len());
        let usual = Settings::new(config, pictures.count(), steps, seed);
        let batch = wish.batch.unwrap_or(usual.batch);
        let settings = Settings {
            batch,
            noises: wish.noises.unwrap_or(32usize.div_ceil(batch.max(1))),
            learning_rate: wish.learning_rate.unwrap_or(usual.learning_rate),
            rate: wish.rate.unwrap_or(usual.rate),
            ..usual
        };
        Ok(LearningRun { learning: Learning::new(settings, pictures).map_err(Failure::from)? })
    }

    /// Goes on with a run that was saved; `steps` is where it ends, unless as it was.
    ///
    /// # Errors
    /// `learn-…`.
    pub fn resume(bytes: &[u8], steps: Option<usize>) -> Result<LearningRun, JsValue> {
        Ok(LearningRun { learning: Learning::resume(bytes, steps).map_err(Failure::from)? })
    }

    /// What the run is about, as JSON: settings, shape, names, weights, parts of a batch, steps taken.
    ///
    /// # Errors
    /// `internal`.
    pub fn facts(&self) -> Result<String, JsValue> {
        let (learning, pictures) = (&self.learning, self.learning.pictures());
        let facts = Facts {
            settings: learning.settings(),
            image: pictures.shape,
            names: &pictures.names,
            classes: &pictures.classes,
            pictures: pictures.count(),
            weights: learning.count(),
            parts: learning.parts(),
            step: learning.state().step,
        };
        Ok(Failure::written(&facts)?)
    }

    /// Takes a step: its number and its loss.
    ///
    /// # Errors
    /// `learn-diverged` where the loss is no longer a number.
    pub fn step(&mut self) -> Result<Vec<f64>, JsValue> {
        let report = self.learning.step().map_err(Failure::from)?;
        Ok(vec![report.step as f64, f64::from(report.loss)])
    }

    /// What is said where WebGPU cannot take the steps, unless that is no news.
    pub fn grounded(&self, insisted: bool, code: &str, message: &str) -> String {
        fallback::grounded(insisted, code, message)
    }

    /// What is said where WebGPU failed and the run goes on here; undefined where the run itself failed.
    pub fn moved(&self, code: &str, message: &str) -> Option<String> {
        fallback::moved(code, message, self.learning.state().step)
    }

    /// The weights, for those who share the step at hand.
    pub fn weights(&self) -> Vec<f32> {
        self.learning.state().weights.clone()
    }

    /// Takes the weights of the run that this one helps.
    ///
    /// # Errors
    /// `learn-parts`.
    pub fn follow(&mut self, step: usize, weights: &[f32]) -> Result<(), JsValue> {
        Ok(self.learning.follow(step, weights).map_err(Failure::from)?)
    }

    /// Parts of the step at hand: what each adds to the loss, and its gradient, behind each other.
    ///
    /// # Errors
    /// `learn-parts`.
    pub fn gradients(&mut self, parts: Vec<usize>) -> Result<Array, JsValue> {
        let found = self.learning.gradients(&parts).map_err(Failure::from)?;
        let packed = |Gradient { loss, values }: Gradient| {
            let packed = Float32Array::new_with_length(values.len() as u32 + 1);
            packed.set_index(0, loss);
            packed.subarray(1, packed.length()).copy_from(&values);
            packed
        };
        Ok(found.into_iter().map(packed).collect())
    }

    /// Takes the step for which these are all parts, in their order: its number and its loss.
    ///
    /// # Errors
    /// `learn-diverged`, `learn-parts`.
    pub fn advance(&mut self, parts: Vec<Float32Array>) -> Result<Vec<f64>, JsValue> {
        let gradient = |part: Float32Array| {
            let loss = if part.length() > 0 { part.get_index(0) } else { f32::NAN };
            Gradient { loss, values: part.subarray(1, part.length()).to_vec() }
        };
        let report = self.learning.advance(parts.into_iter().map(gradient).collect()).map_err(Failure::from)?;
        Ok(vec![report.step as f64, f64::from(report.loss)])
    }

    /// Pictures `[B, C, H, W]` drawn with the running average. `wish` is JSON.
    ///
    /// # Errors
    /// `range`, `sample-…`.
    pub fn sample(&self, wish: &str) -> Result<Vec<f32>, JsValue> {
        let wish: SampleWish = Failure::read(wish)?;
        let condition = wish.class.map_or(Condition::Null, Condition::Class);
        let usual = Request::new(condition, wish.seed);
        let request = Request { count: wish.count, steps: wish.steps.unwrap_or(usual.steps), ..usual };
        Ok(self.learning.sample(&request).map_err(Failure::from)?)
    }

    /// The pictures that it learns from, `[N, C, H, W]`, 0 to 255, as they were brought to size.
    pub fn pictures(&self) -> Vec<u8> {
        self.learning.pictures().data.clone()
    }

    /// The whole run, for [`LearningRun::resume`].
    ///
    /// # Errors
    /// `learn-saved`.
    pub fn save(&self) -> Result<Vec<u8>, JsValue> {
        Ok(self.learning.save().map_err(Failure::from)?)
    }

    /// What was learned, for a pack: the bytes of the weights' file, and what the manifest says of the network, as JSON.
    ///
    /// # Errors
    /// `pack-…`.
    pub fn network(&self) -> Result<Array, JsValue> {
        let (entry, bytes) = self.learning.packed().map_err(Failure::from)?;
        let entry = Failure::written(&entry)?;
        Ok(Array::of2(&entry.into(), &Uint8Array::from(&bytes[..]).into()))
    }
}

//! The analytic machines for the browser. A [`Posterior`] computes any part of a patch posterior; [`Posterior::network`] samples
//! with parts that JavaScript gathers from several workers, each with a [`Posterior`] of its own.

use super::Pack;
use super::asked::Asked;
use super::error::Failure;
use super::network::{Engine, Network};
use super::shared::Shared;
use crate::denoiser::{Condition, Denoiser, ImageShape};
use crate::metrics::Neighbour;
use crate::pack;
use crate::schedule::Schedule;
use crate::theory::{
    Calibration, Company, Composite, CovarianceLocal, Kind, Levels, Locality, Machine, Partial, PatchPosterior, Shares,
    Training, Wiener, WienerBuild, Windows, threshold,
};
use js_sys::Function;
use serde::Serialize;
use std::sync::Arc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Pack {
    /// Bytes of training images that may be kept for the next prompt.
    #[wasm_bindgen(js_name = keptLimit)]
    pub fn kept_limit(&self) -> f64 {
        self.manifest.budget().kept as f64
    }

    /// Most bytes that the training images of a prompt may inflate to.
    ///
    /// # Errors
    /// `pack-unknown` where there are none.
    #[wasm_bindgen(js_name = inflatedLimit)]
    pub fn inflated_limit(&self, prompt: &str) -> Result<f64, JsValue> {
        Ok(self.manifest.inflated_limit(prompt).map_err(Failure::from)? as f64)
    }

    /// The training images of a prompt out of its inflated file, `[N, C, H, W]`, 0 to 255.
    ///
    /// # Errors
    /// `pack-…` where the file is not the right one.
    pub fn images(&self, prompt: &str, inflated: &[u8]) -> Result<Vec<u8>, JsValue> {
        Ok(self.manifest.images(prompt, inflated).map_err(Failure::from)?.data)
    }

    /// The nearest of the training `images` `[N, C, H, W]` to each of `pictures` `[B, C, H, W]`, as JSON
    /// `[{ image, distance, second, novelty, copied }]` ([`Neighbour`]).
    ///
    /// # Errors
    /// `internal` where the answer cannot be written.
    pub fn nearest(&self, images: &[u8], pictures: &[f32]) -> Result<String, JsValue> {
        let images = pack::to_f32(images);
        let found: Vec<Nearest> = pictures
            .chunks_exact(self.manifest.image.len())
            .filter_map(|picture| Neighbour::of(picture, &images))
            .map(Nearest::from)
            .collect();
        Ok(Failure::written(&found)?)
    }

    /// Whether patches answer in a machine: [`Self::posterior`].
    ///
    /// # Errors
    /// `machine-unavailable` where there is no such machine.
    #[wasm_bindgen(js_name = hasPatches)]
    pub fn has_patches(&self, machine: &str) -> Result<bool, JsValue> {
        Ok(named(machine)?.choices().is_some())
    }

    /// Whether a Wiener filter answers in a machine: [`Self::wiener`].
    ///
    /// # Errors
    /// `machine-unavailable` where there is no such machine.
    #[wasm_bindgen(js_name = hasFilter)]
    pub fn has_filter(&self, machine: &str) -> Result<bool, JsValue> {
        Ok(named(machine)?.has_filter())
    }

    /// Begins the Wiener filter of training `images` `[N, C, H, W]` that a machine needs: it draws alone, is blended with
    /// patches, or says where to look.
    ///
    /// # Errors
    /// `machine-unavailable` where there is no such machine, or it cannot be made of these images.
    pub fn wiener(&self, machine: &str, images: &[u8]) -> Result<Filter, JsValue> {
        let (machine, training) = (named(machine)?, training(images, self.manifest.image)?);
        Ok(Filter { machine, build: WienerBuild::new(&training), training, schedule: self.manifest.schedule })
    }

    /// The patch posterior of a machine (`els`, `bbels`, …) over training `images` `[N, C, H, W]`. Local machines see
    /// `window` pixels, or what was calibrated against `network`, which is empty in a pack without any.
    ///
    /// # Errors
    /// `pack-…` where there is no such network, `machine-unavailable` where the machine cannot be made.
    pub fn posterior(
        &self,
        machine: &str,
        network: &str,
        images: &[u8],
        window: Option<usize>,
    ) -> Result<Posterior, JsValue> {
        let (kind, calibration) = self.kind(machine, network, window)?;
        let training = training(images, self.manifest.image)?;
        let posterior = PatchPosterior::calibrated(kind, training, &calibration).map_err(Failure::from)?;
        Ok(Posterior { posterior, schedule: self.manifest.schedule, shares: calibration.shares, filter: None })
    }

    /// Begins several machines in one, for a sum of terms: [`Members::add`] each term's images, then [`Members::network`]. Local
    /// ones see what those of [`Self::posterior`] do.
    ///
    /// # Errors
    /// As [`Self::posterior`].
    pub fn members(&self, machine: &str, network: &str, window: Option<usize>) -> Result<Members, JsValue> {
        let (machine, calibration) = self.kind(machine, network, window)?;
        let (shape, schedule) = (self.manifest.image, self.manifest.schedule);
        Ok(Members { machine, calibration, shape, schedule, images: Vec::new() })
    }
}

impl Pack {
    /// A machine by its name, and what was calibrated for it, unless a window is given.
    fn kind(&self, machine: &str, network: &str, window: Option<usize>) -> Result<(Machine, Calibration), Failure> {
        let machine = named(machine)?;
        let mut calibration = match network {
            "" => Calibration::default(),
            name => self.manifest.network(name)?.calibration(machine)?,
        };
        if let Some(window) = window {
            calibration.locality = Some(Locality::fixed(window)?);
        }
        Ok((machine, calibration))
    }
}

fn named(machine: &str) -> Result<Machine, Failure> {
    Machine::named(machine)
        .ok_or_else(|| Failure::new("machine-unavailable", format_args!("there is no machine “{machine}”")))
}

/// Machines on their way into one, each over the training images of its own condition.
#[wasm_bindgen]
pub struct Members {
    machine: Machine,
    calibration: Calibration,
    shape: ImageShape,
    schedule: Schedule,
    images: Vec<(Condition, Vec<f32>)>,
}

#[wasm_bindgen]
impl Members {
    /// Takes the training images `[N, C, H, W]`, 0 to 255, of a condition, JSON `{ class }` or `{ words }` as in a sample's wish.
    ///
    /// # Errors
    /// `range` where the condition cannot be read.
    pub fn add(&mut self, condition: &str, images: &[u8]) -> Result<(), JsValue> {
        let asked: Asked = Failure::read(condition)?;
        self.images.push((asked.into(), pack::to_f32(images)));
        Ok(())
    }

    /// All of them in one, ready to draw.
    ///
    /// # Errors
    /// `machine-unavailable` where one cannot be made.
    pub fn network(self) -> Result<Network, JsValue> {
        let company = Company::new(self.machine, &self.calibration, self.shape, self.images).map_err(Failure::from)?;
        Ok(Network::new(Engine::Machine(Box::new(company)), self.shape, self.schedule))
    }
}

fn training(images: &[u8], shape: ImageShape) -> Result<Arc<Training>, Failure> {
    Ok(Arc::new(Training::new(&pack::to_f32(images), shape)?))
}

/// A Wiener filter on its way: [`Filter::advance`] until nothing is left, with a breath in between so that a cancellation
/// is heard, then [`Filter::network`].
#[wasm_bindgen]
pub struct Filter {
    machine: Machine,
    build: WienerBuild,
    training: Arc<Training>,
    schedule: Schedule,
}

#[wasm_bindgen]
impl Filter {
    /// Does the next piece, some hundredths of a second; whether any is left.
    pub fn advance(&mut self) -> bool {
        self.build.advance()
    }

    /// Which pixels go together, as this filter sees it.
    pub fn sight(self) -> Sight {
        let threshold = threshold(self.training.count());
        Sight { filter: self.build.finish(), threshold, schedule: self.schedule }
    }

    /// The machine without patches that it was made for, ready to draw.
    pub fn network(self) -> Network {
        let Filter { machine, build, training, schedule } = self;
        let (shape, filter) = (training.shape(), build.finish());
        let machine: Box<dyn Denoiser> = match machine.entry().kind {
            Kind::Covariance => Box::new(CovarianceLocal::new(training, Arc::new(filter))),
            _ => Box::new(filter),
        };
        Network::new(Engine::Machine(machine), shape, schedule)
    }
}

/// Which pixels a Wiener filter looks at: [`Windows`].
#[wasm_bindgen]
pub struct Sight {
    filter: Wiener,
    threshold: f32,
    schedule: Schedule,
}

#[wasm_bindgen]
impl Sight {
    /// The windows at time `t`: [`Windows::to_bytes`].
    pub fn at(&self, t: f64) -> Vec<u8> {
        Windows::new(&self.filter.response(self.schedule.at(t)), self.threshold).to_bytes()
    }
}

/// A [`Neighbour`] as JavaScript is told of it.
#[derive(Serialize)]
struct Nearest {
    image: usize,
    distance: f64,
    second: Option<f64>,
    novelty: Option<f64>,
    copied: bool,
}

impl From<Neighbour> for Nearest {
    fn from(found: Neighbour) -> Self {
        let Neighbour { index, distance, second, .. } = found;
        Nearest { image: index, distance, second, novelty: found.novelty(), copied: found.is_copy() }
    }
}

/// The levels of pictures of `shape`, `[B, H, W, 2]`.
pub(super) fn read_levels(floats: &[f32], shape: ImageShape) -> Result<Vec<Levels>, Failure> {
    let read = |floats: &[f32]| Levels::from_floats(floats, shape);
    floats.chunks(2 * shape.height * shape.width).map(read).collect::<Result<Vec<_>, _>>().map_err(Failure::from)
}

/// A patch posterior over training images.
#[wasm_bindgen]
pub struct Posterior {
    pub(super) posterior: PatchPosterior,
    pub(super) schedule: Schedule,
    shares: Shares,
    /// What the patches are blended with, where they are.
    filter: Option<Arc<Wiener>>,
}

#[wasm_bindgen]
impl Posterior {
    /// The flat posteriors ([`Partial::to_floats`]) of the pictures `x` `[B, C, H, W]` at time `t`, behind each other,
    /// over part `part` of `parts` equal parts of the training images. `trace` says whether provenance is kept.
    ///
    /// # Errors
    /// `sample-shape` where `x` is not a whole number of pictures.
    pub fn part(&self, x: &[f32], t: f64, trace: bool, part: usize, parts: usize) -> Result<Vec<f32>, JsValue> {
        let time = self.schedule.at(t);
        let partials = self.posterior.part(x, time, trace, part, parts).map_err(Failure::from)?;
        Ok(partials.iter().flat_map(Partial::to_floats).collect())
    }

    /// The second round of a call, where windows answer for all they cover: the flat [`Composite`]s of the pictures `x`, over a part
    /// as in [`Posterior::part`]; `levels` are those that [`Posterior::network`] asks with, `[B, H, W, 2]`.
    ///
    /// # Errors
    /// `sample-shape` where `x` or `levels` are not whole numbers of pictures, or not as many.
    pub fn spread(&self, x: &[f32], t: f64, levels: &[f32], part: usize, parts: usize) -> Result<Vec<f32>, JsValue> {
        let levels = read_levels(levels, self.posterior.training().shape())?;
        let found = self.posterior.spread(x, self.schedule.at(t), &levels, part, parts).map_err(Failure::from)?;
        Ok(found.iter().flat_map(Composite::to_floats).collect())
    }

    /// Blends what is drawn with the Wiener filter of the same images; nothing must be left of it to do.
    pub fn blend(&mut self, filter: Filter) {
        self.filter = Some(Arc::new(filter.build.finish()));
    }

    /// A machine that draws with this posterior, shared out. In every step `gather(x, t)` gives a promise of the flat
    /// posteriors ([`Posterior::part`]) that together cover the training images, one `Float32Array` a part; where windows answer for
    /// all they cover, `gather(x, t, levels)` gives a second one, of [`Posterior::spread`]; then
    /// `explain(image, place, weight, patches, window)` is told the provenance of each pixel, `[B, H, W]` each. It means
    /// something only where the parts were computed with `trace`.
    pub fn network(&self, gather: Function, explain: Function) -> Network {
        let shape = self.posterior.training().shape();
        let blend = self.filter.clone().map(|filter| (filter, self.shares.clone()));
        let shared = Shared::new(self.posterior.clone(), blend, gather, explain);
        Network::new(Engine::Shared(shared), shape, self.schedule)
    }
}

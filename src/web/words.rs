//! What only drawing needs of a pack: words, captions and the prior, and networks made of weights.

use super::Pack;
use super::asked::{Asked, Subjects};
use super::device::ready;
use super::error::Failure;
use super::network::Network;
use crate::prompt::prior;
use crate::sampler::{MAX_COUNT, Sampling, Solver};
use crate::schedule::Grid;
use crate::session::ask::{Ask, Languages, Meaning, Part};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// How somebody draws who was told nothing else.
#[derive(Serialize)]
struct Usual {
    steps: usize,
    grid: Grid,
    solver: Solver,
    guidance: f64,
}

/// What was asked for, as it was understood.
#[derive(Serialize)]
struct Answer<'a> {
    parts: Vec<Thing<'a>>,
    against: Option<Asked>,
}

/// One thing of it.
#[derive(Serialize)]
struct Thing<'a> {
    meaning: &'a Meaning,
    captions: &'a Option<Vec<Option<prior::Choice>>>,
    condition: Option<Subjects>,
}

impl<'a> Thing<'a> {
    fn of(part: &'a Part) -> Self {
        let Part { meaning, captions, condition } = part;
        Thing { meaning, captions, condition: Subjects::of(condition) }
    }
}

/// Tags between commas.
fn listed(tags: &str) -> Vec<&str> {
    tags.split(',').collect()
}

#[wasm_bindgen]
impl Pack {
    /// Takes the vocabulary, from the bytes of its file, where the pack draws from free text.
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    pub fn learn(&self, words: &[u8]) -> Result<(), JsValue> {
        let words = self.manifest.words(words).map_err(Failure::from)?;
        self.interpreter.borrow_mut().learn(words);
        Ok(())
    }

    /// Takes what the words of another language mean, from the bytes of its file; after [`Pack::learn`].
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    #[wasm_bindgen(js_name = learnLanguage)]
    pub fn learn_language(&self, language: &str, words: &[u8]) -> Result<(), JsValue> {
        let words = self.manifest.language(language, words).map_err(Failure::from)?;
        self.interpreter.borrow_mut().learn_language(language, words);
        Ok(())
    }

    /// Most bytes that the captions may inflate to.
    #[wasm_bindgen(js_name = captionsLimit)]
    pub fn captions_limit(&self) -> f64 {
        self.manifest.budget().captions as f64
    }

    /// Takes what the training images show, from the inflated bytes of its file (verified before); after [`Pack::learn`].
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    #[wasm_bindgen(js_name = learnCaptions)]
    pub fn learn_captions(&self, inflated: &[u8]) -> Result<(), JsValue> {
        let captions = self.manifest.captions(inflated).map_err(Failure::from)?;
        self.interpreter.borrow_mut().learn_captions(captions);
        Ok(())
    }

    /// What is asked for, as it is understood. `ask` is JSON ([`Ask`]); the answer is `{ parts, against }`, each part
    /// `{ meaning, captions, condition }`: a [`Meaning`], `{ name, label, index, used, ignored, corrected }` of a class or
    /// `{ name, label, words, against, used, ignored, corrected, unknown }` of words; a [`prior::Choice`] for each picture, null where
    /// none fits, and null where none are asked for; and what [`Network::sample`] takes as `condition`, beside `against`. `reads` and
    /// `missing` are as for [`Pack::wants`].
    ///
    /// # Errors
    /// `range` where it cannot be read, or there is no such caption; `prompt-…`, with `suggestions`.
    pub fn ask(&self, ask: &str, reads: &str, missing: &str) -> Result<String, JsValue> {
        let mut ask: Ask = Failure::read(ask)?;
        ask.count = ask.count.min(MAX_COUNT);
        let (reads, missing) = (&listed(reads)[..], &listed(missing)[..]);
        let asked = self.interpreter.borrow().ask(&ask, Languages { reads, missing }).map_err(Failure::from)?;
        let parts = asked.parts.iter().map(Thing::of).collect();
        Ok(Failure::written(&Answer { parts, against: Asked::of(&asked.against) })?)
    }

    /// What training picture `index` shows, as JSON `{ label, style }` ([`prompt::prior::Shown`]), or null.
    ///
    /// # Errors
    /// `internal` where the answer cannot be written.
    pub fn shown(&self, index: usize) -> Result<String, JsValue> {
        Ok(Failure::written(&self.interpreter.borrow().prior().shown(index))?)
    }

    /// The language that is to be learnt next for a prompt to be read, if any. `reads` are the tags of the languages that the
    /// reader reads, `missing` those of the pack that could not be had, each between commas.
    pub fn wants(&self, text: &str, reads: &str, missing: &str) -> Option<String> {
        let (reads, missing) = (&listed(reads)[..], &listed(missing)[..]);
        self.interpreter.borrow().wants(text, Languages { reads, missing })
    }

    /// The training images that match a prompt of `words`, where the pack draws from free text, as JSON
    /// `[{ shelf, images, captions }]` ([`crate::pack::captions::Pick`]); after [`Pack::learn_captions`]. No more files than the budget
    /// lets one prompt fetch, as long as it is more than one.
    ///
    /// # Errors
    /// `pack-…` where the pack draws classes.
    pub fn matching(&self, words: &[usize]) -> Result<String, JsValue> {
        let styles = self.manifest.text().map_err(Failure::from)?.styles;
        let picks = self.interpreter.borrow().captions().matching(words, styles);
        let picks = self.manifest.within(picks);
        Ok(Failure::written(&picks)?)
    }

    /// How `network` draws unless told otherwise, as JSON `{ steps, grid, solver, guidance }`; with an empty name how
    /// everything draws that is no network.
    ///
    /// # Errors
    /// `pack-unknown` where there is no such network.
    pub fn usual(&self, network: &str) -> Result<String, JsValue> {
        let (Sampling { steps, grid, solver }, guidance) = match network {
            "" => (Sampling::default(), 1.0),
            name => {
                let entry = self.manifest.network(name).map_err(Failure::from)?;
                (entry.sampling(), entry.guidance)
            }
        };
        Ok(Failure::written(&Usual { steps, grid, solver, guidance })?)
    }

    /// Most bytes that the weight file of a network may inflate to; nothing where it is not compressed.
    ///
    /// # Errors
    /// `pack-unknown` where there is no such network.
    #[wasm_bindgen(js_name = weightsLimit)]
    pub fn weights_limit(&self, network: &str) -> Result<Option<f64>, JsValue> {
        Ok(self.manifest.weights_limit(network).map_err(Failure::from)?.map(|limit| limit as f64))
    }

    /// Networks that may stay ready to draw.
    #[wasm_bindgen(js_name = readyLimit)]
    pub fn ready_limit(&self) -> usize {
        self.manifest.budget().ready
    }

    /// Builds a network from the bytes of its weight file (verified and inflated where it is compressed) on `"webgpu"`,
    /// `"cpu"` or, with `"auto"`, whichever is faster, and lets it answer the pack's test vector.
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones; `no-webgpu`, `gpu-…` or `out-of-memory` where the device
    /// cannot, `self-test` where it computes wrongly, with `"auto"` only where the processor does.
    pub async fn load(&self, network: String, weights: Vec<u8>, device: String) -> Result<Network, JsValue> {
        let manifest = self.manifest.clone();
        let entry = manifest.network(&network).map_err(Failure::from)?;
        let arrays = manifest.weights(&network, &weights).map_err(Failure::from)?;
        // wasm memory never shrinks: what is no longer needed makes room for the packed weights.
        drop(weights);
        ready(&manifest, entry, &arrays, &device).await
    }
}

//! The wasm-bindgen surface and nothing else: bytes, words and JSON in, typed arrays and typed errors out. The worker
//! of the package (`pkg/worker.js`) calls it: [`Pack::open`], [`Pack::load`], then [`Network::sample`]. [`Cells`] stand beside
//! them, without a pack. Every error is a
//! JavaScript `Error` with a stable `code`.

mod asked;
mod device;
mod error;
mod machine;
mod machine_gpu;
mod network;
mod processor;
mod reaction;
mod shared;

pub use network::Network;
pub use processor::NetworkPart;
pub use reaction::Cells;

use crate::pack::captions::Captions;
use crate::pack::{Manifest, PromptEntry};
use crate::prompt;
use crate::prompt::prior::{Asked, Prior};
use crate::prompt::text::{self, Vocabulary};
use crate::sampler::{MAX_COUNT, Sampling};
use device::Choice;
use error::Failure;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

thread_local! {
    /// The words of the panic that ended this instance, if one did.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Prepares the instance: a panic is printed on the console and kept for [`panic_message`]. Call once, first.
#[wasm_bindgen]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        PANIC.with(|panic| *panic.borrow_mut() = Some(info.to_string()));
        console_error_panic_hook::hook(info);
    }));
}

/// What the panic said that ended this instance; undefined after any other trap, such as memory that ran out.
#[wasm_bindgen(js_name = panicMessage)]
pub fn panic_message() -> Option<String> {
    PANIC.with(|panic| panic.borrow().clone())
}

/// The entry that was meant, and how it was found.
#[derive(Serialize)]
struct Answer<'a> {
    name: &'a str,
    label: &'a str,
    #[serde(flatten)]
    understood: &'a prompt::Understood,
}

/// How somebody draws who was told nothing else.
#[derive(Serialize)]
struct Usual {
    #[serde(flatten)]
    sampling: Sampling,
    guidance: f64,
}

/// The words that were meant, and how they were found.
#[derive(Serialize)]
struct TextAnswer<'a> {
    name: &'a str,
    #[serde(flatten)]
    understood: &'a text::Understood,
}

/// What the prior is asked for: a prompt as it was understood, and for which pictures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    words: Vec<usize>,
    #[serde(default)]
    against: Vec<usize>,
    seed: u64,
    count: usize,
    caption: Option<usize>,
}

/// A model pack, known by its manifest.
#[wasm_bindgen]
pub struct Pack {
    manifest: Rc<Manifest>,
    /// The words it draws from, where it draws from free text and [`Pack::learn`] was told them.
    vocabulary: Option<Vocabulary>,
    words: Vec<String>,
    /// What the training images show, once [`Pack::learn_captions`] was told.
    captions: Captions,
    prior: Prior,
}

#[wasm_bindgen]
impl Pack {
    /// Reads `manifest.json`, checking every field.
    ///
    /// # Errors
    /// `pack-…`.
    pub fn open(manifest: &[u8]) -> Result<Pack, JsValue> {
        let manifest = Manifest::parse(manifest).map_err(Failure::from)?;
        let (captions, prior) = (Captions::default(), Prior::default());
        Ok(Pack { manifest: Rc::new(manifest), vocabulary: None, words: Vec::new(), captions, prior })
    }

    /// Takes the vocabulary, from the bytes of its file, where the pack draws from free text.
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    pub fn learn(&mut self, words: &[u8]) -> Result<(), JsValue> {
        let words = self.manifest.words(words).map_err(Failure::from)?;
        let text = self.manifest.text().map_err(Failure::from)?;
        self.vocabulary = Some(Vocabulary::new(words.clone(), text.styles, text.aliases.clone()));
        self.words = words;
        Ok(())
    }

    /// Takes what the words of another language mean, from the bytes of its file; after [`Pack::learn`].
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    #[wasm_bindgen(js_name = learnLanguage)]
    pub fn learn_language(&mut self, language: &str, words: &[u8]) -> Result<(), JsValue> {
        let words = self.manifest.language(language, words).map_err(Failure::from)?;
        if let Some(vocabulary) = &mut self.vocabulary {
            vocabulary.learn(words);
        }
        Ok(())
    }

    /// Most bytes that the captions may inflate to.
    #[wasm_bindgen(js_name = captionsLimit)]
    pub fn captions_limit(&self) -> f64 {
        self.manifest.budget().captions as f64
    }

    /// Bytes of training images that may be kept for the next prompt.
    #[wasm_bindgen(js_name = keptLimit)]
    pub fn kept_limit(&self) -> f64 {
        self.manifest.budget().kept as f64
    }

    /// Takes what the training images show, from the inflated bytes of its file (verified before); after [`Pack::learn`].
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    #[wasm_bindgen(js_name = learnCaptions)]
    pub fn learn_captions(&mut self, inflated: &[u8]) -> Result<(), JsValue> {
        self.captions = self.manifest.captions(inflated).map_err(Failure::from)?;
        let styles = self.manifest.text().map_err(Failure::from)?.styles;
        self.prior = Prior::new(&self.captions, &self.words, styles);
        Ok(())
    }

    /// The caption of the training set that each picture of a request shows, as a JSON list of
    /// `{ index, label, style, words, known }` ([`prompt::prior::Choice`]) or null, where no caption fits. `wish` is JSON: `words` and
    /// `against` of the prompt, `seed` and `count` of the request, and `caption`, the number of one for all, if it is known.
    ///
    /// # Errors
    /// `range` where the wish cannot be read, or there is no such caption.
    pub fn choose(&self, wish: &str) -> Result<String, JsValue> {
        let Chosen { words, against, seed, count, caption } =
            serde_json::from_str(wish).map_err(|error| Failure::new("range", error))?;
        let asked = Asked { words: &words, against: &against };
        let count = count.min(MAX_COUNT);
        let choices = self.prior.captions(asked, seed, count, caption).map_err(|error| Failure::new("range", error))?;
        Ok(serde_json::to_string(&choices).map_err(|error| Failure::new("internal", error))?)
    }

    /// What training picture `index` shows, as JSON `{ label, style }` ([`prompt::prior::Shown`]), or null.
    ///
    /// # Errors
    /// `internal` where the answer cannot be written.
    pub fn shown(&self, index: usize) -> Result<String, JsValue> {
        Ok(serde_json::to_string(&self.prior.shown(index)).map_err(|error| Failure::new("internal", error))?)
    }

    /// What free words ask for, as JSON: `{ index, name, label, used, ignored, corrected }` ([`prompt::Understood`]), or
    /// `{ words, against, name, label, used, ignored, corrected, unknown }` ([`text::Understood`]) where the pack draws
    /// from free text.
    ///
    /// # Errors
    /// `prompt-…`, with `suggestions`.
    pub fn understand(&self, text: &str) -> Result<String, JsValue> {
        if let Some(vocabulary) = &self.vocabulary {
            let understood = vocabulary.understand(text).map_err(Failure::from)?;
            let answer = TextAnswer { name: &understood.label, understood: &understood };
            return Ok(serde_json::to_string(&answer).map_err(|error| Failure::new("internal", error))?);
        }
        let understood = prompt::understand(&self.manifest.prompts, text).map_err(Failure::from)?;
        let PromptEntry { name, label, .. } = &self.manifest.prompts[understood.index];
        let answer = Answer { name, label, understood: &understood };
        Ok(serde_json::to_string(&answer).map_err(|error| Failure::new("internal", error))?)
    }

    /// How `network` draws unless told otherwise, as JSON `{ steps, grid, solver, guidance }`; with an empty name how
    /// everything draws that is no network.
    ///
    /// # Errors
    /// `pack-unknown` where there is no such network.
    pub fn usual(&self, network: &str) -> Result<String, JsValue> {
        let (sampling, guidance) = match network {
            "" => (Sampling::default(), 1.0),
            name => {
                let entry = self.manifest.network(name).map_err(Failure::from)?;
                (entry.sampling(), entry.guidance)
            }
        };
        Ok(serde_json::to_string(&Usual { sampling, guidance }).map_err(|error| Failure::new("internal", error))?)
    }

    /// Most bytes that the weight file of a network may inflate to; nothing where it is not compressed.
    ///
    /// # Errors
    /// `pack-unknown` where there is no such network.
    #[wasm_bindgen(js_name = weightsLimit)]
    pub fn weights_limit(&self, network: &str) -> Result<Option<f64>, JsValue> {
        Ok(self.manifest.weights_limit(network).map_err(Failure::from)?.map(|limit| limit as f64))
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
        Choice { manifest: &manifest, entry, weights: &arrays }.on(&device).await
    }
}

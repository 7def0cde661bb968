//! What only drawing needs of a pack: words, captions and the prior, and networks made of weights.

use super::Pack;
use super::device::Choice;
use super::error::Failure;
use super::network::Network;
use crate::pack::PromptEntry;
use crate::pack::captions::Captions;
use crate::prompt;
use crate::prompt::prior::{Asked, Prior};
use crate::prompt::text::{self, Reader, Vocabulary};
use crate::sampler::{MAX_COUNT, Sampling};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

/// What a pack that draws from free text was told of its words.
#[derive(Default)]
pub(super) struct Known {
    /// The words it draws from, after [`Pack::learn`].
    vocabulary: Option<Vocabulary>,
    words: Vec<String>,
    /// What the training images show, after [`Pack::learn_captions`].
    captions: Captions,
    prior: Prior,
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

impl Pack {
    /// Has the vocabulary read something, where there is one.
    fn reading<T>(&self, reads: &str, missing: &str, read: impl Fn(&Vocabulary, Reader<'_>) -> T) -> Option<T> {
        let languages = self.manifest.text.iter().flat_map(|text| text.languages.keys()).map(String::as_str);
        let known: Vec<&str> =
            languages.filter(|&language| missing.split(',').all(|other| other != language)).collect();
        let reads: Vec<&str> = reads.split(',').collect();
        self.known
            .borrow()
            .vocabulary
            .as_ref()
            .map(|vocabulary| read(vocabulary, Reader { known: &known, reads: &reads }))
    }
}

#[wasm_bindgen]
impl Pack {
    /// Takes the vocabulary, from the bytes of its file, where the pack draws from free text.
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    pub fn learn(&self, words: &[u8]) -> Result<(), JsValue> {
        let words = self.manifest.words(words).map_err(Failure::from)?;
        let text = self.manifest.text().map_err(Failure::from)?;
        let mut known = self.known.borrow_mut();
        known.vocabulary = Some(Vocabulary::new(words.clone(), text.styles, text.aliases.clone()));
        known.words = words;
        Ok(())
    }

    /// Takes what the words of another language mean, from the bytes of its file; after [`Pack::learn`].
    ///
    /// # Errors
    /// `pack-…` where the bytes are not the right ones.
    #[wasm_bindgen(js_name = learnLanguage)]
    pub fn learn_language(&self, language: &str, words: &[u8]) -> Result<(), JsValue> {
        let words = self.manifest.language(language, words).map_err(Failure::from)?;
        if let Some(vocabulary) = &mut self.known.borrow_mut().vocabulary {
            vocabulary.learn(language, words);
        }
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
        let styles = self.manifest.text().map_err(Failure::from)?.styles;
        let mut known = self.known.borrow_mut();
        known.prior = Prior::new(&captions, &known.words, styles);
        known.captions = captions;
        Ok(())
    }

    /// The caption of the training set that each picture of a request shows, as a JSON list of
    /// `{ index, label, style, words, known }` ([`prompt::prior::Choice`]) or null, where no caption fits. `wish` is JSON: `words` and
    /// `against` of the prompt, `seed` and `count` of the request, and `caption`, the number of one for all, if it is known.
    ///
    /// # Errors
    /// `range` where the wish cannot be read, or there is no such caption.
    pub fn choose(&self, wish: &str) -> Result<String, JsValue> {
        let Chosen { words, against, seed, count, caption } = Failure::read(wish)?;
        let asked = Asked { words: &words, against: &against };
        let count = count.min(MAX_COUNT);
        let choices = self
            .known
            .borrow()
            .prior
            .captions(asked, seed, count, caption)
            .map_err(|error| Failure::new("range", error))?;
        Ok(Failure::written(&choices)?)
    }

    /// What training picture `index` shows, as JSON `{ label, style }` ([`prompt::prior::Shown`]), or null.
    ///
    /// # Errors
    /// `internal` where the answer cannot be written.
    pub fn shown(&self, index: usize) -> Result<String, JsValue> {
        Ok(Failure::written(&self.known.borrow().prior.shown(index))?)
    }

    /// The language that is to be learnt next for a prompt to be read, if any. `reads` are the tags of the languages that the
    /// reader reads, `missing` those of the pack that could not be had, each between commas.
    pub fn wants(&self, text: &str, reads: &str, missing: &str) -> Option<String> {
        let read = |vocabulary: &Vocabulary, reader: Reader<'_>| vocabulary.wants(text, reader).map(String::from);
        self.reading(reads, missing, read).flatten()
    }

    /// What free words ask for, as JSON: `{ index, name, label, used, ignored, corrected }` ([`prompt::Understood`]), or
    /// `{ words, against, name, label, used, ignored, corrected, unknown }` ([`text::Understood`]) where the pack draws
    /// from free text; `reads` and `missing` as for [`Pack::wants`].
    ///
    /// # Errors
    /// `prompt-…`, with `suggestions`.
    pub fn understand(&self, text: &str, reads: &str, missing: &str) -> Result<String, JsValue> {
        let read = |vocabulary: &Vocabulary, reader: Reader<'_>| vocabulary.read(text, reader);
        if let Some(understood) = self.reading(reads, missing, read) {
            let understood = understood.map_err(Failure::from)?;
            let answer = TextAnswer { name: &understood.label, understood: &understood };
            return Ok(Failure::written(&answer)?);
        }
        let understood = prompt::understand(&self.manifest.prompts, text).map_err(Failure::from)?;
        let PromptEntry { name, label, .. } = &self.manifest.prompts[understood.index];
        let answer = Answer { name, label, understood: &understood };
        Ok(Failure::written(&answer)?)
    }

    /// The training images that match a prompt of `words`, where the pack draws from free text, as JSON
    /// `[{ shelf, images, captions }]` ([`crate::pack::captions::Pick`]); after [`Pack::learn_captions`]. No more files than the budget
    /// lets one prompt fetch, as long as it is more than one.
    ///
    /// # Errors
    /// `pack-…` where the pack draws classes.
    pub fn matching(&self, words: &[usize]) -> Result<String, JsValue> {
        let styles = self.manifest.text().map_err(Failure::from)?.styles;
        let picks = self.known.borrow().captions.matching(words, styles);
        let picks = self.manifest.within(picks);
        Ok(Failure::written(&picks)?)
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
        Ok(Failure::written(&Usual { sampling, guidance })?)
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

//! The checks that a manifest passes before anyone uses it: names that are safe as file names, sizes within the limits,
//! references that lead somewhere, and networks that fit the pictures.

use super::NetworkEntry;
use super::manifest::{JudgeEntry, Manifest, PromptEntry, Terms};
use super::{Limit, PackError, limits};
use crate::denoiser::ImageShape;
use crate::network::config::ConditionKind;
use crate::network::layers::Layers;
use crate::network::memory::product;
use crate::schedule::MAX_STEPS;
use crate::theory::Share;
use std::collections::BTreeSet;

/// Folder that training files may lie in; the only one.
const TRAINING: &str = "training/";
/// JavaScript holds whole numbers exactly below this.
const MAX_SEED: u64 = 1 << 53;
/// Most points of one `k(t)`.
const MAX_POINTS: usize = 1000;
/// Largest guidance that still draws.
const MAX_GUIDANCE: f64 = 100.0;

impl Manifest {
    /// Checks everything that can be checked without the files.
    ///
    /// # Errors
    /// [`PackError::Manifest`] naming the first thing that is wrong, [`PackError::TooLarge`] beyond a limit.
    pub fn check(&self) -> Result<(), PackError> {
        check_name("pack name", &self.name)?;
        check_text("title", &self.title)?;
        check_text("version", &self.version)?;
        let Terms { licence: data, attribution: data_by, url: data_url } = &self.licence.data;
        let Terms { licence: weights, attribution: weights_by, url: weights_url } = &self.licence.weights;
        for text in [data, data_by, weights, weights_by] {
            check_text("licence", text)?;
        }
        for url in [data_url, weights_url].into_iter().flatten() {
            check_text("licence url", url)?;
            if !url.starts_with("https://") {
                return fail(format!("expected a licence url that starts with https://, found {}", short(url)));
            }
        }
        let image = self.image;
        let side_ok = |side: usize| (1..=limits::SIDE).contains(&side);
        if !matches!(image.channels, 1 | 3) || !side_ok(image.height) || !side_ok(image.width) {
            let (c, h, w) = (image.channels, image.height, image.width);
            return fail(format!(
                "expected pictures of 1 or 3 channels and sides up to {}, found {c}×{h}×{w}",
                limits::SIDE
            ));
        }
        self.check_files()?;
        check_prompts(&self.prompts)?;
        for (name, network) in &self.networks {
            check_name("network name", name)?;
            self.check_network(name, network)?;
        }
        for (prompt, training) in &self.training {
            check_name("training images", prompt)?;
            if self.text.is_none() && !self.prompts.iter().any(|entry| entry.name == *prompt) {
                return fail(format!("there are training images for “{}”, which is no prompt", short(prompt)));
            }
            self.check_reference(&training.file)?;
            self.images_bytes(prompt, training.count)?;
        }
        self.check_words()?;
        self.judge.as_ref().map_or(Ok(()), |judge| self.check_judge(judge))
    }

    /// Bytes of the `count` u8 images of `prompt`.
    pub(super) fn images_bytes(&self, prompt: &str, count: usize) -> Result<u64, PackError> {
        let ImageShape { channels, height, width } = self.image;
        let bytes = product(&[count, channels, height, width]);
        if bytes == 0 {
            return fail(format!("{}: expected at least one training image, found 0", short(prompt)));
        }
        self.budget.hold(Limit::Images, &format!("the training images of {}", short(prompt)), bytes)?;
        Ok(bytes)
    }

    fn check_files(&self) -> Result<(), PackError> {
        if self.files.len() > limits::FILES {
            return fail(format!("expected up to {} files, found {}", limits::FILES, self.files.len()));
        }
        for (name, file) in &self.files {
            check_name("file name", name.strip_prefix(TRAINING).unwrap_or(name))?;
            if name == super::MANIFEST {
                return fail("the manifest cannot list itself".into());
            }
            self.budget.hold(Limit::File, name, file.bytes)?;
            if file.sha256.len() != 64 || !file.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                return fail(format!("{name}: expected a SHA-256 of 64 lower-case hexadecimal digits"));
            }
        }
        self.budget.hold(Limit::Total, "the pack", self.bytes_of(self.files.keys()))
    }

    /// Bytes of files together; of those that are not listed, none.
    fn bytes_of<'a>(&self, names: impl Iterator<Item = &'a String>) -> u64 {
        let bytes = names.filter_map(|name| self.files.get(name)).map(|file| file.bytes);
        bytes.fold(0, u64::saturating_add)
    }

    fn check_reference(&self, file: &str) -> Result<(), PackError> {
        if self.files.contains_key(file) {
            return Ok(());
        }
        fail(format!("“{}” is used but not listed under files", short(file)))
    }

    /// What was calibrated against a network: windows and shares.
    fn check_calibration(&self, network: &NetworkEntry) -> Result<(), String> {
        let at = |t: f64| t > 0.0 && t <= 1.0;
        let largest = 2 * self.image.height.max(self.image.width);
        for (machine, points) in &network.locality {
            check_name("machine name", machine).map_err(|error| error.to_string())?;
            let times_rise = points.windows(2).all(|pair| pair[0].t < pair[1].t);
            let in_range = points.iter().all(|point| at(point.t));
            if points.is_empty() || points.len() > MAX_POINTS || !times_rise || !in_range {
                return Err(format!("{machine}: expected 1 to {MAX_POINTS} rising times t in (0, 1]"));
            }
            if let Some(point) = points.iter().find(|point| point.k.is_multiple_of(2) || point.k > largest) {
                return Err(format!("{machine}: expected odd windows k up to {largest}, found {}", point.k));
            }
            if let Some(point) = points.iter().find(|point| !(1..=point.k.div_ceil(2)).contains(&point.soft)) {
                let (k, soft) = (point.k, point.soft);
                return Err(format!("{machine}: expected soft from 1 to (k + 1) / 2 for k = {k}, found {soft}"));
            }
        }
        let in_range = |s: &Share| at(s.t) && [s.patches, s.covered].iter().all(|share| (0.0..=1.0).contains(share));
        let times_rise = network.blend.windows(2).all(|pair| pair[0].t < pair[1].t);
        if network.blend.len() > MAX_POINTS || !times_rise || !network.blend.iter().all(in_range) {
            return Err(format!("blend: expected up to {MAX_POINTS} rising times t in (0, 1] with shares in [0, 1]"));
        }
        Ok(())
    }

    fn check_network(&self, name: &str, network: &NetworkEntry) -> Result<(), PackError> {
        let wrong = |message: String| PackError::Manifest(format!("network {name}: {message}"));
        let fail = |message: String| Err(wrong(message));
        check_text("network title", &network.title)?;
        self.check_reference(&network.file)?;
        let layers = Layers::new(&network.config).map_err(|error| wrong(error.to_string()))?;
        layers.check_shape(self.image).map_err(|error| wrong(error.to_string()))?;
        if network.config.channels != self.image.channels {
            return fail(format!("expected {} channels, found {}", self.image.channels, network.config.channels));
        }
        self.budget.network(&format!("network {name}"), &network.config, &layers, self.image)?;
        if let ConditionKind::Class { count } = network.config.condition
            && !self.prompts.is_empty()
            && count != self.prompts.len()
        {
            return fail(format!("expected a class for each of the {} prompts, found {count}", self.prompts.len()));
        }
        if !(0.0..=MAX_GUIDANCE).contains(&network.guidance) {
            return fail(format!("expected a guidance in 0..={MAX_GUIDANCE}, found {}", network.guidance));
        }
        if !(1..=MAX_STEPS).contains(&network.steps) {
            return fail(format!("expected 1 to {MAX_STEPS} steps, found {}", network.steps));
        }
        self.check_calibration(network).map_err(wrong)?;
        let test = &network.test;
        let classes = match network.config.condition {
            ConditionKind::Class { count } => count,
            ConditionKind::Vector { .. } | ConditionKind::Words { .. } => 0,
        };
        if test.condition.is_some_and(|class| class >= classes) {
            return fail(format!("the test vector's class should be below {classes}"));
        }
        if test.seed >= MAX_SEED || !(test.t > 0.0 && test.t <= 1.0) {
            return fail(format!(
                "the test vector needs a seed below 2^53 and t in (0, 1], found {}, {}",
                test.seed, test.t
            ));
        }
        test.answer(self.image).map(|_| ())
    }

    /// Words, their files, and that networks that take words agree with them.
    fn check_words(&self) -> Result<(), PackError> {
        let count = self.text.as_ref().map_or(0, |text| text.count);
        for (name, network) in &self.networks {
            if let ConditionKind::Words { count: found, .. } = network.config.condition
                && found != count
            {
                return fail(format!("network {name}: expected it to take the pack's {count} words, found {found}"));
            }
        }
        let Some(text) = &self.text else { return Ok(()) };
        if !self.prompts.is_empty() {
            return fail("expected words or prompts, found both".into());
        }
        if text.styles > text.count {
            return fail(format!("expected at most {} styles among the words, found {}", text.count, text.styles));
        }
        if text.aliases.len() > limits::WORDS || text.aliases.values().any(|&style| style >= text.styles) {
            return fail(format!("expected up to {} other words for styles, each for one there is", limits::WORDS));
        }
        self.budget.hold(Limit::Words, &text.words, text.count as u64)?;
        let text_bytes = self.bytes_of(text.languages.values().chain([&text.words]));
        self.budget.hold(Limit::Text, "the words", text_bytes)?;
        if text.languages.len() > limits::LANGUAGES {
            return fail(format!("expected up to {} languages, found {}", limits::LANGUAGES, text.languages.len()));
        }
        for language in text.languages.keys() {
            check_name("language", language)?;
        }
        if text.examples.len() > limits::WORDS {
            return fail(format!("expected up to {} examples, found {}", limits::WORDS, text.examples.len()));
        }
        text.examples.iter().try_for_each(|example| check_text("example", example))?;
        if let Some(file) = &text.captions {
            self.budget.hold(Limit::Captions, file, self.bytes_of([file].into_iter()))?;
        }
        text.languages
            .values()
            .chain(&text.captions)
            .chain([&text.words])
            .try_for_each(|file| self.check_reference(file))
    }

    fn check_judge(&self, judge: &JudgeEntry) -> Result<(), PackError> {
        self.check_reference(&judge.file)?;
        if !(1..=limits::ANSWERS).contains(&judge.classes) || !(0.0..=1.0).contains(&judge.accuracy) {
            let (classes, accuracy) = (judge.classes, judge.accuracy);
            return fail(format!(
                "judge: expected some classes and an accuracy in [0, 1], found {classes}, {accuracy}"
            ));
        }
        let mut bytes = 0u64;
        for (name, shape) in &judge.tensors {
            check_text("judge tensor name", name)?;
            let values = product(shape);
            if shape.len() > 8 || values == 0 {
                return fail(format!("judge: tensor “{}” has no usable shape: {shape:?}", short(name)));
            }
            bytes = bytes.saturating_add(values.saturating_mul(4));
        }
        self.budget.hold(Limit::Weights, "the judge", bytes)
    }
}

fn check_prompts(prompts: &[PromptEntry]) -> Result<(), PackError> {
    if prompts.len() > limits::PROMPTS {
        return fail(format!("expected up to {} prompts, found {}", limits::PROMPTS, prompts.len()));
    }
    let mut names = BTreeSet::new();
    for entry in prompts {
        check_name("prompt name", &entry.name)?;
        if !names.insert(&entry.name) {
            return fail(format!("the prompt “{}” comes twice", entry.name));
        }
        if entry.words.len().max(entry.unlike.len()) > limits::WORDS {
            return fail(format!(
                "prompt {}: expected up to {} words, found {}",
                entry.name,
                limits::WORDS,
                entry.words.len()
            ));
        }
        for word in entry.words.iter().chain(&entry.unlike).chain([&entry.label]) {
            if word.trim().is_empty() || word.len() > limits::NAME {
                return fail(format!("prompt {}: expected words of 1 to {} bytes", entry.name, limits::NAME));
            }
        }
    }
    Ok(())
}

/// A name that is safe as a file name and in a URL, on every system.
fn check_name(what: &str, name: &str) -> Result<(), PackError> {
    let letters_ok = name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'));
    let ends_ok = !name.starts_with(['.', '-']) && !name.ends_with('.') && !name.contains("..");
    if name.is_empty() || name.len() > limits::NAME || !letters_ok || !ends_ok {
        let found = short(name);
        return fail(format!("{what}: expected 1 to {} of a–z 0–9 . _ - and no “..”, found “{found}”", limits::NAME));
    }
    Ok(())
}

/// Text for people: some, and not too much.
fn check_text(what: &str, text: &str) -> Result<(), PackError> {
    if text.trim().is_empty() || text.len() > limits::TEXT || text.chars().any(|c| c.is_control() && c != '\n') {
        return fail(format!("{what}: expected 1 to {} bytes of plain text, found {}", limits::TEXT, text.len()));
    }
    Ok(())
}

fn fail<T>(message: String) -> Result<T, PackError> {
    Err(PackError::Manifest(message))
}

/// The beginning of an untrusted text, fit for a message.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(limits::NAME).collect()
}

//! What a run has learned as a pack: the running average of its weights as a network, and the pictures it learned from as
//! training images, so that whoever loads it draws, and has the analytic machines beside it.

use super::{LearnError, Learning, Pictures};
use crate::cpu::CpuNetwork;
use crate::denoiser::{Condition, Denoiser};
use crate::network::{NetworkError, Weights};
use crate::pack::manifest::{Licence, Terms};
use crate::pack::writer::write_weights;
use crate::pack::{Images, NetworkDraft, NetworkEntry, PackDraft, PackWriter, Precision, PromptEntry, TestVector};
use crate::sampler::{Sampling, noise};
use std::path::Path;

/// Name of the network in the pack.
const NETWORK: &str = "learned";
/// The same for people.
const TITLE: &str = "Learned";
/// How its weights are stored.
const PRECISION: Precision = Precision::F16;
/// The known answer's seed and time.
const TEST: (u64, f64) = (1, 0.5);

/// What a pack is called, and whose the pictures are.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Short name, `[a-z0-9._-]`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// SPDX expression for the pictures.
    pub licence: String,
    /// Whom to name for them.
    pub attribution: String,
}

impl Learning {
    /// The pack, to be written to `folder`.
    ///
    /// # Errors
    /// [`LearnError::Pack`] where a name cannot be used, or `folder` holds a pack.
    pub fn pack(&self, folder: &Path, label: &Label) -> Result<PackWriter, LearnError> {
        let (pictures, settings) = (self.pictures(), self.settings());
        let data = Terms { licence: label.licence.clone(), attribution: label.attribution.clone(), url: None };
        let prompt = |name: &String| PromptEntry { name: short(name), label: name.clone(), ..PromptEntry::default() };
        let mut writer = PackWriter::create(
            folder,
            PackDraft {
                name: label.name.clone(),
                title: label.title.clone(),
                version: "1".into(),
                image: pictures.shape,
                schedule: settings.schedule,
                licence: Licence { weights: data.clone(), data },
                prompts: pictures.names.iter().map(prompt).collect(),
            },
        )?;
        let weights = PRECISION.round(&self.average());
        let draft = NetworkDraft {
            title: TITLE.into(),
            config: settings.network.clone(),
            guidance: 1.0,
            sampling: Sampling::default(),
            precision: PRECISION,
            test: self.test(&weights)?,
        };
        writer.network(NETWORK, draft, &weights)?;
        for (class, name) in pictures.names.iter().enumerate() {
            writer.training(&short(name), &of_class(pictures, class))?;
        }
        Ok(writer)
    }

    /// What the manifest of a pack says of the network, and the bytes of its file, for whoever makes the pack elsewhere.
    ///
    /// # Errors
    /// [`LearnError::Pack`] where the weights are not finite.
    pub fn packed(&self) -> Result<(NetworkEntry, Vec<u8>), LearnError> {
        let weights = PRECISION.round(&self.average());
        let (file, config) = (format!("{NETWORK}.safetensors"), self.settings().network.clone());
        let bytes = write_weights(&file, &weights, PRECISION)?;
        let test = self.test(&weights)?;
        Ok((NetworkEntry::new(TITLE.into(), config, file, 1.0, Sampling::default(), test), bytes))
    }

    /// A known answer, by which a device shows that it computes rightly.
    fn test(&self, weights: &Weights) -> Result<TestVector, LearnError> {
        let (settings, shape) = (self.settings(), self.pictures().shape);
        let mut network = CpuNetwork::new(&settings.network, weights, shape)?;
        let mut x = vec![0.0; shape.len()];
        noise::fill(TEST.0, 0, &mut x);
        let answer = network.denoise(&x, settings.schedule.at(TEST.1), &[Condition::Class(0)]);
        Ok(TestVector::new(TEST.0, TEST.1, Some(0), &answer.map_err(NetworkError::from)?))
    }
}

/// The pictures of a class.
fn of_class(pictures: &Pictures, class: usize) -> Images {
    let length = pictures.shape.len();
    let members: Vec<&[u8]> = pictures
        .data
        .chunks_exact(length)
        .zip(&pictures.classes)
        .filter(|(_, own)| **own == class)
        .map(|(p, _)| p)
        .collect();
    Images { count: members.len(), shape: pictures.shape, data: members.concat() }
}

/// A name as packs may hold it.
fn short(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let short: String = name.chars().map(plain).take(40).collect();
    let short = short.trim_matches('-');
    if short.is_empty() { "pictures".into() } else { short.into() }
}

//! `manifest.json` as types: what a pack holds, under which licence, and how to tell that each file is the right one.
//! [`Manifest::parse`] is the way in; what it returns has passed every check of [`Manifest::check`].

use super::{Budget, FORMAT, Limit, PackError, VERSION, base64, limits};
use crate::denoiser::ImageShape;
use crate::json::{self, Node, Read, reads};
use crate::network::config::NetworkConfig;
use crate::sampler::{Sampling, Solver};
use crate::schedule::{Grid, Schedule};
use crate::theory::{Calibration, LocalityPoint, Machine, Share, Shares, TheoryError};
use half::f16;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Everything about a pack but the bytes of its files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// Which format this is.
    pub format: Format,
    /// Short name, `[a-z0-9._-]`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Version of the pack, as its maker counts.
    pub version: String,
    /// Shape of every picture.
    pub image: ImageShape,
    /// The noise schedule that the networks were trained with.
    pub schedule: Schedule,
    /// Terms of data and weights.
    pub licence: Licence,
    /// What can be asked for; the index of a prompt is its class.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<PromptEntry>,
    /// The networks by name; none where training images are all that the analytic machines need.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, NetworkEntry>,
    /// The words of a pack that draws from free text, which has no prompts then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextEntry>,
    /// Training images by prompt name, or by shelf where the pack draws from free text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub training: BTreeMap<String, TrainingEntry>,
    /// A classifier that judges samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeEntry>,
    /// Length and hash of each file by name.
    pub files: BTreeMap<String, FileEntry>,
    /// What it may ask for.
    #[serde(skip)]
    pub(super) budget: Budget,
}

reads!(Manifest {
    format,
    name,
    title,
    version,
    image,
    schedule,
    licence,
    prompts = Vec::new(),
    networks = BTreeMap::new(),
    text,
    training = BTreeMap::new(),
    judge,
    files,
}, budget = Budget::here());

/// Name and version of the format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Format {
    /// Always [`FORMAT`].
    pub name: String,
    /// [`VERSION`].
    pub version: u32,
}

reads!(Format { name, version });

impl Default for Format {
    fn default() -> Self {
        Format { name: FORMAT.into(), version: VERSION }
    }
}

/// Terms of data and of weights, which often differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Licence {
    /// Of the training images.
    pub data: Terms,
    /// Of the weights.
    pub weights: Terms,
}

reads!(Licence { data, weights });

/// A licence and who is to be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// SPDX expression.
    pub licence: String,
    /// Whom to name, and for what.
    pub attribution: String,
    /// Where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

reads!(Terms { licence, attribution, url });

/// One thing that can be asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PromptEntry {
    /// Short name, `[a-z0-9._-]`.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// Other words for it, in the singular; a word that several entries list is ambiguous.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Words that are spelled almost like one of `words` and mean something else (“scandal”): never taken for a slip.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unlike: Vec<String>,
}

reads!(PromptEntry { name, label, words = Vec::new(), unlike = Vec::new() });

/// One network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkEntry {
    /// Name for people.
    pub title: String,
    /// Its architecture.
    pub config: NetworkConfig,
    /// Its weights.
    pub file: String,
    /// Guidance to use unless told otherwise; 1 for none.
    pub guidance: f64,
    /// Steps from noise to picture unless told otherwise, `1..=schedule::MAX_STEPS`; those of [`Sampling::default`] where
    /// it is missing.
    #[serde(skip_serializing_if = "are_usual_steps")]
    pub steps: usize,
    /// Where they lie.
    #[serde(skip_serializing_if = "is_usual")]
    pub grid: Grid,
    /// How each is taken.
    #[serde(skip_serializing_if = "is_usual")]
    pub solver: Solver,
    /// The window `k(t)` of each analytic machine, calibrated against this network, by machine name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub locality: BTreeMap<String, Vec<Locality>>,
    /// How much of the machine `blend` is patches at which time, and how much of those all windows that cover a pixel say, fitted to
    /// this network; one half and nothing where it is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blend: Vec<Share>,
    /// One known answer, by which a device shows that it computes rightly.
    pub test: TestVector,
}

reads!(NetworkEntry {
    title,
    config,
    file,
    guidance,
    steps = usual_steps(),
    grid = Grid::default(),
    solver = Solver::default(),
    locality = BTreeMap::new(),
    blend = Vec::new(),
    test,
});

impl NetworkEntry {
    /// A network that nothing was calibrated against yet.
    pub fn new(
        title: String,
        config: NetworkConfig,
        file: String,
        guidance: f64,
        sampling: Sampling,
        test: TestVector,
    ) -> NetworkEntry {
        let Sampling { steps, grid, solver } = sampling;
        let (locality, blend) = (BTreeMap::new(), Vec::new());
        NetworkEntry { title, config, file, guidance, steps, grid, solver, locality, blend, test }
    }

    /// How it draws unless told otherwise.
    pub fn sampling(&self) -> Sampling {
        Sampling { steps: self.steps, grid: self.grid, solver: self.solver }
    }

    /// What was calibrated for `machine` against this network. Without a locality where `k(t)` of a local one was not
    /// measured.
    ///
    /// # Errors
    /// [`TheoryError`] where what is written here makes no sense.
    pub fn calibration(&self, machine: Machine) -> Result<Calibration, TheoryError> {
        // A blend sees as far as was measured for itself, or else for the patches in it.
        let own = self.locality.get(machine.name());
        let measured = own.or_else(|| self.locality.get(machine.sees_as().name())).filter(|_| machine.is_local());
        let points = |list: &Vec<Locality>| list.iter().copied().map(LocalityPoint::from).collect();
        let locality = measured.map(|list| crate::theory::Locality::measured(points(list))).transpose()?;
        let shares = if self.blend.is_empty() { Shares::default() } else { Shares::measured(self.blend.clone())? };
        Ok(Calibration { locality, shares })
    }
}

fn usual_steps() -> usize {
    Sampling::default().steps
}

fn are_usual_steps(steps: &usize) -> bool {
    *steps == usual_steps()
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The side of the window that explains a network best at one time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Locality {
    /// Time in `(0, 1]`.
    pub t: f64,
    /// Side of the window in pixels, odd.
    pub k: usize,
    /// Pixels that its edge falls off over, 1 to `(k + 1) / 2` ([`crate::theory::Sight`]); 1, a hard edge, where it is missing.
    #[serde(skip_serializing_if = "is_hard")]
    pub soft: usize,
}

fn hard() -> usize {
    1
}

fn is_hard(soft: &usize) -> bool {
    *soft == 1
}

impl Locality {
    /// A window with a hard edge.
    pub fn hard(t: f64, k: usize) -> Locality {
        Locality { t, k, soft: 1 }
    }
}

impl From<LocalityPoint> for Locality {
    fn from(LocalityPoint { t, window, soft }: LocalityPoint) -> Self {
        Locality { t, k: window, soft }
    }
}

impl From<Locality> for LocalityPoint {
    fn from(Locality { t, k, soft }: Locality) -> Self {
        LocalityPoint { t, window: k, soft }
    }
}

reads!(Locality { t, k, soft = hard() });

/// One known answer of a network: `x̂₀` for the noise of `seed` (stream 0) at time `t`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestVector {
    /// Seed of the noise `[C, H, W]`; below 2⁵³, so that JavaScript can hold it.
    pub seed: u64,
    /// Time in `(0, 1]`.
    pub t: f64,
    /// Class, or null for the null condition.
    pub condition: Option<usize>,
    /// `x̂₀` `[C, H, W]` as base64 of little-endian f16.
    pub expected: String,
}

reads!(TestVector { seed, t, condition, expected });

impl TestVector {
    /// A test vector that expects `answer` `[C, H, W]`, rounded to f16.
    pub fn new(seed: u64, t: f64, condition: Option<usize>, answer: &[f32]) -> Self {
        let bytes: Vec<u8> = answer.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect();
        TestVector { seed, t, condition, expected: base64::encode(&bytes) }
    }

    /// The expected `x̂₀` `[C, H, W]`.
    ///
    /// # Errors
    /// [`PackError::Manifest`] unless it is base64 of finite values, as many as `shape` has.
    pub fn answer(&self, shape: ImageShape) -> Result<Vec<f32>, PackError> {
        let fail = |message: &str| Err(PackError::Manifest(format!("the test vector {message}")));
        let Some(bytes) = base64::decode(&self.expected) else { return fail("is not base64") };
        let values: Vec<f32> = bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect();
        if !bytes.len().is_multiple_of(2) || values.len() != shape.len() {
            return fail(&format!("should hold {} f16 values, has {} bytes", shape.len(), bytes.len()));
        }
        if values.iter().any(|value| !value.is_finite()) {
            return fail("holds values that are not finite");
        }
        Ok(values)
    }
}

/// What a pack knows of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextEntry {
    /// JSON list of the known words; word `n` is row `n` of a network's table.
    pub words: String,
    /// Number of words.
    pub count: usize,
    /// How many of them, from the first on, name a style and no thing.
    pub styles: usize,
    /// Other words for styles: the index of the style by word.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, usize>,
    /// What the words of other languages mean, one file a language (`de`, `ja`), fetched when it is used.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, String>,
    /// Prompts worth trying, for a page to offer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Zlib-compressed JSON: what the training images show ([`super::captions::Captions`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captions: Option<String>,
}

reads!(TextEntry {
    words,
    count,
    styles,
    aliases = BTreeMap::new(),
    languages = BTreeMap::new(),
    examples = Vec::new(),
    captions,
});

/// The training images of one prompt or shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingEntry {
    /// Zlib-compressed safetensors with one u8 tensor `images` `[N, C, H, W]`.
    pub file: String,
    /// Number of images, N.
    pub count: usize,
}

reads!(TrainingEntry { file, count });

/// A small classifier that judges samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeEntry {
    /// Its weights.
    pub file: String,
    /// Number of classes that it tells apart.
    pub classes: usize,
    /// Share of real test images that it gets right, in `[0, 1]`.
    pub accuracy: f64,
    /// Name and shape of each tensor.
    pub tensors: BTreeMap<String, Vec<usize>>,
}

reads!(JudgeEntry { file, classes, accuracy, tensors });

/// How to tell that a file is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileEntry {
    /// Length.
    pub bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

reads!(FileEntry { bytes, sha256 });

impl FileEntry {
    /// Length and hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hex = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        let sha256 = digest.iter().flat_map(|&byte| [hex(byte >> 4), hex(byte & 15)]).collect();
        FileEntry { bytes: bytes.len() as u64, sha256 }
    }
}

impl Manifest {
    /// Reads and checks `manifest.json`, within [`Budget::here`].
    ///
    /// # Errors
    /// [`PackError::TooLarge`] beyond a limit, [`PackError::Version`] for another format or version,
    /// [`PackError::Manifest`] for everything else.
    pub fn parse(json: &[u8]) -> Result<Self, PackError> {
        Manifest::parse_within(json, Budget::here())
    }

    /// Reads and checks `manifest.json`; neither it nor its files may ask for more than `budget`.
    ///
    /// # Errors
    /// As [`Manifest::parse`].
    pub fn parse_within(json: &[u8], budget: Budget) -> Result<Self, PackError> {
        budget.hold(Limit::Manifest, super::MANIFEST, json.len() as u64)?;
        let tree = json::parse::<Node>(json).map_err(PackError::Manifest)?;
        // First what tells formats apart, so that a newer manifest is met with a word on versions and not on a field.
        if let Node::Object(fields) = &tree
            && let Some((_, format)) = fields.iter().find(|(key, _)| key == "format")
            && let Ok(format) = Format::read(format.clone())
            && format != Format::default()
        {
            let expected = format!("{FORMAT} {VERSION}");
            let name: String = format.name.chars().take(limits::NAME).collect();
            return Err(PackError::Version { expected, found: format!("{name} {}", format.version) });
        }
        let mut manifest = Manifest::read(tree).map_err(|fault| PackError::Manifest(fault.to_string()))?;
        manifest.budget = budget;
        manifest.check()?;
        Ok(manifest)
    }

    /// The network called `name`.
    ///
    /// # Errors
    /// [`PackError::Unknown`] with the names there are.
    pub fn network(&self, name: &str) -> Result<&NetworkEntry, PackError> {
        find(&self.networks, "network", name)
    }

    /// What is known of a file.
    ///
    /// # Errors
    /// [`PackError::Unknown`] with the names there are.
    pub fn file(&self, name: &str) -> Result<&FileEntry, PackError> {
        find(&self.files, "file", name)
    }

    /// Checks that `bytes`, as fetched, are the file called `name`.
    ///
    /// # Errors
    /// [`PackError::Unknown`], [`PackError::Truncated`] or [`PackError::Tampered`].
    pub fn verify(&self, name: &str, bytes: &[u8]) -> Result<(), PackError> {
        let entry = self.file(name)?;
        let (file, found) = (name.to_string(), bytes.len() as u64);
        if found < entry.bytes {
            return Err(PackError::Truncated { file, expected: entry.bytes, found });
        }
        if found > entry.bytes {
            let (expected, found) = (format!("{} bytes", entry.bytes), format!("{found} bytes"));
            return Err(PackError::Tampered { file, expected, found });
        }
        let found = FileEntry::of(bytes).sha256;
        if found != entry.sha256 {
            let (expected, found) = (format!("SHA-256 {}", entry.sha256), format!("SHA-256 {found}"));
            return Err(PackError::Tampered { file, expected, found });
        }
        Ok(())
    }
}

/// Looks `name` up, or says which names there are.
pub(super) fn find<'a, V>(map: &'a BTreeMap<String, V>, what: &'static str, name: &str) -> Result<&'a V, PackError> {
    map.get(name).ok_or_else(|| {
        let known: Vec<&str> = map.keys().take(20).map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_string() } else { known.join(", ") };
        PackError::Unknown { what, name: name.chars().take(limits::NAME).collect(), known }
    })
}

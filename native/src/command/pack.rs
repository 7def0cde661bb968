//! `morphogen pack`: makes, fills and checks model packs.

use super::CommandError;
use super::number::{MANY, number};
use super::sampling::SamplingArgs;
use super::{captioned, known};
use crate::network::BurnDenoiser;
use crate::train::captions;
use crate::train::checkpoint::{run_image, run_result};
use crate::train::data::Split;
use burn::tensor::Device;
use clap::{Args, Subcommand, ValueEnum};
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::files;
use morphogen::pack::{Images, Licence, NetworkDraft, Pack, PackDraft, PackWriter, Precision, PromptEntry, TestVector};
use morphogen::sampler::terms::MAX_WEIGHT;
use morphogen::sampler::{Sampling, noise};
use morphogen::schedule::Schedule;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Options of `morphogen pack`.
#[derive(Debug, Args)]
pub struct PackArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Begin a pack
    #[command(after_help = "\
Examples:
  morphogen pack create mine --draft shapes.json --prompts prompts.json
  morphogen pack create drawings --draft drawings.json")]
    Create {
        /// Folder of the pack
        pack: PathBuf,
        /// JSON with name, title, version, image shape, schedule and licence
        #[arg(long)]
        draft: PathBuf,
        /// JSON list of what can be asked for; the order is that of the classes. A pack that draws from free text has none
        #[arg(long)]
        prompts: Option<PathBuf>,
    },
    /// Add or replace a network, from the folder of a training run
    #[command(after_help = "\
Examples:
  morphogen pack network mine --run runs/shapes --name unet --title Mine --guidance 1.5")]
    Network {
        /// Folder of the pack
        pack: PathBuf,
        /// Folder of the run
        #[arg(long)]
        run: PathBuf,
        /// Name in the pack
        #[arg(long)]
        name: String,
        /// Name for people
        #[arg(long)]
        title: String,
        /// Guidance to use unless told otherwise
        #[arg(long, value_parser = number(-MAX_WEIGHT, MAX_WEIGHT), default_value_t = 1.0)]
        guidance: f64,
        #[command(flatten)]
        sampling: SamplingArgs,
        /// How the weights are stored
        #[arg(long, value_enum, default_value = "f16")]
        precision: PrecisionArg,
        /// Do not measure how well it knows the captions of the pack, where the pack has some
        #[arg(long)]
        unmeasured: bool,
    },
    /// Measure how well a network knows the captions of the pack
    #[command(after_help = "\
Examples:
  morphogen pack captions drawings --network unet")]
    Captions {
        /// Folder of the pack
        pack: PathBuf,
        /// Which of its networks
        #[arg(long)]
        network: String,
    },
    /// State anew how to draw with a network, whose weights stay as they are
    #[command(after_help = "\
Examples:
  morphogen pack sampling mine --network unet --steps 8 --grid early --solver dpm-solver")]
    Sampling {
        /// Folder of the pack
        pack: PathBuf,
        /// Which of its networks
        #[arg(long)]
        network: String,
        #[command(flatten)]
        sampling: SamplingArgs,
        /// Guidance to use unless told otherwise; as it is unless given
        #[arg(long, value_parser = number(-MAX_WEIGHT, MAX_WEIGHT))]
        guidance: Option<f64>,
    },
    /// Add the vocabulary of captioned data
    #[command(after_help = "\
Examples:
  morphogen pack words drawings --data data/drawings --extras extras.json")]
    Words {
        /// Folder of the pack
        pack: PathBuf,
        /// Folder with the captions
        #[arg(long)]
        data: PathBuf,
        /// Folder with what the words of other languages mean, one `LANGUAGE.json` each
        #[arg(long)]
        languages: Option<PathBuf>,
        /// JSON with `examples`, prompts worth trying, and `aliases`, other words for styles
        #[arg(long)]
        extras: Option<PathBuf>,
    },
    /// Say which caption everyday words mean where they stand alone
    #[command(after_help = "\
Examples:
  morphogen pack usual drawings --words usual.json")]
    Usual {
        /// Folder of the pack
        pack: PathBuf,
        /// JSON that maps words to labels of captions: {"moon": "full moon"}
        #[arg(long)]
        words: PathBuf,
    },
    /// Add the first images of each class, or all captioned ones, for the theory
    #[command(after_help = "\
Examples:
  morphogen pack training mine --data shapes --count 600")]
    Training {
        /// Folder of the pack
        pack: PathBuf,
        /// Folder with the data, as for `train`
        #[arg(long)]
        data: PathBuf,
        /// Images per class
        #[arg(long, value_parser = number(1, MANY), default_value_t = 600)]
        count: usize,
    },
    /// Check every file of a pack
    #[command(after_help = "\
Examples:
  morphogen pack check mine")]
    Check {
        /// Folder of the pack
        pack: PathBuf,
    },
}

/// How weights are stored, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PrecisionArg {
    /// Four bytes a value
    F32,
    /// Two bytes a value
    F16,
    /// One byte a value, compressed
    I8,
    /// Seven bits a value, compressed
    I7,
}

impl From<PrecisionArg> for Precision {
    fn from(precision: PrecisionArg) -> Self {
        match precision {
            PrecisionArg::F32 => Precision::F32,
            PrecisionArg::F16 => Precision::F16,
            PrecisionArg::I8 => Precision::I8,
            PrecisionArg::I7 => Precision::I7,
        }
    }
}

/// What people know of a vocabulary, as a JSON file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extras {
    examples: Vec<String>,
    /// Number of the style by word.
    aliases: BTreeMap<String, usize>,
}

/// What a pack begins with, as a JSON file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    name: String,
    title: String,
    version: String,
    image: ImageShape,
    #[serde(default)]
    schedule: Schedule,
    licence: Licence,
}

impl Draft {
    /// Reads a draft.
    ///
    /// # Errors
    /// [`CommandError::File`] where it is missing or not such JSON.
    pub fn read(path: &Path) -> Result<Self, CommandError> {
        read_json(path)
    }

    /// The draft with its prompts.
    pub fn pack(self, prompts: Vec<PromptEntry>) -> PackDraft {
        let Draft { name, title, version, image, schedule, licence } = self;
        PackDraft { name, title, version, image, schedule, licence, prompts }
    }
}

/// Seed and time of every test vector: half noise, where both of the network's jobs (tone and detail) show.
const TEST_SEED: u64 = 7;
const TEST_TIME: f64 = 0.5;

/// Runs `morphogen pack`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn pack(args: &PackArgs) -> Result<(), CommandError> {
    match &args.action {
        Action::Create { pack, draft, prompts } => {
            let prompts: Vec<PromptEntry> = prompts.as_deref().map_or(Ok(Vec::new()), read_json)?;
            let count = prompts.len();
            PackWriter::create(pack, Draft::read(draft)?.pack(prompts))?.finish()?;
            say!("{}: a new pack with {count} prompts", pack.display());
        }
        Action::Network { pack, run, name, title, guidance, sampling, precision, unmeasured } => {
            let precision = Precision::from(*precision);
            let mut writer = PackWriter::update(pack)?;
            let (config, schedule, weights) = run_result(run)?;
            let (shape, packed) = (writer.manifest().image, writer.manifest().schedule);
            if schedule != packed {
                let message = format!("the run used the schedule {schedule:?}, the pack says {packed:?}");
                return Err(CommandError::Usage(message));
            }
            if let Some(image) = run_image(run)?.filter(|&image| image != shape) {
                let message = format!("the run has drawn pictures of {image}, but the pack has {shape}");
                return Err(CommandError::Usage(format!("{message}; give a run on pictures of that size")));
            }
            let rounded = precision.round(&weights);
            let denoiser = BurnDenoiser::on(&config, &rounded, shape, Device::flex())?;
            let test = test_vector(denoiser, schedule, shape)?;
            let (title, guidance, sampling) = (title.clone(), *guidance, sampling.over(Sampling::default()));
            let draft = NetworkDraft { title, config, guidance, sampling, precision, test };
            writer.network(name, draft, &weights)?;
            let text = writer.finish()?.manifest().text.clone();
            say!("{}: the network {name}", pack.display());
            if !unmeasured && text.is_some_and(|text| text.captions.is_some()) {
                known::write(pack, name)?;
            }
        }
        Action::Captions { pack, network } => known::write(pack, network)?,
        Action::Sampling { pack, network, sampling, guidance } => {
            let mut writer = PackWriter::update(pack)?;
            let stated = sampling.of(writer.manifest().network(network)?);
            writer.sampling(network, stated)?;
            if let (Some(entry), Some(guidance)) = (writer.manifest().networks.get_mut(network), guidance) {
                entry.guidance = *guidance;
            }
            let pack = writer.finish()?;
            say!("{network}: {stated}, guidance {}", pack.manifest().network(network)?.guidance);
        }
        Action::Training { pack, data, count } => {
            let mut writer = PackWriter::update(pack)?;
            if data.join(captions::FILE).is_file() {
                captioned::shelves(&mut writer, data)?;
                told(pack, &writer.finish()?);
                return Ok(());
            }
            let shape = writer.manifest().image;
            let data = super::dataset(data, Split::Train, Some(shape.width))?;
            if data.shape != shape {
                let message = format!("the pack has pictures of {shape}, but the data has {}", data.shape);
                return Err(CommandError::Usage(format!("{message}; give the data that the pack is made of")));
            }
            let names: Vec<String> = writer.manifest().prompts.iter().map(|prompt| prompt.name.clone()).collect();
            if data.classes != names.len() {
                let (found, folders) = (data.classes, data.names.join(", "));
                let message =
                    format!("the pack has {} prompts, but the data has {found} classes {folders}", names.len());
                return Err(CommandError::Usage(format!("{message}; give one prompt for each class, in their order")));
            }
            for (class, name) in names.iter().enumerate() {
                let members = (0..data.len()).filter(|&n| data.labels[n] == class).take(*count);
                let length = data.shape.len();
                let bytes: Vec<u8> =
                    members.flat_map(|n| &data.images[n * length..(n + 1) * length]).copied().collect();
                let images = Images { count: bytes.len() / length, shape: data.shape, data: bytes };
                writer.training(name, &images)?;
            }
            told(pack, &writer.finish()?);
        }
        Action::Words { pack, data, languages, extras } => {
            let mut writer = PackWriter::update(pack)?;
            captioned::words(&mut writer, data, languages.as_deref())?;
            if let (Some(text), Some(path)) = (&mut writer.manifest().text, extras) {
                let extras: Extras = read_json(path)?;
                (text.examples, text.aliases) = (extras.examples, extras.aliases);
            }
            let written = writer.finish()?;
            say!("{}: {} words", pack.display(), written.manifest().text()?.count);
        }
        Action::Usual { pack, words } => {
            let words = read_json(words)?;
            captioned::usual(pack, &words)?;
            say!("{}: what {} words mean alone", pack.display(), words.len());
        }
        Action::Check { pack } => {
            let report = Pack::open(pack)?.check();
            say!("{report}");
            if !report.is_good() {
                return Err(CommandError::Usage("the pack is not good".into()));
            }
        }
    }
    Ok(())
}

/// Says which training images a pack holds now.
fn told(folder: &Path, pack: &Pack) {
    let training = &pack.manifest().training;
    let count: usize = training.values().map(|entry| entry.count).sum();
    say!("{}: {count} training images in {} files", folder.display(), training.len());
}

fn test_vector(mut denoiser: BurnDenoiser, schedule: Schedule, shape: ImageShape) -> Result<TestVector, CommandError> {
    let mut x = vec![0.0; shape.len()];
    noise::fill(TEST_SEED, 0, &mut x);
    let answer = denoiser
        .denoise(&x, schedule.at(TEST_TIME), &[Condition::Null])
        .map_err(morphogen::network::NetworkError::from)?;
    Ok(TestVector::new(TEST_SEED, TEST_TIME, None, &answer))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, CommandError> {
    let bytes = files::read(path).map_err(|error| CommandError::file(path, error))?;
    serde_json::from_slice(&bytes).map_err(|error| CommandError::file(path, error))
}

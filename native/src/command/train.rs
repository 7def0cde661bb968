//! `morphogen train`: trains a network on a data set, with checkpoints, a loss curve and sample sheets in the run's
//! folder. Run it again with the same options to resume.

use super::CommandError;
use super::backend::Backend;
use super::number::{LONG, MANY, number};
use crate::train::data::{Dataset, Split};
use crate::train::settings::Settings;
use crate::train::trainer::Trainer;
use clap::{Args, ValueEnum};
use morphogen::network::config::{
    Architecture, ConditionKind, Modulation, NetworkConfig, Normalisation, Padding, Prediction,
};
use morphogen::pack::limits::SIDE;
use morphogen::schedule::Schedule;
use std::path::PathBuf;

/// Share of images that are turned in hue unless told otherwise.
const HUE: f64 = 0.2;

/// Options of `morphogen train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Folder with IDX files (Fashion-MNIST), with captioned images, or with one sub-folder of images per class
    #[arg(long)]
    data: PathBuf,
    /// Folder of the run: checkpoints, loss curve, sample sheet; resumed where it exists
    #[arg(long)]
    run: PathBuf,
    /// Which network
    #[arg(long, value_enum, default_value = "unet")]
    network: Preset,
    /// Channels per UNet level, finest first; for the ResNet its one width
    #[arg(long, value_parser = number::<usize>(1, 4096), value_delimiter = ',', default_value = "32,64,128")]
    widths: Vec<usize>,
    /// The UNet level whose pixels attend to each other, 0 for the finest; the lowest unless given
    #[arg(long, value_parser = number::<usize>(0, 16))]
    attention_level: Option<usize>,
    /// Groups of the normalisation, 0 for none; 8 for the attention network unless given, else 0
    #[arg(long, value_parser = number::<usize>(0, 4096))]
    groups: Option<usize>,
    /// Convolutions of the ResNet
    #[arg(long, value_parser = number::<usize>(1, 1000), default_value_t = 8)]
    layers: usize,
    /// Width of the time and condition embedding
    #[arg(long, value_parser = number::<usize>(1, 4096), default_value_t = 64)]
    embedding: usize,
    /// Length of a word's row, for data with captions
    #[arg(long, value_parser = number::<usize>(1, 4096), default_value_t = 96)]
    words: usize,
    /// Beyond the border
    #[arg(long, value_enum, default_value = "zeros")]
    padding: PaddingArg,
    /// What the network predicts
    #[arg(long, value_enum, default_value = "velocity")]
    prediction: PredictionArg,
    /// How time and prompt act on a hidden channel: they shift it, or scale it as well
    #[arg(long, value_enum, default_value = "shift")]
    modulation: ModulationArg,
    /// Resize folder images to SIZE × SIZE; captioned ones must have that size already
    #[arg(long, value_parser = number(1, SIDE))]
    size: Option<usize>,
    /// Passes over the data; may be changed on resuming
    #[arg(long, value_parser = number(1, LONG), default_value_t = 60)]
    epochs: usize,
    /// Images per step
    #[arg(long, value_parser = number(1, LONG), default_value_t = 128)]
    batch: usize,
    /// Peak learning rate
    #[arg(long, value_parser = number(0.0, 10.0), default_value_t = 1e-3)]
    learning_rate: f64,
    /// Decay of the running average of weights
    #[arg(long, value_parser = number(0.0, 1.0), default_value_t = 0.999)]
    ema: f64,
    /// Share of images whose class is hidden from the network, for guidance
    #[arg(long, value_parser = number(0.0, 1.0), default_value_t = 0.1)]
    drop_condition: f64,
    /// Leans the times towards noise, where a prompt is needed most: 0 for even times, 2 for two thirds above 0.7
    #[arg(long, value_parser = number(0.0, 1000.0), default_value_t = 0.0)]
    time_skew: f64,
    /// Share of images that are turned in hue and called by their new colours, of those that may be; 0.2 unless given,
    /// if the data has such
    #[arg(long, value_parser = number(0.0, 1.0))]
    hue: Option<f64>,
    /// Begin with the result of another run, whose network this one has within it
    #[arg(long)]
    start: Option<PathBuf>,
    /// Fixes initial weights and every draw
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to compute
    #[arg(long, value_enum, default_value = "flex")]
    backend: Backend,
    /// Number format of the convolutions
    #[arg(long, value_enum, default_value = "auto")]
    precision: PrecisionArg,
    /// Steps between checkpoints
    #[arg(long, value_parser = number(1, MANY), default_value_t = 500)]
    every: usize,
    /// Stop after this step of the run; the same command without it goes on
    #[arg(long, value_parser = number(0, MANY))]
    until: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Preset {
    /// Convolutions only, no normalisation: local, the paper's kind
    Unet,
    /// The same with group normalisation and self-attention at the lowest resolution
    Attention,
    /// Residual convolutions at full resolution
    Resnet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PaddingArg {
    Zeros,
    Circular,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PredictionArg {
    Noise,
    Velocity,
    Clean,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ModulationArg {
    Shift,
    ScaleShift,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PrecisionArg {
    /// bf16 on libtorch, f32 elsewhere
    Auto,
    F32,
    Bf16,
}

impl From<PaddingArg> for Padding {
    fn from(padding: PaddingArg) -> Self {
        match padding {
            PaddingArg::Zeros => Padding::Zeros,
            PaddingArg::Circular => Padding::Circular,
        }
    }
}

impl From<PredictionArg> for Prediction {
    fn from(prediction: PredictionArg) -> Self {
        match prediction {
            PredictionArg::Noise => Prediction::Noise,
            PredictionArg::Velocity => Prediction::Velocity,
            PredictionArg::Clean => Prediction::Clean,
        }
    }
}

impl From<ModulationArg> for Modulation {
    fn from(modulation: ModulationArg) -> Self {
        match modulation {
            ModulationArg::Shift => Modulation::Shift,
            ModulationArg::ScaleShift => Modulation::ScaleShift,
        }
    }
}

impl TrainArgs {
    fn config(&self, data: &Dataset) -> Result<NetworkConfig, CommandError> {
        let architecture = match (self.network, &self.widths[..]) {
            (Preset::Resnet, [width]) => Architecture::ResNet { width: *width, layers: self.layers },
            (Preset::Resnet, widths) => {
                let message = format!("the resnet has one width, found {widths:?}; give for example --widths 64");
                return Err(CommandError::Usage(message));
            }
            (preset, widths) => {
                let attention_heads = if preset == Preset::Attention { 4 } else { 0 };
                Architecture::UNet { widths: widths.to_vec(), attention_heads, attention_level: self.attention_level }
            }
        };
        let groups = self.groups.unwrap_or(if self.network == Preset::Attention { 8 } else { 0 });
        let condition = match &data.captions {
            Some(captions) => ConditionKind::Words { count: captions.vocabulary.len(), width: self.words },
            None => ConditionKind::Class { count: data.classes },
        };
        Ok(NetworkConfig {
            channels: data.shape.channels,
            padding: self.padding.into(),
            normalisation: if groups > 0 { Normalisation::Group { groups } } else { Normalisation::None },
            embedding: self.embedding,
            prediction: self.prediction.into(),
            modulation: self.modulation.into(),
            ..NetworkConfig::new(architecture, condition)
        })
    }
}

/// Runs `morphogen train`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn train(args: &TrainArgs) -> Result<(), CommandError> {
    let data = super::dataset(&args.data, Split::Train, args.size)?;
    let bf16 = match args.precision {
        PrecisionArg::Auto => matches!(args.backend, Backend::Libtorch | Backend::LibtorchCuda),
        PrecisionArg::F32 => false,
        PrecisionArg::Bf16 => true,
    };
    let settings = Settings {
        network: args.config(&data)?,
        schedule: Schedule::Cosine,
        seed: args.seed,
        epochs: args.epochs,
        batch: args.batch,
        learning_rate: args.learning_rate,
        warmup: 500,
        ema: args.ema,
        clip: 1.0,
        drop_condition: args.drop_condition,
        hue: args.hue.unwrap_or(if data.has_hues() { HUE } else { 0.0 }),
        time_skew: args.time_skew,
        start: args.start.clone(),
        bf16,
    };
    let mut trainer = Trainer::new(settings, &data, &args.run, args.backend.device()?)?;
    let bar = super::progress_bar(trainer.steps()).with_position(trainer.progress().step as u64);
    bar.reset_eta();
    let mut mean = f32::NAN;
    trainer.run(args.every, args.until, |report| {
        mean = if mean.is_nan() { report.loss } else { 0.99 * mean + 0.01 * report.loss };
        let rate = bar.per_sec() * args.batch as f64;
        bar.set_message(format!("loss {mean:.4}, {rate:.0} images/s"));
        bar.inc(1);
        if bar.is_hidden() && report.step % 100 == 0 {
            say!("step {}/{}: loss {mean:.4}, {rate:.0} images/s", report.step, report.steps);
        }
    })?;
    bar.finish();
    say!("{}: {} steps, checkpoint, loss.png, samples.png", args.run.display(), trainer.progress().step);
    Ok(())
}

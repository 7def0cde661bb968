//! The native command: its line ([`cli`]) and its subcommands, one file each. What they share is here: errors, progress bars,
//! opening a network of a pack.

/// Prints a line as [`println!`] does; where nobody reads any more (`morphogen … | head`), the command ends quietly.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::command::said(&format_args!($($words)*))
    };
}

pub mod backend;
pub mod calibrate;
mod captioned;
pub mod cli;
mod curve;
pub mod denoise;
mod drawing;
pub mod emoji;
mod errors;
pub mod evaluate;
mod frames;
mod images;
pub mod judge;
mod known;
pub mod large;
pub mod learn;
mod likeness;
mod machine;
mod mend;
mod mix;
pub mod morph;
mod named;
pub mod novelty;
mod number;
mod output;
pub mod pack;
pub mod quality;
pub mod sample;
mod sampling;
pub mod seams;
pub mod steps;
mod sticker;
mod subject;
pub mod train;
pub mod uturn;

use crate::network::BurnDenoiser;
use crate::train::TrainError;
use crate::train::data::{Dataset, Split};
use indicatif::{ProgressBar, ProgressStyle};
use morphogen::export::ExportError;
use morphogen::gpu::GpuError;
use morphogen::learn::LearnError;
use morphogen::network::NetworkError;
use morphogen::pack::{Pack, PackError};
use morphogen::sampler::SampleError;
use morphogen::sampler::morph::MorphError;
use morphogen::session::DrawError;
use morphogen::session::ask::AskError;
use morphogen::session::device::{Candidate, Device, OnDevice};
use morphogen::theory::large::LargeError;
use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A subcommand failed; the message says why and what to do.
#[derive(Debug, Error)]
pub enum CommandError {
    /// Training or its data failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The pack is not usable.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A prompt is not understood, or there is no such caption.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The network cannot learn.
    #[error(transparent)]
    Learn(#[from] LearnError),
    /// The network is not usable.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Sampling failed.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The GPU failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// Nothing can be drawn there.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// The film cannot be made so.
    #[error(transparent)]
    Morph(#[from] MorphError),
    /// Nothing large can be drawn so.
    #[error(transparent)]
    Large(#[from] LargeError),
    /// The film cannot be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A file could not be written or read.
    #[error("{}: {message}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What went wrong.
        message: String,
    },
    /// An option does not fit.
    #[error("{0}")]
    Usage(String),
}

impl CommandError {
    /// A complaint about a file.
    pub(crate) fn file(path: impl Into<PathBuf>, error: impl ToString) -> Self {
        CommandError::File { path: path.into(), message: error.to_string() }
    }
}

/// A bar with rate and time left.
pub(crate) fn progress_bar(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    match ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A network of a pack on a burn device.
pub(crate) fn network(pack: &Pack, name: &str, device: burn::tensor::Device) -> Result<BurnDenoiser, CommandError> {
    let entry = pack.manifest().network(name)?;
    Ok(BurnDenoiser::on(&entry.config, &pack.weights(name)?, pack.manifest().image, device)?)
}

/// A network of a pack on the GPU; it has answered the pack's test vector.
pub(crate) fn network_on_gpu(pack: &Pack, name: &str) -> Result<OnDevice, CommandError> {
    let (manifest, weights) = (pack.manifest(), &pack.weights(name)?);
    let candidate = Candidate { manifest, entry: manifest.network(name)?, weights };
    Ok(pollster::block_on(candidate.on(Device::Gpu))?.network)
}

/// The network of this name, or the first by name, as the page has it.
pub(crate) fn network_name<'a>(pack: &'a Pack, asked: Option<&'a str>) -> Result<&'a str, CommandError> {
    let first = || pack.manifest().networks.keys().next().map(String::as_str);
    asked.or_else(first).ok_or_else(|| {
        CommandError::Usage("the pack has no network; add one with `morphogen pack network`, or give --machine".into())
    })
}

/// Opens a data set, and says what was left out of it.
pub(crate) fn dataset(folder: &Path, split: Split, size: Option<usize>) -> Result<Dataset, CommandError> {
    let data = Dataset::open(folder, split, size)?;
    if data.skipped.count > 0 {
        note(&format_args!("{}: {}", folder.display(), data.skipped));
    }
    Ok(data)
}

/// Prints `line` for [`say!`]. Where nobody reads any more, the command ends quietly; where there is no room for it, in
/// words.
pub(crate) fn said(line: &dyn Display) {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            note(&format_args!("morphogen: standard output: {error}"));
            std::process::exit(1);
        }
    }
}

/// Prints a line to standard error. Where it cannot be written, there is nobody left to tell.
pub fn note(line: &dyn Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

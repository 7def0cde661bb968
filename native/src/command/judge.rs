//! `morphogen judge`: trains the classifier that grades samples, states its test accuracy, and writes it as a pack.

use super::CommandError;
use super::backend::Backend;
use super::number::{LONG, number};
use super::pack::Draft;
use crate::network::judge::Judge;
use crate::train::data::Split;
use crate::train::judge;
use clap::Args;
use morphogen::pack::limits::SIDE;
use morphogen::pack::{PackWriter, Precision};
use std::path::PathBuf;

/// Options of `morphogen judge`.
#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// Folder with the data, as for `train`; it must hold a test set
    #[arg(long)]
    data: PathBuf,
    /// JSON with the pack's name, title, licence and so on
    #[arg(long)]
    draft: PathBuf,
    /// Folder of the pack to write
    #[arg(long)]
    pack: PathBuf,
    /// Resize folder images to SIZE × SIZE
    #[arg(long, value_parser = number(1, SIDE))]
    size: Option<usize>,
    /// Passes over the data
    #[arg(long, value_parser = number(1, LONG), default_value_t = 10)]
    epochs: usize,
    /// Images per step
    #[arg(long, value_parser = number(1, LONG), default_value_t = 128)]
    batch: usize,
    /// Fixes initial weights and every draw
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to compute
    #[arg(long, value_enum, default_value = "flex")]
    backend: Backend,
}

/// Runs `morphogen judge`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn judge(args: &JudgeArgs) -> Result<(), CommandError> {
    let train = super::dataset(&args.data, Split::Train, args.size)?;
    let test = super::dataset(&args.data, Split::Test, args.size)?;
    let device = args.backend.device()?;
    let mut writer = PackWriter::create(&args.pack, Draft::read(&args.draft)?.pack(Vec::new()))?;
    let bar = super::progress_bar(train.len() / args.batch.max(1) * args.epochs);
    let weights = judge::train(&train, args.epochs, args.batch, args.seed, &device, |step, steps, loss| {
        bar.inc(1);
        bar.set_message(format!("loss {loss:.3}"));
        if bar.is_hidden() && step % 100 == 0 {
            say!("step {step}/{steps}: loss {loss:.3}");
        }
    })?;
    bar.finish();
    // Rounded as it will be read, so that the stated accuracy is that of the file.
    let rounded = Precision::F16.round(&weights);
    let accuracy = judge::accuracy(&Judge::new(&rounded, &device)?, &test)?;
    writer.judge(&weights, Precision::F16, train.answers(), accuracy)?;
    writer.finish()?;
    say!("test accuracy {accuracy:.4} on {} images: {}", test.len(), args.pack.display());
    Ok(())
}

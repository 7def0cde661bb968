//! `morphogen emoji`: builds the emoji data set from the npm packages, and says what is in it.

use super::CommandError;
use super::number::number;
use crate::train::captions::CaptionSplit as Split;
use crate::train::emoji::{EmojiSet, languages, render};
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Options of `morphogen emoji`.
#[derive(Debug, Args)]
pub struct EmojiArgs {
    /// The node_modules folder with the packages of tools/emoji
    #[arg(long)]
    packages: PathBuf,
    /// Folder to write images.safetensors, captions.json and languages/ into
    #[arg(long)]
    output: PathBuf,
    /// Width and height of the pictures in pixels
    #[arg(long, value_parser = number(*render::SIZES.start(), *render::SIZES.end()), default_value_t = render::SIZE)]
    size: usize,
}

/// Runs `morphogen emoji`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn emoji(args: &EmojiArgs) -> Result<(), CommandError> {
    let set = EmojiSet::build(&args.packages, args.size)?;
    set.write(&args.output)?;
    say!("{}: the data set", args.output.display());
    let entries = &set.licensed.captions.entries;
    let count = |split| entries.iter().filter(|entry| entry.split == split).count();
    let codes: BTreeSet<_> = entries.iter().map(|entry| &entry.code).collect();
    let pairs: BTreeSet<_> = entries.iter().filter_map(|entry| entry.pair.as_ref()).collect();
    say!(
        "{} emoji in {} styles: {} images of {size} × {size} pixels",
        codes.len(),
        set.licensed.captions.styles.len(),
        set.len(),
        size = set.size
    );
    say!(
        "{} to train on; held out: {} for their style, {} for {} pairs of words",
        count(Split::Train),
        count(Split::Style),
        count(Split::Composition),
        pairs.len()
    );
    let turned = entries.iter().filter(|entry| !entry.hues.is_empty()).count();
    let variants: usize = entries.iter().map(|entry| entry.hues.len()).sum();
    say!("{turned} of these may be turned in hue, to {variants} variants");
    say!("{} words for prompts", set.licensed.captions.vocabulary().len());
    for (language, dictionary) in &set.languages {
        say!("{language}: {} words for {} English ones", dictionary.len(), languages::reach(dictionary));
    }
    Ok(())
}

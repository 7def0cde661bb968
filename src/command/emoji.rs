//! `morphogen emoji`: builds the emoji data set from the npm packages, and says what is in it.

use super::CommandError;
use crate::train::captions::CaptionSplit as Split;
use crate::train::emoji::{EmojiSet, languages};
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
}

/// Runs `morphogen emoji`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn emoji(args: &EmojiArgs) -> Result<(), CommandError> {
    let set = EmojiSet::build(&args.packages)?;
    set.write(&args.output)?;
    let entries = &set.licensed.captions.entries;
    let count = |split| entries.iter().filter(|entry| entry.split == split).count();
    let codes: BTreeSet<_> = entries.iter().map(|entry| &entry.code).collect();
    let pairs: BTreeSet<_> = entries.iter().filter_map(|entry| entry.pair.as_ref()).collect();
    println!("{} emoji in {} styles: {} images", codes.len(), set.licensed.captions.styles.len(), set.len());
    println!(
        "{} to train on; held out: {} for their style, {} for {} pairs of words",
        count(Split::Train),
        count(Split::Style),
        count(Split::Composition),
        pairs.len()
    );
    println!("{} words for prompts", set.licensed.captions.vocabulary().len());
    for (language, dictionary) in &set.languages {
        println!("{language}: {} words for {} English ones", dictionary.len(), languages::reach(dictionary));
    }
    Ok(())
}

//! The training images that machines answer from, one set per condition: for classes from a data folder (all of them) or
//! from a pack (the few that it carries for the page), for words from the shelves of a pack.

use super::CommandError;
use crate::train::data::Split;
use morphogen::denoiser::{Condition, ImageShape};
use morphogen::network::config::ConditionKind;
use morphogen::pack::Pack;
use morphogen::pack::captions::Pick;
use morphogen::theory::Training;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Any error as a complaint of a command; the message stays as it is.
pub(crate) fn usage(error: impl ToString) -> CommandError {
    CommandError::Usage(error.to_string())
}

/// Words that theory is compared with a network on.
const WORDS: usize = 20;
/// Fewest images of such a word: with a handful, every machine but copies.
const FEWEST: usize = 40;
/// Most images of such a word: about what a page fetches for a prompt.
const MOST: usize = 300;

/// Training images by condition.
pub(crate) struct Sets {
    sets: Vec<(Condition, Arc<Training>)>,
    /// Number of images in all.
    pub total: usize,
}

impl Sets {
    /// Reads the images of every class of `pack` from `data`, or from the pack itself; at most `limit` of each class.
    ///
    /// # Errors
    /// [`CommandError`] where there are none, or they do not fit the pack.
    pub fn open(pack: &Pack, data: Option<&Path>, limit: Option<usize>) -> Result<Sets, CommandError> {
        let manifest = pack.manifest();
        let (shape, prompts) = (manifest.image, &manifest.prompts);
        if manifest.text.is_some() {
            return match data {
                None => Sets::of_words(pack, limit),
                Some(_) => Err(usage("this pack carries its training images itself, all of them; leave --data out")),
            };
        }
        let data = match data {
            Some(folder) => Some(super::dataset(folder, Split::Train, Some(shape.width))?),
            None => None,
        };
        if let Some(data) = &data
            && (data.shape != shape || data.classes != prompts.len())
        {
            let message = format!(
                "the pack has {} prompts with pictures of {shape}, but the data has {} classes of {}; give the data it was made of",
                prompts.len(),
                data.classes,
                data.shape
            );
            return Err(CommandError::Usage(message));
        }
        let keep = limit.unwrap_or(usize::MAX).saturating_mul(shape.len());
        let mut sets = Vec::new();
        for (class, prompt) in prompts.iter().enumerate() {
            let mut images = match &data {
                Some(data) => data.class(class),
                None => pack.images(&prompt.name)?.to_f32(),
            };
            images.truncate(keep);
            let training = Training::new(&images, shape).map_err(usage)?;
            sets.push((Condition::Class(class), Arc::new(training)));
        }
        if sets.is_empty() {
            return Err(CommandError::Usage("the pack has no prompts, so there is nothing to draw".into()));
        }
        let total = sets.iter().map(|(_, t)| t.count()).sum();
        Ok(Sets { sets, total })
    }

    /// One set for each of the [`WORDS`] most frequent words that [`FEWEST`] to [`MOST`] images show; at most `limit` of
    /// them, evenly chosen, since neighbours show the same thing.
    fn of_words(pack: &Pack, limit: Option<usize>) -> Result<Sets, CommandError> {
        let (captions, shape) = (pack.captions()?, pack.manifest().image);
        let styles = pack.manifest().text()?.styles;
        let mut shelves = BTreeMap::new();
        for shelf in captions.shelves.keys() {
            shelves.insert(shelf, pack.images(shelf)?.to_f32());
        }
        let mut sets: Vec<(Condition, Arc<Training>)> = Vec::new();
        // Words are sorted by frequency.
        for word in styles..pack.manifest().text()?.count {
            let picks = captions.matching(&[word], styles);
            let count: usize = picks.iter().map(|pick| pick.images.len()).sum();
            if !(FEWEST..=MOST).contains(&count) {
                continue;
            }
            let all: Vec<&[f32]> = picks.iter().flat_map(|pick| picked(&shelves[&pick.shelf], pick, shape)).collect();
            let kept = limit.unwrap_or(MOST).min(count);
            let images = (0..kept).map(|i| all[i * count / kept]).collect::<Vec<_>>().concat();
            sets.push((Condition::Words(vec![word]), Arc::new(Training::new(&images, shape).map_err(usage)?)));
            if sets.len() == WORDS {
                break;
            }
        }
        if sets.is_empty() {
            return Err(CommandError::Usage(format!("the pack has no word that {FEWEST} training images show")));
        }
        let total = sets.iter().map(|(_, training)| training.count()).sum();
        Ok(Sets { sets, total })
    }

    /// What the seed draws: classes take turns.
    pub fn of(&self, seed: u64) -> &(Condition, Arc<Training>) {
        &self.sets[self.class(seed)]
    }

    /// The class whose turn it is.
    pub fn class(&self, seed: u64) -> usize {
        (seed % self.sets.len() as u64) as usize
    }
}

/// The images of a shelf that were picked.
fn picked<'a>(shelf: &'a [f32], pick: &'a Pick, shape: ImageShape) -> impl Iterator<Item = &'a [f32]> {
    pick.images.iter().filter_map(move |&n| shelf.chunks_exact(shape.len()).nth(n))
}

/// The training images in `pack` of what is asked for, `[N, C, H, W]`: those of a class, or those that show the words.
///
/// # Errors
/// [`CommandError`] where there are none.
pub(crate) fn showing(pack: &Pack, condition: &Condition) -> Result<Vec<f32>, CommandError> {
    let manifest = pack.manifest();
    match condition {
        Condition::Class(class) => {
            let prompt = manifest.prompts.get(*class).ok_or_else(|| usage("the pack has no such prompt"))?;
            Ok(pack.images(&prompt.name)?.to_f32())
        }
        Condition::Words(words) => {
            let mut images = Vec::new();
            for pick in pack.captions()?.matching(words, manifest.text()?.styles) {
                let shelf = pack.images(&pick.shelf)?.to_f32();
                images.extend(picked(&shelf, &pick, manifest.image).flatten());
            }
            if images.is_empty() {
                return Err(usage("no training image shows these words, so no machine can learn from one"));
            }
            Ok(images)
        }
        _ => Err(usage("a machine draws from the training images of a prompt, and what lies between two has none")),
    }
}

/// The networks asked for, or all of the pack; only those that take classes or words will do.
///
/// # Errors
/// [`CommandError`] for a name that is not there, or a network that takes something else.
pub(crate) fn networks(pack: &Pack, asked: &[String]) -> Result<Vec<String>, CommandError> {
    let manifest = pack.manifest();
    let names: Vec<String> =
        if asked.is_empty() { manifest.networks.keys().cloned().collect() } else { asked.to_vec() };
    if names.is_empty() {
        return Err(CommandError::Usage("the pack has no network; add one with `morphogen pack network`".into()));
    }
    for name in &names {
        if matches!(manifest.network(name)?.config.condition, ConditionKind::Vector { .. }) {
            let message = format!("{name} takes vectors; expected a network that takes classes or words");
            return Err(CommandError::Usage(message));
        }
    }
    Ok(names)
}

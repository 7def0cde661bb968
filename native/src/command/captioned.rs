//! Captioned data on its way into a pack: the vocabulary, the words of other languages, and the training images on
//! shelves, one for each fine kind of thing.

use super::CommandError;
use crate::train::captions::{Caption, CaptionFile, CaptionSplit, images};
use morphogen::files;
use morphogen::pack::captions::{Shelf, Thing};
use morphogen::pack::{Images, Pack, PackWriter};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Writes the vocabulary of the captions in `data`, and each `LANGUAGE.json` of `languages`. The pictures beside them
/// must have the pack's size: which colours one sees, and so the words, depend on it.
pub(super) fn words(writer: &mut PackWriter, data: &Path, languages: Option<&Path>) -> Result<(), CommandError> {
    let captions = CaptionFile::open(data)?;
    images(data, captions.entries.len(), Some(writer.manifest().image.width))?;
    writer.words(&captions.vocabulary(), captions.styles.len())?;
    let Some(folder) = languages else { return Ok(()) };
    for entry in fs::read_dir(folder).map_err(|error| CommandError::file(folder, error))? {
        let path = entry.map_err(|error| CommandError::file(folder, error))?.path();
        let (Some(language), Some("json")) =
            (path.file_stem().and_then(|stem| stem.to_str()), path.extension().and_then(|end| end.to_str()))
        else {
            continue;
        };
        let bytes = files::read(&path).map_err(|error| CommandError::file(&path, error))?;
        writer.language(language, &bytes)?;
    }
    Ok(())
}

/// Writes every training image of `data` onto its shelf.
pub(super) fn shelves(writer: &mut PackWriter, data: &Path) -> Result<(), CommandError> {
    let captions = CaptionFile::open(data)?;
    let all = images(data, captions.entries.len(), Some(writer.manifest().image.width))?;
    let vocabulary = captions.vocabulary();
    let number: BTreeMap<&str, usize> = vocabulary.iter().enumerate().map(|(n, word)| (word.as_str(), n)).collect();
    let mut kinds: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
    let mut groups: BTreeMap<&str, &str> = BTreeMap::new();
    for (n, entry) in captions.entries.iter().enumerate() {
        if entry.split == CaptionSplit::Train {
            groups.insert(&entry.subgroup, &entry.group);
            kinds.entry(&entry.subgroup).or_default().entry(&entry.code).or_default().push(n);
        }
    }
    let shelf = |(name, things): (&str, BTreeMap<&str, Vec<usize>>)| {
        let order: Vec<usize> = things.values().flatten().copied().collect();
        let things = things.values().map(|members| thing(&captions.entries, members, &number)).collect();
        let group = groups.get(name).copied().unwrap_or_default().to_string();
        (name.to_string(), (Shelf { group, things }, pick(&all, &order)))
    };
    Ok(writer.shelves(kinds.into_iter().map(shelf).collect())?)
}

/// Says in the captions of a pack which thing each of `usual`'s words means where it stands alone, by its label.
pub(super) fn usual(folder: &Path, usual: &BTreeMap<String, String>) -> Result<(), CommandError> {
    let pack = Pack::open(folder)?;
    let (mut captions, words) = (pack.captions()?, pack.words()?);
    let mut things: Vec<&mut Thing> = captions.shelves.values_mut().flat_map(|shelf| &mut shelf.things).collect();
    things.iter_mut().for_each(|thing| thing.usual.clear());
    for (word, label) in usual {
        let unknown = |what: &str| {
            CommandError::Usage(format!(
                "expected words and labels of the pack, found “{word}”: “{label}”, whose {what} it does not have"
            ))
        };
        let number = words.iter().position(|known| known == word).ok_or_else(|| unknown("word"))?;
        let thing = things.iter_mut().find(|thing| thing.label == *label).ok_or_else(|| unknown("label"))?;
        thing.usual.push(number);
    }
    let mut writer = PackWriter::update(folder)?;
    writer.captions(&captions)?;
    writer.finish()?;
    Ok(())
}

/// What the images `members` show: one thing in several styles. They share label and main word; tags may have been
/// loosened in one style and not in another, and all of them help to find the thing.
fn thing(entries: &[Caption], members: &[usize], number: &BTreeMap<&str, usize>) -> Thing {
    let known = |words: &[String]| -> Vec<usize> {
        words.iter().filter_map(|word| number.get(word.as_str()).copied()).collect()
    };
    let Some(first) = members.first().map(|&n| &entries[n]) else { return Thing::default() };
    let words = known(&first.words);
    let mut tags: Vec<usize> = members.iter().flat_map(|&n| known(&entries[n].tags)).collect();
    tags.sort_unstable();
    tags.dedup();
    let main = number.get(first.main.as_str()).and_then(|main| words.iter().position(|word| word == main));
    Thing {
        label: first.label.clone(),
        main: main.filter(|&place| place + 1 != words.len()),
        words,
        tags,
        usual: Vec::new(),
        // The vocabulary begins with the styles, in their order.
        styles: members.iter().map(|&n| entries[n].style).collect(),
        colours: members.iter().map(|&n| known(&entries[n].colours)).collect(),
        known: Vec::new(),
    }
}

/// The images of `order`, in that order.
fn pick(all: &Images, order: &[usize]) -> Images {
    let length = all.shape.len();
    let data = order.iter().flat_map(|&n| &all.data[n * length..(n + 1) * length]).copied().collect();
    Images { count: order.len(), shape: all.shape, data }
}

//! A prior, as DALL·E 2 calls it (Ramesh et al. 2022, section 2.1): the few words of a prompt become one caption of the
//! training set that fits them, chosen by the seed, and the network is given that caption's words as well. Nobody ever
//! drew just “a cat”: asked for the word alone, a network draws the average of all drawings that are cats among other
//! things. Asked for one of them, it draws that.
//!
//! Every caption gets a weight ([`Prior::weights`]): by what the prompt says of its label, tags and colours, by how many
//! captions of its kind fit, and by how well the network knows it. The first picture of a request takes the likeliest
//! caption; further ones draw from flatter odds, none twice while there are others. What the seed chose depends on the
//! request's seed and the picture's place in it alone, so it is settled once, before pictures are shared out. A single
//! picture of a batch comes back by its own seed and its caption's number ([`Prior::caption`]).
//!
//! All arithmetic is f64 through `libm`, so that every platform chooses the same.

use crate::gather::gather;
use crate::pack::captions::{Captions, Thing};
use crate::sampler::noise;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use thiserror::Error;

/// Weight of a word of the prompt that names the thing (“moon” of the full moon), or is elsewhere in its label (moon cake).
const HEAD: f64 = 4.0;
const LABEL: f64 = 2.0;
/// Weight of a colour that only tells what a thing looks like, where it is all that is asked for: an orange is no orange heart.
const SHADE: f64 = 0.3;
/// Weight of a tag that the name of the thing ends in, as an airplane is a plane, and of any other tag.
const COMPOUND: f64 = 1.0;
const TAG: f64 = 0.12;
/// Weight of a word of the prompt that the caption does not have.
const MISSING: f64 = 0.004;
/// Weight of a word of the label that the prompt does not ask for, and of one that says little.
const FURTHER: f64 = 0.12;
const FURTHER_GENERIC: f64 = 0.6;
/// Words that say little: most drawings of an animal or of somebody have one.
const GENERIC: [&str; 4] = ["face", "person", "man", "woman"];
/// Weight of a label that says just what the prompt says, or of what the prompt's only word usually means.
const EXACT: f64 = 3.0;
/// Kinds of things that stand for others, and what they weigh unless the prompt says just their label: who asks for water
/// means none of the signs that have a word for it.
const SIGNS: [&str; 2] = ["flags", "symbols"];
const SIGN: f64 = 0.03;
/// Shortest word that may be what a compound ends in.
const SHORTEST_END: usize = 3;
/// Weight of a picture that has all colours of the prompt.
const COLOURED: f64 = 2.0;
/// Kinds of things of which more fits count for more: weight · (kind / heaviest kind)^KIND.
const KIND: f64 = 0.7;
/// Captions with less than this share of the heaviest weight are out; of those that are left, once more by how well the
/// network knows them.
const LEAST: f64 = 1.0 / 25.0;
const LEAST_KNOWN: f64 = 1.0 / 8.0;
/// How much it counts that the network knows a caption: weight · known^KNOWN.
const KNOWN: f64 = 3.0;
/// What the odds of further pictures are: weights to this power.
const FLATTER: f64 = 0.5;

/// What a prompt asks for, as words of the vocabulary ([`super::text::Understood`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Words to draw.
    pub words: &'a [usize],
    /// Words to keep away from.
    pub against: &'a [usize],
}

/// The caption of one picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Its number among the captions of the pack.
    pub index: usize,
    /// What is drawn, for people: “crying cat”.
    pub label: String,
    /// The style that it is drawn in, for people: “Fluent”.
    pub style: String,
    /// The words that the network is given, rising, each once.
    pub words: Vec<usize>,
    /// How well the network knows this caption, in [0, 1]; none where nobody has measured.
    pub known: Option<f64>,
}

/// What a training picture shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// What it is, for people: “crying cat”.
    pub label: String,
    /// The style, for people: “Fluent”.
    pub style: String,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Choice { index, label, style, known, .. } = self;
        write!(f, "{label} · {style} (caption {index}")?;
        known.map_or(Ok(()), |known| write!(f, ", known {known:.2}"))?;
        f.write_str(")")
    }
}

/// A caption was asked for by a number that none has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected the number of a caption, below {count}, found {index}; leave it out to have the seed choose one")]
pub struct NoCaption {
    /// The number asked for.
    pub index: usize,
    /// How many captions there are.
    pub count: usize,
}

/// One training picture.
#[derive(Debug, Clone, Copy)]
struct Picture {
    /// What it shows, as index of `things`.
    thing: usize,
    /// Which of the thing's images it is.
    image: usize,
}

/// The captions of a pack, ready to be chosen from.
#[derive(Debug, Clone, Default)]
pub struct Prior {
    things: Vec<Thing>,
    /// The kind of each thing, as a number.
    kinds: Vec<usize>,
    pictures: Vec<Picture>,
    /// The kinds that are signs.
    signs: Vec<usize>,
    /// The vocabulary, of which the first words are `styles` styles, and those that are colours and that say little.
    words: Vec<String>,
    styles: usize,
    colours: BTreeSet<usize>,
    generic: BTreeSet<usize>,
}

impl Prior {
    /// Knows the captions of a pack with this vocabulary, whose first `styles` words are styles.
    pub fn new(captions: &Captions, vocabulary: &[String], styles: usize) -> Self {
        let mut groups: Vec<&str> = Vec::new();
        for shelf in captions.shelves.values() {
            if !groups.contains(&shelf.group.as_str()) {
                groups.push(&shelf.group);
            }
        }
        let number = |group: &str| groups.iter().position(|other| *other == group);
        let kind = |shelf: &str| captions.shelves.get(shelf).and_then(|shelf| number(&shelf.group));
        let mut prior = Prior { words: vocabulary.to_vec(), styles, ..Prior::default() };
        for (shelf, _, thing) in captions.things() {
            let thing_number = prior.things.len();
            let images = thing.styles.len().min(thing.colours.len());
            prior.pictures.extend((0..images).map(|image| Picture { thing: thing_number, image }));
            prior.kinds.push(kind(shelf).unwrap_or_default());
            prior.colours.extend(thing.colours.iter().flatten());
            prior.things.push(thing.clone());
        }
        prior.signs = SIGNS.iter().filter_map(|sign| number(sign)).collect();
        let generic = |&(_, word): &(usize, &String)| GENERIC.contains(&word.as_str());
        prior.generic = gather(vocabulary.iter().enumerate().filter(generic).map(|(number, _)| number));
        prior
    }

    /// Number of captions.
    pub fn len(&self) -> usize {
        self.pictures.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }

    /// The caption of each of `count` pictures; none where no caption fits.
    pub fn choose(&self, asked: Asked<'_>, seed: u64, count: usize) -> Vec<Option<Choice>> {
        let weights = self.weights(asked);
        let fits: Vec<usize> = (0..self.len()).filter(|&n| weights[n] > 0.0).collect();
        // Of equals the first.
        let likeliest =
            (1..fits.len()).fold(0, |best, n| if weights[fits[n]] > weights[fits[best]] { n } else { best });
        let odds: Vec<f64> = fits.iter().map(|&n| libm::pow(weights[n], FLATTER)).collect();
        let mut uniform = noise::uniforms(seed, noise::CHOICES);
        let mut left: Vec<usize> = Vec::new();
        let draw = |n: usize| {
            if left.is_empty() {
                left = (0..fits.len()).collect();
            }
            // Drawn for every picture, so that the others do not hang on how the first is chosen.
            let share = uniform() * left.iter().map(|&fit| odds[fit]).sum::<f64>();
            let mut sum = 0.0;
            let reached = left.iter().position(|&fit| {
                sum += odds[fit];
                sum >= share
            });
            let place = if n == 0 { likeliest } else { reached.unwrap_or(left.len().saturating_sub(1)) };
            (place < left.len()).then(|| left.remove(place)).and_then(|fit| self.caption(asked, fits[fit]))
        };
        (0..count).map(draw).collect()
    }

    /// The caption of each of `count` pictures: caption `index` where it is given, else as [`Self::choose`] does.
    ///
    /// # Errors
    /// [`NoCaption`] where there is no caption of this number.
    pub fn captions(
        &self,
        asked: Asked<'_>,
        seed: u64,
        count: usize,
        index: Option<usize>,
    ) -> Result<Vec<Option<Choice>>, NoCaption> {
        let Some(index) = index else { return Ok(self.choose(asked, seed, count)) };
        let choice = self.caption(asked, index).ok_or(NoCaption { index, count: self.len() })?;
        Ok(vec![Some(choice); count])
    }

    /// What caption `index` makes of a prompt: its own words with those of the prompt. The prompt's colours and styles
    /// stand for the caption's. None where there is no such caption.
    pub fn caption(&self, asked: Asked<'_>, index: usize) -> Option<Choice> {
        let &Picture { thing, image } = self.pictures.get(index)?;
        let thing = self.things.get(thing)?;
        let style = *thing.styles.get(image)?;
        let Wish { colours, styles, .. } = self.wish(asked.words);
        let recoloured = !colours.is_empty();
        let own = thing.words.iter().filter(|word| !(recoloured && self.colours.contains(word))).copied();
        let mut words: Vec<usize> = own.chain(asked.words.iter().copied()).collect();
        let drawn = if styles.is_empty() { vec![style] } else { styles };
        words.extend(&drawn);
        words.sort_unstable();
        words.dedup();
        let named = |style: &usize| self.style(*style);
        Some(Choice {
            index,
            label: self.label(thing, &colours),
            style: drawn.iter().filter_map(named).collect::<Vec<_>>().join(", "),
            words,
            known: thing.known.get(image).map(|&byte| f64::from(byte) / 255.0),
        })
    }

    /// What training picture `index` shows, and in which style, for people; none where there is no such picture.
    pub fn shown(&self, index: usize) -> Option<Shown> {
        let &Picture { thing, image } = self.pictures.get(index)?;
        let thing = self.things.get(thing)?;
        let style = thing.styles.get(image).and_then(|&style| self.style(style)).unwrap_or_default();
        Some(Shown { label: thing.label.clone(), style })
    }

    /// A style for people.
    fn style(&self, style: usize) -> Option<String> {
        self.words.get(style).map(|name| capital(name))
    }

    /// The weight of every caption, from 0 up; those that are out have 0.
    pub fn weights(&self, asked: Asked<'_>) -> Vec<f64> {
        let wish = self.wish(asked.words);
        let fits: Vec<f64> = (0..self.things.len()).map(|thing| self.fit(thing, &wish)).collect();
        let turned_away = |thing: &Thing, image: usize| {
            let own = thing.words.iter().chain(&thing.tags).chain(&thing.styles[image..=image]);
            own.chain(&thing.colours[image]).any(|word| asked.against.contains(word))
        };
        let weight = |&Picture { thing, image }: &Picture| {
            let (fit, thing) = (fits[thing], &self.things[thing]);
            let style_fits = wish.styles.is_empty() || wish.styles.contains(&thing.styles[image]);
            if fit == 0.0 || !style_fits || turned_away(thing, image) {
                return 0.0;
            }
            let coloured = |colour| thing.colours[image].contains(colour) || thing.words.contains(colour);
            let plain = wish.colours.is_empty() || !wish.colours.iter().all(coloured);
            fit * if plain { 1.0 } else { COLOURED }
        };
        let mut weights: Vec<f64> = self.pictures.iter().map(weight).collect();
        self.favour_kinds(&mut weights);
        keep(&mut weights, LEAST);
        for (weight, &Picture { thing, image }) in weights.iter_mut().zip(&self.pictures) {
            if let Some(&known) = self.things[thing].known.get(image) {
                *weight *= libm::pow(f64::from(known) / 255.0, KNOWN);
            }
        }
        keep(&mut weights, LEAST_KNOWN);
        weights
    }

    /// What a thing's words say of the prompt's, whatever its style.
    fn fit(&self, number: usize, wish: &Wish) -> f64 {
        let thing = &self.things[number];
        if matches!(wish.names[..], [word] if thing.usual.contains(&word)) {
            return HEAD * EXACT;
        }
        let in_label = |word: &usize| thing.words.contains(word);
        // Where a prompt says more than that it is a face, any face will not do: “dog face” is a dog.
        let telling: Vec<usize> = wish.names.iter().copied().filter(|word| !self.generic.contains(word)).collect();
        let telling = if telling.is_empty() { &wish.names } else { &telling };
        let named = telling.iter().any(in_label);
        if !named && !telling.iter().any(|word| thing.tags.contains(word)) {
            return 0.0;
        }
        let said: f64 = wish.names.iter().map(|&word| self.said(thing, word)).product();
        // Where only tags fit, the thing's name is another word for what is asked, and none that comes on top.
        let synonym = if named { None } else { thing.head() };
        let asked = |word: &usize| wish.names.contains(word) || wish.colours.contains(word);
        let further = thing.words.iter().filter(|word| !asked(word) && synonym != Some(**word));
        let weight = |word: &usize| if self.generic.contains(word) { FURTHER_GENERIC } else { FURTHER };
        let fit = said * further.map(weight).product::<f64>();
        if thing.words.iter().all(asked) && wish.names.iter().all(in_label) {
            fit * EXACT
        } else if self.signs.contains(&self.kinds[number]) {
            fit * SIGN
        } else {
            fit
        }
    }

    /// The weight of one word of the prompt.
    fn said(&self, thing: &Thing, word: usize) -> f64 {
        // What comes with a thing names it as little as any other word: a cat with a wry smile is no smile.
        let ends = thing.words.last() == Some(&word) && !thing.label.contains(" with ");
        let names = thing.head() == Some(word) || ends;
        if thing.words.contains(&word) {
            return match names {
                true => HEAD,
                false if self.colours.contains(&word) => SHADE,
                false => LABEL,
            };
        }
        if !thing.tags.contains(&word) {
            return if self.generic.contains(&word) { FURTHER_GENERIC } else { MISSING };
        }
        let (head, end) = (thing.head().and_then(|head| self.words.get(head)), self.words.get(word));
        let ends = head.zip(end).is_some_and(|(head, end)| end.len() >= SHORTEST_END && head.ends_with(end.as_str()));
        if ends { COMPOUND } else { TAG }
    }

    /// Kinds of which much fits are likelier meant than one that fits by chance.
    fn favour_kinds(&self, weights: &mut [f64]) {
        let mut sums = vec![0.0; self.kinds.iter().max().map_or(0, |most| most + 1)];
        let kind = |picture: &Picture| self.kinds[picture.thing];
        for (weight, picture) in weights.iter().zip(&self.pictures) {
            sums[kind(picture)] += weight;
        }
        let most = sums.iter().fold(0.0, |most: f64, &sum| most.max(sum));
        for (weight, picture) in weights.iter_mut().zip(&self.pictures).filter(|(weight, _)| **weight > 0.0) {
            *weight *= libm::pow(sums[kind(picture)] / most, KIND);
        }
    }

    /// The words of a prompt by what they are for. Where it names nothing but a colour, that is what it names.
    fn wish(&self, words: &[usize]) -> Wish {
        let (styles, words): (Vec<usize>, Vec<usize>) = words.iter().partition(|&&word| word < self.styles);
        let (colours, names): (Vec<usize>, Vec<usize>) = words.iter().partition(|word| self.colours.contains(word));
        if names.is_empty() {
            return Wish { names: colours, colours: Vec::new(), styles };
        }
        Wish { names, colours, styles }
    }

    /// A label in the colours of the prompt.
    fn label(&self, thing: &Thing, colours: &[usize]) -> String {
        let own = |colour: &usize| thing.words.contains(colour);
        if colours.is_empty() || colours.iter().all(own) {
            return thing.label.clone();
        }
        let name = |colour: &usize| self.words.get(*colour).map(String::as_str);
        let is_colour = |word: &&str| self.colours.iter().filter_map(name).any(|colour| colour == word.to_lowercase());
        let asked = colours.iter().filter_map(name);
        asked.chain(thing.label.split(' ').filter(|word| !is_colour(word))).collect::<Vec<_>>().join(" ")
    }
}

/// The words of a prompt by what they are for.
struct Wish {
    /// What to draw.
    names: Vec<usize>,
    /// In which colours.
    colours: Vec<usize>,
    /// In which styles.
    styles: Vec<usize>,
}

/// Drops what has less than `share` of the heaviest weight.
fn keep(weights: &mut [f64], share: f64) {
    let most = weights.iter().fold(0.0, |most: f64, &weight| most.max(weight));
    weights.iter_mut().filter(|weight| **weight < share * most).for_each(|weight| *weight = 0.0);
}

/// A word as a name begins.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! From what somebody types to what a denoiser is given: an [`Interpreter`] knows the words of one pack, and takes each prompt for
//! a class, or for words by way of a caption of the training set that they may mean ([`crate::prompt::prior`]). One thing or
//! several are asked for together ([`Ask`]), since what any of them turns away is turned away from the whole picture.
//!
//! Words, captions and languages are given to it as they arrive; natively [`Pack::ask`] reads what is needed.

use crate::denoiser::{Condition, Conditions};
use crate::json::reads;
use crate::pack::captions::Captions;
use crate::pack::{Manifest, Pack, PackError, PromptEntry};
use crate::prompt::prior::{self, Choice, NoCaption, Prior};
use crate::prompt::text::{self, Language, Reader, Unknown, Vocabulary};
use crate::prompt::{self, PromptError};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::rc::Rc;
use std::slice;
use thiserror::Error;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What the pictures show: one thing, several that are mixed, or none for anything.
    pub things: Vec<Thing>,
    /// What they do not show, in free words.
    pub negative: Option<String>,
    /// Whether the seed chooses a caption of the training set for each picture, where the pack has captions.
    pub prior: bool,
    /// Seed of the first picture.
    pub seed: u64,
    /// Number of pictures.
    pub count: usize,
}

reads!(Ask { things, negative, prior, seed, count });

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// In free words.
    pub prompt: String,
    /// Number of its caption, in the place of the seed's choice.
    pub caption: Option<usize>,
}

reads!(Thing { prompt, caption });

impl Thing {
    /// What `prompt` says, and which caption is left to the seed.
    pub fn of(prompt: impl Into<String>) -> Self {
        Thing { prompt: prompt.into(), caption: None }
    }
}

impl Ask {
    /// One picture of `prompt`, seed 0, as it is drawn unless anything else is said.
    pub fn of(prompt: impl Into<String>) -> Self {
        Ask { things: vec![Thing::of(prompt)], negative: None, prior: true, seed: 0, count: 1 }
    }
}

/// What was asked for, as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Each thing, in order.
    pub parts: Vec<Part>,
    /// What the negative was taken for.
    pub negative: Option<Meaning>,
    /// What guidance leads away from: what the negative and all prompts turn away.
    pub against: Condition,
}

/// One thing, as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What its words were taken for.
    pub meaning: Meaning,
    /// The caption of each picture, none where none fits; nothing where captions were not asked for, or there are none.
    pub captions: Option<Vec<Option<Choice>>>,
    /// What a denoiser is given.
    pub condition: Conditions,
}

impl Part {
    /// Short name of what is drawn, by which its training images are found.
    pub fn name(&self) -> &str {
        let (Meaning::Class { name, .. } | Meaning::Words { name, .. }) = &self.meaning;
        name
    }

    /// The same for people.
    pub fn label(&self) -> &str {
        match &self.meaning {
            Meaning::Class { label, .. } => label,
            Meaning::Words { understood, .. } => &understood.label,
        }
    }
}

/// What a prompt was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A class.
    Class {
        /// Its short name.
        name: String,
        /// Its name for people.
        label: String,
        /// Which one, and how it was found.
        understood: prompt::Understood,
    },
    /// Words.
    Words {
        /// Their label, which finds the training images of a prompt.
        name: String,
        /// Which ones, and how they were found.
        understood: text::Understood,
    },
}

/// All in one object. Written out, since what serde flattens takes code of its own for each type within.
impl Serialize for Meaning {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        match self {
            Meaning::Class { name, label, understood } => {
                let prompt::Understood { index, used, ignored, corrected } = understood;
                let mut object = output.serialize_struct("Class", 6)?;
                object.serialize_field("name", name)?;
                object.serialize_field("label", label)?;
                object.serialize_field("index", index)?;
                object.serialize_field("used", used)?;
                object.serialize_field("ignored", ignored)?;
                object.serialize_field("corrected", corrected)?;
                object.end()
            }
            Meaning::Words { name, understood } => {
                let text::Understood { words, against, label, used, ignored, corrected, unknown, .. } = understood;
                let mut object = output.serialize_struct("Words", 8)?;
                object.serialize_field("name", name)?;
                object.serialize_field("words", words)?;
                object.serialize_field("against", against)?;
                object.serialize_field("label", label)?;
                object.serialize_field("used", used)?;
                object.serialize_field("ignored", ignored)?;
                object.serialize_field("corrected", corrected)?;
                object.serialize_field("unknown", unknown)?;
                object.end()
            }
        }
    }
}

impl Meaning {
    fn condition(&self) -> Condition {
        match self {
            Meaning::Class { understood, .. } => Condition::Class(understood.index),
            Meaning::Words { understood, .. } => Condition::Words(understood.words.clone()),
        }
    }

    /// Words that the pack does not know, with the nearest that it does.
    pub fn unknown(&self) -> &[Unknown] {
        match self {
            Meaning::Class { .. } => &[],
            Meaning::Words { understood, .. } => &understood.unknown,
        }
    }

    /// What the prompt itself turns away.
    fn turned(&self) -> &[usize] {
        match self {
            Meaning::Class { .. } => &[],
            Meaning::Words { understood, .. } => &understood.against,
        }
    }
}

/// Why something cannot be asked for.
#[derive(Debug, Clone, Error)]
pub enum AskError {
    /// The pack's words cannot be read.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A prompt is not understood.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// There is no such caption.
    #[error(transparent)]
    Caption(#[from] NoCaption),
}

/// Which languages a prompt may be in, beside the pack's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Languages<'a> {
    /// Tags of those that somebody reads (`de-AT`), best first.
    pub reads: &'a [&'a str],
    /// Those of the pack that could not be had.
    pub missing: &'a [&'a str],
}

/// Understands prompts as one pack does.
#[derive(Debug)]
pub struct Interpreter {
    manifest: Rc<Manifest>,
    words: Vec<String>,
    vocabulary: Vocabulary,
    captions: Captions,
    prior: Prior,
}

impl Interpreter {
    /// Knows what a manifest says: the classes of a pack, but no words yet.
    pub fn new(manifest: Rc<Manifest>) -> Self {
        let (words, vocabulary, captions, prior) = Default::default();
        Interpreter { manifest, words, vocabulary, captions, prior }
    }

    /// Takes the vocabulary ([`Manifest::words`]) of a pack that draws from free text; in others there is none.
    pub fn learn(&mut self, words: Vec<String>) {
        if let Some(text) = &self.manifest.text {
            self.vocabulary = Vocabulary::new(words.clone(), text.styles, text.aliases.clone());
            self.words = words;
        }
    }

    /// Takes what the words of another language mean ([`Manifest::language`]); after [`Interpreter::learn`].
    pub fn learn_language(&mut self, name: &str, words: Language) {
        self.vocabulary.learn(name, words);
    }

    /// Takes what the training images show ([`Manifest::captions`]); after [`Interpreter::learn`].
    pub fn learn_captions(&mut self, captions: Captions) {
        let styles = self.manifest.text.as_ref().map_or(0, |text| text.styles);
        self.prior = Prior::new(&captions, &self.words, styles);
        self.captions = captions;
    }

    /// What the training images show.
    pub fn captions(&self) -> &Captions {
        &self.captions
    }

    /// What chooses captions.
    pub fn prior(&self) -> &Prior {
        &self.prior
    }

    /// Has the vocabulary read something, where there is one.
    fn read<T>(&self, languages: Languages<'_>, read: impl FnOnce(&Vocabulary, Reader<'_>) -> T) -> Option<T> {
        let known = self.manifest.text.as_ref()?.languages.keys().map(String::as_str);
        let known: Vec<&str> = known.filter(|language| !languages.missing.contains(language)).collect();
        Some(read(&self.vocabulary, Reader { known: &known, reads: languages.reads }))
    }

    /// The language that is to be learnt next for `prompt` to be read, if any.
    pub fn wants(&self, prompt: &str, languages: Languages<'_>) -> Option<String> {
        self.read(languages, |vocabulary, reader| vocabulary.wants(prompt, reader).map(String::from)).flatten()
    }

    /// What `prompt` means.
    ///
    /// # Errors
    /// [`PromptError`] where it is empty, too long, or says nothing that the pack can draw.
    pub fn understand(&self, prompt: &str, languages: Languages<'_>) -> Result<Meaning, PromptError> {
        if let Some(understood) = self.read(languages, |vocabulary, reader| vocabulary.read(prompt, reader)) {
            let understood = understood?;
            return Ok(Meaning::Words { name: understood.label.clone(), understood });
        }
        let prompts = &self.manifest.prompts;
        let understood = prompt::understand(prompts, prompt)?;
        let PromptEntry { name, label, .. } = &prompts[understood.index];
        Ok(Meaning::Class { name: name.clone(), label: label.clone(), understood })
    }

    /// What is asked for, as it is understood. The same everywhere: captions are settled by the request's seed and the picture's
    /// place in it, before pictures are shared out.
    ///
    /// # Errors
    /// [`AskError`] where a prompt is not understood, or a caption is asked for that there is not.
    pub fn ask(&self, ask: &Ask, languages: Languages<'_>) -> Result<Asked, AskError> {
        let turned_away = match &ask.negative {
            Some(negative) => Some(self.understand(negative, languages)?),
            None => None,
        };
        let negative = turned_away.as_ref().map(Meaning::condition);
        let (mut parts, mut turned) = (Vec::new(), Vec::new());
        for thing in &ask.things {
            let meaning = self.understand(&thing.prompt, languages)?;
            turned.extend_from_slice(meaning.turned());
            let captions = self.choose(ask, thing.caption, &meaning, &away(negative.as_ref(), meaning.turned()))?;
            let plain = meaning.condition();
            let given = |choice: &Option<Choice>| match choice {
                Some(choice) => Condition::Words(choice.words.clone()),
                None => plain.clone(),
            };
            let condition = match &captions {
                Some(choices) => Conditions::Each(choices.iter().map(given).collect()),
                None => Conditions::All(plain),
            };
            parts.push(Part { meaning, captions, condition });
        }
        Ok(Asked { parts, against: away(negative.as_ref(), &turned), negative: turned_away })
    }

    /// The caption of each picture, where captions are asked for and there are some.
    fn choose(
        &self,
        ask: &Ask,
        caption: Option<usize>,
        meaning: &Meaning,
        against: &Condition,
    ) -> Result<Option<Vec<Option<Choice>>>, NoCaption> {
        let Meaning::Words { understood, .. } = meaning else { return Ok(None) };
        let none = self.manifest.text.as_ref().is_none_or(|text| text.captions.is_none());
        if !ask.prior || (none && caption.is_none()) {
            return Ok(None);
        }
        let against = if let Condition::Words(words) = against { &words[..] } else { &[] };
        let asked = prior::Asked { words: &understood.words, against };
        self.prior.captions(asked, ask.seed, ask.count, caption).map(Some)
    }
}

/// What to keep away from: what prompts turn away themselves stays so beside a negative one. Words rise, each once.
fn away(negative: Option<&Condition>, turned: &[usize]) -> Condition {
    let mut words = turned.to_vec();
    match negative {
        Some(Condition::Words(more)) => words.extend(more),
        Some(other) => return other.clone(),
        None if words.is_empty() => return Condition::Null,
        None => {}
    }
    words.sort_unstable();
    words.dedup();
    Condition::Words(words)
}

impl Pack {
    /// What understands `asks`, by whoever reads the languages of these tags: words, captions and languages are read from the
    /// folder where they are needed.
    ///
    /// # Errors
    /// [`PackError`] where the pack's files cannot be read.
    pub fn interpreter(&self, asks: &[Ask], reads: &[&str]) -> Result<Interpreter, PackError> {
        let mut interpreter = Interpreter::new(Rc::new(self.manifest().clone()));
        let Some(text) = &self.manifest().text else { return Ok(interpreter) };
        interpreter.learn(self.words()?);
        let prompts = asks.iter().flat_map(|ask| ask.things.iter().map(|thing| &thing.prompt).chain(&ask.negative));
        for prompt in prompts {
            while let Some(language) = interpreter.wants(prompt, Languages { reads, missing: &[] }) {
                interpreter.learn_language(&language, self.language(&language)?);
            }
        }
        if text.captions.is_some() && asks.iter().any(|ask| ask.prior) {
            interpreter.learn_captions(self.captions()?);
        }
        Ok(interpreter)
    }

    /// What is asked for, as it is understood by whoever reads the languages of these tags.
    ///
    /// # Errors
    /// [`AskError`] as [`Interpreter::ask`] and [`Pack::interpreter`].
    pub fn ask(&self, ask: &Ask, reads: &[&str]) -> Result<Asked, AskError> {
        self.interpreter(slice::from_ref(ask), reads)?.ask(ask, Languages { reads, missing: &[] })
    }
}

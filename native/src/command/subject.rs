//! From a prompt to what a network is given, for the subcommands that draw: a class, or words by way of the captions of the
//! training set that they may mean.

use super::CommandError;
use morphogen::denoiser::{Condition, Conditions};
use morphogen::pack::Pack;
use morphogen::prompt::text::Unknown;
use morphogen::session::ask::{Ask, AskError, Asked, Languages, Meaning, Part, Thing};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Free words; without them, everything that the pack can draw, or its examples.
    pub prompt: Option<&'a str>,
    /// Free words for what not to draw.
    pub negative: Option<&'a str>,
    /// Whether the seed chooses a caption of the training set.
    pub prior: bool,
    /// Number of the caption, in place of the seed's choice.
    pub caption: Option<usize>,
    /// Seed of the first picture.
    pub seed: u64,
    /// Pictures of each prompt.
    pub count: usize,
}

impl<'a> Wish<'a> {
    /// One picture of `prompt`, as it is drawn unless anything else is said.
    pub fn of(prompt: Option<&'a str>, seed: u64) -> Self {
        Wish { prompt, negative: None, prior: true, caption: None, seed, count: 1 }
    }

    /// `things`, and what is wished beside them.
    fn ask(&self, things: Vec<Thing>) -> Ask {
        let &Wish { negative, prior, seed, count, .. } = self;
        Ask { things, negative: negative.map(String::from), prior, seed, count }
    }
}

/// What the pictures of one prompt show.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// What to draw.
    pub condition: Conditions,
    /// What guidance leads away from.
    pub against: Condition,
    /// The caption that was chosen for each picture, as a line for people; empty where none was.
    pub captions: Vec<String>,
}

/// What is to be drawn, one subject a prompt.
///
/// # Errors
/// [`CommandError`] where a prompt is not understood, the pack's words or captions cannot be read, or there is no such
/// caption.
pub(super) fn subjects(pack: &Pack, wish: &Wish<'_>) -> Result<Vec<Subject>, CommandError> {
    let prompts: Vec<&str> = match (wish.prompt, &pack.manifest().text) {
        (Some(prompt), _) => vec![prompt],
        (None, Some(text)) => text.examples.iter().map(String::as_str).collect(),
        // Classes need not be understood by their labels.
        (None, None) => {
            let against = ask(pack, wish, Vec::new())?.against;
            let class =
                |n| Subject { condition: Condition::Class(n).into(), against: against.clone(), captions: Vec::new() };
            return Ok((0..pack.manifest().prompts.len()).map(class).collect());
        }
    };
    let thing = |prompt: &&str| vec![Thing { caption: wish.caption, ..Thing::of(*prompt) }];
    let asked = understood(pack, prompts.iter().map(|prompt| wish.ask(thing(prompt))).collect())?;
    let subject = |(asked, prompt): (Asked, &&str)| {
        let captions = captions(&asked, &[prompt]);
        let part = asked.parts.into_iter().next();
        part.map(|part| Subject { condition: part.condition, against: asked.against, captions })
    };
    Ok(asked.into_iter().zip(&prompts).filter_map(subject).collect())
}

/// What `things` mean beside each other, as `wish` says for the rest; tells of words that nobody knows.
///
/// # Errors
/// As [`subjects`].
pub(super) fn ask(pack: &Pack, wish: &Wish<'_>, things: Vec<Thing>) -> Result<Asked, CommandError> {
    let asked = understood(pack, vec![wish.ask(things)])?.pop();
    asked.ok_or_else(|| CommandError::Usage("expected words to draw, found none".into()))
}

/// What each of `asks` means; tells once of every word that nobody knows.
fn understood(pack: &Pack, asks: Vec<Ask>) -> Result<Vec<Asked>, CommandError> {
    let tag = language();
    let reads = [tag.as_str()];
    let interpreter = pack.interpreter(&asks, &reads).map_err(AskError::from)?;
    let languages = Languages { reads: &reads, missing: &[] };
    let asked = asks.iter().map(|ask| interpreter.ask(ask, languages)).collect::<Result<Vec<_>, _>>()?;
    let mut told: Vec<&Unknown> = Vec::new();
    let meanings = asked.iter().flat_map(|asked| asked.parts.iter().map(|part| &part.meaning).chain(&asked.negative));
    for unknown in meanings.flat_map(Meaning::unknown) {
        if !told.contains(&unknown) {
            let near =
                if unknown.near.is_empty() { String::new() } else { format!("; it knows {}", unknown.near.join(", ")) };
            super::note(&format_args!("“{}” is unknown to this pack{near}", unknown.typed));
            told.push(unknown);
        }
    }
    Ok(asked)
}

/// The captions that were chosen for `prompts`, as lines for people.
pub(super) fn captions(asked: &Asked, prompts: &[&str]) -> Vec<String> {
    let lines = |(part, prompt): (&Part, &&str)| {
        let choices = part.captions.iter().flatten().flatten();
        choices.map(|choice| format!("{prompt}: {choice}")).collect::<Vec<_>>()
    };
    asked.parts.iter().zip(prompts).flat_map(lines).collect()
}

/// The language of whoever runs this, as the system says it (`de_AT.UTF-8`); empty where it does not.
fn language() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|tag| !tag.is_empty()))
        .unwrap_or_default()
}

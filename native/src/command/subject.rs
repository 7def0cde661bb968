//! From a prompt to what a network is given, for the subcommands that draw: a class, or words by way of the captions of the
//! training set that they may mean.

use super::CommandError;
use morphogen::denoiser::{Condition, Conditions};
use morphogen::pack::Pack;
use morphogen::prompt::prior::{Asked, Choice, Prior};
use morphogen::prompt::text::{Reader, Vocabulary};
use morphogen::prompt::understand;

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
    if pack.manifest().text.is_some() { by_words(pack, wish) } else { by_class(pack, wish) }
}

/// What a prompt asks for in a pack of classes; without a prompt, all of them.
fn by_class(pack: &Pack, wish: &Wish<'_>) -> Result<Vec<Subject>, CommandError> {
    let prompts = &pack.manifest().prompts;
    let class = |prompt: &str| understand(prompts, prompt).map(|understood| Condition::Class(understood.index));
    let classes = match wish.prompt {
        Some(prompt) => vec![class(prompt)?],
        None => (0..prompts.len()).map(Condition::Class).collect(),
    };
    let against = wish.negative.map_or(Ok(Condition::Null), class)?;
    let subject =
        |class: Condition| Subject { condition: class.into(), against: against.clone(), captions: Vec::new() };
    Ok(classes.into_iter().map(subject).collect())
}

/// What a prompt asks for and turns away in a pack that draws from words; without a prompt, all that the pack says it can
/// draw.
fn by_words(pack: &Pack, wish: &Wish<'_>) -> Result<Vec<Subject>, CommandError> {
    let text = pack.manifest().text()?;
    let words = pack.words()?;
    let mut vocabulary = Vocabulary::new(words.clone(), text.styles, text.aliases.clone());
    let (known, tag): (Vec<&str>, _) = (text.languages.keys().map(String::as_str).collect(), language());
    let reader = Reader { known: &known, reads: &[&tag] };
    for prompt in wish.prompt.iter().chain(&wish.negative) {
        while let Some(language) = vocabulary.wants(prompt, reader) {
            vocabulary.learn(language, pack.language(language)?);
        }
    }
    let prior = match &text.captions {
        Some(_) if wish.prior => Prior::new(&pack.captions()?, &words, text.styles),
        _ => Prior::default(),
    };
    let understood = |prompt: &str| {
        let understood = vocabulary.read(prompt, reader)?;
        for unknown in &understood.unknown {
            let near = unknown.near.join(", ");
            super::note(&format_args!("“{}” is unknown to this pack; it knows {near}", unknown.typed));
        }
        Ok::<_, CommandError>(understood)
    };
    let negative = wish.negative.map(understood).transpose()?.map(|negative| negative.words);
    let subject = |prompt: &str| {
        let found = understood(prompt)?;
        // What the prompt itself turns away stays turned away.
        let mut against = found.against;
        against.extend(negative.iter().flatten());
        against.sort_unstable();
        against.dedup();
        let asked = Asked { words: &found.words, against: &against };
        let choices = prior.captions(asked, wish.seed, wish.count, wish.caption)?;
        let captions = choices.iter().flatten().map(|choice| format!("{prompt}: {choice}")).collect();
        let words = |choice: Option<Choice>| choice.map_or_else(|| found.words.clone(), |choice| choice.words);
        let each = choices.into_iter().map(|choice| Condition::Words(words(choice)));
        let condition = Conditions::Each(each.collect());
        let against = if against.is_empty() { Condition::Null } else { Condition::Words(against) };
        Ok(Subject { condition, against, captions })
    };
    let examples = || text.examples.iter().map(String::as_str).collect();
    let prompts: Vec<&str> = wish.prompt.map_or_else(examples, |prompt| vec![prompt]);
    prompts.into_iter().map(subject).collect()
}

/// The language of whoever runs this, as the system says it (`de_AT.UTF-8`); empty where it does not.
fn language() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|tag| !tag.is_empty()))
        .unwrap_or_default()
}

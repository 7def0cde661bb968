//! What one picture shows, as it crosses the border to JavaScript.

use crate::denoiser::{Condition, Conditions};
use crate::json::{Fault, Node, Read, reads};
use serde::Serialize;

/// A prompt as it was understood: a class, or words; neither for anything. Or what lies between two prompts.
#[derive(Default, Serialize)]
pub(super) struct Asked {
    class: Option<usize>,
    words: Option<Vec<usize>>,
    /// Another one, on the way to which it lies.
    toward: Option<Box<Asked>>,
    /// How far on the way, in `[0, 1]`.
    share: Option<f64>,
}

reads!(Asked { class, words, toward, share });

impl Asked {
    /// What would be asked for to get this condition; nothing would for a vector.
    pub fn of(condition: &Condition) -> Option<Asked> {
        match condition {
            Condition::Null => Some(Asked::default()),
            Condition::Class(class) => Some(Asked { class: Some(*class), ..Asked::default() }),
            Condition::Words(words) => Some(Asked { words: Some(words.clone()), ..Asked::default() }),
            Condition::Vector(_) => None,
            Condition::Between(between) => {
                let [first, second] = &between.ends;
                // As networks take it: an f32 comes out of JSON as the same number, whoever reads it.
                let share = Some(f64::from(between.share as f32));
                Some(Asked { toward: Some(Box::new(Asked::of(second)?)), share, ..Asked::of(first)? })
            }
        }
    }
}

impl From<Asked> for Condition {
    fn from(asked: Asked) -> Self {
        let plain = match (asked.words, asked.class) {
            (Some(words), _) => Condition::Words(words),
            (None, Some(class)) => Condition::Class(class),
            (None, None) => Condition::Null,
        };
        match asked.toward {
            Some(end) => Condition::between(plain, (*end).into(), asked.share.unwrap_or_default()),
            None => plain,
        }
    }
}

/// One for all pictures, or one for each.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Subjects {
    All(Asked),
    Each(Vec<Asked>),
}

impl Read for Subjects {
    fn read(node: Node) -> Result<Self, Fault> {
        if matches!(node, Node::List(_)) {
            Vec::read(node).map(Subjects::Each)
        } else {
            Asked::read(node).map(Subjects::All)
        }
    }
}

impl Default for Subjects {
    fn default() -> Self {
        Subjects::All(Asked::default())
    }
}

#[cfg(feature = "web-drawing")]
impl Subjects {
    /// What would be asked for to get these conditions; nothing would for a vector.
    pub fn of(conditions: &Conditions) -> Option<Subjects> {
        Some(match conditions {
            Conditions::All(condition) => Subjects::All(Asked::of(condition)?),
            Conditions::Each(each) => Subjects::Each(each.iter().map(Asked::of).collect::<Option<_>>()?),
        })
    }
}

impl From<Subjects> for Conditions {
    fn from(subjects: Subjects) -> Self {
        match subjects {
            Subjects::All(asked) => Conditions::All(asked.into()),
            Subjects::Each(asked) => Conditions::Each(asked.into_iter().map(Condition::from).collect()),
        }
    }
}

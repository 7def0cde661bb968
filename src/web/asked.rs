//! What one picture shows, as it crosses the border to JavaScript.

use crate::denoiser::Condition;
use serde::{Deserialize, Serialize};

/// A prompt as it was understood: a class, or words; neither for anything. Or what lies between two prompts.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    class: Option<usize>,
    words: Option<Vec<usize>>,
    /// Another one, on the way to which it lies.
    toward: Option<Box<Asked>>,
    /// How far on the way, in `[0, 1]`.
    share: Option<f64>,
}

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

//! What one picture shows, as it crosses the border to JavaScript.

use crate::denoiser::Condition;
use serde::{Deserialize, Serialize};

/// A prompt as it was understood: a class, or words, or what lies between two prompts; none of them for anything.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    class: Option<usize>,
    words: Option<Vec<usize>>,
    /// Two prompts, and how much of the second.
    between: Option<Box<(Asked, Asked, f64)>>,
}

impl Asked {
    /// What would be asked for to get this condition; nothing would for a vector.
    #[cfg(feature = "web-drawing")]
    pub fn of(condition: &Condition) -> Option<Asked> {
        match condition {
            Condition::Null => Some(Asked::default()),
            Condition::Class(class) => Some(Asked { class: Some(*class), ..Asked::default() }),
            Condition::Words(words) => Some(Asked { words: Some(words.clone()), ..Asked::default() }),
            Condition::Vector(_) => None,
            Condition::Between(between) => {
                let [first, second] = &between.ends;
                // As networks take it: an f32 comes out of JSON as the same number, whoever reads it.
                let share = f64::from(between.share as f32);
                let between = Some(Box::new((Asked::of(first)?, Asked::of(second)?, share)));
                Some(Asked { between, ..Asked::default() })
            }
        }
    }
}

impl From<Asked> for Condition {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked { between: Some(between), .. } => {
                let (first, second, share) = *between;
                Condition::between(first.into(), second.into(), share)
            }
            Asked { words: Some(words), .. } => Condition::Words(words),
            Asked { class: Some(class), .. } => Condition::Class(class),
            _ => Condition::Null,
        }
    }
}

//! What one picture shows, as it crosses the border to JavaScript.

use crate::denoiser::Condition;
use serde::{Deserialize, Serialize};

/// A prompt as it was understood: a class, or words; neither for anything.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    class: Option<usize>,
    words: Option<Vec<usize>>,
}

impl Asked {
    /// What would be asked for to get this condition; nothing would for a vector.
    #[cfg(feature = "web-drawing")]
    pub fn of(condition: &Condition) -> Option<Asked> {
        match condition {
            Condition::Null => Some(Asked::default()),
            Condition::Class(class) => Some(Asked { class: Some(*class), words: None }),
            Condition::Words(words) => Some(Asked { class: None, words: Some(words.clone()) }),
            Condition::Vector(_) => None,
        }
    }
}

impl From<Asked> for Condition {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked { words: Some(words), .. } => Condition::Words(words),
            Asked { class: Some(class), .. } => Condition::Class(class),
            _ => Condition::Null,
        }
    }
}

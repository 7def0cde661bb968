//! Numbers that say how alike pictures are: how well a theory predicts a network ([`Agreement`], [`Summary`]) and
//! whether a sample is new ([`Neighbour`]). Plain functions of pixels; they know nothing of the rest of the house.

mod agreement;
mod novelty;

pub use agreement::{Agreement, Summary};
pub use novelty::Neighbour;

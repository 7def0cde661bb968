//! Guidance as a sum of terms: with `u` the guess without words and `c_k` the guess for caption k,
//! `x̂₀ = clip(u + Σ_k w_k · m_k · [from_k ≥ t > to_k] · (c_k − u))`, each term with a weight, a mask over the picture and a
//! window of time. Plain guidance (Ho & Salimans 2022) is one term everywhere; several are a product of experts (Liu et al.
//! 2022, eq. 11); masks tell different places different things. [`Way`] names the sums that mix two things.
//!
//! Any denoiser takes terms, for a sum only asks for guesses under several conditions. It says something where the guesses
//! differ: a network's do, and so do those of analytic machines that hold each condition's own training images. A machine
//! over the images of one prompt ([`crate::theory::PatchPosterior`], [`crate::theory::Wiener`]) answers every condition
//! alike, and the sum is then `u`; several, each asked for its own condition ([`crate::theory::Company`]), mix as networks do.

use crate::denoiser::{Condition, Conditions, ImageShape};
use crate::json::names;
use serde::Serialize;
use thiserror::Error;

/// The most terms of one request.
pub const MAX_TERMS: usize = 8;
/// The largest weight of a term, in either direction.
pub const MAX_WEIGHT: f64 = 100.0;
/// How soft the edge of a part is, as a share of the picture: sigmoid((row − 26)/4) in 64 rows.
pub const SOFT: f64 = 1.0 / 16.0;

/// One term of the sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it leads to: one condition for all pictures, or one for each.
    pub condition: Conditions,
    /// How strongly, −100 … 100; it leads away where it is negative.
    pub weight: f64,
    /// Where in the picture.
    pub region: Region,
    /// The largest time at which it is asked, in `[0, 1]`.
    pub from: f64,
    /// The time at which it is no longer asked, in `[0, 1]` and below `from`.
    pub to: f64,
}

impl Term {
    /// A term of weight 1, everywhere and at all times.
    pub fn new(condition: impl Into<Conditions>) -> Self {
        Term { condition: condition.into(), weight: 1.0, region: Region::Everywhere, from: 1.0, to: 0.0 }
    }

    /// The same with another weight.
    pub fn weighing(self, weight: f64) -> Self {
        Term { weight, ..self }
    }

    /// Whether it is asked at time `t`.
    pub fn acts_at(&self, t: f64) -> bool {
        self.from >= t && t > self.to
    }

    /// Checks it for pictures of `shape`.
    fn check(&self, shape: ImageShape) -> Result<(), TermError> {
        let Term { weight, from, to, .. } = *self;
        if !(weight.is_finite() && weight.abs() <= MAX_WEIGHT) {
            return Err(TermError::Weight { weight });
        }
        if !(from <= 1.0 && from > to && to >= 0.0) {
            return Err(TermError::Window { from, to });
        }
        if let Some(share) = self.condition.unusable_share() {
            return Err(TermError::Share { share });
        }
        self.region.check(shape)
    }
}

/// Where in the picture a term acts.
#[derive(Debug, Clone, PartialEq)]
pub enum Region {
    /// In all of it.
    Everywhere,
    /// On one side of an edge: the mask is a sigmoid of the distance from it.
    Part {
        /// Which side.
        side: Side,
        /// Where the edge lies, in `[0, 1]`: that share of the rows is above it, of the columns left of it; inside, the
        /// radius as a share of the shorter side.
        edge: f64,
        /// How soft it is, in `[0, 1]`: the distance, as the same share, in which the mask goes from 0.5 to 0.73.
        soft: f64,
    },
    /// A mask `[H, W]`, each value in `[0, 1]`.
    Mask(Vec<f32>),
}

impl Region {
    /// One side of the edge where it usually lies, as soft as usual.
    pub fn on(side: Side) -> Self {
        Region::Part { side, edge: side.usual_edge(), soft: SOFT }
    }

    /// The mask `[H, W]` over pictures of `shape`; none where it is 1 everywhere.
    pub fn mask(&self, shape: ImageShape) -> Option<Vec<f32>> {
        match self {
            Region::Everywhere => None,
            Region::Mask(mask) => Some(mask.clone()),
            &Region::Part { side, edge, soft } => {
                let pixels = (0..shape.height).flat_map(|row| (0..shape.width).map(move |column| (row, column)));
                Some(pixels.map(|(row, column)| side.share(row, column, shape, edge, soft) as f32).collect())
            }
        }
    }

    fn check(&self, shape: ImageShape) -> Result<(), TermError> {
        let share = |value: &f64| (0.0..=1.0).contains(value);
        match self {
            Region::Everywhere => Ok(()),
            Region::Part { edge, soft, .. } if share(edge) && share(soft) => Ok(()),
            &Region::Part { edge, soft, .. } => Err(TermError::Edge { edge, soft }),
            Region::Mask(mask) => check_mask(mask, shape),
        }
    }
}

/// Checks that a mask has one value for each pixel, in `[0, 1]`.
pub(crate) fn check_mask(mask: &[f32], shape: ImageShape) -> Result<(), TermError> {
    let (expected, found) = (shape.height * shape.width, mask.len());
    if expected != found {
        return Err(TermError::MaskSize { rows: shape.height, columns: shape.width, found });
    }
    match mask.iter().find(|value| !(0.0..=1.0).contains(*value)) {
        Some(&value) => Err(TermError::MaskValue { value }),
        None => Ok(()),
    }
}

/// The sides of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Over a level line.
    Above,
    /// Under it.
    Below,
    /// Left of an upright line.
    Left,
    /// Right of it.
    Right,
    /// Within a circle about the middle.
    Inside,
    /// Without it.
    Outside,
}

names!(Side);

impl Side {
    /// All of them.
    pub const ALL: [Side; 6] = [Side::Above, Side::Below, Side::Left, Side::Right, Side::Inside, Side::Outside];

    /// The name used in requests and on the command line.
    pub fn name(self) -> &'static str {
        ["above", "below", "left", "right", "inside", "outside"][self as usize]
    }

    /// The side of this name.
    pub fn named(name: &str) -> Option<Side> {
        Side::ALL.into_iter().find(|side| side.name() == name)
    }

    /// The other side of the same edge.
    pub fn other(self) -> Side {
        Side::ALL[self as usize ^ 1]
    }

    /// Where the edge lies unless it is said, when what comes on top goes to this side: a hat takes two fifths of the rows.
    pub fn usual_edge(self) -> f64 {
        match self {
            Side::Above => 26.0 / 64.0,
            Side::Below => 38.0 / 64.0,
            Side::Left | Side::Right => 0.5,
            Side::Inside | Side::Outside => 0.28,
        }
    }

    /// The mask at a pixel.
    fn share(self, row: usize, column: usize, shape: ImageShape, edge: f64, soft: f64) -> f64 {
        let (height, width) = (shape.height as f64, shape.width as f64);
        let (row, column) = (row as f64, column as f64);
        // From the edge to the pixel: beyond it on the sides below, right and outside.
        let (distance, size) = match self {
            Side::Above | Side::Below => (row - edge * height, height),
            Side::Left | Side::Right => (column - edge * width, width),
            Side::Inside | Side::Outside => {
                let size = height.min(width);
                let radius = libm::hypot(row - (height - 1.0) / 2.0, column - (width - 1.0) / 2.0);
                (radius - edge * size, size)
            }
        };
        let beyond = match soft * size {
            0.0 => f64::from(distance >= 0.0),
            soft => 1.0 / (1.0 + libm::exp(-distance / soft)),
        };
        if matches!(self, Side::Below | Side::Right | Side::Outside) { beyond } else { 1.0 - beyond }
    }
}

/// The sums that mix two things. What they are drawn from is [`Way::terms`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Way {
    /// Both everywhere, as a product of experts: a heart that is a robot.
    And,
    /// The second on one side of an edge and the first on the other: a cat with a top hat.
    Over {
        /// The side of the second.
        side: Side,
        /// Where the edge lies, in `[0, 1]`.
        edge: f64,
    },
    /// First the first, then the second: the shape of one in the matter of the other.
    Into {
        /// The time at which the second takes over, in `[0, 1]`.
        at: f64,
    },
    /// One thing that lies between both, in what the network makes of words: a station on the way from one to the other
    /// ([`super::morph`]).
    Between {
        /// How much of the second, in `[0, 1]`.
        share: f64,
    },
}

impl Way {
    /// The time at which the second takes over unless it is said.
    pub const USUAL_MOMENT: f64 = 0.75;
    /// How much of the second lies in what is between both unless it is said.
    pub const USUAL_SHARE: f64 = 0.5;

    /// How strongly both pull unless it is said; one thing between them as any one thing does, by `guidance`.
    pub fn usual_weight(self, guidance: f64) -> f64 {
        match self {
            Way::And => 1.5,
            Way::Over { .. } | Way::Into { .. } => 2.0,
            Way::Between { .. } => guidance,
        }
    }

    /// The terms of a mix of two things. At a moment of 1 or 0 one of them takes all the time.
    pub fn terms(self, first: Conditions, second: Conditions, weight: f64) -> Vec<Term> {
        let [first, second] = [first, second].map(|condition| Term::new(condition).weighing(weight));
        match self {
            Way::And => vec![first, second],
            Way::Over { side, edge } => {
                let part = |side| Region::Part { side, edge, soft: SOFT };
                vec![Term { region: part(side.other()), ..first }, Term { region: part(side), ..second }]
            }
            Way::Into { at } if at <= 0.0 => vec![first],
            Way::Into { at } if at >= 1.0 => vec![second],
            Way::Between { share } => {
                vec![Term { condition: first.condition.between(second.condition, share), ..first }]
            }
            Way::Into { at } => vec![Term { to: at, ..first }, Term { from: at, ..second }],
        }
    }
}

/// What is wrong with a term.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TermError {
    /// The weight is not a usable number.
    #[error("expected a weight between -100 and 100, found {weight}")]
    Weight {
        /// What was asked for.
        weight: f64,
    },
    /// The window of time is empty, upside down or out of range.
    #[error("expected it to last from a time up to 1 to a lower one from 0 on, found from {from} to {to}")]
    Window {
        /// Where it begins.
        from: f64,
        /// Where it ends.
        to: f64,
    },
    /// What it leads to lies between two things at no usable share.
    #[error("expected a share between 0 and 1, found {share}")]
    Share {
        /// What was asked for.
        share: f64,
    },
    /// The edge of its part is out of range.
    #[error("expected an edge and a softness between 0 and 1, found {edge} and {soft}")]
    Edge {
        /// Where the edge lies.
        edge: f64,
        /// How soft it is.
        soft: f64,
    },
    /// The mask has not one value for each pixel.
    #[error("expected a mask of {rows} × {columns} values, found {found}")]
    MaskSize {
        /// Rows of a picture.
        rows: usize,
        /// Columns of a picture.
        columns: usize,
        /// Values given.
        found: usize,
    },
    /// A value of the mask is out of range.
    #[error("expected every value of the mask between 0 and 1, found {value}")]
    MaskValue {
        /// The first such value.
        value: f32,
    },
}

/// What a step asks a denoiser for, and how the answers add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Calls {
    /// The terms that act, as indices of the request's, in their order.
    pub terms: Vec<usize>,
    /// Whether the guess that they lead away from is asked for as well; it stands behind theirs.
    pub against: bool,
}

impl Calls {
    /// The calls at time `t`. A term that adds nothing is not asked for, and where all that acts is one of weight 1
    /// everywhere, the guess that it leads away from falls out of the sum. Whether it does must not hang on what the pictures
    /// show: with others beside it, a picture would be another to the last bit.
    pub fn at(t: f64, terms: &[Term], against: &Condition) -> Self {
        let acts = |&k: &usize| terms[k].acts_at(t) && terms[k].weight != 0.0;
        let acting: Vec<usize> = (0..terms.len()).filter(acts).collect();
        let whole = |&k: &usize| terms[k].weight == 1.0 && terms[k].region == Region::Everywhere;
        let alone = acting.len() == 1 && acting.iter().all(whole);
        let adds = |&k: &usize| !terms[k].condition.are_all(against);
        let terms: Vec<usize> = acting.into_iter().filter(adds).collect();
        Calls { against: !alone || terms.is_empty(), terms }
    }

    /// How many guesses each picture takes.
    pub fn kinds(&self) -> usize {
        self.terms.len() + usize::from(self.against)
    }

    /// The conditions of `count` pictures, kind by kind.
    pub fn conditions(&self, terms: &[Term], against: &Condition, count: usize) -> Vec<Condition> {
        let mut conditions: Vec<Condition> =
            self.terms.iter().flat_map(|&k| terms[k].condition.spread(count)).collect();
        if self.against {
            conditions.extend(vec![against.clone(); count]);
        }
        conditions
    }
}

/// Terms with the masks that they have over pictures of one shape.
#[derive(Debug, Clone)]
pub(crate) struct Sum {
    /// Weight and mask `[H, W]` of each term; without a mask it acts everywhere.
    terms: Vec<(f32, Option<Vec<f32>>)>,
    /// Pixels of a mask, H·W.
    area: usize,
}

impl Sum {
    /// The masks of `terms`, which were checked for `shape`.
    pub fn new(terms: &[Term], shape: ImageShape) -> Self {
        let terms = terms.iter().map(|term| (term.weight as f32, term.region.mask(shape))).collect();
        Sum { terms, area: (shape.height * shape.width).max(1) }
    }

    /// The sum at value `index` of the batch: `answer` holds the guesses of `calls`, `length` values each.
    pub fn at(&self, calls: &Calls, answer: &[f32], length: usize, index: usize) -> f32 {
        if !calls.against {
            return answer[index];
        }
        let against = answer[calls.terms.len() * length + index];
        calls
            .terms
            .iter()
            .enumerate()
            .fold(against, |sum, (kind, &k)| sum + self.share(k, index) * (answer[kind * length + index] - against))
    }

    /// How strongly term `k` pulls at value `index` of the batch: its weight times its mask.
    pub fn share(&self, k: usize, index: usize) -> f32 {
        let (weight, mask) = &self.terms[k];
        mask.as_ref().map_or(*weight, |mask| weight * mask[index % self.area])
    }
}

/// Checks terms: how many there are, and each of them; the number of the one that is wrong counts from 1.
pub(crate) fn check(terms: &[Term], shape: ImageShape) -> Result<(), super::SampleError> {
    if terms.len() > MAX_TERMS {
        return Err(super::SampleError::Terms { found: terms.len() });
    }
    for (number, term) in (1..).zip(terms) {
        term.check(shape).map_err(|fault| super::SampleError::Term { number, fault })?;
    }
    Ok(())
}

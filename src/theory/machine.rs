//! The machines by name, and the three choices that make each of them: how far a pixel sees, who may answer for it, and
//! what lies beyond the border (Kamb & Ganguli 2025, section 3).

use crate::denoiser::ImageShape;
use serde::{Deserialize, Serialize};

/// An analytic denoiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Machine {
    /// IS, the ideal score: optimal without limits, so it can only give back training images.
    Ideal,
    /// LS, the local score: every pixel sees a window, and is answered for by the same place of training images.
    Local,
    /// ES, the equivariant score: training images may be shifted around a ring.
    Equivariant,
    /// ELS, the equivariant local score: every pixel sees a window, and any place may answer; the border is a ring.
    Els,
    /// bbELS: ELS with the border broken by zero padding, so places near the border know where they are.
    Bbels,
    /// The best linear denoiser (a Wiener filter): the baseline that every theory has to beat.
    Wiener,
}

impl Machine {
    /// All of them, simplest theory first.
    pub const ALL: [Machine; 6] =
        [Machine::Ideal, Machine::Local, Machine::Equivariant, Machine::Els, Machine::Bbels, Machine::Wiener];

    /// The name used in packs, files and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Machine::Ideal => "ideal",
            Machine::Local => "local",
            Machine::Equivariant => "equivariant",
            Machine::Els => "els",
            Machine::Bbels => "bbels",
            Machine::Wiener => "wiener",
        }
    }

    /// The machine of this name.
    pub fn named(name: &str) -> Option<Machine> {
        Machine::ALL.into_iter().find(|m| m.name() == name)
    }

    /// Whether it needs a window `k(t)`.
    pub fn is_local(self) -> bool {
        matches!(self, Machine::Local | Machine::Els | Machine::Bbels)
    }

    /// The three choices of the patch posterior; nothing for the Wiener filter, which is not one.
    pub fn choices(self) -> Option<Choices> {
        let (window, answer, boundary) = match self {
            Machine::Ideal => (Window::WholeImage, Answer::SamePlace, Boundary::Zeros),
            Machine::Local => (Window::Local, Answer::SamePlace, Boundary::Zeros),
            Machine::Equivariant => (Window::WholeImage, Answer::AnyPlace, Boundary::Circular),
            Machine::Els => (Window::Local, Answer::AnyPlace, Boundary::Circular),
            Machine::Bbels => (Window::Local, Answer::SameBorder, Boundary::Zeros),
            Machine::Wiener => return None,
        };
        Some(Choices { window, answer, boundary, patches: Patches::Inside })
    }
}

/// How far a pixel sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Everything.
    WholeImage,
    /// `k(t) × k(t)` pixels around it.
    Local,
}

/// Which training pixels `p` may answer for a query pixel `q`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Only `p = q`.
    SamePlace,
    /// Any.
    AnyPlace,
    /// Any at the same distance from the border, as far as the window can see it: with `h = (k − 1)/2`, a row nearer
    /// than `h` to an edge answers only for itself, all others answer for each other; columns likewise.
    SameBorder,
}

/// What a window finds beyond the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// Zeros, on both sides of the comparison.
    Zeros,
    /// The other side of the image.
    Circular,
}

/// With a circular boundary: which training patches take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patches {
    /// Those that lie wholly inside their image, as in the released code, whose numbers were published.
    Inside,
    /// All; training images wrap around like the query, as in the paper's equations.
    Wrapped,
}

/// The choices that make a patch posterior.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// How far a pixel sees.
    pub window: Window,
    /// Who may answer.
    pub answer: Answer,
    /// What lies beyond the border.
    pub boundary: Boundary,
    /// Which training patches take part where the boundary is circular.
    pub patches: Patches,
}

impl Choices {
    /// The largest window that makes sense on images of this shape, odd: with zeros outside, the one that sees the
    /// whole image from every pixel; on a ring, the widest that does not meet itself.
    pub fn largest_window(self, shape: ImageShape) -> usize {
        match self.boundary {
            Boundary::Zeros => 2 * shape.height.max(shape.width).max(1) - 1,
            Boundary::Circular => {
                let side = shape.height.min(shape.width).max(1);
                side - (side + 1) % 2
            }
        }
    }
}

//! The machines by name, and the choices that make each of them: how far a pixel sees, who may answer for it, what lies beyond
//! the border (Kamb & Ganguli 2025, section 3), and what a window answers for (Niedoba et al. 2025).

use crate::denoiser::ImageShape;
use crate::json::names;
use serde::Serialize;

/// An analytic denoiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
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
    /// bbELS and the Wiener filter, blended: between the two theories, where networks stand.
    Blend,
    /// PCA-locality: every pixel sees what varies together with it in the training images, and is answered for by the same
    /// place of them.
    Pca,
    /// The patch set posterior composite with the sources of bbELS: every window answers for all it covers.
    Composite,
}

names!(Machine);

/// What is to be said of a machine. Everybody takes names, titles and needs from here: the command, and, through the
/// files that `tests/names.rs` writes, the package, the page and what is embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which one.
    pub machine: Machine,
    /// The name used in packs, files, addresses and the command line.
    pub name: &'static str,
    /// Its name in the paper.
    pub symbol: &'static str,
    /// What a reader of the page calls it.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub says: &'static str,
    /// Its place among those that the page offers, the one that foretells best first.
    pub place: Option<u8>,
    /// What answers.
    pub kind: Kind,
}

/// What answers in a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The patch posterior that choices make.
    Patches(Choices),
    /// A Wiener filter.
    Filter,
    /// Such patches and a Wiener filter, blended.
    Blend(Choices),
    /// The same place of training images, as far as a Wiener filter would look.
    Covariance,
}

/// The choices of a patch posterior over the patches inside the training images.
const fn posterior(window: Window, answer: Answer, boundary: Boundary) -> Choices {
    Choices { window, answer, boundary, patches: Patches::Inside, output: Output::Centre }
}

/// The machines, the simplest theory first. A new one is an entry here and, unless it is a patch posterior, a file.
pub const TABLE: [Entry; 9] = [
    Entry {
        machine: Machine::Ideal,
        name: "ideal",
        symbol: "IS",
        title: "All-seeing",
        says: "Sees the whole picture: it can only copy (IS).",
        place: Some(6),
        kind: Kind::Patches(posterior(Window::WholeImage, Answer::SamePlace, Boundary::Zeros)),
    },
    Entry {
        machine: Machine::Local,
        name: "local",
        symbol: "LS",
        title: "Short-sighted, in place",
        says: "Sees a window, and uses pieces from the same place only (LS).",
        place: Some(4),
        kind: Kind::Patches(posterior(Window::Local, Answer::SamePlace, Boundary::Zeros)),
    },
    Entry {
        machine: Machine::Equivariant,
        name: "equivariant",
        symbol: "ES",
        title: "All-seeing, lost",
        says: "Sees the whole picture, but not where its edges are: it copies, shifted around a ring (ES).",
        place: None,
        kind: Kind::Patches(posterior(Window::WholeImage, Answer::AnyPlace, Boundary::Circular)),
    },
    Entry {
        machine: Machine::Els,
        name: "els",
        symbol: "ELS",
        title: "Short-sighted, lost",
        says: "Sees a window and has no idea where it is in the picture (ELS).",
        place: Some(3),
        kind: Kind::Patches(posterior(Window::Local, Answer::AnyPlace, Boundary::Circular)),
    },
    Entry {
        machine: Machine::Bbels,
        name: "bbels",
        symbol: "bbELS",
        title: "Short-sighted",
        says: "Sees a window, may use pieces from anywhere, but knows where the border is (bbELS).",
        place: Some(1),
        kind: Kind::Patches(posterior(Window::Local, Answer::SameBorder, Boundary::Zeros)),
    },
    Entry {
        machine: Machine::Wiener,
        name: "wiener",
        symbol: "Wiener",
        title: "Average",
        says: "Knows only averages and how pixels go together: the simplest guess (Wiener).",
        place: Some(7),
        kind: Kind::Filter,
    },
    Entry {
        machine: Machine::Blend,
        name: "blend",
        symbol: "bbELS + Wiener",
        title: "Half pieces, half average",
        says: "The short-sighted machine's guess and the average's, blended: it foretells the network best (bbELS + Wiener).",
        place: Some(0),
        kind: Kind::Blend(posterior(Window::Local, Answer::SameBorder, Boundary::Zeros)),
    },
    Entry {
        machine: Machine::Pca,
        name: "pca",
        symbol: "PCA-locality",
        title: "Sees what goes together",
        says: "Sees what varies with a pixel in the training pictures, and uses pieces from the same place only (PCA-locality).",
        place: Some(5),
        kind: Kind::Covariance,
    },
    Entry {
        machine: Machine::Composite,
        name: "composite",
        symbol: "PSPC",
        title: "Short-sighted, overlapping",
        says: "As the short-sighted one, but every window answers for all it covers, and a pixel is the mean of what it is told (PSPC).",
        place: Some(2),
        kind: Kind::Patches(Choices {
            output: Output::Covered,
            ..posterior(Window::Local, Answer::SameBorder, Boundary::Zeros)
        }),
    },
];

impl Machine {
    /// All of them, simplest theory first.
    pub const ALL: [Machine; TABLE.len()] = {
        let mut all = [Machine::Ideal; TABLE.len()];
        let mut i = 0;
        while i < TABLE.len() {
            all[i] = TABLE[i].machine;
            i += 1;
        }
        all
    };

    /// What is to be said of it; the table is in the order of the machines (a test sees to it).
    pub fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }

    /// The name used in packs, files and the command line.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The machine of this name.
    pub fn named(name: &str) -> Option<Machine> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.machine)
    }

    /// Whether it needs a window `k(t)`.
    pub fn is_local(self) -> bool {
        self.choices().is_some_and(|choices| choices.window == Window::Local)
    }

    /// The machine whose `k(t)` it sees by: the first that makes the same choices, which is mostly itself.
    pub fn sees_as(self) -> Machine {
        let Some(choices) = self.choices() else { return self };
        TABLE.iter().find(|entry| entry.machine.choices() == Some(choices)).map_or(self, |entry| entry.machine)
    }

    /// Whether its `k(t)` is calibrated for itself.
    pub fn has_windows(self) -> bool {
        self.is_local() && self.sees_as() == self
    }

    /// The choices of the patch posterior that answers; nothing where none does.
    pub fn choices(self) -> Option<Choices> {
        match self.entry().kind {
            Kind::Patches(choices) | Kind::Blend(choices) => Some(choices),
            Kind::Filter | Kind::Covariance => None,
        }
    }

    /// Whether a Wiener filter is needed to make it.
    pub fn has_filter(self) -> bool {
        !matches!(self.entry().kind, Kind::Patches(_))
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

/// Which pixels of the answer a window has a say in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The one in its middle.
    Centre,
    /// All that a local window covers: a pixel is the mean of what the windows around it say (Niedoba et al. 2025, the patch
    /// set posterior composite).
    Covered,
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
    /// Which pixels of the answer a window has a say in.
    pub output: Output,
}

impl Choices {
    /// Whether the windows' weights are wanted twice: once to know their sums, once to spread them ([`Output::Covered`]).
    pub fn is_composite(self) -> bool {
        self.window == Window::Local && self.output == Output::Covered
    }

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

//! Which training pixels may answer for which query pixels, as a list of runs along each axis. Rows and columns are
//! independent, so every pair of a row run and a column run is one rectangle with one displacement `d = p − q`.

use super::Sight;
use super::machine::{Answer, Boundary, Choices, Patches};

/// What lies outside an image when it is made larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pad {
    Zeros,
    Wrap,
}

/// A run of query pixels along one axis that share a displacement. All positions count from the low edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Start of the first window in the padded query.
    pub x: usize,
    /// Start of the first window in the padded training image.
    pub y: usize,
    /// First query pixel; later ones wrap around.
    pub q: usize,
    /// First training pixel.
    pub p: usize,
    /// Number of pixels.
    pub len: usize,
}

/// One axis of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Axis {
    /// Pixels of the image.
    pub size: usize,
    /// Window, odd; where its edge is hard, clipped where it already sees the whole image from everywhere.
    pub window: usize,
    /// Side of its second box ([`super::Sight::soft`]).
    pub soft: usize,
    /// What is put before the query (and at least as much after it).
    pub x_pad: usize,
    /// Length of the padded query.
    pub x_size: usize,
    /// What is put on both sides of the training images.
    pub y_pad: usize,
    /// What the padding holds.
    pub pad: Pad,
    /// Who answers for whom.
    pub runs: Vec<Run>,
}

impl Axis {
    /// Half the window, `h = (k − 1) / 2`.
    pub fn half(&self) -> usize {
        self.window / 2
    }

    /// Side of its first box.
    pub fn first(&self) -> usize {
        self.window + 1 - self.soft
    }

    /// Side of the box that is summed last: of the second one, if there is one.
    pub fn last(&self) -> usize {
        if self.soft > 1 { self.soft } else { self.window }
    }

    /// Length of the padded training images.
    pub fn y_size(&self) -> usize {
        self.size + 2 * self.y_pad
    }
}

/// Plans an axis of `n` pixels for a window (odd; at most `n` where the boundary is circular).
pub(crate) fn axis(n: usize, sight: Sight, choices: Choices) -> Axis {
    match choices.boundary {
        Boundary::Zeros => zeros(n, sight, choices.answer),
        Boundary::Circular => circular(n, sight, choices),
    }
}

/// Zeros outside: both sides are padded, and windows past the edge add the same to everyone who may answer.
fn zeros(n: usize, sight: Sight, answer: Answer) -> Axis {
    let Sight { window: k, soft } = sight;
    // A soft window is no longer the same once its ends are cut off.
    let h = if soft > 1 { k / 2 } else { (k / 2).min(n - 1) };
    // Pixels closer to the edge than half a window may only be answered for by their own kind.
    let edge = match answer {
        Answer::SamePlace => n,
        Answer::SameBorder => k / 2,
        Answer::AnyPlace => 0,
    };
    let mut runs = vec![Run { x: 0, y: 0, q: 0, p: 0, len: n }];
    for d in 1..n.saturating_sub(2 * edge) {
        let len = n - 2 * edge - d;
        runs.push(Run { x: edge, y: edge + d, q: edge, p: edge + d, len });
        runs.push(Run { x: edge + d, y: edge, q: edge + d, p: edge, len });
    }
    Axis { size: n, window: 2 * h + 1, soft, x_pad: h, x_size: n + 2 * h, y_pad: h, pad: Pad::Zeros, runs }
}

/// A ring: the query wraps around; training images wrap too, or only patches that lie wholly inside answer.
fn circular(n: usize, sight: Sight, choices: Choices) -> Axis {
    let Sight { window, soft } = sight;
    let h = window / 2;
    let inside = choices.patches == Patches::Inside && choices.answer != Answer::SamePlace;
    let (y_pad, p, len) = if inside { (0, h, n - 2 * h) } else { (h, 0, n) };
    let displacements = if choices.answer == Answer::SamePlace { 1 } else { n };
    let runs = (0..displacements).map(|d| (p + n - d) % n).map(|q| Run { x: q, y: 0, q, p, len }).collect();
    Axis { size: n, window, soft, x_pad: h, x_size: n - 1 + len + 2 * h, y_pad, pad: Pad::Wrap, runs }
}

//! The patch posterior as a [`Denoiser`]: for every pixel q of a noisy picture, the mean of the training pixels that
//! may answer for it, weighed by how well the windows around them match (Kamb & Ganguli 2025, eq. 8 to 12):
//!
//! ```text
//! D(q; n, p) = Σ_δ ‖x(q+δ) − a_t y_n(p+δ)‖²    w ∝ exp(−D / 2s_t²)    x̂₀(q) = Σ w y_n(p)
//! ```
//!
//! A window answers for its centre, or for all it covers ([`super::composite`]), which takes a second round over the images; a
//! [blend](super::blend) may weigh both.
//! The machine holds the images of the prompt at hand, so it takes no notice of conditions.

use super::blend::{Calibration, Shares, mix};
use super::composite::{Composite, Levels};
use super::locality::Locality;
use super::machine::{Choices, Kind, Machine, Patches, Window};
use super::partial::Partial;
use super::plan::{Pad, axis};
use super::spread;
use super::sweep::{self, Query, pad_query};
use super::training::Training;
use super::whole::{self, WholeQuery};
use super::{Provenance, Sight, TheoryError};
use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::parallel;
use crate::schedule::Time;
use crate::simd::{Anywhere, Simd};
use core::ops::Range;
use std::sync::Arc;

/// Images per task. Fixed, so that results do not depend on the number of threads; a multiple of all lane counts.
const TASK: usize = 128;
/// The least noise that logits are taken at; below it every posterior is a single patch anyway.
const MIN_NOISE: f64 = 1e-3;

/// A machine with its training images.
#[derive(Debug, Clone)]
pub struct PatchPosterior {
    training: Arc<Training>,
    choices: Choices,
    locality: Option<Locality>,
    /// How far windows answer for all they cover, where that changes with time.
    shares: Option<Shares>,
}

impl PatchPosterior {
    /// `machine` over `training`; local machines need `locality`, the others ignore it.
    ///
    /// # Errors
    /// [`TheoryError::NotAPatchPosterior`] for the Wiener filter, [`TheoryError::NoLocality`] where a local machine is
    /// given none.
    pub fn new(
        machine: Machine,
        training: Arc<Training>,
        locality: Option<Locality>,
    ) -> Result<PatchPosterior, TheoryError> {
        let choices = machine.choices().ok_or(TheoryError::NotAPatchPosterior(machine))?;
        PatchPosterior::with_choices(choices, training, locality)
    }

    /// As [`PatchPosterior::new`], with what was calibrated against a network.
    ///
    /// # Errors
    /// As [`PatchPosterior::new`].
    pub fn calibrated(
        machine: Machine,
        training: Arc<Training>,
        calibration: &Calibration,
    ) -> Result<PatchPosterior, TheoryError> {
        let mut posterior = PatchPosterior::new(machine, training, calibration.locality.clone())?;
        if matches!(machine.entry().kind, Kind::Blend(_)) {
            posterior.shares = Some(calibration.shares.clone());
        }
        Ok(posterior)
    }

    /// The patch posterior that `choices` make.
    ///
    /// # Errors
    /// [`TheoryError::NoLocality`] where a local machine is given none.
    pub fn with_choices(
        choices: Choices,
        training: Arc<Training>,
        locality: Option<Locality>,
    ) -> Result<PatchPosterior, TheoryError> {
        if choices.window == Window::Local && locality.is_none() {
            return Err(TheoryError::NoLocality);
        }
        Ok(PatchPosterior { training, choices, locality, shares: None })
    }

    /// The same machine with training patches that wrap around the border too, as in the paper's equations.
    pub fn wrapped(mut self) -> PatchPosterior {
        self.choices.patches = Patches::Wrapped;
        self
    }

    /// The training images.
    pub fn training(&self) -> &Arc<Training> {
        &self.training
    }

    /// The same machine over other training images.
    pub fn over(&self, training: Arc<Training>) -> PatchPosterior {
        PatchPosterior { training, ..self.clone() }
    }

    /// The choices that make it.
    pub fn choices(&self) -> Choices {
        self.choices
    }

    /// Replaces the locality schedule: the locality slider.
    pub fn set_locality(&mut self, locality: Locality) {
        self.locality = Some(locality);
    }

    /// The window used at `time`, odd: what the schedule says, or the largest that the boundary allows.
    pub fn window(&self, time: Time) -> usize {
        self.sight(time).window
    }

    /// The window used at `time`, and how it ends.
    pub fn sight(&self, time: Time) -> Sight {
        let largest = self.choices.largest_window(self.training.shape());
        match (&self.locality, self.choices.window) {
            (Some(locality), Window::Local) => locality.sight(time).within(largest),
            _ => Sight::hard(largest),
        }
    }

    /// How much of an answer is said by all windows that cover a pixel, in `[0, 1]`; above zero a call takes a second round.
    pub fn covered(&self, time: Time) -> f64 {
        if self.choices.is_composite() {
            return 1.0;
        }
        self.shares.as_ref().map_or(0.0, |shares| shares.covered(time))
    }

    /// Denoises one picture `[C, H, W]` and keeps which patch each pixel owes most to. Slower, as every weight is looked at.
    ///
    /// # Errors
    /// As [`Denoiser::denoise`].
    pub fn explain(&self, x: &[f32], time: Time) -> Result<(Vec<f32>, Provenance), DenoiseError> {
        let partial = self.partial(x, time, true)?;
        let mean = self.means(x, time, std::slice::from_ref(&partial));
        Ok((finite(mean)?, partial.provenance()))
    }

    /// The posterior of one picture `[C, H, W]` over these training images, to be merged with others; `provenance`
    /// says whether best patches and entropy are kept.
    ///
    /// # Errors
    /// [`DenoiseError::Shape`] where `x` is not one picture.
    pub fn partial(&self, x: &[f32], time: Time, provenance: bool) -> Result<Partial, DenoiseError> {
        check_batch(x, self.training.shape(), &[Condition::Null])?;
        let mut partials = self.partials(x, time, provenance, 0..self.training.groups());
        partials.pop().ok_or(DenoiseError::NotFinite)
    }

    /// The posteriors of the pictures `x` `[B, C, H, W]`, one each, over part `part` of `parts` about equal parts of
    /// these training images. A part is the same to the bit whoever computes it, so that work may be shared out, and
    /// done again by another where somebody fails; merged, all parts make [`PatchPosterior::partial`].
    ///
    /// # Errors
    /// [`DenoiseError::Shape`] where `x` is not a whole number of pictures.
    pub fn part(
        &self,
        x: &[f32],
        time: Time,
        provenance: bool,
        part: usize,
        parts: usize,
    ) -> Result<Vec<Partial>, DenoiseError> {
        let shape = self.training.shape();
        check_batch(x, shape, &vec![Condition::Null; x.len() / shape.len()])?;
        Ok(self.partials(x, time, provenance, self.groups(part, parts)))
    }

    /// The second round of a composite, as [`PatchPosterior::part`]: what part `part` of `parts` gives to the pictures `x`, whose
    /// windows' `levels` ([`Levels::of`] the merged first round) are known. All parts together add up ([`Composite::merge`]).
    ///
    /// # Errors
    /// [`DenoiseError::Shape`] where `x` is not a whole number of pictures, or `levels` are not one for each, of its size.
    pub fn spread(
        &self,
        x: &[f32],
        time: Time,
        levels: &[Levels],
        part: usize,
        parts: usize,
    ) -> Result<Vec<Composite>, DenoiseError> {
        let shape = self.training.shape();
        check_batch(x, shape, &vec![Condition::Null; levels.len()])?;
        let expected = 2 * shape.height * shape.width;
        if let Some(other) = levels.iter().find(|levels| levels.floats().len() != expected) {
            let found = other.floats().len();
            return Err(DenoiseError::Shape { what: "levels [H, W, 2]", expected, found });
        }
        Ok(self.composites(x, time, levels, self.groups(part, parts)))
    }

    /// The posterior means of the pictures `x` whose posteriors over all training images are known: what their windows say of their
    /// centres and, as far as [`PatchPosterior::covered`] says, of all they cover.
    pub(crate) fn means(&self, x: &[f32], time: Time, partials: &[Partial]) -> Vec<f32> {
        let composites = (self.covered(time) > 0.0).then(|| {
            let levels: Vec<Levels> = partials.iter().map(Levels::of).collect();
            self.composites(x, time, &levels, 0..self.training.groups())
        });
        self.joined(time, partials, composites.as_deref().unwrap_or_default())
    }

    /// The posterior means where both rounds are done, in a browser by many; `composites` are empty where there was one.
    pub(crate) fn joined(&self, time: Time, partials: &[Partial], composites: &[Composite]) -> Vec<f32> {
        let mut means: Vec<f32> = partials.iter().flat_map(Partial::mean).collect();
        let (sight, boundary) = (self.sight(time), self.choices.boundary);
        let covered: Vec<f32> = composites.iter().flat_map(|composite| composite.mean(sight, boundary)).collect();
        mix(&covered, &mut means, 1.0 - self.covered(time));
        means
    }

    /// The images of a part, by group.
    fn groups(&self, part: usize, parts: usize) -> Range<usize> {
        let edge = |n: usize| self.training.groups() * n.min(parts) / parts.max(1);
        edge(part)..edge(part.saturating_add(1))
    }

    /// One merged posterior over the images of `groups` per picture of `x` `[B, C, H, W]`.
    fn partials(&self, x: &[f32], time: Time, trace: bool, groups: Range<usize>) -> Vec<Partial> {
        let shape = self.training.shape();
        let ask = |question: &Question, _: usize, groups: Range<usize>| {
            let mut partial = Partial::empty(shape);
            self.training.isa().run(Answer { question, training: &self.training, groups, partial: &mut partial });
            partial
        };
        self.shared_out(x, time, trace, groups, Partial::empty(shape), ask, Partial::absorb)
    }

    /// As [`PatchPosterior::partials`], for the second round.
    fn composites(&self, x: &[f32], time: Time, levels: &[Levels], groups: Range<usize>) -> Vec<Composite> {
        let shape = self.training.shape();
        let ask = |question: &Question, b: usize, groups: Range<usize>| {
            let mut composite = Composite::empty(shape);
            if let Question::Local(query) = question {
                let (levels, training, composite) = (&levels[b], &*self.training, &mut composite);
                training.isa().run(Speak { query, levels, training, groups, composite });
            }
            composite
        };
        self.shared_out(x, time, false, groups, Composite::empty(shape), ask, Composite::absorb)
    }

    /// Asks `ask` of every picture and every task's images, on all processors, and joins the answers in order.
    #[allow(clippy::too_many_arguments)] // a private half of two functions
    fn shared_out<'a, P: Clone + Send>(
        &'a self,
        x: &'a [f32],
        time: Time,
        trace: bool,
        groups: Range<usize>,
        empty: P,
        ask: impl Fn(&Question<'a>, usize, Range<usize>) -> P + Sync + Send,
        join: impl Fn(&mut P, &P),
    ) -> Vec<P> {
        let pictures = x.chunks_exact(self.training.shape().len());
        let questions: Vec<Question> = pictures.map(|x| Question::new(x, self, time, trace)).collect();
        let (step, end) = (TASK / self.training.isa().lanes(), groups.end);
        let tasks: Vec<(usize, Range<usize>)> = (0..questions.len())
            .flat_map(|b| groups.clone().step_by(step).map(move |g| (b, g..(g + step).min(end))))
            .collect();
        let parts: Vec<P> = parallel::map(&tasks, |(b, groups)| ask(&questions[*b], *b, groups.clone()));
        let mut joined = vec![empty; questions.len()];
        for ((b, _), part) in tasks.iter().zip(&parts) {
            join(&mut joined[*b], part);
        }
        joined
    }
}

impl Denoiser for PatchPosterior {
    fn shape(&self) -> ImageShape {
        self.training.shape()
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.training.shape(), conditions)?;
        let partials = self.partials(x, time, false, 0..self.training.groups());
        finite(self.means(x, time, &partials))
    }
}

/// Passes on pixels that are finite.
fn finite(pixels: Vec<f32>) -> Result<Vec<f32>, DenoiseError> {
    if pixels.iter().all(|v| v.is_finite()) { Ok(pixels) } else { Err(DenoiseError::NotFinite) }
}

/// What turns squared differences into logits.
pub(crate) struct Scales {
    /// `a_t`.
    pub a: f32,
    /// `−log₂e / (2 s_t²)`: makes logits, in powers of two, of squared distances.
    pub logit: f32,
    /// `−C s_t²`, the expected squared difference of a pixel, negative; taken off for the sake of rounding.
    pub centre: f32,
}

impl Scales {
    /// Those of `time`, for pixels of `channels` values.
    pub fn new(time: Time, channels: usize) -> Scales {
        let noise = time.s.max(MIN_NOISE);
        Scales {
            a: time.a as f32,
            logit: (-core::f64::consts::LOG2_E / (2.0 * noise * noise)) as f32,
            centre: (-(channels as f64) * noise * noise) as f32,
        }
    }

    /// For sums over both boxes of a window, which are `soft²` times the mean that a soft window is.
    pub fn softened(self, soft: usize) -> Scales {
        Scales { logit: self.logit / (soft * soft) as f32, ..self }
    }

    /// The logit of as many pixels beyond the border, which are zero on both sides.
    #[cfg(with_gpu)]
    pub fn beyond(&self, pixels: usize) -> f64 {
        f64::from(self.logit) * f64::from(self.centre) * pixels as f64
    }
}

/// One picture at one time, made ready for the inner loops.
enum Question<'a> {
    Local(Query),
    Whole(WholeQuery<'a>),
}

impl<'a> Question<'a> {
    fn new(x: &'a [f32], posterior: &PatchPosterior, time: Time, trace: bool) -> Question<'a> {
        let (shape, choices) = (posterior.training.shape(), posterior.choices);
        let sight = posterior.sight(time);
        let Scales { a, logit, centre } = Scales::new(time, shape.channels).softened(sight.soft);
        if choices.window == Window::WholeImage {
            let shifted = choices.answer != super::machine::Answer::SamePlace;
            return Question::Whole(WholeQuery { shape, x, a, logit, centre, shifted });
        }
        let (rows, columns) = (axis(shape.height, sight, choices), axis(shape.width, sight, choices));
        debug_assert!(rows.pad == columns.pad && matches!(rows.pad, Pad::Zeros | Pad::Wrap));
        let x = pad_query(x, shape.channels, &rows, &columns);
        Question::Local(Query { shape, rows, columns, x, a, logit, centre, trace })
    }
}

/// Adds the posterior over the images of `groups` to `partial`.
struct Answer<'a> {
    question: &'a Question<'a>,
    training: &'a Training,
    groups: Range<usize>,
    partial: &'a mut Partial,
}

impl Anywhere for Answer<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Answer { question, training, groups, partial } = self;
        match question {
            Question::Local(query) => sweep::run(s, query, training, groups, partial),
            Question::Whole(query) => whole::run(s, query, training, groups, partial),
        }
    }
}

/// Adds what windows of known weights say to `composite`.
struct Speak<'a> {
    query: &'a Query,
    levels: &'a Levels,
    training: &'a Training,
    groups: Range<usize>,
    composite: &'a mut Composite,
}

impl Anywhere for Speak<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Speak { query, levels, training, groups, composite } = self;
        spread::run(s, query, levels, training, groups, composite);
    }
}

//! The patch posterior as a [`Denoiser`]: for every pixel q of a noisy picture, the mean of the training pixels that
//! may answer for it, weighed by how well the windows around them match (Kamb & Ganguli 2025, eq. 8 to 12):
//!
//! ```text
//! D(q; n, p) = Σ_δ ‖x(q+δ) − a_t y_n(p+δ)‖²    w ∝ exp(−D / 2s_t²)    x̂₀(q) = Σ w y_n(p)
//! ```
//!
//! The machine holds the images of the prompt at hand, so it takes no notice of conditions.

use super::locality::Locality;
use super::machine::{Choices, Machine, Patches, Window};
use super::partial::Partial;
use super::plan::{Pad, axis};
use super::sweep::{self, Query, pad_query};
use super::training::Training;
use super::whole::{self, WholeQuery};
use super::{Provenance, TheoryError};
use crate::denoiser::{Condition, DenoiseError, Denoiser, ImageShape, check_batch};
use crate::parallel;
use crate::schedule::Time;
use crate::simd::Isa;
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
        Ok(PatchPosterior { training, choices, locality })
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

    /// The three choices that make it.
    pub fn choices(&self) -> Choices {
        self.choices
    }

    /// Replaces the locality schedule: the locality slider.
    pub fn set_locality(&mut self, locality: Locality) {
        self.locality = Some(locality);
    }

    /// The window used at `time`, odd: what the schedule says, or the largest that the boundary allows.
    pub fn window(&self, time: Time) -> usize {
        let largest = self.choices.largest_window(self.training.shape());
        match (&self.locality, self.choices.window) {
            (Some(locality), Window::Local) => locality.window(time).min(largest),
            _ => largest,
        }
    }

    /// Denoises one picture `[C, H, W]` and keeps which patch each pixel owes most to. Slower, as every weight is looked at.
    ///
    /// # Errors
    /// As [`Denoiser::denoise`].
    pub fn explain(&self, x: &[f32], time: Time) -> Result<(Vec<f32>, Provenance), DenoiseError> {
        let partial = self.partial(x, time, true)?;
        Ok((finite(partial.mean())?, partial.provenance()))
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
        let edge = |n: usize| self.training.groups() * n.min(parts) / parts.max(1);
        Ok(self.partials(x, time, provenance, edge(part)..edge(part.saturating_add(1))))
    }

    /// One merged posterior over the images of `groups` per picture of `x` `[B, C, H, W]`.
    fn partials(&self, x: &[f32], time: Time, trace: bool, groups: Range<usize>) -> Vec<Partial> {
        let shape = self.training.shape();
        let questions: Vec<Question> =
            x.chunks_exact(shape.len()).map(|x| Question::new(x, self, time, trace)).collect();
        let (step, end) = (TASK / self.training.isa().lanes(), groups.end);
        let tasks: Vec<(usize, Range<usize>)> = (0..questions.len())
            .flat_map(|b| groups.clone().step_by(step).map(move |g| (b, g..(g + step).min(end))))
            .collect();
        let work = |(b, groups): &(usize, Range<usize>)| {
            let mut partial = Partial::empty(shape);
            questions[*b].answer(&self.training, groups.clone(), &mut partial);
            partial
        };
        let parts: Vec<Partial> = parallel::map(&tasks, work);
        let mut merged = vec![Partial::empty(shape); questions.len()];
        for ((b, _), part) in tasks.iter().zip(&parts) {
            merged[*b].absorb(part);
        }
        merged
    }
}

impl Denoiser for PatchPosterior {
    fn shape(&self) -> ImageShape {
        self.training.shape()
    }

    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, self.training.shape(), conditions)?;
        let mut out = Vec::with_capacity(x.len());
        for partial in self.partials(x, time, false, 0..self.training.groups()) {
            out.extend(partial.mean());
        }
        finite(out)
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
}

/// One picture at one time, made ready for the inner loops.
enum Question<'a> {
    Local(Query),
    Whole(WholeQuery<'a>),
}

impl<'a> Question<'a> {
    fn new(x: &'a [f32], posterior: &PatchPosterior, time: Time, trace: bool) -> Question<'a> {
        let (shape, choices) = (posterior.training.shape(), posterior.choices);
        let Scales { a, logit, centre } = Scales::new(time, shape.channels);
        if choices.window == Window::WholeImage {
            let shifted = choices.answer != super::machine::Answer::SamePlace;
            return Question::Whole(WholeQuery { shape, x, a, logit, centre, shifted });
        }
        let k = posterior.window(time);
        let (rows, columns) = (axis(shape.height, k, choices), axis(shape.width, k, choices));
        debug_assert!(rows.pad == columns.pad && matches!(rows.pad, Pad::Zeros | Pad::Wrap));
        let x = pad_query(x, shape.channels, &rows, &columns);
        Question::Local(Query { shape, rows, columns, x, a, logit, centre, trace })
    }

    /// Adds the posterior over the images of `groups` to `partial`, on the instruction set they are laid out for.
    fn answer(&self, training: &Training, groups: Range<usize>, partial: &mut Partial) {
        match training.isa() {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                if let Some(s) = crate::simd::Avx512::detect() {
                    // SAFETY: `detect` has seen AVX-512F, which implies the others.
                    unsafe { self.answer_avx512(s, training, groups, partial) }
                }
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                if let Some(s) = crate::simd::Avx2::detect() {
                    // SAFETY: `detect` has seen AVX2 and FMA.
                    unsafe { self.answer_avx2(s, training, groups, partial) }
                }
            }
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Isa::Simd128 => self.answer_with(crate::simd::Simd128, training, groups, partial),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Isa::Portable => {}
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            Isa::Portable => self.answer_with(crate::simd::Portable, training, groups, partial),
        }
    }

    #[inline(always)]
    fn answer_with<S: crate::simd::Simd>(
        &self,
        s: S,
        training: &Training,
        groups: Range<usize>,
        partial: &mut Partial,
    ) {
        match self {
            Question::Local(query) => sweep::run(s, query, training, groups, partial),
            Question::Whole(query) => whole::run(s, query, training, groups, partial),
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx2,fma")]
    fn answer_avx512(&self, s: crate::simd::Avx512, training: &Training, groups: Range<usize>, partial: &mut Partial) {
        self.answer_with(s, training, groups, partial);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn answer_avx2(&self, s: crate::simd::Avx2, training: &Training, groups: Range<usize>, partial: &mut Partial) {
        self.answer_with(s, training, groups, partial);
    }
}

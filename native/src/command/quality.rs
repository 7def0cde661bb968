//! How good a network's samples are, by a judge that was trained on real images: the share that it assigns to their
//! prompt, and the Fréchet distance of its features to those of the test images. Part of `morphogen evaluate`.

use super::CommandError;
use crate::evaluate::Quality;
use crate::evaluate::frechet::Gaussian;
use crate::network::judge::Judge;
use crate::train::data::{Split, pixel};
use burn::tensor::Device;
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::pack::Pack;
use morphogen::sampler::{self, Request};
use morphogen::schedule::Schedule;
use std::path::Path;

/// A judge with what it says of real images.
pub struct Panel {
    judge: Judge,
    test: Gaussian,
    /// Share of real test images that the judge gets right.
    pub accuracy: f64,
    /// Fréchet distance of [`Panel::SAMPLES`] training images to the test images: what a perfect sampler would reach.
    pub training_frechet: f64,
}

impl Panel {
    /// Number of samples (and of training images) for the Fréchet distance.
    pub const SAMPLES: usize = 5000;

    /// Opens a judge's pack and shows it the real images.
    ///
    /// # Errors
    /// [`CommandError`] where pack or data cannot be read.
    pub fn open(pack: &Path, data: &Path, device: &Device) -> Result<Self, CommandError> {
        let judge = Judge::new(&Pack::open(pack)?.judge_weights()?, device)?;
        let real = |split, count: usize| -> Result<_, CommandError> {
            let data = super::dataset(data, split, None)?;
            let count = count.min(data.len());
            let pictures: Vec<f32> = data.images[..count * data.shape.len()].iter().map(|&b| pixel(b)).collect();
            let verdict = judge.judge(&pictures, data.shape)?;
            let right = verdict.classes.iter().zip(&data.labels).filter(|(found, label)| found == label).count();
            Ok((fit(&verdict.features, verdict.width)?, right as f64 / count.max(1) as f64))
        };
        let (test, accuracy) = real(Split::Test, usize::MAX)?;
        let (training, _) = real(Split::Train, Self::SAMPLES)?;
        Ok(Panel { training_frechet: training.distance(&test), judge, test, accuracy })
    }

    /// Samples every class equally often, `samples` in all, and judges them. Seeds begin at 0 in each class;
    /// `on_picture` hears how many pictures are done.
    ///
    /// # Errors
    /// [`CommandError`] where sampling or judging fails.
    pub fn grade(
        &self,
        denoiser: &mut dyn Denoiser,
        schedule: Schedule,
        settings: &Request,
        classes: usize,
        samples: usize,
        mut on_picture: impl FnMut(usize),
    ) -> Result<Quality, CommandError> {
        const BATCH: usize = 50;
        let shape = denoiser.shape();
        let each = samples.div_ceil(classes.max(1));
        let (mut features, mut by_prompt, mut width) = (Vec::new(), Vec::new(), 0);
        for class in 0..classes {
            let mut right = 0;
            for start in (0..each).step_by(BATCH) {
                let count = BATCH.min(each - start);
                let request = Request { seed: start as u64, count, ..settings.clone().of(Condition::Class(class)) };
                let pictures = sampler::sample(denoiser, &request, schedule, |_| true)?;
                let verdict = self.judge.judge(&pictures, shape)?;
                right += verdict.classes.iter().filter(|&&found| found == class).count();
                features.extend(verdict.features);
                width = verdict.width;
                on_picture(count);
            }
            by_prompt.push(right as f64 / each.max(1) as f64);
        }
        Ok(Quality {
            adherence: by_prompt.iter().sum::<f64>() / by_prompt.len().max(1) as f64,
            by_prompt,
            frechet: fit(&features, width)?.distance(&self.test),
            samples: each * classes,
            steps: settings.steps,
            grid: settings.grid,
            solver: settings.solver,
            guidance: settings.terms.first().map_or(1.0, |term| term.weight),
        })
    }
}

fn fit(features: &[f32], width: usize) -> Result<Gaussian, CommandError> {
    Gaussian::fit(features, width)
        .ok_or_else(|| CommandError::Usage("expected at least two pictures for a Fréchet distance".into()))
}

//! How well samples of a network that draws from words show what was asked for: the training images nearest to a sample,
//! in the features of a judge, should carry the prompt's main word.

use crate::denoiser::ImageShape;
use crate::network::NetworkError;
use crate::network::judge::Judge;
use crate::train::captions::{Caption, CaptionFile, CaptionSplit};
use serde::Serialize;

/// How many neighbours are looked at.
pub const NEIGHBOURS: usize = 5;

/// Training images by their features.
pub struct Gallery<'a> {
    judge: &'a Judge,
    captions: &'a CaptionFile,
    /// Numbers of the training images.
    members: Vec<usize>,
    /// Unit features `[N, F]` of the members.
    features: Vec<f32>,
    width: usize,
}

/// How often samples show what was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Retrieval {
    /// Number of prompts.
    pub prompts: usize,
    /// Share whose main word one of the nearest images carries.
    pub main: f64,
    /// Share whose every word of the label the nearest images carry between them.
    pub all: f64,
    /// What chance would give for `main`: the same with the neighbours of the next prompt.
    pub chance: f64,
}

impl<'a> Gallery<'a> {
    /// Shows the judge the training images of `captions`; `pictures` `[N, C, H, W]` holds all.
    ///
    /// # Errors
    /// [`NetworkError::Device`] where the judge fails.
    pub fn new(
        judge: &'a Judge,
        captions: &'a CaptionFile,
        pictures: &[f32],
        shape: ImageShape,
    ) -> Result<Self, NetworkError> {
        let train = |n: &usize| captions.entries[*n].split == CaptionSplit::Train;
        let members: Vec<usize> = (0..captions.entries.len()).filter(train).collect();
        let size = shape.len();
        let chosen: Vec<f32> = members.iter().flat_map(|&n| &pictures[n * size..(n + 1) * size]).copied().collect();
        let verdict = judge.judge(&chosen, shape)?;
        let features = units(verdict.features, verdict.width);
        Ok(Gallery { judge, captions, members, features, width: verdict.width })
    }

    /// The nearest training images of each of `pictures` `[B, C, H, W]`, by the angle between features, nearest first.
    ///
    /// # Errors
    /// [`NetworkError::Device`] where the judge fails.
    pub fn nearest(&self, pictures: &[f32], shape: ImageShape) -> Result<Vec<[usize; NEIGHBOURS]>, NetworkError> {
        let verdict = self.judge.judge(pictures, shape)?;
        let rows = units(verdict.features, self.width);
        Ok(rows.chunks_exact(self.width).map(|row| self.best(row)).collect())
    }

    fn best(&self, row: &[f32]) -> [usize; NEIGHBOURS] {
        let cosine = |other: &[f32]| row.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let mut order: Vec<(f32, usize)> =
            self.features.chunks_exact(self.width).map(cosine).zip(self.members.iter().copied()).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        core::array::from_fn(|i| order[i.min(order.len() - 1)].1)
    }

    /// How well the neighbours of each sample suit the caption that it was drawn for.
    pub fn grade(&self, asked: &[usize], neighbours: &[[usize; NEIGHBOURS]]) -> Retrieval {
        let entries = &self.captions.entries;
        let carries = |n: usize, word: &str| entries[n].all_words().any(|known| known == word);
        let shows = |list: &[usize; NEIGHBOURS], word: &str| list.iter().any(|&n| carries(n, word));
        let share = |right: &dyn Fn(usize, &Caption) -> bool| {
            let right = asked.iter().enumerate().filter(|&(i, &n)| right(i, &entries[n])).count();
            right as f64 / asked.len().max(1) as f64
        };
        Retrieval {
            prompts: asked.len(),
            main: share(&|i, caption| shows(&neighbours[i], &caption.main)),
            all: share(&|i, caption| caption.words.iter().all(|word| shows(&neighbours[i], word))),
            chance: share(&|i, caption| shows(&neighbours[(i + 1) % neighbours.len()], &caption.main)),
        }
    }
}

/// Rows of unit length.
fn units(mut features: Vec<f32>, width: usize) -> Vec<f32> {
    for row in features.chunks_exact_mut(width.max(1)) {
        let length = row.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
        row.iter_mut().for_each(|value| *value /= length);
    }
    features
}

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
        captions: &CaptionFile,
        pictures: &[f32],
        shape: ImageShape,
    ) -> Result<Self, NetworkError> {
        let train = |n: &usize| captions.entries[*n].split == CaptionSplit::Train;
        let members: Vec<usize> = (0..captions.entries.len()).filter(train).collect();
        let size = shape.len();
        let chosen: Vec<f32> = members.iter().flat_map(|&n| &pictures[n * size..(n + 1) * size]).copied().collect();
        let verdict = judge.judge(&chosen, shape)?;
        let features = units(verdict.features, verdict.width);
        Ok(Gallery { judge, members, features, width: verdict.width })
    }

    /// The up to [`NEIGHBOURS`] nearest training images of each of `pictures` `[B, C, H, W]`, by the angle between
    /// features, nearest first.
    ///
    /// # Errors
    /// [`NetworkError::Device`] where the judge fails.
    pub fn nearest(&self, pictures: &[f32], shape: ImageShape) -> Result<Vec<Vec<usize>>, NetworkError> {
        let verdict = self.judge.judge(pictures, shape)?;
        let rows = units(verdict.features, self.width);
        Ok(rows.chunks_exact(self.width).map(|row| self.best(row)).collect())
    }

    fn best(&self, row: &[f32]) -> Vec<usize> {
        let cosine = |other: &[f32]| row.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let mut order: Vec<(f32, usize)> =
            self.features.chunks_exact(self.width).map(cosine).zip(self.members.iter().copied()).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        order.truncate(NEIGHBOURS);
        order.into_iter().map(|(_, member)| member).collect()
    }
}

/// How well samples suit the captions of `entries` that they were drawn for: sample `i` that of number `asked[i]`, by its
/// nearest training images `neighbours[i]`, numbers of entries, too. Shares are in `[0, 1]`, 0 where nothing was asked.
pub fn grade(entries: &[Caption], asked: &[usize], neighbours: &[Vec<usize>]) -> Retrieval {
    let carries = |n: usize, word: &str| entries[n].all_words().any(|known| known == word);
    let shows = |list: &[usize], word: &str| list.iter().any(|&n| carries(n, word));
    // The neighbours of the next prompt's sample stand beside one's own.
    let others = neighbours.iter().cycle().skip(1);
    let samples: Vec<_> = asked.iter().map(|&n| &entries[n]).zip(neighbours.iter().zip(others)).collect();
    let share = |right: &mut dyn Iterator<Item = bool>| -> f64 {
        right.filter(|right| *right).count() as f64 / samples.len().max(1) as f64
    };
    Retrieval {
        prompts: samples.len(),
        main: share(&mut samples.iter().map(|(caption, (own, _))| shows(own, &caption.main))),
        all: share(&mut samples.iter().map(|(caption, (own, _))| caption.words.iter().all(|word| shows(own, word)))),
        chance: share(&mut samples.iter().map(|(caption, (_, other))| shows(other, &caption.main))),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::judge;
    use burn::tensor::Device;

    fn caption(words: &[&str], main: &str) -> Caption {
        Caption {
            code: words.concat(),
            style: 0,
            label: words.join(" "),
            words: words.iter().map(|word| word.to_string()).collect(),
            tags: Vec::new(),
            colours: Vec::new(),
            group: String::new(),
            subgroup: String::new(),
            main: main.into(),
            split: CaptionSplit::Train,
            pair: None,
        }
    }

    #[test]
    fn grades_count_main_words_all_words_and_chance() {
        let entries = [caption(&["red", "cat"], "cat"), caption(&["red", "fox"], "fox"), caption(&["cat"], "cat")];
        let found = grade(&entries, &[0, 1], &[vec![2, 1], vec![2]]);
        // The neighbours of the first show a cat and, between them, something red; those of the second no fox.
        assert_eq!((found.prompts, found.main, found.all), (2, 0.5, 0.5));
        assert_eq!(found.chance, 1.0, "the neighbours of the one show what the other asks for");
        assert_eq!(grade(&entries, &[], &[]), Retrieval::default());
    }

    #[test]
    fn a_training_image_is_nearest_to_itself_and_few_images_give_few_neighbours() {
        let shape = ImageShape { channels: 3, height: 32, width: 32 };
        let device = Device::flex();
        let judge = Judge::new(&judge::initial(&judge::tensors(3, [4; 4], 2), 1), &device).unwrap();
        let entries = vec![caption(&["red"], "red"), caption(&["blue"], "blue"), caption(&["green"], "green")];
        let captions = CaptionFile { styles: vec!["flat".into()], entries };
        let mut pictures = vec![0.0; 3 * shape.len()];
        crate::sampler::noise::fill(1, 0, &mut pictures);
        let gallery = Gallery::new(&judge, &captions, &pictures, shape).unwrap();
        for (n, list) in gallery.nearest(&pictures, shape).unwrap().into_iter().enumerate() {
            assert_eq!((list.len(), list[0]), (3, n));
        }
    }
}

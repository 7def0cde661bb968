//! How new and how varied the samples of a network that draws from words are: [`Copying`] counts those that keep close to
//! one training image, [`variety`] says how alike several pictures of one prompt are.

use morphogen::metrics::{Agreement, Neighbour};
use rayon::prelude::*;
use serde::Serialize;

/// Shares of samples by how near the nearest training image is, each in `[0, 1]`; 0 where there are no samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Copying {
    /// Number of samples.
    pub samples: usize,
    /// Nearer to it than a third of the way to the second nearest: copies (Yoon et al. 2023).
    pub copies: f64,
    /// Nearer than half of that way.
    pub close: f64,
}

impl Copying {
    /// Compares `samples` `[B, D]` with the training `images` `[N, D]`, for pictures of `size` values, D.
    pub fn of(samples: &[f32], images: &[f32], size: usize) -> Self {
        let found: Vec<Neighbour> =
            samples.par_chunks_exact(size.max(1)).filter_map(|picture| Neighbour::of(picture, images)).collect();
        let share = |counts: &dyn Fn(&&Neighbour) -> bool| {
            found.iter().filter(counts).count() as f64 / found.len().max(1) as f64
        };
        let close = |found: &&Neighbour| found.second.is_some_and(|second| 2.0 * found.distance < second);
        Copying { samples: found.len(), copies: share(&|found| found.is_copy()), close: share(&close) }
    }
}

/// Mean Pearson r of all pairs of `pictures` `[B, D]`: 1 where all are the same. Nothing where there is no pair.
pub fn variety(pictures: &[f32], size: usize) -> Option<f64> {
    let pictures: Vec<&[f32]> = pictures.chunks_exact(size.max(1)).collect();
    let pairs = (0..pictures.len()).flat_map(|one| (one + 1..pictures.len()).map(move |other| (one, other)));
    let r: Vec<f64> = pairs.map(|(one, other)| Agreement::of(pictures[one], pictures[other]).r).collect();
    (!r.is_empty()).then(|| r.iter().sum::<f64>() / r.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_and_what_is_close_are_counted_by_a_third_and_by_half() {
        let images = [0.0, 0.0, 1.0, 0.0, 9.0, 0.0];
        // From 0 and 1: .2 and .8 away (a copy), .3 and .7 away (close), .5 and .5 away (new).
        let found = Copying::of(&[0.2, 0.0, 0.3, 0.0, 0.5, 0.0, 0.7, 0.0], &images, 2);
        assert_eq!((found.samples, found.copies, found.close), (4, 0.25, 0.75));
        assert_eq!(Copying::of(&[], &images, 2), Copying::default());
    }

    #[test]
    fn pictures_that_are_alike_have_no_variety() {
        assert_eq!(variety(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0], 3), Some(1.0));
        assert_eq!(variety(&[1.0, 2.0, 3.0, 3.0, 2.0, 1.0], 3), Some(-1.0));
        assert_eq!(variety(&[1.0, 2.0, 3.0], 3), None);
    }
}

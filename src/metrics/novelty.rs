//! Whether a picture is new: how far it is from the nearest training image, in units of how far training images are
//! from each other there, and the usual test for copies.

/// A picture's nearest training image, by Euclidean distance over all pixels and channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its number in the set.
    pub index: usize,
    /// How far away it is.
    pub distance: f64,
    /// How far the second nearest is; nothing in a set of one.
    pub second: Option<f64>,
    /// How far that image's own nearest neighbour is from it; nothing in a set of one.
    pub own: Option<f64>,
}

impl Neighbour {
    /// Searches `images` `[N, D]` for the nearest to `picture` `[D]`; nothing where there is no image.
    pub fn of(picture: &[f32], images: &[f32]) -> Option<Neighbour> {
        let (index, distance, second) = nearest(picture, images, None)?;
        let image = images.chunks_exact(picture.len()).nth(index)?;
        let own = nearest(image, images, Some(index)).map(|(_, d, _)| d);
        Some(Neighbour { index, distance, second, own })
    }

    /// Distance over the neighbour's own nearest-neighbour distance: about 1 for a fresh draw of the same kind, 0 for a
    /// copy. Nothing in a set of one, or where the neighbour has a twin.
    pub fn novelty(&self) -> Option<f64> {
        self.own.filter(|own| *own > 0.0).map(|own| self.distance / own)
    }

    /// Whether the picture is a copy: nearer than a third of the second nearest (Yoon et al. 2023), or equal.
    pub fn is_copy(&self) -> bool {
        self.distance == 0.0 || self.second.is_some_and(|second| 3.0 * self.distance < second)
    }
}

/// Number and distance of the nearest image but `skip`, and the distance of the second nearest.
fn nearest(picture: &[f32], images: &[f32], skip: Option<usize>) -> Option<(usize, f64, Option<f64>)> {
    let mut best: Option<(usize, f64)> = None;
    let mut second = None;
    for (n, image) in images.chunks_exact(picture.len().max(1)).enumerate() {
        if Some(n) == skip {
            continue;
        }
        let squared = squared_distance(picture, image);
        if best.is_none_or(|(_, d)| squared < d) {
            second = best.map(|(_, d)| d);
            best = Some((n, squared));
        } else if second.is_none_or(|d| squared < d) {
            second = Some(squared);
        }
    }
    best.map(|(n, d)| (n, libm::sqrt(d), second.map(libm::sqrt)))
}

fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    // Short sums in f32, side by side so that they become vectors, and the total in f64.
    let mut total = 0.0;
    for (a, b) in a.chunks(64).zip(b.chunks(64)) {
        let mut sums = [0.0f32; 16];
        for (a, b) in a.chunks(16).zip(b.chunks(16)) {
            for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
                *sum += (a - b) * (a - b);
            }
        }
        total += f64::from(sums.iter().sum::<f32>());
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A point on a line, as a picture of two pixels.
    fn at(v: f32) -> [f32; 2] {
        [v, 0.0]
    }

    fn set(points: &[f32]) -> Vec<f32> {
        points.iter().flat_map(|v| at(*v)).collect()
    }

    #[test]
    fn copies_are_told_from_new_pictures() {
        let images = set(&[0.0, 1.0, 3.0]);
        let copy = Neighbour::of(&at(2.9), &images).unwrap();
        assert_eq!(copy.index, 2);
        assert!((copy.distance - 0.1).abs() < 1e-6 && (copy.second.unwrap() - 1.9).abs() < 1e-6);
        assert!(copy.is_copy() && (copy.novelty().unwrap() - 0.05).abs() < 1e-6);
        let new = Neighbour::of(&at(0.6), &images).unwrap();
        assert_eq!(new.index, 1);
        assert!(!new.is_copy() && (new.novelty().unwrap() - 0.4).abs() < 1e-6);
    }

    #[test]
    fn sets_with_twins_or_of_one_are_no_trouble() {
        let twins = Neighbour::of(&at(1.0), &set(&[1.0, 1.0])).unwrap();
        assert!(twins.is_copy() && twins.novelty().is_none());
        let one = Neighbour::of(&at(0.5), &set(&[1.0])).unwrap();
        assert!(!one.is_copy() && one.second.is_none() && one.own.is_none());
        assert!(Neighbour::of(&at(0.5), &[]).is_none());
    }
}

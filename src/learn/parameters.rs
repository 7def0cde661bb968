//! All tensors of a network in one list of numbers: what an optimiser works on. The order is that of
//! [`Layers::tensors`], in which the tensors of a layer stand behind each other.

use crate::network::weights::Array;
use crate::network::{Layers, NetworkConfig, NetworkError, Weights};
use std::ops::Range;

/// Where each tensor lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    list: Vec<(String, Vec<usize>, Range<usize>)>,
    count: usize,
}

impl Parameters {
    /// Those of a network.
    pub fn new(config: &NetworkConfig, layers: &Layers) -> Parameters {
        let mut count = 0;
        let place = |(name, shape): (String, Vec<usize>)| {
            let start = count;
            count += shape.iter().product::<usize>();
            (name, shape, start..count)
        };
        let list = layers.tensors(config).into_iter().map(place).collect();
        Parameters { list, count }
    }

    /// Numbers in all.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Name and place of every tensor.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.list.iter().map(|(name, _, range)| (name.as_str(), range.clone()))
    }

    /// The place of a tensor; empty where there is none.
    pub fn place(&self, name: &str) -> Range<usize> {
        self.list.iter().find(|(known, ..)| known == name).map_or(0..0, |(.., range)| range.clone())
    }

    /// The place of all tensors of a layer.
    pub fn layer(&self, name: &str) -> Range<usize> {
        let ours = |known: &str| {
            known.strip_prefix(name).is_some_and(|part| part.starts_with('.') && !part[1..].contains('.'))
        };
        let mut places = self.iter().filter(|(known, _)| ours(known)).map(|(_, range)| range);
        let Some(first) = places.next() else { return 0..0 };
        first.start..places.last().map_or(first.end, |last| last.end)
    }

    /// The numbers of `weights`, which must hold exactly these tensors.
    ///
    /// # Errors
    /// [`NetworkError`] naming the first that is missing or misshapen.
    pub fn flat(&self, weights: &Weights) -> Result<Vec<f32>, NetworkError> {
        let mut flat = vec![0.0; self.count];
        for (name, shape, range) in &self.list {
            let array = weights.get(name).ok_or_else(|| NetworkError::Missing(name.clone()))?;
            if array.shape != *shape || array.data.len() != range.len() {
                let (expected, found) = (shape.clone(), array.shape.clone());
                return Err(NetworkError::Shape { name: name.clone(), expected, found });
            }
            flat[range.clone()].copy_from_slice(&array.data);
        }
        Ok(flat)
    }

    /// Numbers as named tensors.
    pub fn weights(&self, flat: &[f32]) -> Weights {
        let array = |(name, shape, range): &(String, Vec<usize>, Range<usize>)| {
            (name.clone(), Array { shape: shape.clone(), data: flat[range.clone()].to_vec() })
        };
        // Not collected, which would sort them by code of its own.
        let mut weights = Weights::new();
        weights.extend(self.list.iter().map(array));
        weights
    }
}

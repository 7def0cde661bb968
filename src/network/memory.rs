//! What a network takes in memory, as numbers that follow from its layers alone: known before a weight is read or a value
//! has its place. [`crate::pack::Budget`] holds them against what a pack may ask for.

use super::config::NetworkConfig;
use super::layers::Layers;
use crate::denoiser::ImageShape;
pub use crate::ops::footprint::product;

impl Layers {
    /// Bytes of all tensors ([`Self::tensors`]) as f32.
    pub fn weight_bytes(&self, config: &NetworkConfig) -> u64 {
        let values = self.tensors(config).into_iter().map(|(_, shape)| product(&shape));
        values.fold(0, u64::saturating_add).saturating_mul(4)
    }

    /// Bytes of the values (f32) that have to be held at once for one picture of `shape`, at the peak: each lives from the
    /// layer that makes it to the last one that reads it.
    pub fn peak_bytes(&self, shape: ImageShape) -> u64 {
        let sizes: Vec<u64> = self.shapes(shape).iter().map(|s| product(&[s.channels, s.height, s.width])).collect();
        // Layer `i` makes value `i + 1`, in the place of what it reads or beside it.
        let (last, list) = (self.last_uses(), &self.list);
        let held = |at: usize| -> u64 {
            let operation = list[at].op.operation();
            let gone = operation.in_place().then(|| operation.reads()[0]);
            let alive = (0..=at + 1).filter(|&value| last[value] >= at && Some(value) != gone);
            alive.map(|value| sizes[value]).fold(0, u64::saturating_add)
        };
        (0..list.len()).map(held).max().unwrap_or(0).saturating_mul(4)
    }

    /// Most pixels that look at each other in an attention over pictures of `shape`; 0 without one.
    pub fn tokens(&self, shape: ImageShape) -> u64 {
        let shapes = self.shapes(shape);
        self.list.iter().zip(&shapes[1..]).map(|(layer, &shape)| layer.op.operation().tokens(shape)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::config::{Architecture, ConditionKind};

    const SHAPE: ImageShape = ImageShape { channels: 1, height: 4, width: 4 };

    fn config(architecture: Architecture) -> NetworkConfig {
        NetworkConfig { embedding: 2, ..NetworkConfig::new(architecture, ConditionKind::Class { count: 2 }) }
    }

    fn unet(widths: &[usize], attention_heads: usize, attention_level: Option<usize>) -> Layers {
        let widths = widths.to_vec();
        Layers::new(&config(Architecture::UNet { widths, attention_heads, attention_level })).unwrap()
    }

    #[test]
    fn a_value_is_held_from_its_layer_to_its_last_reader() {
        // Two values of 2 × 4 × 4, a residual and its sum, whatever the depth.
        for layers in [3, 4, 9] {
            let layers = Layers::new(&config(Architecture::ResNet { width: 2, layers })).unwrap();
            assert_eq!(layers.peak_bytes(SHAPE), 4 * 64);
        }
        // Behind the doubling: the skip of 1 × 4 × 4, what was below it (1 × 2 × 2), and the result.
        assert_eq!(unet(&[1, 1], 0, None).peak_bytes(SHAPE), 4 * (16 + 4 + 16));
        // Queries, keys and values stand beside the attention's result and the residual behind it.
        assert_eq!(unet(&[2], 1, None).peak_bytes(SHAPE), 4 * 16 * (2 + 6 + 2));
    }

    #[test]
    fn the_peak_is_that_of_a_walk_that_lets_go() {
        for (widths, heads, level) in
            [(vec![4, 8, 16], 0, None), (vec![4, 8, 16], 2, None), (vec![4, 8, 16], 2, Some(1)), (vec![6], 3, Some(0))]
        {
            let layers = unet(&widths, heads, level);
            let shape = ImageShape { height: 16, width: 8, ..SHAPE };
            let shapes = layers.shapes(shape);
            let (mut held, mut peak) = (vec![0], 0);
            for (at, _) in layers.list.iter().enumerate() {
                held.push(at + 1);
                peak = peak.max(held.iter().map(|&value: &usize| shapes[value].len()).sum());
                held.retain(|value| {
                    layers.list[at + 1..].iter().any(|later| later.op.operation().reads().contains(value))
                });
            }
            assert_eq!(layers.peak_bytes(shape), 4 * peak as u64, "{widths:?}");
        }
    }

    #[test]
    fn tokens_and_weights_are_counted() {
        assert_eq!((unet(&[2, 4], 2, None).tokens(SHAPE), unet(&[2, 4], 2, Some(0)).tokens(SHAPE)), (4, 16));
        assert_eq!(unet(&[2, 4], 0, None).tokens(SHAPE), 0);
        let config = config(Architecture::ResNet { width: 2, layers: 2 });
        // Time 2·2 + 2 twice, condition 3·2, shifts 2·2, in 9·2 + 2, out 18 + 1.
        assert_eq!(Layers::new(&config).unwrap().weight_bytes(&config), 4 * (12 + 6 + 4 + 20 + 19));
        assert_eq!((product(&[3, 5]), product(&[usize::MAX, usize::MAX, 0]), product(&[])), (15, 0, 1));
        assert_eq!(product(&[usize::MAX, usize::MAX]), u64::MAX);
    }
}

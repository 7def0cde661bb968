//! What a network takes in memory here, before any of it is allocated.

use crate::denoiser::ImageShape;
use crate::network::{Layers, NetworkConfig};
use crate::ops::footprint::product;
use crate::ops::plane::lanes;

/// Bytes that [`super::CpuNetwork`] takes at most for pictures of `shape`, built and at work, beside the weights that it is
/// built from: its weights packed, the slots of its values (kept between calls), and what is on the way within a layer.
/// `layers` are those of `config`.
pub fn footprint(config: &NetworkConfig, layers: &Layers, shape: ImageShape) -> u64 {
    let border = config.kernel / 2 * 2;
    let shapes = layers.shapes(shape);
    let plane = |s: &ImageShape| product(&[4, lanes(s.channels), s.height + border, s.width + border]);
    let slots = layers.slots(&shapes);
    let mut planes = vec![0; slots.sizes.len()];
    for (slot, shape) in slots.of.iter().zip(&shapes) {
        slot.iter().for_each(|&slot| planes[slot] = plane(shape).max(planes[slot]));
    }
    let planes = planes.into_iter().fold(plane(&shape), u64::saturating_add);
    let (mut packed, mut way) = (0u64, 0u64);
    for (layer, &shape) in layers.list.iter().zip(&shapes[1..]) {
        let footprint = layer.op.operation().footprint(shape);
        packed = packed.saturating_add(footprint.kept);
        way = way.max(footprint.meanwhile);
    }
    // The embedding's tensors are copied.
    [layers.weight_bytes(config), planes, packed, way].into_iter().fold(0, u64::saturating_add)
}

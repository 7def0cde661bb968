//! How long every value of a list of layers lives, and which slot of memory holds it meanwhile: for every engine.

use super::layers::Layers;
use crate::denoiser::ImageShape;

/// Where the values live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slots {
    /// The slot of every value. Value 0, the noisy picture, has memory of its own and no slot.
    pub of: Vec<Option<usize>>,
    /// How many numbers each slot holds for one picture.
    pub sizes: Vec<usize>,
}

impl Layers {
    /// The layer that uses each value last: reads it, or else makes it. The last value is used behind all layers.
    pub fn last_uses(&self) -> Vec<usize> {
        let mut last = vec![0; self.list.len() + 1];
        for (at, layer) in self.list.iter().enumerate() {
            last[at + 1] = at;
            layer.op.operation().reads().into_iter().for_each(|value| last[value] = at);
        }
        last[self.list.len()] = self.list.len();
        last
    }

    /// Gives every value a slot that nobody else needs while it lives. What works in place stays in the slot of what it
    /// reads; no other layer writes where it reads.
    pub fn slots(&self, shapes: &[ImageShape]) -> Slots {
        let last = self.last_uses();
        let (mut of, mut sizes, mut free) = (vec![None; shapes.len()], Vec::<usize>::new(), Vec::<usize>::new());
        for (at, layer) in self.list.iter().enumerate() {
            let operation = layer.op.operation();
            let (reads, output) = (operation.reads(), at + 1);
            let slot = match of[reads[0]] {
                Some(slot) if operation.in_place() => slot,
                _ => {
                    let needed = shapes[output].len();
                    // The free slot that wastes least: large enough and small, else the largest, which then grows.
                    let best = (0..free.len()).min_by_key(|&i| {
                        let size = sizes[free[i]];
                        if size >= needed { (0, size) } else { (1, usize::MAX - size) }
                    });
                    let slot = match best {
                        Some(i) => free.swap_remove(i),
                        None => {
                            sizes.push(0);
                            sizes.len() - 1
                        }
                    };
                    sizes[slot] = sizes[slot].max(needed);
                    slot
                }
            };
            of[output] = Some(slot);
            let mut ending: Vec<usize> = reads
                .into_iter()
                .chain([output])
                .filter(|&value| last[value] == at)
                .filter_map(|value| of[value])
                .filter(|&ending| ending != slot || last[output] == at)
                .collect();
            ending.sort_unstable();
            ending.dedup();
            free.extend(ending);
        }
        Slots { of, sizes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::config::{Architecture, ConditionKind, NetworkConfig, Normalisation};

    /// The list of an attention network, normalised or not.
    fn layers(normalisation: Normalisation) -> Layers {
        Layers::new(&NetworkConfig {
            normalisation,
            embedding: 8,
            ..NetworkConfig::new(
                Architecture::UNet { widths: vec![8, 16, 32], attention_heads: 4, attention_level: None },
                ConditionKind::Class { count: 2 },
            )
        })
        .unwrap()
    }

    const SHAPE: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

    /// A value may only be overwritten when nobody reads it any more.
    #[test]
    fn memory_is_reused_but_never_too_early() {
        for normalisation in [Normalisation::None, Normalisation::Group { groups: 4 }] {
            let layers = layers(normalisation);
            let shapes = layers.shapes(SHAPE);
            let Slots { of, sizes } = layers.slots(&shapes);
            let mut holds = vec![usize::MAX; sizes.len()];
            for (output, layer) in (1..).zip(&layers.list) {
                let (operation, slot) = (layer.op.operation(), of[output].unwrap());
                for (i, value) in operation.reads().into_iter().enumerate() {
                    assert!(value == 0 || holds[of[value].unwrap()] == value, "{} reads what is gone", layer.name);
                    let own = of[value] == Some(slot);
                    assert_eq!(own, operation.in_place() && i == 0, "{} writes where it reads", layer.name);
                }
                assert!(sizes[slot] >= shapes[output].len());
                holds[slot] = output;
            }
            assert_eq!(holds[of.last().unwrap().unwrap()], shapes.len() - 1, "the last value is still there");
            assert!(sizes.len() < layers.list.len() / 2, "{} slots for {} layers", sizes.len(), layers.list.len());
            // No slots can do with less than what is held at once, and these come close.
            let (least, found) = (layers.peak_bytes(SHAPE), 4 * (SHAPE.len() + sizes.iter().sum::<usize>()) as u64);
            assert!((least..least * 2).contains(&found), "{found} bytes, {least} at once");
        }
    }

    #[test]
    fn what_is_overwritten_in_place_is_read_by_nobody_else() {
        let layers = layers(Normalisation::Group { groups: 4 });
        let last = layers.last_uses();
        for (at, layer) in layers.list.iter().enumerate().filter(|(_, layer)| layer.op.operation().in_place()) {
            let value = layer.op.operation().reads()[0];
            assert_eq!((value, last[value]), (at, at), "{} overwrites value {value}", layer.name);
        }
    }
}

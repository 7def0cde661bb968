//! A network's layers as the stages that the GPU runs, one dispatch each, in order; and where each finds its shifts. A convolution
//! takes the normalisation behind it along where it can, and the solver's stage the last convolution.

use crate::denoiser::ImageShape;
use crate::network::Layers;
use crate::ops::program::{Last, Program, Tuning};
use crate::ops::{Finish, Op, OpError, Site, Value, Weights};
use std::collections::BTreeSet;
use std::ops::Range;

pub use crate::ops::attention::MAX_TOKENS;

/// One dispatch: a layer, or two, with what the engine must know of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What it is called in messages: the first layer's name.
    pub name: String,
    /// What follows its sums, and for how many channels.
    finish: Option<(Finish, usize)>,
    /// Where its shifts begin on the GPU, with the scales right behind them: at a multiple of [`ALIGNMENT`], so that they
    /// can be bound from there, and stages that differ in nothing else share one program. 0 without shifts.
    pub(super) place: usize,
    work: f64,
    /// Its layers, by their number.
    layers: Range<usize>,
}

/// Values between two places where a binding may begin (256 bytes, WebGPU's default).
pub const ALIGNMENT: usize = 64;

impl Stage {
    /// The stage of layers that share a dispatch; its shifts lie at `row`, which moves behind them.
    fn of(sites: &[(&Op, Site<'_>)], row: &mut usize) -> Stage {
        let finish =
            sites.last().and_then(|(op, site)| Some((op.operation().finish()?.clone(), site.shape().channels)));
        let name = sites.first().map(|(_, site)| site.name.into()).unwrap_or_default();
        let work = sites.iter().map(|(op, site)| op.operation().work(site)).sum();
        // Layer `i` gives value `i + 1`.
        let first = sites.first().map_or(0, |(_, site)| site.output - 1);
        let mut stage = Stage { name, finish, place: 0, work, layers: first..first + sites.len() };
        if stage.width() > 0 {
            stage.place = *row;
            *row += stage.width();
        }
        stage
    }

    /// Floating point operations for one picture (a multiplication and an addition count as two).
    pub fn operations(&self) -> f64 {
        self.work
    }

    /// Bytes of values that it reads and writes for one picture, each value once.
    pub(super) fn bytes(&self, layers: &Layers, shapes: &[ImageShape]) -> usize {
        let own = self.layers.start + 1..=self.layers.end;
        let reads = layers.list[self.layers.clone()].iter().flat_map(|layer| layer.op.operation().reads());
        let others: BTreeSet<Value> = reads.filter(|value| !own.contains(value)).collect();
        4 * (others.into_iter().chain([self.layers.end]).map(|value| shapes[value].len()).sum::<usize>())
    }

    /// Where its shifts begin in the row that the embedding gives, then its scales, and how many there are of each.
    fn pieces(&self) -> (impl Iterator<Item = usize>, usize) {
        let (starts, channels) = match &self.finish {
            Some((finish, channels)) => ([finish.shift, finish.scale], *channels),
            None => ([None; 2], 0),
        };
        (starts.into_iter().flatten(), channels)
    }

    /// Values that its shifts and scales take up in a row on the GPU.
    fn width(&self) -> usize {
        let (starts, channels) = self.pieces();
        (starts.count() * channels).next_multiple_of(ALIGNMENT)
    }
}

/// A network as the GPU runs it.
pub(super) struct Plan<P> {
    /// One dispatch each.
    pub stages: Vec<Stage>,
    /// What each runs, by its program.
    pub programs: Vec<P>,
    /// The last layer, where the solver's stage computes it, with its floating point operations for one picture.
    pub last: Option<(Last, f64)>,
}

impl<P> Plan<P> {
    /// Writes `layers` out, given the shapes of all values; layers that fit into one dispatch share it. `upload` takes each
    /// program, so that tensors in a GPU's order are never held all at once.
    ///
    /// # Errors
    /// [`OpError`] where a tensor is missing, or the GPU has no room for a picture of this size.
    pub fn new(
        layers: &Layers,
        shapes: &[ImageShape],
        weights: &Weights,
        tuning: Tuning,
        mut upload: impl FnMut(&Stage, Program) -> P,
    ) -> Result<Plan<P>, OpError> {
        let mut sites: Vec<(&Op, Site<'_>)> = layers.sites(shapes).collect();
        let mut last = None;
        if let Some((op, site)) = sites.last() {
            last = op.operation().last(site, weights)?.map(|last| (last, op.operation().work(site)));
        }
        sites.truncate(sites.len() - usize::from(last.is_some()));
        let (mut stages, mut programs) = (Vec::new(), Vec::new());
        let (mut at, mut row) = (0, 0);
        while let Some((op, site)) = sites.get(at) {
            let next = sites.get(at + 1).map(|(op, site)| (*op, site));
            let program = op.operation().program(site, next, weights, tuning)?;
            let stage = Stage::of(&sites[at..at + program.layers], &mut row);
            at += program.layers;
            programs.push(upload(&stage, program));
            stages.push(stage);
        }
        Ok(Plan { stages, programs, last })
    }
}

/// Writes `layers` out as a GPU would run them, given the shapes of all values; needs none. The solver's stage, which stands behind them
/// and may compute the last layer, is not among them.
///
/// # Errors
/// [`OpError`] where a tensor is missing, or a GPU has no room for a picture of this size.
pub fn compile(
    layers: &Layers,
    shapes: &[ImageShape],
    weights: &Weights,
    tuning: Tuning,
) -> Result<Vec<Stage>, OpError> {
    Ok(Plan::new(layers, shapes, weights, tuning, |_, _| ())?.stages)
}

/// A stage for every layer, as a GPU has them that learns.
#[cfg(with_learning)]
pub(super) fn single(layers: &Layers, shapes: &[ImageShape]) -> Vec<Stage> {
    let mut row = 0;
    layers.sites(shapes).map(|layer| Stage::of(&[layer], &mut row)).collect()
}

/// The row of shifts as it lies on the GPU, from the embedding's row: every stage's shifts at their place, and its scales
/// behind them.
pub fn place_shifts(stages: &[Stage], row: &[f32]) -> Vec<f32> {
    let mut placed = vec![0.0; row_length(stages)];
    for stage in stages {
        let (starts, channels) = stage.pieces();
        for (place, start) in placed[stage.place..].chunks_exact_mut(channels.max(1)).zip(starts) {
            place.copy_from_slice(&row[start..start + channels]);
        }
    }
    placed
}

/// Length of a row of shifts on the GPU.
pub fn row_length(stages: &[Stage]) -> usize {
    stages.iter().map(|stage| stage.place + stage.width()).max().unwrap_or(0)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::network::config::{Architecture, ConditionKind, NetworkConfig, Normalisation};
    use crate::ops::Array;

    /// A UNet for garments without any weights that matter, and the shapes of its values.
    pub fn unet(normalisation: Normalisation, attention_heads: usize) -> (Layers, Vec<ImageShape>, Weights) {
        let config = NetworkConfig {
            normalisation,
            embedding: 8,
            ..NetworkConfig::new(
                Architecture::UNet { widths: vec![32, 64, 128], attention_heads, attention_level: None },
                ConditionKind::Class { count: 2 },
            )
        };
        let layers = Layers::new(&config).unwrap();
        let shapes = layers.shapes(ImageShape { channels: 1, height: 28, width: 28 });
        let zeros = |(name, shape): (String, Vec<usize>)| {
            let data = vec![0.0; shape.iter().product()];
            (name, Array { shape, data })
        };
        let weights = layers.layer_tensors().map(zeros).collect();
        (layers, shapes, weights)
    }

    /// Dispatches of a step: stages, and the solver's.
    fn dispatches(normalisation: Normalisation, attention_heads: usize, tuning: Tuning) -> usize {
        let (layers, shapes, weights) = unet(normalisation, attention_heads);
        compile(&layers, &shapes, &weights, tuning).unwrap().len() + 1
    }

    /// 12 and 28 where each layer has one of its own.
    #[test]
    fn layers_share_dispatches() {
        for tuning in [Tuning::ManyThreads, Tuning::FewCores] {
            assert_eq!(dispatches(Normalisation::None, 0, tuning), 11);
            assert_eq!(dispatches(Normalisation::Group { groups: 8 }, 4, tuning), 15);
        }
    }
}

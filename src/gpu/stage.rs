//! A network's layers as the stages that the GPU runs, one dispatch each, in order; and where each finds its shifts.

use crate::denoiser::ImageShape;
use crate::network::{ConfigError, Layers};
use crate::ops::{Finish, Op, Site};

pub use crate::ops::attention::MAX_TOKENS;

/// One dispatch: a layer with what the engine must know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What it is called in messages: the layer's name.
    pub name: String,
    /// What follows its sums, and for how many channels.
    finish: Option<(Finish, usize)>,
    /// Where its shifts begin on the GPU, with the scales right behind them: at a multiple of [`ALIGNMENT`], so that they
    /// can be bound from there, and stages that differ in nothing else share one program. 0 without shifts.
    pub(super) place: usize,
    work: f64,
}

/// Values between two places where a binding may begin (256 bytes, WebGPU's default).
pub const ALIGNMENT: usize = 64;

impl Stage {
    /// Floating point operations for one picture (a multiplication and an addition count as two).
    pub fn operations(&self) -> f64 {
        self.work
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

/// Writes `layers` for pictures of `shape` out as stages, and the shape of every value.
///
/// # Errors
/// [`ConfigError`] where a shape does not fit.
pub fn compile(layers: &Layers, shape: ImageShape) -> Result<(Vec<Stage>, Vec<ImageShape>), ConfigError> {
    layers.check_shape(shape)?;
    let shapes = layers.shapes(shape);
    let mut row = 0;
    let stage = |(op, site): (&Op, Site<'_>)| {
        let operation = op.operation();
        let finish = operation.finish().map(|finish| (finish.clone(), site.shape().channels));
        let mut stage = Stage { name: site.name.into(), finish, place: 0, work: operation.work(&site) };
        if stage.width() > 0 {
            stage.place = row;
            row += stage.width();
        }
        stage
    };
    let stages = layers.sites(&shapes).map(stage).collect();
    Ok((stages, shapes))
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

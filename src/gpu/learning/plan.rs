//! What a step of learning runs, and where everything lies: the lessons of all layers in order, each told who reads its value, with
//! the embedding, the loss and Adam around them. Plain data; [`super::room`] makes buffers and pipelines of it.

use super::MOST_STEPS;
use crate::denoiser::{Condition, ImageShape};
use crate::gpu::error::GpuError;
use crate::gpu::stage::{place_shifts, row_length, single};
use crate::learn::LearnError;
use crate::learn::parameters::Parameters;
use crate::network::config::{ConditionKind, NetworkConfig};
use crate::network::embedding::{condition_row, time_row};
use crate::network::{Layers, NetworkError};
use crate::ops::lesson::{Desk, Lesson, NOTHING, Place, Stage};
use crate::ops::program::{Dispatch, Names, Tuning, names, shader};
use crate::ops::{Op, Site, Value};
use std::collections::BTreeMap;

/// Values between two places where a binding may begin (256 bytes, WebGPU's default).
const ALIGNMENT: usize = 64;
/// Workgroups that share the length of the gradient.
pub(super) const LENGTHS: usize = 64;

/// What is bound to a stage: a place of the layers, or one that belongs to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum At {
    Of(Place),
    /// What the network should say.
    Targets,
    /// What each picture's error counts.
    Factors,
    /// What the embedding is given, and its way through it.
    Inputs,
    Trace,
    /// Where shifts lie in a row; which weight a column is of; what packed numbers are sums of.
    Places,
    Columned,
    Sources,
    /// All packed tensors.
    Packed,
    Lengths,
    Average,
    Means,
    Squares,
    Reports,
}

/// A stage with what is bound to it.
pub(super) struct Step {
    pub(super) label: String,
    pub(super) text: &'static str,
    pub(super) names: Names,
    pub(super) reads: Vec<At>,
    pub(super) writes: Vec<At>,
    pub(super) dispatch: Dispatch,
}

impl Step {
    fn new(label: &str, text: &'static str, dispatch: Dispatch, reads: &[At], writes: &[At]) -> Step {
        let (reads, writes) = (reads.to_vec(), writes.to_vec());
        Step { label: label.into(), text, names: Names::new(), reads, writes, dispatch }
    }

    fn of(label: &str, stage: Stage) -> Step {
        let at = |places: Vec<Place>| places.into_iter().map(At::Of).collect();
        let Stage { text, names, reads, writes, dispatch } = stage;
        Step { label: label.into(), text, names, reads: at(reads), writes: at(writes), dispatch }
    }
}

/// All that a step of learning takes.
pub(super) struct Plan {
    /// In order; the last is Adam.
    pub(super) steps: Vec<Step>,
    /// Where a layer's packed tensor lies, and its length.
    pub(super) packed: BTreeMap<(Value, usize), (usize, usize)>,
    /// What [`At::Sources`], [`At::Places`] and [`At::Columned`] hold.
    pub(super) sources: Vec<[u32; 4]>,
    pub(super) places: Vec<u32>,
    pub(super) columned: Vec<u32>,
    /// Length of a picture's columns, whose last is its loss, and of its row of shifts.
    pub(super) columns: usize,
    row: usize,
    /// Of a picture's values.
    lengths: Vec<usize>,
    /// Numbers that are learned.
    weights: usize,
    width: usize,
    condition: ConditionKind,
}

impl Plan {
    /// What learning `config` from pictures of `shape` takes.
    ///
    /// # Errors
    /// [`GpuError::Network`] where a layer has no room.
    pub fn new(config: &NetworkConfig, layers: &Layers, shape: ImageShape, tuning: Tuning) -> Result<Plan, GpuError> {
        layers.check_shape(shape)?;
        let shapes = layers.shapes(shape);
        let stages = single(layers, &shapes);
        let parameters = Parameters::new(config, layers);
        let row = row_length(&stages);
        // Where each number of the embedding's row lies on the GPU: those behind it are nobody's.
        let numbered: Vec<f32> = (1..=layers.row()).map(|n| n as f32).collect();
        let mut places = vec![0; layers.row()];
        for (place, number) in (0..).zip(place_shifts(&stages, &numbered)).filter(|(_, number)| *number > 0.0) {
            places[number as usize - 1] = place;
        }
        let mut plan = Plan {
            steps: Vec::new(),
            packed: BTreeMap::new(),
            sources: Vec::new(),
            places,
            columned: Vec::new(),
            columns: row,
            row,
            lengths: shapes.iter().map(ImageShape::len).collect(),
            weights: parameters.count(),
            width: config.embedding,
            condition: config.condition,
        };
        let (mut forward, mut backward) = (Vec::new(), Vec::new());
        let last = layers.list.len();
        let loss = Place::Share(last, last + 1, 0);
        let mut shares = BTreeMap::from([(last, vec![loss])]);
        // From the last to the first: whoever reads a value says where its share of the gradient lies.
        let sites: Vec<(&Op, Site<'_>)> = layers.sites(&shapes).collect();
        for (stage, (op, site)) in stages.iter().zip(&sites).rev() {
            let tensors = parameters.layer(site.name).start;
            let shares_of = shares.remove(&site.output).unwrap_or_default();
            let (row, columns) = (stage.place, plan.columns);
            let desk = Desk { site, shares: shares_of, row, columns, tensors, tuning };
            let lesson = op.teach().lesson(&desk).map_err(NetworkError::from)?;
            lesson.shares.iter().for_each(|&(value, place)| shares.entry(value).or_default().push(place));
            plan.columned.extend(lesson.columns.iter().map(|&own| placed(own, tensors)));
            plan.columns += lesson.columns.len();
            plan.pack(site.output, &lesson, tensors);
            forward.push(lesson.forward.into_iter().map(|stage| Step::of(site.name, stage)).collect::<Vec<_>>());
            backward.extend(lesson.backward.into_iter().map(|stage| Step::of(site.name, stage)));
        }
        plan.columns += 1;
        let embedding = embedding(config, layers, &parameters);
        plan.frame(embedding, (loss, last), (forward, backward));
        let whole = [("ROW", row as i64), ("COLUMNS", plan.columns as i64), ("LOSS", plan.columns as i64 - 1)];
        plan.steps.iter_mut().for_each(|step| step.names.extend(whole));
        Ok(plan)
    }

    /// Finds places for the tensors that a layer wants packed.
    fn pack(&mut self, layer: Value, lesson: &Lesson, tensors: usize) {
        for (n, packing) in lesson.packings.iter().enumerate() {
            self.sources.resize(self.sources.len().next_multiple_of(ALIGNMENT), [NOTHING; 4]);
            self.packed.insert((layer, n), (self.sources.len(), packing.len()));
            self.sources.extend(packing.iter().map(|sources| sources.map(|own| placed(own, tensors))));
        }
    }

    /// Puts the stages in their order: packing and embedding, forward, the loss, back, and Adam.
    fn frame(
        &mut self,
        [embed, embed_back, embed_gradient]: [Step; 3],
        (share, last): (Place, Value),
        (forward, backward): (Vec<Vec<Step>>, Vec<Step>),
    ) {
        let groups = |threads: usize| Dispatch::Whole(threads.div_ceil(64));
        let (weights, gradient, columns) = (At::Of(Place::Weights), At::Of(Place::Gradient), At::Of(Place::Columns));
        let (packed, columned) = (self.sources.len(), self.columned.len());
        let pack = Step {
            names: names([("COUNT", packed)]),
            ..Step::new(
                "packing",
                shader!("learning/pack.wgsl"),
                groups(packed),
                &[weights, At::Sources],
                &[At::Packed],
            )
        };
        let loss = Step {
            names: names([("SIZE", self.lengths[last])]),
            ..Step::new(
                "the loss",
                shader!("learning/loss.wgsl"),
                Dispatch::Groups(1),
                &[At::Of(Place::Value(last)), At::Targets, At::Factors],
                &[At::Of(share), columns],
            )
        };
        let sums = Step {
            names: names([("COUNT", columned), ("FIRST", self.row)]),
            ..Step::new(
                "columns",
                shader!("learning/columns.wgsl"),
                groups(columned),
                &[columns, At::Columned],
                &[gradient],
            )
        };
        let all = names([("COUNT", self.weights), ("GROUPS", LENGTHS)]);
        let length = Step {
            names: all.clone(),
            ..Step::new(
                "length",
                shader!("learning/length.wgsl"),
                Dispatch::Whole(LENGTHS),
                &[gradient],
                &[At::Lengths],
            )
        };
        let adam = Step {
            names: all,
            ..Step::new(
                "Adam",
                shader!("learning/adam.wgsl"),
                groups(self.weights),
                &[gradient, At::Lengths, columns],
                &[weights, At::Average, At::Means, At::Squares, At::Reports],
            )
        };
        self.steps.extend([pack, embed]);
        self.steps.extend(forward.into_iter().rev().flatten());
        self.steps.push(loss);
        self.steps.extend(backward);
        self.steps.extend([embed_back, embed_gradient, sums, length, adam]);
    }

    /// What is bound anywhere, and nothing else.
    pub fn used(&self) -> impl Iterator<Item = At> + '_ {
        let bound: std::collections::BTreeSet<At> =
            self.steps.iter().flat_map(|step| step.reads.iter().chain(&step.writes)).copied().collect();
        bound.into_iter().filter(|at| !matches!(at, At::Of(Place::Packed(..))))
    }

    /// Values of a buffer, for so many pictures.
    pub fn values(&self, at: At, pictures: usize) -> usize {
        let place = match at {
            At::Of(place) => place,
            At::Targets => return pictures * self.lengths[0],
            At::Factors => return pictures,
            At::Inputs => return pictures * (self.width + self.condition.width() + 1),
            At::Trace => return pictures * 4 * self.width,
            At::Places => return self.places.len(),
            At::Columned => return self.columned.len(),
            At::Sources => return 4 * self.sources.len(),
            At::Packed => return self.sources.len(),
            At::Lengths => return LENGTHS,
            At::Average | At::Means | At::Squares => return self.weights,
            At::Reports => return 2 * MOST_STEPS,
        };
        match place {
            Place::Value(value)
            | Place::Sums(value)
            | Place::Total(value)
            | Place::Slope(value)
            | Place::Share(value, ..) => pictures * self.lengths[value],
            Place::Packed(layer, n) => self.packed.get(&(layer, n)).map_or(0, |(_, length)| *length),
            Place::Weights | Place::Gradient => self.weights,
            Place::Rows => pictures * self.row,
            Place::Columns => pictures * self.columns,
        }
    }

    /// Checks that every buffer can be bound.
    ///
    /// # Errors
    /// [`GpuError::Learn`] with [`LearnError::Memory`].
    pub fn check(&self, pictures: usize, most: u64) -> Result<(), GpuError> {
        let largest = self.used().map(|at| 4 * self.values(at, pictures) as u64).max().unwrap_or(0);
        if largest > most {
            let mib = 1 << 20;
            return Err(LearnError::Memory { needed: largest.div_ceil(mib), most: most / mib }.into());
        }
        Ok(())
    }

    /// What the embedding is given of a picture.
    ///
    /// # Errors
    /// [`GpuError`] where the condition does not fit.
    pub fn inputs(&self, t: f64, condition: &Condition) -> Result<Vec<f32>, GpuError> {
        let mut row = time_row(self.width, t);
        row.extend(condition_row(self.condition, condition)?);
        Ok(row)
    }
}

/// A place among a layer's tensors as one among all weights.
fn placed(own: u32, tensors: usize) -> u32 {
    if own == NOTHING { NOTHING } else { own + tensors as u32 }
}

/// The embedding's stages: forward, back, and the gradients of its tensors.
fn embedding(config: &NetworkConfig, layers: &Layers, parameters: &Parameters) -> [Step; 3] {
    let place = |name: &str| parameters.place(&format!("{name}.weight")).start;
    let (width, conditions) = (config.embedding, config.condition.width() + 1);
    let scales = usize::from(layers.scales > 0);
    let own = names([
        ("WIDTH", width),
        ("CONDITIONS", conditions),
        ("SHIFTS", layers.shifts),
        ("SCALES", scales),
        ("TIME_IN", place("time.in")),
        ("TIME_OUT", place("time.out")),
        ("CONDITION", place("condition")),
        ("SHIFT", place("shift")),
        ("SCALE", place("scale")),
    ]);
    let (weights, gradient, columns) = (At::Of(Place::Weights), At::Of(Place::Gradient), At::Of(Place::Columns));
    let threads = 2 * (width * width + width) + conditions * width + width * layers.shifts * (1 + scales);
    let whole = Dispatch::Whole(threads.div_ceil(64));
    let one = Dispatch::Groups(1);
    let steps = [
        Step::new(
            "the embedding",
            shader!("learning/embed.wgsl"),
            one,
            &[weights, At::Inputs, At::Places],
            &[At::Trace, At::Of(Place::Rows)],
        ),
        Step::new(
            "the way back through the embedding",
            shader!("learning/embed_back.wgsl"),
            one,
            &[weights, columns, At::Places],
            &[At::Trace],
        ),
        Step::new(
            "the embedding's gradient",
            shader!("learning/embed_gradient.wgsl"),
            whole,
            &[At::Inputs, At::Trace, columns, At::Places],
            &[gradient],
        ),
    ];
    steps.map(|step| Step { names: own.clone(), ..step })
}

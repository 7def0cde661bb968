//! How the convolutions of a network are cut for a batch, counted for those who choose the cuts without the GPU at hand.

use super::stage::{Plan, Stage};
use crate::denoiser::ImageShape;
use crate::network::Layers;
use crate::ops::program::{Dispatch, Names, Program, THREADS, Tuning};
use crate::ops::{OpError, Weights};

/// One convolution, with what is done in its dispatch.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The layer.
    pub name: String,
    /// Multiplications with an addition each, of the whole batch; half its floating point operations.
    pub products: f64,
    /// Threads that are dispatched together.
    pub threads: usize,
    /// Values that they read from memory, or its caches, for each of these.
    pub from_memory: f64,
    /// Values that they read from the memory of their workgroup.
    pub from_workgroup: f64,
}

/// How each convolution of `layers` that has a dispatch of its own is cut for so many `pictures`.
///
/// # Errors
/// As [`super::stage::compile`].
pub fn ways(
    layers: &Layers,
    shapes: &[ImageShape],
    weights: &Weights,
    tuning: Tuning,
    pictures: usize,
) -> Result<Vec<Way>, OpError> {
    let plan = Plan::new(layers, shapes, weights, tuning, |stage, program| Way::of(stage, &program, pictures))?;
    Ok(plan.programs.into_iter().flatten().collect())
}

impl Way {
    fn of(stage: &Stage, program: &Program, pictures: usize) -> Option<Way> {
        let larger = program.larger.iter().rfind(|larger| larger.from <= pictures);
        let (names, dispatch) =
            larger.map_or((&program.names, program.dispatch), |larger| (&larger.names, larger.dispatch));
        let name = |name: &str| names.get(name).copied();
        let kernel = name("KERNEL")? as f64;
        let threads = match dispatch {
            Dispatch::Threads(each) => (each * pictures).next_multiple_of(THREADS),
            Dispatch::Groups(each) => each * pictures * of_workgroup(names),
            Dispatch::Columns { each, lanes, parts } => (each * pictures).div_ceil(lanes) * parts * of_workgroup(names),
            #[cfg(with_learning)]
            Dispatch::Whole(_) => return None,
        };
        let (rows, span) = (name("ROWS")? as f64, name("SPAN")? as f64);
        // For a column of a kernel a thread reads what its rows see, and the weights of that column.
        let own = |vectors: f64| (span + 4.0 * vectors * kernel) / (4.0 * vectors * kernel * rows);
        let (from_memory, from_workgroup) = match name("CHUNK") {
            None => (own(1.0), 0.0),
            Some(_) => {
                let number = |name: &str| names[name] as f64;
                let (blocks, lanes) = (number("TEAMS") * number("VECTORS"), number("LANES"));
                let brought = span * number("ACROSS") + 4.0 * blocks * kernel * kernel;
                (brought / (lanes * blocks * 4.0 * rows * kernel * kernel), own(number("VECTORS")))
            }
        };
        let products = stage.operations() / 2.0 * pictures as f64;
        Some(Way { name: stage.name.clone(), products, threads, from_memory, from_workgroup })
    }
}

/// Threads of a workgroup of a convolution that says which lanes it has.
fn of_workgroup(names: &Names) -> usize {
    let name = |name: &str| names.get(name).map_or(1, |number| *number as usize);
    // Alone, a thread of a normed one has all channels of its sums; fed from memory, some share them.
    name("LANES") * name("TEAMS") * if names.contains_key("TEAMS") { name("SPLIT") } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::super::stage::tests::unet;
    use super::*;
    use crate::network::config::Normalisation;

    /// For many pictures threads are fed from the memory of workgroups, and read a tenth of what they read from memory before.
    #[test]
    fn batches_read_less_for_a_product() {
        for (normalisation, attention_heads) in [(Normalisation::None, 0), (Normalisation::Group { groups: 8 }, 4)] {
            let (layers, shapes, weights) = unet(normalisation, attention_heads);
            let counted = |tuning, pictures| {
                let ways = ways(&layers, &shapes, &weights, tuning, pictures).unwrap();
                let products: f64 = ways.iter().map(|way| way.products).sum();
                ways.iter().map(|way| way.products * way.from_memory).sum::<f64>() / products
            };
            let (one, many) = (counted(Tuning::ManyThreads, 1), counted(Tuning::ManyThreads, 64));
            assert!(one > 0.3 && many < 0.1 * one, "{one} {many}");
            assert!(counted(Tuning::FewCores, 64) > 0.2, "software stays as it is");
        }
    }
}

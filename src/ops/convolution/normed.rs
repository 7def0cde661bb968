//! A convolution and the group normalisation behind it in one dispatch (`normed.wgsl`): one less, and the sums are neither written
//! nor read again. A workgroup then has a whole group of a picture, so this is for groups that fit into one.

use super::super::program::{Dispatch, Program, Tuning, add, shader};
use super::super::{Next, Norm, Op, OpError, Site, Weights};
use super::batch::larger;
use super::gpu::{Sizes, bindings, interleave};
use super::{Conv, Finish};

/// Threads of a workgroup that every GPU of WebGPU allows.
const MOST: usize = 256;
/// Multiplications of four channels that a thread may have on a GPU of many threads. A workgroup has a multiprocessor to itself
/// where there are few pictures; so many take about as long there as the dispatch that is saved (counted, not measured).
const LONG: usize = 4608;

/// What a GPU is to run for a convolution and `next`, where that is a normalisation of it that fits.
pub fn program(
    conv: &Conv,
    site: &Site<'_>,
    next: Option<Next<'_>>,
    weights: &Weights,
    tuning: Tuning,
) -> Result<Option<Program>, OpError> {
    let Some((Op::Norm(norm), place)) = next else { return Ok(None) };
    if norm.input != site.output || conv.finish != Finish::default() {
        return Ok(None);
    }
    let sizes = Sizes::of(conv, site);
    let Some(rows) = rows(&sizes, norm, tuning) else { return Ok(None) };
    let mut names = sizes.cut(rows, 1);
    let blocks = conv.channels / norm.groups / 4;
    let lanes = sizes.output.width * sizes.output.height.div_ceil(rows) * blocks;
    add(&mut names, &[("GROUPS", norm.groups), ("GROUP_BLOCKS", blocks), ("LANES", lanes)]);
    norm.finish.names(&mut names);
    let own = |part: &str| site.tensor(weights, part);
    let theirs = |part: &str| place.tensor(weights, part).map(|array| &array.data[..]);
    let affine = [&own("bias")?.data[..], theirs("scale")?, theirs("offset")?].concat();
    Ok(Some(Program {
        layers: 2,
        text: shader!("ops/convolution/normed.wgsl"),
        names,
        tensors: vec![interleave(own("weight")?, conv.channels, 4), affine],
        bindings: bindings(conv, norm.finish.residual, place.output),
        dispatch: Dispatch::Groups(norm.groups),
        larger: larger(&sizes, Some(norm), &norm.finish, tuning),
    }))
}

/// How many rows a thread computes; nothing where a group does not fit into a workgroup, or takes it too long.
fn rows(sizes: &Sizes, norm: &Norm, tuning: Tuning) -> Option<usize> {
    let (height, width) = (sizes.output.height, sizes.output.width);
    let each = norm.channels / norm.groups;
    // A thread has four channels, which must be of one group.
    if !each.is_multiple_of(4) {
        return None;
    }
    let fits = |rows: &usize| width * height.div_ceil(*rows) * (each / 4) <= MOST;
    let fitting = (1..=height.min(8)).filter(fits);
    match tuning {
        // As in `Tile::choose`: what wastes least, then what is largest.
        Tuning::FewCores => fitting.min_by_key(|rows| (height.div_ceil(*rows) * rows, height - rows)),
        _ => {
            let long = |rows: usize| rows * sizes.inputs() * sizes.kernel * sizes.kernel;
            fitting.min().filter(|rows| long(*rows) <= LONG)
        }
    }
}

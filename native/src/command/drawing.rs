//! Draws thousands of pictures of words on all processors: a picture takes a dozen calls of the network or more, and one
//! copy of it works on each processor, in the CPU engine that a browser uses.

use super::CommandError;
use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Conditions};
use morphogen::network::NetworkError;
use morphogen::pack::Pack;
use morphogen::sampler::{self, Request, Sampling};
use rayon::prelude::*;

/// Pictures of one piece of work.
const BATCH: usize = 8;

/// Draws one picture for each of `conditions`, from consecutive seeds with the network's own guidance, and gives back what
/// `look` makes of each, told its number and `[C, H, W]`; `done` hears how many more are done.
///
/// # Errors
/// [`CommandError`] where the pack has no such network, or it is not usable.
pub(super) fn draw<T: Send>(
    pack: &Pack,
    network: &str,
    sampling: Sampling,
    (conditions, seed): (&[Condition], u64),
    look: impl Fn(usize, &[f32]) -> T + Sync,
    done: impl Fn(usize) + Sync,
) -> Result<Vec<T>, CommandError> {
    let (manifest, weights) = (pack.manifest(), pack.weights(network)?);
    let (entry, size) = (manifest.network(network)?, manifest.image.len());
    let artist = || CpuNetwork::new(&entry.config, &weights, manifest.image);
    let some = |artist: &mut Result<CpuNetwork, NetworkError>, (n, some): (usize, &[Condition])| {
        let artist = artist.as_mut().map_err(|error| error.clone())?;
        let (first, count) = (n * BATCH, some.len());
        let request = Request::new(Conditions::Each(some.to_vec()), seed + first as u64);
        let request = Request { count, ..request.guided(entry.guidance).taking(sampling) };
        let drawn = sampler::sample(artist, &request, manifest.schedule, |_| true)?;
        done(count);
        Ok(drawn.chunks_exact(size).zip(first..).map(|(picture, n)| look(n, picture)).collect())
    };
    let looks: Result<Vec<Vec<T>>, CommandError> =
        conditions.par_chunks(BATCH).enumerate().map_init(artist, some).collect();
    Ok(looks?.into_iter().flatten().collect())
}

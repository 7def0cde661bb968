//! How far the clean pictures that a network expects are from the real ones, by time: test images are noised and
//! denoised in one call each, under their own labels. Part of `morphogen evaluate`; what training minimises, but
//! comparable between networks that predict different things.

use super::CommandError;
use crate::train::data::{Dataset, Split};
use burn::tensor::Device;
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::pack::Pack;
use morphogen::sampler::noise;
use morphogen::schedule::Schedule;
use std::path::Path;

/// The times at which errors are measured.
const TIMES: [f64; 8] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95];
/// Images that go through a network side by side.
const BATCH: usize = 50;

/// Prints a table of the mean squared errors of `names`, each a network of `pack`, over `count` test images of `data`.
///
/// # Errors
/// [`CommandError`] where the data cannot be read or do not fit the pack, or a network fails.
pub fn table(pack: &Pack, names: &[String], data: &Path, count: usize, device: &Device) -> Result<(), CommandError> {
    let manifest = pack.manifest();
    let data = super::dataset(data, Split::Test, Some(manifest.image.width))?;
    if data.shape != manifest.image {
        let message = format!("expected images of {:?}, as the pack's, found {:?}", manifest.image, data.shape);
        return Err(CommandError::Usage(message));
    }
    let count = count.min(data.len());
    let bar = super::progress_bar(names.len() * TIMES.len());
    let mut lines =
        vec![format!("| mean squared error of x̂₀, {count} images, at t = |{}", cells(TIMES.map(|t| t.to_string())))];
    lines.push(format!("|---|{}", "---|".repeat(TIMES.len())));
    for name in names {
        let mut network = super::network(pack, name, device.clone())?;
        let mut errors = Vec::new();
        for t in TIMES {
            errors.push(format!("{:.5}", error(&mut network, manifest.schedule, t, &data, count)?));
            bar.inc(1);
        }
        lines.push(format!("| `{name}` |{}", cells(errors)));
    }
    bar.finish_and_clear();
    say!("{}", lines.join("\n"));
    Ok(())
}

/// Cells of a line of the table.
fn cells(values: impl IntoIterator<Item = String>) -> String {
    values.into_iter().map(|value| format!(" {value} |")).collect()
}

/// The mean over pixels (in `[−1, 1]`, and `x̂₀` clipped to that, as a sampler does) of `(x̂₀ − x₀)²` at time `t`, over
/// `count` images from all over `data`. The noise of each is fixed, and the same at all times.
fn error(
    network: &mut dyn Denoiser,
    schedule: Schedule,
    t: f64,
    data: &Dataset,
    count: usize,
) -> Result<f64, CommandError> {
    let (time, length) = (schedule.at(t), data.shape.len());
    let chosen: Vec<usize> = (0..count).map(|i| i * data.len() / count).collect();
    let mut sum = 0.0;
    for chosen in chosen.chunks(BATCH) {
        let clean: Vec<f32> = chosen.iter().flat_map(|&n| data.image(n)).collect();
        let mut noisy = vec![0.0; clean.len()];
        let pictures = noisy.chunks_mut(length).zip(clean.chunks(length)).zip(chosen);
        for ((noisy, clean), &n) in pictures {
            noise::fill(n as u64, 0, noisy);
            let mix = |(noisy, clean): (&mut f32, &f32)| *noisy = time.a as f32 * clean + time.s as f32 * *noisy;
            noisy.iter_mut().zip(clean).for_each(mix);
        }
        let label = |&n: &usize| match &data.captions {
            Some(captions) => captions.label(n),
            None => Condition::Class(data.labels[n]),
        };
        let conditions: Vec<Condition> = chosen.iter().map(label).collect();
        let found = network.denoise(&noisy, time, &conditions).map_err(super::images::usage)?;
        let square = |(found, clean): (&f32, &f32)| f64::from(found.clamp(-1.0, 1.0) - clean).powi(2);
        sum += found.iter().zip(&clean).map(square).sum::<f64>();
    }
    Ok(sum / (count * length).max(1) as f64)
}

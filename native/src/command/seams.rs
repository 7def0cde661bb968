//! `morphogen seams`: mends a part of pictures with other words, once step by step and once with the jumps back and forth
//! of RePaint (Lugmayr et al. 2022), for as many network calls, and says how visible the seams are.

use super::CommandError;
use super::number::number;
use super::output::Output;
use super::subject::{Subject, Wish, subjects};
use crate::train::picture;
use burn::tensor::Device;
use clap::Args;
use morphogen::denoiser::ImageShape;
use morphogen::pack::Pack;
use morphogen::sampler::MAX_TIMES;
use morphogen::sampler::{self, Keep, Region, Request, Side};
use morphogen::schedule::MAX_STEPS;
use std::path::PathBuf;

/// Options of `morphogen seams`.
#[derive(Debug, Args)]
pub struct SeamsArgs {
    /// Folder of the model pack, one that draws from words
    #[arg(long, default_value = "www/models/emoji")]
    pack: PathBuf,
    /// Seeds of each case
    #[arg(long, value_parser = number::<usize>(1, 100), default_value_t = 3)]
    seeds: usize,
    /// Network calls of each picture
    #[arg(long, value_parser = number(1, MAX_STEPS), default_value_t = 16)]
    calls: usize,
    /// How often each step is taken; must divide the calls
    #[arg(long, value_parser = number(1, MAX_TIMES), num_args = 1.., default_values_t = [1, 2, 4])]
    times: Vec<usize>,
    /// Where to draw the pictures of the first seed, a case a row: as they were, then as they were mended in each way
    #[arg(long)]
    output: Option<PathBuf>,
}

/// What is there, what shall be there in its place, and where.
const CASES: [(&str, &str, Side, f64); 12] = [
    ("cat", "top hat", Side::Above, 26.0 / 64.0),
    ("dog", "crown", Side::Above, 26.0 / 64.0),
    ("frog", "fire", Side::Above, 26.0 / 64.0),
    ("smiling face", "cowboy", Side::Above, 26.0 / 64.0),
    ("panda", "crown", Side::Above, 26.0 / 64.0),
    ("red apple", "fire", Side::Above, 26.0 / 64.0),
    ("house", "tree", Side::Right, 0.5),
    ("car", "bus", Side::Left, 0.5),
    ("snowman", "Christmas tree", Side::Right, 0.5),
    ("cat", "octopus", Side::Below, 38.0 / 64.0),
    ("sunflower", "smiling face", Side::Inside, 0.28),
    ("red heart", "star", Side::Inside, 0.28),
];

/// Runs `morphogen seams`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn seams(args: &SeamsArgs) -> Result<(), CommandError> {
    if let Some(times) = args.times.iter().find(|&&times| times == 0 || !args.calls.is_multiple_of(times)) {
        let message = format!("expected numbers that divide {} calls, found {times}", args.calls);
        return Err(CommandError::Usage(message));
    }
    let output = Output::maybe(args.output.as_deref())?;
    let pack = Pack::open(&args.pack)?;
    let (shape, schedule) = (pack.manifest().image, pack.manifest().schedule);
    let name = super::network_name(&pack, None)?;
    let entry = pack.manifest().network(name)?;
    let mut network = super::network(&pack, name, Device::flex())?;
    let (mut originals, mut mended) = (Vec::new(), vec![Vec::new(); args.times.len()]);
    let mut tally = vec![Tally::default(); 1 + args.times.len()];
    let bar = super::progress_bar(CASES.len());
    for (first, second, side, edge) in CASES {
        let request = |prompt: &str, seed: u64| -> Result<Request, CommandError> {
            let wish = Wish { count: args.seeds, ..Wish::of(Some(prompt), seed) };
            let found = subjects(&pack, &wish)?.into_iter().next();
            let Subject { condition, .. } = found.ok_or_else(|| CommandError::Usage("expected words".into()))?;
            let request = Request { count: args.seeds, ..Request::new(condition, seed) };
            Ok(request.taking(entry.sampling()).guided(entry.guidance))
        };
        let x0 = sampler::sample(&mut network, &request(first, 1)?, schedule, |_| true)?;
        let part = Region::Part { side: side.other(), edge, soft: 0.0 };
        let stays = part.mask(shape).unwrap_or_default();
        let mask = Keep::softened(&stays, shape, Keep::SOFT)?;
        tally[0].add(&x0, &stays, shape);
        originals.push(x0[..shape.len()].to_vec());
        let over = Request { keep: Some(Keep { x0: x0.clone(), mask }), ..request(second, 101)? };
        for (way, &times) in args.times.iter().enumerate() {
            let over = Request { steps: args.calls / times, times, ..over.clone() };
            let over = over.begun_from(&x0, 1.0, shape, schedule)?;
            let drawn = sampler::sample(&mut network, &over, schedule, |_| true)?;
            tally[1 + way].add(&drawn, &stays, shape);
            mended[way].push(drawn[..shape.len()].to_vec());
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    say!("{:<28} {:>8} {:>8} {:>8}", "", "at seam", "beside", "ratio");
    let names = args.times.iter().map(|times| format!("{} steps, each {times} times", args.calls / times));
    for (name, tally) in std::iter::once("before".to_string()).chain(names).zip(&tally) {
        let [at, beside] = tally.means();
        say!("{name:<28} {at:>8.4} {beside:>8.4} {:>8.3}", at / beside);
    }
    if let Some(output) = output {
        let rows = (0..CASES.len()).flat_map(|case| {
            std::iter::once(&originals[case]).chain(mended.iter().map(move |way| &way[case])).flatten().copied()
        });
        let rows: Vec<f32> = rows.collect();
        let sheet = picture::png(picture::sheet(&rows, shape, 1 + args.times.len(), 2)?)?;
        output.write(&sheet, format_args!("{} cases, a row each", CASES.len()))?;
    }
    Ok(())
}

/// How much pictures change from pixel to pixel, at the seam and beside it.
#[derive(Debug, Clone, Default)]
struct Tally {
    sums: [f64; 2],
    pairs: [f64; 2],
}

impl Tally {
    /// Pixels beside each other belong to the seam where one of them stays and the other is free, and lie beside it where both
    /// are within eight pixels of it.
    fn add(&mut self, pictures: &[f32], stays: &[f32], shape: ImageShape) {
        let ImageShape { height, width, .. } = shape;
        let near = Keep::softened(stays, shape, 2.0).unwrap_or_default();
        let plane = height * width;
        let pixels = |at: usize| pictures.chunks(plane).map(move |channel| f64::from(channel[at]));
        for row in 0..height {
            for column in 0..width {
                let at = row * width + column;
                let right = (column + 1 < width).then_some(at + 1);
                let below = (row + 1 < height).then_some(at + width);
                for other in [right, below].into_iter().flatten() {
                    let beside = 0.0 < near[at] && near[at] < 1.0;
                    let place = usize::from(stays[at] == stays[other]);
                    if place == 1 && !beside {
                        continue;
                    }
                    self.sums[place] += pixels(at).zip(pixels(other)).map(|(a, b)| (a - b).abs()).sum::<f64>();
                    self.pairs[place] += (pictures.len() / plane) as f64;
                }
            }
        }
    }

    /// The mean absolute difference, of pixels in [−1, 1], at the seam and beside it.
    fn means(&self) -> [f64; 2] {
        [0, 1].map(|place| self.sums[place] / self.pairs[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seam_is_where_what_stays_meets_what_is_free() {
        let shape = ImageShape { channels: 1, height: 2, width: 4 };
        let stays = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let mut tally = Tally::default();
        tally.add(&[0.0, 0.0, 1.0, 0.5, 0.0, 0.0, 1.0, 0.5], &stays, shape);
        // Two pairs across; beside it four in rows, two of them 0.5 apart, and four in columns.
        assert_eq!((tally.means(), tally.pairs), ([1.0, 0.125], [2.0, 8.0]));
    }
}

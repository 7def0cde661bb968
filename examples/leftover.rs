//! What a machine leaves over of a network's picture, and how much of that another network, which learned from the same images, has
//! in common with it: `cargo run --release --features rayon --example leftover [seeds] [sheet.png] [pack] [network] [other] [machine]`.
//!
//! All draw from the same noise, in 20 even steps. Of networks `u` and `v` and the machine's `b`, let `u − b = c + p` and
//! `v − b = c + q`: c is what both have and the machine has not, p and q what each has for itself. Where none depends on another, the
//! share of c is the correlation of `u − b` and `v − b`. The sheet shows a row for each prompt: both networks, the machine, and where
//! each network differs from it.

use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::export::rgba;
use morphogen::pack::Pack;
use morphogen::sampler::{Request, Sampling, Trajectory};
use morphogen::theory::{Machine, Training, machine_denoiser};
use std::error::Error;
use std::fs::File;
use std::sync::Arc;

/// Side of the blocks whose means are what is coarse in a picture.
const BLOCK: usize = 4;
/// How many times as large a pixel of the sheet is, and columns.
const SCALE: usize = 2;
const COLUMNS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize, otherwise: &str| words.get(at).cloned().unwrap_or_else(|| otherwise.into());
    let seeds: u64 = word(0, "100").parse()?;
    let pack = Pack::open(word(2, "www/models/fashion"))?;
    let names = [word(3, "unet"), word(4, "attention")];
    let machine = Machine::named(&word(5, "blend")).ok_or("no such machine")?;
    let (manifest, shape) = (pack.manifest(), pack.manifest().image);
    let network = |name: &str| -> Result<CpuNetwork, Box<dyn Error>> {
        Ok(CpuNetwork::new(&manifest.network(name)?.config, &pack.weights(name)?, shape)?)
    };
    let mut networks = [network(&names[0])?, network(&names[1])?];
    let calibration = manifest.network(&names[0])?.calibration(machine)?;
    let kinds = manifest.prompts.len();
    if seeds == 0 || kinds == 0 {
        return Err("expected at least one seed, and a pack of classes, such as www/models/fashion".into());
    }
    let (mut whole, mut by_kind) = (Tally::default(), vec![Tally::default(); kinds]);
    let mut by_step: Vec<Tally> = Vec::new();
    let mut rows = Vec::new();
    for seed in 0..seeds {
        let class = (seed % kinds as u64) as usize;
        let images = pack.images(&manifest.prompts[class].name)?.to_f32();
        let training = Arc::new(Training::new(&images, shape)?);
        let request = Request::new(Condition::Class(class), seed).taking(Sampling::default());
        let guess = |denoiser: &mut dyn Denoiser| guesses(denoiser, &request, &pack);
        let [u, v] = &mut networks;
        let [u, v, b] =
            [guess(u)?, guess(v)?, guess(machine_denoiser(machine, &training, calibration.clone())?.as_mut())?];
        by_step.resize(u.len(), Tally::default());
        for (step, tally) in by_step.iter_mut().enumerate() {
            tally.add([&u[step], &v[step], &b[step]], shape);
        }
        let [u, v, b] = [&u, &v, &b].map(|way| &way[way.len() - 1]);
        whole.add([u, v, b], shape);
        by_kind[class].add([u, v, b], shape);
        if (seed as usize) < kinds {
            let off = |from: &[f32]| from.iter().zip(b).map(|(n, m)| (n - m).abs() - 1.0).collect::<Vec<f32>>();
            rows.push([u.clone(), v.clone(), b.clone(), off(u), off(v)]);
        }
    }
    println!("{:16} {}", "", Tally::HEADER);
    for (prompt, tally) in manifest.prompts.iter().zip(&by_kind) {
        println!("{:16} {tally}", prompt.name);
    }
    println!("{:16} {whole}", "all");
    println!("the same of their guesses, step by step, each on its own way");
    let times = Trajectory::new(&Request::new(Condition::Null, 0), shape, manifest.schedule)?;
    for (step, tally) in times.steps().iter().zip(&by_step) {
        println!("t = {:12.2} {tally}", step.time.t);
    }
    if let Some(path) = words.get(1) {
        write_sheet(path, &rows, shape)?;
    }
    Ok(())
}

/// The guesses x̂₀ on a way to a picture; the last is the picture.
fn guesses(denoiser: &mut dyn Denoiser, request: &Request, pack: &Pack) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let mut trajectory = Trajectory::new(request, pack.manifest().image, pack.manifest().schedule)?;
    let mut found = Vec::new();
    while let Some(query) = trajectory.query() {
        let answer = denoiser.denoise(query.x, query.time, query.conditions)?;
        trajectory.advance(&answer)?;
        found.push(trajectory.denoised().to_vec());
    }
    Ok(found)
}

/// Sums over pictures.
#[derive(Debug, Clone, Default)]
struct Tally {
    /// Of the network's difference from its mean, and of it and the other network from the machine.
    picture: f64,
    left: [f64; 2],
    /// Of the product of these two.
    both: f64,
    /// Of means of blocks, of the picture and of what is left over.
    coarse: [f64; 2],
    /// Of what is left over where the picture is steepest: a quarter of the pixels.
    steep: f64,
}

impl Tally {
    const HEADER: &str = "left over  shared  coarse (picture)  on edges";

    fn add(&mut self, [u, v, b]: [&[f32]; 3], shape: ImageShape) {
        let minus = |a: &[f32], b: &[f32]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| f64::from(a - b)).collect() };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mean = u.iter().map(|v| f64::from(*v)).sum::<f64>() / u.len() as f64;
        let picture: Vec<f64> = u.iter().map(|v| f64::from(*v) - mean).collect();
        let (e, f) = (minus(u, b), minus(v, b));
        self.picture += dot(&picture, &picture);
        self.left[0] += dot(&e, &e);
        self.left[1] += dot(&f, &f);
        self.both += dot(&e, &f);
        self.coarse[0] += coarse(&picture, shape);
        self.coarse[1] += coarse(&e, shape);
        let slopes = slopes(&picture, shape);
        let mut order: Vec<usize> = (0..e.len()).collect();
        order.sort_by(|a, b| slopes[*b].total_cmp(&slopes[*a]));
        self.steep += order[..e.len() / 4].iter().map(|q| e[*q] * e[*q]).sum::<f64>();
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let left = self.left[0];
        let (share, shared) = (left / self.picture, self.both / (left * self.left[1]).sqrt());
        let (coarse, picture, steep) = (self.coarse[1] / left, self.coarse[0] / self.picture, self.steep / left);
        write!(f, "{share:9.4}  {shared:6.2}  {coarse:6.2} ({picture:4.2})      {steep:8.2}")
    }
}

/// The squares of the means of blocks, each counted for all its pixels.
fn coarse(values: &[f64], ImageShape { height, width, .. }: ImageShape) -> f64 {
    let mut sum = 0.0;
    for plane in values.chunks_exact(height * width) {
        for top in (0..height).step_by(BLOCK) {
            for left in (0..width).step_by(BLOCK) {
                let rows = top..height.min(top + BLOCK);
                let block: Vec<f64> =
                    rows.flat_map(|row| plane[row * width..][left..width.min(left + BLOCK)].iter().copied()).collect();
                let total: f64 = block.iter().sum();
                sum += total * total / block.len() as f64;
            }
        }
    }
    sum
}

/// How steep a picture is at each pixel.
fn slopes(values: &[f64], ImageShape { height, width, .. }: ImageShape) -> Vec<f64> {
    let area = height * width;
    let at = |q: usize, row: usize, column: usize| values[q / area * area + row * width + column];
    let slope = |q: usize| {
        let (row, column) = (q % area / width, q % width);
        let across = at(q, row, (column + 1).min(width - 1)) - at(q, row, column.saturating_sub(1));
        let down = at(q, (row + 1).min(height - 1), column) - at(q, row.saturating_sub(1), column);
        across * across + down * down
    };
    (0..values.len()).map(slope).collect()
}

/// A sheet of pictures beside each other, a row for each prompt.
fn write_sheet(path: &str, rows: &[[Vec<f32>; COLUMNS]], shape: ImageShape) -> Result<(), Box<dyn Error>> {
    let (wide, high) = (shape.width * SCALE, shape.height * SCALE);
    let (across, down) = (COLUMNS * (wide + SCALE) - SCALE, rows.len() * (high + SCALE) - SCALE);
    let mut sheet = vec![255; across * down * 4];
    for (n, row) in rows.iter().enumerate() {
        for (m, picture) in row.iter().enumerate() {
            for (line, pixels) in rgba(picture, shape, SCALE)?.chunks_exact(wide * 4).enumerate() {
                let at = ((n * (high + SCALE) + line) * across + m * (wide + SCALE)) * 4;
                sheet[at..at + wide * 4].copy_from_slice(pixels);
            }
        }
    }
    let mut encoder = png::Encoder::new(File::create(path)?, across as u32, down as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(())
}

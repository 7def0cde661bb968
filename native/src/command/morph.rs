//! `morphogen morph`: the way from one thing to another as a film, all frames from the same noise.

use super::number::number;
use super::output::Output;
use super::sampling::SamplingArgs;
use super::subject::{Wish, ask, captions};
use super::{CommandError, sample::DeviceArg};
use clap::Args;
use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::Condition;
use morphogen::export::film::Film;
use morphogen::export::film::MAX_SPEED;
use morphogen::export::{licence_line, rgba};
use morphogen::pack::Pack;
use morphogen::sampler::morph::FRAMES;
use morphogen::sampler::morph::Morph;
use morphogen::sampler::terms::MAX_WEIGHT;
use morphogen::sampler::{self, Request};
use morphogen::session::ask::Thing;
use morphogen::session::draw::{Wanted, draw};
use rayon::prelude::*;
use std::path::PathBuf;

/// Options of `morphogen morph`.
#[derive(Debug, Args)]
pub struct MorphArgs {
    /// What the film goes between, each in free words: two things, up to four
    #[arg(required = true)]
    prompts: Vec<String>,
    /// Folder of the model pack
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks; the first by name unless given
    #[arg(long)]
    network: Option<String>,
    /// Frames of the film, 12 to 48
    #[arg(long, value_parser = number(*FRAMES.start(), *FRAMES.end()), default_value_t = 24)]
    frames: usize,
    /// End at the last thing, and do not come back to the first
    #[arg(long)]
    once: bool,
    /// Give the network the words of the prompts alone, and no captions of the training set that they may mean
    #[arg(long)]
    no_prior: bool,
    /// What not to draw: guidance leads away from it
    #[arg(long)]
    negative: Option<String>,
    /// Seed of the noise
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Classifier-free guidance, 1 for none; the pack's own choice unless given
    #[arg(long, value_parser = number(-MAX_WEIGHT, MAX_WEIGHT))]
    guidance: Option<f64>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceArg,
    /// A .png (an APNG, which keeps every colour) or a .gif
    #[arg(long)]
    output: PathBuf,
    /// Size of a pixel
    #[arg(long, value_parser = number::<usize>(1, 256), default_value_t = 2)]
    scale: usize,
    /// Frames a second, 1 to 50
    #[arg(long, value_parser = number(1, MAX_SPEED), default_value_t = 12)]
    speed: u16,
}

/// Runs `morphogen morph`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn morph(args: &MorphArgs) -> Result<(), CommandError> {
    let output = Output::at(&args.output)?;
    let format = Format::of(output, "--output")?;
    let course = Morph::new(args.prompts.len(), args.frames, !args.once)?;
    let pack = Pack::open(&args.pack)?;
    let manifest = pack.manifest();
    let name = super::network_name(&pack, args.network.as_deref())?;
    let entry = manifest.network(name)?;
    let (stops, against) = stops(&pack, args)?;
    let request = Request { against, ..Request::new(Condition::Null, args.seed) }.taking(args.sampling.of(entry));
    let request = course.request(&stops, request.guided(args.guidance.unwrap_or(entry.guidance)))?;
    let pictures = match args.device {
        DeviceArg::Cpu => by_processors(&pack, name, &request)?,
        DeviceArg::Gpu => {
            let mut network = super::network_on_gpu(&pack, name)?;
            let drawn = draw(&mut network, &request, manifest.schedule, Wanted::default(), |_| true);
            pollster::block_on(drawn)?.pictures
        }
    };
    let frames = rgba(&course.frames(&pictures, manifest.image.len()), manifest.image, args.scale)?;
    let size = (manifest.image.width * args.scale, manifest.image.height * args.scale);
    let film = Film::new(size, frames, args.speed, !args.once, &licence_line(&manifest.licence))?;
    let what = format!("{} in {} frames of {} × {}", args.prompts.join(" → "), args.frames, size.0, size.1);
    output.write(&format.pack(&film)?, what)
}

/// The file's format, by its name.
pub(super) enum Format {
    Apng,
    Gif,
}

impl Format {
    /// The film's bytes.
    pub fn pack(&self, film: &Film) -> Result<Vec<u8>, CommandError> {
        Ok(match self {
            Format::Apng => film.apng()?,
            Format::Gif => film.gif()?,
        })
    }

    /// The format that a name asks for; `option` is for the message.
    pub fn of(output: Output, option: &str) -> Result<Self, CommandError> {
        match output.extension() {
            Some("png" | "apng") => Ok(Format::Apng),
            Some("gif") => Ok(Format::Gif),
            _ => {
                let message = format!("expected {option} to end in .png or .gif, found {}", output.path().display());
                Err(CommandError::Usage(message))
            }
        }
    }
}

/// What the stops are, and what all of them keep away from; says which captions were chosen.
fn stops(pack: &Pack, args: &MorphArgs) -> Result<(Vec<Condition>, Condition), CommandError> {
    let (negative, prior) = (args.negative.as_deref(), !args.no_prior);
    let prompts: Vec<&str> = args.prompts.iter().map(String::as_str).collect();
    let wish = Wish { negative, prior, ..Wish::of(None, args.seed) };
    let asked = ask(pack, &wish, prompts.iter().map(|prompt| Thing::of(*prompt)).collect())?;
    captions(&asked, &prompts).iter().for_each(|caption| say!("{caption}"));
    let stops = asked.parts.into_iter().flat_map(|part| part.condition.spread(1)).collect();
    Ok((stops, asked.against))
}

/// Draws the pictures on all processors, a few at a time: as each is the same to the bit wherever it is drawn, so is the film.
fn by_processors(pack: &Pack, network: &str, request: &Request) -> Result<Vec<f32>, CommandError> {
    let (manifest, weights) = (pack.manifest(), pack.weights(network)?);
    let entry = manifest.network(network)?;
    let bar = super::progress_bar(request.count * request.steps);
    let parts: Vec<usize> = (0..request.count).collect();
    let drawn = parts
        .into_par_iter()
        .map_init(
            || CpuNetwork::new(&entry.config, &weights, manifest.image),
            |artist, n| {
                let artist = artist.as_mut().map_err(|error| error.clone())?;
                let one = request.slice(n, 1, manifest.image);
                let on_step = |_: &sampler::Trajectory| {
                    bar.inc(1);
                    true
                };
                Ok::<_, CommandError>(sampler::sample(artist, &one, manifest.schedule, on_step)?)
            },
        )
        .collect::<Result<Vec<_>, _>>()?;
    bar.finish_and_clear();
    Ok(drawn.concat())
}

//! `morphogen sample`: draws pictures from a prompt with a network or a machine, as a PNG sheet or a tensor.

use super::CommandError;
use super::frames::{FramesArgs, Place, Steps};
use super::images::usage;
use super::machine::MachineArgs;
use super::mend::MendArgs;
use super::mix::{MixArgs, Mixed};
use super::number::{MANY, number};
use super::output::Output;
use super::sampling::SamplingArgs;
use super::sticker::StickerArgs;
use super::subject::{Subject, Wish, subjects};
use crate::train::picture;
use burn::tensor::Device;
use clap::{Args, ValueEnum};
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::pack::{NetworkEntry, Pack};
use morphogen::sampler::terms::MAX_WEIGHT;
use morphogen::sampler::{MAX_COUNT, Request, Sampling};
use morphogen::schedule::Schedule;
use morphogen::session::device::OnDevice;
use morphogen::session::draw::{self, State, Wanted};
use morphogen::theory::Machine;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::path::PathBuf;

/// Options of `morphogen sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Folder of the model pack
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks; the first by name unless given, as on the page
    #[arg(long)]
    network: Option<String>,
    /// What to draw, in free words; without it, everything that the pack can draw, one after another
    #[arg(long)]
    prompt: Option<String>,
    /// Give the network the words of the prompt alone, and no caption of the training set that they may mean
    #[arg(long)]
    no_prior: bool,
    /// Number of the caption to draw, as an earlier call said; by the seed unless given
    #[arg(long, value_parser = number(0, MANY), conflicts_with = "no_prior")]
    caption: Option<usize>,
    /// What not to draw: guidance leads away from it
    #[arg(long)]
    negative: Option<String>,
    /// Seed of the first picture; the n-th has seed + n
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many pictures of each prompt
    #[arg(long, value_parser = number(1, MAX_COUNT), default_value_t = 1)]
    count: usize,
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Classifier-free guidance, 1 for none; the pack's own choice unless given. What is mixed has weights instead
    #[arg(long, value_parser = number(-MAX_WEIGHT, MAX_WEIGHT))]
    guidance: Option<f64>,
    #[command(flatten)]
    mix: MixArgs,
    #[command(flatten)]
    mend: MendArgs,
    #[command(flatten)]
    machine: MachineArgs,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceArg,
    /// A .png (a sheet) or a .safetensors (a tensor "samples" [B, C, H, W], f32 in [-1, 1])
    #[arg(long, required_unless_present_any = ["sticker", "frames"])]
    output: Option<PathBuf>,
    /// Columns of the sheet
    #[arg(long, value_parser = number(1, MAX_COUNT), default_value_t = 10)]
    columns: usize,
    /// Size of a pixel in the sheet
    #[arg(long, value_parser = number::<usize>(1, 256), default_value_t = 2)]
    scale: usize,
    #[command(flatten)]
    frames: FramesArgs,
    #[command(flatten)]
    sticker: StickerArgs,
}

/// Where to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceArg {
    /// The processor
    Cpu,
    /// Vulkan, Metal or DirectX 12, with the same shaders as in the browser
    Gpu,
}

/// Runs `morphogen sample`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn sample(args: &SampleArgs) -> Result<(), CommandError> {
    let output = Output::maybe(args.output.as_deref())?;
    let kind = output.map(Kind::of).transpose()?;
    args.sticker.output()?;
    let place = args.frames.place()?;
    let pack = Pack::open(&args.pack)?;
    let manifest = pack.manifest();
    let wish = Wish {
        prompt: args.prompt.as_deref(),
        negative: args.negative.as_deref(),
        // A machine answers from the images that show the words, whichever captions those have.
        prior: !args.no_prior && args.machine.name.is_none(),
        caption: args.caption,
        seed: args.seed,
        count: args.count,
    };
    let source = Source::of(args, &pack)?;
    let request = Request { count: args.count, ..Request::new(Condition::Null, args.seed) };
    let request = request.taking(args.sampling.over(source.usual()));
    let requests = requests(&pack, args, &wish, &request, source.guidance(args.guidance))?;
    let over = |request| args.mend.over(request, args.mix.at, manifest.image, manifest.schedule);
    let requests = requests.into_iter().map(over).collect::<Result<Vec<_>, _>>()?;
    if let Some(Kind::Sheet) = kind {
        picture::sheet_size(requests.len() * args.count, manifest.image, args.columns, args.scale)?;
    }
    let (pictures, taken) = drawn(args, &pack, &source, &requests, place.as_ref())?;
    if let (Some(output), Some(kind)) = (output, kind) {
        kind.write(args, output, &pictures, manifest.image)?;
    }
    if let (Some(taken), Some(place)) = (taken, place) {
        taken.write(&place, manifest, args.columns, args.scale)?;
    }
    args.sticker.write(&pictures, manifest, args.columns)
}

/// Draws all pictures, and takes their steps along where there is a place for them.
fn drawn(
    args: &SampleArgs,
    pack: &Pack,
    source: &Source<'_>,
    requests: &[Request],
    place: Option<&Place<'_>>,
) -> Result<(Vec<f32>, Option<Steps>), CommandError> {
    let (shape, schedule) = (pack.manifest().image, pack.manifest().schedule);
    let steps = requests.first().map_or(Ok(Vec::new()), |request| request.plan(schedule))?.len();
    let count = requests.len() * args.count;
    let size = || picture::sheet_size(count, shape, args.columns, args.scale);
    let taken = |place: &Place<'_>| place.steps(steps, count * shape.len(), size()?);
    let mut taken = place.map(taken).transpose()?;
    let frames = taken.is_some();
    let together = if args.device == DeviceArg::Gpu { MAX_COUNT } else { TOGETHER };
    let bar = super::progress_bar(count * steps);
    let (mut pictures, mut artist) = (Vec::new(), None);
    for request in requests {
        // A machine is another for each prompt.
        let mut drawing = match artist.take().filter(|_| args.machine.name.is_none()) {
            Some(artist) => artist,
            None => source.artist(args, pack, request)?,
        };
        for first in (0..request.count).step_by(together) {
            let part = request.slice(first, together.min(request.count - first), shape);
            let before = bar.position();
            let tell = |now: State<'_>| {
                bar.set_position(before + (now.step * part.count) as u64);
                if let Some(taken) = &mut taken {
                    taken.add(now.step, now.x);
                }
                true
            };
            pictures.extend(drawing.draw(&part, schedule, frames, tell)?);
        }
        artist = Some(drawing);
    }
    bar.finish_and_clear();
    Ok((pictures, taken))
}

/// Pictures that are drawn side by side on the processor: more take more memory and no less time.
const TOGETHER: usize = 32;

/// What is asked for, one request a prompt, or one for all that is mixed; says which captions were chosen.
fn requests(
    pack: &Pack,
    args: &SampleArgs,
    wish: &Wish<'_>,
    request: &Request,
    guidance: f64,
) -> Result<Vec<Request>, CommandError> {
    if let Some(Mixed { terms, against, captions }) = args.mix.of(pack, wish, guidance)? {
        captions.iter().for_each(|caption| say!("{caption}"));
        return Ok(vec![Request { terms, against, ..request.clone() }]);
    }
    let subject = |Subject { condition, against, captions }: Subject| {
        captions.iter().for_each(|caption| say!("{caption}"));
        Request { against, ..request.clone().of(condition).guided(guidance) }
    };
    Ok(subjects(pack, wish)?.into_iter().map(subject).collect())
}

/// Who draws: a network, or a machine beside one.
struct Source<'a> {
    /// The network and its name; a machine can do without in a pack that has none.
    network: Option<(&'a str, &'a NetworkEntry)>,
    machine: Option<Machine>,
}

impl<'a> Source<'a> {
    fn of(args: &'a SampleArgs, pack: &'a Pack) -> Result<Self, CommandError> {
        let (asked, machine) = (args.network.as_deref(), args.machine.name);
        if machine.is_some() && asked.is_none() && pack.manifest().networks.is_empty() {
            return Ok(Source { network: None, machine });
        }
        let name = super::network_name(pack, asked)?;
        Ok(Source { network: Some((name, pack.manifest().network(name)?)), machine })
    }

    /// How it draws unless told otherwise: a machine as the network that it is compared with.
    fn usual(&self) -> Sampling {
        self.network.map_or_else(Sampling::default, |(_, entry)| entry.sampling())
    }

    /// A machine knows nothing but the images of the prompt: there is nothing to guide it away from.
    fn guidance(&self, asked: Option<f64>) -> f64 {
        match (self.machine, self.network) {
            (None, Some((_, entry))) => asked.unwrap_or(entry.guidance),
            _ => 1.0,
        }
    }

    fn artist(&self, args: &SampleArgs, pack: &Pack, request: &Request) -> Result<Artist, CommandError> {
        let gpu = args.device == DeviceArg::Gpu;
        if let Some(machine) = self.machine {
            let entry = self.network.map(|(_, entry)| entry);
            return args.machine.denoiser(machine, pack, entry, request, gpu).map(Artist::Denoiser);
        }
        let name = self.network.map_or("", |(name, _)| name);
        Ok(match args.device {
            // burn's, which uses all processors for one call.
            DeviceArg::Cpu => Artist::Denoiser(Box::new(super::network(pack, name, Device::flex())?)),
            DeviceArg::Gpu => Artist::Network(super::network_on_gpu(pack, name)?),
        })
    }
}

/// What draws.
enum Artist {
    Denoiser(Box<dyn Denoiser>),
    Network(OnDevice),
}

impl Artist {
    /// Draws the pictures of `request`; `tell` hears of every state.
    fn draw(
        &mut self,
        request: &Request,
        schedule: Schedule,
        frames: bool,
        tell: impl FnMut(State<'_>) -> bool,
    ) -> Result<Vec<f32>, CommandError> {
        let wanted = Wanted { frames, influence: false };
        let drawn = match self {
            Artist::Denoiser(denoiser) => pollster::block_on(draw::draw(denoiser, request, schedule, wanted, tell)),
            Artist::Network(network) => pollster::block_on(draw::draw(network, request, schedule, wanted, tell)),
        };
        Ok(drawn?.pictures)
    }
}

/// What a file of pictures is, by its name.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Sheet,
    Tensor,
}

impl Kind {
    fn of(output: Output<'_>) -> Result<Self, CommandError> {
        match output.extension() {
            Some("png") => Ok(Kind::Sheet),
            Some("safetensors") => Ok(Kind::Tensor),
            _ => {
                let found = output.path().display();
                Err(CommandError::Usage(format!("expected an --output ending in .png or .safetensors, found {found}")))
            }
        }
    }

    fn write(
        self,
        args: &SampleArgs,
        output: Output<'_>,
        pictures: &[f32],
        shape: ImageShape,
    ) -> Result<(), CommandError> {
        let count = pictures.len() / shape.len();
        let bytes = match self {
            Kind::Sheet => picture::png(picture::sheet(pictures, shape, args.columns, args.scale)?)?,
            Kind::Tensor => tensor_file("samples", vec![count, shape.channels, shape.height, shape.width], pictures)?,
        };
        output.write(&bytes, format_args!("{count} {} of {} × {}", plural(count), shape.width, shape.height))
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "picture" } else { "pictures" }
}

/// One f32 tensor as the bytes of a safetensors file.
pub(crate) fn tensor_file(name: &str, shape: Vec<usize>, data: &[f32]) -> Result<Vec<u8>, CommandError> {
    let bytes: Vec<u8> = data.iter().flat_map(|value| value.to_le_bytes()).collect();
    let view = TensorView::new(Dtype::F32, shape, &bytes).map_err(usage)?;
    serialize([(name, view)], None).map_err(usage)
}

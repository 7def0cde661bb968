//! `morphogen sample`: draws pictures from a prompt, as a PNG sheet or a tensor.

use super::CommandError;
use crate::denoiser::{Condition, Conditions, ImageShape};
use crate::gpu::{Frames, GpuNetwork};
use crate::network::BurnDenoiser;
use crate::pack::Pack;
use crate::prompt::prior::{Asked, Choice, Prior};
use crate::prompt::text::Vocabulary;
use crate::prompt::understand;
use crate::sampler::{self, Request, Solver};
use crate::schedule::Schedule;
use crate::train::picture;
use burn::tensor::Device;
use clap::{Args, ValueEnum};
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Options of `morphogen sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Folder of the model pack
    #[arg(long)]
    pack: PathBuf,
    /// Which of its networks
    #[arg(long, default_value = "unet")]
    network: String,
    /// What to draw, in free words; without it, everything that the pack can draw, one after another
    #[arg(long)]
    prompt: Option<String>,
    /// Give the network the words of the prompt alone, and no caption of the training set that they may mean
    #[arg(long)]
    no_prior: bool,
    /// Number of the caption to draw, as an earlier call said; by the seed unless given
    #[arg(long, conflicts_with = "no_prior")]
    caption: Option<usize>,
    /// What not to draw: guidance leads away from it
    #[arg(long)]
    negative: Option<String>,
    /// Seed of the first picture; the n-th has seed + n
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many pictures of each prompt
    #[arg(long, default_value_t = 1)]
    count: usize,
    /// Steps from noise to picture
    #[arg(long, default_value_t = 20)]
    steps: usize,
    /// How a step is taken
    #[arg(long, value_enum, default_value = "ddim")]
    solver: SolverArg,
    /// Classifier-free guidance, 1 for none; the pack's own choice unless given
    #[arg(long)]
    guidance: Option<f64>,
    /// Where to compute
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceArg,
    /// A .png (a sheet) or a .safetensors (a tensor "samples" [B, C, H, W], f32 in [-1, 1])
    #[arg(long)]
    output: PathBuf,
    /// Columns of the sheet
    #[arg(long, default_value_t = 10)]
    columns: usize,
    /// Size of a pixel in the sheet
    #[arg(long, default_value_t = 2)]
    scale: usize,
}

/// The solvers by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SolverArg {
    /// DDIM, deterministic
    Ddim,
    /// Ancestral DDPM, adds fresh noise
    Ddpm,
    /// DPM-Solver++(2M), second order
    DpmSolver,
}

impl From<SolverArg> for Solver {
    fn from(solver: SolverArg) -> Self {
        match solver {
            SolverArg::Ddim => Solver::Ddim,
            SolverArg::Ddpm => Solver::Ddpm,
            SolverArg::DpmSolver => Solver::DpmSolver,
        }
    }
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
    let pack = Pack::open(&args.pack)?;
    let manifest = pack.manifest();
    let subjects = if manifest.text.is_some() { by_words(&pack, args)? } else { by_class(&pack, args)? };
    let entry = manifest.network(&args.network)?;
    let request = Request {
        count: args.count,
        steps: args.steps,
        solver: args.solver.into(),
        guidance: args.guidance.unwrap_or(entry.guidance),
        ..Request::new(Condition::Null, args.seed)
    };
    let mut artist = match args.device {
        DeviceArg::Cpu => Artist::Cpu(Box::new(super::network(&pack, &args.network, Device::flex())?)),
        DeviceArg::Gpu => Artist::Gpu(Box::new(super::gpu_network(&pack, &args.network)?)),
    };
    let bar = super::progress_bar(args.steps * subjects.len());
    let mut pictures = Vec::new();
    for Subject { condition, against } in subjects {
        let request = Request { condition, against, ..request.clone() };
        pictures.extend(artist.draw(&request, manifest.schedule, || bar.inc(1))?);
    }
    bar.finish_and_clear();
    write(args, &pictures, manifest.image)
}

/// What the pictures of one prompt show, and what guidance leads away from.
struct Subject {
    condition: Conditions,
    against: Condition,
}

/// What a prompt asks for in a pack of classes; without a prompt, all of them.
fn by_class(pack: &Pack, args: &SampleArgs) -> Result<Vec<Subject>, CommandError> {
    let prompts = &pack.manifest().prompts;
    let class = |prompt: &str| understand(prompts, prompt).map(|understood| Condition::Class(understood.index));
    let classes = match &args.prompt {
        Some(prompt) => vec![class(prompt)?],
        None => (0..prompts.len()).map(Condition::Class).collect(),
    };
    let against = args.negative.as_deref().map_or(Ok(Condition::Null), class)?;
    Ok(classes.into_iter().map(|class| Subject { condition: class.into(), against: against.clone() }).collect())
}

/// What a prompt asks for and turns away in a pack that draws from words, by way of the captions that it may mean;
/// without a prompt, all that the pack says it can draw.
fn by_words(pack: &Pack, args: &SampleArgs) -> Result<Vec<Subject>, CommandError> {
    let text = pack.manifest().text()?;
    let words = pack.words()?;
    let vocabulary = Vocabulary::new(words.clone(), text.styles, text.aliases.clone());
    let prior = match &text.captions {
        Some(_) if !args.no_prior => Prior::new(&pack.captions()?, &words, text.styles),
        _ => Prior::default(),
    };
    let understood = |prompt: &str| {
        let understood = vocabulary.understand(prompt)?;
        for unknown in &understood.unknown {
            eprintln!("“{}” is unknown to this pack; it knows {}", unknown.typed, unknown.near.join(", "));
        }
        Ok::<_, CommandError>(understood)
    };
    let negative = args.negative.as_deref().map(understood).transpose()?.map(|negative| negative.words);
    let subject = |prompt: &str| {
        let found = understood(prompt)?;
        let against = negative.clone().unwrap_or(found.against);
        let asked = Asked { words: &found.words, against: &against };
        let choices = prior.captions(asked, args.seed, args.count, args.caption)?;
        choices.iter().flatten().for_each(|choice| println!("{prompt}: {choice}"));
        let words = |choice: Option<Choice>| choice.map_or_else(|| found.words.clone(), |choice| choice.words);
        let each = choices.into_iter().map(|choice| Condition::Words(words(choice)));
        let condition = Conditions::Each(each.collect());
        let against = if against.is_empty() { Condition::Null } else { Condition::Words(against) };
        Ok(Subject { condition, against })
    };
    let examples = || text.examples.iter().map(String::as_str).collect();
    let prompts: Vec<&str> = args.prompt.as_deref().map_or_else(examples, |prompt| vec![prompt]);
    prompts.into_iter().map(subject).collect()
}

/// A network on the device that was asked for.
enum Artist {
    Cpu(Box<BurnDenoiser>),
    Gpu(Box<GpuNetwork>),
}

impl Artist {
    fn draw(
        &mut self,
        request: &Request,
        schedule: Schedule,
        mut on_step: impl FnMut(),
    ) -> Result<Vec<f32>, CommandError> {
        let mut go_on = || {
            on_step();
            true
        };
        match self {
            Artist::Cpu(network) => Ok(sampler::sample(network.as_mut(), request, schedule, |_| go_on())?),
            Artist::Gpu(network) => {
                Ok(pollster::block_on(network.sample(request, schedule, Frames::Last, |_| go_on()))?)
            }
        }
    }
}

fn write(args: &SampleArgs, pictures: &[f32], shape: ImageShape) -> Result<(), CommandError> {
    match args.output.extension().and_then(|extension| extension.to_str()) {
        Some("png") => Ok(picture::sheet(&args.output, pictures, shape, args.columns, args.scale)?),
        Some("safetensors") => {
            let size = vec![pictures.len() / shape.len(), shape.channels, shape.height, shape.width];
            write_tensor(&args.output, "samples", size, pictures)
        }
        _ => {
            let message =
                format!("expected an --output ending in .png or .safetensors, found {}", args.output.display());
            Err(CommandError::Usage(message))
        }
    }
}

/// Writes one f32 tensor as a safetensors file.
pub(crate) fn write_tensor(path: &Path, name: &str, shape: Vec<usize>, data: &[f32]) -> Result<(), CommandError> {
    let fail = |error: safetensors::SafeTensorError| CommandError::file(path, error);
    let view = TensorView::new(Dtype::F32, shape, bytemuck::cast_slice(data)).map_err(fail)?;
    let bytes = serialize([(name, view)], None).map_err(fail)?;
    fs::write(path, bytes).map_err(|error| CommandError::file(path, error))
}

//! `morphogen learn`: trains a small network by the core's own code, which browsers run as well, and watches it: the loss,
//! how fast it goes, how many of its samples are copies.

use super::CommandError;
use super::curve::Curve;
use super::likeness::{Foretold, Likeness};
use super::number::{LONG, MANY, number};
use super::output::Output;
use super::sample::DeviceArg;
use super::train::{ModulationArg, PaddingArg, PredictionArg};
use crate::train::data::{Dataset, Split};
use crate::train::picture;
use clap::{Args, ValueEnum};
use morphogen::denoiser::Condition;
use morphogen::files;
use morphogen::gpu::{Gpu, GpuLearning};
use morphogen::learn::{Label, Learning, Pictures, Rate, Settings, StepReport};
use morphogen::metrics::Neighbour;
use morphogen::network::config::{Architecture, ConditionKind, NetworkConfig};
use morphogen::pack::limits::SIDE;
use morphogen::pack::to_f32;
use morphogen::sampler::Request;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// Pictures of a sheet, and of a look at how many are copies; their first seed.
const SHEET: usize = 12;
const LOOK: usize = 24;
const SEED: u64 = 100;

/// Options of `morphogen learn`.
#[derive(Debug, Args)]
pub struct LearnArgs {
    /// Folder with IDX files (Fashion-MNIST), or with one sub-folder of images per class
    #[arg(long)]
    data: PathBuf,
    /// Only this class: its name, or its number
    #[arg(long)]
    class: Option<String>,
    /// Only so many pictures of each class, the first ones
    #[arg(long, value_parser = number(1, LONG), default_value_t = 600)]
    count: usize,
    /// Rows and columns that pictures are brought to
    #[arg(long, value_parser = number(2, SIDE), default_value_t = 16)]
    size: usize,
    /// Which network
    #[arg(long, value_enum, default_value = "unet")]
    network: Sight,
    /// Channels per UNet level, finest first; for the short-sighted one its width. 16,32,64 or 24 unless given
    #[arg(long, value_parser = number::<usize>(1, 512), value_delimiter = ',')]
    widths: Vec<usize>,
    /// Convolutions of the short-sighted network
    #[arg(long, value_parser = number::<usize>(2, 64), default_value_t = 6)]
    layers: usize,
    /// Width of the time and condition embedding
    #[arg(long, value_parser = number::<usize>(2, 512), default_value_t = 32)]
    embedding: usize,
    /// Beyond the border
    #[arg(long, value_enum, default_value = "zeros")]
    padding: PaddingArg,
    /// What the network predicts
    #[arg(long, value_enum, default_value = "clean")]
    prediction: PredictionArg,
    /// How time and class act on a hidden channel: they shift it, or scale it as well
    #[arg(long, value_enum, default_value = "shift")]
    modulation: ModulationArg,
    /// Steps of the run
    #[arg(long, value_parser = number::<usize>(1, 10_000_000), default_value_t = 1500)]
    steps: usize,
    /// Stop after so many seconds of learning, wherever the run is
    #[arg(long, value_parser = number(0.0, 1e6))]
    seconds: Option<f64>,
    /// Different pictures of a step; 32 or all unless given
    #[arg(long, value_parser = number(1, LONG))]
    batch: Option<usize>,
    /// Noises in which a step shows each of them; as many as make 32 unless given
    #[arg(long, value_parser = number::<usize>(1, 256))]
    noises: Option<usize>,
    /// Peak learning rate
    #[arg(long, value_parser = number(0.0, 1e9), default_value_t = 3e-3)]
    learning_rate: f64,
    /// Keep the learning rate as it is behind the warm-up, and not let it fall along a cosine
    #[arg(long)]
    constant: bool,
    /// Fixes initial weights and every draw
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Steps between reports
    #[arg(long, value_parser = number(1, MANY), default_value_t = 100)]
    every: usize,
    /// Count the copies among 24 samples at every report: nearest picture closer than a third of the second nearest
    #[arg(long)]
    copies: bool,
    /// Say at every report which machine of the theory, over the same pictures, foretells 12 samples best, and how well
    #[arg(long)]
    likeness: bool,
    /// Where to write how r with each machine, and the share of copies, went over the run, as SVG; with --likeness
    #[arg(long, requires = "likeness")]
    plot: Option<PathBuf>,
    /// What takes the steps; on the processor the same seed gives the same run bit for bit
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceArg,
    /// Reports as lines of JSON
    #[arg(long)]
    json: bool,
    /// Where to write a sheet of 12 samples, with the nearest picture below each, as PNG
    #[arg(long)]
    sheet: Option<PathBuf>,
    /// Folder of a new pack: the network, and its pictures
    #[arg(long)]
    pack: Option<PathBuf>,
    /// Where to keep the run; it goes on from there if the file is there
    #[arg(long)]
    run: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sight {
    /// Every pixel sees the whole picture
    Unet,
    /// Residual convolutions at full resolution: a pixel sees 13 × 13 others
    ShortSighted,
}

/// What is told of a run on its way.
#[derive(Debug, Serialize)]
struct Line {
    step: usize,
    steps: usize,
    loss: f32,
    seconds: f64,
    pictures_per_second: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foretold: Vec<Foretold>,
}

impl LearnArgs {
    fn config(&self, pictures: &Pictures) -> Result<NetworkConfig, CommandError> {
        let architecture = match (self.network, &self.widths[..]) {
            (Sight::ShortSighted, []) => Architecture::ResNet { width: 24, layers: self.layers },
            (Sight::ShortSighted, [width]) => Architecture::ResNet { width: *width, layers: self.layers },
            (Sight::ShortSighted, widths) => {
                let message = format!("the short-sighted network has one width, found {widths:?}; give --widths 24");
                return Err(CommandError::Usage(message));
            }
            (Sight::Unet, widths) => {
                let widths = if widths.is_empty() { vec![16, 32, 64] } else { widths.to_vec() };
                Architecture::UNet { widths, attention_heads: 0, attention_level: None }
            }
        };
        Ok(NetworkConfig {
            channels: pictures.shape.channels,
            padding: self.padding.into(),
            embedding: self.embedding,
            prediction: self.prediction.into(),
            modulation: self.modulation.into(),
            ..NetworkConfig::new(architecture, ConditionKind::Class { count: pictures.names.len() })
        })
    }

    fn settings(&self, pictures: &Pictures) -> Result<Settings, CommandError> {
        let usual = Settings::new(self.config(pictures)?, pictures.count(), self.steps, self.seed);
        let batch = self.batch.unwrap_or(usual.batch);
        let rate = if self.constant { Rate::Constant } else { Rate::Cosine };
        let (noises, learning_rate) = (self.noises.unwrap_or(32usize.div_ceil(batch)), self.learning_rate);
        Ok(Settings { batch, noises, learning_rate, rate, ..usual })
    }

    /// The pictures that are asked for.
    fn pictures(&self) -> Result<Pictures, CommandError> {
        let data = super::dataset(&self.data, Split::Train, Some(self.size))?;
        let names = |class: usize| data.names.get(class).cloned().unwrap_or_else(|| format!("class {class}"));
        let wanted: Vec<usize> = match &self.class {
            None => (0..data.classes).collect(),
            Some(asked) => {
                let number = asked.parse().ok().filter(|&class: &usize| class < data.classes);
                let class = data.names.iter().position(|name| name == asked).or(number);
                let known = (0..data.classes).map(names).collect::<Vec<_>>().join(", ");
                let unknown = || CommandError::Usage(format!("there is no class \"{asked}\"; there are {known}"));
                vec![class.ok_or_else(unknown)?]
            }
        };
        Ok(chosen(&data, &wanted, self.count, names).fitted(self.size, self.size))
    }
}

/// The first `count` pictures of each class that is wanted.
fn chosen(data: &Dataset, wanted: &[usize], count: usize, name: impl Fn(usize) -> String) -> Pictures {
    let length = data.shape.len();
    let (mut bytes, mut classes) = (Vec::new(), Vec::new());
    for (n, class) in wanted.iter().enumerate() {
        for picture in (0..data.len()).filter(|&picture| data.labels[picture] == *class).take(count) {
            bytes.extend_from_slice(&data.images[picture * length..][..length]);
            classes.push(n);
        }
    }
    Pictures { shape: data.shape, data: bytes, classes, names: wanted.iter().map(|&class| name(class)).collect() }
}

/// Runs `morphogen learn`.
///
/// # Errors
/// [`CommandError`] with what went wrong.
pub fn learn(args: &LearnArgs) -> Result<(), CommandError> {
    let sheet = Output::maybe(args.sheet.as_deref())?;
    let plot = Output::maybe(args.plot.as_deref())?;
    let kept = Output::maybe(args.run.as_deref())?;
    let mut learning = match args.run.as_deref().filter(|path| path.is_file()) {
        Some(path) => {
            let bytes = files::read(path).map_err(|error| CommandError::file(path, error))?;
            Learning::resume(&bytes, Some(args.steps))?
        }
        None => {
            let pictures = args.pictures()?;
            Learning::new(args.settings(&pictures)?, pictures)?
        }
    };
    if !args.json {
        let (pictures, weights) = (learning.pictures().count(), learning.count());
        say!("learning from {pictures} pictures of {}, {weights} weights", learning.pictures().shape);
    }
    let mut watch = Watch::new(args, &learning)?;
    match args.device {
        DeviceArg::Cpu => run(args, &mut learning, &mut watch)?,
        DeviceArg::Gpu => learning = pollster::block_on(run_on_gpu(args, learning, &mut watch))?,
    }
    if let Some(plot) = plot {
        let title = format!("{} pictures", learning.pictures().count());
        plot.write(watch.curve.drawn(&title).as_bytes(), "how like the theory's machines it was")?;
    }
    if let Some(sheet) = sheet {
        sheet.write(&picture::png(drawn(&learning)?)?, "12 samples, and the nearest picture below each")?;
    }
    if let Some(kept) = kept {
        kept.write(&learning.save()?, "the run")?;
    }
    if let Some(folder) = &args.pack {
        let short = folder.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let (licence, attribution) = ("LicenseRef-unstated".into(), "Whoever made the pictures".into());
        let label = Label { name: short, title: "Learned".into(), licence, attribution };
        let pack = learning.pack(folder, &label)?.finish()?;
        say!("{}: a pack of {} files", folder.display(), pack.manifest().files.len());
    }
    Ok(())
}

/// Takes the steps, and tells of them.
fn run(args: &LearnArgs, learning: &mut Learning, watch: &mut Watch) -> Result<(), CommandError> {
    while !learning.is_done() && !watch.is_late(args) {
        let clock = Instant::now();
        let report = learning.step()?;
        watch.passed(clock, 1);
        let over = learning.is_done() || watch.is_late(args);
        if report.step.is_multiple_of(args.every) || over {
            watch.tell(args, learning, &report)?;
        }
    }
    Ok(())
}

/// The same on the GPU, which is asked for no more than the steps to the next report at a time; the run as it then stands.
async fn run_on_gpu(args: &LearnArgs, learning: Learning, watch: &mut Watch) -> Result<Learning, CommandError> {
    let mut learning = GpuLearning::new(&Gpu::new().await?, learning).await?;
    let clock = Instant::now();
    learning.check(|| clock.elapsed().as_secs_f64()).await?;
    if !args.json {
        let (dispatches, megabytes) = (learning.dispatches(), learning.bytes() as f64 / 1e6);
        say!("on {}: {dispatches} dispatches a step, {megabytes:.1} MB", learning.gpu().adapter());
    }
    while learning.taken() < args.steps && !watch.is_late(args) {
        let clock = Instant::now();
        let next = args.every - learning.taken() % args.every;
        let told = learning.steps(next.min(args.steps - learning.taken())).await?;
        let Some(last) = told.last() else { break };
        watch.passed(clock, told.len());
        if last.step.is_multiple_of(args.every) || last.step >= args.steps || watch.is_late(args) {
            learning.sync().await?;
            watch.tell(args, learning.learning(), last)?;
        }
    }
    Ok(learning.into_learning())
}

/// How long a run has learned, and what was last told of it.
struct Watch {
    seconds: f64,
    steps: usize,
    /// Steps and seconds by then.
    told: (usize, f64),
    likeness: Option<Likeness>,
    curve: Curve,
}

impl Watch {
    fn new(args: &LearnArgs, learning: &Learning) -> Result<Watch, CommandError> {
        let step = learning.state().step;
        let likeness = args.likeness.then(|| Likeness::new(learning, &request(SHEET))).transpose()?;
        Ok(Watch { seconds: 0.0, steps: step, told: (step, 0.0), likeness, curve: Curve::default() })
    }

    fn is_late(&self, args: &LearnArgs) -> bool {
        args.seconds.is_some_and(|most| self.seconds >= most)
    }

    fn passed(&mut self, clock: Instant, steps: usize) {
        self.seconds += clock.elapsed().as_secs_f64();
        self.steps += steps;
    }

    fn tell(&mut self, args: &LearnArgs, learning: &Learning, report: &StepReport) -> Result<(), CommandError> {
        let shown = learning.settings().shown() as f64;
        let pictures_per_second = (self.steps - self.told.0) as f64 * shown / (self.seconds - self.told.1);
        self.told = (self.steps, self.seconds);
        let copies = args.copies.then(|| copies(learning)).transpose()?;
        let foretold = match &self.likeness {
            Some(likeness) => likeness.of(&samples(learning, SHEET)?),
            None => Vec::new(),
        };
        self.curve.add(report.step, &foretold, copies);
        let (steps, seconds) = (learning.settings().steps, self.seconds);
        let line = Line { step: report.step, steps, loss: report.loss, seconds, pictures_per_second, copies, foretold };
        tell(args, &line)
    }
}

fn tell(args: &LearnArgs, line: &Line) -> Result<(), CommandError> {
    if args.json {
        say!("{}", serde_json::to_string(line).map_err(|error| CommandError::Usage(error.to_string()))?);
        return Ok(());
    }
    let Line { step, steps, loss, seconds, pictures_per_second, copies, foretold } = line;
    let copies = copies.map_or(String::new(), |share| format!(", {:.0} % copies", 100.0 * share));
    let best = foretold.iter().max_by(|a, b| a.r.total_cmp(&b.r));
    let machine = best.map_or(String::new(), |best| format!(", r {:.3} with {}", best.r, best.title()));
    say!("step {step}/{steps}: loss {loss:.4}, {seconds:.1} s, {pictures_per_second:.0} pictures/s{copies}{machine}");
    Ok(())
}

/// What the samples are that a run is watched by.
fn request(count: usize) -> Request {
    Request { count, ..Request::new(Condition::Class(0), SEED) }
}

/// Samples of the first class.
fn samples(learning: &Learning, count: usize) -> Result<Vec<f32>, CommandError> {
    Ok(learning.sample(&request(count))?)
}

/// The share of samples that are copies.
fn copies(learning: &Learning) -> Result<f64, CommandError> {
    let (pictures, length) = (to_f32(&learning.pictures().data), learning.pictures().shape.len());
    let drawn = samples(learning, LOOK)?;
    let copied = drawn.chunks_exact(length).filter_map(|sample| Neighbour::of(sample, &pictures));
    Ok(copied.filter(Neighbour::is_copy).count() as f64 / LOOK as f64)
}

/// A row of samples, and below it the nearest picture to each.
fn drawn(learning: &Learning) -> Result<image::RgbImage, CommandError> {
    let (shape, length) = (learning.pictures().shape, learning.pictures().shape.len());
    let (mut all, pictures) = (samples(learning, SHEET)?, to_f32(&learning.pictures().data));
    for n in 0..SHEET {
        let nearest = Neighbour::of(&all[n * length..(n + 1) * length], &pictures).map_or(0, |found| found.index);
        all.extend_from_slice(&pictures[nearest * length..(nearest + 1) * length]);
    }
    Ok(picture::sheet(&all, shape, SHEET, 3)?)
}

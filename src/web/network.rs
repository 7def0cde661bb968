//! A denoiser on a device, asked for samples: a network, checked against the pack's test vector before anybody sees a
//! picture of it, or an analytic machine over training images.

use super::asked::{Asked, Subjects};
use super::error::Failure;
#[cfg(feature = "web-drawing")]
use super::processor::OnProcessor;
#[cfg(feature = "web-theory")]
use super::shared::Shared;
#[cfg(feature = "web-theory")]
use crate::denoiser::Denoiser;
use crate::denoiser::{Condition, Conditions, ImageShape};
use crate::gpu::GpuError;
#[cfg(feature = "web-drawing")]
use crate::gpu::GpuNetwork;
use crate::json::{names, reads};
use crate::sampler::terms::SOFT;
use crate::sampler::{Keep, Region, Request, SampleError, Side, Solver, Start, Term, Way};
use crate::schedule::{Grid, Schedule, Time};
use crate::session::draw::{Artist, State, Wanted, draw};
use js_sys::{Array, Float32Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// What runs the network.
pub(super) enum Engine {
    /// An analytic machine that needs no other worker.
    #[cfg(feature = "web-theory")]
    Machine(Box<dyn Denoiser>),
    /// A network on the processor, which several workers may share.
    #[cfg(feature = "web-drawing")]
    Cpu(OnProcessor),
    /// Our WGSL stages on WebGPU.
    #[cfg(feature = "web-drawing")]
    Gpu(Box<GpuNetwork>),
    /// A patch posterior that several workers share.
    #[cfg(feature = "web-theory")]
    Shared(Shared),
}

/// The engine while it draws.
struct Drawing<'a> {
    engine: &'a mut Engine,
    shape: ImageShape,
    breathe: &'a Function,
}

impl Artist for Drawing<'_> {
    type Error = JsValue;

    fn shape(&self) -> ImageShape {
        self.shape
    }

    async fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, JsValue> {
        Ok(match self.engine {
            #[cfg(feature = "web-theory")]
            Engine::Machine(denoiser) => denoiser.as_mut().denoise(x, time, conditions).map_err(Failure::from)?,
            #[cfg(feature = "web-drawing")]
            Engine::Cpu(network) => network.denoise(x, time, conditions).await?,
            #[cfg(feature = "web-drawing")]
            Engine::Gpu(network) => network.denoise(x, time, conditions).await.map_err(Failure::from)?,
            #[cfg(feature = "web-theory")]
            Engine::Shared(posterior) => posterior.denoise(x, time).await?,
        })
    }

    #[cfg(feature = "web-drawing")]
    fn on_gpu(&mut self) -> Option<&mut GpuNetwork> {
        if let Engine::Gpu(network) = self.engine { Some(network) } else { None }
    }

    async fn breathe(&self) -> Result<(), JsValue> {
        JsFuture::from(self.breathe.call0(&JsValue::UNDEFINED)?.dyn_into::<Promise>()?).await.map(drop)
    }
}

impl From<SampleError> for JsValue {
    fn from(error: SampleError) -> Self {
        Failure::from(error).into()
    }
}

impl From<GpuError> for JsValue {
    fn from(error: GpuError) -> Self {
        Failure::from(error).into()
    }
}

/// One term of a sum.
struct TermWish {
    condition: Subjects,
    weight: f64,
    /// One side of an edge; everywhere where it is missing.
    side: Option<Side>,
    edge: Option<f64>,
    soft: Option<f64>,
    /// `[H, W]`, in the place of a side.
    mask: Option<Vec<f32>>,
    from: Option<f64>,
    to: Option<f64>,
}

reads!(TermWish { condition, weight, side, edge, soft, mask, from, to });

impl From<TermWish> for Term {
    fn from(wish: TermWish) -> Self {
        let part = |side: Side| Region::Part {
            side,
            edge: wish.edge.unwrap_or(side.usual_edge()),
            soft: wish.soft.unwrap_or(SOFT),
        };
        let region = wish.mask.map(Region::Mask).or(wish.side.map(part)).unwrap_or(Region::Everywhere);
        let plain = Term::new(wish.condition).weighing(wish.weight);
        Term { region, from: wish.from.unwrap_or(plain.from), to: wish.to.unwrap_or(plain.to), ..plain }
    }
}

/// A second thing, and the way in which it is mixed with the first.
struct Mix {
    way: Name,
    condition: Subjects,
    weight: Option<f64>,
    side: Option<Side>,
    edge: Option<f64>,
    at: Option<f64>,
    share: Option<f64>,
}

reads!(Mix { way, condition, weight, side, edge, at, share });

/// The ways by name.
#[derive(Clone, Copy)]
enum Name {
    And,
    Over,
    Into,
    Between,
}

names!(Name { "and" => And, "over" => Over, "into" => Into, "between" => Between });

impl Mix {
    /// The terms of the mix with what is asked for first, where one thing is guided by `guidance`.
    fn terms(self, first: Conditions, guidance: f64) -> Vec<Term> {
        let side = self.side.unwrap_or(Side::Above);
        let way = match self.way {
            Name::And => Way::And,
            Name::Over => Way::Over { side, edge: self.edge.unwrap_or(side.usual_edge()) },
            Name::Into => Way::Into { at: self.at.unwrap_or(Way::USUAL_MOMENT) },
            Name::Between => Way::Between { share: self.share.unwrap_or(Way::USUAL_SHARE) },
        };
        way.terms(first, self.condition.into(), self.weight.unwrap_or(way.usual_weight(guidance)))
    }
}

/// What JavaScript asks for.
struct Wish {
    seed: u64,
    /// Whether all pictures come from the noise of that one.
    one_noise: bool,
    count: usize,
    steps: usize,
    grid: Grid,
    solver: Solver,
    guidance: f64,
    frames: bool,
    condition: Subjects,
    /// What is mixed with it.
    mix: Option<Mix>,
    /// A sum in the place of both.
    terms: Option<Vec<TermWish>>,
    /// What guidance leads away from; anything where it is missing.
    against: Asked,
    /// Time of the pictures to begin from, where there are some.
    from: Option<f64>,
    /// Whether what each term did is kept for [`Network::take_influence`].
    influence: bool,
    /// Whether they are clean, and have to be given their noise.
    clean: bool,
    /// What stays of clean ones, `[H, W]`.
    keep: Option<Vec<f32>>,
    /// How soft its edges are made, in pixels; it is taken as it is where this is missing.
    soft: f64,
    /// How often each step is taken; as is usual where it is missing.
    times: Option<usize>,
}

reads!(Wish {
    seed,
    one_noise = false,
    count,
    steps,
    grid = Grid::default(),
    solver,
    guidance,
    frames,
    condition = Subjects::default(),
    mix,
    terms,
    against = Asked::default(),
    from,
    influence = false,
    clean = false,
    keep,
    soft = 0.0,
    times,
});

impl Wish {
    /// The request, beginning with `start` where it is given.
    fn request(
        mut self,
        start: Option<Vec<f32>>,
        shape: ImageShape,
        schedule: Schedule,
    ) -> Result<Request, SampleError> {
        let (t, clean, keep, soft) = (self.from.unwrap_or(1.0), self.clean, self.keep.take(), self.soft);
        let times = self.times.unwrap_or(if keep.is_some() { Keep::TIMES } else { 1 });
        let mut request = self.plain();
        request.times = times;
        let Some(x) = start else { return Ok(request) };
        if !clean {
            request.start = Some(Start { t, x });
            return Ok(request);
        }
        let mut request = request.begun_from(&x, t, shape, schedule)?;
        if let Some(mask) = keep {
            let mask = Keep::softened(&mask, shape, soft)?;
            request.keep = Some(Keep { x0: x, mask });
        }
        Ok(request)
    }

    /// The request from noise on.
    fn plain(self) -> Request {
        let first = self.condition.into();
        let terms = match (self.terms, self.mix) {
            (Some(terms), _) => terms.into_iter().map(Term::from).collect(),
            (None, Some(mix)) => mix.terms(first, self.guidance),
            (None, None) => vec![Term::new(first).weighing(self.guidance)],
        };
        Request {
            terms,
            against: self.against.into(),
            seed: self.seed,
            one_noise: self.one_noise,
            count: self.count,
            steps: self.steps,
            grid: self.grid,
            solver: self.solver,
            clip: true,
            start: None,
            keep: None,
            times: 1,
        }
    }
}

/// A network, or an analytic machine in its place, that is ready to draw.
#[wasm_bindgen]
pub struct Network {
    pub(super) engine: Engine,
    pub(super) shape: ImageShape,
    pub(super) schedule: Schedule,
    notice: String,
    influence: Option<Vec<f32>>,
}

impl Network {
    pub(super) fn new(engine: Engine, shape: ImageShape, schedule: Schedule) -> Self {
        Network { engine, shape, schedule, notice: String::new(), influence: None }
    }

    /// With a word on why the device that was wanted most does not draw.
    #[cfg(feature = "web-drawing")]
    pub(super) fn with_notice(self, notice: String) -> Self {
        Network { notice, ..self }
    }
}

#[wasm_bindgen]
impl Network {
    /// What draws, `"webgpu"` or `"cpu"`.
    #[wasm_bindgen(getter)]
    pub fn device(&self) -> String {
        match self.engine {
            #[cfg(feature = "web-drawing")]
            Engine::Gpu(_) => "webgpu".into(),
            _ => "cpu".into(),
        }
    }

    /// Why the device that was wanted most does not draw; empty where it does.
    #[wasm_bindgen(getter)]
    pub fn notice(&self) -> String {
        self.notice.clone()
    }

    /// Draws pictures, `[B, C, H, W]` in `[−1, 1]`. `wish` is JSON: `seed`, `count`, `steps`, `grid` (uniform unless
    /// given), `solver`, `guidance`, `frames` (whether states on the way are wanted) and, unless anything will do,
    /// `condition`, `{ class }` or `{ words }` with the index of a class or a list of words, beside them another one
    /// `toward` which it lies by a `share`; or a list of such, one for each picture; and `against`, what guidance leads
    /// away from. Instead of guidance, `mix` may bring a second thing, `{ way, condition }` with `weight`, `side`, `edge`,
    /// `at` or `share` ([`Way`]), or `terms` a whole sum, each `{ condition, weight }` with `side`, `edge`, `soft`,
    /// `mask`, `from` or `to` ([`Term`]). With `one_noise` all pictures come from the noise of the seed; with `start`,
    /// `[B, C, H, W]`, from those noisy pictures at time `from`. Where they are `clean`, one or all of them, they are given
    /// the seeds' noise, `keep`, a mask with edges made `soft`, may say what of them stays ([`Keep`]), and `times` how
    /// often each step is taken. With `influence`, [`Self::take_influence`] then has what each term did; on a GPU the
    /// guesses of every step are read back for it.
    ///
    /// `on_step(step, steps, t, noise, x, denoised)` hears of every state, pure noise first, with its pictures where `frames`
    /// asks for them; answering `false` stops the sample. `breathe()` gives a promise, awaited between steps on the
    /// processor so that the event loop turns; a GPU lets it turn anyway.
    ///
    /// # Errors
    /// `range` where the wish cannot be read, `sample-…` where it is out of range, `aborted`, and on a GPU
    /// `device-lost`, `out-of-memory` or `gpu-…`.
    pub async fn sample(
        &mut self,
        wish: String,
        on_step: Function,
        breathe: Function,
        start: Option<Vec<f32>>,
    ) -> Result<Vec<f32>, JsValue> {
        let wish: Wish = Failure::read(&wish)?;
        let wanted = Wanted { frames: wish.frames, influence: wish.influence };
        let request = wish.request(start, self.shape, self.schedule)?;
        let mut drawing = Drawing { engine: &mut self.engine, shape: self.shape, breathe: &breathe };
        let tell = |state: State<'_>| told(&on_step, wanted.frames, &state);
        let drawn = draw(&mut drawing, &request, self.schedule, wanted, tell).await?;
        self.influence = drawn.influence;
        Ok(drawn.pictures)
    }

    /// What each of K terms did to each pixel of the last sample, `[B, K, H, W]` ([`crate::sampler::Trajectory::influence`]), where that was
    /// asked for; once.
    #[wasm_bindgen(js_name = takeInfluence)]
    pub fn take_influence(&mut self) -> Option<Vec<f32>> {
        self.influence.take()
    }
}

/// Tells JavaScript of one state; whether to go on. A callback that throws means stop.
fn told(on_step: &Function, frames: bool, &State { step, steps, time, x, denoised }: &State<'_>) -> bool {
    let arguments = Array::of4(&(step as f64).into(), &(steps as f64).into(), &time.t.into(), &time.s.into());
    if frames {
        arguments.push(&Float32Array::from(x));
        arguments.push(&Float32Array::from(denoised));
    }
    on_step.apply(&JsValue::UNDEFINED, &arguments).is_ok_and(|answer| answer.is_truthy())
}

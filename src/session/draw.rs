//! Drawing, the same for whatever draws: a network on either device, or an analytic machine, which answer call by call, or a network
//! on a GPU, which takes all steps by itself ([`Artist`]). The request is checked before anything else, and every state is told,
//! the noise first.

use super::DrawError;
use crate::denoiser::{Condition, Denoiser, ImageShape};
use crate::gpu::GpuError;
#[cfg(with_networks)]
use crate::gpu::{Frames, GpuNetwork, Progress};
use crate::sampler::{Request, SampleError, Trajectory};
use crate::schedule::{Schedule, Time};

/// Whatever draws.
pub trait Artist {
    /// What may go wrong.
    type Error: From<SampleError> + From<GpuError>;

    /// Shape of its pictures.
    fn shape(&self) -> ImageShape;

    /// The posterior means of the pictures `x` `[B, C, H, W]`, a condition for each.
    ///
    /// # Errors
    /// Where conditions or shapes do not fit, or the device fails.
    fn denoise(
        &mut self,
        x: &[f32],
        time: Time,
        conditions: &[Condition],
    ) -> impl Future<Output = Result<Vec<f32>, Self::Error>>;

    /// The network that takes all steps by itself, where it is on a GPU.
    #[cfg(with_networks)]
    fn on_gpu(&mut self) -> Option<&mut GpuNetwork> {
        None
    }

    /// Lets others go on between two steps.
    ///
    /// # Errors
    /// Where that fails.
    fn breathe(&self) -> impl Future<Output = Result<(), Self::Error>> {
        std::future::ready(Ok(()))
    }
}

/// What is wanted beside the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Whether the pictures of every step are; they are read back for it where they are on a GPU.
    pub frames: bool,
    /// Whether what each term did is ([`Trajectory::with_influence`]). The guesses are needed for it, so a GPU answers call by call.
    pub influence: bool,
}

/// How far a drawing is.
#[derive(Debug)]
pub struct State<'a> {
    /// Steps taken, 0 for the noise. Of many pictures on a GPU, drawn some at a time, what is told is how far all of them are,
    /// unless their frames are wanted.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// The time reached.
    pub time: Time,
    /// The noisy pictures `[B, C, H, W]`; on a GPU empty unless frames are wanted.
    pub x: &'a [f32],
    /// The clean ones that were guessed behind them.
    pub denoised: &'a [f32],
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// `[B, C, H, W]`.
    pub pictures: Vec<f32>,
    /// What each of K terms did to each pixel, `[B, K, H, W]`, where that was wanted.
    pub influence: Option<Vec<f32>>,
}

/// Draws the pictures of `request`. `tell` hears of every state; answering `false` stops the drawing.
///
/// # Errors
/// [`SampleError`] where the request is out of range or was stopped, and what the artist's calls end with.
pub async fn draw<A: Artist>(
    artist: &mut A,
    request: &Request,
    schedule: Schedule,
    wanted: Wanted,
    mut tell: impl FnMut(State<'_>) -> bool,
) -> Result<Drawn, A::Error> {
    let mut trajectory = Trajectory::new(request, artist.shape(), schedule)?;
    if wanted.influence {
        trajectory = trajectory.with_influence();
    }
    let (plan, begun) = (trajectory.steps().to_vec(), schedule.at(request.from()));
    let steps = plan.len();
    let mut tell = |step: usize, x: &[f32], denoised: &[f32]| {
        let time = step.checked_sub(1).map_or(begun, |before| plan[before].next);
        tell(State { step, steps, time, x, denoised })
    };
    if !tell(0, trajectory.pictures(), trajectory.denoised()) {
        return Err(SampleError::Cancelled.into());
    }
    #[cfg(with_networks)]
    if let (Some(network), false) = (artist.on_gpu(), wanted.influence) {
        let frames = if wanted.frames { Frames::Every } else { Frames::Last };
        let heard = |now: &Progress<'_>| match &now.frame {
            Some(frame) => tell(now.done, frame.x, frame.denoised),
            None => tell((now.first * now.steps + now.count * now.done) / request.count, &[], &[]),
        };
        let pictures = network.sample(request, schedule, frames, heard).await?;
        return Ok(Drawn { pictures, influence: None });
    }
    while let Some(query) = trajectory.query() {
        let answer = artist.denoise(query.x, query.time, query.conditions).await?;
        trajectory.advance(&answer).map_err(SampleError::from)?;
        artist.breathe().await?;
        if !tell(trajectory.done(), trajectory.pictures(), trajectory.denoised()) {
            return Err(SampleError::Cancelled.into());
        }
    }
    let influence = trajectory.influence().map(<[f32]>::to_vec);
    Ok(Drawn { pictures: trajectory.pictures().to_vec(), influence })
}

impl Artist for Box<dyn Denoiser> {
    type Error = DrawError;

    fn shape(&self) -> ImageShape {
        self.as_ref().shape()
    }

    async fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DrawError> {
        Ok(self.as_mut().denoise(x, time, conditions).map_err(SampleError::from)?)
    }
}

//! How well the theory foretells a network while it learns: machines over the very pictures that it learns from draw once, from the
//! noise of the samples by which a run is watched, and every look at the run is compared with them. Part of `morphogen learn`.

use super::CommandError;
use morphogen::learn::Learning;
use morphogen::metrics::{Agreement, Summary};
use morphogen::pack::to_f32;
use morphogen::sampler::{Request, sample};
use morphogen::theory::{Calibration, Locality, Machine, Training, machine_denoiser};
use serde::Serialize;
use std::sync::Arc;

/// What each machine draws from the noise of the samples.
pub struct Likeness {
    machines: Vec<(Foreteller, Vec<f32>)>,
    length: usize,
}

/// A machine, with its window where it has one.
#[derive(Debug, Clone, Copy)]
struct Foreteller {
    machine: Machine,
    window: Option<usize>,
}

/// How well a machine foretells a look.
#[derive(Debug, Clone, Serialize)]
pub struct Foretold {
    /// Its name.
    pub machine: &'static str,
    /// Its window, where it has one: of all, the one that does best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<usize>,
    /// Median r with the samples.
    pub r: f64,
}

impl Foretold {
    /// The machine and its window.
    pub fn title(&self) -> String {
        self.window.map_or(self.machine.into(), |window| format!("{} {window}", self.machine))
    }
}

impl Likeness {
    /// Draws what `request` asks for with bbELS of every odd window from 3 to the picture's own side, with the Wiener filter, and with
    /// the machine that sees all and can only copy.
    ///
    /// # Errors
    /// [`CommandError::Usage`] where the theory takes no pictures of this size, or more than one kind was learned.
    pub fn new(learning: &Learning, request: &Request) -> Result<Likeness, CommandError> {
        let pictures = learning.pictures();
        let usage = |error: &dyn std::fmt::Display| CommandError::Usage(error.to_string());
        if pictures.names.len() > 1 {
            let found = pictures.names.len();
            return Err(usage(&format_args!(
                "expected one kind of pictures for --likeness, found {found}: give --class"
            )));
        }
        let shape = pictures.shape;
        let training = Arc::new(Training::new(&to_f32(&pictures.data), shape).map_err(|error| usage(&error))?);
        let side = shape.height.min(shape.width);
        let windows = (3..=side).step_by(2).map(|window| (Machine::Bbels, Some(window)));
        let all = windows.chain([(Machine::Wiener, None), (Machine::Ideal, None)]);
        let drawn = all.map(|(machine, window)| {
            let locality = window.map(Locality::fixed).transpose().map_err(|error| usage(&error))?;
            let calibration = Calibration { locality, ..Calibration::default() };
            let mut denoiser = machine_denoiser(machine, &training, calibration).map_err(|error| usage(&error))?;
            let drawn = sample(denoiser.as_mut(), request, learning.settings().schedule, |_| true)?;
            Ok((Foreteller { machine, window }, drawn))
        });
        Ok(Likeness { machines: drawn.collect::<Result<_, CommandError>>()?, length: shape.len() })
    }

    /// How like `samples` each machine is, by the median over them; of bbELS the window that does best. In their order: bbELS, the
    /// Wiener filter, the machine that can only copy.
    pub fn of(&self, samples: &[f32]) -> Vec<Foretold> {
        let r = |machine: &[f32]| {
            let pairs = machine.chunks_exact(self.length).zip(samples.chunks_exact(self.length));
            Summary::of(pairs.map(|(machine, sample)| Agreement::of(machine, sample).r))
                .map_or(0.0, |summary| summary.median)
        };
        let mut all: Vec<Foretold> = Vec::new();
        for (Foreteller { machine, window }, drawn) in &self.machines {
            let found = Foretold { machine: machine.name(), window: *window, r: r(drawn) };
            match all.iter_mut().find(|known| known.machine == found.machine) {
                Some(known) if known.r < found.r => *known = found,
                Some(_) => {}
                None => all.push(found),
            }
        }
        all
    }
}

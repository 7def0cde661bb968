//! How well the theory foretells a network while it learns: machines over the very pictures that it learns from draw once, from the
//! noise of the samples by which a run is watched, and every look at the run is compared with them. Part of `morphogen learn`.

use super::CommandError;
use morphogen::learn::Learning;
use morphogen::metrics::{Agreement, Summary};
use morphogen::pack::to_f32;
use morphogen::sampler::{Request, sample};
use morphogen::theory::{Calibration, Locality, Machine, Training, machine_denoiser};
use std::sync::Arc;

/// What each machine draws from the noise of the samples.
pub struct Likeness {
    machines: Vec<(String, Vec<f32>)>,
    length: usize,
}

/// The machine that foretells a look best.
pub struct Best {
    /// Its name, with its window where it has one.
    pub machine: String,
    /// Median r with the samples.
    pub r: f64,
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
            let window = window.map_or(String::new(), |window| format!(" {window}"));
            Ok((format!("{}{window}", machine.name()), drawn))
        });
        Ok(Likeness { machines: drawn.collect::<Result<_, CommandError>>()?, length: shape.len() })
    }

    /// The machine that is most like `samples`, by the median over them.
    pub fn best(&self, samples: &[f32]) -> Option<Best> {
        let r = |machine: &[f32]| {
            let pairs = machine.chunks_exact(self.length).zip(samples.chunks_exact(self.length));
            Summary::of(pairs.map(|(machine, sample)| Agreement::of(machine, sample).r))
                .map_or(0.0, |summary| summary.median)
        };
        let all = self.machines.iter().map(|(name, drawn)| Best { machine: name.clone(), r: r(drawn) });
        all.max_by(|a, b| a.r.total_cmp(&b.r))
    }
}

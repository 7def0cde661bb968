//! Options that are one of the core's named things (a grid, a solver, a machine). The core knows nothing of the command
//! line, so what clap must know of them is said here.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use morphogen::sampler::{Side, Solver};
use morphogen::schedule::Grid;
use morphogen::theory::Machine;

/// A parser of one of `all`, by name and with what the help says of it.
fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    say: fn(T) -> (&'static str, &'static str),
) -> impl TypedValueParser<Value = T> {
    let values = all.iter().map(|&value| {
        let (name, help) = say(value);
        let known = PossibleValue::new(name);
        if help.is_empty() { known } else { known.help(help) }
    });
    PossibleValuesParser::new(values.collect::<Vec<_>>())
        .try_map(move |given| all.iter().copied().find(|&value| say(value).0 == given).ok_or("no such name"))
}

/// Where steps lie.
pub fn grid() -> impl TypedValueParser<Value = Grid> {
    one_of(&Grid::ALL, |grid| {
        let help = match grid {
            Grid::Uniform => "All alike",
            Grid::Early => "Close together at much noise, wide at little",
        };
        (grid.name(), help)
    })
}

/// How a step is taken.
pub fn solver() -> impl TypedValueParser<Value = Solver> {
    one_of(&Solver::ALL, |solver| {
        let help = match solver {
            Solver::Ddim => "DDIM, deterministic",
            Solver::Ddpm => "Ancestral DDPM, adds fresh noise",
            Solver::DpmSolver => "DPM-Solver++(2M), second order",
        };
        (solver.name(), help)
    })
}

/// An analytic denoiser.
pub fn machine() -> impl TypedValueParser<Value = Machine> {
    one_of(&Machine::ALL, |machine| (machine.name(), ""))
}

/// The side of an edge.
pub fn side() -> impl TypedValueParser<Value = Side> {
    one_of(&Side::ALL, |side| (side.name(), ""))
}

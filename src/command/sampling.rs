//! How a sample is taken, as options of several subcommands: what is not given is the network's own.

use crate::pack::NetworkEntry;
use crate::sampler::{Sampling, Solver};
use crate::schedule::Grid;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

/// Steps, grid and solver; none of them need be given.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct SamplingArgs {
    /// Steps from noise to picture; unless given what the network states, or else 20
    #[arg(long)]
    steps: Option<usize>,
    /// Where the steps lie; unless given what the network states, or else uniform
    #[arg(long, value_enum)]
    grid: Option<Grid>,
    /// How a step is taken; unless given what the network states, or else ddim
    #[arg(long, value_enum)]
    solver: Option<Solver>,
}

impl SamplingArgs {
    /// What was asked for, and `usual` for the rest.
    pub fn over(self, usual: Sampling) -> Sampling {
        Sampling {
            steps: self.steps.unwrap_or(usual.steps),
            grid: self.grid.unwrap_or(usual.grid),
            solver: self.solver.unwrap_or(usual.solver),
        }
    }

    /// What was asked for, and what `network` states for the rest.
    pub fn of(self, network: &NetworkEntry) -> Sampling {
        self.over(network.sampling())
    }
}

impl ValueEnum for Grid {
    fn value_variants<'a>() -> &'a [Grid] {
        &Grid::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Grid::Uniform => "All alike",
            Grid::Early => "Close together at much noise, wide at little",
        }))
    }
}

impl ValueEnum for Solver {
    fn value_variants<'a>() -> &'a [Solver] {
        &Solver::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Solver::Ddim => "DDIM, deterministic",
            Solver::Ddpm => "Ancestral DDPM, adds fresh noise",
            Solver::DpmSolver => "DPM-Solver++(2M), second order",
        }))
    }
}

//! How a sample is taken, as options of several subcommands: what is not given is the network's own.

use super::number::number;
use clap::Args;
use morphogen::pack::NetworkEntry;
use morphogen::sampler::{Sampling, Solver};
use morphogen::schedule::Grid;
use morphogen::schedule::MAX_STEPS;

/// Steps, grid and solver; none of them need be given.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct SamplingArgs {
    /// Steps from noise to picture; unless given what the network states, or else 20
    #[arg(long, value_parser = number(1, MAX_STEPS))]
    steps: Option<usize>,
    /// Where the steps lie; unless given what the network states, or else uniform
    #[arg(long, value_parser = super::named::grid())]
    grid: Option<Grid>,
    /// How a step is taken; unless given what the network states, or else ddim
    #[arg(long, value_parser = super::named::solver())]
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

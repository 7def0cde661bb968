//! The native command: trains, samples, denoises, calibrates and evaluates. Each subcommand is a file in `command`.

use clap::{Parser, Subcommand};
use morphogen::command;
use std::process::ExitCode;

/// A diffusion model that shows where its creativity comes from
#[derive(Debug, Parser)]
#[command(name = "morphogen", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a network on a data set
    Train(command::train::TrainArgs),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Train(args) => command::train::train(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("morphogen: {error}");
            ExitCode::FAILURE
        }
    }
}

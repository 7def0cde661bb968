//! The native command: trains, samples, denoises, calibrates and evaluates. All of it is in `command`.

use clap::Parser;
use morphogen_native::command::cli::Cli;
use morphogen_native::command::note;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format_args!("morphogen: {error}"));
            ExitCode::FAILURE
        }
    }
}

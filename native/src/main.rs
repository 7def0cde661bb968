//! The native command: trains, samples, denoises, calibrates and evaluates. Each subcommand is a file in `command`.

use clap::{Parser, Subcommand};
use morphogen_native::command;
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
    /// Build the emoji data set from npm packages
    Emoji(command::emoji::EmojiArgs),
    /// Train the classifier that grades samples
    Judge(command::judge::JudgeArgs),
    /// Make, fill and check model packs
    Pack(command::pack::PackArgs),
    /// Draw pictures from a prompt
    Sample(Box<command::sample::SampleArgs>),
    /// Draw the way from one thing to another, as a film
    Morph(command::morph::MorphArgs),
    /// Ask an analytic denoiser once, tensors in and out
    Denoise(command::denoise::DenoiseArgs),
    /// Measure the locality k(t) of a pack's networks
    Calibrate(command::calibrate::CalibrateArgs),
    /// Compare networks with theory, and grade their samples
    Evaluate(command::evaluate::EvaluateArgs),
    /// Measure whether samples are copies, and how they vary
    Novelty(command::novelty::NoveltyArgs),
    /// Measure how few steps are enough, and where they should lie
    Steps(command::steps::StepsArgs),
    /// Measure the seams of pictures that were mended
    Seams(command::seams::SeamsArgs),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Train(args) => command::train::train(&args),
        Command::Emoji(args) => command::emoji::emoji(&args),
        Command::Judge(args) => command::judge::judge(&args),
        Command::Pack(args) => command::pack::pack(&args),
        Command::Sample(args) => command::sample::sample(&args),
        Command::Morph(args) => command::morph::morph(&args),
        Command::Denoise(args) => command::denoise::denoise(&args),
        Command::Calibrate(args) => command::calibrate::calibrate(&args),
        Command::Evaluate(args) => command::evaluate::evaluate(&args),
        Command::Novelty(args) => command::novelty::novelty(&args),
        Command::Steps(args) => command::steps::steps(&args),
        Command::Seams(args) => command::seams::seams(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("morphogen: {error}");
            ExitCode::FAILURE
        }
    }
}

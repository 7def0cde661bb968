//! The command's line: every subcommand with what its help says, examples included.

use super::{
    CommandError, calibrate, denoise, emoji, evaluate, judge, large, learn, morph, novelty, pack, sample, seams, steps,
    train, uturn,
};
use clap::{Parser, Subcommand};

/// A diffusion model that shows where its creativity comes from
#[derive(Debug, Parser)]
#[command(
    name = "morphogen",
    version,
    after_help = "\
Examples:
  morphogen sample --pack www/models/emoji --prompt \"red heart\" --output heart.png
  morphogen sample --help"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a network on a data set
    #[command(after_help = "\
Examples:
  morphogen train --data /usr/share/datasets/fashion-mnist --run runs/unet --epochs 60
  morphogen train --data photos --run runs/photos --size 32

photos holds a sub-folder of pictures for each class, or train and test with such sub-folders in each. What is no picture is left
out and counted. The same command again goes on where the run stopped.")]
    Train(train::TrainArgs),
    /// Build the emoji data set from npm packages
    #[command(after_help = "\
Examples:
  morphogen emoji --packages tools/emoji/node_modules --output data/emoji")]
    Emoji(emoji::EmojiArgs),
    /// Train the classifier that grades samples
    #[command(after_help = "\
Examples:
  morphogen judge --data /usr/share/datasets/fashion-mnist --draft native/drafts/fashion-judge.json --pack judge")]
    Judge(judge::JudgeArgs),
    /// Train a small network in seconds, by the code that learns in browsers
    #[command(after_help = "\
Examples:
  morphogen learn --data /usr/share/datasets/fashion-mnist --class 9 --count 600 --size 16 --steps 500 --sheet boots.png
  morphogen learn --data photos --size 16 --network short-sighted --seconds 60 --pack packs/photos

photos holds a sub-folder of pictures for each class. The same seed gives the same run, with any number of processors.")]
    Learn(learn::LearnArgs),
    /// Make, fill and check model packs
    #[command(after_help = "\
Examples:
  morphogen pack create mine --draft shapes.json --prompts prompts.json
  morphogen pack training mine --data shapes --count 600
  morphogen pack check mine")]
    Pack(pack::PackArgs),
    /// Draw pictures from a prompt
    #[command(after_help = "\
Examples:
  morphogen sample --pack www/models/emoji --prompt \"red heart\" --count 20 --output hearts.png
  morphogen sample --pack www/models/fashion --prompt coat --machine bbels --seed 3 --output theory.png
  morphogen sample --pack www/models/fashion --prompt coat --seed 3 --scale 8 --frames steps
  morphogen sample --pack www/models/emoji --prompt fox --seed 7 --frames fox.png
  morphogen sample --pack www/models/emoji --prompt fox --seed 7 --sticker sticker.png --size 256
  morphogen sample --pack www/models/emoji --prompt cat --over \"top hat\" --output hat.png")]
    Sample(Box<sample::SampleArgs>),
    /// Draw the way from one thing to another, as a film
    #[command(after_help = "\
Examples:
  morphogen morph --pack www/models/emoji apple strawberry --output morph.png
  morphogen morph --pack www/models/emoji sun moon star --frames 36 --scale 4 --output sky.gif")]
    Morph(morph::MorphArgs),
    /// Draw new pictures of the same stuff as one photograph or texture
    #[command(after_help = "\
Examples:
  morphogen large cat.jpg --output other-cat.png
  morphogen large gravel.png --output wall.png --size 512x256 --tile --variety 1
  morphogen large cup.jpg --output cups.png --seed 7 --count 8 --variety 0.4")]
    Large(large::LargeArgs),
    /// Ask an analytic denoiser once, tensors in and out
    #[command(after_help = "\
Examples:
  morphogen denoise --machine els --window 5 --t 0.6 --images images.safetensors --input x.safetensors --output guess.safetensors")]
    Denoise(denoise::DenoiseArgs),
    /// Measure the locality k(t) of a pack's networks
    #[command(after_help = "\
Examples:
  morphogen calibrate --pack mine --network unet
  morphogen calibrate --pack mine --seeds 3 --images 100")]
    Calibrate(calibrate::CalibrateArgs),
    /// Compare networks with theory, and grade their samples
    #[command(after_help = "\
Examples:
  morphogen evaluate --pack www/models/fashion --network unet --seeds 20 --json report.json
  morphogen evaluate --pack www/models/fashion --seeds 100 --shard 1/2 --json half.json
  morphogen evaluate --merge half.json other-half.json --json whole.json --plot whole.svg")]
    Evaluate(evaluate::EvaluateArgs),
    /// Measure whether samples are copies, and how they vary
    #[command(after_help = "\
Examples:
  morphogen novelty --pack www/models/emoji --prompts 100 --json novelty.json")]
    Novelty(novelty::NoveltyArgs),
    /// Measure how few steps are enough, and where they should lie
    #[command(after_help = "\
Examples:
  morphogen steps --pack www/models/fashion --network unet --seeds 20
  morphogen steps --pack mine --steps 4 8 16 --grid early --solver dpm-solver --json steps.json")]
    Steps(steps::StepsArgs),
    /// Measure the seams of pictures that were mended
    #[command(after_help = "\
Examples:
  morphogen seams --seeds 1 --calls 16 --times 1 2 4 --output seams.png")]
    Seams(seams::SeamsArgs),
    /// Noise real pictures, come back, and see whether their kind stays
    #[command(after_help = "\
Examples:
  morphogen uturn --pack www/models/fashion --network unet --judge native/judges/fashion --json uturn.json
  morphogen uturn --pack www/models/fashion --judge native/judges/fashion --times 0.5 0.8 --pictures 20")]
    Uturn(uturn::UturnArgs),
}

impl Cli {
    /// Does what the line says.
    ///
    /// # Errors
    /// [`CommandError`] with what went wrong.
    pub fn run(&self) -> Result<(), CommandError> {
        match &self.command {
            Command::Train(args) => train::train(args),
            Command::Emoji(args) => emoji::emoji(args),
            Command::Judge(args) => judge::judge(args),
            Command::Learn(args) => learn::learn(args),
            Command::Pack(args) => pack::pack(args),
            Command::Sample(args) => sample::sample(args),
            Command::Morph(args) => morph::morph(args),
            Command::Large(args) => large::large(args),
            Command::Denoise(args) => denoise::denoise(args),
            Command::Calibrate(args) => calibrate::calibrate(args),
            Command::Evaluate(args) => evaluate::evaluate(args),
            Command::Novelty(args) => novelty::novelty(args),
            Command::Steps(args) => steps::steps(args),
            Command::Seams(args) => seams::seams(args),
            Command::Uturn(args) => uturn::uturn(args),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::builder::ValueParser;
    use clap::error::ErrorKind;
    use clap::{Arg, Command, CommandFactory};
    use std::any::TypeId;

    /// Every command that does something, with its words.
    fn commands() -> Vec<(String, Command)> {
        fn gather(words: &str, command: &Command, all: &mut Vec<(String, Command)>) {
            let subcommands: Vec<_> = command.get_subcommands().collect();
            if subcommands.is_empty() {
                all.push((words.into(), command.clone()));
            }
            subcommands.iter().for_each(|sub| gather(&format!("{words} {}", sub.get_name()), sub, all));
        }
        let (mut all, root) = (Vec::new(), Cli::command());
        gather("morphogen", &root, &mut all);
        all
    }

    fn is<T: 'static>(parser: &ValueParser) -> bool {
        parser.type_id() == TypeId::of::<T>()
    }

    fn is_number(arg: &Arg) -> bool {
        let parser = arg.get_value_parser();
        is::<usize>(parser) || is::<u64>(parser) || is::<u16>(parser) || is::<f64>(parser)
    }

    /// The words of a line, which may be quoted.
    fn split(line: &str) -> Vec<String> {
        line.split('"').enumerate().fold(Vec::new(), |mut words, (n, part)| {
            match n % 2 {
                0 => words.extend(part.split_whitespace().map(String::from)),
                _ => words.push(part.into()),
            }
            words
        })
    }

    #[test]
    fn every_number_has_a_range() {
        let mut checked = 0;
        for (words, command) in commands() {
            // Any number is a seed.
            let seeds = ["seed", "first_seed"];
            let numbers =
                command.get_arguments().filter(|arg| is_number(arg) && !seeds.contains(&arg.get_id().as_str()));
            for arg in numbers {
                let option = arg.get_long().unwrap_or_else(|| panic!("{words}: a number has a name"));
                for absurd in ["18446744073709551615", "1e300", "NaN", "inf", "x"] {
                    let line = format!("{words} --{option}={absurd}");
                    let error = Cli::try_parse_from(split(&line)).map(|_| ()).unwrap_err();
                    assert!(error.kind() == ErrorKind::ValueValidation, "{line}: {error}");
                }
                checked += 1;
            }
        }
        assert!(checked > 60, "{checked}");
    }

    #[test]
    fn every_command_has_examples_that_can_be_read() {
        for (words, command) in commands().into_iter().chain([("morphogen".into(), Cli::command())]) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines: Vec<&str> = help.lines().filter(|line| line.starts_with("  morphogen")).collect();
            assert!(!lines.is_empty() && help.starts_with("Examples:"), "{words} has no examples");
            for line in lines {
                let read = Cli::try_parse_from(split(line));
                let help = read.as_ref().is_err_and(|error| error.kind() == ErrorKind::DisplayHelp);
                assert!(read.is_ok() || help, "{line}: {}", read.unwrap_err());
                assert!(line.trim().starts_with(&words), "{line} is of another command than {words}");
            }
        }
    }

    #[test]
    fn the_line_makes_sense() {
        Cli::command().debug_assert();
    }
}

//! All steps from noise to picture, as an option of `morphogen sample`: a film, or a folder of numbered sheets.

use super::CommandError;
use super::images::usage;
use super::morph::Format;
use super::output::Output;
use crate::train::picture;
use clap::Args;
use morphogen::export::film::Film;
use morphogen::export::licence_line;
use morphogen::files;
use morphogen::pack::manifest::Manifest;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The most bytes of all pictures of all steps.
const MOST: usize = 1 << 30;
/// Frames a second: slow enough to see each step.
const SPEED: u16 = 6;

/// Whether the steps are written, and where.
#[derive(Debug, Clone, Default, Args)]
pub struct FramesArgs {
    /// All steps, from the noise to the picture: a film where the name ends in .png (an APNG) or .gif, and else a new folder
    /// with a sheet for each, 00.png and so on
    #[arg(long)]
    frames: Option<PathBuf>,
}

impl FramesArgs {
    /// Where they go, if they are wanted.
    ///
    /// # Errors
    /// [`CommandError`] where they cannot be written there.
    pub(super) fn place(&self) -> Result<Option<Place<'_>>, CommandError> {
        let Some(path) = &self.frames else { return Ok(None) };
        if path.extension().is_some() {
            let output = Output::at(path)?;
            return Ok(Some(Place::Film(output, Format::of(output, "--frames")?)));
        }
        match fs::read_dir(path).map(|mut found| found.next().is_some()) {
            Ok(false) => Ok(Some(Place::Folder(path))),
            Ok(true) => Err(CommandError::file(path, "expected a new or empty folder for --frames, found files in it")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                files::check(path).map_err(|error| CommandError::file(path, error))?;
                Ok(Some(Place::Folder(path)))
            }
            Err(error) => Err(CommandError::file(path, error)),
        }
    }
}

/// Where the steps go.
pub(super) enum Place<'a> {
    Film(Output<'a>, Format),
    Folder(&'a Path),
}

impl Place<'_> {
    /// Room for `steps` and the noise before them, sheets of `size` that show `values` each.
    ///
    /// # Errors
    /// [`CommandError`] where they are too many or too large.
    pub fn steps(&self, steps: usize, values: usize, size: (usize, usize)) -> Result<Steps, CommandError> {
        let bytes = values.saturating_mul(4).saturating_mul(steps + 1);
        if bytes > MOST {
            let message = format!("expected all steps of all pictures to take at most {MOST} bytes, found {bytes}");
            return Err(usage(format!("{message}; give a smaller --count or fewer --steps")));
        }
        if let Place::Film(..) = self {
            Film::check(size, steps + 1)?;
        }
        Ok(Steps { pictures: vec![Vec::new(); steps + 1] })
    }
}

/// The pictures `[B, C, H, W]` of each step, the noise first.
#[derive(Debug)]
pub(super) struct Steps {
    pictures: Vec<Vec<f32>>,
}

impl Steps {
    /// Adds further pictures as they stand after `done` steps.
    pub fn add(&mut self, done: usize, pictures: &[f32]) {
        if let Some(step) = self.pictures.get_mut(done) {
            step.extend(pictures);
        }
    }

    /// Writes them.
    ///
    /// # Errors
    /// [`CommandError`] where they are too large, or cannot be written.
    pub fn write(
        &self,
        place: &Place<'_>,
        manifest: &Manifest,
        columns: usize,
        scale: usize,
    ) -> Result<(), CommandError> {
        let sheets = self.pictures.iter().map(|step| picture::sheet(step, manifest.image, columns, scale));
        let last = self.pictures.len() - 1;
        match place {
            Place::Folder(folder) => {
                let digits = last.to_string().len().max(2);
                let name = |step: usize| format!("{step:0digits$}.png");
                let pictures = sheets.map(|sheet| Ok(picture::png(sheet?)?));
                fill(folder, pictures.enumerate().map(|(step, bytes)| (name(step), bytes)))?;
                say!("{}: {last} steps, from the noise {} to {}", folder.display(), name(0), name(last));
                Ok(())
            }
            Place::Film(output, format) => {
                let (mut frames, mut size) = (Vec::new(), (0, 0));
                for sheet in sheets {
                    let sheet = sheet?;
                    size = (sheet.width() as usize, sheet.height() as usize);
                    frames.extend(sheet.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2], 255]));
                }
                let film = Film::new(size, frames, SPEED, false, &licence_line(&manifest.licence))?;
                output.write(&format.pack(&film)?, format_args!("the noise and {last} steps"))
            }
        }
    }
}

/// Writes files into a new or empty folder, all of them or none: where one cannot be written, those before it go again, and the folder
/// where it is new.
fn fill(
    folder: &Path,
    contents: impl Iterator<Item = (String, Result<Vec<u8>, CommandError>)>,
) -> Result<(), CommandError> {
    let new = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| CommandError::file(folder, error))?;
    let mut written = Vec::new();
    for (name, bytes) in contents {
        let path = folder.join(name);
        let done =
            bytes.and_then(|bytes| files::write(&path, &bytes).map_err(|error| CommandError::file(&path, error)));
        written.push(path);
        if let Err(error) = done {
            // What cannot be taken away stays; the first failure is the one to tell.
            written.iter().for_each(|path| drop(fs::remove_file(path)));
            if new {
                drop(fs::remove_dir(folder));
            }
            return Err(error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<(String, Result<Vec<u8>, CommandError>)> {
        names.iter().map(|name| ((*name).to_owned(), Ok(vec![1, 2, 3]))).collect()
    }

    #[test]
    fn all_files_of_a_folder_are_written_or_none() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("steps");
        fill(&folder, named(&["00.png", "01.png"]).into_iter()).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        // No file system takes a name that long.
        let (long, lost) = ("x".repeat(5000), place.path().join("lost"));
        fill(&lost, named(&["00.png", &long]).into_iter()).unwrap_err();
        assert!(!lost.exists(), "a new folder goes again");
        let empty = place.path().join("empty");
        fs::create_dir(&empty).unwrap();
        fill(&empty, named(&["00.png", &long]).into_iter()).unwrap_err();
        assert_eq!(fs::read_dir(&empty).unwrap().count(), 0, "an empty folder stays, empty");
    }
}

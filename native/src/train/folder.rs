//! A folder of pictures as people have it, one sub-folder per class. Pictures are opened one after another and shrunk at once,
//! so that a folder of photographs takes no more memory than its largest one and what is made of them. What is no picture
//! is left out, counted and told ([`Skipped`]).

use super::TrainError;
use super::data::{Dataset, Split};
use super::photo::{KINDS, Photo, is_photo};
use morphogen::denoiser::ImageShape;
use morphogen::pack::limits::SIDE;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that are named where something is left out.
const NAMED: usize = 5;
/// What systems put into folders beside what people do.
const LITTER: [&str; 3] = ["thumbs.db", "desktop.ini", "__macosx"];

/// What was left out of a folder, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Files and folders left out.
    pub count: usize,
    /// All that were there, those that are pictures among them.
    pub of: usize,
    /// The first of them, from the data's folder, each with the reason.
    pub first: Vec<(PathBuf, String)>,
}

impl Skipped {
    fn add(&mut self, folder: &Path, path: &Path, reason: impl Into<String>) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push((path.strip_prefix(folder).unwrap_or(path).into(), reason.into()));
        }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "left out {} of {} files", self.count, self.of)?;
        for (n, (path, reason)) in self.first.iter().enumerate() {
            write!(f, "{}{} ({reason})", if n == 0 { ": " } else { ", " }, path.display())?;
        }
        match self.count - self.first.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Reads the pictures of one part; grey if every file is.
///
/// # Errors
/// [`TrainError`] where a folder cannot be read, there is no picture, a class has none, or sizes differ without a `size`.
pub(super) fn read(folder: &Path, split: Split, size: Option<usize>) -> Result<Dataset, TrainError> {
    let (root, known) = match split_folders(folder) {
        None if split == Split::Test => {
            let message = "expected pictures to test on, found none; give a folder that holds train and test";
            return Err(TrainError::data(folder, message));
        }
        None => (folder.to_path_buf(), None),
        Some([train, _]) if split == Split::Train => (train, None),
        // The number of a class is its place among those that are trained on.
        Some([train, test]) => (test, Some(classes(&train, &mut Skipped::default())?)),
    };
    let mut skipped = Skipped::default();
    let found = classes(&root, &mut skipped)?;
    let names: Vec<String> = known.as_ref().unwrap_or(&found).keys().cloned().collect();
    let mut pictures = Pictures::new(size);
    for (name, files) in found {
        let Some(class) = names.iter().position(|known| *known == name) else {
            files.iter().for_each(|path| skipped.add(&root, path, "its class is not trained on"));
            continue;
        };
        let before = pictures.labels.len();
        for path in &files {
            if let Err(reason) = pictures.add(path, class)? {
                skipped.add(&root, path, reason);
            }
        }
        if pictures.labels.len() == before {
            let message = format!("expected a picture of {name} that can be read; {skipped}");
            return Err(TrainError::data(&root, message));
        }
    }
    if pictures.labels.is_empty() {
        let mut message = format!("expected IDX files, or one sub-folder of images ({KINDS}) per class");
        if skipped.count > 0 {
            message = format!("{message}; {skipped}");
        }
        return Err(TrainError::data(root, message));
    }
    Ok(pictures.dataset(names, skipped))
}

/// `train` and `test` inside a folder, where both are there; one alone is a class of that name.
fn split_folders(folder: &Path) -> Option<[PathBuf; 2]> {
    Some(["train", "test"].map(|part| folder.join(part))).filter(|parts| parts.iter().all(|part| part.is_dir()))
}

/// The files of each class that begin as pictures do.
fn classes(root: &Path, skipped: &mut Skipped) -> Result<BTreeMap<String, Vec<PathBuf>>, TrainError> {
    let mut classes = BTreeMap::new();
    for path in entries(root)? {
        if let Some(reason) = litter(&path) {
            skipped.of += 1;
            skipped.add(root, &path, reason);
        } else if !path.is_dir() {
            skipped.of += 1;
            skipped.add(root, &path, "is in no class folder");
        } else {
            let mut files = Vec::new();
            for file in entries(&path)? {
                skipped.of += 1;
                match no_picture(&file) {
                    Some(reason) => skipped.add(root, &file, reason),
                    None => files.push(file),
                }
            }
            if !files.is_empty() {
                classes.insert(name(&path), files);
            }
        }
    }
    Ok(classes)
}

/// Why a file of a class is left out without being decoded, if it is.
fn no_picture(path: &Path) -> Option<String> {
    if let Some(reason) = litter(path) {
        return Some(reason.into());
    }
    if path.is_dir() {
        return Some("is a folder inside a class".into());
    }
    match is_photo(path) {
        Ok(true) => None,
        Ok(false) => Some("no picture".into()),
        Err(error) => Some(error.to_string()),
    }
}

/// Why a name says that nobody put it there to be learned from, if it does.
fn litter(path: &Path) -> Option<&'static str> {
    let name = name(path);
    let known = LITTER.contains(&name.to_lowercase().as_str());
    (known || name.starts_with('.')).then_some(if known { "made by the system" } else { "hidden" })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a folder holds, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let read = fs::read_dir(folder).map_err(TrainError::file(folder))?;
    let mut paths = read
        .map(|entry| entry.map(|entry| entry.path()).map_err(TrainError::file(folder)))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

/// Pictures that were read so far, all of one size.
struct Pictures {
    /// Rows and columns, and the file that said so where it was not asked for.
    size: Option<[usize; 2]>,
    asked: bool,
    colour: bool,
    /// `[N, 3, H, W]`
    images: Vec<u8>,
    labels: Vec<usize>,
}

impl Pictures {
    fn new(side: Option<usize>) -> Self {
        let size = side.map(|side| [side, side]);
        Pictures { size, asked: side.is_some(), colour: false, images: Vec::new(), labels: Vec::new() }
    }

    /// Reads one more, or says why it is left out.
    fn add(&mut self, path: &Path, class: usize) -> Result<Result<(), String>, TrainError> {
        let photo = match Photo::open(path) {
            Ok(photo) => photo,
            Err(reason) => return Ok(Err(reason)),
        };
        let (w, h) = photo.size();
        if !self.asked && w.max(h) as usize > SIDE {
            let message = format!("expected pictures of at most {SIDE} pixels a side, found {w}×{h}; give --size");
            return Err(TrainError::data(path, message));
        }
        let [height, width] = *self.size.get_or_insert([h as usize, w as usize]);
        if !self.asked && [h as usize, w as usize] != [height, width] {
            let message = format!("expected {width}×{height} pixels, found {w}×{h}; give --size");
            return Err(TrainError::data(path, message));
        }
        self.colour |= photo.colour;
        let image = photo.fitted(width as u32, height as u32).into_rgb8();
        let room = self.images.try_reserve(3 * height * width);
        room.map_err(|_| TrainError::data(path, "there is no memory for more pictures; give a smaller --size"))?;
        self.images.extend((0..3).flat_map(|channel| image.pixels().map(move |pixel| pixel.0[channel])));
        self.labels.push(class);
        Ok(Ok(()))
    }

    /// All of them: their first planes where they are grey.
    fn dataset(self, names: Vec<String>, skipped: Skipped) -> Dataset {
        let Pictures { size, colour, mut images, labels, .. } = self;
        let [height, width] = size.unwrap_or_default();
        let plane = height * width;
        if !colour {
            (0..labels.len()).for_each(|n| images.copy_within(3 * n * plane..(3 * n + 1) * plane, n * plane));
            images.truncate(labels.len() * plane);
            images.shrink_to_fit();
        }
        let shape = ImageShape { channels: if colour { 3 } else { 1 }, height, width };
        Dataset { shape, images, labels, classes: names.len(), names, captions: None, skipped }
    }
}

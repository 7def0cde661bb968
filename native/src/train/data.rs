//! Data sets: MNIST-style IDX files (gzipped or not), any folder of images with one sub-folder per class, and images
//! with captions (`captions`). Pixels are kept as u8 `[N, C, H, W]` and mapped to `[−1, 1]` when used.

use super::TrainError;
use super::captions::{self, Caption, CaptionFile, CaptionSplit, Captions};
use super::folder::Skipped;
use super::hue::turn_planes;
use morphogen::denoiser::ImageShape;
use morphogen::files;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Which part of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// For training.
    Train,
    /// Held out.
    Test,
}

/// Images with one class each.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Shape of each image.
    pub shape: ImageShape,
    /// `[N, C, H, W]`.
    pub images: Vec<u8>,
    /// Class of each image.
    pub labels: Vec<usize>,
    /// Number of classes.
    pub classes: usize,
    /// Names of the classes where the data set gives them (folders do, IDX files do not).
    pub names: Vec<String>,
    /// The words that images may be asked for by, where the data set has them.
    pub captions: Option<Captions>,
    /// What was left out of a folder of images.
    pub skipped: Skipped,
}

/// A byte as a pixel in `[−1, 1]`.
pub fn pixel(byte: u8) -> f32 {
    f32::from(byte) / 127.5 - 1.0
}

/// A pixel in `[−1, 1]` (clamped) as a byte.
pub fn byte(pixel: f32) -> u8 {
    ((pixel.clamp(-1.0, 1.0) + 1.0) * 127.5).round() as u8
}

impl Dataset {
    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The `n`-th image, pixels in `[−1, 1]`, `[C, H, W]`.
    pub fn image(&self, n: usize) -> impl Iterator<Item = f32> + '_ {
        let length = self.shape.len();
        self.images[n * length..(n + 1) * length].iter().map(|&byte| pixel(byte))
    }

    /// The `n`-th image in one of its hues, or as it is; pixels in `[−1, 1]`, `[C, H, W]`.
    pub fn image_in(&self, n: usize, hue: Option<usize>) -> Vec<f32> {
        match (&self.captions, hue) {
            (Some(captions), Some(hue)) => {
                let length = self.shape.len();
                let degrees = f32::from(captions.degrees(n, hue));
                turn_planes(&self.images[n * length..(n + 1) * length], degrees).into_iter().map(pixel).collect()
            }
            _ => self.image(n).collect(),
        }
    }

    /// Whether any image may be turned in hue.
    pub fn has_hues(&self) -> bool {
        self.captions.as_ref().is_some_and(|captions| (0..self.len()).any(|n| captions.hues(n) > 0))
    }

    /// All images of a class, pixels in `[−1, 1]`, `[N, C, H, W]`.
    pub fn class(&self, class: usize) -> Vec<f32> {
        let members = (0..self.len()).filter(|&n| self.labels[n] == class);
        members.flat_map(|n| self.image(n)).collect()
    }

    /// What a judge may answer for image `n`: its class, or where there are captions all words that name it.
    pub fn answer(&self, n: usize) -> Vec<usize> {
        self.captions.as_ref().map_or_else(|| vec![self.labels[n]], |captions| captions.names(n))
    }

    /// Number of different answers.
    pub fn answers(&self) -> usize {
        self.captions.as_ref().map_or(self.classes, |captions| captions.vocabulary.len())
    }

    /// Opens a folder: IDX files where it holds `train-images-idx3-ubyte` (or `.gz`), captioned images where it holds
    /// `captions.json`, class sub-folders otherwise.
    /// `size` brings folder images to `size × size`, the middle of each; without it they must all have one size already.
    /// Captioned images have the size that they were drawn at; another one is refused.
    ///
    /// # Errors
    /// [`TrainError`] naming the file and what is wrong with it.
    pub fn open(folder: &Path, split: Split, size: Option<usize>) -> Result<Self, TrainError> {
        if folder.join(captions::FILE).is_file() {
            return Self::captioned(folder, split, size);
        }
        match find_idx(folder, split, "images-idx3-ubyte") {
            Some(images) => Self::idx(folder, &images, split),
            None => super::folder::read(folder, split, size),
        }
    }

    /// A folder with captions; what an image shows (its code) is its class, and the classes of both splits agree. The test
    /// split is the held-out styles.
    fn captioned(folder: &Path, split: Split, size: Option<usize>) -> Result<Self, TrainError> {
        let file = CaptionFile::open(folder)?;
        let all = captions::images(folder, file.entries.len(), size)?;
        let (shape, length) = (all.shape, all.shape.len());
        let mut names: Vec<String> = file.entries.iter().map(|entry| entry.code.clone()).collect();
        names.sort();
        names.dedup();
        let wanted = if split == Split::Train { CaptionSplit::Train } else { CaptionSplit::Style };
        let chosen: Vec<(usize, &Caption)> =
            file.entries.iter().enumerate().filter(|(_, entry)| entry.split == wanted).collect();
        if chosen.is_empty() {
            return Err(TrainError::data(folder, "expected captions of images to train on, found none"));
        }
        let images = chosen.iter().flat_map(|&(n, _)| &all.data[n * length..(n + 1) * length]).copied().collect();
        let labels = chosen.iter().map(|(_, entry)| names.partition_point(|name| *name < entry.code)).collect();
        let captions = Some(Captions::new(file.vocabulary(), chosen.iter().map(|&(_, entry)| entry)));
        Ok(Dataset { shape, images, labels, classes: names.len(), names, captions, skipped: Skipped::default() })
    }

    /// LeCun's IDX format: magic, sizes (big-endian), bytes.
    fn idx(folder: &Path, images_path: &Path, split: Split) -> Result<Self, TrainError> {
        let labels_path = find_idx(folder, split, "labels-idx1-ubyte")
            .ok_or_else(|| TrainError::data(folder, "expected a labels-idx1-ubyte file beside the images"))?;
        let (sizes, images) = read_idx(images_path, 3)?;
        let (_, labels) = read_idx(&labels_path, 1)?;
        let [count, height, width] = [sizes[0], sizes[1], sizes[2]];
        if labels.len() != count || count == 0 {
            let message = format!("expected one label for each of {count} images, found {}", labels.len());
            return Err(TrainError::data(labels_path, message));
        }
        let labels: Vec<usize> = labels.into_iter().map(usize::from).collect();
        let classes = labels.iter().max().map_or(0, |max| max + 1);
        let shape = ImageShape { channels: 1, height, width };
        Ok(Dataset { shape, images, labels, classes, names: Vec::new(), captions: None, skipped: Skipped::default() })
    }
}

fn find_idx(folder: &Path, split: Split, kind: &str) -> Option<PathBuf> {
    let prefix = if split == Split::Train { "train" } else { "t10k" };
    let names = [format!("{prefix}-{kind}"), format!("{prefix}-{kind}.gz")];
    names.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// Reads an IDX file of bytes with the given number of dimensions.
fn read_idx(path: &Path, dimensions: usize) -> Result<(Vec<usize>, Vec<u8>), TrainError> {
    let raw = files::read(path).map_err(TrainError::file(path))?;
    let mut bytes = Vec::new();
    if raw.starts_with(&[0x1f, 0x8b]) {
        flate2::read::GzDecoder::new(&raw[..]).read_to_end(&mut bytes).map_err(TrainError::file(path))?;
    } else {
        bytes = raw;
    }
    let header = 4 + 4 * dimensions;
    if bytes.len() < header || bytes[..4] != [0, 0, 8, dimensions as u8] {
        return Err(TrainError::data(path, format!("expected an IDX file of bytes with {dimensions} dimensions")));
    }
    let size = |i: usize| u32::from_be_bytes([bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2], bytes[4 * i + 3]]);
    let sizes: Vec<usize> = (1..=dimensions).map(|i| size(i) as usize).collect();
    let expected = sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    if expected != Some(bytes.len() - header) {
        let message = format!("the header promises {sizes:?} bytes, the file holds {}", bytes.len() - header);
        return Err(TrainError::data(path, message));
    }
    Ok((sizes, bytes.split_off(header)))
}

//! Weights out of a pack: safetensors, f32, f16 or 8 bits with a scale per row, that hold exactly the tensors that the
//! network's config asks for. A file whose name ends with `.zz` is zlib compressed, as training images are, and opened
//! after [`Manifest::verify`] has seen the compressed bytes.

use super::manifest::Manifest;
use super::tensors::{self, Dtype, SCALE, clip};
use super::training::COMPRESSED;
use super::{PackError, limits};
use crate::network::layers::Layers;
use crate::network::weights::{Array, Weights};

impl Manifest {
    /// Reads the weights of `network` from the bytes of its file: names, shapes, types and values are all checked. Length
    /// and SHA-256 are, too; but where [`Manifest::weights_limit`] says that the file is compressed, `bytes` are what it
    /// inflates to, and the file must have passed [`Manifest::verify`].
    ///
    /// # Errors
    /// [`PackError`] naming what does not fit.
    pub fn weights(&self, network: &str, bytes: &[u8]) -> Result<Weights, PackError> {
        let entry = self.network(network)?;
        if !entry.file.ends_with(COMPRESSED) {
            self.verify(&entry.file, bytes)?;
        }
        let layers = Layers::new(&entry.config).map_err(|error| PackError::Manifest(error.to_string()))?;
        read_weights(&entry.file, bytes, &layers.tensors(&entry.config))
    }

    /// Most bytes that the weight file of `network` may inflate to: every value as f32, and a header. `None` where the
    /// file is not compressed.
    ///
    /// # Errors
    /// [`PackError`] where there is no such network.
    pub fn weights_limit(&self, network: &str) -> Result<Option<u64>, PackError> {
        let entry = self.network(network)?;
        if !entry.file.ends_with(COMPRESSED) {
            return Ok(None);
        }
        let layers = Layers::new(&entry.config).map_err(|error| PackError::Manifest(error.to_string()))?;
        Ok(Some(layers.weight_bytes(&entry.config).saturating_add(8 + limits::HEADER)))
    }

    /// Reads the weights of the judge from the bytes of its file, with the same checks.
    ///
    /// # Errors
    /// [`PackError`] naming what does not fit.
    pub fn judge_weights(&self, bytes: &[u8]) -> Result<Weights, PackError> {
        let Some(judge) = &self.judge else {
            return Err(PackError::Unknown { what: "part", name: "judge".into(), known: "none".into() });
        };
        self.verify(&judge.file, bytes)?;
        let expected: Vec<_> = judge.tensors.iter().map(|(name, shape)| (name.clone(), shape.clone())).collect();
        read_weights(&judge.file, bytes, &expected)
    }
}

/// Reads a safetensors file that holds exactly the tensors `expected` (name and shape), as F16, F32 or I8 with scales, all finite.
/// `file` is for messages.
///
/// # Errors
/// [`PackError`] naming what does not fit.
pub fn read_weights(file: &str, bytes: &[u8], expected: &[(String, Vec<usize>)]) -> Result<Weights, PackError> {
    let mut found = tensors::read(file, bytes)?;
    let mut weights = Weights::new();
    for (name, shape) in expected {
        let fail = |message: String| Err(PackError::Tensor { file: file.into(), tensor: name.clone(), message });
        let Some(tensor) = found.remove(name) else { return fail("expected it, found none".into()) };
        if tensor.shape != *shape {
            return fail(format!("expected shape {shape:?}, found {:?}", tensor.shape));
        }
        let scales = match tensor.dtype {
            Dtype::I8 => found.remove(&format!("{name}{SCALE}")),
            _ => None,
        };
        let scales = scales.map(|scales| scales.to_f32(file, name, None)).transpose()?;
        let data = tensor.to_f32(file, name, scales.as_deref())?;
        weights.insert(name.clone(), Array { shape: tensor.shape, data });
    }
    match found.keys().next() {
        None => Ok(weights),
        Some(name) => {
            let message = "found it, but the network has no such tensor".into();
            Err(PackError::Tensor { file: file.into(), tensor: clip(name), message })
        }
    }
}

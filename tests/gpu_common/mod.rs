//! What the GPU tests share: a device, random weights, and comparison.

use morphogen::gpu::Gpu;
use morphogen::network::weights::{Array, Weights};
use morphogen::sampler::noise;

/// The GPU; `None` only where `MORPHOGEN_ALLOW_NO_GPU=1` says that a machine without one is fine.
pub fn gpu() -> Option<Gpu> {
    match pollster::block_on(Gpu::new()) {
        Ok(gpu) => Some(gpu),
        Err(error) if std::env::var("MORPHOGEN_ALLOW_NO_GPU").is_ok_and(|value| value == "1") => {
            eprintln!("skipped, as MORPHOGEN_ALLOW_NO_GPU=1 allows: {error}");
            None
        }
        Err(error) => panic!(
            "{error}. These tests need a Vulkan driver; a software one will do (Debian: mesa-vulkan-drivers, or \
             VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json). MORPHOGEN_ALLOW_NO_GPU=1 skips them."
        ),
    }
}

/// Normal values, fixed by the seed.
#[allow(dead_code)] // Each test binary uses its part of this module.
pub fn normals(seed: u64, length: usize) -> Vec<f32> {
    let mut values = vec![0.0; length];
    noise::fill(seed, 0, &mut values);
    values
}

/// Random tensors that keep values near one through many layers.
#[allow(dead_code)] // Likewise.
pub fn random_weights(tensors: impl IntoIterator<Item = (String, Vec<usize>)>, seed: u64) -> Weights {
    let tensor = |(index, (name, shape)): (usize, (String, Vec<usize>))| {
        let fan_in: usize = match shape.len() {
            1 => 4,
            2 => shape[0],
            _ => shape[1..].iter().product(),
        };
        let mut data = normals(seed + index as u64, shape.iter().product());
        let gain = if name.ends_with("norm.scale") { 0.2 } else { 1.0 / (fan_in as f32).sqrt() };
        let offset = if name.ends_with("norm.scale") { 1.0 } else { 0.0 };
        data.iter_mut().for_each(|value| *value = offset + gain * *value);
        (name, Array { shape, data })
    };
    tensors.into_iter().enumerate().map(tensor).collect()
}

/// The largest absolute difference.
#[allow(dead_code)] // Likewise.
pub fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, |most, d| if d.is_nan() { f32::INFINITY } else { most.max(d) })
}

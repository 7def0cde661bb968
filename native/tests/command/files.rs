//! The files that the tests of the command begin with, and read.

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::fs;
use std::path::Path;

/// Two classes of 8×8 images, as folders: bright left halves and bright top halves; some to test on.
pub fn write_data(folder: &Path) {
    for (class, name) in ["left", "top"].iter().enumerate() {
        for (split, count) in [("train", 20u32), ("test", 6)] {
            let folder = folder.join("data").join(split).join(name);
            fs::create_dir_all(&folder).unwrap();
            for n in 0..count {
                let image = image::GrayImage::from_fn(8, 8, |x, y| {
                    let bright = if class == 0 { x < 4 } else { y < 4 };
                    image::Luma([if bright { 240 - n as u8 } else { 10 + n as u8 }])
                });
                image.save(folder.join(format!("{n}.png"))).unwrap();
            }
        }
    }
    let terms = r#"{"licence": "CC0-1.0", "attribution": "drawn by this test"}"#;
    let draft = format!(
        r#"{{"name": "halves", "title": "Halves", "version": "1.0.0", "licence": {{"data": {terms}, "weights": {terms}}},
            "image": {{"channels": 1, "height": 8, "width": 8}}}}"#
    );
    fs::write(folder.join("draft.json"), draft).unwrap();
    let prompts =
        r#"[{"name": "left", "label": "Left half", "words": ["port"]}, {"name": "top", "label": "Top half"}]"#;
    fs::write(folder.join("prompts.json"), prompts).unwrap();
}

pub fn read_tensor(path: &Path, name: &str) -> (Vec<usize>, Vec<f32>) {
    let bytes = fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let view = tensors.tensor(name).unwrap();
    (view.shape().to_vec(), bytemuck::pod_collect_to_vec(view.data()))
}

pub fn write_tensor(path: &Path, name: &str, shape: &[usize], values: &[f32]) {
    let view = TensorView::new(Dtype::F32, shape.to_vec(), bytemuck::cast_slice(values)).unwrap();
    fs::write(path, serialize([(name, view)], None).unwrap()).unwrap();
}

pub fn far(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

//! A few pictures with captions, for tests of what draws from words.

use safetensors::tensor::{Dtype, TensorView, serialize};
use std::fs;
use std::path::Path;

/// Pixels along a side of a picture.
pub const SIDE: usize = 8;

/// Red and blue pictures in two styles, bright and dark; the dark blue one is held out as a style, a purple as a
/// composition. The bright red one may be turned in hue, to blue.
pub fn write_data(folder: &Path) {
    write_data_of(folder, SIDE);
}

/// The same with `side` × `side` pixels.
pub fn write_data_of(folder: &Path, side: usize) {
    let things = [("r", "red", "train"), ("b", "blue", "train"), ("p", "purple", "composition")];
    let (mut entries, mut images) = (Vec::new(), Vec::new());
    for style in 0..2usize {
        for (code, word, split) in things {
            let split = if code == "b" && style == 1 { "style" } else { split };
            let mut entry = serde_json::json!({
                "code": code, "style": style, "label": word, "words": [word, "square"], "tags": ["shape", code],
                "colours": [], "group": "shapes", "subgroup": "square", "main": word, "split": split,
            });
            if (code, style) == ("r", 0) {
                entry["hues"] = serde_json::json!([{ "degrees": 240, "colours": ["blue"] }]);
            }
            entries.push(entry);
            for channel in 0..3 {
                let lit = matches!((code, channel), ("r" | "p", 0) | ("b" | "p", 2));
                images.extend(std::iter::repeat_n(if lit { 250 - 100 * style as u8 } else { 10 }, side * side));
            }
        }
    }
    let view = TensorView::new(Dtype::U8, vec![entries.len(), 3, side, side], &images).unwrap();
    fs::write(folder.join("images.safetensors"), serialize([("images", view)], None).unwrap()).unwrap();
    let json = serde_json::json!({ "styles": ["bright", "dark"], "entries": entries });
    fs::write(folder.join("captions.json"), json.to_string()).unwrap();
}

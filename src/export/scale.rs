//! Pictures made larger or smaller smoothly: Catmull and Rom's cubic, in colours that are multiplied by their transparency, so
//! that what is transparent lends no colour. Where a picture becomes smaller the kernel is as wide as its new pixels.

use super::cut::Layer;

/// A part of a picture, in its pixels; it may reach beyond, where all is transparent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// The first column.
    pub left: f32,
    /// The first row.
    pub top: f32,
    /// Columns and rows.
    pub side: f32,
}

impl Window {
    /// The square about all that is to be seen in any of `layers`, with a margin that is this share of it; about all of them
    /// where nothing is.
    pub fn about(layers: &[Layer], margin: f32) -> Window {
        const SEEN: f32 = 0.02;
        let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
        for layer in layers {
            for (at, _) in layer.pixels.iter().enumerate().filter(|(_, pixel)| pixel[3] > SEEN) {
                let (row, column) = (at / layer.width, at % layer.width);
                (left, right) = (left.min(column), right.max(column + 1));
                (top, bottom) = (top.min(row), bottom.max(row + 1));
            }
        }
        if right == 0 {
            (left, top) = (0, 0);
            (right, bottom) = layers.first().map_or((1, 1), |layer| (layer.width, layer.height));
        }
        let (width, height) = ((right - left) as f32, (bottom - top) as f32);
        let side = width.max(height) * (1.0 + 2.0 * margin);
        let middle = |from: usize, length: f32| from as f32 + length / 2.0 - side / 2.0;
        Window { left: middle(left, width), top: middle(top, height), side }
    }
}

/// Catmull and Rom's kernel.
fn kernel(x: f32) -> f32 {
    match x.abs() {
        x if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
        x if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
        _ => 0.0,
    }
}

/// What one new pixel takes of `old` ones: places and their weights, none where it lies outside. Beyond the border all is as at
/// the border, so that what reaches to it ends there sharply.
fn taps(from: f32, length: f32, size: usize, old: usize) -> Vec<Vec<(usize, f32)>> {
    let step = length / size as f32;
    let wide = step.max(1.0);
    let tap = |n: usize| {
        let centre = from + (n as f32 + 0.5) * step - 0.5;
        if centre < -0.5 || centre > old as f32 - 0.5 {
            return Vec::new();
        }
        let places = (centre - 2.0 * wide).ceil() as isize..=(centre + 2.0 * wide).floor() as isize;
        let weights: Vec<f32> = places.clone().map(|at| kernel((at as f32 - centre) / wide)).collect();
        let sum: f32 = weights.iter().sum();
        let inside = |at: isize| at.clamp(0, old as isize - 1) as usize;
        places.zip(weights).map(|(at, weight)| (inside(at), weight / sum)).collect()
    };
    (0..size).map(tap).collect()
}

/// What is seen through a window, `size` pixels a side.
pub fn resized(layer: &Layer, window: Window, size: usize) -> Layer {
    let columns = taps(window.left, window.side, size, layer.width);
    let rows = taps(window.top, window.side, size, layer.height);
    let blend = |taps: &[(usize, f32)], pixels: &[[f32; 4]], start: usize, step: usize| {
        let mut sum = [0.0f32; 4];
        for (at, weight) in taps {
            let pixel = pixels[start + at * step];
            (0..4).for_each(|c| sum[c] += weight * pixel[c]);
        }
        sum
    };
    let wide: Vec<[f32; 4]> = (0..layer.height)
        .flat_map(|row| columns.iter().map(move |taps| (row, taps)))
        .map(|(row, taps)| blend(taps, &layer.pixels, row * layer.width, 1))
        .collect();
    let mut pixels = Vec::with_capacity(size * size);
    for taps in &rows {
        for column in 0..size {
            let [red, green, blue, alpha] = blend(taps, &wide, column, size);
            let alpha = alpha.clamp(0.0, 1.0);
            pixels.push([red.clamp(0.0, alpha), green.clamp(0.0, alpha), blue.clamp(0.0, alpha), alpha]);
        }
    }
    Layer { width: size, height: size, pixels }
}

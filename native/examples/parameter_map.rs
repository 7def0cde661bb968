//! Draws the parameter map of Gray and Scott's system for the essay: what grows at each feed rate F (rows, from above) and
//! kill rate k (columns), one small torus a tile. The picture is a mask: what the reader's colours show through.
//!
//! ```sh
//! cargo run --release --example parameter_map www/essay/figures/parameter-map.png
//! ```

use image::{GrayAlphaImage, LumaA};
use morphogen::reaction::{Reaction, Start, System};
use rayon::prelude::*;
use std::error::Error;

/// Tiles in a row, and rows.
const TILES: u32 = 12;
/// Pixels of a tile, cut from the middle of a torus.
const TILE: u32 = 24;
const SIDE: usize = 64;
/// Long enough for most patterns to settle.
const STEPS: usize = 8000;
/// What is shown as full.
const FULL: f32 = 0.4;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name the file to write")?;
    let tiles: Vec<Vec<f32>> = (0..TILES * TILES).into_par_iter().map(tile).collect::<Result<_, _>>()?;
    let value = |x: u32, y: u32| {
        let pattern = &tiles[(y / TILE * TILES + x / TILE) as usize];
        let offset = (SIDE - TILE as usize) / 2;
        pattern[((y % TILE) as usize + offset) * SIDE + (x % TILE) as usize + offset]
    };
    // 32 levels are enough for eyes and halve the file.
    let shade = |x, y| LumaA([0, ((value(x, y) / FULL).clamp(0.0, 1.0) * 31.0) as u8 * 8]);
    GrayAlphaImage::from_fn(TILES * TILE, TILES * TILE, shade).save(path)?;
    Ok(())
}

/// What grows from noise, or where that dies from one spot, at the parameters of a tile.
fn tile(index: u32) -> Result<Vec<f32>, morphogen::reaction::ReactionError> {
    let kill = 0.045 + 0.002 * (index % TILES) as f32;
    let feed = 0.065 - 0.005 * (index / TILES) as f32;
    let mut reaction = Reaction::new(System::GrayScott { feed, kill }, SIDE, SIDE, 1.0)?;
    for start in [Start::Noise, Start::Spot] {
        reaction.start(start, 1);
        reaction.advance(STEPS);
        if reaction.pattern().iter().any(|&value| value > 0.05) {
            break;
        }
    }
    Ok(reaction.pattern().to_vec())
}

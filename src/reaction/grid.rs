//! A reaction on its grid: the plain twin of `gpu/shader/reaction.wgsl`, kept comparable with it line by line, and fast
//! enough for a browser without WebGPU: the loops over a row are made so that the compiler turns them into vectors.

use super::system::{BASAL, DECAY, LEAST, RATE};
use super::{MAX_RADIUS, ReactionError, SCALES, SIDES, System};
use crate::sampler::noise;

/// Radius of the spot at scale 1, in cells; like all lengths it grows with the root of the diffusion.
const SPOT: f32 = 8.0;
/// Side of the square of cells that a speck of noise fills.
const SPECK: usize = 6;
/// A speck is where a standard normal is larger: in about a fifth of the squares.
const SPECK_FROM: f32 = 0.8;
/// How much the noise disturbs a start, relative to what is disturbed.
const DISTURBED: f32 = 0.02;

/// How a reaction starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// A spot in the middle of rest, its cells disturbed a little.
    Spot,
    /// Specks everywhere, or rest disturbed in every cell where that is enough.
    Noise,
}

/// Two substances on a torus of cells.
#[derive(Debug, Clone)]
pub struct Reaction {
    system: System,
    width: usize,
    height: usize,
    scale: f32,
    /// `[2, H, W]`.
    state: Vec<f32>,
    next: Vec<f32>,
}

impl Reaction {
    /// A grid of `width` by `height` cells at rest; both diffusion constants are multiplied by `scale`.
    ///
    /// # Errors
    /// [`ReactionError`] where a number is out of range.
    pub fn new(system: System, width: usize, height: usize, scale: f32) -> Result<Self, ReactionError> {
        if !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(ReactionError::Side { width, height });
        }
        let [first, second] = system.checked()?.rest();
        let mut state = vec![first; 2 * width * height];
        state[width * height..].fill(second);
        let mut reaction = Reaction { system, width, height, scale: 1.0, next: state.clone(), state };
        reaction.change(system, scale)?;
        Ok(reaction)
    }

    /// Goes on under another rule from the state that there is.
    ///
    /// # Errors
    /// [`ReactionError`] where a number is out of range; then nothing changes.
    pub fn change(&mut self, system: System, scale: f32) -> Result<(), ReactionError> {
        if !SCALES.contains(&scale) {
            return Err(ReactionError::Scale(scale));
        }
        (self.system, self.scale) = (system.checked()?, scale);
        Ok(())
    }

    /// Begins again, with the noise of `seed`.
    pub fn start(&mut self, start: Start, seed: u64) {
        let (area, width) = (self.width * self.height, self.width);
        let rest = self.system.rest();
        let mut normals = vec![0.0; area];
        noise::fill(seed, 0, &mut normals);
        for (values, rest) in self.state.chunks_exact_mut(area).zip(rest) {
            values.fill(rest);
        }
        match (start, self.system) {
            (Start::Spot, _) => {
                let radius = SPOT * self.scale.sqrt();
                self.paint(width as f32 / 2.0, self.height as f32 / 2.0, radius);
            }
            (Start::Noise, System::GrayScott { .. }) => {
                // Rest is stable: it takes more than a breath of noise to leave it.
                let [first, second] = self.system.paint();
                let columns = width.div_ceil(SPECK);
                let mut specks = vec![0.0; columns * self.height.div_ceil(SPECK)];
                noise::fill(seed, 1, &mut specks);
                for cell in 0..area {
                    if specks[cell / width / SPECK * columns + cell % width / SPECK] > SPECK_FROM {
                        (self.state[cell], self.state[area + cell]) = (first, second);
                    }
                }
            }
            (Start::Noise, System::GiererMeinhardt { .. }) => {}
        }
        // A start from one spot should stay one where rest is unstable, so only what the spot painted is disturbed.
        let shown = &mut self.state[self.system.shown() * area..][..area];
        let resting = rest[self.system.shown()];
        for (value, normal) in
            shown.iter_mut().zip(&normals).filter(|(value, _)| start == Start::Noise || **value != resting)
        {
            *value *= 1.0 + DISTURBED * normal;
        }
    }

    /// Paints a disc around (`x`, `y`), in cells from the upper left corner, over the edge and round the torus.
    pub fn paint(&mut self, x: f32, y: f32, radius: f32) {
        let area = self.width * self.height;
        let values = self.system.paint();
        for (cell, cells) in disc(x, y, radius, self.width, self.height) {
            for (substance, value) in values.into_iter().enumerate() {
                self.state[substance * area + cell..][..cells].fill(value);
            }
        }
    }

    /// Takes steps of [`System::step`].
    pub fn advance(&mut self, steps: usize) {
        let dt = self.system.step(self.scale);
        let [du, dv] = self.system.diffusion().map(|constant| constant * self.scale * dt);
        for _ in 0..steps {
            match self.system {
                System::GrayScott { feed, kill } => self.sweep(|u, v, lu, lv| {
                    let eaten = u * v * v;
                    (u + du * lu + dt * (feed * (1.0 - u) - eaten), v + dv * lv + dt * (eaten - (feed + kill) * v))
                }),
                System::GiererMeinhardt { saturation } => self.sweep(|a, h, la, lh| {
                    let squared = a * a;
                    let made = squared / (h.max(LEAST) * (1.0 + saturation * squared));
                    let rate = dt * RATE;
                    (a + du * la + rate * (made - a + BASAL), h + dv * lh + rate * (squared - DECAY * h))
                }),
            }
        }
    }

    /// One step: `rule(u, v, ∇²u, ∇²v)` gives each cell's next values.
    #[inline(always)]
    fn sweep(&mut self, rule: impl Fn(f32, f32, f32, f32) -> (f32, f32)) {
        let (width, area) = (self.width, self.width * self.height);
        // The Laplacians go where the next values will stand.
        for (plane, out) in self.state.chunks_exact(area).zip(self.next.chunks_exact_mut(area)) {
            laplacian(plane, width, out);
        }
        let ((u, v), (next_u, next_v)) = (self.state.split_at(area), self.next.split_at_mut(area));
        for (((u, v), next_u), next_v) in u.iter().zip(v).zip(next_u).zip(next_v) {
            (*next_u, *next_v) = rule(*u, *v, *next_u, *next_v);
        }
        std::mem::swap(&mut self.state, &mut self.next);
    }

    /// The rule.
    pub fn system(&self) -> System {
        self.system
    }

    /// The diffusion scale.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Width and height, in cells.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Both substances, `[2, H, W]`.
    pub fn state(&self) -> &[f32] {
        &self.state
    }

    /// Goes on from another state `[2, H, W]`, computed elsewhere.
    pub(crate) fn replace(&mut self, state: Vec<f32>) {
        debug_assert_eq!(state.len(), self.state.len());
        self.state = state;
    }

    /// The substance that shows the pattern, `[H, W]`.
    pub fn pattern(&self) -> &[f32] {
        let area = self.width * self.height;
        &self.state[self.system.shown() * area..][..area]
    }
}

/// The nine-point Laplacian of a plane `[H, W]`. Once for all systems and substances: its code is vectors, and long.
#[inline(never)]
fn laplacian(plane: &[f32], width: usize, out: &mut [f32]) {
    let height = plane.len() / width;
    for (y, out) in out.chunks_exact_mut(width).enumerate() {
        let [above, row, below] =
            [(y + height - 1) % height, y, (y + 1) % height].map(|y| &plane[y * width..][..width]);
        let at = |left: usize, x: usize, right: usize| {
            let sides = row[left] + row[right] + above[x] + below[x];
            let corners = above[left] + above[right] + below[left] + below[right];
            (4.0 * sides + corners - 20.0 * row[x]) / 6.0
        };
        out[0] = at(width - 1, 0, 1);
        out[width - 1] = at(width - 2, width - 1, 0);
        for (x, out) in (1..width - 1).zip(&mut out[1..width - 1]) {
            *out = at(x - 1, x, x + 1);
        }
    }
}

/// The cells of a disc on the torus as runs (first cell, number of cells), none of which crosses a row's end.
pub(crate) fn disc(x: f32, y: f32, radius: f32, width: usize, height: usize) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    if !(x.is_finite() && y.is_finite() && radius >= 0.0) {
        return runs;
    }
    let (w, h) = (width as i64, height as i64);
    let radius = radius.min(MAX_RADIUS).min(width.min(height) as f32 / 2.0 - 1.0);
    // Any place is one on the torus.
    let (x, y) = (x.rem_euclid(width as f32), y.rem_euclid(height as f32));
    for row in (y - radius).floor() as i64..=(y + radius).ceil() as i64 {
        let off = row as f32 + 0.5 - y;
        let half = radius * radius - off * off;
        if half < 0.0 {
            continue;
        }
        let half = half.sqrt();
        // A cell belongs to the disc where its middle does.
        let (from, to) = ((x - half - 0.5).ceil() as i64, (x + half - 0.5).floor() as i64);
        if from > to {
            continue;
        }
        let start = (row.rem_euclid(h) * w) as usize;
        let first = from.rem_euclid(w) as usize;
        let cells = (to - from + 1) as usize;
        let before = cells.min(width - first);
        runs.push((start + first, before));
        if cells > before {
            runs.push((start, cells - before));
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORMS: System = System::GrayScott { feed: 0.037, kill: 0.06 };

    #[test]
    fn rest_stays_at_rest() {
        for system in [WORMS, System::GiererMeinhardt { saturation: 0.2 }] {
            let mut reaction = Reaction::new(system, 16, 12, 2.0).unwrap();
            let before = reaction.state().to_vec();
            reaction.advance(50);
            let far = before.iter().zip(reaction.state()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(far < 1e-4, "{system:?}: {far}");
        }
    }

    /// Same rule everywhere: a start that is shifted round the torus gives the shifted pattern, to the bit.
    #[test]
    fn the_rule_is_the_same_everywhere() {
        for system in [WORMS, System::GiererMeinhardt { saturation: 0.2 }] {
            let run = |dx: f32, dy: f32| {
                let mut reaction = Reaction::new(system, 24, 20, 1.0).unwrap();
                reaction.paint(5.0 + dx, 4.0 + dy, 4.0);
                reaction.paint(9.0 + dx, 11.0 + dy, 3.0);
                reaction.advance(200);
                reaction.pattern().to_vec()
            };
            let (still, moved) = (run(0.0, 0.0), run(13.0, 17.0));
            for (cell, value) in still.iter().enumerate() {
                let there = (cell / 24 + 17) % 20 * 24 + (cell % 24 + 13) % 24;
                assert_eq!(moved[there], *value, "{system:?}, cell {cell}");
            }
        }
    }

    #[test]
    fn a_disc_wraps_around_and_has_the_area_of_a_disc() {
        let cells: usize = disc(0.0, 31.0, 9.0, 40, 32).iter().map(|(_, cells)| cells).sum();
        assert!((cells as f32 / (std::f32::consts::PI * 81.0) - 1.0).abs() < 0.05, "{cells}");
        assert!(disc(-3.0, 500.0, 1e9, 40, 32).iter().all(|(cell, cells)| cell % 40 + cells <= 40 && cell / 40 < 32));
        assert!(disc(f32::NAN, 0.0, 2.0, 40, 32).is_empty());
    }

    #[test]
    fn wishes_out_of_range_are_refused_in_words() {
        let refused =
            |system, side, scale| Reaction::new(system, side, side, scale).map(|_| ()).unwrap_err().to_string();
        assert!(refused(WORMS, 7, 1.0).contains("7×7"));
        assert!(refused(WORMS, 64, f32::NAN).contains("NaN"));
        assert!(refused(System::GrayScott { feed: 0.5, kill: 0.06 }, 64, 1.0).contains("feed"));
        assert!(refused(System::GiererMeinhardt { saturation: -1.0 }, 64, 1.0).contains("saturation"));
        assert!(System::named("conway", 0.0, 0.0).is_err());
    }
}

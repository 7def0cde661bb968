//! The patch posterior straight from its definition: one loop inside another, all in f64. Slow, and plain enough to be
//! believed; the fast one is held against it. Also the pictures that both are tried on.

#![allow(dead_code)] // each test file uses its own part

use morphogen::denoiser::ImageShape;
use morphogen::schedule::Time;
use morphogen::theory::{Answer, Boundary, Choices, Output, Patches, Sight, Window};

/// What the definition gives for one picture.
pub struct Direct {
    /// x̂₀, `[C, H, W]`.
    pub mean: Vec<f64>,
    /// Best image and place of each pixel, with its weight.
    pub best: Vec<(usize, usize, f64)>,
    /// exp of the entropy.
    pub patches: Vec<f64>,
}

/// λ along one axis: every pixel of one box beside every pixel of the other, 1 in the middle.
fn profile(sight: Sight) -> Vec<f64> {
    let mut profile = vec![0.0; sight.window];
    for i in 0..sight.window + 1 - sight.soft {
        for j in 0..sight.soft {
            profile[i + j] += 1.0 / sight.soft as f64;
        }
    }
    profile
}

/// The patch posterior of `x` over `images` with the window `sight`.
pub fn direct(
    choices: Choices,
    sight: impl Into<Sight>,
    images: &[f32],
    x: &[f32],
    shape: ImageShape,
    time: Time,
) -> Direct {
    let sight = sight.into();
    let k = sight.window;
    let ImageShape { channels, height, width } = shape;
    let (h, w) = (height as i64, width as i64);
    let half = (k / 2) as i64;
    let at = |image: &[f32], c: usize, r: i64, j: i64| -> f64 {
        let (r, j) = match choices.boundary {
            Boundary::Circular => (r.rem_euclid(h), j.rem_euclid(w)),
            Boundary::Zeros if (0..h).contains(&r) && (0..w).contains(&j) => (r, j),
            Boundary::Zeros => return 0.0,
        };
        f64::from(image[(c * height + r as usize) * width + j as usize])
    };
    let alike = |rows: std::ops::Range<i64>, columns: std::ops::Range<i64>| -> Vec<(i64, i64, f64)> {
        rows.flat_map(|u| columns.clone().map(move |v| (u, v, 1.0))).collect()
    };
    // Where a window looks, and how strongly.
    let offsets = match (choices.window, choices.boundary) {
        (Window::Local, _) => {
            let profile = profile(sight);
            let weight = |u: i64, v: i64| profile[(u + half) as usize] * profile[(v + half) as usize];
            alike(-half..half + 1, -half..half + 1).into_iter().map(|(u, v, _)| (u, v, weight(u, v))).collect()
        }
        (_, Boundary::Circular) => alike(0..h, 0..w),
        (_, Boundary::Zeros) => alike(-h..h + 1, -w..w + 1),
    };
    let border = |i: i64, n: i64| if i < half || i >= n - half { i } else { -1 };
    let inside = |i: i64, n: i64| i >= half && i < n - half;
    let may = |q: (i64, i64), p: (i64, i64)| match choices.answer {
        Answer::SamePlace => q == p,
        Answer::SameBorder => border(q.0, h) == border(p.0, h) && border(q.1, w) == border(p.1, w),
        Answer::AnyPlace => {
            let ring = choices.boundary == Boundary::Circular && choices.window == Window::Local;
            !(ring && choices.patches == Patches::Inside) || (inside(p.0, h) && inside(p.1, w))
        }
    };
    let places: Vec<(i64, i64)> = (0..h).flat_map(|r| (0..w).map(move |j| (r, j))).collect();
    let mut out = Direct { mean: vec![0.0; shape.len()], best: vec![], patches: vec![] };
    // Where a window has its say, how strongly, and how much is said at each pixel.
    let said: &[(i64, i64, f64)] = match (choices.window, choices.output) {
        (Window::Local, Output::Covered) => &offsets,
        _ => &[(0, 0, 1.0)],
    };
    let pixel = |r: i64, j: i64| match choices.boundary {
        Boundary::Circular => Some((r.rem_euclid(h) * w + j.rem_euclid(w)) as usize),
        Boundary::Zeros => ((0..h).contains(&r) && (0..w).contains(&j)).then_some((r * w + j) as usize),
    };
    let mut voices = vec![0.0; height * width];
    for &q in &places {
        let mut terms = vec![];
        for (n, y) in images.chunks_exact(shape.len()).enumerate() {
            for (place, &p) in places.iter().enumerate().filter(|(_, p)| may(q, **p)) {
                let mut d = 0.0;
                for &(u, v, weight) in &offsets {
                    for c in 0..channels {
                        let e = at(x, c, q.0 + u, q.1 + v) - time.a * at(y, c, p.0 + u, p.1 + v);
                        d += weight * e * e;
                    }
                }
                terms.push((-d / (2.0 * time.s * time.s), n, place));
            }
        }
        let max = terms.iter().fold(f64::NEG_INFINITY, |m, t| m.max(t.0));
        let total: f64 = terms.iter().map(|t| (t.0 - max).exp()).sum();
        let (mut entropy, mut best) = (0.0, (0, 0, 0.0));
        for (z, n, place) in terms {
            let weight = (z - max).exp() / total;
            if weight > 0.0 {
                entropy -= weight * weight.ln();
            }
            if weight > best.2 {
                best = (n, place, weight);
            }
            let y = &images[n * shape.len()..][..shape.len()];
            let p = places[place];
            for &(u, v, loud) in said {
                let Some(to) = pixel(q.0 + u, q.1 + v) else { continue };
                for c in 0..channels {
                    out.mean[c * height * width + to] += loud * weight * at(y, c, p.0 + u, p.1 + v);
                }
            }
        }
        for &(u, v, loud) in said {
            if let Some(to) = pixel(q.0 + u, q.1 + v) {
                voices[to] += loud;
            }
        }
        out.best.push(best);
        out.patches.push(entropy.exp());
    }
    for (n, mean) in out.mean.iter_mut().enumerate() {
        *mean /= voices[n % (height * width)];
    }
    out
}

/// Numbers that look random and are the same everywhere (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    /// Pictures with black ground, soft blobs and a little texture, `[N, C, H, W]` in `[−1, 1]`.
    pub fn pictures(&mut self, count: usize, shape: ImageShape) -> Vec<f32> {
        let mut out = vec![];
        for _ in 0..count {
            let (r, j) = (self.uniform() * shape.height as f64, self.uniform() * shape.width as f64);
            let size = 1.5 + self.uniform() * 0.4 * shape.height as f64;
            for _ in 0..shape.channels {
                let bright = 0.5 + self.uniform();
                for y in 0..shape.height {
                    for x in 0..shape.width {
                        let far = ((y as f64 - r).powi(2) + (x as f64 - j).powi(2)).sqrt() / size;
                        let v = if far > 1.2 { -1.0 } else { -1.0 + bright * (1.3 - far) + 0.1 * self.normal() };
                        out.push(v.clamp(-1.0, 1.0) as f32);
                    }
                }
            }
        }
        out
    }

    /// `a·picture + s·noise`.
    pub fn noisy(&mut self, picture: &[f32], time: Time) -> Vec<f32> {
        picture.iter().map(|v| (time.a * f64::from(*v) + time.s * self.normal()) as f32).collect()
    }
}

/// The largest difference between an answer and what it should be.
pub fn furthest(a: &[f32], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max)
}

/// The same numbers in f64.
pub fn widen(v: &[f32]) -> Vec<f64> {
    v.iter().map(|v| f64::from(*v)).collect()
}

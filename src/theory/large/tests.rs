//! The fast posterior beside plain loops, and what must hold of every picture.

use super::*;
use crate::sampler::noise;
use proptest::prelude::*;
use search::Place;

const GREY: ImageShape = ImageShape { channels: 1, height: 24, width: 20 };

/// Noise in [−1, 1].
fn noisy(shape: ImageShape, seed: u64) -> Vec<f32> {
    let mut values = vec![0.0; shape.len()];
    noise::fill(seed, 0, &mut values);
    values.iter().map(|value| (0.4 * value).clamp(-1.0, 1.0)).collect()
}

/// Dots on a grid, each of another brightness: a texture with something to get wrong.
fn dots(width: usize, height: usize) -> Vec<f32> {
    let dot = |q: usize| {
        let (row, column) = (q / width, q % width);
        let far = (row % 8).abs_diff(4) + (column % 8).abs_diff(4);
        if far < 3 { 0.2 + 0.1 * ((row / 8 * 3 + column / 8) % 8) as f32 } else { -0.8 + 0.1 * far as f32 }
    };
    (0..width * height).map(dot).collect()
}

fn picture(shape: ImageShape, seed: u64) -> Picture {
    Picture::from_planes(&noisy(shape, seed), shape)
}

/// The mean of all windows' answers, straight from the definition, in f64. `sources` gives what a window asks.
fn plain(question: &Question, drawn: (usize, usize), sources: impl Fn(usize, usize) -> Vec<Place>) -> Vec<[f64; 3]> {
    let k = question.window;
    let at = |picture: &Picture, row: usize, column: usize, c: usize| {
        f64::from(picture.pixels[row * picture.width + column][c])
    };
    let inside = |row: usize, column: usize| (0..k * k).map(move |n| (row + n / k, column + n % k));
    let middle = |n: usize| {
        let far = (n as f64 - (k as f64 - 1.0) / 2.0) / (0.3 * k as f64);
        (-0.5 * far * far).exp()
    };
    let mut sums = vec![[0.0; 4]; drawn.0 * drawn.1];
    for (row, column) in (0..question.windows().1).flat_map(|r| (0..question.windows().0).map(move |c| (r, c))) {
        let asked = sources(row, column);
        let distance = |place: &Place| -> f64 {
            let pairs = inside(row, column).zip(inside(place.row(), place.column()));
            pairs
                .flat_map(|((r, c), (pr, pc))| {
                    (0..3).map(move |n| (at(question.x, r, c, n) - at(question.keys, pr, pc, n)).powi(2))
                })
                .sum()
        };
        let distances: Vec<f64> = asked.iter().map(distance).collect();
        let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
        let weights: Vec<f64> =
            distances.iter().map(|d| (-(d - least) / (2.0 * f64::from(question.noise).powi(2))).exp()).collect();
        let all: f64 = weights.iter().sum();
        for (n, (r, c)) in inside(row, column).enumerate() {
            let pixel = &mut sums[r % drawn.1 * drawn.0 + c % drawn.0];
            let g = middle(n / k) * middle(n % k);
            for (place, weight) in asked.iter().zip(&weights) {
                for (channel, sum) in pixel[..3].iter_mut().enumerate() {
                    let (pr, pc) = (place.row() + n / k, place.column() + n % k);
                    *sum += g * weight / all * at(question.values, pr, pc, channel);
                }
            }
            pixel[3] += g;
        }
    }
    sums.iter().map(|sum| [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]]).collect()
}

/// The same of the fast way, in bands of some rows.
fn fast(question: &Question, drawn: (usize, usize), band: usize) -> (Vec<[f64; 3]>, Matches) {
    let (size, window) = (question.windows(), question.window);
    let mut way = UnderWay {
        x: question.x.clone(),
        keys: question.keys.clone(),
        noise: question.noise,
        rows: size.1,
        answered: 0,
        sums: Picture { width: drawn.0, height: drawn.1, pixels: vec![[0.0; 4]; drawn.0 * drawn.1] },
        found: Matches { window, size, best: Vec::new() },
    };
    for row in (0..size.1).step_by(band) {
        way.take(row, question.answer(row..(row + band).min(size.1)));
    }
    let mean = |sum: &picture::Pixel| std::array::from_fn(|c| f64::from(sum[c] / sum[3]));
    (way.sums.pixels.iter().map(mean).collect(), way.found)
}

fn assert_alike(fast: &[[f64; 3]], plain: &[[f64; 3]]) {
    let off = fast.iter().flatten().zip(plain.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(off < 3e-3, "off by {off}");
}

#[test]
fn all_sources_answer_as_plain_loops_do() {
    for (channels, window, noise, wrap) in
        [(1, 3, 0.6, false), (3, 3, 0.2, true), (3, 4, 0.9, false), (1, 7, 0.05, true), (3, 8, 0.4, false)]
    {
        let keys = picture(ImageShape { channels, height: 9, width: 12 }, 1);
        let values = picture(ImageShape { channels, height: 9, width: 12 }, 2);
        let small = picture(ImageShape { channels, height: 10, width: 8 }, 3);
        let x = if wrap { small.around(window - 1) } else { small.clone() };
        let sources = All::new((13 - window, 10 - window));
        let question =
            Question { x: &x, keys: &keys, values: &values, window, noise, sources: Sources::All(sources.clone()) };
        let expected = plain(&question, small.size(), |_, _| sources.clone().collect());
        for band in [1, 4, 100] {
            assert_alike(&fast(&question, small.size(), band).0, &expected);
        }
    }
}

#[test]
fn near_sources_answer_as_plain_loops_do() {
    let shape = ImageShape { channels: 3, height: 14, width: 17 };
    let (keys, values) = (picture(shape, 1), picture(shape, 2));
    for (wrap, window) in [(false, 5), (true, 4)] {
        let small = picture(ImageShape { channels: 3, height: 13, width: 11 }, 3);
        let x = if wrap { small.around(window - 1) } else { small.clone() };
        let windows = (18 - window, 15 - window);
        let all = Sources::All(All::new(windows));
        let (_, found) =
            fast(&Question { x: &x, keys: &keys, values: &values, window, noise: 0.5, sources: all }, small.size(), 4);
        let ways = [Way::Same { dice: 9 }, Way::Coarser { drawn: (1.0, 1.0), source: (1.0, 1.0) }];
        for way in ways {
            let search = || Search { found: &found, sources: windows, window, wrap, way };
            let sources = Sources::Near(search());
            let question = Question { x: &x, keys: &keys, values: &values, window, noise: 0.3, sources };
            let expected = plain(&question, small.size(), |row, column| {
                let mut near = Vec::new();
                search().near(row, column, &mut near);
                near
            });
            assert_alike(&fast(&question, small.size(), 3).0, &expected);
        }
    }
}

#[test]
fn a_finer_level_asks_where_the_coarser_one_points() {
    // The drawn picture is the source, moved: each window of the coarse level is found where it comes from.
    let shape = ImageShape { channels: 3, height: 16, width: 16 };
    let (coarse, window) = (picture(shape, 4), 5);
    let sources = Sources::All(All::new((12, 12)));
    let question = Question { x: &coarse, keys: &coarse, values: &coarse, window, noise: 0.02, sources };
    let (_, found) = fast(&question, coarse.size(), 4);
    assert!(found.best.iter().enumerate().all(|(n, best)| best[0] == Place::new(n / 12, n % 12)));
    let way = Way::Coarser { drawn: (2.0, 2.0), source: (2.0, 2.0) };
    let search = Search { found: &found, sources: (28, 28), window, wrap: false, way };
    let mut near = Vec::new();
    for (row, column) in [(0, 0), (3, 17), (27, 27), (12, 1)] {
        search.near(row, column, &mut near);
        assert!(near.contains(&Place::new(row, column)), "{row}, {column}: {near:?}");
    }
}

#[test]
fn one_colour_gives_itself() {
    for (value, variety) in [(0.3, 0.0), (-1.0, 1.0), (1.0, 0.5)] {
        let wish = Wish { width: 19, height: 11, variety, ..Wish::default() };
        let drawn = draw(&vec![value; 3 * 12 * 30], ImageShape { channels: 3, height: 12, width: 30 }, &wish, |_| true);
        assert!(drawn.unwrap().iter().all(|&found| found == value));
    }
}

/// The same picture piece by piece, and how many pieces it took.
fn in_pieces(pixels: &[f32], shape: ImageShape, wish: &Wish, bands: usize) -> (Vec<f32>, usize) {
    let mut large = Large::new(pixels, shape, wish).unwrap();
    let (mut count, mut share) = (1, large.share());
    assert_eq!(share, 0.0);
    while large.advance(bands) {
        assert!(large.share() > share && large.share() < 1.0);
        share = large.share();
        count += 1;
    }
    assert!((large.share() - 1.0).abs() < 1e-9);
    assert!(!large.advance(bands), "nothing is left");
    (large.picture().0, count)
}

#[test]
fn pieces_and_processors_make_no_difference() {
    let shape = ImageShape { channels: 1, height: 14, width: 48 };
    let (source, wish) = (dots(48, 14), Wish { width: 26, height: 18, tile: true, variety: 0.8, seed: 3 });
    let whole = draw(&source, shape, &wish, |_| true).unwrap();
    let (pieces, count) = in_pieces(&source, shape, &wish, 1);
    assert!(whole == pieces && count > 90, "{count} pieces");
    assert!(whole == in_pieces(&source, shape, &wish, 3).0);
    assert!(whole != draw(&source, shape, &Wish { seed: 4, ..wish }, |_| true).unwrap());
    #[cfg(feature = "rayon")]
    for threads in [1, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(whole == pool.install(|| draw(&source, shape, &wish, |_| true).unwrap()), "{threads} threads");
    }
}

#[test]
fn bits_are_pinned() {
    // Any change here changes what a seed draws; the browser tests pin the same picture.
    let shape = ImageShape { channels: 3, height: 30, width: 44 };
    let byte = |q: usize, c: usize| ((q % 44 * 7 + q / 44 * 13 + q / 5 % 3 * 50 + c * (q % 44)) % 256) as f32;
    let pixels: Vec<f32> = (0..3).flat_map(|c| (0..44 * 30).map(move |q| byte(q, c) / 127.5 - 1.0)).collect();
    let wish = Wish { width: 40, height: 26, tile: true, variety: 0.8, seed: 7 };
    let drawn = draw(&pixels, shape, &wish, |_| true).unwrap();
    let bytes = drawn.iter().map(|value| ((value + 1.0) * 127.5).round() as u8);
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    assert_eq!(hash, PINNED, "{hash:#010x}");
}
/// FNV-1a of its bytes `[C, H, W]`.
const PINNED: u32 = 0xaa85_2f40;

#[test]
fn a_torus_has_no_seam() {
    // Mean squared step from one row or column to the next: over the edge, and inside.
    let steps = |pixels: &[f32], (width, height): (usize, usize)| {
        let at = |row: usize, column: usize| f64::from(pixels[row % height * width + column % width]);
        let down = |row: usize| (0..width).map(|c| (at(row, c) - at(row + 1, c)).powi(2)).sum::<f64>() / width as f64;
        let across = |column: usize| {
            (0..height).map(|r| (at(r, column) - at(r, column + 1)).powi(2)).sum::<f64>() / height as f64
        };
        let inside = (0..height - 1).map(down).chain((0..width - 1).map(across)).sum::<f64>();
        (down(height - 1).max(across(width - 1)), inside / (height + width - 2) as f64)
    };
    // A ramp under the dots: laid beside itself, the source has a seam that shows.
    let shape = ImageShape { channels: 1, height: 24, width: 24 };
    let source: Vec<f32> =
        dots(24, 24).iter().enumerate().map(|(q, dot)| 0.3 * dot + (q % 24 + q / 24) as f32 / 36.0 - 0.7).collect();
    let (seam, inside) = steps(&source, (24, 24));
    assert!(seam > 4.0 * inside, "the source has a seam: {seam} beside {inside}");
    let wish = Wish { width: 24, height: 24, tile: true, variety: 1.0, seed: 2 };
    let (seam, inside) = steps(&draw(&source, shape, &wish, |_| true).unwrap(), (24, 24));
    assert!(seam < 2.0 * inside, "{seam} beside {inside}");
}

#[test]
fn variety_leads_away_from_the_source() {
    let shape = ImageShape { channels: 1, height: 24, width: 24 };
    // Four unlike quarters, so that an arrangement can be told.
    let source: Vec<f32> = (0..24 * 24)
        .map(|q| match (q / 24 < 12, q % 24 < 12) {
            (true, true) => -0.9,
            (true, false) => 0.9 - 0.2 * ((q / 4) % 2) as f32,
            (false, true) => 0.4 * ((q / 24 / 3) % 2) as f32,
            (false, false) => -0.2 - 0.3 * ((q / 2 + q / 48) % 2) as f32,
        })
        .collect();
    let off = |variety: f64| {
        let wish = Wish { width: 24, height: 24, variety, seed: 1, tile: false };
        let drawn = draw(&source, shape, &wish, |_| true).unwrap();
        drawn.iter().zip(&source).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>() / 576.0
    };
    let (same, anew) = (off(0.0), off(1.0));
    assert!(same < 0.03 && anew > 5.0 * same, "{same}, {anew}");
}

#[test]
fn what_cannot_be_drawn_from_is_refused() {
    let wish = Wish::default();
    let refused = |shape: ImageShape, pixels: usize, wish: Wish| {
        draw(&vec![0.0; pixels], shape, &wish, |_| true).expect_err("refused")
    };
    for (width, height) in [(1, 1), (1, 257), (3, 1000), (7, 8), (8, 300), (0, 0), (8193, 8193), (usize::MAX, 8)] {
        let shape = ImageShape { channels: 1, height, width };
        let error = refused(shape, 9, wish);
        assert_eq!(error, LargeError::Source { width, height });
        assert!(error.to_string().contains("8×8"), "{error}");
    }
    assert_eq!(worked_at(8, 256), Ok((8, 256)));
    assert_eq!(worked_at(4000, 3000), Ok((256, 192)));
    let shape = ImageShape { channels: 1, ..GREY };
    let pixels = |channels, found| LargeError::Pixels { expected: 480 * channels, channels, found };
    assert_eq!(refused(shape, 479, wish), pixels(1, 479));
    assert_eq!(refused(ImageShape { channels: 2, ..GREY }, 960, wish), pixels(2, 960));
    for wrong in [f32::NAN, f32::INFINITY, 1.1] {
        let mut values = vec![0.0; 480];
        values[7] = wrong;
        assert_eq!(draw(&values, shape, &wish, |_| true), Err(pixels(1, 479)));
    }
    for (width, height) in [(7, 100), (100, 513), (0, 0)] {
        let wish = Wish { width, height, ..wish };
        assert_eq!(refused(shape, 480, wish), LargeError::Size { width, height });
    }
    for variety in [-0.1, 1.1] {
        assert_eq!(refused(shape, 480, Wish { variety, ..wish }), LargeError::Variety(variety));
    }
    assert!(matches!(refused(shape, 480, Wish { variety: f64::NAN, ..wish }), LargeError::Variety(_)));
}

#[test]
fn it_stops_when_it_is_told_to() {
    let mut seen = 0;
    let wish = Wish { width: 12, height: 12, ..Wish::default() };
    let stopped = draw(&noisy(GREY, 1), GREY, &wish, |large| {
        seen += 1;
        assert_eq!(large.steps().0, seen);
        seen < 3
    });
    assert_eq!((stopped, seen), (Err(LargeError::Cancelled), 3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_picture_has_its_size_and_the_range_of_its_source(
        source in (8usize..50, 8usize..16), drawn in (8usize..16, 8usize..24),
        colour: bool, tile: bool, variety in 0.0f64..=1.0, seed: u64,
    ) {
        let shape = ImageShape { channels: if colour { 3 } else { 1 }, height: source.1, width: source.0 };
        let values = noisy(shape, seed);
        let wish = Wish { width: drawn.0, height: drawn.1, tile, variety, seed };
        let mut large = Large::new(&values, shape, &wish).unwrap();
        while large.advance(usize::MAX) {}
        let (found, size) = large.picture();
        prop_assert_eq!(size, ImageShape { channels: shape.channels, height: drawn.1, width: drawn.0 });
        prop_assert_eq!(size, large.shape());
        prop_assert_eq!(found.len(), size.len());
        for (found, values) in found.chunks(drawn.0 * drawn.1).zip(values.chunks(source.0 * source.1)) {
            let (least, most) = values.iter().fold((1.0f32, -1.0f32), |(l, m), &v| (l.min(v), m.max(v)));
            prop_assert!(found.iter().all(|value| (least..=most).contains(value)));
        }
    }
}

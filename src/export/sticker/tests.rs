use super::*;
use crate::denoiser::ImageShape;
use crate::export::rgba;
use crate::pack::manifest::Terms;
use proptest::prelude::*;

fn licence() -> Licence {
    let terms = |attribution: &str| Terms { licence: "MIT".into(), attribution: attribution.into(), url: None };
    Licence { data: terms("Somebody’s pictures, © 2026"), weights: terms("Trained for a test") }
}

/// A disc about the middle of a square picture, drawn with soft edges: how much of each pixel lies in it.
fn disc(side: usize, radius: f32) -> Vec<f32> {
    const FINE: usize = 8;
    let inside = |at: usize| {
        let (row, column) = (at / side, at % side);
        let points = (0..FINE * FINE).filter(|point| {
            let place = |whole: usize, part: usize| whole as f32 + (part as f32 + 0.5) / FINE as f32;
            let (y, x) = (place(row, point / FINE), place(column, point % FINE));
            (y - side as f32 / 2.0).hypot(x - side as f32 / 2.0) < radius
        });
        points.count() as f32 / (FINE * FINE) as f32
    };
    (0..side * side).map(inside).collect()
}

/// A figure of one colour over a ground of another, RGBA.
fn over(shares: &[f32], figure: [f32; 3], ground: [f32; 3]) -> Vec<u8> {
    let mix = |share: f32, c: usize| ((share * figure[c] + (1.0 - share) * ground[c]) * 255.0).round() as u8;
    shares.iter().flat_map(|&share| [mix(share, 0), mix(share, 1), mix(share, 2), 255]).collect()
}

/// A layer on a ground, `[H, W, 3]`.
fn laid(layer: &Layer, ground: [f32; 3]) -> Vec<f32> {
    let lay = |pixel: &[f32; 4]| [0, 1, 2].map(|c| pixel[c] + (1.0 - pixel[3]) * ground[c]);
    layer.pixels.iter().flat_map(lay).collect()
}

const RED: [f32; 3] = [0.85, 0.2, 0.1];
const WHITE: [f32; 3] = [1.0; 3];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    /// No fringe: cut out of one ground and laid on any other, the figure is as if it had been drawn there; and what comes back
    /// on the old ground is the picture itself.
    #[test]
    fn what_is_cut_out_looks_drawn_on_any_ground(
        figure in prop::array::uniform3(0.0..0.7f32),
        ground in prop::sample::select(&[WHITE, [0.0; 3], [0.1, 0.5, 0.9]][..]),
        other in prop::array::uniform3(0.0..=1.0f32),
        radius in 6.0..13.0f32,
    ) {
        let strong = (0..3).map(|c| (figure[c] - ground[c]).abs()).fold(0.0, f32::max);
        prop_assume!(strong > 0.4);
        let shares = disc(32, radius);
        let cut = Layer::cut(&over(&shares, figure, ground), 32).unwrap();
        let drawn = over(&shares, figure, other);
        for (at, found) in laid(&cut, other).iter().enumerate() {
            let expected = f32::from(drawn[at / 3 * 4 + at % 3]) / 255.0;
            prop_assert!((found - expected).abs() < 0.09, "pixel {}: {found} where {expected} was to be seen", at / 3);
        }
        let before = over(&shares, figure, ground);
        for (at, found) in laid(&cut, ground).iter().enumerate() {
            let expected = f32::from(before[at / 3 * 4 + at % 3]) / 255.0;
            prop_assert!((found - expected).abs() < 0.045, "the old ground shows another picture");
        }
    }

    /// Nothing that comes in makes it panic, and what comes out is of the size that was asked for.
    #[test]
    fn any_picture_is_cut_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        width in 0..12usize,
        side in 16..40usize,
    ) {
        let height = bytes.len() / 4 / width.max(1);
        let size = (width, height);
        for made in [Sticker::cut(&bytes, size, &licence()), Sticker::whole(&bytes, size, &licence())].into_iter().flatten() {
            prop_assert_eq!(made.frames(side).unwrap().len() % (side * side * 4), 0);
        }
    }
}

/// A ring: white inside and outside.
fn ring() -> Vec<u8> {
    let (outer, inner) = (disc(32, 13.0), disc(32, 7.0));
    let shares: Vec<f32> = outer.iter().zip(&inner).map(|(outer, inner)| outer - inner).collect();
    over(&shares, RED, WHITE)
}

#[test]
fn only_what_hangs_together_with_the_border_is_cut_away() {
    let mut frame = ring();
    let cut = Layer::cut(&frame, 32).unwrap();
    let alpha = |cut: &Layer, row: usize, column: usize| cut.pixels[row * 32 + column][3];
    assert_eq!((alpha(&cut, 0, 0), alpha(&cut, 16, 16), alpha(&cut, 16, 6)), (0.0, 1.0, 1.0));
    assert_eq!(cut.pixels[16 * 32 + 16], [1.0; 4], "the hole stays white");
    // A way in from the left, one pixel wide.
    for column in 0..16 {
        frame[4 * (16 * 32 + column)..][..3].fill(255);
    }
    let opened = Layer::cut(&frame, 32).unwrap();
    assert_eq!(alpha(&opened, 16, 16), 0.0);
    // Smudges and specks are no figure.
    let mut dusty = ring();
    dusty[4 * (2 * 32 + 2)..][..3].fill(0);
    dusty[4 * (29 * 32 + 3)..][..3].fill(225);
    assert_eq!(Layer::cut(&dusty, 32).unwrap().pixels, cut.pixels);
}

/// The bytes of a picture with what noise a network leaves, up to 4 of 255, the same every time.
fn noisy(mut frame: Vec<u8>) -> Vec<u8> {
    for (n, pixel) in frame.chunks_exact_mut(4).enumerate() {
        pixel[..3].iter_mut().for_each(|byte| *byte = byte.saturating_sub((n * 7 % 5) as u8));
    }
    frame
}

#[test]
fn a_white_figure_on_white_is_kept() {
    let shares = disc(32, 13.0);
    let inside: Vec<usize> =
        disc(32, 6.5).iter().enumerate().filter(|(_, share)| **share == 1.0).map(|(at, _)| at).collect();
    let kept = |frame: &[u8]| {
        let cut = Layer::cut(frame, 32).unwrap();
        let corners = [0, 31, 31 * 32, 32 * 32 - 1].map(|at| cut.pixels[at][3]);
        assert_eq!(corners, [0.0; 4], "the ground is cut away");
        inside.iter().filter(|&&at| cut.pixels[at][3] == 1.0).count() as f32 / inside.len() as f32
    };
    // White a little off, with a red nose: but for its rim, it is figure, though it has the colour of the ground up to noise.
    let mut pale = over(&shares, [0.968; 3], WHITE);
    for at in [15 * 32 + 15, 15 * 32 + 16, 16 * 32 + 15, 16 * 32 + 16] {
        pale[4 * at..][..3].copy_from_slice(&[200, 40, 20]);
    }
    assert_eq!(kept(&pale), 1.0);
    // And alone, without any nose.
    assert_eq!(kept(&noisy(over(&shares, [0.9; 3], WHITE))), 1.0);
    // What fills the frame up to its round corners is figure, and the white on it, too.
    let round: Vec<f32> = (0..32 * 32)
        .map(|at: usize| {
            let past = |along: usize| (3.5 - (along as f32).min(31.0 - along as f32)).max(0.0);
            (4.0 - past(at / 32).hypot(past(at % 32))).clamp(0.0, 1.0)
        })
        .collect();
    let mut button = over(&round, [0.2, 0.5, 0.8], WHITE);
    for at in (12..20).map(|row| row * 32 + 16) {
        button[4 * at..][..3].fill(255);
    }
    assert_eq!(kept(&noisy(button)), 1.0);
}

#[test]
fn pictures_without_ground_or_figure_are_refused() {
    let size = (32, 32);
    let cut = |frame: &[u8]| Sticker::cut(frame, size, &licence()).err();
    assert_eq!(cut(&[255; 32 * 32 * 4]), Some(StickerError::Uncut(Uncut::Empty)));
    let slope: Vec<u8> =
        (0..32 * 32).flat_map(|at: usize| [(at % 32 * 8) as u8, (at / 32 * 8) as u8, 99, 255]).collect();
    assert_eq!(cut(&slope), Some(StickerError::Uncut(Uncut::Full)));
    let whole = Sticker::whole(&slope, size, &licence()).unwrap();
    assert!(whole.frames(64).unwrap().chunks(4).all(|pixel| pixel[3] > 250), "whole pictures stay whole");
    assert!(matches!(cut(&[0; 100]), Some(StickerError::Export(ExportError::Pixels { .. }))));
    assert!(matches!(whole.png(15), Err(StickerError::Side { side: 15 })));
    assert!(matches!(whole.png(513), Err(StickerError::Side { side: 513 })));
    assert!(sheet(&vec![whole; 200], 512, 10).is_err(), "too large");
}

#[test]
fn frames_of_a_film_are_seen_through_one_window() {
    let (small, large) = (over(&disc(32, 4.0), RED, WHITE), over(&disc(32, 12.0), RED, WHITE));
    let film = Sticker::cut(&[small.clone(), large].concat(), (32, 32), &licence()).unwrap();
    let frames = film.frames(64).unwrap();
    let seen = |frame: &[u8]| frame.chunks_exact(4).filter(|pixel| pixel[3] > 127).count() as f32;
    let (first, second) = frames.split_at(64 * 64 * 4);
    assert!((seen(second) / seen(first) - 9.0).abs() < 0.8, "three times as wide, as they were");
    let alone = Sticker::cut(&small, (32, 32), &licence()).unwrap();
    assert!(seen(&alone.frames(64).unwrap()) > 5.0 * seen(first), "alone it fills its own");
}

/// The decoder of `png`, with the text that the file carries.
fn read(file: &[u8]) -> (u32, u32, String) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let info = reader.info();
    let text = info.utf8_text.iter().map(|text| text.get_text().unwrap()).collect();
    (info.width, info.height, text)
}

#[test]
fn files_are_small_and_name_whom_to_name() {
    // What packs worst: noise in a disc.
    let mut noisy = over(&disc(64, 31.0), RED, WHITE);
    for (at, value) in noisy.iter_mut().enumerate().filter(|(at, value)| at % 4 != 3 && **value < 230) {
        *value = (at as u32).wrapping_mul(2_654_435_761).rotate_left(11) as u8 % 200;
    }
    for frame in [ring(), noisy] {
        let side = (frame.len() as f64 / 4.0).sqrt() as usize;
        let sticker = Sticker::cut(&frame, (side, side), &licence()).unwrap();
        for side in [128, 256, 512] {
            let file = sticker.png(side).unwrap();
            assert!(file.len() <= LIMIT, "{side}: {}", file.len());
            let (width, height, text) = read(&file);
            assert_eq!((width, height), (side as u32, side as u32));
            assert!(text.contains("Somebody’s pictures") && text.contains("Trained for a test"), "{text}");
        }
        let icon = sticker.ico().unwrap();
        assert_eq!(icon[..6], [0, 0, 1, 0, 3, 0]);
        for (n, side) in ICON.into_iter().enumerate() {
            let entry = &icon[6 + 16 * n..22 + 16 * n];
            let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|byte| entry[at + byte])) as usize;
            let (length, place) = (number(8), number(12));
            let (width, height, _) = read(&icon[place..place + length]);
            assert_eq!((width, height, entry[0]), (side as u32, side as u32, side as u8));
        }
        let (width, height, _) = read(&sheet(&vec![sticker; 3], 64, 2).unwrap());
        assert_eq!((width, height), (2 * 64 + 3 * 4, 2 * 64 + 3 * 4));
    }
}

#[test]
fn a_palette_is_near_all_colours() {
    let sticker = Sticker::cut(&ring(), (32, 32), &licence()).unwrap();
    let pixels = sticker.first(128).unwrap();
    let file = indexed(&pixels, 128, 256, "nobody").unwrap();
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut found = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut found).unwrap();
    // On white and on black it shows the same.
    for ground in [0.0, 255.0] {
        let shown = |pixel: &[u8], c: usize| {
            let alpha = f32::from(pixel[3]) / 255.0;
            f32::from(pixel[c]) * alpha + ground * (1.0 - alpha)
        };
        let apart = pixels.chunks_exact(4).zip(found.chunks_exact(4));
        let sum: f32 = apart.flat_map(|(a, b)| [0, 1, 2].map(|c| (shown(a, c) - shown(b, c)).abs())).sum();
        let mean = sum / (128.0 * 128.0 * 3.0);
        assert!(mean < 2.0, "{mean} of 255");
    }
}

#[test]
fn pictures_of_networks_become_bytes() {
    let shape = ImageShape { channels: 1, height: 2, width: 2 };
    let bytes = rgba(&[-1.0, 1.0, 0.0, 2.0], shape, 1).unwrap();
    assert_eq!(bytes, [0, 0, 0, 255, 255, 255, 255, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
    assert!(rgba(&[0.0; 5], shape, 1).is_err());
}

#[test]
fn what_ends_at_the_frame_leaves_no_line_there() {
    let share = |at: usize| match (at / 32, at % 32) {
        (_, 0..8 | 24..) | (20.., _) => 0.0,
        (0, _) => 0.4,
        _ => 1.0,
    };
    let shares: Vec<f32> = (0..32 * 32).map(share).collect();
    let cut = Layer::cut(&over(&shares, RED, WHITE), 32).unwrap();
    assert!((cut.pixels[16][3] - 0.4).abs() < 0.02 && cut.pixels[32 * 10 + 16][3] == 1.0, "{:?}", cut.pixels[16]);
}

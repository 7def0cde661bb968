//! Files are opened again by the decoders of their formats; `native/tests/morph.rs` opens them with another reader.

use super::film::Film;
use super::*;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 6, width: 5 };

/// Frames of a few colours, or of many; one pixel in three is not there where `holes` says so.
fn frames(count: usize, many: bool, holes: bool) -> Vec<u8> {
    let area = SHAPE.height * SHAPE.width;
    let pixel = |n: usize| {
        let colour =
            if many { [n * 7, n * 3, n * 11].map(|value| (value % 256) as u8) } else { [(n % 5) as u8 * 50; 3] };
        [colour[0], colour[1] / 2, colour[2], if holes && n.is_multiple_of(3) { 0 } else { 255 }]
    };
    (0..count * area).flat_map(pixel).collect()
}

fn film(frames: Vec<u8>, looped: bool) -> Film {
    Film::new((SHAPE.width, SHAPE.height), frames, 20, looped, "CC-BY-4.0. © Somebody.").unwrap()
}

/// The frames of an APNG as RGBA, and how often it plays.
fn decoded(apng: &[u8]) -> (Vec<u8>, u32) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(apng));
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let animation = *reader.info().animation_control().unwrap();
    let line = &reader.info().utf8_text[0];
    assert_eq!((line.keyword.as_str(), line.get_text().unwrap().as_str()), ("Copyright", "CC-BY-4.0. © Somebody."));
    let mut all = Vec::new();
    for _ in 0..animation.num_frames {
        let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut buffer).unwrap();
        buffer.truncate(info.buffer_size());
        match info.color_type {
            png::ColorType::Rgba => all.extend(buffer),
            png::ColorType::GrayscaleAlpha => all.extend(buffer.chunks(2).flat_map(|p| [p[0], p[0], p[0], p[1]])),
            other => panic!("{other:?}"),
        }
    }
    (all, animation.num_plays)
}

#[test]
fn an_apng_keeps_every_pixel() {
    for (many, holes) in [(true, true), (true, false), (false, true), (false, false)] {
        let frames = frames(14, many, holes);
        assert_eq!(decoded(&film(frames.clone(), true).apng().unwrap()), (frames.clone(), 0), "{many} {holes}");
        assert_eq!(decoded(&film(frames.clone(), false).apng().unwrap()), (frames, 1), "{many} {holes}");
    }
    let grey: Vec<u8> = (0..2 * 30u8).flat_map(|value| [value, value, value, 255]).collect();
    assert_eq!(decoded(&film(grey.clone(), true).apng().unwrap()).0, grey);
}

#[test]
fn a_gif_keeps_few_colours_exactly_and_many_nearly() {
    for (many, holes) in [(true, true), (true, false), (false, true), (false, false)] {
        let frames = frames(14, many, holes);
        let bytes = film(frames.clone(), true).gif().unwrap();
        let line = "CC-BY-4.0. © Somebody.".as_bytes();
        assert!(bytes.windows(line.len()).any(|window| window == line));
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(&bytes[..]).unwrap();
        assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
        let mut all = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            assert_eq!(frame.delay, 5);
            all.extend_from_slice(&frame.buffer);
        }
        assert_eq!(all.len(), frames.len());
        let mut off = 0;
        for (found, expected) in all.chunks(4).zip(frames.chunks(4)) {
            assert_eq!(found[3], expected[3]);
            let there = expected[3] != 0;
            off += (0..3).map(|c| usize::from(there) * usize::from(found[c].abs_diff(expected[c]))).sum::<usize>();
        }
        assert!(off <= if many { 12 * all.len() } else { 0 }, "{many} {holes}: {off} of {}", all.len());
    }
}

/// A film whose frames have 4096 colours each, other ones each time, is off by no more than frames alone would be; a palette
/// for all of them together would have to leave out twelve of thirteen of their colours.
#[test]
fn each_frame_of_a_gif_has_colours_of_its_own() {
    const SIDE: usize = 64;
    let frame = |n: usize| {
        (0..SIDE * SIDE).flat_map(move |at| {
            let (row, column) = ((at / SIDE) as u8, (at % SIDE) as u8);
            let mut colour = [64 + row, 64 + column, 20 * n as u8];
            colour.rotate_left(n % 3);
            [colour[0], colour[1], colour[2], 255]
        })
    };
    let frames: Vec<u8> = (0..12).flat_map(frame).collect();
    let film = Film::new((SIDE, SIDE), frames.clone(), 20, true, "").unwrap();
    let bytes = film.gif().unwrap();
    assert_eq!(bytes, film.gif().unwrap(), "the same each time");
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(&bytes[..]).unwrap();
    let mut all = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        all.extend_from_slice(&frame.buffer);
    }
    let off: usize = all.iter().zip(&frames).map(|(found, expected)| usize::from(found.abs_diff(*expected))).sum();
    let mean = off as f32 / (all.len() / 4 * 3) as f32;
    // 64 × 64 colours in 255 cells of 4 × 4: in two channels a difference of 1, in the third none.
    assert!(mean < 0.8, "{mean}");
}

#[test]
fn pixels_become_the_bytes_that_a_page_shows() {
    let grey = ImageShape { channels: 1, height: 1, width: 3 };
    let bytes = rgba(&[-1.0, 0.5, 2.0], grey, 1).unwrap();
    assert_eq!(bytes, [[0, 0, 0, 255], [191, 191, 191, 255], [255, 255, 255, 255]].concat());
    let colour = ImageShape { channels: 3, height: 1, width: 1 };
    assert_eq!(rgba(&[1.0, -1.0, 0.0], colour, 2).unwrap(), [255, 0, 128, 255].repeat(4));
}

#[test]
fn what_is_no_film_is_refused() {
    let size = (SHAPE.width, SHAPE.height);
    let made = |size, frames: Vec<u8>, speed| Film::new(size, frames, speed, true, "").err();
    assert_eq!(made(size, frames(1, true, true), 50), None);
    assert_eq!(made(size, Vec::new(), 20), Some(ExportError::Frames { found: 0 }));
    assert_eq!(made(size, frames(257, false, false), 20), Some(ExportError::Frames { found: 257 }));
    assert_eq!(made(size, vec![0; 121], 20), Some(ExportError::Pixels { expected: 120, found: 121 }));
    for speed in [0, 51] {
        assert_eq!(made(size, frames(2, true, true), speed), Some(ExportError::Speed { found: speed }));
    }
    for size in [(0, 6), (2049, 1), (usize::MAX, usize::MAX)] {
        assert!(matches!(made(size, vec![0; 120], 20), Some(ExportError::Size { .. })), "{size:?}");
    }
    let shape = ImageShape { channels: 3, height: 64, width: 64 };
    assert!(matches!(rgba(&vec![0.0; shape.len()], shape, 33), Err(ExportError::Size { .. })));
    assert!(matches!(rgba(&vec![0.0; shape.len()], shape, 0), Err(ExportError::Size { .. })));
    assert!(matches!(rgba(&[0.0; 10], shape, 1), Err(ExportError::Pixels { .. })));
    assert!(matches!(rgba(&[], shape, 1), Ok(bytes) if bytes.is_empty()));
}

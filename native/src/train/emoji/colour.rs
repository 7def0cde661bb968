//! Colours by name: [`name`] says what people call an sRGB colour, [`dominant`] which one or two colours a drawing has,
//! [`is_colour`] which words are such names.
//! The borders between names were drawn by hand, by hue, lightness and strength, along the palettes of the three styles.

/// Every colour word, in the order in which equal shares are listed.
pub const COLOURS: [&str; 11] =
    ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "grey", "white"];

/// Whether a word of a caption names a colour, in either spelling of grey.
pub fn is_colour(word: &str) -> bool {
    word == "gray" || COLOURS.contains(&word)
}

/// Share of a drawing from which a second colour counts.
const SECOND: f64 = 0.25;
/// Share of a drawing from which a first colour counts.
const FIRST: f64 = 0.3;

/// The word for an sRGB colour, none for the pale skin and paper shades that have no common one.
pub fn name([red, green, blue]: [u8; 3]) -> Option<&'static str> {
    let [r, g, b] = [red, green, blue].map(|byte| f64::from(byte) / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let (strength, lightness) = (most - least, (most + least) / 2.0);
    let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    // Dark colours look black before they lose their hue.
    if strength < 0.13 || most < 0.2 {
        return Some(match luma {
            luma if luma < 0.28 => "black",
            luma if luma > 0.87 => "white",
            _ => "grey",
        });
    }
    let saturation = strength / most;
    let hue = 60.0
        * if most == r {
            ((g - b) / strength).rem_euclid(6.0)
        } else if most == g {
            (b - r) / strength + 2.0
        } else {
            (r - g) / strength + 4.0
        };
    let brownish = (8.0..50.0).contains(&hue) && (most < 0.72 || (saturation < 0.65 && most < 0.88));
    match hue {
        _ if brownish => Some("brown"),
        hue if (300.0..340.0).contains(&hue) => Some("pink"),
        hue if !(18.0..340.0).contains(&hue) => Some(if lightness > 0.62 { "pink" } else { "red" }),
        hue if hue < 60.0 && saturation < 0.32 => None,
        hue if hue < 36.5 => Some("orange"),
        hue if hue < 68.0 => Some("yellow"),
        hue if hue < 168.0 => Some("green"),
        hue if hue < 248.0 => Some("blue"),
        _ => Some("purple"),
    }
}

/// The one or two colours that cover most of `pixels` (sRGB, the background left out), the larger first; none where
/// nothing stands out.
pub fn dominant(pixels: impl Iterator<Item = [u8; 3]>) -> Vec<&'static str> {
    let (mut counts, mut all) = ([0usize; COLOURS.len()], 0usize);
    for pixel in pixels {
        all += 1;
        let index = name(pixel).and_then(|name| COLOURS.iter().position(|&colour| colour == name));
        if let Some(index) = index {
            counts[index] += 1;
        }
    }
    let mut order: Vec<usize> = (0..COLOURS.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(counts[index]));
    let share = |index: usize| counts[index] as f64 / all.max(1) as f64;
    let chosen = order.into_iter().take(2).zip([FIRST, SECOND]);
    chosen.take_while(|&(index, least)| share(index) >= least).map(|(index, _)| COLOURS[index]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_called_as_people_call_them() {
        let cases = [
            (0xdd2e44, "red"),
            (0xf92f60, "red"),
            (0xa0041e, "red"),
            (0xf4900c, "orange"),
            (0xff822d, "orange"),
            (0xffcc4d, "yellow"),
            (0xffb02e, "yellow"),
            (0xfdd835, "yellow"),
            (0x78b159, "green"),
            (0x3e721d, "green"),
            (0x5dadec, "blue"),
            (0x226699, "blue"),
            (0xaa8ed6, "purple"),
            (0x8d65c5, "purple"),
            (0xf4abba, "pink"),
            (0xe91e9c, "pink"),
            (0x662113, "brown"),
            (0xc1694f, "brown"),
            (0x292f33, "black"),
            (0x99aab5, "grey"),
            (0xf5f8fa, "white"),
        ];
        for (colour, expected) in cases {
            let [_, r, g, b] = u32::to_be_bytes(colour);
            assert_eq!(name([r, g, b]), Some(expected), "{colour:06x}");
        }
    }

    #[test]
    fn small_parts_name_no_colour() {
        let (yellow, brown, white) = ([255, 204, 77], [102, 33, 19], [255; 3]);
        let paint = |counts: [usize; 3]| {
            let all = [yellow, brown, white].into_iter().zip(counts);
            dominant(all.flat_map(|(colour, count)| std::iter::repeat_n(colour, count)))
        };
        assert_eq!(paint([90, 10, 0]), ["yellow"]);
        assert_eq!(paint([30, 0, 70]), ["white", "yellow"]);
        assert_eq!(paint([40, 30, 30]), ["yellow", "brown"]);
        assert_eq!(paint([0, 0, 0]), [""; 0]);
    }
}

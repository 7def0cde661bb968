//! Which drawings are also shown in other hues, and what their colours are then called: [`variants`] decides by the
//! pixels and the caption alone. So a network sees "blue apple" without being shown one, and learns colours as such.

use super::colour::{self, dominant};
use crate::train::captions::{Caption, Hue};
use crate::train::hue::turn;
use std::collections::BTreeSet;

/// How far a drawing may be turned, in degrees of hue.
pub const TURNS: [u16; 5] = [60, 120, 180, 240, 300];
/// Kind of drawing that means something else in other colours.
const FIXED: &str = "flags";
/// Channels above this, all three of them, are background or as good as it.
const PAPER: u8 = 246;
/// Fewest solid pixels of a drawing, out of [`OF`]: of less one hardly sees the colour.
const SOLID: usize = 200;
/// The pixels that [`SOLID`] is counted by, those of a drawing of 64 × 64.
const OF: usize = 64 * 64;
/// Difference between a pixel's largest and smallest channel from which it is colourful.
const COLOURFUL: u8 = 50;
/// Least share of colourful pixels among the solid ones.
const SHARE: f64 = 0.3;

/// The hues that a drawing (`[3, S, S]`, sRGB, on white) may be turned by, with the colours that it has then, the larger
/// first. None for flags, for drawings with little colour, and where the label says nothing but colours. A turn is
/// left out where no colour stands out, where `words` lacks its name, or where it would complete one of the held-out
/// `pairs` (in order of the alphabet) with another word of the caption.
pub fn variants(rgb: &[u8], caption: &Caption, pairs: &BTreeSet<[String; 2]>, words: &BTreeSet<&str>) -> Vec<Hue> {
    let plane = rgb.len() / 3;
    let pixel = |place: usize| [0, 1, 2].map(|channel| rgb[channel * plane + place]);
    let solid: Vec<[u8; 3]> = (0..plane).map(pixel).filter(|rgb| rgb.iter().any(|&value| value <= PAPER)).collect();
    let spread = |rgb: &[u8; 3]| rgb.iter().max().zip(rgb.iter().min()).map_or(0, |(most, least)| most - least);
    let colourful = solid.iter().filter(|rgb| spread(rgb) > COLOURFUL).count();
    let named = caption.words.iter().any(|word| !colour::is_colour(word));
    let small = solid.len() * OF < SOLID * plane;
    if caption.group == FIXED || !named || small || (colourful as f64 / solid.len() as f64) < SHARE {
        return Vec::new();
    }
    let joins = |colour: &str| {
        let completes = |pair: &[String; 2]| match pair {
            [one, other] if one == colour => says(caption, other),
            [one, other] if other == colour => says(caption, one),
            _ => false,
        };
        pairs.iter().any(completes)
    };
    let shown = |&degrees: &u16| {
        let mut colours = dominant(solid.iter().map(|&rgb| turn(rgb, f32::from(degrees))));
        colours.retain(|colour| words.contains(colour) && !joins(colour));
        let colours: Vec<String> = colours.into_iter().map(String::from).collect();
        (!colours.is_empty()).then_some(Hue { degrees, colours })
    };
    TURNS.iter().filter_map(shown).collect()
}

/// Whether a turned picture may still be asked for by `word`: label and tags, without colours.
fn says(caption: &Caption, word: &String) -> bool {
    !colour::is_colour(word) && (caption.words.contains(word) || caption.tags.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::captions::CaptionSplit;

    const SIDE: usize = 16;

    fn caption(words: &[&str], group: &str) -> Caption {
        let own = |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
        Caption {
            code: "1f34e".into(),
            style: 0,
            label: words.join(" "),
            words: own(words),
            tags: own(&["fruit", "green"]),
            colours: own(&["red"]),
            group: group.into(),
            subgroup: "food-fruit".into(),
            main: words.last().unwrap().to_string(),
            split: CaptionSplit::Train,
            pair: None,
            hues: Vec::new(),
        }
    }

    /// The first `count` pixels of one colour, the rest white.
    fn patch(colour: [u8; 3], count: usize) -> Vec<u8> {
        let value = |channel: usize, place: usize| if place < count { colour[channel] } else { 255 };
        (0..3).flat_map(|channel| (0..SIDE * SIDE).map(move |place| value(channel, place))).collect()
    }

    fn shown(rgb: &[u8], caption: &Caption, pairs: &[[&str; 2]]) -> Vec<(u16, String)> {
        let pairs = pairs.iter().map(|pair| pair.map(String::from)).collect();
        let words = BTreeSet::from(["red", "yellow", "green", "blue", "pink", "apple", "fruit"]);
        variants(rgb, caption, &pairs, &words).into_iter().map(|hue| (hue.degrees, hue.colours.join(" "))).collect()
    }

    #[test]
    fn a_red_apple_is_shown_in_every_colour_that_has_a_name() {
        let (apple, red) = (caption(&["red", "apple"], "food-drink"), patch([221, 46, 46], 100));
        let all = |list: &[(u16, &str)]| list.iter().map(|&(turn, name)| (turn, name.to_string())).collect::<Vec<_>>();
        // Cyan is called blue.
        let names = [(60, "yellow"), (120, "green"), (180, "blue"), (240, "blue"), (300, "pink")];
        assert_eq!(shown(&red, &apple, &[]), all(&names));
        let pairs = [["apple", "blue"], ["fruit", "yellow"], ["green", "pink"], ["cat", "green"]];
        let left = [(120, "green"), (300, "pink")];
        assert_eq!(shown(&red, &apple, &pairs), all(&left), "held-out pairs stay apart; old colours are dropped");
        // Turned by 240°, this orange is purple, a word that is not known here.
        let orange = shown(&patch([244, 144, 12], 100), &apple, &[]);
        assert!(!orange.is_empty() && orange.iter().all(|(turn, _)| *turn != 240), "{orange:?}");
    }

    #[test]
    fn flags_greys_small_and_nameless_drawings_are_not_turned() {
        let (apple, red) = (caption(&["red", "apple"], "food-drink"), [221, 46, 46]);
        assert!(shown(&patch(red, 100), &caption(&["red", "apple"], "flags"), &[]).is_empty());
        assert!(shown(&patch(red, 100), &caption(&["red", "green"], "symbols"), &[]).is_empty());
        assert!(shown(&patch([120, 130, 140], 100), &apple, &[]).is_empty());
        // 200 of 4,096 pixels are 12.5 of these 256.
        assert!(shown(&patch(red, 12), &apple, &[]).is_empty());
        assert_eq!(shown(&patch(red, 13), &apple, &[]).len(), 5);
        assert!(shown(&patch([255; 3], 0), &apple, &[]).is_empty());
    }
}

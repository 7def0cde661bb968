//! Turning pictures in hue, so that a network sees things in colours that no drawing of them has: [`turn`] turns one
//! sRGB colour, [`turn_planes`] a whole picture. Hue, saturation and value are those of HSV (Smith, “Color gamut
//! transform pairs”, 1978): a sixth of the circle leads from red to yellow, from yellow to green, and so on.

/// Turns an sRGB colour by `degrees` of hue; value and saturation stay, to within rounding to bytes. Greys stay as they
/// are, and so does every colour at a whole turn.
pub fn turn(rgb: [u8; 3], degrees: f32) -> [u8; 3] {
    let [r, g, b] = rgb.map(|byte| f32::from(byte) / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let strength = most - least;
    // A grey has no hue, but must not divide by zero.
    let divisor = strength.max(1e-6);
    // In sixths of the circle.
    let hue = if most == r {
        ((g - b) / divisor).rem_euclid(6.0)
    } else if most == g {
        (b - r) / divisor + 2.0
    } else {
        (r - g) / divisor + 4.0
    };
    let turned = (hue + degrees / 60.0).rem_euclid(6.0);
    // Each channel falls off from `most` as the hue leaves its third of the circle.
    [5.0, 3.0, 1.0].map(|third| {
        let place = (third + turned).rem_euclid(6.0);
        let fall = place.min(4.0 - place).clamp(0.0, 1.0);
        ((most - strength * fall) * 255.0).round_ties_even() as u8
    })
}

/// Turns a picture of three planes, `[3, H, W]`, by `degrees` of hue. Values beyond the third plane's end are dropped.
pub fn turn_planes(picture: &[u8], degrees: f32) -> Vec<u8> {
    let plane = picture.len() / 3;
    let mut turned = vec![0; 3 * plane];
    for pixel in 0..plane {
        let rgb = turn([0, 1, 2].map(|channel| picture[channel * plane + pixel]), degrees);
        for (channel, value) in rgb.into_iter().enumerate() {
            turned[channel * plane + pixel] = value;
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sixth_leads_from_one_pure_colour_to_the_next() {
        let circle = [[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]];
        for (from, start) in circle.into_iter().enumerate() {
            for sixths in 0..=6 {
                let degrees = 60.0 * sixths as f32;
                assert_eq!(turn(start, degrees), circle[(from + sixths) % 6], "{start:?} by {degrees}");
            }
        }
        assert_eq!(turn([200, 100, 100], 120.0), [100, 200, 100], "pale stays pale");
    }

    #[test]
    fn a_picture_is_turned_pixel_by_pixel() {
        let (red, grey) = ([221, 46, 68], [90; 3]);
        let planes: Vec<u8> = (0..3).flat_map(|channel| [red[channel], grey[channel]]).collect();
        let turned = turn_planes(&planes, 240.0);
        for (pixel, colour) in [red, grey].into_iter().enumerate() {
            assert_eq!([turned[pixel], turned[2 + pixel], turned[4 + pixel]], turn(colour, 240.0));
        }
    }

    proptest! {
        #[test]
        fn a_whole_turn_changes_nothing(rgb: [u8; 3]) {
            prop_assert_eq!(turn(rgb, 0.0), rgb);
            prop_assert_eq!(turn(rgb, 360.0), rgb);
            prop_assert_eq!(turn(rgb, -720.0), rgb);
        }

        #[test]
        fn greys_have_no_hue_to_turn(grey: u8, degrees in 0f32..360.0) {
            prop_assert_eq!(turn([grey; 3], degrees), [grey; 3]);
        }

        // The largest channel is the value, the largest less the smallest is saturation times value.
        #[test]
        fn value_and_saturation_are_kept(rgb: [u8; 3], degrees in 0f32..360.0) {
            let ends = |rgb: [u8; 3]| (rgb.into_iter().max(), rgb.into_iter().min());
            prop_assert_eq!(ends(turn(rgb, degrees)), ends(rgb));
        }
    }
}

//! Attention on both engines against its twin, over sizes that divide nothing.

use super::Attention;
use crate::denoiser::ImageShape;
use crate::ops::testing::{compare, gpu, layers};
use crate::ops::{Conv, Padding};

#[test]
fn heads_and_tokens() {
    let gpu = gpu();
    for (channels, height, width, heads) in [(4, 3, 3, 1), (6, 7, 7, 2), (12, 4, 5, 4), (130, 2, 3, 1), (8, 16, 16, 2)]
    {
        let shape = ImageShape { channels, height, width };
        let list =
            vec![Conv::new((0, channels), 3 * channels, 1).into(), Attention { input: 1, channels, heads }.into()];
        let layers = layers(list, 0, Padding::Zeros);
        compare(gpu.as_ref(), &layers, shape, 2, &format!("{shape:?}, {heads} heads"));
    }
}

//! Group normalisation behind a convolution on both engines against its twin.

use super::Norm;
use crate::denoiser::ImageShape;
use crate::ops::testing::{compare, gpu, layers};
use crate::ops::{Activation, Conv, Finish, Padding};

#[test]
fn groups_and_what_follows() {
    let gpu = gpu();
    for (channels, height, width, groups) in [(4, 5, 7, 2), (6, 3, 3, 6), (9, 14, 14, 3), (10, 2, 1, 1)] {
        let shape = ImageShape { channels, height, width };
        let bare = Finish::default();
        let full = Finish { shift: Some(1), activation: Activation::Relu, residual: Some(0), ..Finish::default() };
        let scaled = Finish { scale: Some(channels + 2), ..full.clone() };
        for (finish, what) in [(bare, "bare"), (full, "full"), (scaled, "scaled")] {
            let list =
                vec![Conv::new((0, channels), channels, 3).into(), Norm { input: 1, channels, groups, finish }.into()];
            let layers = layers(list, 2 * channels + 2, Padding::Zeros);
            compare(gpu.as_ref(), &layers, shape, 3, &format!("{what}, {shape:?}, {groups} groups"));
        }
    }
}

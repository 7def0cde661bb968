//! Group normalisation behind a convolution on both engines against its twin. Groups of whole blocks of four channels share the
//! convolution's dispatch.

use super::Norm;
use crate::denoiser::ImageShape;
use crate::ops::testing::{compare, gpu, layers};
use crate::ops::{Activation, Conv, Finish, Padding, Resample};

#[test]
fn groups_and_what_follows() {
    let gpu = gpu();
    let apart = [(4, 5, 7, 2), (6, 3, 3, 6), (9, 14, 14, 3), (10, 2, 1, 1)];
    let joined = [(4, 5, 7, 1), (8, 14, 14, 2), (24, 9, 3, 2), (4, 28, 28, 1), (8, 28, 28, 1)];
    for (channels, height, width, groups) in apart.into_iter().chain(joined) {
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

#[test]
fn behind_every_kind_of_convolution() {
    let gpu = gpu();
    for padding in [Padding::Zeros, Padding::Circular] {
        for (channels, height, width, kernel) in [(4, 10, 6, 3), (8, 4, 12, 5), (4, 28, 28, 1)] {
            let shape = ImageShape { channels, height, width };
            let norm = |input, channels, finish| Norm { input, channels, groups: 2, finish };
            let ending =
                |residual| Finish { activation: Activation::Relu, shift: Some(1), residual, ..Finish::default() };
            let list = vec![
                Conv { resample: Resample::Halve, ..Conv::new((0, channels), 8, kernel) }.into(),
                norm(1, 8, ending(None)).into(),
                Conv::new((2, 8), 8, kernel).into(),
                norm(3, 8, ending(Some(2))).into(),
                Conv {
                    resample: Resample::Double,
                    skip: Some(0),
                    skip_channels: channels,
                    ..Conv::new((4, 8), 8, kernel)
                }
                .into(),
                norm(5, 8, ending(None)).into(),
                Conv::new((6, 8), channels, kernel).into(),
            ];
            let what = format!("{shape:?}, kernel {kernel}, {padding:?}");
            compare(gpu.as_ref(), &layers(list, 9, padding), shape, 3, &what);
        }
    }
}

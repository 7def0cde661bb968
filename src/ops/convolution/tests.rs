//! Convolutions on both engines against their twin, over sizes that divide nothing.

use super::{Conv, Padding, Resample};
use crate::denoiser::ImageShape;
use crate::ops::testing::{compare, gpu, layers};
use crate::ops::{Activation, Finish};

#[test]
fn kernels_borders_and_what_follows() {
    let gpu = gpu();
    for padding in [Padding::Zeros, Padding::Circular] {
        for (channels, height, width, kernel, pictures) in
            [(1, 5, 9, 3, 1), (3, 7, 7, 3, 2), (6, 8, 3, 1, 3), (5, 14, 11, 5, 1), (9, 6, 28, 7, 1), (4, 13, 4, 3, 5)]
        {
            let shape = ImageShape { channels, height, width };
            let plain = Conv::new((0, channels), channels, kernel);
            let alone = layers(vec![plain.clone().into()], 0, padding);
            compare(gpu.as_ref(), &alone, shape, pictures, &format!("plain, {shape:?}, kernel {kernel}, {padding:?}"));
            let finish =
                Finish { shift: Some(2), activation: Activation::Relu, residual: Some(0), ..Finish::default() };
            let scaled = Finish { scale: Some(channels + 3), ..finish.clone() };
            for (finish, what) in [(finish, "fused"), (scaled, "scaled")] {
                let fused = layers(vec![Conv { finish, ..plain.clone() }.into()], 2 * channels + 5, padding);
                let what = format!("{what}, {shape:?}, kernel {kernel}, {padding:?}");
                compare(gpu.as_ref(), &fused, shape, pictures, &what);
            }
        }
    }
}

#[test]
fn halving_doubling_and_joining() {
    let gpu = gpu();
    for padding in [Padding::Zeros, Padding::Circular] {
        for (channels, height, width, hidden, kernel) in
            [(1, 4, 6, 5, 3), (3, 10, 12, 7, 3), (2, 28, 28, 12, 5), (5, 6, 2, 3, 1), (3, 6, 6, 70, 3)]
        {
            let shape = ImageShape { channels, height, width };
            let ending = |shift: Option<usize>, activation: Activation, residual: Option<usize>| Finish {
                shift,
                activation,
                residual,
                ..Finish::default()
            };
            let list = vec![
                Conv {
                    resample: Resample::Halve,
                    finish: ending(None, Activation::Relu, None),
                    ..Conv::new((0, channels), hidden, kernel)
                },
                Conv { finish: ending(Some(0), Activation::None, Some(1)), ..Conv::new((1, hidden), hidden, kernel) },
                Conv {
                    resample: Resample::Double,
                    skip: Some(0),
                    skip_channels: channels,
                    finish: ending(None, Activation::None, Some(0)),
                    ..Conv::new((2, hidden), channels, kernel)
                },
            ];
            let what = format!("{shape:?}, hidden {hidden}, kernel {kernel}, {padding:?}");
            let list = list.into_iter().map(Conv::into).collect();
            compare(gpu.as_ref(), &layers(list, hidden, padding), shape, 2, &what);
        }
    }
}

/// A last convolution of few channels is computed in the solver's stage.
#[test]
fn the_last_of_few_channels() {
    let gpu = gpu();
    for padding in [Padding::Zeros, Padding::Circular] {
        for (channels, height, width, kernel) in [(1, 5, 9, 3), (3, 7, 4, 5), (4, 3, 8, 1), (5, 6, 6, 3)] {
            let shape = ImageShape { channels, height, width };
            let list = vec![Conv::new((0, channels), 7, 3).into(), Conv::new((1, 7), channels, kernel).into()];
            compare(gpu.as_ref(), &layers(list, 0, padding), shape, 3, &format!("{shape:?}, {kernel}, {padding:?}"));
        }
    }
}

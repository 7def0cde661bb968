//! Activations. A new one is a line in [`Activation`], its two formulas here, and its line in `finish.wgsl`.

use crate::json::names;
use crate::simd::Simd;
use serde::Serialize;

/// What a value passes behind the sums; every one keeps zero, so that what fills channels up to whole vectors stays zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// Nothing: `y`. The numbers are those of `finish.wgsl`.
    #[default]
    None = 0,
    /// `max(y, 0)`.
    Relu = 1,
}

names!(Activation { "none" => None, "relu" => Relu });

impl Activation {
    /// One value.
    pub fn of(self, value: f32) -> f32 {
        match self {
            Activation::None => value,
            Activation::Relu => value.max(0.0),
        }
    }

    /// One vector.
    #[inline(always)]
    pub fn vector<S: Simd>(self, s: S, values: S::V) -> S::V {
        match self {
            Activation::None => values,
            Activation::Relu => s.max(values, s.splat(0.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{BASELINE, Baseline};
    use bytemuck::Zeroable;

    #[test]
    fn vectors_pass_as_single_values_do_and_zero_stays_zero() {
        for activation in [Activation::None, Activation::Relu] {
            assert_eq!(activation.of(0.0), 0.0, "{activation:?}");
            for value in [-90.0f32, -3.0, -0.5, 0.0, 0.25, 2.0, 90.0] {
                let mut lane = <Baseline as Simd>::Lane::zeroed();
                BASELINE.store(activation.vector(BASELINE, BASELINE.splat(value)), &mut lane);
                let (expected, found) = (activation.of(value), bytemuck::cast_slice::<_, f32>(&[lane])[0]);
                let off = (expected - found).abs();
                assert!(off <= 1e-5 * expected.abs(), "{activation:?} of {value}: {found}, not {expected}");
            }
        }
    }
}

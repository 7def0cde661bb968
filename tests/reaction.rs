//! Turing's cells against what is known of them: which ripple grows first, and how the wavelength follows diffusion.
#![cfg(not(target_arch = "wasm32"))]

use morphogen::reaction::{Dispersion, Reaction, Start, System, wavelength};

const MAZE: System = System::GrayScott { feed: 0.037, kill: 0.06 };
const STRIPES: System = System::GiererMeinhardt { saturation: 0.2 };

/// The wavelength of what has grown from noise after some time.
fn grown(system: System, scale: f32, side: usize, time: f32) -> f64 {
    let mut reaction = Reaction::new(system, side, side, scale).unwrap();
    reaction.start(Start::Noise, 3);
    reaction.advance((time / system.step(scale)) as usize);
    wavelength(reaction.pattern(), side).unwrap()
}

#[test]
fn wavelength_grows_with_the_square_root_of_the_diffusion_scale() {
    for (system, time) in [(MAZE, 4000.0), (STRIPES, 5000.0)] {
        let [small, large] = [0.5, 2.0].map(|scale| grown(system, scale, 128, time));
        let ratio = large / small;
        assert!((ratio / 2.0 - 1.0).abs() < 0.06, "{system:?}: {small} and {large} cells, four times the diffusion");
    }
}

#[test]
fn what_grows_first_is_what_linear_stability_predicts() {
    for saturation in [0.05, 0.2] {
        let system = System::GiererMeinhardt { saturation };
        let dispersion = Dispersion::new(system, 1.0);
        let expected = dispersion.fastest().unwrap();
        // Long enough for the fastest ripple to outgrow the others, and too short to leave the linear range.
        let time = 3.0 / dispersion.growth(expected);
        let found = grown(system, 1.0, 128, time as f32);
        assert!((found / expected - 1.0).abs() < 0.06, "saturation {saturation}: {found}, should be {expected}");
    }
}

/// The growth itself: a ripple of one wavelength, small, on rest.
#[test]
fn a_ripple_grows_as_fast_as_predicted() {
    let (side, periods) = (64usize, 8);
    let dispersion = Dispersion::new(STRIPES, 1.0);
    let length = side as f64 / f64::from(periods);
    let amplitude = |reaction: &Reaction| {
        let part = |f: fn(f64) -> f64| -> f64 {
            let phase = |cell: usize| std::f64::consts::TAU * (cell % side) as f64 / length;
            reaction.pattern().iter().enumerate().map(|(cell, &value)| f64::from(value) * f(phase(cell))).sum()
        };
        part(f64::sin).hypot(part(f64::cos))
    };
    let mut reaction = Reaction::new(STRIPES, side, side, 1.0).unwrap();
    reaction.start(Start::Noise, 1);
    // After some time only the growing direction of every ripple is left.
    reaction.advance(300);
    let before = amplitude(&reaction);
    reaction.advance(400);
    let growth = (amplitude(&reaction) / before).ln() / 400.0;
    let expected = dispersion.growth(length);
    assert!((growth / expected - 1.0).abs() < 0.1, "{growth}, should be {expected}");
}

#[test]
fn a_single_spot_divides_until_the_torus_is_full() {
    let mut reaction = Reaction::new(System::GrayScott { feed: 0.026, kill: 0.061 }, 96, 96, 1.0).unwrap();
    reaction.start(Start::Spot, 1);
    let covered = |reaction: &Reaction| reaction.pattern().iter().filter(|value| **value > 0.1).count();
    reaction.advance(200);
    let early = covered(&reaction);
    assert!(early > 0, "the spot lives");
    reaction.advance(8000);
    assert!(covered(&reaction) > 5 * early, "{early} cells became {}", covered(&reaction));
}

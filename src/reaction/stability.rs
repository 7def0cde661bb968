//! What Turing (1952) worked out with pen and paper: which ripples on the state of rest grow, and which grows fastest.
//! Close to rest the rule is linear; a ripple of wave number q grows at the larger eigenvalue of `J − q² D`, where J
//! holds the derivatives of the reaction and D the diffusion constants (Murray, Mathematical Biology II, section 2.3).
//! On a grid of cells q² is what the Laplacian makes of it, `4 sin²(q/2)`.

use super::System;
use super::system::{DECAY, RATE};

/// How fast ripples grow on a system's state of rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dispersion {
    /// `[[∂f/∂u, ∂f/∂v], [∂g/∂u, ∂g/∂v]]`.
    jacobian: [[f64; 2]; 2],
    diffusion: [f64; 2],
}

impl Dispersion {
    /// That of `system` with its diffusion multiplied by `scale`.
    pub fn new(system: System, scale: f32) -> Self {
        let [a, h] = system.rest().map(f64::from);
        let jacobian = match system {
            // Around (1, 0) nothing is eaten, so both substances only return.
            System::GrayScott { feed, kill } => [[-f64::from(feed), 0.0], [0.0, -f64::from(feed + kill)]],
            System::GiererMeinhardt { saturation } => {
                let (rate, saturated) = (f64::from(RATE), 1.0 + f64::from(saturation) * a * a);
                let made = [2.0 * a / (h * saturated * saturated), -a * a / (h * h * saturated)];
                [[rate * (made[0] - 1.0), rate * made[1]], [rate * 2.0 * a, -rate * f64::from(DECAY)]]
            }
        };
        Dispersion { jacobian, diffusion: system.diffusion().map(|constant| f64::from(constant * scale)) }
    }

    /// Growth, per unit of time, of ripples `wavelength` cells long; negative where they fade.
    pub fn growth(&self, wavelength: f64) -> f64 {
        let half = libm::sin(core::f64::consts::PI / wavelength);
        let squared = 4.0 * half * half;
        let [[a, b], [c, d]] = self.jacobian;
        let (a, d) = (a - squared * self.diffusion[0], d - squared * self.diffusion[1]);
        let (half_trace, determinant) = (0.5 * (a + d), a * d - b * c);
        let root = half_trace * half_trace - determinant;
        half_trace + if root > 0.0 { libm::sqrt(root) } else { 0.0 }
    }

    /// The ripple that grows fastest, in cells; nothing where all fade.
    pub fn fastest(&self) -> Option<f64> {
        let lengths = (0..2000).map(|i| 2.0 * libm::pow(1.003, f64::from(i)));
        let best = lengths.max_by(|a, b| self.growth(*a).total_cmp(&self.growth(*b)))?;
        (self.growth(best) > 0.0).then_some(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_turing_s_system_leaves_rest_by_itself() {
        assert_eq!(Dispersion::new(System::GrayScott { feed: 0.037, kill: 0.06 }, 1.0).fastest(), None);
        let dispersion = Dispersion::new(System::GiererMeinhardt { saturation: 0.2 }, 1.0);
        // Without diffusion (an endless ripple) it is stable: the instability is diffusion's, as Turing says.
        assert!(dispersion.growth(1e9) < 0.0);
        assert!(dispersion.fastest().is_some());
    }

    #[test]
    fn wavelength_is_the_root_of_the_scale() {
        let fastest = |scale| Dispersion::new(System::GiererMeinhardt { saturation: 0.1 }, scale).fastest().unwrap();
        assert!((fastest(4.0) / fastest(1.0) / 2.0 - 1.0).abs() < 0.02);
    }
}

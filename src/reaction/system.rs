//! The two systems and their local rules: Gray and Scott's, where one substance feeds on another (Pearson 1993), and
//! Gierer and Meinhardt's activator and inhibitor (1972), with the saturation of Koch & Meinhardt 1994, equation 1.

use super::ReactionError;

/// What reacts. Rates are per unit of time, diffusion constants in cells² per unit of time at scale 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum System {
    /// `∂u = 0.2 ∇²u − u v² + F (1 − u)` and `∂v = 0.1 ∇²v + u v² − (F + k) v`: Pearson's constants, with cells of 0.01.
    GrayScott {
        /// F, how fast `u` flows in, 0 to 0.12.
        feed: f32,
        /// k, how fast `v` is taken out beyond that, 0 to 0.08.
        kill: f32,
    },
    /// `∂a = 0.0075 ∇²a + r (a² / (h (1 + κ a²)) − a + σ)` and `∂h = 0.3 ∇²h + r (a² − μ h)`, with r = 0.01, μ = 1.2 and
    /// σ = 0.01.
    GiererMeinhardt {
        /// κ, how early the activator has enough of itself, 0 to 0.5: spots near 0, stripes near 0.2, then holes.
        saturation: f32,
    },
}

/// r, the speed of the activator and inhibitor.
pub(crate) const RATE: f32 = 0.01;
/// μ, how fast the inhibitor decays.
pub(crate) const DECAY: f32 = 1.2;
/// σ, what activator is made without any.
pub(crate) const BASAL: f32 = 0.01;
/// The inhibitor is never taken to be less, so that nothing is divided by zero.
pub(crate) const LEAST: f32 = 1e-6;

impl System {
    /// The system of this name (`gray-scott`, `gierer-meinhardt`) with its parameters: feed and kill, or the saturation and
    /// nothing.
    ///
    /// # Errors
    /// [`ReactionError::System`] or [`ReactionError::Parameter`].
    pub fn named(name: &str, first: f32, second: f32) -> Result<System, ReactionError> {
        match name {
            "gray-scott" => System::GrayScott { feed: first, kill: second }.checked(),
            "gierer-meinhardt" => System::GiererMeinhardt { saturation: first }.checked(),
            other => Err(ReactionError::System(other.chars().take(40).collect())),
        }
    }

    /// The same, if its parameters are in range.
    ///
    /// # Errors
    /// [`ReactionError::Parameter`].
    pub fn checked(self) -> Result<System, ReactionError> {
        let list: &[(&'static str, f32, f32)] = match self {
            System::GrayScott { feed, kill } => &[("the feed rate", feed, 0.12), ("the kill rate", kill, 0.08)],
            System::GiererMeinhardt { saturation } => &[("the saturation", saturation, 0.5)],
        };
        match list.iter().find(|(_, found, most)| !(0.0..=*most).contains(found)) {
            Some(&(name, found, most)) => Err(ReactionError::Parameter { name, most, found }),
            None => Ok(self),
        }
    }

    /// Diffusion constants of the two substances at scale 1.
    pub fn diffusion(self) -> [f32; 2] {
        match self {
            System::GrayScott { .. } => [0.2, 0.1],
            System::GiererMeinhardt { .. } => [0.0075, 0.3],
        }
    }

    /// The time of a step: the longest of at most 1 in which a cell gives its neighbours less than they can bear. The
    /// nine-point Laplacian's largest eigenvalue is 16/3, so Euler's steps are stable up to `3/8` over the diffusion.
    pub fn step(self, scale: f32) -> f32 {
        let [first, second] = self.diffusion();
        (0.3 / (first.max(second) * scale)).min(1.0)
    }

    /// The even state in which nothing happens: all food and nobody who eats it, or as much activator as the inhibitor
    /// bears.
    pub fn rest(self) -> [f32; 2] {
        match self {
            System::GrayScott { .. } => [1.0, 0.0],
            System::GiererMeinhardt { saturation } => {
                // h = a²/μ leaves μ/(1 + κ a²) + σ = a, whose left side falls while its right side rises.
                let (mut low, mut high) = (0.0f64, 2.0 * f64::from(DECAY));
                for _ in 0..60 {
                    let a = 0.5 * (low + high);
                    let made = f64::from(DECAY) / (1.0 + f64::from(saturation) * a * a) + f64::from(BASAL);
                    if made > a { low = a } else { high = a }
                }
                [low as f32, (low * low / f64::from(DECAY)) as f32]
            }
        }
    }

    /// What a brush leaves behind.
    pub fn paint(self) -> [f32; 2] {
        match self {
            System::GrayScott { .. } => [0.5, 0.25],
            System::GiererMeinhardt { .. } => self.rest().map(|value| 2.0 * value),
        }
    }

    /// Which of the two substances shows the pattern.
    pub fn shown(self) -> usize {
        match self {
            System::GrayScott { .. } => 1,
            System::GiererMeinhardt { .. } => 0,
        }
    }
}

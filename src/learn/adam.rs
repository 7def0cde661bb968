//! What is done with a gradient: it is clipped, moves the weights by Adam (Kingma & Ba 2015), and the running average of
//! the weights follows them, which is what is sampled from (Karras et al. 2022, §3).

/// How fast Adam forgets.
const BETAS: [f64; 2] = [0.9, 0.99];
/// What keeps a division from being one by nought.
const EPSILON: f32 = 1e-8;

/// Weights with all that moves along with them.
#[derive(Debug, Clone, PartialEq)]
pub struct Adam {
    /// The weights.
    pub weights: Vec<f32>,
    /// Their running average.
    pub average: Vec<f32>,
    /// Running means of the gradient and of its square.
    pub moments: [Vec<f32>; 2],
    /// Steps taken.
    pub step: usize,
}

impl Adam {
    /// Begins with these weights.
    pub fn new(weights: Vec<f32>) -> Adam {
        let none = vec![0.0; weights.len()];
        Adam { average: weights.clone(), weights, moments: [none.clone(), none], step: 0 }
    }

    /// After so many steps: the decay of the average in the next, and what its two moments are to be multiplied by.
    pub fn factors(taken: usize, decay: f64) -> (f32, [f32; 2]) {
        let (step, taken) = (taken as f64 + 1.0, taken as f64);
        let decay = decay.min((1.0 + taken) / (10.0 + taken)) as f32;
        (decay, BETAS.map(|beta| (1.0 / (1.0 - libm::pow(beta, step))) as f32))
    }

    /// One step at a rate. `decay` is the average's, which begins lower, so that the first steps do not linger.
    pub fn advance(&mut self, gradient: &[f32], rate: f64, decay: f64) {
        let (decay, correct) = Adam::factors(self.step, decay);
        self.step += 1;
        let [first, second] = BETAS.map(|beta| beta as f32);
        let rate = rate as f32;
        let [means, squares] = &mut self.moments;
        let moments = means.iter_mut().zip(squares).zip(gradient);
        for ((weight, average), ((mean, square), gradient)) in
            self.weights.iter_mut().zip(&mut self.average).zip(moments)
        {
            *mean = first * *mean + (1.0 - first) * gradient;
            *square = second * *square + (1.0 - second) * gradient * gradient;
            *weight -= rate * (*mean * correct[0]) / ((*square * correct[1]).sqrt() + EPSILON);
            *average = decay * *average + (1.0 - decay) * *weight;
        }
    }
}

/// Shrinks a gradient to a total norm, where it is longer; the norm that it had.
pub fn clip(gradient: &mut [f32], most: f64) -> f64 {
    // In several sums, so that they do not wait for each other.
    let mut sums = [0.0f32; 16];
    let mut norm = 0.0;
    for block in gradient.chunks(1 << 12) {
        sums.fill(0.0);
        for values in block.chunks(16) {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value * value);
        }
        norm += sums.iter().map(|&sum| f64::from(sum)).sum::<f64>();
    }
    let norm = libm::sqrt(norm);
    if norm > most {
        let factor = (most / norm) as f32;
        gradient.iter_mut().for_each(|value| *value *= factor);
    }
    norm
}

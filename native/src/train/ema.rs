//! The running average of a network's weights: what is sampled from and what ships (Karras et al. 2022, §3). The decay
//! grows with the step, so that the first steps do not linger.

use crate::network::module::Network;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;

/// Moves `average` towards `network`: `average ← d·average + (1−d)·network`, `d = min(decay, (1+step)/(10+step))`.
pub fn update(average: Network, network: &Network, decay: f64, step: usize) -> Network {
    let decay = decay.min((1.0 + step as f64) / (10.0 + step as f64));
    let mut collect = Collect(Vec::new());
    network.visit(&mut collect);
    average.map(&mut Blend { decay, values: collect.0.into_iter() })
}

/// The network's parameters, flattened, in visiting order.
struct Collect(Vec<Tensor<1>>);

impl ModuleVisitor for Collect {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val().inner();
        let length = value.shape().num_elements();
        self.0.push(value.reshape([length]));
    }
}

struct Blend {
    decay: f64,
    values: std::vec::IntoIter<Tensor<1>>,
}

impl ModuleMapper for Blend {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(value) = self.values.next() else { return param };
        let decay = self.decay;
        param.map(|average| {
            let value = value.reshape(average.shape());
            average.mul_scalar(decay) + value.mul_scalar(1.0 - decay)
        })
    }
}

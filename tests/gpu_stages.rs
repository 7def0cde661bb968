//! The solver's stage behind a network's last layer: posterior means of every prediction. The operations' own stages are
//! tested where they live, in `src/ops`.
#![cfg(not(target_arch = "wasm32"))]

mod gpu_common;

use gpu_common::{difference, gpu, normals, random_weights};
use morphogen::denoiser::ImageShape;
use morphogen::gpu::{GpuNetwork, twin};
use morphogen::network::Layers;
use morphogen::network::config::{Architecture, ConditionKind, NetworkConfig, Padding, Prediction};
use morphogen::network::layers::Layer;
use morphogen::ops::Conv;
use morphogen::schedule::Schedule;

#[test]
fn posterior_means_of_every_prediction() {
    let Some(gpu) = gpu() else { return };
    let shape = ImageShape { channels: 3, height: 5, width: 5 };
    let list = vec![Layer { name: "only".into(), op: Conv::new((0, 3), 3, 3).into() }];
    let list = Layers { list, shifts: 0, scales: 0, padding: Padding::Zeros, multiple: 1 };
    let weights = random_weights(list.layer_tensors(), 7);
    let (x, time) = (normals(3, 2 * shape.len()), Schedule::Cosine.at(0.6));
    let predicted = twin::run(&list, shape, &weights, &x, &[vec![], vec![]]);
    for prediction in [Prediction::Velocity, Prediction::Noise, Prediction::Clean] {
        // Of the config, only the prediction matters here.
        let config = NetworkConfig {
            channels: 3,
            embedding: 8,
            prediction,
            ..NetworkConfig::new(Architecture::ResNet { width: 4, layers: 2 }, ConditionKind::Class { count: 2 })
        };
        let expected: Vec<f32> = x.iter().zip(&predicted).map(|(&x, &p)| prediction.denoised(x, p, time)).collect();
        let found = pollster::block_on(async {
            let mut network = GpuNetwork::from_layers(&gpu, &config, list.clone(), &weights, shape).await.unwrap();
            network.forward(&x, time, &[vec![], vec![]]).await.unwrap()
        });
        assert!(difference(&expected, &found) < 2e-5, "{prediction:?}");
    }
}

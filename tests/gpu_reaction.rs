//! Reactions on the GPU against the processor's, over sizes that divide nothing.
#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code)]
mod gpu_common;

use gpu_common::{difference, gpu};
use morphogen::gpu::GpuReaction;
use morphogen::reaction::{Reaction, Start, System};
use pollster::block_on;

#[test]
fn both_systems_take_the_steps_that_the_processor_takes() {
    let Some(gpu) = gpu() else { return };
    for (width, height) in [(64, 64), (37, 21), (9, 130)] {
        let mut found = GpuReaction::new(&gpu, (width, height));
        for system in [System::GrayScott { feed: 0.037, kill: 0.06 }, System::GiererMeinhardt { saturation: 0.2 }] {
            for scale in [1.0, 3.0] {
                let mut cpu = Reaction::new(system, width, height, scale).unwrap();
                cpu.start(Start::Noise, 5);
                cpu.paint(2.0, 3.0, 3.5);
                let (mut on_gpu, before) = (cpu.clone(), cpu.state().to_vec());
                // An odd number, so that the last state lies in the other buffer, and more than one submission.
                for steps in [1, 0, 300] {
                    cpu.advance(steps);
                    block_on(found.advance(&mut on_gpu, steps)).unwrap();
                    let far = difference(cpu.state(), on_gpu.state());
                    assert!(far < 1e-3, "{system:?}, {width}×{height}, scale {scale}, {steps} steps: {far}");
                }
                assert!(difference(cpu.state(), &before) > 0.05, "{system:?}: nothing happened");
            }
        }
    }
}

#[test]
fn a_grid_of_another_size_is_refused_and_stays_as_it_is() {
    let Some(gpu) = gpu() else { return };
    let mut found = GpuReaction::new(&gpu, (16, 16));
    let mut reaction = Reaction::new(System::GrayScott { feed: 0.037, kill: 0.06 }, 16, 8, 1.0).unwrap();
    let before = reaction.state().to_vec();
    assert!(block_on(found.advance(&mut reaction, 3)).is_err_and(|error| error.to_string().contains("512")));
    assert_eq!(reaction.state(), before);
}

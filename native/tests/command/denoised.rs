//! One call of a machine, beside what the library answers.

use super::files::{far, read_tensor, write_tensor};
use super::shell::{fail, succeed};
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::sampler::noise;
use morphogen::schedule::Schedule;
use morphogen::theory::{Locality, Machine, PatchPosterior, Sight, Training};
use std::sync::Arc;

#[test]
fn one_denoising_call_on_either_device() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let shape = ImageShape { channels: 3, height: 6, width: 7 };
    let (mut images, mut x) = (vec![0.0; 5 * shape.len()], vec![0.0; 2 * shape.len()]);
    noise::fill(1, 0, &mut images);
    noise::fill(2, 0, &mut x);
    images.iter_mut().for_each(|value| *value = value.clamp(-1.0, 1.0));
    write_tensor(&folder.join("images.safetensors"), "images", &[5, 3, 6, 7], &images);
    write_tensor(&folder.join("x.safetensors"), "x", &[2, 3, 6, 7], &x);
    let training = Arc::new(Training::new(&images, shape).unwrap());
    for machine in [Machine::Ideal, Machine::Local, Machine::Equivariant, Machine::Els, Machine::Bbels] {
        let name = machine.name();
        let call =
            format!("denoise --machine {name} --window 3 --t 0.6 --images images.safetensors --input x.safetensors");
        succeed(folder, &format!("{call} --output cpu.safetensors"));
        succeed(folder, &format!("{call} --device gpu --output gpu.safetensors"));
        let (size, cpu) = read_tensor(&folder.join("cpu.safetensors"), "denoised");
        assert_eq!(size, [2, 3, 6, 7]);
        assert!(far(&cpu, &read_tensor(&folder.join("gpu.safetensors"), "denoised").1) < 1e-3, "{name}");
        let locality = Some(Locality::fixed(3).unwrap());
        let mut posterior = PatchPosterior::new(machine, training.clone(), locality).unwrap();
        let conditions = [Condition::Null, Condition::Null];
        assert_eq!(cpu, posterior.denoise(&x, Schedule::Cosine.at(0.6), &conditions).unwrap(), "{name}");
    }
    // A window that falls off, and one that has no room to.
    let soft = "denoise --machine bbels --window 5 --t 0.6 --images images.safetensors --input x.safetensors";
    succeed(folder, &format!("{soft} --falloff 3 --output soft.safetensors"));
    succeed(folder, &format!("{soft} --falloff 3 --device gpu --output gpu.safetensors"));
    let (_, cpu) = read_tensor(&folder.join("soft.safetensors"), "denoised");
    assert!(far(&cpu, &read_tensor(&folder.join("gpu.safetensors"), "denoised").1) < 1e-3);
    let locality = Some(Locality::fixed(Sight::new(5, 3).unwrap()).unwrap());
    let mut posterior = PatchPosterior::new(Machine::Bbels, training, locality).unwrap();
    let conditions = [Condition::Null, Condition::Null];
    assert_eq!(cpu, posterior.denoise(&x, Schedule::Cosine.at(0.6), &conditions).unwrap());
    assert!(fail(folder, &format!("{soft} --falloff 4 --output soft.safetensors")).contains("1 to 3"));
    let wiener = "denoise --machine wiener --t 0.6 --images images.safetensors --input x.safetensors";
    succeed(folder, &format!("{wiener} --output wiener.safetensors"));
    assert!(fail(folder, &format!("{wiener} --device gpu --output wiener.safetensors")).contains("processor"));
    let even = "denoise --machine els --window 4 --t 0.6 --images images.safetensors --input x.safetensors --output y.safetensors";
    assert!(fail(folder, even).contains("odd"));
}

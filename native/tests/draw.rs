//! What `morphogen sample` draws with: the network that a page has, or a machine; and all steps of it.

mod shell;

use morphogen::denoiser::Condition;
use morphogen::pack::Pack;
use morphogen::sampler::{Request, sample};
use morphogen::theory::{Locality, Machine, Training, machine_denoiser};
use safetensors::SafeTensors;
use shell::{fail, pack, succeed};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn samples(path: &Path) -> Vec<f32> {
    let bytes = fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    bytemuck::pod_collect_to_vec(tensors.tensor("samples").unwrap().data())
}

fn far(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn without_a_name_it_is_the_network_that_the_page_has() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |more: &str, file: &str| {
        let pack = pack("fashion");
        let line = format!("sample --pack {} --prompt coat --seed 3 --steps 2 {more} --output {file}", pack.display());
        succeed(folder.path(), &line);
        samples(&folder.path().join(file))
    };
    let usual = draw("", "usual.safetensors");
    assert_eq!(usual, draw("--network attention", "first.safetensors"));
    assert!(far(&usual, &draw("--network unet", "other.safetensors")) > 1e-3);
}

#[test]
fn a_machine_draws_what_the_theory_says() {
    let folder = tempfile::tempdir().unwrap();
    let fashion = Pack::open(pack("fashion")).unwrap();
    let manifest = fashion.manifest();
    let line = |more: &str| {
        let pack = pack("fashion");
        format!(
            "sample --pack {} --network unet --prompt coat --seed 3 --steps 2 {more} --output x.safetensors",
            pack.display()
        )
    };
    let draw = |more: &str| {
        succeed(folder.path(), &line(more));
        samples(&folder.path().join("x.safetensors"))
    };
    let class = manifest.prompts.iter().position(|prompt| prompt.name == "coat").unwrap();
    let training = Arc::new(Training::new(&fashion.images("coat").unwrap().to_f32(), manifest.image).unwrap());
    let usual = manifest.network("unet").unwrap().sampling();
    let own = |machine: Machine, window: Option<usize>| {
        let locality = window.map(|window| Locality::fixed(window).unwrap());
        let mut machine = machine_denoiser(machine, &training, locality.into()).unwrap();
        let request = Request { count: 2, ..Request::new(Condition::Class(class), 3) }.taking(usual);
        sample(machine.as_mut(), &Request { steps: 2, ..request }, manifest.schedule, |_| true).unwrap()
    };
    assert_eq!(draw("--count 2 --machine bbels --window 5"), own(Machine::Bbels, Some(5)));
    assert_eq!(draw("--count 2 --machine wiener"), own(Machine::Wiener, None));
    // The one that a GPU made of software answers quickly.
    let gpu = draw("--count 2 --machine ideal --device gpu");
    assert!(far(&gpu, &own(Machine::Ideal, None)) < 1e-2, "CPU and GPU answer the same");
    let calibrated = draw("--machine bbels");
    assert!(far(&calibrated, &own(Machine::Bbels, Some(5))[..calibrated.len()]) > 1e-3, "as it was calibrated");
    let mixed = draw("--machine bbels --window 5 --over bag");
    assert!(far(&mixed, &own(Machine::Bbels, Some(5))[..mixed.len()]) > 1e-3, "two machines in one");

    for (more, said) in [
        ("--machine nobody", "possible values"),
        ("--machine bbels --guidance 2", "cannot be used with"),
        ("--machine bbels --negative bag", "cannot be used with"),
        ("--window 5", "--machine"),
        ("--machine wiener --device gpu", "on the processor"),
        ("--machine bbels --between bag", "what lies between"),
    ] {
        let found = fail(folder.path(), &line(more));
        assert!(found.contains(said), "{more}: {found}");
    }
}

#[test]
fn a_machine_finds_the_images_that_show_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let emoji = Pack::open(pack("emoji")).unwrap();
    let line = format!("sample --pack {} --prompt cat --seed 3", pack("emoji").display());
    succeed(folder.path(), &format!("{line} --machine ideal --output x.safetensors"));
    let drawn = samples(&folder.path().join("x.safetensors"));
    let cat = emoji.words().unwrap().iter().position(|word| word == "cat").unwrap();
    let styles = emoji.manifest().text().unwrap().styles;
    let size = emoji.manifest().image.len();
    let mut images = Vec::new();
    for pick in emoji.captions().unwrap().matching(&[cat], styles) {
        let shelf = emoji.images(&pick.shelf).unwrap().to_f32();
        pick.images.iter().for_each(|n| images.extend(&shelf[n * size..(n + 1) * size]));
    }
    // The ideal machine can only give one of them back.
    let near = images.chunks(size).map(|image| far(image, &drawn)).fold(f32::INFINITY, f32::min);
    assert!(near < 0.2, "{near} from the nearest");
}

#[test]
fn all_steps_are_shown_from_the_noise_to_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sample = format!("sample --pack {} --network unet --prompt coat --seed 3 --steps 4", pack("fashion").display());
    let said = succeed(folder.path(), &format!("{sample} --count 40 --frames steps --output last.png"));
    assert!(said.contains("steps: 4 steps, from the noise 00.png to 04.png"), "{said}");
    let mut names: Vec<_> = fs::read_dir(at("steps")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["00.png", "01.png", "02.png", "03.png", "04.png"]);
    let open = |name: &str| image::open(at(name)).unwrap().to_rgb8();
    assert_eq!(open("steps/04.png"), open("last.png"));
    assert_ne!(open("steps/03.png"), open("last.png"));
    // The noise does not depend on who draws.
    succeed(folder.path(), &format!("{sample} --count 40 --machine wiener --frames other"));
    assert_eq!(open("steps/00.png"), open("other/00.png"));
    assert_ne!(open("steps/02.png"), open("other/02.png"));
    assert!(fail(folder.path(), &format!("{sample} --frames steps")).contains("new or empty folder"));

    let said = succeed(folder.path(), &format!("{sample} --frames film.png"));
    assert!(said.contains("film.png: the noise and 4 steps"), "{said}");
    let bytes = fs::read(at("film.png")).unwrap();
    let control = bytes.windows(4).position(|name| name == b"acTL").unwrap();
    assert_eq!(bytes[control + 4..control + 8], 5u32.to_be_bytes(), "frames of the film");
    succeed(folder.path(), &format!("{sample} --frames film.gif"));
    assert!(fail(folder.path(), &format!("{sample} --frames film.mp4")).contains(".png or .gif"));
}

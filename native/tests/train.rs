//! Training: it learns, it resumes exactly, and it refuses data that are not what they should be.

mod quick;

use burn::tensor::Device;
use morphogen::denoiser::{Condition, Denoiser};
use morphogen::network::config::{Architecture, ConditionKind, Modulation, NetworkConfig, Prediction};
use morphogen::schedule::Schedule;
use morphogen_native::network::BurnDenoiser;
use morphogen_native::train::TrainError;
use morphogen_native::train::data::{Dataset, Split, byte, pixel};
use morphogen_native::train::settings::Settings;
use morphogen_native::train::trainer::Trainer;
use std::fs;
use std::path::Path;

/// Two classes of 8×8 images: bright left halves and bright top halves.
fn write_images(folder: &Path) {
    for (class, name) in ["left", "top"].iter().enumerate() {
        fs::create_dir_all(folder.join(name)).unwrap();
        for n in 0..8u32 {
            let image = image::GrayImage::from_fn(8, 8, |x, y| {
                let bright = if class == 0 { x < 4 } else { y < 4 };
                image::Luma([if bright { 240 - n as u8 } else { 10 + n as u8 }])
            });
            image.save(folder.join(name).join(format!("{n}.png"))).unwrap();
        }
    }
}

fn settings(epochs: usize) -> Settings {
    let architecture = Architecture::UNet { widths: vec![8, 8], attention_heads: 0, attention_level: None };
    Settings {
        epochs,
        ..quick::settings(NetworkConfig {
            embedding: 8,
            ..NetworkConfig::new(architecture, ConditionKind::Class { count: 2 })
        })
    }
}

#[test]
fn a_resumed_run_equals_an_unbroken_one_and_both_learn() {
    let folder = tempfile::tempdir().unwrap();
    write_images(&folder.path().join("data"));
    let data = Dataset::open(&folder.path().join("data"), Split::Train, None).unwrap();
    for (prediction, modulation) in
        [(Prediction::Velocity, Modulation::Shift), (Prediction::Clean, Modulation::ScaleShift)]
    {
        let (whole, parts) = (folder.path().join(format!("{prediction:?}")), folder.path().join("parts"));
        let mut settings = settings(150);
        (settings.network.prediction, settings.network.modulation) = (prediction, modulation);
        let mut losses = Vec::new();
        let mut trainer = Trainer::new(settings.clone(), &data, &whole, Device::flex()).unwrap();
        let unbroken = trainer.run(1000, None, |report| losses.push(report.loss)).unwrap();

        Trainer::new(settings.clone(), &data, &parts, Device::flex()).unwrap().run(1000, Some(37), |_| ()).unwrap();
        let mut resumed = Trainer::new(settings.clone(), &data, &parts, Device::flex()).unwrap();
        assert_eq!(resumed.progress().step, 37);
        let resumed = resumed.run(1000, None, |_| ()).unwrap();
        assert_eq!(unbroken, resumed, "exactly the same weights");
        fs::remove_dir_all(parts).unwrap();

        let scales = unbroken.get("scale.weight").map(|array| array.data.iter().any(|&value| value != 0.0));
        assert_eq!(scales, (modulation == Modulation::ScaleShift).then_some(true), "scales begin at zero, and learn");

        let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
        let (first, last) = (mean(&losses[..10]), mean(&losses[250..]));
        assert!(last < 0.5 * first, "{prediction:?}: the loss falls from {first} to {last}");
        for file in ["loss.png", "samples.png", "checkpoint/average.safetensors"] {
            assert!(whole.join(file).is_file(), "{file}");
        }

        // Even this little network knows the classes apart, at a time when the picture is barely visible.
        let mut denoiser = BurnDenoiser::new(&settings.network, &unbroken, data.shape).unwrap();
        let x = vec![0.0; 2 * data.shape.len()];
        let conditions = [Condition::Class(0), Condition::Class(1)];
        let y = denoiser.denoise(&x, Schedule::Cosine.at(0.8), &conditions).unwrap();
        let (left, top) = y.split_at(data.shape.len());
        assert!(left[7 * 8] > left[7], "left: bottom left is brighter than top right");
        assert!(top[7] > top[7 * 8], "top: top right is brighter than bottom left");
    }
}

#[test]
fn clean_pictures_are_judged_by_the_velocity_that_they_stand_for() {
    let folder = tempfile::tempdir().unwrap();
    write_images(&folder.path().join("data"));
    let data = Dataset::open(&folder.path().join("data"), Split::Train, None).unwrap();
    // An untrained network predicts a grey picture, so its first loss is the mean square of the pictures, weighed.
    let first = |name: &str, time_skew: f64| {
        let mut settings = Settings { time_skew, batch: 16, ..settings(1) };
        settings.network.prediction = Prediction::Clean;
        let mut loss = f32::NAN;
        let run = folder.path().join(name);
        let mut trainer = Trainer::new(settings, &data, &run, Device::flex()).unwrap();
        trainer.run(1000, Some(1), |report| loss = report.loss).unwrap();
        f64::from(loss)
    };
    let square =
        data.images.iter().map(|&value| f64::from(pixel(value)).powi(2)).sum::<f64>() / data.images.len() as f64;
    let weight = |t: f64| Prediction::Clean.loss_weight(Schedule::Cosine.at(t));
    // All times at 1, where a picture's error is worth its velocity's.
    let noise = first("noise", 1e12);
    assert!((noise / (square * weight(1.0)) - 1.0).abs() < 1e-4, "{noise}, not {square}");
    // Even times: the mean weight, by strata; all pictures are about as bright.
    let strata = |first: usize| (first..first + 16).map(|n| weight(n as f64 / 16.0)).sum::<f64>() / 16.0 * square;
    let even = first("even", 0.0);
    assert!((0.8 * strata(1)..1.25 * strata(0)).contains(&even), "{even} not between {} and {}", strata(1), strata(0));
}

#[test]
fn other_settings_do_not_resume_a_run() {
    let folder = tempfile::tempdir().unwrap();
    write_images(&folder.path().join("data"));
    let data = Dataset::open(&folder.path().join("data"), Split::Train, None).unwrap();
    let run = folder.path().join("run");
    Trainer::new(settings(1), &data, &run, Device::flex()).unwrap().run(1, None, |_| ()).unwrap();
    let other = Settings { seed: 6, ..settings(1) };
    assert!(matches!(Trainer::new(other, &data, &run, Device::flex()), Err(TrainError::Data { .. })));
    assert!(Trainer::new(settings(2), &data, &run, Device::flex()).is_ok(), "a run may be made longer");
    let leaning = Settings { time_skew: 2.0, ..settings(2) };
    assert!(Trainer::new(leaning, &data, &run, Device::flex()).is_ok(), "and lean towards noise from here on");
}

#[test]
fn data_sets_are_read_and_broken_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(matches!(Dataset::open(path, Split::Train, None), Err(TrainError::Data { .. })), "an empty folder");
    let header = |dimensions: u8, sizes: &[u32]| {
        let mut bytes = vec![0, 0, 8, dimensions];
        sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
        bytes
    };
    let images = [header(3, &[2, 2, 3]), (0..12).collect()].concat();
    fs::write(path.join("train-images-idx3-ubyte"), &images).unwrap();
    fs::write(path.join("train-labels-idx1-ubyte"), [header(1, &[2]), vec![1, 0]].concat()).unwrap();
    let data = Dataset::open(path, Split::Train, None).unwrap();
    assert_eq!((data.shape.height, data.shape.width, data.classes, data.len()), (2, 3, 2, 2));
    assert_eq!(data.class(0), (6..12).map(pixel).collect::<Vec<_>>());
    for broken in [&images[..27], &images[..10], &[images.clone(), vec![0]].concat()] {
        fs::write(path.join("train-images-idx3-ubyte"), broken).unwrap();
        assert!(matches!(Dataset::open(path, Split::Train, None), Err(TrainError::Data { .. })));
    }
    fs::write(path.join("train-images-idx3-ubyte"), header(3, &[u32::MAX, u32::MAX, u32::MAX])).unwrap();
    assert!(Dataset::open(path, Split::Train, None).is_err(), "sizes that overflow");
}

#[test]
fn colour_folders_are_resized_and_bytes_survive() {
    let folder = tempfile::tempdir().unwrap();
    for (class, colour) in [("blue", [0, 0, 255]), ("red", [255, 0, 0])] {
        fs::create_dir_all(folder.path().join(class)).unwrap();
        let image = image::RgbImage::from_pixel(20, 10, image::Rgb(colour));
        image.save(folder.path().join(class).join("a.png")).unwrap();
    }
    let data = Dataset::open(folder.path(), Split::Train, Some(6)).unwrap();
    assert_eq!((data.shape.channels, data.shape.height, data.shape.width), (3, 6, 6));
    assert_eq!(data.names, ["blue", "red"]);
    assert!(data.images[..72].iter().all(|&value| value == 0) && data.images[72..108].iter().all(|&v| v == 255));
    assert!((0..=255).all(|value| byte(pixel(value)) == value));
}

#[test]
fn times_that_lean_towards_noise_change_what_the_first_step_finds() {
    let folder = tempfile::tempdir().unwrap();
    write_images(&folder.path().join("data"));
    let data = Dataset::open(&folder.path().join("data"), Split::Train, None).unwrap();
    // An untrained network predicts zero, so its first loss is the mean square of the velocity: of noise early on, of
    // the picture late. These pictures are flat, so leaning towards noise must show.
    let first = |name: &str, time_skew: f64| {
        let settings = Settings { time_skew, ..settings(1) };
        let mut loss = f32::NAN;
        let run = folder.path().join(name);
        let mut trainer = Trainer::new(settings, &data, &run, Device::flex()).unwrap();
        trainer.run(1000, Some(1), |report| loss = report.loss).unwrap();
        loss
    };
    let (even, leaning) = (first("even", 0.0), first("leaning", 8.0));
    assert!((even - leaning).abs() > 0.05, "the mean square of the velocity is {even}, leaning {leaning}");
    let negative = Settings { time_skew: -1.0, ..settings(1) };
    assert!(matches!(Trainer::new(negative, &data, folder.path(), Device::flex()), Err(TrainError::Settings(_))));
}

#[test]
fn a_run_begins_with_what_another_has_learned() {
    let folder = tempfile::tempdir().unwrap();
    write_images(&folder.path().join("data"));
    let data = Dataset::open(&folder.path().join("data"), Split::Train, None).unwrap();
    let (small, large) = (folder.path().join("small"), folder.path().join("large"));
    let learned = Trainer::new(settings(20), &data, &small, Device::flex()).unwrap().run(1000, None, |_| ()).unwrap();
    let mut grown = Settings { start: Some(small.clone()), ..settings(1) };
    grown.network.architecture =
        Architecture::UNet { widths: vec![8, 8], attention_heads: 2, attention_level: Some(0) };
    let begun = Trainer::new(grown.clone(), &data, &large, Device::flex()).unwrap().run(1000, Some(0), |_| ()).unwrap();
    assert!(begun.len() > learned.len() && learned.iter().all(|(name, array)| begun[name] == *array));
    let astray = Settings { start: Some(large), ..settings(1) };
    assert!(Trainer::new(astray, &data, &folder.path().join("astray"), Device::flex()).is_err(), "there is no run yet");
}

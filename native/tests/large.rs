//! `morphogen large` as a person runs it, on small pictures.

mod shell;

use image::{Rgb, RgbImage};
use shell::{fail, succeed};
use std::path::Path;

/// A small texture: checks of two colours on a ramp.
fn write(path: &Path, width: u32, height: u32) {
    let pixel = |x: u32, y: u32| {
        let check = if (x / 3 + y / 3).is_multiple_of(2) { 60 } else { 0 };
        Rgb([100 + check as u8, (4 * x) as u8, 90])
    };
    RgbImage::from_fn(width, height, pixel).save(path).unwrap();
}

#[test]
fn a_photograph_gives_pictures_of_any_size() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("photo.png"), 20, 15);
    let size = |name: &str| {
        let image = image::open(at(name)).unwrap();
        (image.width(), image.height())
    };
    let said = succeed(folder.path(), "large photo.png --output one.png --size 24");
    assert!(said.starts_with("one.png: 1 picture of 24 × 18 in "), "{said}");
    assert_eq!(size("one.png"), (24, 18));
    succeed(folder.path(), "large photo.png --output wide.png --size 32x10 --tile --variety 1");
    assert_eq!(size("wide.png"), (32, 10));
    // The same seed gives the same file, another one another.
    let seeded = |seed: u64| {
        succeed(folder.path(), &format!("large photo.png --output seed.png --size 16 --variety 1 --seed {seed}"));
        std::fs::read(at("seed.png")).unwrap()
    };
    let first = seeded(5);
    assert!(first == seeded(5) && first != seeded(6));
    let said = succeed(folder.path(), "large photo.png --output sheet.png --size 12x12 --count 3 --columns 2");
    assert!(said.contains("3 pictures of 12 × 12"), "{said}");
    let (width, height) = size("sheet.png");
    assert!(width > 24 && width < 36 && height > 24, "two rows of two: {width} × {height}");
}

#[test]
fn a_grey_picture_stays_grey_and_nothing_changed_is_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let grey = image::GrayImage::from_fn(16, 16, |x, y| image::Luma([if (x / 4 + y / 4) % 2 == 0 { 40 } else { 200 }]));
    grey.save(folder.path().join("grey.png")).unwrap();
    succeed(folder.path(), "large grey.png --output same.png --size 16 --variety 0");
    let drawn = image::open(folder.path().join("same.png")).unwrap().to_rgb8();
    assert!(drawn.pixels().all(|p| p.0[0] == p.0[1] && p.0[1] == p.0[2]));
    let off = drawn.pixels().zip(grey.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 30).count();
    assert!(off < 26, "{off} of 256 pixels are others");
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("photo.png"), 12, 12);
    for (name, width, height) in [("dot.png", 1, 1), ("line.png", 1, 257), ("strip.png", 3, 1000), ("thin.png", 9, 900)]
    {
        write(&at(name), width, height);
        let said = fail(folder.path(), &format!("large {name} --output out.png"));
        assert!(said.contains(name) && said.contains(&format!("found {width}×{height}")), "{said}");
    }
    std::fs::write(at("words.png"), "no picture").unwrap();
    assert!(fail(folder.path(), "large words.png --output out.png").contains("expected a picture"));
    assert!(fail(folder.path(), "large photo.png --output out.jpg").contains("ending in .png"));
    assert!(fail(folder.path(), "large photo.png --output out.png --size 600").contains("256x192"));
    assert!(fail(folder.path(), "large photo.png --output out.png --variety 2").contains("expected 0 to 1"));
    assert!(!at("out.png").exists());
}

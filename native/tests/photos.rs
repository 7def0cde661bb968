//! Folders of pictures as people have them: what systems put beside them, photographs that are turned, transparent or
//! called by another format's name, and many of them in little memory.

mod shell;

use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use morphogen_native::train::TrainError;
use morphogen_native::train::data::{Dataset, Split};
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Counts the bytes that are held, and the most that were.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
/// One test after another: all of them hold something.
static ALONE: Mutex<()> = Mutex::new(());

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(HELD.fetch_add(layout.size(), SeqCst) + layout.size(), SeqCst);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), SeqCst);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn grey(path: &Path, value: u8) {
    image::GrayImage::from_pixel(8, 8, image::Luma([value])).save(path).unwrap();
}

/// Two classes of four grey pictures.
fn write_classes(folder: &Path) {
    for (class, value) in [("dark", 20), ("light", 200)] {
        fs::create_dir_all(folder.join(class)).unwrap();
        (0..4).for_each(|n| grey(&folder.join(class).join(format!("{n}.png")), value + n));
    }
}

fn open(folder: &Path, size: Option<usize>) -> Dataset {
    Dataset::open(folder, Split::Train, size).unwrap()
}

#[test]
fn what_is_no_picture_is_left_out_and_counted() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("data").join(name);
    write_classes(&at(""));
    let clean = open(&at(""), None);
    assert_eq!((clean.skipped.count, clean.len(), clean.names.clone()), (0, 8, vec!["dark".into(), "light".into()]));
    for (name, content) in [
        (".DS_Store", "x"),
        ("dark/.DS_Store", "x"),
        ("dark/Thumbs.db", "x"),
        ("dark/desktop.ini", "x"),
        ("dark/notes.txt", "read me"),
        ("light/empty.png", ""),
        ("readme.md", "# mine"),
    ] {
        fs::write(at(name), content).unwrap();
    }
    // What a Mac writes beside a picture onto another disk begins as no picture, or as one that is not meant.
    fs::copy(at("dark/0.png"), at("dark/._0.png")).unwrap();
    for hidden in ["dark/.ipynb_checkpoints", ".ipynb_checkpoints", "__MACOSX", "notes"] {
        fs::create_dir_all(at(hidden)).unwrap();
        fs::copy(at("dark/0.png"), at(hidden).join("0-checkpoint.png")).unwrap();
    }
    fs::write(at("notes/0-checkpoint.png"), "none").unwrap();
    let whole = fs::read(at("light/0.png")).unwrap();
    fs::write(at("light/broken.png"), &whole[..whole.len() / 2]).unwrap();

    let found = open(&at(""), None);
    assert_eq!(
        Dataset { skipped: clean.skipped.clone(), ..found.clone() },
        clean,
        "the same pictures, classes and numbers"
    );
    assert_eq!((found.skipped.count, found.skipped.of), (13, 21));
    let said = found.skipped.to_string();
    assert!(said.starts_with("left out 13 of 21 files: .DS_Store (hidden), "), "{said}");
    assert!(said.ends_with(" and 8 more"), "{said}");

    let lines = "train --data data --run run --widths 8,8 --embedding 8 --batch 4 --epochs 1";
    let said = shell::told(folder.path(), lines);
    assert!(said.contains("data: left out 13 of 21 files: .DS_Store (hidden)"), "{said}");
    assert!(said.contains("run: 2 steps"), "{said}");
}

#[test]
fn nothing_but_what_is_no_picture_is_refused_with_the_reasons() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("photos")).unwrap();
    fs::write(at("photos/a.heic"), "ftypheic").unwrap();
    let said = Dataset::open(folder.path(), Split::Train, None).unwrap_err().to_string();
    assert!(said.contains("left out 1 of 1 files: photos/a.heic (no picture)") && said.contains("JPEG"), "{said}");
    // A class whose every picture is broken is no class without pictures.
    write_classes(folder.path());
    let whole = fs::read(at("light/0.png")).unwrap();
    fs::write(at("photos/b.png"), &whole[..whole.len() / 2]).unwrap();
    let said = Dataset::open(folder.path(), Split::Train, None).unwrap_err().to_string();
    assert!(said.contains("a picture of photos") && said.contains("photos/b.png"), "{said}");
}

/// A JPEG that its camera held in another way (EXIF 274), which says how to turn it.
fn turned_jpeg(image: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut jpeg = Cursor::new(Vec::new());
    image.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    let exif = [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[orientation], &[0; 6]].concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn pictures_are_as_they_look() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("a")).unwrap();
    // Red above, blue below, as one sees it.
    let upright = |y: u32, height: u32| if y < height / 2 { [255, 0, 0] } else { [0, 0, 255] };
    RgbImage::from_fn(64, 64, |_, y| Rgb(upright(y, 64))).save(at("a/0.png")).unwrap();
    // A PNG that is called a JPEG, and one without any ending.
    fs::copy(at("a/0.png"), at("a/1.jpg")).unwrap();
    fs::copy(at("a/0.png"), at("a/2")).unwrap();
    // A camera that was turned: rows run downwards on the film (6), and upside down (3).
    let film = RgbImage::from_fn(64, 64, |x, _| Rgb(upright(x, 64)));
    fs::write(at("a/3.jpg"), turned_jpeg(&film, 6)).unwrap();
    let film = RgbImage::from_fn(64, 64, |_, y| Rgb(upright(63 - y, 64)));
    fs::write(at("a/4.jpg"), turned_jpeg(&film, 3)).unwrap();
    // Wider than high: the middle of it.
    let wide = |x: u32, y: u32| if (32..96).contains(&x) { upright(y, 64) } else { [0, 255, 0] };
    RgbImage::from_fn(128, 64, |x, y| Rgb(wide(x, y))).save(at("a/5.png")).unwrap();
    let data = open(folder.path(), Some(16));
    assert_eq!((data.len(), data.shape.channels, data.skipped.count), (6, 3, 0));
    for n in 0..6 {
        let value =
            |channel: usize, row: usize, column: usize| data.images[n * 768 + channel * 256 + row * 16 + column];
        for column in [2, 8, 13] {
            let [above, below] = [3, 12].map(|row| [0, 1, 2].map(|channel| value(channel, row, column)));
            assert!(above[0] > 240 && above[1] < 15 && above[2] < 15, "picture {n}, above: {above:?}");
            assert!(below[2] > 240 && below[0] < 15 && below[1] < 15, "picture {n}, below: {below:?}");
        }
    }
}

#[test]
fn what_is_transparent_is_white() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("a")).unwrap();
    let value = |x: u32| if x < 4 { [0, 0, 0, 0] } else { [0, 0, 0, 255] };
    RgbaImage::from_fn(8, 8, |x, _| Rgba(value(x))).save(folder.path().join("a/0.png")).unwrap();
    image::GrayAlphaImage::from_fn(8, 8, |x, _| image::LumaA([0, if x < 4 { 0 } else { 128 }]))
        .save(folder.path().join("a/1.png"))
        .unwrap();
    let data = open(folder.path(), None);
    let row = |n: usize| data.images[n * 192..n * 192 + 8].to_vec();
    assert_eq!(row(0), [255, 255, 255, 255, 0, 0, 0, 0]);
    assert_eq!(row(1), [255, 255, 255, 255, 127, 127, 127, 127]);
}

#[test]
fn train_and_test_are_parts_only_where_both_are_there() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_classes(folder.path());
    fs::rename(at("light"), at("train")).unwrap();
    let data = open(folder.path(), None);
    assert_eq!((data.names.clone(), data.len()), (vec!["dark".to_string(), "train".into()], 8), "a class of trains");
    let said = Dataset::open(folder.path(), Split::Test, None).unwrap_err();
    assert!(matches!(said, TrainError::Data { .. }) && said.to_string().contains("train and test"), "{said}");

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_classes(&at("train"));
    // The test set lacks the first class, and has one of its own.
    write_classes(&at("test"));
    fs::rename(at("test/dark"), at("test/odd")).unwrap();
    assert_eq!(open(folder.path(), None).names, ["dark", "light"]);
    let test = Dataset::open(folder.path(), Split::Test, None).unwrap();
    assert_eq!((test.labels, test.names), (vec![1; 4], vec!["dark".to_string(), "light".into()]));
    assert!(test.skipped.to_string().contains("odd/0.png (its class is not trained on)"), "{}", test.skipped);
}

#[test]
fn another_size_does_not_go_on_with_a_run() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    write_classes(&folder.path().join("data"));
    let train = "train --data data --run run --widths 8,8 --embedding 8 --batch 4 --epochs 1 --size";
    shell::told(folder.path(), &format!("{train} 8"));
    let before = fs::read(folder.path().join("run/checkpoint/average.safetensors")).unwrap();
    let said = shell::fail(folder.path(), &format!("{train} 16"));
    assert!(said.contains("holds a run on pictures of 1 × 8 × 8") && said.contains("1 × 16 × 16"), "{said}");
    assert_eq!(fs::read(folder.path().join("run/checkpoint/average.safetensors")).unwrap(), before);
    shell::told(folder.path(), &format!("{train} 8"));
}

#[test]
fn photographs_are_opened_one_by_one() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let photo = RgbImage::from_fn(4000, 3000, |x, y| Rgb([(x / 16) as u8, (y / 12) as u8, 128]));
    let mut jpeg = Cursor::new(Vec::new());
    photo.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    drop(photo);
    let jpeg = jpeg.into_inner();
    let most = |count: usize| {
        let data = folder.path().join(count.to_string());
        fs::create_dir_all(data.join("a")).unwrap();
        (0..count).for_each(|n| fs::write(data.join("a").join(format!("{n}.jpg")), &jpeg).unwrap());
        let before = HELD.load(SeqCst);
        MOST.store(before, SeqCst);
        let found = Dataset::open(&data, Split::Train, Some(32)).unwrap();
        assert_eq!((found.len(), found.shape.width), (count, 32));
        MOST.load(SeqCst) - before
    };
    let (one, eight) = (most(1), most(8));
    // Beside the pictures of 32 × 32 nothing is kept.
    assert!(eight < one + (1 << 20), "{one} bytes for one photograph, {eight} for eight");
    let said = Dataset::open(&folder.path().join("8"), Split::Train, None).unwrap_err().to_string();
    assert!(said.contains("4000×3000") && said.contains("--size"), "{said}");
}

//! The command where things go wrong: a disk that is full, a folder that is not there, a device in the place of a file, numbers
//! that make no sense, nobody who listens. It says so in a sentence and leaves nothing half done.

mod shell;

use shell::{fail, morphogen, pack, succeed};
use std::fs;
use std::path::Path;
use std::process::Command;

/// One subcommand for each kind of file that is written, without its name: quick ones, on the published packs.
fn lines() -> Vec<(String, &'static str)> {
    let fashion = pack("fashion");
    let sample = format!("sample --pack {} --network unet --prompt coat --steps 1", fashion.display());
    let report = format!("--pack {} --network unet --seeds 0", fashion.display());
    let steps = format!("steps --pack {} --network unet --seeds 1 --steps 1 --grid early", fashion.display());
    vec![
        (format!("{sample} --output"), "png"),
        (format!("{sample} --output"), "safetensors"),
        (format!("{sample} --whole --sticker"), "png"),
        (format!("{sample} --frames"), "gif"),
        (format!("evaluate {report} --json"), "json"),
        (format!("evaluate {report} --plot"), "svg"),
        (format!("{steps} --solver ddim --json"), "json"),
        (format!("morph coat bag --pack {} --network unet --steps 1 --frames 12 --output", fashion.display()), "png"),
    ]
}

/// Names of what a folder holds.
fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().into_owned();
    fs::read_dir(folder).unwrap().map(name).collect()
}

#[test]
fn a_line_says_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    for (n, (line, extension)) in lines().into_iter().enumerate() {
        let file = format!("{n}.{extension}");
        let said = succeed(folder.path(), &format!("{line} {file}"));
        assert!(said.lines().any(|line| line.starts_with(&file)), "{line} {file}: {said}");
        assert!(folder.path().join(&file).metadata().unwrap().len() > 0, "{file}");
    }
    assert!(names(folder.path()).iter().all(|name| !name.ends_with(".part")));
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    for (line, extension) in lines() {
        // No file may grow: the system says so as it does where a disk is full.
        let (old, fresh) = (format!("old.{extension}"), format!("fresh.{extension}"));
        if !line.contains("evaluate") {
            fs::write(folder.path().join(&old), "old").unwrap();
        }
        for file in [&old, &fresh] {
            let shell = format!("trap '' XFSZ; ulimit -f 0; exec {} {line} {file}", env!("CARGO_BIN_EXE_morphogen"));
            let output = Command::new("sh").args(["-c", &shell]).current_dir(folder.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{line} {file}: {said}");
            assert!(said.starts_with("morphogen: ") && said.contains(file), "{line} {file}: {said}");
        }
        let left = names(folder.path());
        assert!(!left.iter().any(|name| name.starts_with("fresh") || name.ends_with(".part")), "{line}: {left:?}");
        if !line.contains("evaluate") {
            assert_eq!(fs::read(folder.path().join(&old)).unwrap(), b"old", "{line}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_without_room_is_said_too() {
    let folder = tempfile::tempdir().unwrap();
    for (line, extension) in lines().into_iter().filter(|(line, _)| !line.contains("evaluate")) {
        let file = format!("full.{extension}");
        let _ = std::os::unix::fs::symlink("/dev/full", folder.path().join(&file));
        assert!(fail(folder.path(), &format!("{line} {file}")).contains("No space left"), "{line}");
    }
    for device in ["/dev/zero", "/dev/full", "/dev/null"] {
        let line = format!("evaluate --pack {} --network unet --seeds 1 --json {device}", pack("fashion").display());
        assert!(fail(folder.path(), &line).contains("found a device"), "{device}");
    }
}

#[test]
fn what_cannot_be_written_is_said_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    for (line, extension) in lines() {
        // A pack that is not there would be said first if the work came first.
        let line = line.replace(&pack("fashion").display().to_string(), "no-pack");
        let said = fail(folder.path(), &format!("{line} nowhere/x.{extension}"));
        assert!(said.contains("the folder nowhere is not there; make it first"), "{line}: {said}");
        let name = format!("folder.{extension}");
        fs::create_dir_all(folder.path().join(&name)).unwrap();
        let said = fail(folder.path(), &format!("{line} {name}"));
        assert!(said.contains("found a folder"), "{line}: {said}");
        assert!(fail(folder.path(), &format!("{line} fine.{extension}")).contains("no-pack"), "{line}");
    }
    assert!(names(folder.path()).iter().all(|name| name.starts_with("folder.")), "nothing was written");
}

#[cfg(unix)]
#[test]
fn a_pack_stays_as_it_was_where_there_is_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("pack");
    fs::create_dir_all(copy.join("training")).unwrap();
    for name in names(&pack("fashion")).into_iter().filter(|name| name != "training") {
        fs::copy(pack("fashion").join(&name), copy.join(&name)).unwrap();
    }
    for name in names(&pack("fashion/training")) {
        fs::copy(pack("fashion/training").join(&name), copy.join("training").join(&name)).unwrap();
    }
    let before = fs::read(copy.join("manifest.json")).unwrap();
    let line = "pack sampling pack --network unet --steps 3";
    let shell = format!("trap '' XFSZ; ulimit -f 0; exec {} {line}", env!("CARGO_BIN_EXE_morphogen"));
    let output = Command::new("sh").args(["-c", &shell]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("manifest.json"), "{said}");
    assert_eq!(fs::read(copy.join("manifest.json")).unwrap(), before);
    assert!(!names(&copy).iter().any(|name| name.ends_with(".part")));
    succeed(folder.path(), "pack check pack");
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_not_read_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let fashion = pack("fashion");
    let sample = format!("sample --pack {} --prompt coat --at .5 --output x.png --from", fashion.display());
    let denoise = "denoise --machine ideal --t .5 --images /dev/zero --input /dev/zero --output y.safetensors";
    let usual = format!("pack usual {} --words", pack("emoji").display());
    for line in [
        &format!("{sample} /dev/zero"),
        denoise,
        "pack create mine --draft /dev/zero",
        &format!("{usual} /dev/zero"),
        "evaluate --merge /dev/zero",
    ] {
        let said = fail(folder.path(), line);
        assert!(said.contains("/dev/zero: expected a file, found a device"), "{line}: {said}");
    }
}

#[test]
fn numbers_that_make_no_sense_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let fashion = pack("fashion");
    let sample = format!("sample --pack {} --network unet --prompt coat --steps 1", fashion.display());
    // Within their ranges, and yet too much together.
    for (line, said) in [
        (format!("{sample} --count 10000 --scale 256 --output x.png"), "a sheet of at most"),
        (format!("{sample} --count 10000 --steps 1000 --frames steps").replace("--steps 1 ", ""), "all steps"),
        (format!("{sample} --count 2 --scale 200 --frames x.gif"), "1 to 2048 pixels"),
        (format!("{sample} --whole --sticker x.png --size 100000"), "expected 16 to 512"),
        (format!("{sample} --machine bbels --window 99 --output x.png"), "a --window of at most"),
        (format!("{sample} --machine bbels --window 4 --output x.png"), "odd"),
    ] {
        let found = fail(folder.path(), &line);
        assert!(found.contains(said), "{line}: {found}");
        assert!(!folder.path().join("x.png").exists() && !folder.path().join("x.gif").exists());
    }
}

#[test]
fn nobody_listening_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let fashion = pack("fashion").display().to_string();
    let sample = format!("sample --pack {fashion} --network unet --prompt coat --steps 1 --output x.png");
    let steps = format!("steps --pack {fashion} --network unet --seeds 1 --steps 1 --grid early --solver ddim");
    for line in [format!("pack check {fashion}"), sample, steps, "--help".into(), "sample --help".into()] {
        let (reader, writer) = std::io::pipe().unwrap();
        // Nobody reads from the first line on, as behind `| head -n 0`.
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_morphogen"));
        let command = command.current_dir(folder.path()).args(line.split_whitespace());
        let output = command.stdout(writer).output().expect("the command starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""), "{line}");
    }
    // Nor where errors go nowhere.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let line = ["pack", "check", "nowhere"];
    let status = Command::new(env!("CARGO_BIN_EXE_morphogen")).args(line).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn output_without_room_is_a_sentence() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_morphogen"));
    let output = command.args(["pack", "check"]).arg(pack("fashion")).stdout(full).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.starts_with("morphogen: standard output: No space"), "{said}");
}

#[test]
fn what_is_printed_ends_with_a_newline() {
    let folder = tempfile::tempdir().unwrap();
    let fashion = pack("fashion");
    for (line, good) in [(format!("pack check {}", fashion.display()), true), ("pack check nowhere".into(), false)] {
        let output = morphogen(folder.path(), &line);
        let text = if good { output.stdout } else { output.stderr };
        assert!(text.ends_with(b"\n") && !text.ends_with(b"\n\n"), "{line}");
    }
}

//! The command as a person runs it, for the tests of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs a line in a folder.
pub fn morphogen(folder: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_morphogen"));
    command.current_dir(folder).args(line.split_whitespace()).output().expect("the command starts")
}

/// What a line that succeeds says, its notes included.
#[allow(dead_code, reason = "not every test needs it")]
pub fn told(folder: &Path, line: &str) -> String {
    let output = morphogen(folder, line);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "morphogen {line}\n{out}{err}");
    format!("{out}{err}")
}

/// What a line that succeeds prints.
#[allow(dead_code, reason = "not every test needs it")]
pub fn succeed(folder: &Path, line: &str) -> String {
    let output = morphogen(folder, line);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "morphogen {line}\n{out}{err}");
    out.into_owned()
}

/// What a line that fails says, which is a sentence and no panic.
pub fn fail(folder: &Path, line: &str) -> String {
    let output = morphogen(folder, line);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(1 | 2)), "morphogen {line} should fail in words: {said}");
    assert!(said.starts_with("morphogen: ") || said.starts_with("error: "), "morphogen {line}: {said}");
    said
}

/// A pack that is published.
#[allow(dead_code, reason = "not every test needs it")]
pub fn pack(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/models").join(name)
}

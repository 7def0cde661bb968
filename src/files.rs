//! Files of a program of its own, as whole things: what is read is a file and has an end, and what is written is there in
//! full or not at all, whatever breaks off. Nothing of it is needed in a browser.

use std::fs::{self, File, Metadata};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};

/// Opens a file. A device may give bytes for ever and a pipe may never give one, so neither is taken.
///
/// # Errors
/// What the system says, or that it is no file.
pub fn open(path: &Path) -> Result<File> {
    expect_file(&fs::metadata(path)?)?;
    File::open(path)
}

/// The bytes of a file.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file may be written to `path`: asked before long work, so that it is not in vain.
///
/// # Errors
/// What the system says, that it is a folder, or that its own folder is not there.
pub fn check(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(refused("expected the name of a file, found a folder")),
        Ok(found) if !found.is_file() => Ok(()),
        _ => {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            if !folder.is_dir() {
                return Err(refused(&format!("the folder {} is not there; make it first", folder.display())));
            }
            let beside = beside(path);
            File::create(&beside).and_then(|_| fs::remove_file(&beside))
        }
    }
}

/// Writes a file: beside its place first, then moved there. What was there before stays until then. A device or a pipe
/// takes the bytes as they come.
///
/// # Errors
/// As [`check`]; also where there is no room for it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() && !found.is_dir() => {
            let mut device = File::options().write(true).open(path)?;
            device.write_all(bytes).and_then(|()| device.flush())
        }
        _ => Staged::new(path, bytes)?.place(),
    }
}

/// A file that is written in full and not yet in its place; dropped, it is gone.
#[derive(Debug)]
pub struct Staged {
    beside: PathBuf,
    place: PathBuf,
    placed: bool,
}

impl Staged {
    /// Writes the bytes beside `path`.
    ///
    /// # Errors
    /// As [`check`]; also where there is no room for them.
    pub fn new(path: &Path, bytes: &[u8]) -> Result<Self> {
        check(path)?;
        // Through a link, so that it stays one.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        let staged = Staged { beside: beside(&place), place, placed: false };
        let mut file = File::create(&staged.beside)?;
        // Some systems find out only here that there is no room.
        file.write_all(bytes).and_then(|()| file.sync_all())?;
        Ok(staged)
    }

    /// Moves it to its place.
    ///
    /// # Errors
    /// What the system says.
    pub fn place(mut self) -> Result<()> {
        fs::rename(&self.beside, &self.place)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.placed {
            // Where it cannot be removed, the next one goes over it.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("part")
}

fn expect_file(found: &Metadata) -> Result<()> {
    match () {
        () if found.is_file() => Ok(()),
        () if found.is_dir() => Err(refused("expected a file, found a folder")),
        () => Err(refused("expected a file, found a device or a pipe")),
    }
}

fn refused(what: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        write(&file, b"old").unwrap();
        drop(Staged::new(&file, b"new").unwrap());
        assert_eq!((read(&file).unwrap(), fs::read_dir(folder.path()).unwrap().count()), (b"old".to_vec(), 1));
        write(&file, b"new").unwrap();
        assert_eq!((read(&file).unwrap(), fs::read_dir(folder.path()).unwrap().count()), (b"new".to_vec(), 1));
        assert!(write(folder.path(), b"").unwrap_err().to_string().contains("found a folder"));
        let missing = folder.path().join("nowhere/a.txt");
        assert!(check(&missing).unwrap_err().to_string().contains("nowhere is not there; make it first"));
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_devices_have_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link, full] = ["a", "b", "full"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!((read(&file).unwrap(), link.is_symlink()), (b"new".to_vec(), true));
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        assert!(full.exists().then(|| write(&full, b"new")).is_none_or(|done| done.is_err()));
        assert!(read(Path::new("/dev/zero")).unwrap_err().to_string().contains("device"));
    }
}

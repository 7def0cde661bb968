//! Files that a subcommand writes: whether one may be written is asked before the work, and a line says what was.

use super::CommandError;
use morphogen::files;
use serde::Serialize;
use std::fmt::Display;
use std::path::Path;

/// Where a file goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output<'a>(&'a Path);

impl<'a> Output<'a> {
    /// A file to be written to `path` later.
    ///
    /// # Errors
    /// [`CommandError::File`] where it cannot be.
    pub fn at(path: &'a Path) -> Result<Self, CommandError> {
        files::check(path).map_err(|error| CommandError::file(path, error))?;
        Ok(Output(path))
    }

    /// The same where a file is wanted.
    ///
    /// # Errors
    /// As [`Output::at`].
    pub fn maybe(path: Option<&'a Path>) -> Result<Option<Self>, CommandError> {
        path.map(Output::at).transpose()
    }

    /// Writes the file, in full or not at all, and says that it holds `what`.
    ///
    /// # Errors
    /// [`CommandError::File`] where there is no room for it, or the system refuses.
    pub fn write(self, bytes: &[u8], what: impl Display) -> Result<(), CommandError> {
        files::write(self.0, bytes).map_err(|error| CommandError::file(self.0, error))?;
        // Not between the bytes of a pipe.
        if self.0.is_file() {
            say!("{}: {what}, {} bytes", self.0.display(), bytes.len());
        }
        Ok(())
    }

    /// The same of a value as JSON, with a last newline.
    ///
    /// # Errors
    /// As [`Output::write`].
    pub fn write_json(self, value: &impl Serialize, what: impl Display) -> Result<(), CommandError> {
        let mut json = serde_json::to_vec_pretty(value).map_err(|error| CommandError::file(self.0, error))?;
        json.push(b'\n');
        self.write(&json, what)
    }

    /// How its name ends.
    pub fn extension(self) -> Option<&'a str> {
        self.0.extension().and_then(|extension| extension.to_str())
    }

    /// Its place.
    pub fn path(self) -> &'a Path {
        self.0
    }
}

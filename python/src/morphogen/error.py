"""The one error that the package raises for what comes from outside: files, folders, options. Its message is a sentence
or two: what was expected, what was found, and what to do where that is not plain."""

from __future__ import annotations

from pathlib import Path


class MorphogenError(Exception):
    """A file, a folder or an option is not what it should be."""

    @classmethod
    def at(cls, path: Path | str, message: str) -> MorphogenError:
        """A complaint about a file or folder."""
        return cls(f"{path}: {message}")

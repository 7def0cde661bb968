"""Model packs as the widget hands them to a browser: those that come with the package, folders, and zip files."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .error import MorphogenError

HERE = Path(__file__).resolve().parent
CARRIED = HERE / "carried"
"""What the wheel brings along: the widget's code and the packs."""
CHECKOUT = HERE.parents[2]
"""The project, where the package is used from a copy of it."""
MANIFEST = "manifest.json"
PLANES = ".planes"
"""Behind the name of a file of 16-bit values that the wheel holds with its low bytes first and its high bytes behind them: that compresses better."""
MOST = 64 << 20
"""Bytes that one file of a pack may have."""


def widget_code() -> str:
    """The module that hosts run. Raises `MorphogenError` where it was not built."""
    for path in (CARRIED / "widget.mjs", CHECKOUT / "pkg" / "generated" / "widget.mjs"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise MorphogenError("the widget's code is missing: install the wheel, or build the project with ./build.sh build")


def names() -> list[str]:
    """The packs that come with the package."""
    return sorted(path.parent.name for path in _home().glob(f"*/{MANIFEST}"))


def _home() -> Path:
    carried = CARRIED / "models"
    return carried if carried.is_dir() else CHECKOUT / "www" / "models"


def apart(content: bytes) -> bytes:
    """16-bit values with their low bytes first; a last odd byte stays last."""
    pairs = content[: len(content) & ~1]
    return pairs[::2] + pairs[1::2] + content[len(pairs) :]


def joined(content: bytes) -> bytes:
    """The file as it was."""
    half = len(content) // 2
    whole = bytearray(content)
    whole[0 : 2 * half : 2], whole[1 : 2 * half : 2] = content[:half], content[half : 2 * half]
    return bytes(whole)


class Pack:
    """The files of a pack, read when they are asked for."""

    def __init__(self, what: str, read: Callable[[str], bytes]) -> None:
        self.what, self._read = what, read
        manifest = self._bytes(MANIFEST)
        try:
            self.manifest: dict[str, Any] = json.loads(manifest)
            self._known = {MANIFEST, *self.manifest["files"]}
        except (ValueError, KeyError, TypeError) as error:
            raise MorphogenError.at(what, f"expected a model pack, but its {MANIFEST} cannot be read: {error}") from error
        self.address = f"morphogen:/pack/{hashlib.sha256(manifest).hexdigest()[:16]}/"
        """Where the browser finds it, the same for the same pack."""

    @classmethod
    def named(cls, name: str) -> Pack:
        """One that comes with the package."""
        return cls.folder(_home() / name)

    @classmethod
    def folder(cls, folder: Path) -> Pack:
        """A folder, such as `morphogen pack` writes."""
        if folder.is_file():
            return cls.zipped(folder.read_bytes(), str(folder))

        def read(name: str) -> bytes:
            apart = folder / (name + PLANES)
            return joined(apart.read_bytes()) if apart.is_file() else (folder / name).read_bytes()

        return cls(str(folder), read)

    @classmethod
    def zipped(cls, content: bytes, what: str = "the zip file") -> Pack:
        """A zip file with the folder in it, such as the page saves."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile as error:
            raise MorphogenError.at(what, "expected a model pack as a folder or a zip file") from error
        manifests = [name for name in archive.namelist() if name == MANIFEST or name.endswith(f"/{MANIFEST}")]
        if len(manifests) != 1:
            raise MorphogenError.at(what, f"expected one {MANIFEST} in it, found {len(manifests)}")
        above = manifests[0][: -len(MANIFEST)]

        def read(name: str) -> bytes:
            entry = archive.getinfo(above + name)
            if entry.file_size > MOST:
                raise OSError(f"its size would be {entry.file_size} bytes, {MOST} are allowed")
            return archive.read(entry)

        return cls(what, read)

    def file(self, name: str) -> bytes:
        """A file by its name in the pack. Raises `MorphogenError` where the manifest does not know it, or it is not there."""
        if name not in self._known:
            raise MorphogenError.at(self.what, f"the pack's manifest knows no file {name!r:.80}")
        return self._bytes(name)

    def _bytes(self, name: str) -> bytes:
        try:
            return self._read(name)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            message = f"the pack holds no {name} that can be read ({error})"
            raise MorphogenError.at(self.what, f"{message}; give the folder or the address of a whole pack") from error

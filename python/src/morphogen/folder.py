"""A folder of pictures as people have it, one sub-folder per class, read as the Rust crate reads it (`native/src/train/folder.rs`):
pictures are opened one after another and shrunk at once, and what is no picture is left out, counted and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from .error import MorphogenError

GREY = ("1", "L", "LA", "I", "F", "I;16")
KINDS = "PNG, JPEG, WebP, GIF or BMP"
LITTER = ("thumbs.db", "desktop.ini", "__macosx")
"""What systems put into folders beside what people do."""
NAMED = 5
"""Files that are named where something is left out."""
LARGEST = 256
"""Pixels a side of a picture that nobody asked to shrink, at most."""


@dataclass
class Skipped:
    """What was left out of a folder, and why."""

    count: int = 0
    of: int = 0
    """All that were there, those that are pictures among them."""
    first: list[str] = field(default_factory=list)

    def add(self, root: Path, path: Path, reason: str) -> None:
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(f"{path.relative_to(root)} ({reason})")

    def __str__(self) -> str:
        more = self.count - len(self.first)
        named = f": {', '.join(self.first)}" if self.first else ""
        return f"left out {self.count} of {self.of} files{named}{f' and {more} more' if more else ''}"


def root_of(folder: Path) -> Path:
    """Where the classes are: `train` and `test` inside a folder are parts of it where both are there; one alone is a class."""
    parts = [folder / "train", folder / "test"]
    return parts[0] if all(part.is_dir() for part in parts) else folder


def pictures(root: Path, size: int | None) -> tuple[NDArray[np.uint8], list[int], int, Skipped]:
    """Images `[N, C, H, W]`, grey if every file is; the class of each; the number of classes; what was left out.

    Raises `MorphogenError` where there is no picture, a class has none, or sizes differ without a `size`."""
    skipped = Skipped()
    arrays: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    colour = False
    wanted = None if size is None else (size, size)
    classes = _classes(root, skipped)
    for label, (name, files) in enumerate(classes.items()):
        before = len(labels)
        for path in files:
            try:
                found, coloured = photo(path)
            except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as error:
                skipped.add(root, path, str(error) or "cannot be read")
                continue
            if size is None and max(found.size) > LARGEST:
                message = f"expected pictures of at most {LARGEST} pixels a side, found {found.width}×{found.height}"
                raise MorphogenError.at(path, f"{message}; give --size")
            wanted = wanted or found.size
            if size is None and found.size != wanted:
                message = f"expected {wanted[0]}×{wanted[1]} pixels, found {found.width}×{found.height}; give --size"
                raise MorphogenError.at(path, message)
            colour = colour or coloured
            fitted = found if found.size == wanted else ImageOps.fit(found, wanted, Image.Resampling.LANCZOS)
            arrays.append(np.asarray(fitted, dtype=np.uint8).transpose(2, 0, 1))
            labels.append(label)
        if len(labels) == before:
            raise MorphogenError.at(root, f"expected a picture of {name} that can be read; {skipped}")
    if not labels:
        told = f"; {skipped}" if skipped.count else ""
        raise MorphogenError.at(root, f"expected IDX files, or one sub-folder of pictures ({KINDS}) per class{told}")
    images = np.stack(arrays)
    return (images if colour else np.ascontiguousarray(images[:, :1])), labels, len(classes), skipped


def photo(path: Path) -> tuple[Image.Image, bool]:
    """A picture as it looks: turned as the camera says, on white where it is transparent, in RGB; and whether its file may hold
    colours."""
    with Image.open(path) as opened:
        if opened.format not in ("PNG", "JPEG", "WEBP", "GIF", "BMP"):
            raise UnidentifiedImageError(f"expected a picture: {KINDS}")
        turned = ImageOps.exif_transpose(opened)
        colour = turned.mode not in GREY
        if "transparency" in turned.info or turned.mode in ("LA", "PA", "RGBA", "La", "RGBa"):
            clear = turned.convert("RGBA")
            ground = Image.new("RGBA", clear.size, "white")
            ground.alpha_composite(clear)
            return ground.convert("RGB"), colour
        if turned.mode.startswith("I;16"):
            wide = np.asarray(turned, dtype=np.uint16)
            return Image.fromarray((wide >> 8).astype(np.uint8)).convert("RGB"), colour
        return turned.convert("RGB"), colour


def _classes(root: Path, skipped: Skipped) -> dict[str, list[Path]]:
    """The files of each class that begin as pictures do."""
    classes: dict[str, list[Path]] = {}
    for path in sorted(root.iterdir()):
        if reason := _litter(path):
            skipped.of += 1
            skipped.add(root, path, reason)
        elif not path.is_dir():
            skipped.of += 1
            skipped.add(root, path, "is in no class folder")
        else:
            files = []
            for file in sorted(path.iterdir()):
                skipped.of += 1
                if reason := _no_picture(file):
                    skipped.add(root, file, reason)
                else:
                    files.append(file)
            if files:
                classes[path.name] = files
    return classes


def _litter(path: Path) -> str | None:
    if path.name.lower() in LITTER:
        return "made by the system"
    return "hidden" if path.name.startswith(".") else None


def _no_picture(path: Path) -> str | None:
    """Why a file of a class is left out without being decoded, if it is."""
    if reason := _litter(path):
        return reason
    if path.is_dir():
        return "is a folder inside a class"
    try:
        with path.open("rb") as file:
            first = file.read(16)
    except OSError as error:
        return str(error)
    known = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
    return None if first.startswith(known) or (first[:4] == b"RIFF" and first[8:12] == b"WEBP") else "no picture"

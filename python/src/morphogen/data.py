"""Data sets, the folders that the Rust crate takes (`native/src/train/data.rs`): MNIST-style IDX files (gzipped or not), pictures with
captions (`captions.json` beside `images.safetensors`), or a sub-folder of pictures for each class."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor

from . import captions, folder
from .captions import CaptionFile, Captions
from .error import MorphogenError

@dataclass(frozen=True)
class Dataset:
    """The pictures to train on, each with a class or with words."""

    images: Tensor
    """`[N, C, H, W]`, u8."""
    labels: Tensor
    """The class of each, `[N]`."""
    classes: int
    captions: Captions | None = None
    skipped: str = ""
    """What was left out of a folder, for people; empty if nothing."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a picture, `(C, H, W)`."""
        _, channels, height, width = self.images.shape
        return channels, height, width

    def __len__(self) -> int:
        return len(self.images)

    @classmethod
    def open(cls, path: Path | str, size: int | None = None) -> Dataset:
        """Opens a folder. `size` resizes the pictures of class folders to `size × size`; of other data it only says what is
        expected.

        Raises `MorphogenError` naming the file and what is wrong with it."""
        path = Path(path)
        if not path.is_dir():
            raise MorphogenError.at(path, f"expected a folder with {_KINDS}, found no folder")
        if (path / captions.FILE).is_file():
            data = _captioned(path)
        elif (images := _idx_file(path, "images-idx3-ubyte")) is not None:
            data = _idx(path, images)
        else:
            data = _folders(path, size)
        _, height, width = data.shape
        if size is not None and (height, width) != (size, size):
            message = f"expected {size}×{size} pixels as --size says, found {height}×{width}"
            raise MorphogenError.at(path, f"{message}; draw the data set in that size, or leave --size out")
        return data


_KINDS = f"IDX files, {captions.FILE} beside images.safetensors, or one sub-folder of pictures per class"


def _captioned(folder: Path) -> Dataset:
    file = CaptionFile.open(folder)
    images = _safetensors(folder / "images.safetensors")
    if len(images) != len(file.entries):
        message = f"expected one entry for each of {len(images)} pictures, found {len(file.entries)}"
        raise MorphogenError.at(folder / captions.FILE, f"{message}; write the data set anew")
    chosen = [n for n, entry in enumerate(file.entries) if entry.split == "train"]
    if not chosen:
        raise MorphogenError.at(folder, "expected captions of pictures to train on, found none")
    entries = [file.entries[n] for n in chosen]
    codes = {code: n for n, code in enumerate(sorted({entry.code for entry in file.entries}))}
    labels = torch.tensor([codes[entry.code] for entry in entries], dtype=torch.int64)
    return Dataset(images[chosen], labels, len(codes), Captions.of(file.vocabulary(), entries))


def _safetensors(path: Path) -> Tensor:
    """The one u8 tensor `images` `[N, 3, S, S]` of a file."""
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            if names != ["images"]:
                raise MorphogenError.at(path, f"expected just the tensor “images”, found {', '.join(names) or 'none'}")
            images: Tensor = file.get_tensor("images")
    except (OSError, SafetensorError) as error:
        raise MorphogenError.at(path, f"expected a safetensors file with “images”: {error}") from error
    shape = tuple(images.shape)
    if images.dtype != torch.uint8 or len(shape) != 4 or shape[1] != 3 or shape[2] != shape[3]:
        raise MorphogenError.at(path, f"expected “images” to be U8 [N, 3, S, S], found {images.dtype} {list(shape)}")
    return images


def _idx_file(folder: Path, kind: str) -> Path | None:
    names = (f"train-{kind}", f"train-{kind}.gz")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _idx(folder: Path, path: Path) -> Dataset:
    labels_path = _idx_file(folder, "labels-idx1-ubyte")
    if labels_path is None:
        raise MorphogenError.at(folder, "expected train-labels-idx1-ubyte beside the pictures, found none")
    images, labels = _read_idx(path, 3), _read_idx(labels_path, 1)
    if len(images) != len(labels) or len(images) == 0:
        message = f"expected one label for each of {len(images)} pictures, found {len(labels)}"
        raise MorphogenError.at(labels_path, message)
    classes = torch.from_numpy(labels.astype(np.int64))
    return Dataset(torch.from_numpy(images)[:, None], classes, int(classes.max()) + 1)


def _read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """LeCun's IDX format: magic, sizes (big-endian), bytes."""
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise MorphogenError.at(path, str(error)) from error
    header = 4 + 4 * dimensions
    if len(data) < header or data[:4] != bytes([0, 0, 8, dimensions]):
        raise MorphogenError.at(path, f"expected an IDX file of bytes with {dimensions} dimensions")
    sizes = [int.from_bytes(data[place : place + 4], "big") for place in range(4, header, 4)]
    expected = 1
    for size in sizes:
        expected *= size
    if expected != len(data) - header:
        raise MorphogenError.at(path, f"the header promises {sizes} bytes, the file holds {len(data) - header}")
    return np.frombuffer(bytearray(data[header:]), dtype=np.uint8).reshape(sizes)


def _folders(path: Path, size: int | None) -> Dataset:
    """One sub-folder per class, in order of name; grey if every picture is."""
    images, labels, classes, skipped = folder.pictures(folder.root_of(path), size)
    told = str(skipped) if skipped.count else ""
    return Dataset(torch.from_numpy(images), torch.tensor(labels, dtype=torch.int64), classes, skipped=told)

"""Folders of pictures, and what is said of those that are not as they should be."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import SIDE, write_classes, write_words
from PIL import Image
from safetensors.numpy import save_file

from morphogen.data import Dataset
from morphogen.error import MorphogenError


def write_idx(folder: Path, count: int = 6, labels: int | None = None) -> None:
    pictures = np.arange(count * 64, dtype=np.uint8).tobytes()
    header = bytes([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 8, 0, 0, 0, 8])
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + pictures))
    labels = count if labels is None else labels
    (folder / "train-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, labels, *[n % 3 for n in range(labels)]]))


def test_idx_files_are_read_packed_or_not(tmp_path: Path) -> None:
    write_idx(tmp_path)
    data = Dataset.open(tmp_path)
    assert data.shape == (1, 8, 8) and data.classes == 3 and data.labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert data.images[1, 0, 0, :3].tolist() == [64, 65, 66]


def test_class_folders_are_read_in_order_and_resized(classes: Path) -> None:
    data = Dataset.open(classes)
    assert data.shape == (1, SIDE, SIDE) and data.labels.tolist() == [0] * 8 + [1] * 8
    assert int(data.images[0, 0, 0, 0]) == 240 and int(data.images[0, 0, 0, -1]) == 10
    assert Dataset.open(classes, 8).shape == (1, 8, 8)
    Image.new("RGB", (SIDE, SIDE), (1, 2, 3)).save(classes / "top" / "colour.png")
    data = Dataset.open(classes)
    assert data.shape == (3, SIDE, SIDE) and data.images[9].flatten(1)[:, 0].tolist() != [1, 2, 3]
    assert [1, 2, 3] in data.images.flatten(2)[:, :, 0].tolist()


def refused(folder: Path, message: str, size: int | None = None) -> None:
    with pytest.raises(MorphogenError) as error:
        Dataset.open(folder, size)
    assert message in str(error.value)


def test_folders_without_data_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "none", "expected a folder with IDX files, captions.json")
    refused(tmp_path, "or one sub-folder of pictures (PNG, JPEG, WebP, GIF or BMP) per class")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "notes.txt").write_text("no picture")
    refused(tmp_path, "left out 1 of 1 files: class/notes.txt (no picture)")


def test_what_is_no_picture_is_left_out_and_counted(tmp_path: Path) -> None:
    folder = write_classes(tmp_path / "classes")
    whole = Dataset.open(folder)
    assert whole.skipped == ""
    named = folder / "top"
    for name, content in ((".DS_Store", b"\0"), ("Thumbs.db", b"\0"), ("._x.png", b"\x89PNG"), ("notes.txt", b"text"), ("cut.png", b"\x89PNG\r\n")):
        (named / name).write_bytes(content)
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / "loose.png").write_bytes(b"\x89PNG")
    (named / "inside").mkdir()
    left = Dataset.open(folder)
    assert torch.equal(left.images, whole.images) and torch.equal(left.labels, whole.labels)
    assert left.classes == whole.classes
    assert left.skipped.startswith("left out 8 of ") and "and 3 more" in left.skipped


def test_pictures_are_as_they_look(tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    shown.mkdir()
    half = Image.new("RGB", (8, 8), "red")
    half.paste("blue", (4, 0, 8, 8))
    turned = Image.Exif()
    turned[0x0112] = 6
    # A PNG by another name; one that the camera holds upright; one that is half transparent.
    half.save(shown / "a.jpg", format="PNG")
    half.save(shown / "b.png", exif=turned)
    clear = half.convert("RGBA")
    clear.putalpha(Image.new("L", (8, 8), 128))
    clear.save(shown / "c.png")
    images = Dataset.open(tmp_path).images
    assert images[0, :, 0, 0].tolist() == [255, 0, 0] and images[0, :, 0, 7].tolist() == [0, 0, 255]
    assert images[1, :, 0, 0].tolist() == [255, 0, 0] and images[1, :, 7, 0].tolist() == [0, 0, 255]
    assert images[2, :, 0, 0].tolist() == [255, 127, 127]


def test_train_and_test_are_parts_only_where_both_are_there(tmp_path: Path) -> None:
    folder = write_classes(tmp_path / "train")
    alone = Dataset.open(tmp_path / "train")
    (tmp_path / "test").mkdir()
    assert Dataset.open(tmp_path).classes == alone.classes
    (tmp_path / "test").rmdir()
    refused(tmp_path, "is a folder inside a class")
    assert folder.is_dir()


def test_wrong_sizes_are_refused(tmp_path: Path) -> None:
    refused(write_words(tmp_path / "words"), "expected 64×64 pixels as --size says, found 16×16", 64)
    folder = write_classes(tmp_path / "classes")
    Image.new("L", (9, 7)).save(folder / "top" / "odd.png")
    refused(folder, "expected 16×16 pixels, found 9×7; give --size")
    write_idx(tmp_path, labels=5)
    refused(tmp_path, "expected one label for each of 6 pictures, found 5")
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]))
    refused(tmp_path, "the header promises [9] bytes, the file holds 1")
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    refused(tmp_path, "expected train-labels-idx1-ubyte beside the pictures")


def test_broken_pictures_are_refused(tmp_path: Path) -> None:
    folder = write_words(tmp_path)
    save_file({"images": np.zeros((6, 3, 16, 16), dtype=np.float32)}, folder / "images.safetensors")
    refused(folder, "expected “images” to be U8 [N, 3, S, S], found torch.float32 [6, 3, 16, 16]")
    save_file({"pictures": np.zeros(1, dtype=np.uint8)}, folder / "images.safetensors")
    refused(folder, "expected just the tensor “images”, found pictures")
    (folder / "images.safetensors").write_bytes(b"not")
    refused(folder, "expected a safetensors file with “images”")

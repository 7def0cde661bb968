"""Small data sets and networks, and the `morphogen` command where it is built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file

SIDE = 16
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Tiny networks are slower on several."""
    torch.set_num_threads(1)


def write_words(folder: Path, side: int = SIDE) -> Path:
    """Red and blue squares and a purple one in two styles; the dark blue one is held out, and so is the purple; the bright red
    one may be turned in hue."""
    things = [("r", "red", "train"), ("b", "blue", "train"), ("p", "purple", "composition")]
    entries: list[dict[str, Any]] = []
    images = []
    for style in (0, 1):
        for code, word, split in things:
            entry = {
                "code": code, "style": style, "label": f"{word} square", "words": [word, "square"],
                "tags": ["shape", code], "colours": [word], "group": "shapes", "subgroup": "square", "main": "square",
                "split": "style" if code == "b" and style else split,
            }  # fmt: skip
            if code == "r" and style == 0:
                entry["hues"] = [{"degrees": 240, "colours": ["blue"]}]
            entries.append(entry)
            picture = np.full((3, side, side), 10, dtype=np.uint8)
            picture[[channel for channel, lit in enumerate(("rp", "", "bp")) if code in lit]] = 250 - 100 * style
            images.append(picture)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"images": np.stack(images)}, folder / "images.safetensors")
    (folder / "captions.json").write_text(json.dumps({"styles": ["bright", "dark"], "entries": entries}))
    return folder


def write_classes(folder: Path, side: int = SIDE, count: int = 8) -> Path:
    """Two classes: bright left halves and bright top halves."""
    for name in ("left", "top"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for n in range(count):
            picture = np.full((side, side), 10 + n, dtype=np.uint8)
            picture[(slice(None), slice(side // 2)) if name == "left" else slice(side // 2)] = 240 - n
            Image.fromarray(picture).save(folder / name / f"{n}.png")
    return folder


@pytest.fixture
def words(tmp_path: Path) -> Path:
    return write_words(tmp_path / "words")


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    return write_classes(tmp_path / "classes")


SMALL = ["--widths", "8,8", "--embedding", "8", "--batch", "8", "--warmup", "3", "--learning-rate", "5e-3", "--ema", "0.9", "--sheet", "0"]


def call(module: str, *arguments: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Runs `python -m morphogen.MODULE` in a process of its own."""
    command = [sys.executable, "-m", f"morphogen.{module}", *map(str, arguments)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=timeout)


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "python" / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="session")
def morphogen() -> Path:
    """The `morphogen` command: `$MORPHOGEN`, or what cargo built, newest first."""
    named = os.environ.get("MORPHOGEN")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [target / profile / "morphogen" for profile in ("release", "debug")]
    found = [Path(named)] if named else sorted((b for b in built if b.is_file()), key=lambda b: -b.stat().st_mtime)
    if not found:
        pytest.skip("the morphogen command is not built: cargo build --release")
    return found[0]

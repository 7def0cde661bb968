"""What one looks at while training: sheets of samples and the curve of the loss, as PNG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

GAP = 2


def sheet(path: Path, pictures: NDArray[np.float32], columns: int = 10, scale: int = 2) -> None:
    """Writes pictures `[B, C, H, W]` in `[−1, 1]`, each pixel `scale` pixels wide, with white between pictures."""
    count, channels, height, width = pictures.shape
    pixels = np.rint((np.clip(pictures, -1.0, 1.0) + 1.0) * 127.5).astype(np.uint8).transpose(0, 2, 3, 1)
    pixels = np.broadcast_to(pixels, (count, height, width, 3)).repeat(scale, 1).repeat(scale, 2)
    columns = max(1, min(columns, count))
    rows = max(1, -(-count // columns))
    cell_height, cell_width = height * scale + GAP, width * scale + GAP
    whole = np.full((rows * cell_height + GAP, columns * cell_width + GAP, 3), 255, dtype=np.uint8)
    for n, one in enumerate(pixels):
        top, left = GAP + n // columns * cell_height, GAP + n % columns * cell_width
        whole[top : top + one.shape[0], left : left + one.shape[1]] = one
    Image.fromarray(whole).save(path)


def loss_curve(path: Path, losses: Sequence[float], width: int = 960, height: int = 480) -> None:
    """Writes the loss over steps on a logarithmic scale: single values in grey, over them the mean of a fiftieth of the run,
    and lines with numbers."""
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    logs = np.log(np.maximum(np.asarray(losses, dtype=np.float64), 1e-9))
    if len(logs) > 0:
        low, high = float(logs.min()), float(logs.max())

        def y(log: float) -> int:
            return round((height - 1) * (high - log) / max(high - low, 1e-6))

        for value in _round_values(low, high):
            level = y(math.log(value))
            draw.line([(0, level), (width, level)], fill=225)
            draw.text((4, level + 2), f"{value:g}", fill=120)
        x = np.arange(len(logs)) * (width - 1) // len(logs)
        for column, log in zip(x.tolist(), logs.tolist(), strict=True):
            image.putpixel((column, min(y(log), height - 1)), 190)
        window = max(1, len(logs) // 50)
        sums = np.concatenate([[0.0], np.cumsum(logs)])
        begin = np.maximum(np.arange(1, len(logs) + 1) - window, 0)
        means = (sums[1:] - sums[begin]) / (np.arange(1, len(logs) + 1) - begin)
        draw.line([(int(c), y(float(m))) for c, m in zip(x, means, strict=True)], fill=0, width=2)
    image.save(path)


def _round_values(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten between `e^low` and `e^high`."""
    powers = range(math.floor(low / math.log(10.0)), math.ceil(high / math.log(10.0)) + 1)
    values = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    return [value for value in values if low <= math.log(value) <= high]

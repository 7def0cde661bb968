"""What a network has come to: its errors by time, and a sheet of samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import picture
from .batches import mixed
from .data import Dataset
from .network import Network, class_rows, cosines, word_sets
from .sampler import sample

TIMES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95)
PICTURES = 512
SEED = 100
"""Of every sheet, so that sheets can be compared."""


def spread(data: Dataset, most: int) -> Tensor:
    """At most so many pictures from all over the data, `[n]`."""
    count = min(most, len(data))
    return torch.arange(count) * len(data) // max(1, count)


def plain_rows(network: Network, data: Dataset, pictures: Tensor) -> Tensor:
    """The condition rows of the plainest prompt of each of `pictures`: its class, or its label in its style."""
    device = network.frequencies.device
    if data.captions is None:
        return class_rows(network.config, data.labels[pictures].to(device))
    return word_sets(network.config, [data.captions.labels[n] for n in pictures.tolist()], device)


@torch.no_grad()
def errors_by_time(network: Network, data: Dataset, most: int = PICTURES) -> dict[float, float]:
    """Mean squared error of `x̂₀` (clipped to `[−1, 1]`) over pictures from all over the data, by time."""
    device, chosen = network.frequencies.device, spread(data, most)
    generator = torch.Generator().manual_seed(mixed(SEED, 2, 0))
    clean = data.images[chosen].float() / 127.5 - 1.0
    rows = plain_rows(network, data, chosen)
    errors = {}
    for time in TIMES:
        noise = torch.randn(clean.shape, generator=generator)
        total = 0.0
        for x0, e, some in zip(*(torch.split(all_of, 64) for all_of in (clean, noise, rows)), strict=True):
            x0, e = x0.to(device), e.to(device)
            t = torch.full((len(x0),), time, dtype=torch.float64, device=device)
            a, s = cosines(t)
            x = network.denoised(a * x0 + s * e, t, some).clamp(-1.0, 1.0)
            total += float((x - x0).square().sum())
        errors[time] = total / clean.numel()
    return errors


def sheet(network: Network, data: Dataset, path: Path, count: int = 100, steps: int = 20) -> None:
    """Writes samples, ten a row: ten of each of the first classes, or the labels of pictures from all over the data with
    guidance 2 and one seed."""
    device = network.frequencies.device
    if data.captions is None:
        classes = torch.arange(-(-count // 10)) % data.classes
        rows = torch.split(class_rows(network.config, classes.repeat_interleave(10).to(device)), 10)
        drawn = torch.cat([sample(network, ten, seed=SEED, shape=data.shape, steps=steps) for ten in rows])[:count]
    else:
        rows_of_labels = plain_rows(network, data, spread(data, count))
        drawn = sample(
            network, rows_of_labels, seed=SEED, shape=data.shape, steps=steps, guidance=2.0, same_seed=True
        )
    picture.sheet(path, np.asarray(drawn.cpu()), columns=10)

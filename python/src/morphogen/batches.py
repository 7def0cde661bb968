"""The pictures, noise, times and conditions of every step, on the device that trains. Each is fixed by the seed and the step
alone, so a resumed run continues as an unbroken one, and every process of several draws the same batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .data import Dataset
from .error import MorphogenError
from .hue import turn
from .network import class_rows, cosines, null_rows, word_rows
from .settings import Settings

LEAST_TIME = 1e-4
LEAST_NOISE = 0.1
"""The noise `s` below which errors of a clean picture count no more than there."""
_MASK = (1 << 64) - 1


def mixed(seed: int, kind: int, number: int) -> int:
    """A seed for one of many draws (the finaliser of SplitMix64), so that neighbours have nothing in common."""
    z = (seed * 0x9E3779B97F4A7C15 + kind * 0xD1B54A32D192ED03 + number * 0x8CB92BA72F3D8DD7 + 1) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return (z ^ (z >> 31)) >> 1


@dataclass(frozen=True)
class Batch:
    """A step's, or a process's part of it."""

    x: Tensor
    """Noisy pictures `[B, C, H, W]`."""
    t: Tensor
    """Times `[B]`, f64."""
    rows: Tensor
    """Condition rows `[B, n+1]`."""
    target: Tensor
    """What should be predicted, `[B, C, H, W]`."""
    weight: Tensor | None
    """What each picture's squared error counts, `[B, 1, 1, 1]`; none where all count 1."""


class Batches:
    """Draws batches of a data set for a run."""

    def __init__(self, settings: Settings, data: Dataset, device: torch.device) -> None:
        """Brings the data to the device. Raises `MorphogenError` where they do not fit the network."""
        settings.network.check_shape(*data.shape)
        count = data.classes if data.captions is None else len(data.captions.vocabulary)
        if settings.network.condition_size != count:
            what = "classes" if data.captions is None else "words"
            message = f"the network knows {settings.network.condition_size} {what}, the data have {count}"
            raise MorphogenError(f"{message}; train on the data that it was made for, or begin another run")
        self.settings, self.device, self.length = settings, device, len(data)
        self.images, self.labels = data.images.to(device), data.labels.to(device)
        self.wordings = None if data.captions is None else data.captions.wordings.to(device)
        self.orders: dict[int, Tensor] = {}

    def chosen(self, step: int) -> Tensor:
        """The pictures of a step, `[B]`: pass after pass over the data, each in an order of its own."""
        first, last = step * self.settings.batch, (step + 1) * self.settings.batch
        parts = []
        for epoch in range(first // self.length, (last - 1) // self.length + 1):
            begin = epoch * self.length
            parts.append(self._order(epoch)[max(first - begin, 0) : last - begin])
        return torch.cat(parts).to(self.device)

    def _order(self, epoch: int) -> Tensor:
        if epoch not in self.orders:
            generator = torch.Generator().manual_seed(mixed(self.settings.seed, 0, epoch))
            self.orders = {key: order for key, order in self.orders.items() if key == epoch - 1}
            self.orders[epoch] = torch.randperm(self.length, generator=generator)
        return self.orders[epoch]

    def batch(self, step: int, skew: float, part: slice) -> Batch:
        """The `part` of a step's batch. Times have density `(1 + skew)·t^skew`, one in each of as many strata as pictures."""
        settings, size, device = self.settings, self.settings.batch, self.device
        generator = torch.Generator(device).manual_seed(mixed(settings.seed, 1, step))
        chosen = self.chosen(step)
        strata = torch.randperm(size, generator=generator, device=device)
        within = torch.rand(size, generator=generator, device=device, dtype=torch.float64)
        t = ((strata + within) / size).pow(1.0 / (1.0 + skew)).clamp(min=LEAST_TIME)
        noise = torch.randn((size, *self.images.shape[1:]), generator=generator, device=device)
        clean, rows = self._pictures(chosen, generator)
        dropped = torch.rand(size, generator=generator, device=device) < settings.drop_condition
        rows = torch.where(dropped[:, None], null_rows(settings.network, size, device), rows)
        t, noise, clean, rows = t[part], noise[part], clean[part], rows[part]
        a, s = cosines(t)
        weight = None
        match settings.network.prediction:
            case "noise":
                target = noise
            case "velocity":
                target = a * noise - s * clean
            case "clean":
                target, weight = clean, s.clamp(min=LEAST_NOISE).pow(-2)
        return Batch(a * clean + s * noise, t, rows, target, weight)

    def _pictures(self, chosen: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """The pictures in `[−1, 1]`, some turned in hue, and their condition rows."""
        config, images = self.settings.network, self.images[chosen]
        if self.wordings is None:
            rows = class_rows(config, self.labels[chosen])
        else:
            hue = self.wordings.hue(chosen, self.settings.hue, generator)
            rows = word_rows(config, *self.wordings.draw(chosen, hue, generator))
            if images.shape[1] == 3 and self.settings.hue > 0:
                degrees = torch.where(hue < 0, 0, self.wordings.degrees[chosen, hue.clamp(min=0)])
                images = torch.where((hue < 0)[:, None, None, None], images, turn(images, degrees))
        return images.float() / 127.5 - 1.0, rows

"""Drawing pictures while training: DDIM steps (Song et al. 2021, eq. 12 with σ = 0) with classifier-free guidance, from the noise
that every other part of the project begins a seed with."""

from __future__ import annotations

import torch
from torch import Tensor

from . import schedule
from .network import Network, null_rows
from .noise import pictures
from .schedule import Grid


@torch.no_grad()
def sample(
    network: Network,
    rows: Tensor,
    *,
    seed: int,
    shape: tuple[int, int, int],
    steps: int = 20,
    grid: Grid = "uniform",
    guidance: float = 1.0,
    same_seed: bool = False,
    at_once: int = 64,
) -> Tensor:
    """Pictures `[B, C, H, W]` in `[−1, 1]` for condition rows `[B, n+1]`. Picture `n` has seed `seed + n`, or all have one.

    Guidance `g` is `x̂₀(null) + g (x̂₀(rows) − x̂₀(null))`, 1 for none; `x̂₀` is clipped to `[−1, 1]` after it."""
    device = rows.device
    times = schedule.grid(steps, grid)
    if same_seed:
        noise = torch.from_numpy(pictures(seed, 1, shape)).expand(len(rows), *shape)
    else:
        noise = torch.from_numpy(pictures(seed, len(rows), shape))
    drawn = []
    for x, some in zip(torch.split(noise.to(device), at_once), torch.split(rows, at_once), strict=True):
        for t, after in zip(times, times[1:], strict=False):
            x = _step(network, x, some, t, after, guidance)
        drawn.append(x)
    return torch.cat(drawn)


def _step(network: Network, x: Tensor, rows: Tensor, t: float, after: float, guidance: float) -> Tensor:
    def mean(rows: Tensor) -> Tensor:
        return network.denoised(x, torch.full((len(x),), t, dtype=torch.float64, device=x.device), rows)

    clean = mean(rows)
    if guidance != 1.0:
        null = mean(null_rows(network.config, len(x), x.device))
        clean = null + guidance * (clean - null)
    clean = clean.clamp(-1.0, 1.0)
    (a, s), (next_a, next_s) = schedule.at(t), schedule.at(after)
    ratio = next_s / s
    return ratio * x + (next_a - ratio * a) * clean

"""The noise schedule: `x_t = a_t x_0 + s_t ε` with `a_t² + s_t² = 1`; `t = 0` is a clean picture, `t = 1` (almost) pure noise."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from .error import MorphogenError

Grid: TypeAlias = Literal["uniform", "early"]

OFFSET = 1.008
"""Leaves a trace of the picture at `t = 1` (Kamb & Ganguli 2025)."""
EARLY = 1.5
"""Exponent of the grid `early`."""


def at(t: float) -> tuple[float, float]:
    """`(a_t, s_t)` of the cosine schedule (Nichol & Dhariwal 2021), `a_t = cos((t / 1.008) · π/2)`; `t` in `[0, 1]`."""
    angle = t / OFFSET * math.pi / 2
    return math.cos(angle), math.sin(angle)


def grid(steps: int, kind: Grid = "uniform") -> list[float]:
    """The times that `steps` steps visit, from 1 to 0: evenly, or `t = 1 − (i/S)^1.5`, closer together where noise is high and
    what a picture shows is decided. Length `steps + 1`."""
    if not 1 <= steps <= 1000:
        raise MorphogenError(f"expected between 1 and 1000 steps, found {steps}; 20 is a good choice")
    if kind == "uniform":
        return [i / steps for i in range(steps, -1, -1)]
    return [1.0 - (i / steps) ** EARLY for i in range(steps + 1)]

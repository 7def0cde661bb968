"""Morphogen in Python: a diffusion model as a widget for notebooks, the PyTorch twin of its networks, and a trainer whose runs the
`morphogen` command packs for browsers.

    from morphogen import Sampler
    Sampler(prompt="sneaker", seed=7, machine="bbels")

    from morphogen import export
    Sampler(model=export(network, "mine", prompts=["Disc", "Ring"], size=16), prompt="ring")

    python -m morphogen.train --data DATA --run RUN --steps 20000
    python -m morphogen.widen RUN WIDER --embedding 384 --words 192 --scale-shift

The widget needs anywidget, and NumPy where an array is asked for; the trainer needs the extra `morphogen[train]`. Each is imported when
it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .config import NetworkConfig
from .error import MorphogenError

if TYPE_CHECKING:
    from .exporting import export
    from .widget import Sampler

__all__ = ["MorphogenError", "NetworkConfig", "Sampler", "export"]
__version__ = "0.1.0"

_LATE = {"Sampler": "widget", "export": "exporting"}
"""Where a name is that needs more than the standard library."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LATE[name]}", __name__), name)

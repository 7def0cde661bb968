"""Morphogen in Python: the PyTorch twin of its networks, and a trainer whose runs the `morphogen` command packs for browsers.

    python -m morphogen.train --data DATA --run RUN --steps 20000
    python -m morphogen.widen RUN WIDER --embedding 384 --words 192 --scale-shift

`morphogen.config` and `morphogen.layers` need nothing; the rest needs the extra `morphogen[train]`."""

from .config import NetworkConfig
from .error import MorphogenError

__all__ = ["MorphogenError", "NetworkConfig"]
__version__ = "0.1.0"

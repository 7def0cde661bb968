"""`python -m morphogen.widen SRC DST`: widens what a trained network knows of time and words, without changing what it computes.

- An embedding of `k·E` keeps its `E/2` frequencies at every `k`-th place; what feeds old units from new places is zero, and so
  is what new units feed. The new units themselves begin at random, so that training can use them at once.
- Longer rows of words begin with the old ones; what reads the new places begins at zero for old units.
- `scale-shift` begins with scales of zero."""

from __future__ import annotations

import argparse
import math
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

try:
    import torch
    from torch import Tensor
except ImportError as error:
    if __name__ != "__main__":
        raise
    sys.exit(f"morphogen.widen: expected PyTorch and its company ({error}): pip install 'morphogen[train]'")

from .checkpoint import result
from .config import NetworkConfig, Words
from .error import MorphogenError
from .network import WORD_SCALE, Network, Weights
from .settings import Settings
from .trainer import fresh


def widened(config: NetworkConfig, embedding: int | None, words: int | None, scale_shift: bool) -> NetworkConfig:
    """The config of the wider network. Raises `MorphogenError` where one cannot be had."""
    wide = embedding or config.embedding
    if wide < config.embedding or wide % config.embedding:
        message = f"expected an embedding that is a multiple of {config.embedding}, so that its frequencies stay, found {wide}"
        raise MorphogenError(message)
    condition = config.condition
    if words is not None:
        if not isinstance(condition, Words):
            raise MorphogenError("expected a network of words for --words, found one of classes or vectors")
        if words < condition.width:
            raise MorphogenError(f"expected rows of words of at least {condition.width}, found {words}")
        condition = Words(condition.count, words)
    modulation = "scale-shift" if scale_shift else config.modulation
    wider = replace(config, embedding=wide, condition=condition, modulation=modulation)
    wider.check()
    return wider


def widen(config: NetworkConfig, weights: Weights, wider: NetworkConfig, seed: int = 5) -> Weights:
    """The weights of a network of config `wider` that computes what `weights` of `config` do."""
    generator = torch.Generator().manual_seed(seed)

    def random(rows: int, columns: int, deviation: float) -> Tensor:
        return torch.randn(rows, columns, generator=generator) * deviation

    old, new = config.embedding, wider.embedding
    wide = dict(weights)
    if new > old:
        wide.update(_wider_embedding(weights, old, new, random))
    if isinstance(config.condition, Words) and isinstance(wider.condition, Words):
        before, after = config.condition.width, wider.condition.width
        wide["words.weight"] = torch.cat(
            [weights["words.weight"], random(config.condition.count, after - before, WORD_SCALE)], 1
        )
        condition = torch.zeros(after + 1, new)
        condition[:before, :old], condition[after, :old] = weights["condition.weight"][:-1], weights["condition.weight"][-1]
        condition[:after, old:] = random(after, new - old, 0.5 * math.sqrt(2.0 / (after + 1)) / WORD_SCALE)
        wide["condition.weight"] = condition
    elif new > old:
        rows = config.condition_width + 1
        wide["condition.weight"] = torch.cat([weights["condition.weight"], random(rows, new - old, 0.5)], 1)
    if wider.modulation == "scale-shift" and config.modulation == "shift":
        wide["scale.weight"] = torch.zeros(new, weights["shift.weight"].shape[1])
    return {name: tensor.contiguous() for name, tensor in wide.items()}


def _wider_embedding(weights: Weights, old: int, new: int, random: Callable[[int, int, float], Tensor]) -> Weights:
    """The tensors of time, and what reads the embedding."""
    half, new_half, times = old // 2, new // 2, new // old
    time_in = torch.zeros(new, new)
    places = torch.arange(half) * times
    time_in[places, :old] = weights["time.in.weight"][:half]
    time_in[new_half + places, :old] = weights["time.in.weight"][half:]
    time_in[:, old:] = random(new, new - old, math.sqrt(1.0 / new))
    time_out = torch.zeros(new, new)
    time_out[:old, :old] = weights["time.out.weight"]
    time_out[:, old:] = random(new, new - old, math.sqrt(1.0 / new))
    wide = {"time.in.weight": time_in, "time.out.weight": time_out}
    for name in ("time.in.bias", "time.out.bias"):
        wide[name] = torch.cat([weights[name], torch.zeros(new - old)])
    for name in ("shift.weight", "scale.weight"):
        if name in weights:
            wide[name] = torch.cat([weights[name], torch.zeros(new - old, weights[name].shape[1])])
    return wide


def difference(config: NetworkConfig, weights: Weights, wider: NetworkConfig, wide: Weights) -> float:
    """The largest difference between the rows of shifts (and scales) of both networks, in units of the largest value, over times
    and conditions; what follows them is the same."""
    t = torch.linspace(0.01, 1.0, 64, dtype=torch.float64)
    size = config.condition_size
    rows = torch.eye(size + 1)[torch.arange(64) * size // 63]
    with torch.no_grad():
        one, scales = Network(config, weights).modulation(t, rows)
        other, wide_scales = Network(wider, wide).modulation(t, rows)
    worst = float((one - other).abs().max() / one.abs().max().clamp(min=1e-9))
    if wide_scales is not None:
        worst = max(worst, float((wide_scales - (0.0 if scales is None else scales)).abs().max()))
    return worst


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    line = argparse.ArgumentParser(prog="python -m morphogen.widen", description=__doc__.split("\n")[0])
    line.add_argument("source", type=Path, help="folder of a run, of either trainer")
    line.add_argument("run", type=Path, help="folder of the run to make; train it with --fork, or --start")
    line.add_argument("--embedding", type=int, help="width of the time and condition embedding, a multiple of the old one")
    line.add_argument("--words", type=int, help="length of a word's row")
    line.add_argument("--scale-shift", action="store_true", help="let time and condition scale channels as well")
    options = line.parse_args(arguments)
    try:
        if options.run.exists():
            raise MorphogenError.at(options.run, "expected a new name for the wider run, found something there")
        config, weights, settings = result(options.source)
        wider = widened(config, options.embedding, options.words, options.scale_shift)
        wide = widen(config, weights, wider)
        kept = {name: settings[name] for name in ("seed", "vocabulary") if settings.get(name) is not None}
        try:
            fresh(Settings(wider, rate="constant", **kept), wide).save(options.run, 1)
        except OSError:
            shutil.rmtree(options.run, ignore_errors=True)
            raise
        print(f"widened: {options.run}, to within {difference(config, weights, wider, wide):.1e} of what it computed")
    except (MorphogenError, OSError) as error:
        print(f"morphogen.widen: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The ResNets that Kamb & Ganguli released with their paper (arXiv 2412.20292), in our layers: found by the names of their tensors, and made to compute the
same by `converted`.

Their state may be negative, is shifted in front of each convolution, and its shifts are curves of time that our embedding has not. Ours is a sum of
ReLUs, shifted behind each convolution. So a hidden layer here has `2n + 1` channels for their `n`: the state, raised so far that the first ReLU
changes nothing; the shift that the next convolution reads; and ones, by which the convolutions take away what both were raised by, at the border
too. The curves are drawn anew through many points, straight in between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import torch
from torch import Tensor

from .config import MAX_WIDTH, Class, NetworkConfig, Padding, ResNet
from .error import MorphogenError
from .network import Weights

DEVIATIONS = 7.0
"""Of noise that the first layer's sums stay positive under, beside any picture."""
CURVE = 5e-5
"""How far the shifts of a layer may be from theirs, in the mean over channels (root mean square), at any time."""
POINTS = 2048
"""Where they are compared, in [0, 1]."""
LIMIT = 128 << 20
"""Bytes of weights that browsers take, as 32-bit numbers."""
GROUPS = 8
"""Of the normalisation behind each linear map of the time."""
CLOSED = 2.0
"""What the units of all other classes are held down by; no unit reaches it."""

REFUSED = "has no place in our layers; python/README.md has a table of what can come over"


@dataclass(frozen=True)
class Found:
    """A released ResNet, its tensors in f64."""

    tensors: Mapping[str, Tensor]
    width: int
    """Their channels, n."""
    convolutions: int
    """Hidden ones."""
    classes: int
    """0 where it draws without."""

    @property
    def shifted_end(self) -> bool:
        """Whether a shift stands in front of the last convolution, too."""
        return f"embs.{self.convolutions}.0.weight" in self.tensors

    def shift(self, n: int, times: Tensor, label: int) -> Tensor:
        """What is added in front of convolution `n`, `[T, width]`, at times `[T]`."""
        half = self.width // 2
        waves = times[:, None] / 10_000.0 ** (torch.arange(half, dtype=torch.float64) / (half - 1))
        embedded = torch.cat([waves.sin(), waves.cos()], 1)
        if self.classes:
            embedded = embedded + self.tensors["embedding.class_embeddings.weight"][label]
        linear = embedded @ self.tensors[f"embs.{n}.0.weight"].T + self.tensors[f"embs.{n}.0.bias"]
        weight, bias = self.tensors[f"embs.{n}.1.weight"], self.tensors[f"embs.{n}.1.bias"]
        return torch.nn.functional.group_norm(linear, GROUPS, weight, bias).relu()


def recognised(names: Mapping[str, object]) -> bool:
    """Whether these are tensors of a released network, a UNet or a ResNet."""
    return any(name.removeprefix("backbone.") in ("up_projection.weight", "feature_blocks.0.model.0.weight") for name in names)


def found(named: Mapping[str, Tensor]) -> Found:
    """Reads the tensors of a released network.

    Raises `MorphogenError` with what cannot come over."""
    tensors = {name.removeprefix("backbone."): tensor.double() for name, tensor in named.items()}
    if any(name.startswith("feature_blocks.") for name in tensors):
        message = "the released UNet halves by max pooling, doubles by transposed convolutions and has two convolutions a block without a sum around them, which"
        raise MorphogenError(f"{message} {REFUSED}")
    if "down_projection.0.weight" in tensors or any(re.fullmatch(r"convs\.\d+\.1\.weight", name) for name in tensors):
        raise MorphogenError(f"the released ResNet with normalised convolutions {REFUSED}; those without, as in the paper, come over")
    hidden = sum(re.fullmatch(r"convs\.\d+\.0\.weight", name) is not None for name in tensors)
    width = tensors["up_projection.weight"].shape[0]
    labels = tensors.get("embedding.class_embeddings.weight")
    net = Found(tensors, width, hidden, 0 if labels is None else labels.shape[0])
    kernel = tensors["up_projection.weight"].shape[-1]
    _check(net, {"up_projection": (width, None, kernel), "down_projection": (None, width, None), **{f"convs.{n}.0": (width, width, kernel) for n in range(hidden)}})
    return net


def _check(net: Found, convolutions: Mapping[str, tuple[int | None, int | None, int | None]]) -> None:
    """That every tensor is there, of a shape that fits the others."""
    if net.width % GROUPS or net.width < 4 or 2 * net.width + 1 > MAX_WIDTH:
        raise MorphogenError(f"expected channels in multiples of {GROUPS} up to {MAX_WIDTH // 2 - 1}, found {net.width}")
    wanted: dict[str, tuple[int | None, ...]] = {f"{part}.weight": (*shape, shape[2]) for part, shape in convolutions.items()}
    for n in range(net.convolutions + net.shifted_end):
        wanted |= {f"embs.{n}.0.weight": (net.width, net.width), **{f"embs.{n}.{part}": (net.width,) for part in ("0.bias", "1.weight", "1.bias")}}
    wanted |= {f"{part}.bias": (shape[0],) for part, shape in convolutions.items()}
    for name, shape in wanted.items():
        tensor = net.tensors.get(name)
        fits = tensor is not None and len(tensor.shape) == len(shape) and all(want in (None, have) for want, have in zip(shape, tensor.shape, strict=True))
        if not fits:
            have = "none" if tensor is None else list(tensor.shape)
            raise MorphogenError(f"the tensors are not those of a released ResNet: expected “{name}” {list(shape)}, found {have}")


def converted(net: Found, padding: Padding | None) -> tuple[NetworkConfig, Weights]:
    """The same network in our layers. Tensors do not say what lies beyond the border: `padding` does."""
    if padding is None or padding not in get_args(Padding):
        raise MorphogenError("expected padding=, zeros or circular: tensors do not say what lies beyond the border; the released files have it in their names")
    up, down = net.tensors["up_projection.weight"], net.tensors["down_projection.weight"]
    n, kernel, channels = net.width, up.shape[-1], up.shape[1]
    if down.shape[-1] > kernel or (kernel - down.shape[-1]) % 2:
        raise MorphogenError(f"expected a last kernel of at most {kernel}, odd as the others, found {down.shape[-1]}")
    curves, slack = _targets(net)
    embedding = _embedding(net, curves)
    rows = up.flatten(1)
    raised = rows.abs().sum(1) + DEVIATIONS * rows.square().sum(1).sqrt() + net.tensors["up_projection.bias"].abs()
    weights: dict[str, Tensor] = {**embedding}
    first = torch.zeros(2 * n + 1, channels, kernel, kernel, dtype=torch.float64)
    first[:n] = up
    bias = torch.zeros(2 * n + 1, dtype=torch.float64)
    bias[:n], bias[2 * n] = net.tensors["up_projection.bias"] + raised, 1.0
    weights |= {"in.weight": first, "in.bias": bias}
    for layer in range(net.convolutions):
        rows = torch.zeros(2 * n + 1, 2 * n + 1, kernel, kernel, dtype=torch.float64)
        rows[:n] = _reading(net.tensors[f"convs.{layer}.0.weight"], raised, slack[layer], True)
        bias = torch.zeros(2 * n + 1, dtype=torch.float64)
        bias[:n] = net.tensors[f"convs.{layer}.0.bias"]
        weights |= {f"hidden.{layer + 1}.weight": rows, f"hidden.{layer + 1}.bias": bias}
    around = (kernel - down.shape[-1]) // 2
    last = torch.nn.functional.pad(down, (around,) * 4)
    # Without a shift at the end, the state is added to itself there.
    end = last if net.shifted_end else 2.0 * last
    weights |= {"out.weight": _reading(end, raised, slack[-1], net.shifted_end), "out.bias": net.tensors["down_projection.bias"]}
    config = NetworkConfig(
        ResNet(2 * n + 1, net.convolutions + 2), channels, Class(max(1, net.classes)), kernel=kernel, padding=padding,
        embedding=embedding["time.in.bias"].shape[0], prediction="noise",
    )  # fmt: skip
    config.check()
    size = 4 * sum(tensor.numel() for tensor in weights.values())
    if size > LIMIT:
        raise MorphogenError(f"expected a network of at most {LIMIT >> 20} MiB in our layers, which is what browsers take, found {size / 2**20:.0f}")
    return config, {name: tensor.float().contiguous() for name, tensor in weights.items()}


def _reading(weight: Tensor, raised: Tensor, slack: Tensor, shifted: bool) -> Tensor:
    """A convolution that reads state and shift, and takes away what they were raised by."""
    over = -torch.einsum("oikl,i->okl", weight, raised + slack if shifted else raised)
    return torch.cat([weight, weight if shifted else torch.zeros_like(weight), over[:, None]], 1)


def _targets(net: Found) -> tuple[Tensor, Tensor]:
    """What the shifts of each layer grow by, `[classes, T, layers, n]` at evenly spaced times, and how much of each shift `[layers, n]` is there to keep that
    growth positive."""
    times = torch.linspace(0, 1, POINTS + 1, dtype=torch.float64)
    shifts = torch.stack(
        [torch.stack([net.shift(n, times, label) for n in range(net.convolutions + net.shifted_end)], 1) for label in range(max(1, net.classes))]
    )
    if not net.shifted_end:
        shifts = torch.cat([shifts, shifts[:, :, -1:]], 2)
    grown = shifts.diff(dim=2)
    slack = (-grown).amax((0, 1)).clamp(min=0)
    over = torch.cat([torch.zeros_like(slack[:1]), slack.cumsum(0)])
    return torch.cat([shifts[:, :, :1], grown + slack], 2), over


def _embedding(net: Found, curves: Tensor) -> Weights:
    """The tensors of time and class, with as few units as the curves can be drawn with."""
    error = float("inf")
    for size in (256, 512, 1024, MAX_WIDTH):
        if size < 64 * len(curves) and size < MAX_WIDTH:
            continue
        tensors, error = _units(net, curves, size)
        if error <= CURVE:
            return tensors
    raise MorphogenError(f"the shifts of this network change too fast with time to be drawn with {MAX_WIDTH} units: they would be {error:.1g} apart where {CURVE:g} is allowed")


def _units(net: Found, curves: Tensor, size: int) -> tuple[Weights, float]:
    """Units that are 0 before a moment and grow evenly behind it; each class has its own, and all others hold them down."""
    classes, _, layers, n = curves.shape
    each = size // classes
    half = size // 2
    times = torch.linspace(0, 1, POINTS + 1, dtype=torch.float64)
    clock = (1000.0 * times * 10_000.0 ** (-(half - 1) / half)).sin()
    rate = 1.0 / float(clock[-1])
    clock = clock * rate
    full = 2 * n + 1
    units = {"time.in.weight": torch.zeros(size, size), "time.in.bias": torch.zeros(size), "time.out.weight": torch.eye(size), "time.out.bias": torch.zeros(size)}
    tensors = {name: tensor.double() for name, tensor in units.items()}
    condition = torch.zeros(classes + 1, size, dtype=torch.float64)
    shift = torch.zeros(size, layers * full, dtype=torch.float64)
    worst = 0.0
    for label in range(classes):
        curve = curves[label].reshape(POINTS + 1, -1)
        at = _moments(curve, each - 1)
        slopes = (curve[at[1:]] - curve[at[:-1]]) / (clock[at[1:]] - clock[at[:-1]])[:, None]
        turns = torch.cat([slopes[:1], slopes.diff(dim=0)])
        place = torch.arange(label * each, label * each + len(turns) + 1)
        own, hinges = place[0], place[1:]
        tensors["time.in.bias"][own] = 1.0
        tensors["time.in.weight"][half - 1, hinges] = rate
        tensors["time.in.bias"][hinges] = -clock[at[:-1]]
        coefficients = torch.cat([curve[:1], turns]).reshape(-1, layers, n)
        for layer in range(layers):
            shift[place, layer * full + n : layer * full + 2 * n] = coefficients[:, layer]
        drawn = curve[0] + (clock[:, None] - clock[at[:-1]]).clamp(min=0) @ turns
        apart = (drawn - curve).reshape(-1, layers, n).square().mean(2).sqrt()
        worst = max(worst, float(apart.max()))
        if net.classes:
            tensors["time.out.bias"][place] = -CLOSED
            condition[label, place] = CLOSED
    # Asked for nothing, it draws its first class: it never learnt to do without one.
    condition[-1] = condition[0]
    return {**tensors, "condition.weight": condition, "shift.weight": shift}, worst


def _moments(curve: Tensor, most: int) -> Tensor:
    """At most `most` places of `[T, …]` between which it is all but straight: the more it bends, the closer."""
    bend = torch.zeros(len(curve), dtype=torch.float64)
    bend[1:-1] = (curve[2:] - 2 * curve[1:-1] + curve[:-2]).abs().amax(1)
    dense = bend.sqrt()
    dense = dense + 0.05 * float(dense.mean()) + 1e-12
    share = dense.cumsum(0)
    share = (share - share[0]) / (share[-1] - share[0])
    places = torch.searchsorted(share, torch.linspace(0, 1, most, dtype=torch.float64)).clamp(max=len(curve) - 1)
    return torch.cat([places[:1], places[1:][places.diff() > 0]])

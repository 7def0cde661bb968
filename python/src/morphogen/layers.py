"""The architecture written out as a list of layers, as the Rust crate does (`src/network/layers.rs`): the same names, shapes
and order.

Values are numbered in the order in which they are made: value 0 is the noisy picture, value `i + 1` is what layer `i`
gives. Time and condition enter a hidden layer as one shift (and, where the config says so, one scale) per channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from .config import NetworkConfig, UNet, Words


@dataclass(frozen=True)
class Conv:
    """`residual + relu(norm(conv(resample(input) ++ skip) + bias) · (1 + scale) + shift)`, each part but the convolution
    optional."""

    name: str
    """Its tensors are `{name}.weight`, `{name}.bias`, `{name}.norm.scale` and `{name}.norm.offset`."""
    input: int
    input_channels: int
    channels: int
    kernel: int
    skip: int | None = None
    """Concatenated behind the (resampled) input's channels."""
    skip_channels: int = 0
    resample: Literal["keep", "halve", "double"] = "keep"
    groups: int | None = None
    shift: int | None = None
    """Where this layer's shifts begin in the row of shifts."""
    relu: bool = False
    residual: int | None = None


@dataclass(frozen=True)
class Attention:
    """Self-attention over all pixels of `[B, 3·channels, H, W]`: queries, keys and values behind each other."""

    name: str
    input: int
    channels: int
    heads: int


Layer: TypeAlias = Conv | Attention


@dataclass(frozen=True)
class Layers:
    """A network's layers, in the order in which they run."""

    list: tuple[Layer, ...]
    shifts: int
    """Length of the row of shifts."""

    @classmethod
    def of(cls, config: NetworkConfig) -> Layers:
        """Writes the architecture of a checked config out."""
        build = _Builder(config)
        if isinstance(config.architecture, UNet):
            build.unet(config.architecture)
        else:
            build.resnet(config.architecture.width, config.architecture.layers)
        return cls(tuple(build.list), build.shifts)


def tensors(config: NetworkConfig, layers: Layers) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor, in the crate's order. Convolutions are `[out, in, k, k]`, linear maps `[in, out]`."""
    width = config.embedding
    shapes: dict[str, tuple[int, ...]] = {
        "time.in.weight": (width, width),
        "time.in.bias": (width,),
        "time.out.weight": (width, width),
        "time.out.bias": (width,),
        "condition.weight": (config.condition_width + 1, width),
        "shift.weight": (width, layers.shifts),
    }
    if isinstance(config.condition, Words):
        shapes["words.weight"] = (config.condition.count, config.condition.width)
    for layer in layers.list:
        if isinstance(layer, Attention):
            continue
        inputs = layer.input_channels + layer.skip_channels
        shapes[f"{layer.name}.weight"] = (layer.channels, inputs, layer.kernel, layer.kernel)
        shapes[f"{layer.name}.bias"] = (layer.channels,)
        if layer.groups is not None:
            shapes[f"{layer.name}.norm.scale"] = (layer.channels,)
            shapes[f"{layer.name}.norm.offset"] = (layer.channels,)
    # The last, so that all others begin alike with either modulation.
    if config.modulation == "scale-shift":
        shapes["scale.weight"] = (width, layers.shifts)
    return shapes


class _Builder:
    """Collects layers and hands out value numbers and shift offsets."""

    def __init__(self, config: NetworkConfig) -> None:
        self.config, self.shifts = config, 0
        self.list: list[Layer] = []

    def push(self, layer: Layer) -> int:
        self.list.append(layer)
        return len(self.list)

    def hidden(self, name: str, value: int, inputs: int, channels: int) -> Conv:
        """A hidden convolution: normalised as the config says, shifted, activated."""
        shift = self.shifts
        self.shifts += channels
        groups, kernel = self.config.groups, self.config.kernel
        return Conv(name, value, inputs, channels, kernel, groups=groups, shift=shift, relu=True)

    def residual(self, name: str, value: int, width: int) -> int:
        return self.push(replace(self.hidden(name, value, width, width), residual=value))

    def attend(self, value: int, width: int, heads: int) -> int:
        """`input + project(attention(qkv(input)))`; queries, keys and values are normalised where the network is."""
        qkv = self.push(Conv("attention.qkv", value, width, 3 * width, 1, groups=self.config.groups))
        mixed = self.push(Attention("attention", qkv, width, heads))
        return self.push(Conv("attention.project", mixed, width, width, 1, residual=value))

    def unet(self, architecture: UNet) -> None:
        widths, heads = architecture.widths, architecture.attention_heads
        lowest = len(widths) - 1
        attends = lowest if architecture.attention_level is None else architecture.attention_level
        value = self.push(self.hidden("in", 0, self.config.channels, widths[0]))
        skips: list[tuple[int, int]] = []
        for level, width in enumerate(widths):
            if level > 0:
                halve = self.hidden(f"down.{level}.halve", value, widths[level - 1], width)
                value = self.push(replace(halve, resample="halve"))
            value = self.residual(f"down.{level}", value, width)
            if heads and level == attends:
                value = self.attend(value, width, heads)
                if level == lowest:
                    value = self.residual("middle", value, width)
            skips.append((value, width))
        _, below = skips.pop()
        for level, (skip, width) in reversed(list(enumerate(skips))):
            double = self.hidden(f"up.{level}.double", value, below, width)
            value = self.push(replace(double, skip=skip, skip_channels=width, resample="double"))
            value = self.residual(f"up.{level}", value, width)
            below = width
        self.push(Conv("out", value, widths[0], self.config.channels, self.config.kernel))

    def resnet(self, width: int, layers: int) -> None:
        value = self.push(self.hidden("in", 0, self.config.channels, width))
        for layer in range(1, layers - 1):
            value = self.residual(f"hidden.{layer}", value, width)
        self.push(Conv("out", value, width, self.config.channels, self.config.kernel))

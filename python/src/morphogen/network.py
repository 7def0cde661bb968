"""The network in PyTorch: the twin of the Rust crate's `native/src/network/module.rs`, from the same config, with tensors of the same
names and shapes. `Network` predicts; `Network.denoised` turns a prediction into the posterior mean; `initial` gives fresh weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import noise
from .config import NetworkConfig, Prediction, Words
from .error import MorphogenError
from .layers import Attention, Conv, Layers, tensors
from .schedule import OFFSET

Weights = dict[str, Tensor]

WORD_SCALE = 0.1
"""Deviation of a fresh word's row: it is seen a thousand times less often than a kernel, and small rows behind large weights
let Adam's equal steps move it as fast as its rarity asks."""


class Network(nn.Module):
    """Noisy pictures, times and condition rows in; noise, velocity or clean pictures out."""

    frequencies: Tensor

    def __init__(self, config: NetworkConfig, weights: Mapping[str, Tensor]) -> None:
        """Takes `weights` over, exactly the tensors of the config; see `initial` and `check_weights`."""
        super().__init__()
        config.check()
        self.config = config
        self.layers = Layers.of(config)
        self.shapes = tensors(config, self.layers)
        check_weights(config, weights)
        # Parameters of a module have no dots in their names.
        self.parts = nn.ParameterDict(
            {_key(name): nn.Parameter(weights[name].detach().to(torch.float32).clone()) for name in self.shapes}
        )
        half = config.embedding // 2
        frequencies = torch.tensor([10_000.0 ** (-i / half) for i in range(half)], dtype=torch.float64)
        self.register_buffer("frequencies", frequencies, persistent=False)

    def part(self, name: str) -> Tensor:
        """A parameter by its tensor's name."""
        part: Tensor = self.parts[_key(name)]
        return part

    def weights(self) -> Weights:
        """Copies of all tensors on the CPU, f32, by name."""
        return {name: self.part(name).detach().float().cpu().contiguous().clone() for name in self.shapes}

    def modulation(self, t: Tensor, rows: Tensor) -> tuple[Tensor, Tensor | None]:
        """The rows of shifts and of scales `[B, S]` at times `t` `[B]` under condition rows `[B, n+1]`."""
        angle = 1000.0 * t.double()[:, None] * self.frequencies
        time = torch.cat([angle.sin(), angle.cos()], 1).float()
        hidden = F.relu(time @ self.part("time.in.weight") + self.part("time.in.bias"))
        embedding = hidden @ self.part("time.out.weight") + self.part("time.out.bias")
        if isinstance(self.config.condition, Words):
            text = F.relu(rows[:, :-1] @ self.part("words.weight"))
            rows = torch.cat([text, rows[:, -1:]], 1)
        both = F.relu(embedding + rows @ self.part("condition.weight"))
        scales = both @ self.part("scale.weight") if self.config.modulation == "scale-shift" else None
        return both @ self.part("shift.weight"), scales

    def forward(self, x: Tensor, t: Tensor, rows: Tensor) -> Tensor:
        """What the network predicts, `[B, C, H, W]`, for noisy pictures `x` `[B, C, H, W]`, times `t` `[B]` in `[0, 1]` and
        condition rows `[B, n+1]` (`class_rows`, `word_rows`, `null_rows`)."""
        with torch.autocast(x.device.type, enabled=False):
            shifts, scales = self.modulation(t, rows)
        values = [x]
        for layer in self.layers.list:
            if isinstance(layer, Attention):
                values.append(_attend(layer, values[layer.input]))
            else:
                values.append(self._convolve(layer, values, shifts, scales))
        return values[-1].float()

    def _convolve(self, layer: Conv, values: list[Tensor], shifts: Tensor, scales: Tensor | None) -> Tensor:
        y = values[layer.input]
        if layer.resample == "double":
            y = F.interpolate(y, scale_factor=2.0, mode="nearest")
        if layer.skip is not None:
            y = torch.cat([y, values[layer.skip]], 1)
        border, stride = layer.kernel // 2, 2 if layer.resample == "halve" else 1
        if self.config.padding == "circular" and border:
            y, border = F.pad(y, (border, border, border, border), mode="circular"), 0
        weight, bias = self.part(f"{layer.name}.weight"), self.part(f"{layer.name}.bias")
        y = F.conv2d(y, weight, bias, stride=stride, padding=border)
        if layer.groups is not None:
            scale, offset = self.part(f"{layer.name}.norm.scale"), self.part(f"{layer.name}.norm.offset")
            y = F.group_norm(y, layer.groups, scale, offset, eps=1e-5)
        if layer.shift is not None:
            channels = slice(layer.shift, layer.shift + layer.channels)
            if scales is not None:
                y = y * (1.0 + scales[:, channels, None, None]).to(y.dtype)
            y = y + shifts[:, channels, None, None].to(y.dtype)
        if layer.relu:
            y = F.relu(y)
        return y if layer.residual is None else y + values[layer.residual]

    def denoised(self, x: Tensor, t: Tensor, rows: Tensor) -> Tensor:
        """The posterior mean `x̂₀` `[B, C, H, W]`."""
        return denoised(self.config.prediction, x, self(x, t, rows), t)


def _key(name: str) -> str:
    return name.replace(".", "/")


def _attend(layer: Attention, qkv: Tensor) -> Tensor:
    """Multi-head self-attention over pixels (Vaswani et al. 2017, eq. 1)."""
    batch, _, height, width = qkv.shape
    size = layer.channels // layer.heads
    split = (batch, layer.heads, size, height * width)
    q, k, v = (part.reshape(split).transpose(2, 3) for part in qkv.chunk(3, 1))
    mixed = F.scaled_dot_product_attention(q, k, v)
    return mixed.transpose(2, 3).reshape(batch, layer.channels, height, width)


def cosines(t: Tensor) -> tuple[Tensor, Tensor]:
    """`a_t` and `s_t` for times `t` `[B]`, in f64 and then f32, `[B, 1, 1, 1]`."""
    angle = (t.double() / OFFSET * (math.pi / 2))[:, None, None, None]
    return angle.cos().float(), angle.sin().float()


def denoised(prediction: Prediction, x: Tensor, predicted: Tensor, t: Tensor) -> Tensor:
    """The posterior mean from noisy pictures `x` and what was predicted for them, `[B, C, H, W]`."""
    a, s = cosines(t)
    match prediction:
        case "noise":
            return (x - s * predicted) / a
        case "velocity":
            return a * x - s * predicted
        case "clean":
            return predicted


def null_rows(config: NetworkConfig, count: int, device: torch.device | str = "cpu") -> Tensor:
    """Condition rows `[count, n+1]` that ask for nothing."""
    rows = torch.zeros(count, config.condition_size + 1, device=device)
    rows[:, -1] = 1.0
    return rows


def class_rows(config: NetworkConfig, classes: Tensor) -> Tensor:
    """Condition rows `[B, n+1]` for classes `[B]`."""
    rows = torch.zeros(len(classes), config.condition_size + 1, device=classes.device)
    return rows.scatter_(1, classes[:, None], 1.0)


def word_rows(config: NetworkConfig, words: Tensor, mask: Tensor) -> Tensor:
    """Condition rows `[B, n+1]` for words `[B, L]`, of which those under `mask` `[B, L]` count: `1/√n` at each of the `n`
    different ones. A word named twice counts once; a picture without a word asks for nothing."""
    size = config.condition_size
    rows = torch.zeros(len(words), size + 2, device=words.device)
    # What is masked out goes to a place behind the row.
    rows = rows.scatter_(1, torch.where(mask, words, size + 1), 1.0)[:, : size + 1]
    count = rows.sum(1, keepdim=True)
    rows = rows * count.clamp(min=1.0).rsqrt()
    rows[:, -1:] = (count == 0).float()
    return rows


def word_sets(config: NetworkConfig, sets: Sequence[Sequence[int]], device: torch.device | str = "cpu") -> Tensor:
    """Condition rows `[B, n+1]` for sets of words given as lists."""
    longest = max((len(words) for words in sets), default=0)
    filled = [[*words, *[0] * (longest - len(words))] for words in sets]
    mask = [[place < len(words) for place in range(longest)] for words in sets]
    shape = (len(sets), longest)
    words = torch.tensor(filled, dtype=torch.int64, device=device).reshape(shape)
    return word_rows(config, words, torch.tensor(mask, dtype=torch.bool, device=device).reshape(shape))


def check_weights(config: NetworkConfig, weights: Mapping[str, Tensor]) -> None:
    """Checks that `weights` holds exactly the tensors of the network, each with its shape.

    Raises `MorphogenError` naming the first that is missing, left over or misshapen."""
    shapes = tensors(config, Layers.of(config))
    for name, shape in shapes.items():
        if name not in weights:
            raise MorphogenError(f"the weights do not fit the network: expected the tensor “{name}”, found none")
        if tuple(weights[name].shape) != shape:
            found = list(weights[name].shape)
            raise MorphogenError(f"the weights do not fit the network: expected “{name}” {list(shape)}, found {found}")
    for name in weights:
        if name not in shapes:
            raise MorphogenError(f"the weights do not fit the network: the tensor “{name}” is unknown")


def initial(config: NetworkConfig, seed: int) -> Weights:
    """Fresh weights, fixed by the seed, and those that the Rust crate begins with: He et al. 2015 normals for what feeds a
    ReLU, zeros for biases, for scales and for the last layer, so that an untrained network predicts nothing."""
    config.check()
    words = isinstance(config.condition, Words)
    weights: Weights = {}
    for stream, (name, shape) in enumerate(tensors(config, Layers.of(config)).items()):
        if name.endswith("norm.scale"):
            weights[name] = torch.ones(shape)
        elif len(shape) == 1 or name in ("out.weight", "scale.weight"):
            weights[name] = torch.zeros(shape)
        else:
            drawn = torch.from_numpy(noise.normals(seed, stream, math.prod(shape))).reshape(shape)
            weights[name] = drawn * _deviation(name, shape, words)
    return weights


def _deviation(name: str, shape: tuple[int, ...], words: bool) -> float:
    if len(shape) == 4:
        return math.sqrt(2.0 / math.prod(shape[1:]))
    if name == "words.weight":
        return WORD_SCALE
    if name == "condition.weight":
        # What words give is a vector and no choice of one row.
        return math.sqrt(2.0 / shape[0]) / WORD_SCALE if words else 1.0
    return math.sqrt(1.0 / shape[0])

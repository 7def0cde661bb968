"""The architecture of a learned denoiser, as data: the same JSON that model packs and run folders hold, and that the Rust
crate reads (`src/network/config.rs`). `NetworkConfig.from_json` checks every size; `morphogen.layers` writes the layers out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from .error import MorphogenError

Padding: TypeAlias = Literal["zeros", "circular"]
Prediction: TypeAlias = Literal["noise", "velocity", "clean"]
Modulation: TypeAlias = Literal["shift", "scale-shift"]

MAX_WIDTH = 2048
MAX_LAYERS = 64
MAX_WORDS = 1 << 14


@dataclass(frozen=True)
class UNet:
    """One level per width, each at half the resolution of the one before; skips join equal resolutions."""

    widths: tuple[int, ...]
    """Channels per level, finest first."""
    attention_heads: int = 0
    """Heads of self-attention; 0 for none."""
    attention_level: int | None = None
    """The level whose pixels attend to each other on the way down; the lowest unless given."""


@dataclass(frozen=True)
class ResNet:
    """`layers` convolutions at full resolution with residual sums."""

    width: int
    """Channels of every hidden layer."""
    layers: int
    """Number of convolutions, first and last included."""


@dataclass(frozen=True)
class Class:
    """One of `count` classes."""

    count: int


@dataclass(frozen=True)
class Vector:
    """A vector of `size` values."""

    size: int


@dataclass(frozen=True)
class Words:
    """Any set of `count` known words, each with a learned row of `width` values."""

    count: int
    width: int


Architecture: TypeAlias = UNet | ResNet
Condition: TypeAlias = Class | Vector | Words


@dataclass(frozen=True)
class NetworkConfig:
    """Everything that fixes a network but its weights."""

    architecture: Architecture
    channels: int
    """Channels of a picture, 1 or 3."""
    condition: Condition
    kernel: int = 3
    """Side of every convolution kernel, odd."""
    padding: Padding = "zeros"
    groups: int | None = None
    """Groups of the normalisation before each activation; none for none."""
    embedding: int = 64
    """Width of the time and condition embedding, even."""
    prediction: Prediction = "velocity"
    modulation: Modulation = "shift"
    """How time and condition act on a hidden channel: `y + shift`, or `y · (1 + scale) + shift`."""

    @property
    def condition_size(self) -> int:
        """Values of a condition's row, the null condition's place not counted."""
        match self.condition:
            case Class(count) | Words(count, _):
                return count
            case Vector(size):
                return size

    @property
    def condition_width(self) -> int:
        """Rows of `condition.weight`, the null condition's not counted."""
        return self.condition.width if isinstance(self.condition, Words) else self.condition_size

    @property
    def widths(self) -> tuple[int, ...]:
        """The channels of each level."""
        match self.architecture:
            case UNet(widths, _, _):
                return widths
            case ResNet(width, _):
                return (width,)

    @property
    def multiple(self) -> int:
        """Height and width of a picture must be multiples of this."""
        return 1 << (len(self.widths) - 1)

    def check(self) -> None:
        """Checks every size against the limits and each other, as the Rust crate does.

        Raises `MorphogenError` naming the first thing that is wrong."""
        if self.channels not in (1, 3):
            _refuse(f"expected 1 or 3 channels, found {self.channels}")
        if self.kernel % 2 == 0 or not 1 <= self.kernel <= 7:
            _refuse(f"expected an odd kernel up to 7, found {self.kernel}")
        if not 1 <= self.embedding <= MAX_WIDTH or self.embedding % 2:
            _refuse(f"expected an even embedding up to {MAX_WIDTH}, found {self.embedding}")
        if not 1 <= self.condition_width <= MAX_WIDTH:
            _refuse(f"expected a condition size in 1 to {MAX_WIDTH}, found {self.condition_width}")
        if not 1 <= self.condition_size <= MAX_WORDS:
            _refuse(f"expected 1 to {MAX_WORDS} words, found {self.condition_size}")
        self._check_architecture()
        for width in self.widths:
            if not 1 <= width <= MAX_WIDTH:
                _refuse(f"expected a width in 1 to {MAX_WIDTH}, found {width}")
            if self.groups is not None and (self.groups < 1 or width % self.groups):
                _refuse(f"{self.groups} groups do not divide the widths {list(self.widths)}")

    def _check_architecture(self) -> None:
        match self.architecture:
            case ResNet(_, layers):
                if not 2 <= layers <= MAX_LAYERS:
                    _refuse(f"expected 2 to {MAX_LAYERS} layers, found {layers}")
            case UNet(widths, heads, level):
                if not 1 <= len(widths) <= 6:
                    _refuse(f"expected 1 to 6 UNet levels, found {len(widths)}")
                level = len(widths) - 1 if level is None else level
                if not 0 <= level < len(widths):
                    _refuse(f"expected an attention level below {len(widths)}, found {level}")
                if heads < 0 or (heads and widths[level] % heads):
                    _refuse(f"{heads} heads do not divide the width {widths[level]}")

    def check_shape(self, channels: int, height: int, width: int) -> None:
        """Checks that pictures `[C, H, W]` of this shape can pass through."""
        if channels != self.channels:
            _refuse(f"the network has {self.channels} channels, the pictures {channels}")
        for side in (height, width):
            if not 0 < side <= 256 or side % self.multiple:
                _refuse(f"expected sides in multiples of {self.multiple} up to 256, found {side}")

    def to_json(self) -> dict[str, Any]:
        """The config as the Rust crate reads it."""
        architecture: dict[str, Any]
        match self.architecture:
            case UNet(widths, heads, level):
                architecture = {"kind": "unet", "widths": list(widths), "attention_heads": heads}
                if level is not None:
                    architecture["attention_level"] = level
            case ResNet(width, layers):
                architecture = {"kind": "resnet", "width": width, "layers": layers}
        condition: dict[str, Any]
        match self.condition:
            case Class(count):
                condition = {"kind": "class", "count": count}
            case Vector(size):
                condition = {"kind": "vector", "size": size}
            case Words(count, width):
                condition = {"kind": "words", "count": count, "width": width}
        grouped = {"kind": "group", "groups": self.groups}
        json = {
            "architecture": architecture,
            "channels": self.channels,
            "kernel": self.kernel,
            "padding": self.padding,
            "normalisation": {"kind": "none"} if self.groups is None else grouped,
            "condition": condition,
            "embedding": self.embedding,
            "prediction": self.prediction,
        }
        return json if self.modulation == "shift" else {**json, "modulation": self.modulation}

    @classmethod
    def from_json(cls, json: object) -> NetworkConfig:
        """Reads and checks a config.

        Raises `MorphogenError` naming the first field that is missing, unknown or out of range."""
        fields = _Fields("the network config", json)
        config = cls(
            architecture=_architecture(fields.take("architecture")),
            channels=fields.whole("channels"),
            kernel=fields.whole("kernel"),
            padding=fields.choice("padding", get_args(Padding)),
            groups=_groups(fields.take("normalisation")),
            condition=_condition(fields.take("condition")),
            embedding=fields.whole("embedding"),
            prediction=fields.choice("prediction", get_args(Prediction)),
            modulation=fields.choice("modulation", get_args(Modulation), "shift"),
        )
        fields.finish()
        config.check()
        return config


def _refuse(message: str) -> None:
    raise MorphogenError(f"the network config is not usable: {message}")


class _Fields:
    """The fields of a JSON object, taken one by one, so that what is left over is unknown."""

    def __init__(self, what: str, json: object) -> None:
        if not isinstance(json, dict):
            raise MorphogenError(f"{what} is not usable: expected an object, found {json!r:.60}")
        self.what, self.left = what, dict(json)

    def refuse(self, message: str) -> MorphogenError:
        return MorphogenError(f"{self.what} is not usable: {message}")

    def take(self, name: str) -> Any:
        if name not in self.left:
            raise self.refuse(f"expected the field “{name}”, found none")
        return self.left.pop(name)

    def whole(self, name: str) -> int:
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(f"expected a whole number for “{name}”, found {value!r:.60}")
        return value

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> Any:
        value = default if default is not None and name not in self.left else self.take(name)
        if value not in choices:
            raise self.refuse(f"expected “{name}” to be one of {', '.join(choices)}, found {value!r:.60}")
        return value

    def finish(self) -> None:
        if self.left:
            raise self.refuse(f"the field “{next(iter(self.left))}” is unknown")


def _architecture(json: object) -> Architecture:
    fields = _Fields("the architecture of the network config", json)
    kind = fields.choice("kind", ("unet", "resnet"))
    architecture: Architecture
    if kind == "resnet":
        architecture = ResNet(fields.whole("width"), fields.whole("layers"))
    else:
        widths = fields.take("widths")
        if not isinstance(widths, list) or any(isinstance(width, bool) or not isinstance(width, int) for width in widths):
            raise fields.refuse(f"expected a list of whole numbers for “widths”, found {widths!r:.60}")
        level = None if fields.left.get("attention_level") is None else fields.whole("attention_level")
        fields.left.pop("attention_level", None)
        architecture = UNet(tuple(widths), fields.whole("attention_heads"), level)
    fields.finish()
    return architecture


def _groups(json: object) -> int | None:
    fields = _Fields("the normalisation of the network config", json)
    groups = fields.whole("groups") if fields.choice("kind", ("none", "group")) == "group" else None
    fields.finish()
    return groups


def _condition(json: object) -> Condition:
    fields = _Fields("the condition of the network config", json)
    condition: Condition
    match fields.choice("kind", ("class", "vector", "words")):
        case "class":
            condition = Class(fields.whole("count"))
        case "vector":
            condition = Vector(fields.whole("size"))
        case _:
            condition = Words(fields.whole("count"), fields.whole("width"))
    fields.finish()
    return condition

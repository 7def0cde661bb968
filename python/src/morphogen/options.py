"""The options of `python -m morphogen.train`, and what a run's config and settings are by them. An option that is not given is
as it was where a run is resumed, and has its default where one begins."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

from .captions import digest
from .config import Architecture, Class, Condition, Modulation, NetworkConfig, Padding, Prediction, ResNet, UNet, Words
from .data import Dataset
from .error import MorphogenError
from .settings import Rate, Settings

NETWORK: dict[str, Any] = {
    "network": "unet",
    "widths": (32, 64, 128),
    "heads": None,
    "attention_level": None,
    "groups": None,
    "layers": 8,
    "kernel": 3,
    "embedding": 64,
    "words": 96,
    "padding": "zeros",
    "prediction": "velocity",
    "modulation": "shift",
}
"""The options that make the network, and their defaults."""
ATTENTION_HEADS = 4
ATTENTION_GROUPS = 8


def parser() -> argparse.ArgumentParser:
    """The command line. Options of network and settings are absent unless given."""
    line = argparse.ArgumentParser(
        prog="python -m morphogen.train",
        description="Trains a network on a folder of pictures. Run it again with the same options to resume.",
        epilog="On several GPUs: torchrun --nproc-per-node N -m morphogen.train -- --data …",
    )
    line.add_argument("--data", type=Path, required=True, help="folder with IDX files, captioned pictures, or class folders")
    line.add_argument("--run", type=Path, required=True, help="folder of the run: checkpoint, curve of the loss, samples")
    _network_options(line.add_argument_group("network"))
    _settings_options(line.add_argument_group("training", "fixed when a run begins"))
    _length_options(line.add_argument_group("length and rate", "may change when a run is resumed"))
    _other_options(line.add_argument_group("this sitting"))
    return line


def _network_options(group: Any) -> None:
    def add(name: str, text: str, **more: Any) -> None:
        group.add_argument(name, default=argparse.SUPPRESS, help=text, **more)

    group.add_argument("--config", type=Path, help="JSON of the network, as packs and runs hold it, instead of the options below")
    add("--network", "unet (default), attention (with normalisation), or resnet", choices=("unet", "attention", "resnet"))
    add("--widths", "channels per level, finest first (32,64,128); the resnet's one width", type=_widths)
    add("--heads", "heads of the attention (4)", type=int)
    add("--attention-level", "the level whose pixels attend to each other, 0 for the finest; else the lowest", type=int)
    add("--groups", "groups of the normalisation, 0 for none; 8 with attention, else 0", type=int)
    add("--layers", "convolutions of the resnet (8)", type=int)
    add("--kernel", "side of the kernels (3)", type=int)
    add("--embedding", "width of the time and condition embedding (64)", type=int)
    add("--words", "length of a word's row, for data with captions (96)", type=int)
    add("--padding", "beyond the border (zeros)", choices=get_args(Padding))
    add("--prediction", "what the network predicts (velocity)", choices=get_args(Prediction))
    add("--modulation", "how time and condition act on a channel (shift)", choices=get_args(Modulation))


def _settings_options(group: Any) -> None:
    def add(name: str, text: str, **more: Any) -> None:
        group.add_argument(name, default=argparse.SUPPRESS, help=text, **more)

    add("--batch", "pictures per step, over all processes (128)", type=int)
    add("--learning-rate", "peak rate of Adam (1e-3)", type=float)
    add("--warmup", "steps of linear warm-up (500)", type=int)
    add("--ema", "decay of the running average (0.999)", type=float)
    add("--clip", "norm to which all gradients together are clipped (1)", type=float)
    add("--drop-condition", "share of pictures whose prompt is hidden, for guidance (0.1)", type=float)
    add("--hue", "share of pictures turned in hue, of those that may be (0.2)", type=float)
    add("--seed", "fixes initial weights and every draw (1)", type=int)
    group.add_argument("--size", type=int, help="resize pictures of class folders to SIZE × SIZE; of other data, what is expected")
    group.add_argument("--precision", choices=("auto", "f32", "bf16"), default="auto", help="bf16 on a GPU, f32 elsewhere")
    begin = group.add_mutually_exclusive_group()
    begin.add_argument("--start", type=Path, help="begin with the averaged weights of another run, of either trainer")
    begin.add_argument("--fork", type=Path, help="begin as a copy of another run of this trainer, and go on from there")


def _length_options(group: Any) -> None:
    def add(name: str, text: str, **more: Any) -> None:
        group.add_argument(name, default=argparse.SUPPRESS, help=text, **more)

    add("--steps", "steps of the whole run", type=int)
    add("--seconds", "seconds of the whole run, over all sittings", type=float)
    add("--rate", "cosine (default), or constant and then a cool-down", choices=get_args(Rate))
    add("--cool-down-share", "share of a run of constant rate over which the rate falls to 0 (0.2)", type=float, dest="cool_down")
    add("--time-skew", "lean the times towards noise for 60 %% of the run: density (1+k)·t^k (0)", type=float)
    group.add_argument(
        "--cool-down", type=_length, dest="cool_now", metavar="N|Ns",
        help="from the checkpoint on, let the rate fall to 0 over N steps, or N seconds (120s), and end",
    )  # fmt: skip
    group.add_argument("--restart-moments", action="store_true", help="begin Adam's moments at 0, with a warm-up")


def _other_options(group: Any) -> None:
    group.add_argument("--until", type=int, help="stop after this step of the run")
    group.add_argument("--sitting", type=float, help="stop after so many seconds; the same command goes on")
    group.add_argument("--every", type=int, default=1000, help="steps between checkpoints (1000)")
    group.add_argument("--sheet", type=int, default=100, help="samples on the sheet (100; 0 for none)")
    group.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute")
    group.add_argument("--compile", choices=("auto", "on", "off"), default="auto", help="torch.compile; on with a GPU")
    group.add_argument("--channels-last", choices=("auto", "on", "off"), default="auto", help="memory format; on with a GPU")


def _widths(text: str) -> tuple[int, ...]:
    return tuple(int(width) for width in text.split(","))


def _length(text: str) -> tuple[str, float]:
    unit = "seconds" if text.endswith("s") else "steps"
    length = float(text.removesuffix("s"))
    if not length > 0:
        raise argparse.ArgumentTypeError(f"expected a positive number of steps, or of seconds as in 120s, found {text}")
    return unit, length


def config(options: argparse.Namespace, data: Dataset, before: NetworkConfig | None) -> NetworkConfig:
    """The network that the options ask for: what they do not say is as `before`, or has its default."""
    condition: Condition
    if options.config is not None:
        try:
            return NetworkConfig.from_json(json.loads(options.config.read_bytes()))
        except (OSError, ValueError) as error:
            raise MorphogenError.at(options.config, f"expected the JSON of a network: {error}") from error
    given = {name: value for name, value in vars(options).items() if name in NETWORK}
    all_options = {**NETWORK, **({} if before is None else _options_of(before)), **given}
    if data.captions is not None:
        condition = Words(len(data.captions.vocabulary), all_options["words"])
    else:
        condition = Class(data.classes)
    groups = all_options["groups"]
    if groups is None:
        groups = ATTENTION_GROUPS if all_options["network"] == "attention" else 0
    network = NetworkConfig(
        architecture=_architecture(all_options),
        channels=data.shape[0],
        condition=condition,
        groups=groups or None,
        **{name: all_options[name] for name in ("kernel", "embedding", "padding", "prediction", "modulation")},
    )
    network.check()
    return network


def _architecture(options: dict[str, Any]) -> Architecture:
    widths = tuple(options["widths"])
    if options["network"] == "resnet":
        if len(widths) != 1:
            message = f"the resnet has one width, found {','.join(map(str, widths))}; give for example --widths 64"
            raise MorphogenError(message)
        return ResNet(widths[0], options["layers"])
    heads = options["heads"]
    if heads is None:
        heads = ATTENTION_HEADS if options["network"] == "attention" else 0
    return UNet(widths, heads, options["attention_level"])


def _options_of(network: NetworkConfig) -> dict[str, Any]:
    """The options that ask for a network."""
    names = ("kernel", "embedding", "padding", "prediction", "modulation")
    options: dict[str, Any] = {name: getattr(network, name) for name in names}
    options.update(widths=network.widths, groups=network.groups or 0)
    match network.architecture:
        case ResNet(_, layers):
            options.update(network="resnet", layers=layers)
        case UNet(_, heads, level):
            options.update(network="attention" if heads else "unet", heads=heads, attention_level=level)
    if isinstance(network.condition, Words):
        options["words"] = network.condition.width
    return options


def settings(options: argparse.Namespace, data: Dataset, gpu: bool, before: Settings | None) -> Settings:
    """The settings that the options ask for: what they do not say is as `before`, or has its default."""
    known = {field.name for field in fields(Settings)} - {"network", "start"}
    given = {name: value for name, value in vars(options).items() if name in known}
    network = config(options, data, None if before is None else before.network)
    vocabulary = None if data.captions is None else digest(data.captions.vocabulary)
    given["vocabulary"] = vocabulary
    if options.precision != "auto":
        given["bf16"] = options.precision == "bf16"
    if options.start is not None:
        given["start"] = str(options.start)
    if before is not None:
        return replace(before, network=network, **given)
    wanted = Settings(network, **{"bf16": gpu, **given})
    if options.cool_now is not None and "rate" not in given and wanted.steps is None and wanted.seconds is None:
        wanted = replace(wanted, rate="constant")
    return wanted

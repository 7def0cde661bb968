"""Checkpoints: everything that a run needs to go on exactly where it stopped, in the folder that the Rust crate's trainer writes
(`native/src/train/checkpoint.rs`), so that `morphogen pack network --run` takes either. Written beside the old one and then swapped
in: a run that is killed while writing loses nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from .config import NetworkConfig
from .error import MorphogenError
from .network import Weights, check_weights
from .settings import Settings

NAME = "checkpoint"
T = TypeVar("T")
Unit: TypeAlias = Literal["steps", "seconds"]


@dataclass(frozen=True)
class Cooling:
    """A cool-down under way: rate and skew fall to 0 from where they stood when it began."""

    unit: Unit
    begun: float
    """Step or seconds of the run at which it began."""
    length: float
    fall: float
    """What the rate was multiplied by when it began."""
    skew: float
    """The skew of the times when it began."""


@dataclass
class Progress:
    """Where a run stands."""

    step: int = 0
    seconds: float = 0.0
    """Seconds so far, over all sittings."""
    losses: list[float] = field(default_factory=list)
    """Of every step."""
    warm_from: int = 0
    """The step at which Adam's moments last began at 0, from which the rate warms up."""
    prepared: float = 0.0
    """Seconds until the first step was done, compilation included: the rate's time begins then."""
    cooling: Cooling | None = None
    image: dict[str, int] | None = None
    """Shape of the pictures that it is trained on: channels, height, width."""

    def to_json(self) -> dict[str, Any]:
        """`progress.json`."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, json: Any) -> Progress:
        """Reads `progress.json`."""
        progress = cls(**json)
        if progress.cooling is not None:
            progress.cooling = Cooling(**json["cooling"])
        return progress

    def same_pictures(self, shape: tuple[int, int, int]) -> None:
        """Notes the shape `(C, H, W)` of the pictures. Raises `MorphogenError` where the run has had others."""
        image = dict(zip(("channels", "height", "width"), shape, strict=True))
        if self.image is not None and self.image != image:
            before, now = ("×".join(map(str, one.values())) for one in (self.image, image))
            message = f"the run has had pictures of {before}, the data have {now}"
            raise MorphogenError(f"{message}; give the data that it has had, or name another folder")
        self.image = image


@dataclass
class Checkpoint:
    """A run's state between two steps."""

    settings: Settings
    progress: Progress
    weights: Weights
    """Being trained."""
    average: Weights
    """Their running average: what ships."""
    moments: dict[str, Tensor]
    """Adam's, by tensor: `{name}.first` and `{name}.second`."""

    def save(self, run: Path, pictures: int) -> None:
        """Writes into `run/checkpoint`."""
        fresh, current, old = run / f"{NAME}.new", run / NAME, run / f"{NAME}.old"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        save_file(self.weights, fresh / "weights.safetensors")
        save_file(self.average, fresh / "average.safetensors")
        save_file(self.moments, fresh / "optimizer.safetensors")
        (fresh / "progress.json").write_text(json.dumps(self.progress.to_json()))
        (fresh / "settings.json").write_text(json.dumps(self.settings.to_json(pictures), indent=1))
        shutil.rmtree(old, ignore_errors=True)
        if current.exists():
            current.rename(old)
        fresh.rename(current)
        shutil.rmtree(old, ignore_errors=True)

    @classmethod
    def load(cls, run: Path) -> Checkpoint | None:
        """Reads `run/checkpoint`; none where there is none. Raises `MorphogenError` where a file is missing or broken."""
        folder = _folder(run)
        if folder is None:
            return None
        settings = _read(folder / "settings.json", lambda path: Settings.from_json(_json(path)))
        progress = _read(folder / "progress.json", lambda path: Progress.from_json(_json(path)))
        weights = {name: _weights(folder / f"{name}.safetensors", settings.network) for name in ("weights", "average")}
        moments = _read(folder / "optimizer.safetensors", load_file)
        return cls(settings, progress, weights["weights"], weights["average"], moments)


def result(run: Path) -> tuple[NetworkConfig, Weights, dict[str, Any]]:
    """What a run of either trainer has come to: config, the running average of its weights, and all settings."""
    folder = _folder(run)
    if folder is None:
        raise MorphogenError.at(run, f"expected the folder of a run, with {NAME}/ in it, found none")
    settings = _read(folder / "settings.json", _json)
    if not isinstance(settings, dict) or settings.get("schedule") != "cosine":
        raise MorphogenError.at(folder / "settings.json", "expected the settings of a run with the cosine schedule")
    config = _read(folder / "settings.json", lambda path: NetworkConfig.from_json(settings.get("network")))
    return config, _weights(folder / "average.safetensors", config), settings


def _folder(run: Path) -> Path | None:
    folders = (run / NAME, run / f"{NAME}.old")
    return next((folder for folder in folders if folder.is_dir()), None)


def _json(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _read(path: Path, read: Callable[[Path], T]) -> T:
    try:
        return read(path)
    except MorphogenError as error:
        raise MorphogenError.at(path, str(error)) from error
    except (OSError, ValueError, TypeError, KeyError, SafetensorError) as error:
        message = f"expected a whole checkpoint: {error}; if there is none to restore, begin in another folder"
        raise MorphogenError.at(path, message) from error


def _weights(path: Path, config: NetworkConfig) -> Weights:
    def read(path: Path) -> Weights:
        weights = {name: tensor.float() for name, tensor in load_file(path).items()}
        check_weights(config, weights)
        return weights

    return _read(path, read)

"""Everything that fixes a training run besides the data: kept in its checkpoint, in the file that the Rust crate's trainer keeps
(`native/src/train/settings.rs`), with what only this trainer knows beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

from .config import NetworkConfig
from .error import MorphogenError

Rate: TypeAlias = Literal["cosine", "constant"]

TRAINER = "pytorch"
SKEWED = 0.6
"""Share of the run over which the times stay skewed; then the skew falls to 0."""


@dataclass(frozen=True)
class Settings:
    """Everything that fixes a run, besides the data."""

    network: NetworkConfig
    seed: int = 1
    """Fixes the initial weights and every draw."""
    batch: int = 128
    """Pictures per step, over all processes."""
    learning_rate: float = 1e-3
    """Peak rate of Adam."""
    warmup: int = 500
    """Steps of linear warm-up."""
    ema: float = 0.999
    """Decay of the running average."""
    clip: float = 1.0
    """Norm to which all gradients together are clipped."""
    drop_condition: float = 0.1
    """Share of pictures whose condition is dropped."""
    hue: float = 0.2
    """Share of pictures shown turned in hue, of those that have such variants."""
    bf16: bool = False
    """Whether convolutions run in bfloat16 (autocast)."""
    vocabulary: str | None = None
    """Digest of the words, where the data have captions."""
    start: str | None = None
    """Folder of a run whose weights this one began with."""
    # From here on a resumed run may differ.
    steps: int | None = None
    """Steps of the whole run."""
    seconds: float | None = None
    """Seconds of the whole run, over all sittings."""
    rate: Rate = "cosine"
    """`cosine` falls to 0 over the run; `constant` stays, and falls to 0 over the last share `cool_down` of it."""
    cool_down: float = 0.2
    time_skew: float = 0.0
    """Leans the times towards noise: density `(1 + skew)·t^skew`, for the first 60 % of the run; then it falls to 0."""

    def check(self) -> None:
        """Checks that the settings suit each other. Raises `MorphogenError` with the first that does not."""
        for name in ("learning_rate", "ema", "clip", "drop_condition", "hue", "cool_down", "time_skew"):
            if not math.isfinite(getattr(self, name)):
                raise MorphogenError(f"expected a finite {name}, found {getattr(self, name)}")
        if self.batch < 1 or self.warmup < 0 or not 0 <= self.seed < 1 << 63:
            raise MorphogenError("expected a batch of at least 1, a warm-up of 0 steps or more, and a seed from 0 on")
        if not self.learning_rate > 0 or not self.clip > 0:
            raise MorphogenError("expected a positive learning rate and a positive clip")
        if not 0 <= self.ema < 1 or not 0 <= self.drop_condition <= 1 or not 0 <= self.hue <= 1:
            raise MorphogenError("expected ema in 0..1, and drop-condition and hue in 0..=1")
        if not 0 <= self.cool_down <= 1 or self.time_skew < 0:
            raise MorphogenError("expected a cool-down share in 0..=1, and a time-skew of 0 or more")
        if self.rate == "cosine" and self.steps is None and self.seconds is None:
            message = "expected --steps or --seconds, over which the rate falls, found neither"
            raise MorphogenError(f"{message}; or let it be constant with --rate constant, and cool down later")
        if (self.steps is not None and self.steps < 1) or (self.seconds is not None and not self.seconds > 0):
            raise MorphogenError("expected at least one step and a positive number of seconds")

    def fall(self, share: float) -> float:
        """What the rate is multiplied by when a `share` in `[0, 1]` of the run is done, warm-up not counted."""
        if self.rate == "cosine":
            return 0.5 * (1.0 + math.cos(math.pi * share))
        return 1.0 if self.cool_down == 0 else min(1.0, (1.0 - share) / self.cool_down)

    def skew(self, share: float) -> float:
        """The skew of the times when a `share` of the run is done."""
        return self.time_skew * min(1.0, (1.0 - share) / (1.0 - SKEWED))

    def to_json(self, pictures: int) -> dict[str, Any]:
        """`settings.json`, for data of so many pictures."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "network"}
        passes = 1 if self.steps is None else max(1, round(self.steps * self.batch / pictures))
        kept = {name: value for name, value in own.items() if value is not None}
        return {"network": self.network.to_json(), "schedule": "cosine", "epochs": passes, **kept, "trainer": TRAINER}

    @classmethod
    def from_json(cls, json: object) -> Settings:
        """Reads `settings.json` of a run of this trainer."""
        if not isinstance(json, dict) or "network" not in json:
            raise MorphogenError("expected an object with the “network” of the run")
        if json.get("trainer") != TRAINER:
            message = "expected a run of this trainer, found one of `morphogen train`, which alone can resume it"
            raise MorphogenError(f"{message}; begin another run with its weights: --start")
        known = {field.name for field in fields(cls)} - {"network"}
        try:
            return cls(NetworkConfig.from_json(json["network"]), **{n: v for n, v in json.items() if n in known})
        except TypeError as error:
            raise MorphogenError(f"the settings are not usable: {error}") from error


FREE = ("steps", "seconds", "rate", "cool_down", "time_skew")
"""The settings that may change when a run is resumed."""


def same_run(before: Settings, now: Settings) -> None:
    """Checks that a run may be resumed with other settings. Raises `MorphogenError` naming the first that differs."""
    old, new = before.network.to_json(), now.network.to_json()
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            raise MorphogenError(_differs(f"a network with {name} {old.get(name)}", new.get(name)))
    for field in fields(Settings):
        was, now_is = getattr(before, field.name), getattr(now, field.name)
        if field.name not in ("network", *FREE) and was != now_is:
            raise MorphogenError(_differs(f"{field.name} {was}", now_is))


def _differs(what: str, now: object) -> str:
    return f"the run that is there has {what}, now it is to be {now}; resume it with the same, or name another folder"

"""The training loop: noisy pictures in, noise, velocity or clean pictures out, mean squared error, weighed so that clean pictures
are judged by the velocity that they stand for (Li & He 2025, arXiv 2511.13720). The rate warms up and falls, all gradients
together are clipped, a running average of the weights is kept (Karras et al. 2022, §3)."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import get_ema_multi_avg_fn

from .batches import Batches
from .checkpoint import Checkpoint, Cooling, Progress, Unit
from .data import Dataset
from .error import MorphogenError
from .network import Network
from .parallel import AGREE, World
from .settings import Settings

FLUSH = 50
"""Steps between two readings of the losses, which wait for the device."""


@dataclass(frozen=True)
class Manner:
    """How a run is computed, which changes its result by rounding at most."""

    compiled: bool = False
    """Whether `torch.compile` is used."""
    channels_last: bool = False


@dataclass(frozen=True)
class Limits:
    """When this sitting ends, beside the end of the run."""

    until: int | None = None
    """Step of the run."""
    sitting: float | None = None
    """Seconds of this process."""
    begun: float | None = None
    """When it began, by `time.monotonic`; now unless given."""


class Trainer:
    """A run under way."""

    def __init__(self, checkpoint: Checkpoint, data: Dataset, world: World, manner: Manner = Manner()) -> None:
        """Goes on from a checkpoint, which may be a fresh one. Raises `MorphogenError` where settings and data do not fit."""
        self.settings, self.progress, self.world = checkpoint.settings, checkpoint.progress, world
        self.settings.check()
        if self.settings.batch % world.size:
            message = f"expected a batch that {world.size} processes can share evenly, found {self.settings.batch}"
            raise MorphogenError(message)
        self.progress.same_pictures(data.shape)
        self.pictures = len(data)
        self.batches = Batches(self.settings, data, world.device)
        self.network = Network(self.settings.network, checkpoint.weights).to(world.device)
        self.average = Network(self.settings.network, checkpoint.average).to(world.device).requires_grad_(False)
        self.manner = manner
        if manner.channels_last:
            for network in (self.network, self.average):
                network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if manner.compiled:
            self.network.compile(dynamic=False)  # type: ignore[no-untyped-call]
        self.module: nn.Module = self.network
        if world.size > 1:
            self.module = DistributedDataParallel(self.network, broadcast_buffers=False)
        self.parameters = [self.network.part(name) for name in self.network.shapes]
        self.averaged = [self.average.part(name) for name in self.network.shapes]
        fused = world.device.type == "cuda"
        self.optimizer = torch.optim.Adam(self.parameters, lr=0.0, betas=(0.9, 0.99), eps=1e-8, fused=fused)
        self._restore(checkpoint.moments)
        self.losses: list[Tensor] = []
        self.elapsed = self.progress.seconds

    def _restore(self, moments: dict[str, Tensor]) -> None:
        """Takes Adam's moments up again."""
        state = {}
        for n, name in enumerate(self.network.shapes):
            if moments:
                kept = [moments.get(f"{name}.{which}") for which in ("first", "second")]
                if any(moment is None or moment.shape != self.parameters[n].shape for moment in kept):
                    raise MorphogenError(f"expected Adam's moments of “{name}” in the checkpoint; give --restart-moments")
                # In the parameter's own memory format, which fused steps ask for.
                first, second = (torch.empty_like(self.parameters[n]).copy_(moment) for moment in kept if moment is not None)
                taken = torch.tensor(float(self.progress.step - self.progress.warm_from))
                state[n] = {"step": taken, "exp_avg": first.detach(), "exp_avg_sq": second.detach()}
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})

    def restart_moments(self) -> None:
        """Begins Adam's moments at 0; the rate warms up anew."""
        self.optimizer.state.clear()
        self.progress.warm_from = self.progress.step

    def cool_down(self, unit: Unit, length: float) -> None:
        """Lets rate and skew fall to 0 over so many steps or seconds from now on, and the run end there. One that is under
        way over the same length goes on."""
        under_way = self.progress.cooling
        if under_way is not None and (under_way.unit, under_way.length) == (unit, length):
            return
        fall, skew = self._fall_and_skew()
        begun = float(self.progress.step) if unit == "steps" else self.progress.seconds
        self.progress.cooling = Cooling(unit, begun, length, fall, skew)

    def share(self) -> float:
        """Share of the run, or of its cool-down, that is done; 0 for a run without an end."""
        progress, settings = self.progress, self.settings
        if (cooling := progress.cooling) is not None:
            place = float(progress.step) if cooling.unit == "steps" else self.elapsed
            return min(1.0, max(0.0, (place - cooling.begun) / cooling.length))
        by_steps = 0.0 if settings.steps is None else progress.step / settings.steps
        by_time = 0.0
        if settings.seconds is not None:
            by_time = (self.elapsed - progress.prepared) / max(settings.seconds - progress.prepared, 1e-9)
        return min(1.0, max(0.0, by_steps, by_time))

    def _fall_and_skew(self) -> tuple[float, float]:
        share = self.share()
        if (cooling := self.progress.cooling) is not None:
            return cooling.fall * (1.0 - share), cooling.skew * (1.0 - share)
        return self.settings.fall(share), self.settings.skew(share)

    def rate(self) -> float:
        """Adam's rate at the next step."""
        taken = self.progress.step - self.progress.warm_from
        rise = min(1.0, (taken + 1) / max(1, self.settings.warmup))
        return self.settings.learning_rate * rise * self._fall_and_skew()[0]

    def run(
        self,
        limits: Limits = Limits(),
        on_step: Callable[[Trainer], None] | None = None,
        on_checkpoint: Callable[[Trainer], None] | None = None,
        every: int = 1000,
    ) -> bool:
        """Trains to the end of the run or of the sitting, or until SIGTERM or SIGINT; says whether the run is complete.
        `on_checkpoint` is called every so many steps and at the end, `on_step` whenever losses were read.

        Raises `MorphogenError` where the loss is no longer a number; what was last written stays."""
        begun = time.monotonic() if limits.begun is None else limits.begun
        before = self.progress.seconds
        with _Signals() as signals:
            while self.share() < 1.0 and self.progress.step != limits.until:
                if self.world.size == 1 or self.progress.step % AGREE == 0:
                    sat = time.monotonic() - begun
                    over = limits.sitting is not None and sat >= limits.sitting
                    self.elapsed, stop = self.world.agree(before + sat, over or signals.stop)
                    if stop or self.share() >= 1.0:
                        break
                self.step()
                if self.progress.step == 1 and self.settings.seconds is not None:
                    self._flush()
                    self.progress.prepared, _ = self.world.agree(time.monotonic() - begun, False)
                if self.progress.step % FLUSH == 0:
                    self._flush()
                    if on_step is not None:
                        on_step(self)
                if self.progress.step % max(1, every) == 0 and on_checkpoint is not None:
                    self._pause(before + time.monotonic() - begun, on_checkpoint)
            self._pause(before + time.monotonic() - begun, on_checkpoint)
            if on_step is not None:
                on_step(self)
        return self.share() >= 1.0

    def _pause(self, seconds: float, on_checkpoint: Callable[[Trainer], None] | None) -> None:
        self._flush()
        self.progress.seconds, _ = self.world.agree(seconds, False)
        if on_checkpoint is not None:
            on_checkpoint(self)
        self.world.wait()

    def step(self) -> None:
        """One step of Adam."""
        _, skew = self._fall_and_skew()
        batch = self.batches.batch(self.progress.step, skew, self.world.part(self.settings.batch))
        x = batch.x
        if self.manner.channels_last:
            x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=self.settings.bf16):
            predicted: Tensor = self.module(x, batch.t, batch.rows)
        errors = (predicted.float() - batch.target).square()
        loss = (errors if batch.weight is None else errors * batch.weight).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.parameters, self.settings.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        self.optimizer.step()
        step = self.progress.step
        decay = min(self.settings.ema, (1.0 + step) / (10.0 + step))
        blend = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        blend(self.averaged, [part.detach() for part in self.parameters], step)
        self.losses.append(loss.detach())
        self.progress.step += 1

    def _flush(self) -> None:
        """Reads the losses from the device."""
        if not self.losses:
            return
        losses = self.world.mean(torch.stack(self.losses)).tolist()
        self.losses = []
        self.progress.losses.extend(losses)
        for n, loss in enumerate(losses, self.progress.step - len(losses) + 1):
            if loss != loss or abs(loss) == float("inf"):
                message = f"the loss became {loss} at step {n}; a lower --learning-rate or --precision f32 may help"
                raise MorphogenError(f"{message}. The last checkpoint stays as it was")

    def checkpoint(self) -> Checkpoint:
        """The state between two steps."""
        moments = {}
        for name, part in zip(self.network.shapes, self.parameters, strict=True):
            if state := self.optimizer.state.get(part):
                moments[f"{name}.first"] = state["exp_avg"].float().cpu().contiguous()
                moments[f"{name}.second"] = state["exp_avg_sq"].float().cpu().contiguous()
        return Checkpoint(self.settings, self.progress, self.network.weights(), self.average.weights(), moments)

    def save(self, run: Path) -> None:
        """Writes a checkpoint; the first process does."""
        if self.world.first:
            self.checkpoint().save(run, self.pictures)


def fresh(settings: Settings, weights: dict[str, Tensor]) -> Checkpoint:
    """A run that has not begun."""
    return Checkpoint(settings, Progress(), weights, weights, {})


class _Signals:
    """Notes that the process is asked to end, so that it can end between two steps; asked twice, it ends at once."""

    def __enter__(self) -> _Signals:
        self.stop = False
        self.before = {kind: signal.signal(kind, self._note) for kind in (signal.SIGTERM, signal.SIGINT)}
        return self

    def _note(self, kind: int, _: FrameType | None) -> None:
        if self.stop:
            raise KeyboardInterrupt
        self.stop = True

    def __exit__(self, *_: object) -> None:
        for kind, handler in self.before.items():
            signal.signal(kind, handler)

"""`python -m morphogen.train`: trains a network on a data set and leaves the folder of a run, which `morphogen pack network --run`
takes. Run it again with the same options to resume; SIGTERM ends it between two steps, with a checkpoint."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .error import MorphogenError

if TYPE_CHECKING:
    from .checkpoint import Checkpoint
    from .data import Dataset
    from .parallel import World
    from .settings import Settings
    from .trainer import Trainer


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    begun = time.monotonic()
    try:
        import numpy, PIL, safetensors, torch  # noqa: E401, F401
    except ImportError as error:
        print(f"morphogen.train: expected PyTorch and its company ({error}): pip install 'morphogen[train]'", file=sys.stderr)
        return 1
    from .options import parser
    from .parallel import World

    options = parser().parse_args(arguments)
    try:
        world = World.join(options.device)
        try:
            return train(options, world, begun)
        finally:
            world.leave()
    except (MorphogenError, OSError) as error:
        print(f"morphogen.train: {error}", file=sys.stderr)
        return 1


def train(options: Namespace, world: World, begun: float) -> int:
    """Trains as the options say. Nothing is written before all of them were checked."""
    import torch

    from .data import Dataset
    from .trainer import Limits, Manner, Trainer

    gpu = world.device.type == "cuda"
    if gpu:
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    data = Dataset.open(options.data, options.size)
    if data.skipped and world.first:
        print(data.skipped, file=sys.stderr)
    checkpoint = begin(options, data, gpu)
    compiled = options.compile == "on" or (options.compile == "auto" and gpu)
    last = options.channels_last == "on" or (options.channels_last == "auto" and gpu)
    if options.restart_moments:
        checkpoint.moments.clear()
    trainer = Trainer(checkpoint, data, world, Manner(compiled, last))
    if options.restart_moments:
        trainer.restart_moments()
    if options.cool_now is not None:
        trainer.cool_down(*options.cool_now)
    speak = _speaker(trainer, begun)
    world.wait()
    limits = Limits(options.until, options.sitting, begun)
    whole = trainer.run(limits, speak, lambda trainer: trainer.save(options.run), options.every)
    if world.first:
        finish(trainer, data, options.run, options.sheet)
        print(f"{'trained' if whole else 'stopped'} at step {trainer.progress.step}: {options.run}")
    return 0


def begin(options: Namespace, data: Dataset, gpu: bool) -> Checkpoint:
    """The state to go on from: the run's own, another's, or fresh weights."""
    from .checkpoint import Checkpoint, result
    from .network import check_weights, initial
    from .options import settings
    from .settings import same_run
    from .trainer import fresh

    if options.run.exists() and not options.run.is_dir():
        raise MorphogenError.at(options.run, "expected the folder of a run or a new name, found a file")
    kept = Checkpoint.load(options.run)
    if kept is None and options.fork is not None:
        kept = Checkpoint.load(options.fork)
        if kept is None:
            raise MorphogenError.at(options.fork, "expected the folder of a run, with checkpoint/ in it, found none")
    wanted = settings(options, data, gpu, None if kept is None else kept.settings)
    wanted.check()
    if kept is not None:
        try:
            same_run(kept.settings, wanted)
        except MorphogenError as error:
            raise MorphogenError.at(options.run, str(error)) from error
        kept.settings = wanted
        return kept
    if options.start is None:
        return fresh(wanted, initial(wanted.network, wanted.seed))
    _, weights, other = result(options.start)
    _same_words(options.start, other.get("vocabulary"), wanted)
    try:
        check_weights(wanted.network, weights)
    except MorphogenError as error:
        message = f"{error}; ask for the same network, or make it larger with python -m morphogen.widen"
        raise MorphogenError.at(options.start, message) from error
    return fresh(wanted, weights)


def _same_words(run: Path, vocabulary: object, wanted: Settings) -> None:
    if vocabulary is not None and vocabulary != wanted.vocabulary:
        message = "its network knows other words, or the same in another order; take the data that it was trained with"
        raise MorphogenError.at(run, message)


def _speaker(trainer: Trainer, begun: float) -> Callable[[Trainer], None] | None:
    """A progress bar, in the process that speaks."""
    from .progress import Bar

    if not trainer.world.first:
        return None
    bar, first = Bar(trainer.settings.batch, trainer.progress.step), trainer.share()

    def speak(trainer: Trainer) -> None:
        losses = trainer.progress.losses[-200:]
        share, gone = trainer.share(), time.monotonic() - begun
        left = None if share <= first else gone * (1.0 - share) / (share - first)
        bar.show(trainer.progress.step, share, sum(losses) / max(1, len(losses)), left, last=share >= 1.0)

    return speak


def finish(trainer: Trainer, data: Dataset, run: Path, samples: int) -> None:
    """What one looks at: the curve of the loss, the errors by time, a sheet of samples."""
    from . import evaluate, picture

    picture.loss_curve(run / "loss.png", trainer.progress.losses)
    errors = evaluate.errors_by_time(trainer.average, data)
    (run / "errors.json").write_text(json.dumps({"step": trainer.progress.step, "errors": errors}))
    print("squared error of the clean picture by t: " + ", ".join(f"{t:g} {error:.5f}" for t, error in errors.items()))
    if samples > 0:
        evaluate.sheet(trainer.average, data, run / "samples.png", samples)


if __name__ == "__main__":
    sys.exit(main())

"""Training: it learns, it resumes exactly, it cools down, and it refuses what does not fit before anything is written."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import SMALL, environment
from PIL import Image
from safetensors.torch import load_file

from morphogen import checkpoint, train
from morphogen.batches import Batches
from morphogen.config import Class, NetworkConfig, UNet
from morphogen.data import Dataset
from morphogen.settings import Settings


def run(data: Path, run: Path, *more: object, status: int = 0) -> dict[str, Any]:
    """Trains a small network; gives the progress of the run."""
    options = ["--data", data, "--run", run, "--device", "cpu", *SMALL, *more]
    assert train.main([str(option) for option in options]) == status
    progress: dict[str, Any] = json.loads((run / "checkpoint" / "progress.json").read_text()) if status == 0 else {}
    return progress


def tensors(run: Path) -> dict[str, torch.Tensor]:
    folder = run / "checkpoint"
    return {f"{file}/{name}": t for file in ("weights", "average", "optimizer") for name, t in load_file(folder / f"{file}.safetensors").items()}


def same(one: Path, other: Path) -> bool:
    a, b = tensors(one), tensors(other)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("kind", ["words", "classes"])
def test_a_resumed_run_equals_an_unbroken_one_bit_for_bit(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    data: Path = request.getfixturevalue(kind)
    more = ("--steps", 24, "--time-skew", 1, "--prediction", "clean", "--modulation", "scale-shift")
    whole = run(data, tmp_path / "whole", *more)
    run(data, tmp_path / "parts", *more, "--until", 7)
    # What is not said on resuming is as it was.
    middle = train.main(["--data", str(data), "--run", str(tmp_path / "parts"), "--until", "15", "--sheet", "0", "--device", "cpu"])
    parts = run(data, tmp_path / "parts", *more, "--every", 5)
    assert middle == 0 and whole["step"] == parts["step"] == 24
    assert whole["losses"] == parts["losses"] and len(whole["losses"]) == 24
    assert same(tmp_path / "whole", tmp_path / "parts")
    # And another seed is another run.
    run(data, tmp_path / "other", *more, "--seed", 2)
    assert not same(tmp_path / "whole", tmp_path / "other")


def test_it_learns_and_leaves_what_one_looks_at(classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    losses = run(classes, tmp_path / "run", "--steps", 150, "--sheet", 3)["losses"]
    assert sum(losses[-20:]) < 0.6 * sum(losses[:20])
    with Image.open(tmp_path / "run" / "samples.png") as sheet:
        assert sheet.size == (3 * 34 + 2, 34 + 2) and np.asarray(sheet).std() > 10
    with Image.open(tmp_path / "run" / "loss.png") as curve:
        assert curve.size == (960, 480) and np.asarray(curve).min() == 0
    errors = json.loads((tmp_path / "run" / "errors.json").read_text())["errors"]
    values = [errors[time] for time in sorted(errors, key=float)]
    assert values == sorted(values) and len(values) == 8, "the more noise, the larger the error"
    printed = capsys.readouterr()
    assert "trained at step 150" in printed.out and "step 150, loss" in printed.err


@pytest.mark.parametrize("more", [["--precision", "bf16"], ["--channels-last", "on"], ["--rate", "constant", "--cool-down-share", "0.5"]])
def test_other_manners_of_computing_come_to_much_the_same(more: list[str], classes: Path, tmp_path: Path) -> None:
    plain = run(classes, tmp_path / "plain", "--steps", 40)["losses"]
    other = run(classes, tmp_path / "other", "--steps", 40, *more)["losses"]
    assert plain != other or more[0] == "--channels-last"
    assert sum(other[-10:]) == pytest.approx(sum(plain[-10:]), rel=0.25)


def test_sigterm_leaves_a_checkpoint_to_go_on_from(classes: Path, tmp_path: Path) -> None:
    options = ["--data", classes, "--run", tmp_path / "run", "--device", "cpu", *SMALL, "--rate", "constant", "--every", "20"]
    command = [sys.executable, "-m", "morphogen.train", *map(str, options)]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    waited = time.monotonic()
    while not (tmp_path / "run" / "checkpoint").is_dir() and time.monotonic() - waited < 120:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0 and "stopped at step" in out, err
    step = int(out.split("stopped at step ")[1].split(":")[0])
    progress = json.loads((tmp_path / "run" / "checkpoint" / "progress.json").read_text())
    assert progress["step"] == step == len(progress["losses"]) and step >= 20
    # From here on it cools down, in a run of its own, and ends.
    cooled = ["--data", str(classes), "--fork", str(tmp_path / "run"), "--run", str(tmp_path / "cooled"), "--cool-down", "9"]
    for until in (["--until", str(step + 4)], []):
        assert train.main([*cooled, *until, "--sheet", "0", "--device", "cpu"]) == 0
    progress = json.loads((tmp_path / "cooled" / "checkpoint" / "progress.json").read_text())
    assert progress["step"] == step + 9
    assert progress["cooling"] == {"unit": "steps", "begun": step, "length": 9, "fall": 1.0, "skew": 0.0}


def rates(settings: Settings, steps: int, data: Dataset, prepare: Any = None) -> list[float]:
    """The rate at each step, without training."""
    from morphogen.network import initial
    from morphogen.parallel import World
    from morphogen.trainer import Trainer, fresh

    world = World(0, 1, torch.device("cpu"))
    trainer = Trainer(fresh(settings, initial(settings.network, 1)), data, world)
    found = []
    for step in range(steps):
        trainer.progress.step = step
        if prepare is not None:
            prepare(trainer, step)
        found.append(trainer.rate())
    return found


def test_rates_warm_up_and_fall(classes: Path) -> None:
    data = Dataset.open(classes)
    network = NetworkConfig(UNet((8, 8)), 1, Class(2), embedding=8)
    cosine = rates(Settings(network, steps=100, warmup=4, learning_rate=1.0), 100, data)
    assert cosine[:4] == pytest.approx([0.25 * (n + 1) * 0.5 * (1 + math.cos(math.pi * n / 100)) for n in range(4)])
    assert cosine[50] == pytest.approx(0.5) and cosine[99] < 1e-3 and cosine[4:] == sorted(cosine[4:], reverse=True)
    constant = rates(Settings(network, steps=100, warmup=4, learning_rate=1.0, rate="constant"), 100, data)
    assert constant[3:80] == [1.0] * 77 and constant[90] == pytest.approx(0.5) and constant[99] == pytest.approx(0.05)

    def chances(trainer: Any, step: int) -> None:
        if step == 20:
            trainer.restart_moments()
        if step == 40:
            trainer.cool_down("steps", 10)

    endless = rates(Settings(network, warmup=4, learning_rate=1.0, rate="constant"), 51, data, chances)
    assert endless[19:24] == [1.0, 0.25, 0.5, 0.75, 1.0]
    assert endless[40:] == pytest.approx([1 - n / 10 for n in range(11)])
    skews = [Settings(network, time_skew=1.0, steps=1).skew(share) for share in (0.0, 0.6, 0.8, 1.0)]
    assert skews == pytest.approx([1.0, 1.0, 0.5, 0.0])


def test_times_are_stratified_and_lean_as_they_are_told(classes: Path) -> None:
    settings = Settings(NetworkConfig(UNet((8, 8)), 1, Class(2), embedding=8), steps=1, batch=64)
    batches = Batches(settings, Dataset.open(classes), torch.device("cpu"))
    for skew in (0.0, 1.0):
        t = batches.batch(3, skew, slice(None)).t.sort().values
        strata = t.pow(1 + skew) * 64
        assert bool((strata.floor() == torch.arange(64)).all()), "one in each"
    means = [float(torch.cat([batches.batch(n, skew, slice(None)).t for n in range(40)]).mean()) for skew in (0.0, 1.0)]
    assert means == pytest.approx([1 / 2, 2 / 3], abs=0.005)
    # Sixteen pictures in batches of 64: each four times.
    assert batches.chosen(0).bincount().tolist() == [4] * 16
    part = batches.batch(3, 1.0, slice(16, 32))
    assert torch.equal(part.x, batches.batch(3, 1.0, slice(None)).x[16:32])


def test_adams_moments_can_begin_anew(classes: Path, tmp_path: Path) -> None:
    run(classes, tmp_path / "run", "--rate", "constant", "--until", 6)
    progress = run(classes, tmp_path / "run", "--until", 9, "--restart-moments")
    assert progress["warm_from"] == 6 and progress["step"] == 9
    progress = run(classes, tmp_path / "run", "--until", 11)
    assert progress["warm_from"] == 6


def test_seconds_end_a_run_and_a_sitting(classes: Path, tmp_path: Path) -> None:
    progress = run(classes, tmp_path / "run", "--seconds", 1e-3)
    assert progress["step"] <= 2
    progress = run(classes, tmp_path / "long", "--seconds", 1e6, "--sitting", 1e-3)
    assert progress["step"] == 0 and progress["seconds"] > 0
    assert run(classes, tmp_path / "long", "--until", 3)["seconds"] > progress["seconds"]


def test_what_does_not_fit_is_refused_and_nothing_is_written(
    words: Path, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(data: Path, folder: Path, message: str, *more: object) -> None:
        run(data, folder, *more, status=1)
        assert message in capsys.readouterr().err

    kept = tmp_path / "kept"
    run(classes, kept, "--steps", 4)
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    refused(classes, kept, "has a network with embedding 8, now it is to be 16", "--embedding", 16)
    refused(classes, kept, "has batch 8, now it is to be 4; resume it with the same", "--batch", 4)
    refused(words, kept, "the run that is there has a network with channels 1, now it is to be 3")
    refused(classes, kept, "the run has had pictures of 1×16×16, the data have 1×8×8; give the data", "--size", 8)
    refused(classes, kept, "expected an odd kernel up to 7, found 4", "--kernel", 4)
    assert before == {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    new = tmp_path / "new"
    refused(classes, new, "expected --steps or --seconds, over which the rate falls")
    refused(tmp_path / "nowhere", new, "found no folder", "--steps", 4)
    refused(words, new, "expected 64×64 pixels as --size says, found 16×16", "--size", 64, "--steps", 4)
    refused(classes, new, "expected sides in multiples of 32 up to 256, found 16", "--widths", "8,8,8,8,8,8", "--steps", 4)
    refused(classes, new, "ask for the same network, or make it larger with", "--start", kept, "--embedding", 16, "--steps", 4)
    refused(classes, new, "expected the folder of a run, with checkpoint/ in it, found none", "--fork", tmp_path / "x", "--steps", 4)
    assert not new.exists()
    (kept / "checkpoint" / "progress.json").write_text("{")
    refused(classes, kept, "expected a whole checkpoint", "--steps", 4)


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_config_file_makes_the_network_and_a_start_its_weights(classes: Path, tmp_path: Path) -> None:
    config = NetworkConfig(UNet((4, 8), 2), 1, Class(2), groups=2, embedding=6, padding="circular", prediction="noise")
    path = write(tmp_path / "network.json", json.dumps(config.to_json()))
    run(classes, tmp_path / "run", "--config", path, "--steps", 3)
    found, weights, _ = checkpoint.result(tmp_path / "run")
    assert found == config
    run(classes, tmp_path / "next", "--config", path, "--start", tmp_path / "run", "--steps", 3, "--until", 0)
    assert all(torch.equal(weights[name], tensor) for name, tensor in checkpoint.result(tmp_path / "next")[1].items())


def test_a_run_that_diverges_keeps_its_checkpoint(classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(classes, tmp_path / "run", "--rate", "constant", "--until", 2)
    settings = tmp_path / "run" / "checkpoint" / "settings.json"
    settings.write_text(settings.read_text().replace('"learning_rate": 0.005', '"learning_rate": 1e+30'))
    before = tensors(tmp_path / "run")
    run(classes, tmp_path / "run", "--learning-rate", 1e30, "--until", 9, status=1)
    assert "the loss became" in capsys.readouterr().err
    after = tensors(tmp_path / "run")
    assert all(torch.equal(before[name], after[name]) for name in before)

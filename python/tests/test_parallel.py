"""Two processes, as torchrun starts them, end where one does: to within rounding, which Adam's division by small moments makes
larger than a float's."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import SMALL, environment
from safetensors.torch import load_file

from morphogen import train
from morphogen.parallel import World

TOLERANCE = 1e-5
STEPS = 20


def free_port() -> int:
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        number: int = port.getsockname()[1]
        return number


@pytest.mark.skipif(not torch.distributed.is_available(), reason="this PyTorch has no torch.distributed")
def test_two_processes_end_where_one_does(words: Path, tmp_path: Path) -> None:
    options = ["--data", str(words), "--device", "cpu", *SMALL, "--words", "4", "--steps", str(STEPS), "--time-skew", "1"]
    assert train.main([*options, "--run", str(tmp_path / "one")]) == 0
    runner = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(free_port())]
    # In two sittings, the second of which resumes.
    for until in (["--until", "8"], []):
        command = [*runner, "-m", "morphogen.train", "--", *options, "--run", str(tmp_path / "two"), *until]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("at step") == 1, "one of them speaks"
    progress = [json.loads((tmp_path / run / "checkpoint" / "progress.json").read_text()) for run in ("one", "two")]
    assert progress[0]["step"] == progress[1]["step"] == STEPS
    assert progress[1]["losses"] == pytest.approx(progress[0]["losses"], abs=TOLERANCE)
    for file in ("weights", "average"):
        one, two = (load_file(tmp_path / run / "checkpoint" / f"{file}.safetensors") for run in ("one", "two"))
        assert max(float((one[name] - two[name]).abs().max()) for name in one) <= TOLERANCE


def test_parts_make_up_the_batch() -> None:
    cpu = torch.device("cpu")
    parts = [list(range(12))[World(rank, 3, cpu).part(12)] for rank in range(3)]
    assert sum(parts, []) == list(range(12)) and {len(part) for part in parts} == {4}

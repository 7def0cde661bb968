"""Widening changes what a network can learn, not what it computes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import SMALL
from test_network import CONFIG, random

from morphogen import checkpoint, train, widen
from morphogen.config import Class, NetworkConfig, Words
from morphogen.network import Network, null_rows, word_sets
from morphogen.settings import Settings
from morphogen.trainer import fresh


@pytest.mark.parametrize(
    ("embedding", "words", "scale_shift"),
    [(16, None, False), (24, 9, True), (None, 11, False), (None, None, True), (None, None, False), (16, 6, True)],
)
def test_a_wider_network_computes_the_same(embedding: int | None, words: int | None, scale_shift: bool, tmp_path: Path) -> None:
    network = random(CONFIG)
    source, run = tmp_path / "source", tmp_path / "run"
    fresh(Settings(CONFIG, steps=1), network.weights()).save(source, 1)
    options = [*(["--embedding", embedding] if embedding else []), *(["--words", words] if words else [])]
    options += ["--scale-shift"] if scale_shift else []
    assert widen.main([str(source), str(run), *map(str, options)]) == 0
    config, weights, _ = checkpoint.result(run)
    assert config.embedding == (embedding or 8) and config.condition == Words(12, words or 6)
    assert config.modulation == ("scale-shift" if scale_shift else "shift")
    wide = Network(config, weights)
    x, t = torch.randn(6, 3, 16, 16), torch.linspace(0.02, 1.0, 6, dtype=torch.float64)
    rows = torch.cat([word_sets(CONFIG, [[0], [1, 5], [3, 4, 11], [7, 2], [9]]), null_rows(CONFIG, 1)])
    with torch.no_grad():
        one, other = network(x, t, rows), wide(x, t, rows)
    assert float((one - other).abs().max()) <= 1e-6 * max(1.0, float(one.abs().max()))


def test_new_units_can_be_used_at_once(tmp_path: Path) -> None:
    wider = widen.widened(CONFIG, 16, 9, True)
    wide = Network(wider, widen.widen(CONFIG, random(CONFIG).weights(), wider))
    x, t = torch.randn(4, 3, 8, 8), torch.tensor([0.1, 0.4, 0.7, 1.0])
    wide(x, t, word_sets(wider, [[1], [2, 3], [4], [5]])).square().mean().backward()
    for name, new in {"shift.weight": slice(8, None), "scale.weight": slice(None)}.items():
        gradient = wide.parts[name.replace(".", "/")].grad
        assert gradient is not None and float(gradient[new].abs().sum()) > 0, name
    assert float(wide.part("time.in.weight")[:, 8:].detach().std()) > 0.1, "new units begin at random"


def test_classes_widen_as_well() -> None:
    config = replace(CONFIG, condition=Class(5), modulation="scale-shift")
    wider = widen.widened(config, 16, None, False)
    weights = random(config).weights()
    assert widen.difference(config, weights, wider, widen.widen(config, weights, wider)) <= 1e-6


def test_a_widened_run_trains_on(words: Path, tmp_path: Path) -> None:
    def call(*more: object) -> int:
        return train.main(["--data", str(words), "--device", "cpu", "--sheet", "0", *map(str, more)])

    assert call("--run", tmp_path / "run", *SMALL, "--words", 4, "--rate", "constant", "--until", 3) == 0
    assert widen.main([str(tmp_path / "run"), str(tmp_path / "wide"), "--embedding", "16", "--words", "6", "--scale-shift"]) == 0
    wide = ["--widths", "8,8", "--embedding", 16, "--words", 6, "--modulation", "scale-shift", "--batch", 4, "--steps", 3]
    assert call("--start", tmp_path / "wide", "--run", tmp_path / "next", *wide) == 0
    assert json.loads((tmp_path / "next" / "checkpoint" / "progress.json").read_text())["step"] == 3


def test_what_cannot_be_widened_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fresh(Settings(NetworkConfig(CONFIG.architecture, 3, Class(2), groups=4, embedding=8), steps=1),
          random(NetworkConfig(CONFIG.architecture, 3, Class(2), groups=4, embedding=8)).weights()).save(tmp_path / "run", 1)  # fmt: skip
    for arguments, message in (
        (["run", "wide", "--embedding", "12"], "expected an embedding that is a multiple of 8"),
        (["run", "wide", "--words", "12"], "expected a network of words for --words"),
        (["none", "wide"], "expected the folder of a run, with checkpoint/ in it, found none"),
        (["run", "run"], "expected a new name for the wider run"),
    ):
        assert widen.main([str(tmp_path / a) if not a.startswith("-") and not a.isdigit() else a for a in arguments]) == 1
        assert message in capsys.readouterr().err
        assert not (tmp_path / "wide").exists()

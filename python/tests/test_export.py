"""`morphogen.export`: networks trained in PyTorch become packs; what the browser will draw is what the module draws; what cannot come over is
refused with a sentence, and nothing is written."""

from __future__ import annotations

import json
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import SIDE, SMALL, write_classes
from safetensors.torch import load
from test_network import random
from test_parity import drawn, moderate
from torch import Tensor, nn
from torch.nn import functional as F

import morphogen as package
from morphogen import train
from morphogen.config import Class, NetworkConfig, ResNet, UNet, Words
from morphogen.error import MorphogenError
from morphogen.exporting import check, export
from morphogen.network import Network, class_rows
from morphogen.sampler import sample

UNET = NetworkConfig(UNet((8, 16)), 1, Class(2), embedding=8)
PROMPTS = ["Left", {"name": "top", "label": "Top half", "words": ["upper"]}]


class MinimalResNet(nn.Module):
    """A network of convolutions as others write it: its own forward, `nn.Linear` and `nn.Conv2d`, our names."""

    def __init__(self, width: int = 8, layers: int = 4, embedding: int = 8, classes: int = 2, slope: float = 0.0) -> None:
        super().__init__()
        self.slope, self.hiddens, self.size = slope, layers - 2, width
        self.time = nn.ModuleDict({"in": nn.Linear(embedding, embedding), "out": nn.Linear(embedding, embedding)})
        self.condition = nn.Linear(classes + 1, embedding, bias=False)
        self.shift = nn.Linear(embedding, width * (layers - 1), bias=False)
        setattr(self, "in", nn.Conv2d(1, width, 3, padding=1))
        self.hidden = nn.ModuleDict({str(n): nn.Conv2d(width, width, 3, padding=1) for n in range(1, layers - 1)})
        self.out = nn.Conv2d(width, 1, 3, padding=1)
        half = embedding // 2
        self.register_buffer("waves", torch.tensor([10_000.0 ** (-n / half) for n in range(half)]), persistent=False)

    def forward(self, x: Tensor, t: Tensor, rows: Tensor) -> Tensor:
        angle = 1000.0 * t[:, None] * self.waves
        time = self.time["out"](F.relu(self.time["in"](torch.cat([angle.sin(), angle.cos()], 1))))
        shifts = self.shift(F.relu(time + self.condition(rows))).split(self.size, 1)
        x = F.leaky_relu(getattr(self, "in")(x) + shifts[0][..., None, None], self.slope)
        for n in range(1, self.hiddens + 1):
            x = x + F.leaky_relu(self.hidden[str(n)](x) + shifts[n][..., None, None], self.slope)
        return self.out(x)


RESNET = replace(UNET, architecture=ResNet(8, 4))


@pytest.mark.parametrize(
    "config",
    [UNET, replace(UNET, architecture=UNet((8, 16), 4), groups=4, modulation="scale-shift", prediction="clean"), RESNET],
    ids=["unet", "attention", "resnet"],
)
def test_a_network_comes_over_whole(config: NetworkConfig, tmp_path: Path) -> None:
    images = np.arange(3 * 16 * 16, dtype=np.uint8).reshape(3, 1, 16, 16)
    network = random(config)
    pack = package.export(network, tmp_path / "Two halves", prompts=PROMPTS, training={"left": images}, guidance=1.5, steps=8, grid="early")
    manifest = json.loads((pack / "manifest.json").read_text())
    assert manifest["name"] == "two-halves"
    assert NetworkConfig.from_json(manifest["networks"]["network"]["config"]) == config
    assert [prompt["name"] for prompt in manifest["prompts"]] == ["left", "top"]
    shelf = load(zlib.decompress((pack / "training/left.safetensors.zz").read_bytes()))
    assert shelf["images"].tolist() == images.tolist()
    check(pack)
    # Replaced, not mixed with what was there.
    export(network, pack, prompts=PROMPTS, size=16)
    assert not (pack / "training").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["Two halves"]


def test_a_module_of_others_comes_over_where_it_computes_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    module = MinimalResNet()
    pack = export(module, tmp_path / "pack", config=RESNET, prompts=PROMPTS, size=16)
    tensors = load((pack / "network.safetensors").read_bytes())
    assert torch.equal(tensors["time.in.weight"], module.time["in"].weight.detach().T.half())
    # One that was compiled, or trained on several devices, has a word before each name.
    state = {f"module.{name}": value for name, value in random(RESNET).weights().items()}
    export(state, pack, config=RESNET, prompts=PROMPTS, size=16)
    with pytest.raises(MorphogenError, match="answers otherwise .* python/README.md"):
        export(MinimalResNet(slope=0.2), tmp_path / "other", config=RESNET, prompts=PROMPTS, size=16)
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_what_cannot_come_over_is_refused_and_nothing_written(tmp_path: Path) -> None:
    network = random(UNET)
    broken = {**network.weights(), "out.bias": torch.tensor([float("nan")])}
    huge = {**network.weights(), "out.bias": torch.tensor([1e6])}
    words = NetworkConfig(UNet((8, 16)), 3, Words(8, 4), embedding=8)
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (nn.Conv2d(1, 1, 3), {}, "give config="),
        (nn.Conv2d(1, 1, 3), {"config": UNET}, "expected the tensor “time.in.weight”, found none; python/README.md"),
        (network, {"prompts": ["one"]}, "a prompt for each of the 2 classes, found 1"),
        (network, {"prompts": ["a", "a"]}, "different names"),
        (network, {"prompts": ["a", {"name": "B!", "label": "b"}]}, "name of a–z"),
        (network, {"size": 15}, "multiples of 2"),
        (network, {"size": None}, "expected size="),
        (network, {"name": "../x"}, "network's name"),
        (network, {"steps": 0}, "steps"),
        (network, {"solver": "euler"}, "solver"),
        (network, {"training": {"middle": np.zeros((1, 1, 16, 16), np.uint8)}}, "no prompt's name"),
        (network, {"training": {"left": np.zeros((1, 1, 8, 16), np.uint8)}}, "training images"),
        (broken, {"config": UNET}, "not finite"),
        (huge, {"config": UNET}, "not finite"),
        (random(words), {}, "draws classes, found one of words"),
    ]
    for source, change, message in wrong:
        with pytest.raises(MorphogenError, match=message):
            export(source, tmp_path / "pack", **{"prompts": PROMPTS, "size": 16, **change})
        assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(MorphogenError, match="something else"):
        export(network, tmp_path / "mine", prompts=PROMPTS, size=16)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"


def test_a_pack_that_was_changed_is_not_good(tmp_path: Path) -> None:
    pack = export(random(UNET), tmp_path / "pack", prompts=PROMPTS, size=16)
    path = pack / "network.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 0x10
    path.write_bytes(bytes(content))
    with pytest.raises(MorphogenError, match="other bytes"):
        check(pack)


def test_a_run_folder_comes_over(tmp_path: Path) -> None:
    data = write_classes(tmp_path / "data")
    train.main(["--data", str(data), "--run", str(tmp_path / "run"), "--steps", "3", *SMALL])
    pack = export(tmp_path / "run", tmp_path / "pack", prompts=PROMPTS)
    assert json.loads((pack / "manifest.json").read_text())["image"] == {"channels": 1, "height": 16, "width": 16}


@pytest.mark.parametrize("config", [UNET, RESNET], ids=["unet", "resnet"])
def test_the_command_takes_the_pack_and_draws_the_same(config: NetworkConfig, morphogen: Path, tmp_path: Path) -> None:
    network = moderate(config)
    images = np.arange(3 * SIDE * SIDE, dtype=np.uint8).reshape(3, 1, SIDE, SIDE)
    pack = export(network, tmp_path / "pack", name="net", prompts=PROMPTS, training={"left": images})
    subprocess.run([morphogen, "pack", "check", pack], check=True, capture_output=True)
    rounded = Network(config, {name: tensor.half().float() for name, tensor in network.weights().items()}).requires_grad_(False)
    rows = class_rows(config, torch.tensor([1])).repeat(3, 1)
    for steps in (1, 4):
        ours = sample(rounded, rows, seed=5, shape=(1, SIDE, SIDE), steps=steps)
        assert float((ours - drawn(morphogen, tmp_path, pack, "upper", steps, 1.0)).abs().max()) <= 1e-4

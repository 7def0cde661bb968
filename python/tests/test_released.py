"""The ResNets of Kamb & Ganguli in our layers: files of that form, made here, predict the same, become packs and are drawn from; what cannot come over is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import torch
from conftest import SIDE
from test_parity import drawn
from torch import Tensor, nn
from torch.nn import functional as F

from morphogen.config import Padding
from morphogen.error import MorphogenError
from morphogen.exporting import export
from morphogen.network import Network, class_rows, denoised
from morphogen.released import converted, found
from morphogen.sampler import sample


class Paper(nn.Module):
    """A network whose tensors have the names and shapes of the released ones, and that computes what they do."""

    def __init__(self, width: int = 16, hidden: int = 3, mode: str = "zeros", classes: int = 0, channels: int = 1, last: int = 3, end: bool = True) -> None:
        super().__init__()

        def convolution(inputs: int, outputs: int, kernel: int = 3) -> nn.Conv2d:
            return nn.Conv2d(inputs, outputs, kernel, padding="same", padding_mode=mode)

        self.classes = classes
        self.embedding = nn.ModuleDict({"class_embeddings": nn.Embedding(classes, width)} if classes else {})
        self.up_projection = convolution(channels, width)
        self.embs = nn.ModuleList(nn.Sequential(nn.Linear(width, width), nn.GroupNorm(8, width), nn.ReLU()) for _ in range(hidden + end))
        self.convs = nn.ModuleList(nn.Sequential(convolution(width, width), nn.ReLU()) for _ in range(hidden))
        self.down_projection = convolution(width, channels, last)

    def forward(self, t: Tensor, x: Tensor, label: Tensor | None = None) -> Tensor:
        width = self.up_projection.out_channels
        angle = t[:, None] * 10_000.0 ** -torch.linspace(0, 1, width // 2)
        time = torch.cat([angle.sin(), angle.cos()], 1)
        if self.classes:
            time = time + self.embedding["class_embeddings"](label)
        shifts = [emb(time)[..., None, None] for emb in self.embs]
        state = self.up_projection(x)
        for convolution, shift in zip(self.convs, shifts, strict=False):
            state = state + convolution(state + shift)
        return self.down_projection(state + (shifts[-1] if len(shifts) > len(self.convs) else state))


def paper(seed: int = 1, **settings: object) -> Paper:
    torch.manual_seed(seed)
    module = Paper(**settings).requires_grad_(False).eval()  # type: ignore[arg-type]
    for emb in module.embs:
        emb[1].weight.add_(0.2 * torch.randn(emb[1].weight.shape))
        emb[1].bias.add_(0.2 * torch.randn(emb[1].bias.shape))
    return module


@pytest.mark.parametrize("mode", ["zeros", "circular"])
@pytest.mark.parametrize(
    "settings",
    [{}, {"classes": 4, "channels": 3}, {"end": False, "last": 1}, {"width": 64, "hidden": 8}],
    ids=["plain", "classes", "no shift at the end", "eight layers"],
)
def test_one_denoising_is_theirs(settings: dict[str, object], mode: Padding) -> None:
    module = paper(mode=mode, **settings)
    config, weights = converted(found(module.state_dict()), mode)
    network = Network(config, weights).requires_grad_(False)
    t = torch.tensor([0.04, 0.31, 0.5, 0.77], dtype=torch.float64)
    x = torch.randn(4, config.channels, 16, 16)
    labels = torch.tensor([0, 1, 3, 2]) % max(1, module.classes)
    with torch.no_grad():
        theirs = denoised("noise", x, module(t.float(), x, label=labels), t)
        ours = network.denoised(x, t, class_rows(config, labels))
    assert float((ours - theirs).abs().max()) <= 1e-4
    # Whatever comes in, a picture or noise or both: the time alone decides little, and the border is not the middle.
    assert float((ours - network.denoised(x, t.flip(0), class_rows(config, labels))).abs().max()) > 1e-2


def test_what_lies_beyond_the_border_has_to_be_said_and_counts() -> None:
    module = paper()
    for wrong in (None, "reflect"):
        with pytest.raises(MorphogenError, match="expected padding=, zeros or circular"):
            converted(found(module.state_dict()), wrong)  # type: ignore[arg-type]
    x, t = torch.randn(1, 1, 16, 16), torch.tensor([0.5])
    config, weights = converted(found(module.state_dict()), "circular")
    ours = Network(config, weights)(x, t.double(), class_rows(config, torch.tensor([0]))).detach()
    assert float((ours - module(t, x)).abs().max()) > 1e-2


@pytest.mark.parametrize("as_file", [False, True], ids=["module", "file"])
def test_it_becomes_a_pack_that_the_command_draws_from(as_file: bool, morphogen: Path, tmp_path: Path) -> None:
    module = paper(classes=2)
    # Predictions of a picture's size: at much noise, rounding grows with them eightyfold.
    for tensor in module.down_projection.parameters():
        tensor.mul_(0.2)
    if as_file:
        torch.save({f"backbone.{name}": tensor for name, tensor in module.state_dict().items()}, tmp_path / "backbone.pt")
    source = torch.load(tmp_path / "backbone.pt", weights_only=True) if as_file else module
    pack = export(source, tmp_path / "digits", prompts=["Left", "Top"], size=SIDE, padding="zeros", name="net")
    network = json.loads((pack / "manifest.json").read_text())["networks"]["net"]
    assert network["config"]["padding"] == "zeros" and network["config"]["prediction"] == "noise" and network["file"].endswith(".zz")
    subprocess.run([morphogen, "pack", "check", pack], check=True, capture_output=True)
    config, weights = converted(found(module.state_dict()), "zeros")
    rows = class_rows(config, torch.tensor([1])).repeat(3, 1)
    ours = sample(Network(config, weights).requires_grad_(False), rows, seed=5, shape=(1, SIDE, SIDE), steps=4)
    assert float((ours - drawn(morphogen, tmp_path, pack, "top", 4, 1.0)).abs().max()) <= 1e-4


def test_what_cannot_come_over_is_refused_with_a_sentence(tmp_path: Path) -> None:
    state = paper().state_dict()
    unet = {"feature_blocks.0.model.0.weight": torch.zeros(8, 1, 3, 3), "upsamples.0.weight": torch.zeros(8, 8, 2, 2)}
    normalised = {**state, "convs.0.1.weight": torch.ones(16), "convs.0.1.bias": torch.zeros(16)}
    lacking = {name: tensor for name, tensor in state.items() if name != "embs.1.1.bias"}
    narrow = {**state, "convs.1.0.weight": torch.zeros(16, 8, 3, 3)}
    odd = paper().double()
    odd.forward = lambda t, x, label=None: torch.zeros_like(x)  # type: ignore[method-assign]
    cases: list[tuple[object, str]] = [
        (unet, "max pooling, doubles by transposed convolutions .* python/README.md"),
        ({f"backbone.{name}": tensor for name, tensor in unet.items()}, "max pooling"),
        (normalised, "normalised convolutions"),
        (lacking, "expected “embs.1.1.bias”"),
        (narrow, r"expected “convs.1.0.weight” \[16, 16, 3, 3\], found \[16, 8, 3, 3\]"),
        (odd, "answers otherwise"),
    ]
    for source, message in cases:
        with pytest.raises(MorphogenError, match=message):
            export(source, tmp_path / "pack", prompts=["Digit"], size=16, padding="zeros")  # type: ignore[arg-type]
    with pytest.raises(MorphogenError, match="for networks that Kamb & Ganguli released"):
        export(nn.Conv2d(1, 1, 3), tmp_path / "pack", prompts=["Digit"], size=16, padding="zeros")
    assert list(tmp_path.iterdir()) == []


def test_a_shift_in_front_of_a_convolution_is_not_one_behind_it_at_the_border() -> None:
    """Why ours has channels for it."""
    weight, picture = torch.randn(1, 1, 3, 3), torch.randn(1, 1, 5, 5)
    before = F.conv2d(picture + 0.7, weight, padding=1)
    behind = F.conv2d(picture, weight, padding=1) + 0.7 * weight.sum()
    assert torch.allclose(before[..., 1:-1, 1:-1], behind[..., 1:-1, 1:-1], atol=1e-5)
    assert not torch.allclose(before, behind, atol=1e-2)

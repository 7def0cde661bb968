"""Run folders of this package in the hands of the `morphogen` command: it packs them, and draws from the same noise what the twin
draws, to within 1e-5, for every architecture, prediction and modulation, and classes and words. (No pack draws from vectors: of
those only the null condition is compared, and `test_network` shows that a class is a vector.)"""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import SIDE, SMALL, write_classes, write_words
from safetensors.torch import load_file
from test_network import random

from morphogen import checkpoint, noise, schedule, train
from morphogen.config import Class, NetworkConfig, ResNet, UNet, Vector, Words
from morphogen.network import Network, class_rows, null_rows, word_sets
from morphogen.sampler import sample
from morphogen.settings import Settings
from morphogen.trainer import fresh

TOLERANCE = 1e-5
TERMS = {"licence": "CC0-1.0", "attribution": "nobody"}
UNET = NetworkConfig(UNet((8, 16)), 1, Class(2), embedding=8)
WORDS = ["bright", "dark", "red", "shape", "square", "blue", "r", "b"]

NETWORKS: dict[str, NetworkConfig] = {
    "unet": UNET,
    "unet-circular": replace(UNET, padding="circular", kernel=5, prediction="noise"),
    "unet-clean-scales": replace(UNET, prediction="clean", modulation="scale-shift"),
    "attention": replace(UNET, architecture=UNet((8, 16), 4), groups=4, modulation="scale-shift"),
    "attention-level": replace(UNET, architecture=UNet((8, 16, 16), 2, 1), groups=8, prediction="clean"),
    "resnet": replace(UNET, architecture=ResNet(8, 5), kernel=5, modulation="scale-shift"),
    "resnet-circular": replace(UNET, architecture=ResNet(8, 4), padding="circular", groups=2, prediction="clean"),
    "words": NetworkConfig(UNet((8, 16), 4, 0), 3, Words(8, 6), groups=4, embedding=12, prediction="clean"),
    "words-scales": NetworkConfig(UNet((8, 16)), 3, Words(8, 4), groups=2, embedding=8, modulation="scale-shift"),
    "words-noise": NetworkConfig(ResNet(8, 4), 3, Words(8, 4), embedding=8, prediction="noise"),
}


def moderate(config: NetworkConfig) -> Network:
    """A random network whose predictions are of a picture's size, so that clipping hides nothing and a float's rounding stays
    small beside them."""
    weights = random(config).weights()
    x = torch.from_numpy(noise.pictures(5, 3, (config.channels, SIDE, SIDE)))
    with torch.no_grad():
        spread = Network(config, weights)(x, torch.tensor([1.0, 0.7, 0.3], dtype=torch.float64), null_rows(config, 3)).std()
    return Network(config, {n: t * 0.3 / spread if n.startswith("out.") else t for n, t in weights.items()}).requires_grad_(False)


def call(morphogen: Path, *arguments: object) -> str:
    done = subprocess.run([morphogen, *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"morphogen {' '.join(map(str, arguments))}: {done.stderr}"
    return done.stdout


def pack(morphogen: Path, place: Path, run: Path, config: NetworkConfig) -> Path:
    """A pack with the network of `run`, packed as it is."""
    folder, draft = place / "pack", place / "draft.json"
    image = {"channels": config.channels, "height": SIDE, "width": SIDE}
    licence = {"data": TERMS, "weights": TERMS}
    draft.write_text(json.dumps({"name": "p", "title": "P", "version": "1", "image": image, "licence": licence}))
    prompts = [{"name": name, "label": name.capitalize()} for name in ("left", "top")]
    (place / "prompts.json").write_text(json.dumps(prompts))
    words = isinstance(config.condition, Words)
    call(morphogen, "pack", "create", folder, "--draft", draft, *([] if words else ["--prompts", place / "prompts.json"]))
    if words:
        call(morphogen, "pack", "words", folder, "--data", write_words(place / "words"))
    packed = ["--run", run, "--name", "net", "--title", "Net", "--precision", "f32"]
    call(morphogen, "pack", "network", folder, *packed)
    return folder


def drawn(morphogen: Path, place: Path, folder: Path, prompt: str, steps: int, guidance: float) -> torch.Tensor:
    """Three pictures `[3, C, H, W]` from seed 5 on."""
    output = place / "samples.safetensors"
    known = call(morphogen, "sample", "--help")
    options: list[object] = ["--no-prior"] if "--no-prior" in known else []
    options += ["--grid", "uniform"] if "--grid" in known else []
    call(
        morphogen, "sample", "--pack", folder, "--network", "net", "--prompt", prompt, "--seed", 5, "--count", 3,
        "--steps", steps, "--guidance", guidance, "--solver", "ddim", "--output", output, *options,
    )  # fmt: skip
    return load_file(output)["samples"]


@pytest.mark.parametrize("name", NETWORKS)
def test_random_networks_draw_what_the_command_draws(name: str, morphogen: Path, tmp_path: Path) -> None:
    config = NETWORKS[name]
    network = moderate(config)
    fresh(Settings(config, steps=1), network.weights()).save(tmp_path / "run", 1)
    folder = pack(morphogen, tmp_path, tmp_path / "run", config)
    if isinstance(config.condition, Words):
        prompt, rows = "dark red square", word_sets(config, [[WORDS.index(word) for word in ("dark", "red", "square")]])
    else:
        prompt, rows = "top", class_rows(config, torch.tensor([1]))
    for steps, guidance in ((1, 1.0), (4, 2.0)):
        theirs = drawn(morphogen, tmp_path, folder, prompt, steps, guidance)
        ours = sample(
            network, rows.repeat(3, 1), seed=5, shape=(config.channels, SIDE, SIDE), steps=steps, guidance=guidance
        )
        # Of a predicted noise the picture at t = 1 is a_1 = 1/80th: on the way there rounding is multiplied by 80.
        tolerance = TOLERANCE / schedule.at(1.0)[0] if config.prediction == "noise" else TOLERANCE
        assert float((ours - theirs).abs().max()) <= tolerance, f"{steps} steps"
        inside = float((ours.abs() < 0.999).float().mean())
        # A noise that is not quite predicted is far from any picture at t = 1, and clipped there.
        assert config.prediction == "noise" or inside > 0.5, f"{inside:.0%} of the pixels are not clipped"


@pytest.mark.parametrize("config", [NETWORKS["attention"], NETWORKS["unet-circular"], replace(UNET, condition=Vector(2))])
def test_the_null_condition_is_the_packs_test_vector(config: NetworkConfig, morphogen: Path, tmp_path: Path) -> None:
    network = moderate(config)
    fresh(Settings(config, steps=1), network.weights()).save(tmp_path / "run", 1)
    folder = pack(morphogen, tmp_path, tmp_path / "run", config)
    test = json.loads((folder / "manifest.json").read_text())["networks"]["net"]["test"]
    expected = np.frombuffer(base64.b64decode(test["expected"]), dtype="<f2").astype(np.float32)
    x = torch.from_numpy(noise.pictures(test["seed"], 1, (1, SIDE, SIDE)))
    ours = network.denoised(x, torch.tensor([test["t"]], dtype=torch.float64), null_rows(config, 1))
    # The pack keeps it in half precision.
    assert np.abs(ours.numpy().ravel() - expected).max() <= 2**-10 * np.abs(expected).max()


@pytest.mark.parametrize("kind", ["words", "classes"])
def test_a_trained_run_is_packed_and_checked(kind: str, morphogen: Path, tmp_path: Path) -> None:
    data = (write_words if kind == "words" else write_classes)(tmp_path / "data")
    run, more = tmp_path / "run", ["--steps", "5", "--words", "4", "--prediction", "clean"]
    assert train.main(["--data", str(data), "--run", str(run), "--device", "cpu", *SMALL, *more]) == 0
    config, average, _ = checkpoint.result(run)
    folder = pack(morphogen, tmp_path, run, config)
    call(morphogen, "pack", "check", folder)
    prompt, rows = "left", torch.zeros(0)
    if kind == "words":
        prompt, rows = "red square", word_sets(config, [[WORDS.index("red"), WORDS.index("square")]])
    else:
        rows = class_rows(config, torch.tensor([0]))
    theirs = drawn(morphogen, tmp_path, folder, prompt, 3, 1.0)
    ours = sample(Network(config, average), rows.repeat(3, 1), seed=5, shape=(config.channels, SIDE, SIDE), steps=3)
    assert float((ours - theirs).abs().max()) <= TOLERANCE

"""The network by itself: its noise, weights, conditions and symmetries. `test_parity` compares it with the Rust crate."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from morphogen import noise, schedule
from morphogen.config import Class, NetworkConfig, ResNet, UNet, Vector, Words
from morphogen.error import MorphogenError
from morphogen.network import Network, class_rows, denoised, initial, null_rows, word_rows, word_sets

CONFIG = NetworkConfig(UNet((8, 16), 4), 3, Words(12, 6), groups=4, embedding=8, prediction="clean")


def random(config: NetworkConfig, seed: int = 3) -> Network:
    """A network whose every tensor is random, the last layer and the scales too."""
    generator = torch.Generator().manual_seed(seed)
    weights = initial(config, seed)
    return Network(
        config, {name: t + 0.1 * torch.randn(t.shape, generator=generator) for name, t in weights.items()}
    ).requires_grad_(False)


def test_noise_is_that_of_the_crate_bit_for_bit() -> None:
    # The values that `src/sampler/noise.rs` and the browser tests pin.
    pinned = [1064463727, 1070991724, 3187259722, 3209958448]
    assert noise.normals(7, 0, 4).view(np.uint32).tolist() == pinned
    whole = noise.normals(1, 5, 3001)
    assert np.array_equal(noise.normals(1, 5, 9), whole[:9]), "a prefix is a prefix"
    assert abs(whole.mean()) < 0.1 and abs(whole.std() - 1) < 0.05
    assert not np.array_equal(noise.normals(1, 6, 9), whole[:9])


def test_initial_weights_are_alike_in_distribution() -> None:
    weights = initial(replace(CONFIG, modulation="scale-shift", architecture=UNet((16, 64), 4), embedding=64), 1)
    for name, tensor in weights.items():
        if name.endswith("norm.scale"):
            assert bool((tensor == 1).all())
        elif tensor.dim() == 1 or name in ("out.weight", "scale.weight"):
            assert bool((tensor == 0).all()), name
        else:
            fan = math.prod(tensor.shape[1:])
            expected = {4: math.sqrt(2 / fan), 2: math.sqrt(1 / tensor.shape[0])}[tensor.dim()]
            expected = {"words.weight": 0.1, "condition.weight": math.sqrt(2 / 7) / 0.1}.get(name, expected)
            deviation = float(tensor.std())
            assert deviation == pytest.approx(expected, rel=4 / math.sqrt(2 * tensor.numel())), name
    again = initial(CONFIG, 1)["in.weight"]
    assert torch.equal(again, initial(CONFIG, 1)["in.weight"]) and not torch.equal(again, initial(CONFIG, 2)["in.weight"])


def test_an_untrained_network_predicts_nothing() -> None:
    x, t = torch.randn(2, 3, 8, 8), torch.tensor([0.2, 0.9])
    assert bool((Network(CONFIG, initial(CONFIG, 1))(x, t, null_rows(CONFIG, 2)) == 0).all())


def test_scales_of_zero_change_nothing_and_others_do() -> None:
    shift, x = random(CONFIG), torch.randn(2, 3, 8, 8)
    t, rows = torch.tensor([0.3, 0.8]), word_sets(CONFIG, [[1, 5], [2]])
    config = replace(CONFIG, modulation="scale-shift")
    silent = Network(config, {**shift.weights(), "scale.weight": torch.zeros(8, shift.layers.shifts)})
    assert torch.equal(silent(x, t, rows), shift(x, t, rows))
    assert not torch.allclose(random(config)(x, t, rows), shift(x, t, rows))


def test_circular_padding_moves_with_the_picture() -> None:
    config = replace(CONFIG, architecture=ResNet(8, 4), groups=None, padding="circular")
    network, x = random(config), torch.randn(1, 3, 8, 8)
    t, rows = torch.tensor([0.5]), null_rows(config, 1)
    moved = network(x.roll((3, 5), (2, 3)), t, rows)
    assert torch.allclose(moved, network(x, t, rows).roll((3, 5), (2, 3)), atol=1e-5)
    zeros = Network(replace(config, padding="zeros"), network.weights())
    assert not torch.allclose(zeros(x.roll(3, 2), t, rows), zeros(x, t, rows).roll(3, 2), atol=1e-3)


def test_the_order_of_words_and_their_repetition_do_not_matter() -> None:
    one, other = word_sets(CONFIG, [[1, 5, 7]])[0], word_sets(CONFIG, [[7, 1, 5, 1, 7]])[0]
    assert torch.equal(one, other)
    assert one[[1, 5, 7]].tolist() == pytest.approx([3**-0.5] * 3) and float(one.sum()) == pytest.approx(3**0.5)
    masked = word_rows(CONFIG, torch.tensor([[1, 5, 9, 1]]), torch.tensor([[True, True, False, False]]))
    assert torch.equal(masked, word_sets(CONFIG, [[5, 1]]))
    assert torch.equal(word_sets(CONFIG, [[]]), null_rows(CONFIG, 1)), "no word asks for nothing"


def test_a_class_is_a_vector_with_a_one() -> None:
    by_class = random(replace(CONFIG, condition=Class(5)))
    by_vector = Network(replace(CONFIG, condition=Vector(5)), by_class.weights())
    x, t = torch.randn(2, 3, 8, 8), torch.tensor([0.3, 0.8])
    vectors = torch.cat([torch.eye(5)[[4, 0]], torch.zeros(2, 1)], 1)
    assert torch.equal(by_class(x, t, class_rows(by_class.config, torch.tensor([4, 0]))), by_vector(x, t, vectors))


def test_each_prediction_of_the_truth_is_the_clean_picture() -> None:
    clean, e, t = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8), torch.tensor([0.2, 0.9])
    a, s = (torch.tensor(part)[:, None, None, None] for part in zip(*map(schedule.at, t.tolist()), strict=True))
    x = a * clean + s * e
    assert torch.allclose(denoised("noise", x, e, t), clean, atol=1e-5)
    assert torch.allclose(denoised("velocity", x, a * e - s * clean, t), clean, atol=1e-5)
    assert torch.equal(denoised("clean", x, clean, t), clean)


def test_weights_that_do_not_fit_are_refused() -> None:
    weights = initial(CONFIG, 1)
    for change, message in (
        ({"more": torch.zeros(1)}, "the tensor “more” is unknown"),
        ({"in.bias": torch.zeros(9)}, r"expected “in.bias” \[8\], found \[9\]"),
    ):
        with pytest.raises(MorphogenError, match=message):
            Network(CONFIG, {**weights, **change})
    with pytest.raises(MorphogenError, match="expected the tensor “in.bias”, found none"):
        Network(CONFIG, {name: tensor for name, tensor in weights.items() if name != "in.bias"})


def test_steps_end_at_the_clean_picture_and_early_ones_begin_with_noise() -> None:
    for grid in ("uniform", "early"):
        times = schedule.grid(8, grid)  # type: ignore[arg-type]
        assert times[0] == 1 and times[-1] == 0 and all(a > b for a, b in zip(times, times[1:], strict=False))
    assert schedule.grid(8, "early")[1] > schedule.grid(8)[1]
    with pytest.raises(MorphogenError, match="expected between 1 and 1000 steps, found 0"):
        schedule.grid(0)


def test_the_network_is_one_graph_to_the_compiler() -> None:
    # The backend that traces forward and backward and then runs them as they are: it needs no C++ compiler.
    torch.compiler.reset()
    network = random(replace(CONFIG, modulation="scale-shift")).requires_grad_(True)
    x, t, rows = torch.randn(2, 3, 8, 8), torch.tensor([0.3, 0.8], dtype=torch.float64), word_sets(CONFIG, [[1, 5], [2]])
    compiled = torch.compile(network, backend="aot_eager", fullgraph=True, dynamic=False)
    gradients = []
    for one in (network, compiled):
        network.zero_grad()
        one(x, t, rows).square().mean().backward()
        gradients.append([part.grad.clone() for part in network.parts.values() if part.grad is not None])
    assert len(gradients[0]) == len(network.shapes)
    for plain, traced in zip(*gradients, strict=True):
        assert torch.allclose(plain, traced, rtol=1e-4, atol=1e-6)

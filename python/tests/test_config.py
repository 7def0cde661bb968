"""Configs and layers: what the Rust crate reads, and refuses."""

from __future__ import annotations

from typing import Any

import pytest

from morphogen.config import Class, NetworkConfig, ResNet, UNet, Vector, Words
from morphogen.error import MorphogenError
from morphogen.layers import Layers, tensors

EMOJI: dict[str, Any] = {
    "architecture": {"kind": "unet", "widths": [16, 64, 128, 192, 256], "attention_heads": 4, "attention_level": 3},
    "channels": 3, "kernel": 3, "padding": "zeros", "normalisation": {"kind": "group", "groups": 8},
    "condition": {"kind": "words", "count": 3362, "width": 96}, "embedding": 192, "prediction": "clean",
}  # fmt: skip


def test_a_config_is_read_and_written_as_it_is() -> None:
    for change in (
        {},
        {"modulation": "scale-shift"},
        {"architecture": {"kind": "resnet", "width": 8, "layers": 4}, "padding": "circular"},
        {"condition": {"kind": "class", "count": 10}, "normalisation": {"kind": "none"}},
        {"condition": {"kind": "vector", "size": 5}, "prediction": "noise"},
    ):
        json = {**EMOJI, **change}
        assert NetworkConfig.from_json(json).to_json() == json
    assert "modulation" not in NetworkConfig.from_json({**EMOJI, "modulation": "shift"}).to_json(), "as shift goes unsaid"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"channels": 2}, "expected 1 or 3 channels, found 2"),
        ({"kernel": 4}, "expected an odd kernel up to 7, found 4"),
        ({"embedding": 7}, "expected an even embedding up to 2048, found 7"),
        ({"prediction": "score"}, "expected “prediction” to be one of noise, velocity, clean, found 'score'"),
        ({"modulation": "film"}, "expected “modulation” to be one of shift, scale-shift"),
        ({"normalisation": {"kind": "group", "groups": 5}}, "5 groups do not divide the widths"),
        ({"colour": 1}, "the field “colour” is unknown"),
        ({"embedding": "wide"}, "expected a whole number for “embedding”, found 'wide'"),
        ({"architecture": {"kind": "unet", "widths": [8], "attention_heads": 3}}, "3 heads do not divide the width 8"),
        ({"architecture": {"kind": "resnet", "width": 8, "layers": 1}}, "expected 2 to 64 layers, found 1"),
        ({"condition": {"kind": "words", "count": 1 << 15, "width": 8}}, "expected 1 to 16384 words, found 32768"),
    ],
)
def test_what_cannot_be_built_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(MorphogenError) as error:
        NetworkConfig.from_json({**EMOJI, **change})
    assert message in str(error.value)


def test_missing_fields_and_other_things_are_refused() -> None:
    with pytest.raises(MorphogenError, match="expected the field “kernel”, found none"):
        NetworkConfig.from_json({name: value for name, value in EMOJI.items() if name != "kernel"})
    with pytest.raises(MorphogenError, match="expected an object, found 7"):
        NetworkConfig.from_json(7)


def test_the_emoji_network_has_the_tensors_of_the_crate() -> None:
    config = NetworkConfig.from_json(EMOJI)
    layers = Layers.of(config)
    shapes = tensors(config, layers)
    numbers = 0
    for shape in shapes.values():
        size = 1
        for side in shape:
            size *= side
        numbers += size
    assert numbers == 4_615_587, "as the model card says"
    assert shapes["condition.weight"] == (97, 192) and shapes["words.weight"] == (3362, 96)
    assert shapes["up.3.double.weight"] == (192, 256 + 192, 3, 3)
    assert shapes["attention.qkv.norm.scale"] == (3 * 192,) and "attention.project.norm.scale" not in shapes
    assert "middle.weight" not in shapes, "attention is not at the lowest level"
    scaled = NetworkConfig.from_json({**EMOJI, "modulation": "scale-shift"})
    assert list(tensors(scaled, layers).items())[-1] == ("scale.weight", shapes["shift.weight"])


def test_sides_must_fit() -> None:
    config = NetworkConfig(UNet((8, 8, 8)), 1, Class(2))
    config.check_shape(1, 28, 28)
    for shape in ((3, 28, 28), (1, 30, 28), (1, 0, 4), (1, 512, 4)):
        with pytest.raises(MorphogenError):
            config.check_shape(*shape)
    NetworkConfig(ResNet(8, 3), 3, Vector(4)).check_shape(3, 7, 5)
    assert NetworkConfig(ResNet(8, 3), 3, Words(9, 4)).condition_width == 4

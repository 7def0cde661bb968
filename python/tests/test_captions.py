"""Prompts are drawn by the rules of the Rust crate, and hue variants are named by the colours that they show."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest
import torch

from morphogen.captions import Caption, CaptionFile, Captions, Hue, digest
from morphogen.data import Dataset
from morphogen.error import MorphogenError
from morphogen.hue import turn

DRAWS = 20_000
ENTRY = Caption("1f34e", 1, ("red", "round", "apple"), ("fruit", "green", "food"), ("red", "brown"), "train",
                (Hue(120, ("green",)), Hue(240, ("blue", "purple"))))  # fmt: skip
VOCABULARY = ["flat", "noto", "apple", "red", "round", "fruit", "green", "food", "brown", "blue", "purple"]


def plain_draw(label: list[str], more: list[str], style: str, uniform: random.Random) -> frozenset[str]:
    """The rule as `native/src/train/captions.rs` has it, one prompt at a time."""
    kind, styled = uniform.random(), uniform.random() < 0.8
    from_label, from_more = (1.0, 0.0) if kind < 0.4 else (1.0, 0.3) if kind < 0.75 else (0.6, 0.25)
    words = [word for word in label if uniform.random() < from_label]
    words += [word for word in more if uniform.random() < from_more]
    if not words:
        words.append(uniform.choice(label + more))
    if styled:
        words.append(style)
    return frozenset(words)


def draws(hue: int, count: int = DRAWS, entry: Caption = ENTRY) -> list[frozenset[str]]:
    captions = Captions.of(VOCABULARY, [entry])
    generator = torch.Generator().manual_seed(1)
    words, mask = captions.wordings.draw(torch.zeros(count, dtype=torch.int64), torch.full((count,), hue), generator)
    return [
        frozenset(VOCABULARY[word] for word, counts in zip(some, which, strict=True) if counts)
        for some, which in zip(words.tolist(), mask.tolist(), strict=True)
    ]


def test_prompts_have_the_documented_shares() -> None:
    drawn = draws(-1)

    def share(holds: int) -> float:
        return holds / DRAWS

    assert share(sum("noto" in words for words in drawn)) == pytest.approx(0.8, abs=0.012)
    whole = [words for words in drawn if {"red", "round", "apple"} <= words]
    # The whole label in 75 %, and in the rest .6³; “red” is a colour besides, seen in a quarter of those.
    assert share(len(whole)) == pytest.approx(0.75 + 0.25 * 0.6**2 * (1 - 0.4 * 0.75), abs=0.014)
    assert share(sum("food" in words for words in drawn)) == pytest.approx(0.35 * 0.3 + 0.25 * 0.25, abs=0.012)
    assert all(words - {"noto"} for words in drawn), "never the style alone"


def test_whole_prompts_are_as_frequent_as_those_of_the_rust_rule() -> None:
    uniform = random.Random(5)
    label, more = list(ENTRY.words), [*ENTRY.tags, *ENTRY.colours]
    expected = Counter(plain_draw(label, more, "noto", uniform) for _ in range(10 * DRAWS))
    found = Counter(draws(-1))
    for words, count in expected.most_common(60):
        chance = count / (10 * DRAWS)
        # Five deviations of both counts.
        tolerance = 5 * (chance * (1 - chance) * (1 / DRAWS + 0.1 / DRAWS)) ** 0.5
        assert found[words] / DRAWS == pytest.approx(chance, abs=tolerance), words


def test_turned_pictures_are_named_by_what_they_show() -> None:
    for hue, colours in ((0, {"green"}), (1, {"blue", "purple"})):
        drawn = draws(hue)
        assert all(colours <= words for words in drawn), "always the new colours"
        others = {"red", "brown", "green"} - colours
        assert not any(others & words for words in drawn), "and none of the old"
        assert all({"round", "apple", "fruit", "food"} & words for words in drawn), "and something that it is"
        assert sum("noto" in words for words in drawn) / DRAWS == pytest.approx(0.8, abs=0.012)


def test_a_fifth_of_what_may_be_turned_is() -> None:
    plain = Caption("1f3f3", 0, ("flag",), (), (), "train")
    wordings = Captions.of(VOCABULARY, [ENTRY, plain]).wordings
    pictures = torch.arange(DRAWS) % 2
    hue = wordings.hue(pictures, 0.2, torch.Generator().manual_seed(1))
    counts = Counter(hue[pictures == 0].tolist())
    assert counts[0] / (DRAWS / 2) == pytest.approx(0.1, abs=0.012)
    assert counts[1] / (DRAWS / 2) == pytest.approx(0.1, abs=0.012)
    assert bool((hue[pictures == 1] == -1).all())
    assert wordings.degrees[0].tolist() == [120, 240]


def test_the_vocabulary_is_the_styles_and_then_the_most_frequent_words(words: Path) -> None:
    file = CaptionFile.open(words)
    # Red twice over: as word and as colour of two pictures.
    assert file.vocabulary() == ["bright", "dark", "red", "shape", "square", "blue", "r", "b"]
    data = Dataset.open(words)
    assert len(data) == 3 and data.shape == (3, 16, 16) and data.captions is not None
    assert [data.captions.vocabulary[word] for word in data.captions.labels[2]] == ["red", "square", "dark"]
    assert digest(["a", "b"]) != digest(["b", "a"])


def test_captions_that_are_not_as_they_should_be_are_refused(words: Path) -> None:
    path = words / "captions.json"
    whole = json.loads(path.read_text())
    for change, message in (
        ({"style": 7}, "expected a style below 2, found 7"),
        ({"split": "test"}, "expected train, style or composition, found 'test'"),
        ({"words": "red"}, "entry 0 is not as it should be"),
        ({"hues": [{"degrees": 360, "colours": ["red"]}]}, "expected hues of 1 to 359 degrees"),
    ):
        entries = [{**whole["entries"][0], **change}, *whole["entries"][1:]]
        path.write_text(json.dumps({**whole, "entries": entries}))
        with pytest.raises(MorphogenError, match=message):
            Dataset.open(words)
    path.write_text(json.dumps({**whole, "entries": whole["entries"][:-1]}))
    with pytest.raises(MorphogenError, match="expected one entry for each of 6 pictures, found 5"):
        Dataset.open(words)
    path.write_text("{")
    with pytest.raises(MorphogenError, match="expected JSON with styles and entries"):
        Dataset.open(words)


def test_hue_turns_round_the_circle_and_keeps_the_rest() -> None:
    circle = [[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]]
    pixels = torch.tensor(circle, dtype=torch.uint8).T.reshape(1, 3, 6, 1)
    for sixths in range(7):
        turned = turn(pixels, torch.tensor([60 * sixths])).reshape(3, 6).T.tolist()
        assert turned == [circle[(n + sixths) % 6] for n in range(6)]
    generator = torch.Generator().manual_seed(1)
    some = torch.randint(0, 256, (2, 3, 16, 16), generator=generator, dtype=torch.uint8)
    assert torch.equal(turn(some, torch.tensor([0, 360])), some)
    turned = turn(some, torch.tensor([77, 201]))
    assert torch.equal(turned.amax(1), some.amax(1)) and torch.equal(turned.amin(1), some.amin(1))

"""Captions: for every picture of a data set the words that it may be asked for by, from `captions.json`; the trainer then draws
a prompt for each picture and step, by the rules of the Rust crate (`native/src/train/captions.rs`), here for a whole batch at once.

A picture with hue variants is now and then shown turned in hue: its prompt then has no colour word of label and tags, and always
names the colours that it shows now."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor

from .error import MorphogenError

FILE = "captions.json"
Split: TypeAlias = Literal["train", "style", "composition"]
COLOURS = frozenset("red orange yellow green blue purple pink brown black grey gray white".split())

STYLED = 0.8
"""Share of prompts that name the style."""
LABEL_ALONE = 0.4
"""Share of prompts that are the whole label."""
LABEL_AND_MORE = 0.35
"""Share that are the whole label with some tags and colours, each with the chance `MORE_BESIDE_LABEL`; the rest are a few words."""
MORE_BESIDE_LABEL = 0.3
FEW_OF_LABEL = 0.6
FEW_OF_MORE = 0.25


@dataclass(frozen=True)
class Hue:
    """A hue that a picture may be turned by."""

    degrees: int
    colours: tuple[str, ...]
    """The one or two colours that it shows then."""


@dataclass(frozen=True)
class Caption:
    """What is known of one picture, as far as training asks."""

    code: str
    style: int
    words: tuple[str, ...]
    """The label's."""
    tags: tuple[str, ...]
    colours: tuple[str, ...]
    split: Split
    hues: tuple[Hue, ...] = ()


@dataclass(frozen=True)
class CaptionFile:
    """`captions.json`: entry `n` belongs to picture `n`."""

    styles: tuple[str, ...]
    entries: tuple[Caption, ...]

    @classmethod
    def open(cls, folder: Path) -> CaptionFile:
        """Reads `captions.json` from a folder. Raises `MorphogenError` naming the entry that is not as it should be."""
        path = folder / FILE
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise MorphogenError.at(path, f"expected JSON with styles and entries: {error}") from error
        if not isinstance(found, dict) or not isinstance(found.get("entries"), list):
            raise MorphogenError.at(path, "expected an object with “styles” and “entries”, found something else")
        try:
            styles = _strings(found["styles"])
        except (KeyError, TypeError) as error:
            raise MorphogenError.at(path, "expected a list of names for “styles”") from error
        return cls(styles, tuple(_entry(path, n, one, len(styles)) for n, one in enumerate(found["entries"])))

    def vocabulary(self) -> list[str]:
        """Every word that training can see: first the styles, then the words from the most frequent down."""
        trained = (entry for entry in self.entries if entry.split == "train")
        counts = Counter(word for entry in trained for word in (*entry.words, *entry.tags, *entry.colours))
        words = sorted((word for word in counts if word not in self.styles), key=lambda word: (-counts[word], word))
        return [*self.styles, *words]


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"expected a list of words, found {value!r:.60}")
    return tuple(value)


def _entry(path: Path, n: int, entry: Any, styles: int) -> Caption:
    try:
        hues = tuple(Hue(int(hue["degrees"]), _strings(hue["colours"])) for hue in entry.get("hues", []))
        caption = Caption(
            code=str(entry["code"]),
            style=int(entry["style"]),
            words=_strings(entry["words"]),
            tags=_strings(entry["tags"]),
            colours=_strings(entry["colours"]),
            split=entry["split"],
            hues=hues,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"entry {n} is not as it should be ({type(error).__name__}: {error}); write the data set anew"
        raise MorphogenError.at(path, message) from error
    if not 0 <= caption.style < styles:
        raise MorphogenError.at(path, f"{caption.code}: expected a style below {styles}, found {caption.style}")
    if caption.split not in ("train", "style", "composition"):
        raise MorphogenError.at(path, f"{caption.code}: expected train, style or composition, found {caption.split!r:.60}")
    if any(not 1 <= hue.degrees <= 359 or not 1 <= len(hue.colours) <= 2 for hue in caption.hues):
        raise MorphogenError.at(path, f"{caption.code}: expected hues of 1 to 359 degrees with one or two colours each")
    return caption


def digest(vocabulary: Iterable[str]) -> str:
    """A short name of a vocabulary, by which a run knows its data again."""
    return hashlib.sha256("\n".join(vocabulary).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Wordings:
    """The words of N pictures as indices of the vocabulary, −1 where there are none; on one device."""

    styles: Tensor
    """`[N]`"""
    label: Tensor
    """`[N, L]`"""
    more: Tensor
    """Tags and colours, `[N, M]`."""
    turned_label: Tensor
    """The same without words of colour, `[N, L]`."""
    turned_more: Tensor
    """Tags without words of colour, `[N, M]`."""
    degrees: Tensor
    """Of each hue variant, `[N, H]`."""
    hues: Tensor
    """How many variants there are, `[N]`."""
    colours: Tensor
    """What each variant shows, `[N, H, 2]`."""

    def to(self, device: torch.device) -> Wordings:
        """The same on another device."""
        return Wordings(**{name: value.to(device) for name, value in vars(self).items()})

    def hue(self, pictures: Tensor, share: float, generator: torch.Generator) -> Tensor:
        """Draws for `pictures` `[B]` which variant is shown, −1 for the picture as it is: a `share` of those that have
        variants is turned, each variant as often as another."""
        turned, which = torch.rand(2, len(pictures), generator=generator, device=pictures.device)
        count = self.hues[pictures]
        variant = (which * count).long().clamp(max=self.degrees.shape[1] - 1)
        return torch.where((turned < share) & (count > 0), variant, -1)

    def draw(self, pictures: Tensor, hue: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """A prompt for each of `pictures` `[B]`, shown in variant `hue` `[B]`: words `[B, L + M + 3]` and a mask of those
        that count. Mostly the whole label, often with tags and colours, sometimes just a few words; mostly with the style."""
        count, device = len(pictures), pictures.device

        def uniform(columns: int) -> Tensor:
            return torch.rand(count, columns, generator=generator, device=device)

        turned = (hue >= 0)[:, None]
        label = torch.where(turned, self.turned_label[pictures], self.label[pictures])
        more = torch.where(turned, self.turned_more[pictures], self.more[pictures])
        shown = torch.where(turned, self.colours[pictures, hue.clamp(min=0)], -1)
        kind = uniform(1)
        from_label = torch.where(kind < LABEL_ALONE + LABEL_AND_MORE, 1.0, FEW_OF_LABEL)
        beside = torch.where(kind < LABEL_AND_MORE + LABEL_ALONE, MORE_BESIDE_LABEL, FEW_OF_MORE)
        from_more = torch.where(kind < LABEL_ALONE, 0.0, beside)
        words = torch.cat([label, more], 1)
        chances = torch.cat([from_label.expand(label.shape), from_more.expand(more.shape)], 1)
        known = words >= 0
        mask = known & (uniform(words.shape[1]) < chances)
        # Where none was drawn, one of all is.
        pick = torch.where(known, uniform(words.shape[1]), -1.0).argmax(1, keepdim=True)
        one = torch.zeros_like(mask).scatter_(1, pick, True) & known
        mask = torch.where(mask.any(1, keepdim=True), mask, one)
        styled = (uniform(1) < STYLED) | ~(mask.any(1, keepdim=True) | (shown >= 0).any(1, keepdim=True))
        words = torch.cat([words, shown, self.styles[pictures][:, None]], 1)
        return words.clamp(min=0), torch.cat([mask, shown >= 0, styled], 1)


@dataclass(frozen=True)
class Captions:
    """The prompts that pictures are trained with."""

    vocabulary: list[str]
    wordings: Wordings
    labels: list[list[int]] = field(repr=False)
    """The label of each picture in its style: the plainest prompt for it."""

    @classmethod
    def of(cls, vocabulary: Sequence[str], entries: Sequence[Caption]) -> Captions:
        """The captions of `entries`, one per picture. Words that the vocabulary lacks are left out."""
        index = {word: n for n, word in enumerate(vocabulary)}

        def known(words: Iterable[str]) -> list[int]:
            return [index[word] for word in words if word in index]

        def plain(words: Iterable[str]) -> list[int]:
            return known(word for word in words if word not in COLOURS)

        longest = max((len(entry.hues) for entry in entries), default=0)
        hues = [[known(hue.colours) for hue in entry.hues] + [[]] * (longest - len(entry.hues)) for entry in entries]
        wordings = Wordings(
            styles=torch.tensor([entry.style for entry in entries], dtype=torch.int64),
            label=_padded([known(entry.words) for entry in entries], least=1),
            more=_padded([known((*entry.tags, *entry.colours)) for entry in entries], least=1),
            turned_label=_padded([plain(e.words) for e in entries], [len(known(e.words)) for e in entries], least=1),
            turned_more=_padded(
                [plain(e.tags) for e in entries], [len(known((*e.tags, *e.colours))) for e in entries], least=1
            ),
            degrees=_padded([[hue.degrees for hue in entry.hues] for entry in entries], fill=0, least=1),
            hues=torch.tensor([len(entry.hues) for entry in entries], dtype=torch.int64),
            colours=_padded([one for some in hues for one in some], [2]).reshape(len(entries), longest, 2)
            if longest
            else torch.full((len(entries), 1, 2), -1),
        )
        labels = [[*known(entry.words), entry.style] for entry in entries]
        return cls(list(vocabulary), wordings, labels)


def _padded(rows: Sequence[Sequence[int]], widths: Sequence[int] = (), fill: int = -1, least: int = 0) -> Tensor:
    """Rows of different lengths as one `[N, longest]`, at least as wide as `widths` and `least` ask for."""
    longest = max([least, *widths, *map(len, rows)])
    filled = [[*row, *[fill] * (longest - len(row))] for row in rows]
    return torch.tensor(filled, dtype=torch.int64).reshape(len(rows), longest)

#!/usr/bin/env python3
"""Draws docs/large.jpg: ten photographs and textures, and beside each what `morphogen large` makes of it.

Nine come with scikit-image and may be used by anybody (see THIRD-PARTY.md); the tenth is a reaction of Gray and Scott, made
here. Left of each row the source, then three seeds; what tiles is drawn as a tile, and shows four of its last one.

    pip install scikit-image pillow
    cargo build --release --bin morphogen
    python3 tools/large_sheet.py target/release/morphogen docs/large.jpg
"""

import argparse
import pathlib
import subprocess
import tempfile

import numpy
import skimage
from PIL import Image, ImageDraw

# File of scikit-image, variety, whether it tiles.
SOURCES = (
    ("gravel.png", 1.0, True),
    ("brick.png", 1.0, True),
    ("grass.png", 1.0, False),
    ("reaction", 1.0, True),
    ("hubble_deep_field.jpg", 1.0, False),
    ("coins.png", 0.8, False),
    ("coffee.png", 0.5, False),
    ("chelsea.png", 0.6, False),
    ("astronaut.png", 0.55, False),
    ("rocket.jpg", 0.5, False),
)
SEEDS = (1, 2, 3)
# Pixels of a place, and of the gap between the two halves of the sheet.
PLACE, GAP = 230, 24
HALF = 5


def reaction(side: int = 256, feed: float = 0.037, kill: float = 0.06, steps: int = 6000) -> Image.Image:
    """Gray and Scott's labyrinth, from noise that is always the same."""
    chance = numpy.random.default_rng(1)
    food, eater = numpy.ones((side, side), "f4"), numpy.zeros((side, side), "f4")
    for row, column in chance.integers(0, side - 8, (60, 2)):
        food[row : row + 8, column : column + 8] = 0.25
        eater[row : row + 8, column : column + 8] = 0.5

    def spread(of: numpy.ndarray) -> numpy.ndarray:
        rows = numpy.roll(of, 1, 0) + numpy.roll(of, -1, 0)
        near = rows + numpy.roll(of, 1, 1) + numpy.roll(of, -1, 1)
        return 0.2 * near + 0.05 * (numpy.roll(rows, 1, 1) + numpy.roll(rows, -1, 1)) - of

    for _ in range(steps):
        eaten = food * eater * eater
        food += 0.16 * spread(food) - eaten + feed * (1 - food)
        eater += 0.08 * spread(eater) + eaten - (feed + kill) * eater
    share = ((eater - eater.min()) / (eater.max() - eater.min()))[..., None]
    sand, sea = numpy.array([245, 232, 205]), numpy.array([20, 80, 110])
    return Image.fromarray((sand + (sea - sand) * share).astype("u1"))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("morphogen", type=pathlib.Path)
    words.add_argument("output", type=pathlib.Path)
    told = words.parse_args()
    bundled = pathlib.Path(skimage.__file__).parent / "data"
    columns = 1 + len(SEEDS)
    sheet = Image.new("RGB", (2 * columns * PLACE + GAP, HALF * PLACE), "white")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for n, (file, variety, tile) in enumerate(SOURCES):
            source = bundled / file
            if file == "reaction":
                source = folder / "reaction.png"
                reaction().save(source)
            pictures = [Image.open(source).convert("RGB")]
            for seed in SEEDS:
                drawn = folder / f"{n}-{seed}.png"
                line = [told.morphogen, "large", source, "--output", drawn, "--variety", str(variety), "--seed", str(seed)]
                said = subprocess.run(line + ["--tile"] * tile, check=True, capture_output=True, text=True)
                print(file, said.stdout.strip())
                pictures.append(Image.open(drawn).convert("RGB"))
            if tile:
                last = pictures[-1]
                four = Image.new("RGB", (2 * last.width, 2 * last.height))
                for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)):
                    four.paste(last, (x * last.width, y * last.height))
                pictures[-1] = four
            for column, picture in enumerate(pictures):
                picture.thumbnail((PLACE - 8, PLACE - 8), Image.Resampling.LANCZOS)
                x = n // HALF * (columns * PLACE + GAP) + column * PLACE + (PLACE - picture.width) // 2
                y = n % HALF * PLACE + (PLACE - picture.height) // 2
                sheet.paste(picture, (x, y))
                if column == 0:
                    box = (x - 3, y - 3, x + picture.width + 2, y + picture.height + 2)
                    ImageDraw.Draw(sheet).rectangle(box, outline=(200, 80, 40), width=2)
    sheet.save(told.output, quality=88, optimize=True)
    print(f"{told.output}: {told.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()

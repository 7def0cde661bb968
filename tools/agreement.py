#!/usr/bin/env python3
"""How well pictures agree: the median Pearson correlation between two files of samples, picture by picture.

Two networks of a pack, drawn from the same noise, show how far apart two students of the same images are; a theory
that predicts one of them cannot be asked for much more.

    for prompt in trouser sneaker; do
      for network in unet attention; do
        morphogen sample --pack www/models/fashion --network $network --prompt $prompt --count 10 --guidance 1 \\
            --output $network-$prompt.safetensors
      done
    done
    python3 tools/agreement.py unet-*.safetensors -- attention-*.safetensors
"""

import array
import json
import math
import statistics
import struct
import sys


def pictures(path):
    """The pictures [N, C, H, W] of a file that holds one f32 tensor, each as a list."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        values = array.array("f", file.read())
    (entry,) = [entry for name, entry in header.items() if name != "__metadata__"]
    if entry["dtype"] != "F32" or len(entry["shape"]) != 4:
        sys.exit(f"{path}: expected F32 [N, C, H, W], found {entry['dtype']} {entry['shape']}")
    size = math.prod(entry["shape"][1:])
    return [values[start : start + size] for start in range(0, len(values), size)]


def main():
    paths = sys.argv[1:]
    if paths.count("--") != 1:
        sys.exit(__doc__)
    middle = paths.index("--")
    one, other = paths[:middle], paths[middle + 1 :]
    if not one or len(one) != len(other):
        sys.exit(f"expected as many files on either side, found {len(one)} and {len(other)}")
    found = []
    for left, right in zip(one, other):
        pair = pictures(left), pictures(right)
        if len(pair[0]) != len(pair[1]):
            sys.exit(f"expected as many pictures in {left} as in {right}, found {len(pair[0])} and {len(pair[1])}")
        rs = [statistics.correlation(a, b) for a, b in zip(*pair)]
        print(f"{left} {right}: {statistics.median(rs):.3f}")
        found += rs
    print(f"{len(found)} pictures: median r {statistics.median(found):.4f}")


if __name__ == "__main__":
    main()

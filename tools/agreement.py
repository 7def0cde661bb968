#!/usr/bin/env python3
"""How well pictures agree: the Pearson correlation between two files of samples, picture by picture.

Two networks of a pack, drawn from the same noise, show how far apart two students of the same images are; a theory
that predicts one of them cannot be asked for much more. Without a prompt, everything that a pack can draw is drawn:

    for network in unet attention; do
      morphogen sample --pack www/models/fashion --network $network --count 100 --guidance 1 --steps 20 \
        --grid uniform --solver ddim --output $network.safetensors
    done
    python3 tools/agreement.py unet.safetensors attention.safetensors

With the report of an evaluation of the first of them (`morphogen evaluate --network unet --seeds 100 --json R.json`) as a third file, its machines
are set beside the second network, on the same seeds.
"""

import array
import json
import math
import statistics
import struct
import sys


def pictures(path):
    """The pictures of a file that holds one f32 tensor [N, C, H, W], in [−1, 1], as N arrays of C·H·W values."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        values = array.array("f", file.read())
    tensors = [(entry["dtype"], entry["shape"]) for name, entry in header.items() if name != "__metadata__"]
    if [(dtype, len(shape)) for dtype, shape in tensors] != [("F32", 4)]:
        sys.exit(f"{path}: expected one tensor, F32 [N, C, H, W], found {tensors}")
    size = math.prod(tensors[0][1][1:])
    return [values[start : start + size] for start in range(0, len(values), size)]


def summary(found):
    middle, mean, tenth = statistics.median(found), statistics.fmean(found), sorted(found)[len(found) // 10]
    return f"median r {middle:.4f}, mean {mean:.4f}, the worst tenth below {tenth:.4f}"


def beside(path, found):
    """What the report of an evaluation says of each machine, beside the pictures of the same seeds and prompts in turn."""
    with open(path, encoding="utf-8") as file:
        records = sorted(json.load(file)["records"], key=lambda record: record["seed"])
    prompts = max(record["class"] for record in records) + 1
    count = len(found) // prompts
    if records[-1]["seed"] >= count:
        sys.exit(f"{path}: expected seeds below {count}, as many as pictures of a prompt, found {records[-1]['seed']}")
    same = [found[record["class"] * count + record["seed"]] for record in records]
    print(f"the {len(same)} of the report: {summary(same)}")
    for machine in records[0]["machines"]:
        own = [record["machines"][machine]["r"] for record in records]
        nearer = sum(a > b for a, b in zip(own, same))
        print(f"{machine}: {summary(own)}; nearer in {nearer}")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    one, other = (pictures(path) for path in sys.argv[1:3])
    if len(one) != len(other):
        sys.exit(f"expected as many pictures in both files, found {len(one)} and {len(other)}")
    found = [statistics.correlation(a, b) for a, b in zip(one, other)]
    print(f"{len(found)} pictures: {summary(found)}")
    if len(sys.argv) == 4:
        beside(sys.argv[3], found)


if __name__ == "__main__":
    main()

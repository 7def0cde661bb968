#!/usr/bin/env python3
"""Times the patch posterior beside the convolution form of the released method, on one thread.

The convolution form takes every patch of the query as a kernel, so that one conv2d gives all patch products with a
batch of training images, and expands the squared distance into |x|^2 - 2a x.y + a^2 |y|^2. Here it answers only for
pixels away from the border, which are fewer than the patch posterior answers for.

    pip install torch
    cargo build --release --bench patch_posterior
    python3 tools/bench_theory.py FASHION_MNIST_FOLDER target/release/deps/patch_posterior-*

Both sides are timed by the processor time they use, so that other programs on the machine do not count; each figure
is the best of several runs. Prints a table; exits with 1 where the speed-up is below --least.
"""

import argparse
import array
import gzip
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

# Without this, a CUDA build of torch refuses to start where its libraries are only partly installed.
sys.setdlopenflags(os.RTLD_LAZY | os.RTLD_GLOBAL)
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

WINDOWS = (3, 7, 11, 17)
TIMES = (0.9, 0.5, 0.1)


def schedule(t):
    """a and s of the cosine schedule."""
    angle = t / 1.008 * math.pi / 2
    return math.cos(angle), math.sin(angle)


def read_class(folder, label, count):
    """The first images of a class as floats in [-1, 1], flat, 784 each."""
    images = gzip.open(folder / "train-images-idx3-ubyte.gz").read()[16:]
    labels = gzip.open(folder / "train-labels-idx1-ubyte.gz").read()[8:]
    chosen = [n for n, found in enumerate(labels) if found == label][:count]
    return array.array("f", (b / 127.5 - 1 for n in chosen for b in images[n * 784 : (n + 1) * 784]))


def write_safetensors(path, values, shape):
    entry = {"dtype": "F32", "shape": shape, "data_offsets": [0, 4 * len(values)]}
    header = json.dumps({"images": entry}).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(struct.pack("<Q", len(header)) + header + values.tobytes())


def convolution_form(x, images, k, a, s, batch):
    """The posterior mean of the interior of x [1, 28, 28] over images [N, 1, 28, 28]."""
    half = k // 2
    patches = F.unfold(x[None], k)[0].T.reshape(-1, 1, k, k)
    patch_norms = patches.square().sum((1, 2, 3))[None, :, None, None]
    ones = torch.ones(1, 1, k, k)
    top = torch.full((len(patches),), -torch.inf)
    total, mean = torch.zeros(len(patches)), torch.zeros(len(patches))
    for start in range(0, len(images), batch):
        y = images[start : start + batch]
        squares = patch_norms - 2 * a * F.conv2d(y, patches) + a * a * F.conv2d(y.square(), ones)
        logits = squares / (-2 * s * s)
        new = torch.maximum(top, logits.amax((0, 2, 3)))
        weights = (logits - new[None, :, None, None]).exp_()
        keep = (top - new).exp()
        total = total * keep + weights.sum((0, 2, 3))
        centres = y[:, :, half : 28 - half, half : 28 - half]
        mean = mean * keep + (weights * centres).sum((0, 2, 3))
        top = new
    return mean / total


def time_convolution(images, k, t):
    """Milliseconds of processor time, best over batch sizes and two runs each."""
    a, s = schedule(t)
    torch.manual_seed(1)
    x = a * images[-1] + s * torch.randn(1, 28, 28)
    best = math.inf
    for batch in (10, 25, 100):
        for _ in range(2):
            start = time.process_time()
            convolution_form(x, images[:-1], k, a, s, batch)
            best = min(best, time.process_time() - start)
    return 1e3 * best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path, help="folder of Fashion-MNIST's IDX files")
    parser.add_argument("binary", type=pathlib.Path, help="the built benchmark")
    parser.add_argument("--images", type=int, default=500, help="training images")
    parser.add_argument("--label", type=int, default=7, help="their class")
    parser.add_argument("--least", type=float, default=15, help="speed-up to insist on")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    values = read_class(options.data, options.label, options.images + 1)
    images = torch.frombuffer(values, dtype=torch.float32).reshape(-1, 1, 28, 28)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "images.safetensors"
        write_safetensors(path, values, list(images.shape))
        lines = subprocess.run([options.binary, path, "1"], check=True, capture_output=True, text=True).stdout
    ours = {}
    for line in lines.splitlines():
        row = json.loads(line)
        ours.setdefault(row["isa"], {})[row["k"], row["t"]] = row["ms"]
    print(f"{options.images} images, one thread, ms: convolution form; " + "; ".join(ours))
    slowest = math.inf
    for k in WINDOWS:
        for t in TIMES:
            theirs = time_convolution(images, k, t)
            cells = [f"{table[k, t]:7.1f} ({theirs / table[k, t]:5.1f}x)" for table in ours.values()]
            print(f"k {k:2}  t {t}  {theirs:8.0f}  " + "  ".join(cells), flush=True)
            slowest = min(slowest, theirs / next(iter(ours.values()))[k, t])
    print(f"least speed-up of the best instruction set: {slowest:.1f}")
    return 0 if slowest >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())

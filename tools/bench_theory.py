#!/usr/bin/env python3
"""Times the patch posterior (bbELS) beside the convolution form of the released method, on one thread.

The convolution form takes every patch of the query as a kernel, so that one conv2d gives all patch products with a
batch of training images, and expands the squared distance into |x|^2 - 2a x.y + a^2 |y|^2. Pixels nearer to an edge
than half a window are answered for along that edge only, those near a corner by themselves only, as the theory wants.
How many images go into a batch matters much to it: the released code takes 64 unless told otherwise, which is far more
than fits into a cache. So it is timed with 64 and, in a second column, with whatever batch is the fastest here.

    pip install torch
    cargo build --release --bin morphogen --bench patch_posterior
    python3 tools/bench_theory.py FASHION_MNIST_FOLDER target/release/deps/patch_posterior-* \\
        --morphogen target/release/morphogen

Both sides are timed by the processor time they use, so that other programs on the machine do not count; each figure
is the best of several runs. Prints a table; with --morphogen also how far the two answers lie apart. Exits with 1
where the speed-up over batches of 64 is below --least.
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
RELEASED_BATCH = 64
BATCHES = (5, 10, 25, RELEASED_BATCH, 100)


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


def write_safetensors(path, tensors):
    """Writes `(name, array of f32, shape)` each."""
    header, end = {}, 0
    for name, values, shape in tensors:
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + 4 * len(values)]}
        end += 4 * len(values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(values.tobytes() for _, values, _ in tensors))


def read_only_tensor(path):
    """The values of a file that holds one f32 tensor."""
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    return torch.frombuffer(bytearray(data[start:]), dtype=torch.float32)


class Mean:
    """A posterior mean for each of some queries, batch after batch, kept in range by the largest logit so far."""

    def __init__(self, queries):
        self.top = torch.full((queries,), -torch.inf)
        self.total, self.sum = torch.zeros(queries), torch.zeros(queries)

    def add(self, logits, values):
        """`logits` [B, Q, A], `values` [B, Q or 1, A] of the A that may answer."""
        new = torch.maximum(self.top, logits.amax((0, 2)))
        weights = (logits - new[:, None]).exp_()
        keep = (self.top - new).exp()
        self.total = self.total * keep + weights.sum((0, 2))
        self.sum = self.sum * keep + (weights * values).sum((0, 2))
        self.top = new

    def result(self):
        return self.sum / self.total


def along_edges(k, side):
    """The rows nearer to an edge than half a window."""
    half = k // 2
    return [*range(half), *range(side - half, side)]


def strips(y, rows, k):
    """What windows on `rows` see of padded pictures [B, 1, H, W]: [B, rows, k, W]."""
    return torch.stack([y[:, 0, r : r + k] for r in rows], 1)


def convolution_form(x, images, k, a, s, batch):
    """bbELS: the posterior mean [28, 28] of x [28, 28] over images [N, 1, 28, 28]."""
    side, half = x.shape[-1], k // 2
    inner, edge = slice(half, side - half), along_edges(k, side)
    n = side - 2 * half
    pad = lambda picture: F.pad(picture, (half, half, half, half))
    box = torch.ones(1, 1, k, k)
    tall, wide = torch.ones(1, 1, k, 1), torch.ones(1, 1, 1, k)
    kernels = F.unfold(pad(x[None, None]), k)[0].T.reshape(side, side, 1, k, k)
    norms = kernels.square().sum((2, 3, 4))
    # Queries away from all edges; those near an edge above or below; those near one on a side, as a picture turned.
    middle = kernels[inner, inner].reshape(-1, 1, k, k)
    rows = kernels[edge, inner].reshape(-1, 1, k, k)
    columns = kernels[inner, edge].transpose(0, 1).transpose(3, 4).reshape(-1, 1, k, k)
    inside, above, beside = Mean(n * n), Mean(len(edge) * n), Mean(len(edge) * n)
    corners = Mean(len(edge) ** 2)
    scale = -1 / (2 * s * s)

    def answer_edges(mean, y, kernels, norms, squares):
        """Along each of the edge rows of y, by one convolution in as many groups."""
        seen = strips(F.pad(y, (0, 0, half, half)), edge, k)
        products = F.conv2d(seen, kernels, groups=len(edge))
        shape = (len(y), len(edge), n, n)
        logits = norms[None, ..., None] - 2 * a * products.reshape(shape) + a * a * squares[:, 0, edge, None, inner]
        values = y[:, 0, edge, None, inner].expand(shape)
        mean.add((logits * scale).reshape(len(y), -1, n), values.reshape(len(y), -1, n))

    for start in range(0, len(images), batch):
        y = images[start : start + batch]
        squares = F.conv2d(pad(y.square()), box)
        centres = norms[inner, inner].reshape(1, -1, 1, 1)
        logits = centres - 2 * a * F.conv2d(y, middle) + a * a * squares[:, :, inner, inner]
        inside.add((logits * scale).flatten(2), y[:, :, inner, inner].flatten(2))
        answer_edges(above, y, rows, norms[edge, inner], squares)
        turned = y.transpose(2, 3).contiguous()
        answer_edges(beside, turned, columns, norms[inner, edge].T, squares.transpose(2, 3))
        # Near a corner only the same place answers.
        apart = F.conv2d(F.conv2d(pad((x - a * y).square()), tall), wide)
        logits = apart[:, 0, edge][:, :, edge] * scale
        corners.add(logits.reshape(len(y), -1, 1), y[:, 0, edge][:, :, edge].reshape(len(y), -1, 1))
    mean = torch.empty(side, side)
    mean[inner, inner] = inside.result().reshape(n, n)
    mean[edge, inner] = above.result().reshape(-1, n)
    mean[inner, edge] = beside.result().reshape(-1, n).T
    mean[torch.tensor(edge)[:, None], torch.tensor(edge)] = corners.result().reshape(len(edge), -1)
    return mean


def query(images, t):
    """The last of the images with the noise of t."""
    a, s = schedule(t)
    torch.manual_seed(1)
    return a * images[-1, 0] + s * torch.randn(28, 28)


def time_convolution(images, k, t, batch):
    """Milliseconds of processor time, the best of two runs."""
    x, (a, s) = query(images, t), schedule(t)
    best = math.inf
    for _ in range(2):
        start = time.process_time()
        convolution_form(x, images[:-1], k, a, s, batch)
        best = min(best, time.process_time() - start)
    return 1e3 * best


def difference(program, folder, values, images, k, t):
    """The largest difference between the convolution form's answer and that of `morphogen denoise`."""
    x, (a, s) = query(images, t), schedule(t)
    given, answer = folder / "given.safetensors", folder / "answer.safetensors"
    write_safetensors(given, [("x", array.array("f", x.flatten().tolist()), [1, 1, 28, 28])])
    known = folder / "known.safetensors"
    write_safetensors(known, [("images", values[:-784], [len(images) - 1, 1, 28, 28])])
    choice = ["--machine", "bbels", "--window", str(k), "--t", str(t)]
    files = ["--images", known, "--input", given, "--output", answer]
    subprocess.run([program, "denoise", *choice, *files], check=True, capture_output=True)
    ours = read_only_tensor(answer).reshape(28, 28)
    return (ours - convolution_form(x, images[:-1], k, a, s, 25)).abs().max().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path, help="folder of Fashion-MNIST's IDX files")
    parser.add_argument("binary", type=pathlib.Path, help="the built benchmark")
    parser.add_argument("--morphogen", type=pathlib.Path, help="the built program, to compare the answers as well")
    parser.add_argument("--images", type=int, default=500, help="training images")
    parser.add_argument("--label", type=int, default=7, help="their class")
    parser.add_argument("--least", type=float, default=15, help="speed-up over the released batches to insist on")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    values = read_class(options.data, options.label, options.images + 1)
    images = torch.frombuffer(values, dtype=torch.float32).reshape(-1, 1, 28, 28)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = folder / "images.safetensors"
        write_safetensors(path, [("images", values, list(images.shape))])
        lines = subprocess.run([options.binary, path, "1"], check=True, capture_output=True, text=True).stdout
        apart = math.nan
        if options.morphogen:
            apart = max(difference(options.morphogen, folder, values, images, k, t) for k in WINDOWS for t in TIMES)
    tables = {}
    for line in lines.splitlines():
        row = json.loads(line)
        tables.setdefault(row["isa"], {})[row["k"], row["t"]] = row["ms"]
    (isa, ours), *others = tables.items()
    print(f"{options.images} images, one thread, ms. Convolution form: batches of {RELEASED_BATCH} (times ours), the")
    print(f"fastest of {BATCHES} (times ours). Ours: {isa}" + "".join(f", {name}" for name, _ in others))
    least = [math.inf, math.inf]
    for k in WINDOWS:
        for t in TIMES:
            taken = {batch: time_convolution(images, k, t, batch) for batch in BATCHES}
            fastest = min(taken, key=taken.get)
            ratios = [taken[RELEASED_BATCH] / ours[k, t], taken[fastest] / ours[k, t]]
            least = [min(pair) for pair in zip(least, ratios)]
            print(
                f"k {k:2}  t {t}  {taken[RELEASED_BATCH]:6.0f} ({ratios[0]:5.1f}x)  "
                f"{taken[fastest]:6.0f} ({ratios[1]:5.1f}x, {fastest:3})  {ours[k, t]:6.1f}  "
                + "  ".join(f"{table[k, t]:6.1f}" for _, table in others),
                flush=True,
            )
    print(f"least speed-up: {least[0]:.1f} over batches of {RELEASED_BATCH}, {least[1]:.1f} over the fastest")
    if options.morphogen:
        print(f"largest difference between the two answers: {apart:.1e}")
    return 0 if least[0] >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())

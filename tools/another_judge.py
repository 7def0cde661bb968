#!/usr/bin/env python3
"""How far samples of garments lie from the test images in the features of a judge of its own, which has no line in common with
`morphogen judge`: a small network that PyTorch trains on the training images in three minutes of one processor.

    for network in unet attention; do
      morphogen sample --pack www/models/fashion --network $network --count 50 --steps 20 --grid uniform --solver ddim \\
        --output $network.safetensors
    done
    python3 tools/another_judge.py DATA unet.safetensors attention.safetensors [--seed 1]

DATA is the folder of Fashion-MNIST. Beside each file stand as many real training images; distances of few samples are larger than
those of many, so compare only files of one length. Needs torch and numpy.
"""

import argparse
import gzip
import json
import pathlib
import struct

import numpy
import torch
from torch import nn


def idx(folder, name, header):
    """The bytes of an IDX file, compressed or not, behind its header."""
    path = pathlib.Path(folder) / name
    raw = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(name + ".gz").read_bytes())
    return numpy.frombuffer(raw, numpy.uint8, offset=header)


def data(folder, part):
    """Pictures [N, 1, 28, 28] in [−1, 1] and their labels."""
    pictures = idx(folder, f"{part}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
    labels = idx(folder, f"{part}-labels-idx1-ubyte", 8)
    return torch.tensor(pictures.astype("f4") / 127.5 - 1), torch.tensor(labels.astype("i8"))


def samples(path):
    """The pictures of a file that holds one f32 tensor [N, 1, 28, 28]."""
    raw = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    (tensor,) = [entry for name, entry in json.loads(raw[8 : 8 + length]).items() if name != "__metadata__"]
    start, end = tensor["data_offsets"]
    values = numpy.frombuffer(raw[8 + length + start : 8 + length + end], "<f4")
    return torch.tensor(values.reshape(tensor["shape"]).copy())


class Judge(nn.Module):
    """Three convolutions, 64 features, ten kinds."""

    def __init__(self):
        super().__init__()
        halve = nn.MaxPool2d(2)
        widths = [1, 32, 64, 64]
        convolutions = [nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:])]
        layers = [layer for conv in convolutions for layer in (conv, nn.ReLU(), halve)]
        self.features = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 9, 64), nn.ReLU())
        self.kinds = nn.Sequential(nn.Dropout(0.3), nn.Linear(64, 10))

    def forward(self, pictures):
        return self.kinds(self.features(pictures))

    def learn(self, pictures, labels, epochs=4, batch=128):
        optimiser = torch.optim.Adam(self.parameters(), 1e-3)
        self.train()
        for _ in range(epochs):
            for chosen in torch.randperm(len(pictures)).split(batch):
                optimiser.zero_grad()
                nn.functional.cross_entropy(self(pictures[chosen]), labels[chosen]).backward()
                optimiser.step()
        self.eval()

    @torch.no_grad()
    def of(self, pictures):
        """Features [N, 64] of pictures."""
        return torch.cat([self.features(part) for part in pictures.split(1000)]).double().numpy()


def distance(a, b):
    """The Fréchet distance of two sets of features (Heusel et al. 2017, with another network's features)."""
    apart = a.mean(0) - b.mean(0)
    one, other = numpy.cov(a.T), numpy.cov(b.T)
    roots = numpy.sqrt(numpy.maximum(numpy.linalg.eigvals(one @ other).real, 0))
    return apart @ apart + numpy.trace(one) + numpy.trace(other) - 2 * roots.sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    (pictures, labels), (test, truth) = data(options.data, "train"), data(options.data, "t10k")
    judge = Judge()
    judge.learn(pictures, labels)
    real = judge.of(test)
    with torch.no_grad():
        right = torch.cat([judge(part).argmax(1) for part in test.split(1000)]).eq(truth).double().mean()
    print(f"the judge, on {len(test)} test images: {right:.1%} right")
    for path in options.files:
        found = samples(path)
        beside = pictures[torch.randperm(len(pictures))[: len(found)]]
        far, usual = distance(judge.of(found), real), distance(judge.of(beside), real)
        print(f"{path}: {len(found)} samples at {far:.2f}, as many training images at {usual:.2f}")


if __name__ == "__main__":
    main()

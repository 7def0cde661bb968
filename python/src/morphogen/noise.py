"""Noise that is the same everywhere (`src/sampler/noise.rs`): a counter-based generator (ChaCha8) and normals by Box–Muller, so
that a seed begins with the same picture of noise here, natively and in every browser."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MASK = (1 << 64) - 1
_CONSTANT = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)
_DOUBLE_ROUNDS = 4
_BLOCKS_AT_ONCE = 1 << 16


def _key(seed: int) -> list[int]:
    """The 256-bit key of a 64-bit seed: eight outputs of PCG32, as `rand_core`'s `seed_from_u64` makes it."""
    state, words = seed & _MASK, []
    for _ in range(8):
        state = (state * 0x5851F42D4C957F2D + 0xA17654E46FBE17F3) & _MASK
        shifted, turn = (((state >> 18) ^ state) >> 27) & 0xFFFFFFFF, state >> 59
        words.append(((shifted >> turn) | (shifted << (32 - turn))) & 0xFFFFFFFF)
    return words


def _quarter(x: list[NDArray[np.uint32]], a: int, b: int, c: int, d: int) -> None:
    for left, right, into, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[left] = x[left] + x[right]
        mixed = x[into] ^ x[left]
        x[into] = (mixed << np.uint32(turn)) | (mixed >> np.uint32(32 - turn))


def _words(seed: int, stream: int, first: int, blocks: int) -> NDArray[np.uint32]:
    """The key stream from block `first` on, `[blocks · 16]`."""
    counter = np.arange(first, first + blocks, dtype=np.uint64)
    constants = [*_CONSTANT, *_key(seed)]
    start = [np.full(blocks, word, dtype=np.uint32) for word in constants]
    start += [counter.astype(np.uint32), (counter >> np.uint64(32)).astype(np.uint32)]
    start += [np.full(blocks, stream >> shift & 0xFFFFFFFF, dtype=np.uint32) for shift in (0, 32)]
    x = list(start)
    for _ in range(_DOUBLE_ROUNDS):
        for column in range(4):
            _quarter(x, column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            _quarter(x, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
    return np.stack([a + b for a, b in zip(x, start, strict=True)], axis=1).reshape(-1)


def normals(seed: int, stream: int, count: int) -> NDArray[np.float32]:
    """`count` independent standard normals, fixed by `seed` and `stream` alone; a prefix does not depend on the length.

    Stream 0 is a picture's initial noise `[C, H, W]`."""
    pairs = (count + 1) // 2
    blocks = (4 * pairs + 15) // 16
    parts = [
        _words(seed, stream, first, min(_BLOCKS_AT_ONCE, blocks - first)) for first in range(0, blocks, _BLOCKS_AT_ONCE)
    ]
    words = np.concatenate(parts)[: 4 * pairs].astype(np.uint64)
    wide = words[0::2] | (words[1::2] << np.uint64(32))
    uniform = ((wide >> np.uint64(11)) + np.uint64(1)).astype(np.float64) * 2.0**-53
    radius, angle = np.sqrt(-2.0 * np.log(uniform[0::2])), 2.0 * np.pi * uniform[1::2]
    out = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return out.reshape(-1)[:count].astype(np.float32)


def pictures(seed: int, count: int, shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """The initial noise of `count` pictures `[count, C, H, W]`: the `n`-th has seed `seed + n`."""
    length = shape[0] * shape[1] * shape[2]
    return np.stack([normals(seed + n, 0, length).reshape(shape) for n in range(count)])

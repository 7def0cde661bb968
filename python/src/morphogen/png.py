"""Pictures as PNG, with nothing but the standard library."""

from __future__ import annotations

import struct
import zlib


def png(pixels: bytes, height: int, width: int, channels: int, scale: int = 1) -> bytes:
    """A picture `[H, W, C]` of bytes as a file, each pixel `scale` pixels wide."""
    row = width * channels
    lines = []
    for top in range(0, height * row, row):
        wide = b"".join(pixels[at : at + channels] * scale for at in range(top, top + row, channels))
        lines.append((b"\0" + wide) * scale)
    header = struct.pack(">IIBBBBB", width * scale, height * scale, 8, 0 if channels == 1 else 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

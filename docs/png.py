"""Makes screenshots small: few colours, and packed as well as can be; text stays sharp."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 48
"""A page has a dozen; the others are the soft edges of its letters."""

Pixels = NDArray[np.uint8]


def small(png: bytes) -> bytes:
    """The same picture with few colours. It must have 8 bits a channel and be neither grey nor interlaced."""
    pixels = _pixels(png)
    height, width, _ = pixels.shape
    packed = (pixels.astype(np.uint32) * np.array([65536, 256, 1], np.uint32)).sum(axis=2)
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    kept = colours[np.argsort(counts)[::-1][:_COLOURS]]
    palette = np.stack([kept >> 16, kept >> 8 & 255, kept & 255], axis=1).astype(np.int32)
    wanted = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int32)
    nearest = ((wanted[:, None] - palette[None]) ** 2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    indices = nearest[places].reshape(height, width)
    lines = b"".join(b"\0" + line.tobytes() for line in indices)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    told = palette.astype(np.uint8).tobytes()
    chunks = ((b"IHDR", header), (b"PLTE", told), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _pixels(png: bytes) -> Pixels:
    """Rows of red, green and blue."""
    chunks = list(_chunks(png))
    width, height, bits, kind, *_ = struct.unpack(">IIBBBBB", dict(chunks)[b"IHDR"])
    if bits != 8 or kind not in (2, 6):
        raise ValueError("Not a picture of 8 bits a channel in colours.")
    channels = 3 if kind == 2 else 4
    lines = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    found = np.zeros((height, width * channels), np.uint8)
    above = np.zeros(width * channels, np.uint8)
    for row, line in enumerate(np.frombuffer(lines, np.uint8).reshape(height, -1)):
        found[row] = above = _unfiltered(line[0], line[1:], above, channels)
    return found.reshape(height, width, channels)[:, :, :3]


def _unfiltered(kind: int, line: Pixels, above: Pixels, step: int) -> Pixels:
    """One row, from what was written as the difference to its neighbours (the PNG standard, section 9)."""
    if kind == 0:
        return line.copy()
    if kind == 2:
        return line + above
    if kind == 1:
        return np.cumsum(line.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    done = [0] * step + [0] * len(line)
    up = [0] * step + above.tolist()
    for at, value in enumerate(line.tolist(), step):
        left, over, corner = done[at - step], up[at], up[at - step]
        done[at] = (value + ((left + over) // 2 if kind == 3 else _paeth(left, over, corner))) & 255
    return np.array(done[step:], np.uint8)


def _paeth(left: int, over: int, corner: int) -> int:
    guess = left + over - corner
    return min((left, over, corner), key=lambda one: abs(guess - one))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

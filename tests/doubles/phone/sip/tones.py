"""Speech as SIP carries it here: a tone for as long as a sentence takes, and an ear that knows it again."""

from __future__ import annotations

import math
from array import array

RATE = 8000
HERTZ = 1000
_LOUD = 8000
_BLOCK = 160
_HEARD = 0.5
"""The share of a block's energy that must lie at the tone's frequency."""


def tone(seconds: float) -> bytes:
    """16-bit samples."""
    step = 2 * math.pi * HERTZ / RATE
    return array("h", (int(_LOUD * math.sin(step * one)) for one in range(int(RATE * seconds)))).tobytes()


class Ear:
    """Counts how many seconds of the tone were heard. Fed with samples in any portions."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._rest = b""

    def hears(self, samples: bytes) -> None:
        data = self._rest + samples
        size = _BLOCK * 2
        whole = len(data) // size * size
        self._rest = data[whole:]
        for start in range(0, whole, size):
            if _is_tone(array("h", data[start : start + size])):
                self.seconds += _BLOCK / RATE


def _is_tone(block: array[int]) -> bool:
    """By Goertzel's algorithm: one bin of a Fourier transform."""
    energy = sum(one * one for one in block)
    if energy < len(block) * 100 * 100:
        return False
    factor = 2 * math.cos(2 * math.pi * HERTZ / RATE)
    before = last = 0.0
    for one in block:
        before, last = last, one + factor * last - before
    power = before * before + last * last - factor * before * last
    return power > _HEARD * energy * len(block) / 2

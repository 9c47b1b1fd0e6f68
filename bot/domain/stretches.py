"""Stretches of time as values: what is left of a span, what several have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

Stretch = tuple[datetime, datetime]
"""Aware, half-open."""


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order and apart: those that overlap or touch become one, empty ones are left out."""
    found: list[Stretch] = []
    for start, end in sorted(one for one in stretches if one[0] < one[1]):
        if found and start <= found[-1][1]:
            start, end = found[-1][0], max(end, found.pop()[1])
        found.append((start, end))
    return found


def without(whole: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """What of the whole is not taken."""
    left: list[Stretch] = []
    cuts = joined(taken)
    for begins, end in joined(whole):
        start = begins
        for cut_start, cut_end in cuts:
            if cut_end <= start or cut_start >= end:
                continue
            left.append((start, cut_start))
            start = max(start, cut_end)
        left.append((start, end))
    return [one for one in left if one[0] < one[1]]


def common(first: Iterable[Stretch], second: Iterable[Stretch]) -> list[Stretch]:
    """What lies in both."""
    others = joined(second)
    return joined((max(a, c), min(b, d)) for a, b in joined(first) for c, d in others)

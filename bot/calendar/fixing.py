"""Shifts that somebody else has worked out, as overrides: they replace whatever the layers say for their time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.domain.rota import Change, Override, Shift


def fixed(schedule: str, shifts: Iterable[Shift], by: str, reason: str, now: datetime) -> Iterator[Override]:
    """Overrides, to be stored in this order, after which exactly the people of these shifts are on call during them.

    The first of those who are on call together replaces everybody, and the others are added.
    """
    covered: datetime | None = None
    for shift in sorted(shifts, key=lambda one: (one.start, one.end)):
        alone = shift.start if covered is None else min(max(shift.start, covered), shift.end)
        if shift.start < alone:
            yield Override(0, schedule, shift.start, alone, Change.ADD, shift.person, "", by, reason, now)
        if alone < shift.end:
            yield Override(0, schedule, alone, shift.end, Change.REPLACE, shift.person, "", by, reason, now)
        covered = shift.end if covered is None else max(covered, shift.end)

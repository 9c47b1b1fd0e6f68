"""The desk's health in one answer: does the database answer, do the rounds go on, is every platform there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bot.ports import Database, Health, WallClock
from bot.runtime import ALIVE

PATIENCE = 3.0
"""Real seconds that the database may take to answer."""
LATE = timedelta(seconds=90)
"""Rounds come every few seconds, and the last one is noted every 15."""


class Living(Protocol):
    """A desk that runs."""

    @property
    def last_round(self) -> datetime | None: ...

    def health(self) -> Mapping[str, Health]: ...

    def watched(self) -> Health: ...


class HealthReport:
    """What may be told to anybody who asks: no names, no customers, no secrets."""

    def __init__(self, database: Database, clock: WallClock, desk: Callable[[], Living]) -> None:
        self._database = database
        self._clock = clock
        self._desk = desk

    async def __call__(self) -> tuple[bool, Mapping[str, Any]]:
        """Whether all is well, and the parts, instants in ISO 8601 UTC."""
        answers = await self._answers()
        desk = self._desk()
        last = desk.last_round
        turning = last is not None and self._clock.now() - last <= LATE
        platforms, watch = desk.health(), desk.watched()
        told = {
            "database": answers,
            "rounds": turning,
            "last_round": _told(last),
            "platforms": {name: _as_json(health) for name, health in platforms.items()},
            "watch": _as_json(watch),
        }
        return answers and turning and watch.well and all(health.well for health in platforms.values()), told

    async def _answers(self) -> bool:
        try:
            await asyncio.wait_for(
                asyncio.to_thread(self._database.read, lambda work: work.memory.fact(ALIVE)), PATIENCE
            )
        except Exception:  # Whatever it is, it does not answer; the log has the rounds' own trouble with it.
            return False
        return True


def _as_json(health: Health) -> Mapping[str, Any]:
    return {"well": health.well, "words": health.words, "heard_at": _told(health.heard_at)}


def _told(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

"""Is the business-time engine fast enough? Due times beside the peers', on the same instants, in one run.

    python -m benchmarks.business_time

Every answer is compared with the peer's before anything is timed. Rates are of one core; only ratios travel
from one machine to another.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import businesstimedelta
import numpy as np
import pytz
import workclock
from numpy.typing import NDArray

from benchmarks.table import Row, paired, show, times_faster
from bot.bulk_hours import BulkHours, Seconds
from bot.domain.business_hours import BusinessHours, Hours, window
from bot.holidays.source import holiday_dates

ZONE = "America/Toronto"
FIRST, LAST = 2026, 2032
TICKETS = 4_000
SLOW_TICKETS = 200
BATCH = 1_000_000


def run() -> list[Row]:
    """All measurements of this benchmark. Raises AssertionError if any two answers differ."""
    holidays = holiday_dates("CA", "ON", ("public",), range(FIRST - 1, LAST + 1))
    weekly = (*((window("10:00-19:00"),),) * 5, (), ())
    ours = BusinessHours(Hours(ZONE, weekly, holidays), FIRST - 1, LAST)
    theirs = workclock.Schedule(
        [workclock.WorkDay(time(10), time(19)), workclock.Holidays(list(holidays))], time_zone=ZONE
    )
    slow = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(
                start_time=time(10), end_time=time(19), working_days=[0, 1, 2, 3, 4], tz=pytz.timezone(ZONE)
            ),
            businesstimedelta.HolidayRule(set(holidays), tz=pytz.timezone(ZONE)),
        ]
    )
    return [*_one_by_one(ours, theirs, slow), *_at_once(ours, theirs)]


def _one_by_one(ours: BusinessHours, theirs: workclock.Schedule, slow: businesstimedelta.Rules) -> list[Row]:
    dice = random.Random(20260609)
    begin = int(datetime(FIRST, 1, 1, tzinfo=UTC).timestamp())
    opened = [datetime.fromtimestamp(begin + dice.randrange(5 * 365 * 86_400), ZoneInfo(ZONE)) for _ in range(TICKETS)]
    seconds = [dice.choice((3, 6, 9)) * 3600 for _ in range(TICKETS)]
    spans = [timedelta(seconds=length) for length in seconds]
    pauses = [_two_pauses(at, dice) for at in opened]
    asked = list(zip(opened, seconds, strict=True))
    slow_spans = [businesstimedelta.BusinessTimeDelta(slow, seconds=length) for length in seconds[:SLOW_TICKETS]]

    def own() -> list[datetime | None]:
        due = ours.due
        return [due(at, length) for at, length in asked]

    def own_paused() -> list[datetime | None]:
        due = ours.due
        return [due(at, length, held) for (at, length), held in zip(asked, pauses, strict=True)]

    def peer() -> list[datetime]:
        add = theirs.add
        return [add(at, span) for at, span in zip(opened, spans, strict=True)]

    def old_peer() -> list[datetime]:
        return [at + span for at, span in zip(opened[:SLOW_TICKETS], slow_spans, strict=True)]

    answers = own()
    assert answers == peer()
    assert answers[:SLOW_TICKETS] == old_peer()
    for (at, length), held, due in zip(asked, pauses, own_paused(), strict=True):
        assert due is not None
        assert ours.open_seconds(at, due, held) == length

    took = paired({"own": own, "paused": own_paused, "workclock": peer, "businesstimedelta": old_peer}, passes=15)
    took["businesstimedelta"] = [its * TICKETS / SLOW_TICKETS for its in took["businesstimedelta"]]
    rates = {name: TICKETS / median(its) for name, its in took.items()}
    unit = "due/s"
    return [
        Row("due, aware datetimes", rates["own"], unit),
        Row("  workclock 0.1.2", rates["workclock"], unit, times_faster(took, "own", "workclock"), "ours / theirs", 4),
        Row(
            "  businesstimedelta 1.0.1",
            rates["businesstimedelta"],
            unit,
            times_faster(took, "own", "businesstimedelta"),
            "ours / theirs",
            80,
        ),
        Row("due, 2 pauses each", rates["paused"], unit, times_faster(took, "paused", "own"), "to none", 0.4),
    ]


def _two_pauses(opened: datetime, dice: random.Random) -> Sequence[tuple[datetime, datetime]]:
    """Waiting on the customer for an hour or two soon after the opening, and for a day or so later on."""
    first = opened + timedelta(minutes=dice.randrange(20, 120))
    second = first + timedelta(hours=dice.randrange(3, 8))
    return (
        (first, first + timedelta(minutes=dice.randrange(30, 150))),
        (second, second + timedelta(hours=dice.randrange(12, 40))),
    )


def _at_once(ours: BusinessHours, theirs: workclock.Schedule) -> list[Row]:
    dice = np.random.default_rng(20260609)
    begin = int(datetime(FIRST, 1, 1, tzinfo=UTC).timestamp())
    opened = begin + dice.integers(0, 5 * 365 * 86_400, BATCH)
    seconds = dice.choice([3 * 3600, 6 * 3600, 9 * 3600], BATCH)
    instants, spans = opened.astype("datetime64[s]"), seconds.astype("timedelta64[s]")
    bulk = BulkHours(ours)
    later = opened + seconds * 9
    laters = later.astype("datetime64[s]")

    def own() -> Seconds:
        return bulk.due(opened, seconds)

    def own_elapsed() -> Seconds:
        return bulk.open_seconds(opened, later)

    def peer() -> NDArray[np.datetime64]:
        due: NDArray[np.datetime64] = theirs.add_many(instants, spans)
        return due

    def peer_elapsed() -> NDArray[np.timedelta64]:
        passed: NDArray[np.timedelta64] = theirs.between_many(instants, laters)
        return passed

    assert np.array_equal(own(), peer().astype("datetime64[s]").astype(np.int64))
    assert np.array_equal(own_elapsed(), peer_elapsed().astype("timedelta64[s]").astype(np.int64))
    took = paired({"own": own, "peer": peer, "own elapsed": own_elapsed, "peer elapsed": peer_elapsed}, passes=3)
    rates = {name: BATCH / median(its) for name, its in took.items()}
    return [
        Row(f"due, {BATCH:,} at once", rates["own"], "due/s"),
        Row("  workclock's batch", rates["peer"], "due/s", times_faster(took, "own", "peer"), "ours / theirs", 8),
        Row(f"open time between, {BATCH:,} at once", rates["own elapsed"], "rows/s"),
        Row(
            "  workclock's batch",
            rates["peer elapsed"],
            "rows/s",
            times_faster(took, "own elapsed", "peer elapsed"),
            "ours / theirs",
            8,
        ),
    ]


if __name__ == "__main__":
    print(show("Business time", run()))

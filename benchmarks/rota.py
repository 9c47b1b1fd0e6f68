"""Who is on call? A schedule of three layers, beside recurring-ical-events with the same schedule, in one run.

    python -m benchmarks.rota

The peer has an event for each person's turn, and a rule for its repetition; of events that are there at once, the
layer of the higher priority counts, as in our schedule. Who is on call is compared at every asked instant before
anything is timed. Ours is asked at random instants of a year, which it resolves a fortnight at a time as it meets
them: every pass begins with a schedule that nobody has asked yet.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from benchmarks.table import Row, paired, show, times_faster
from bot.domain.duty import Duty
from bot.domain.rota import Layer, Restriction, Rotation, Schedule, Turn

ZONE = ZoneInfo("America/Toronto")
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = 200_000
PEER_INSTANTS = 60
PER_SECOND = 100_000
YEAR_MS = 50.0

WEEK = Rotation(("kim", "sam", "ann"), Turn.WEEKS, 1, date(2025, 9, 1), 9 * 3600)
NIGHT = Rotation(("bob", "zoe"), Turn.DAYS, 1, date(2025, 9, 1), 22 * 3600)
WEEKEND = Rotation(("lea", "vic"), Turn.WEEKS, 1, date(2025, 9, 6))
SCHEDULE = Schedule(
    "level3",
    "America/Toronto",
    (
        Layer("week", WEEK),
        Layer("night", NIGHT, 2, (Restriction(windows=((0, 6 * 3600), (22 * 3600, 86_400))),)),
        Layer("weekend", WEEKEND, 3, (Restriction(frozenset({5, 6})),)),
    ),
)


def run() -> list[Row]:
    """All measurements of this benchmark. Raises AssertionError if any two answers differ."""
    dice = random.Random(20261123)
    asked = [YEAR + timedelta(seconds=dice.randrange(365 * 86_400)) for _ in range(INSTANTS)]
    few = asked[:PEER_INSTANTS]
    peer = recurring_ical_events.of(_calendar())

    def own() -> list[tuple[str, ...]]:
        on_call = _duty().on_call
        return [on_call(at) for at in asked]

    def cold() -> list[tuple[str, ...]]:
        return [_duty().on_call(at) for at in few]

    def theirs() -> list[tuple[str, ...]]:
        return [_on_call_by(peer, at) for at in few]

    def year() -> int:
        return len(_duty().shifts(YEAR, YEAR + timedelta(days=365)))

    def their_year() -> int:
        return len(_shifts_by(recurring_ical_events.of(_calendar())))

    assert cold() == theirs() == own()[:PEER_INSTANTS]
    ours, others = (list(each) for each in (_crews(), _shifts_by(peer)))
    assert ours == others, "a year's shifts differ"
    took = paired({"own": own, "cold": cold, "theirs": theirs, "year": year, "their year": their_year}, passes=5)
    rate = INSTANTS / median(took["own"])
    each = [seconds / INSTANTS for seconds in took["own"]], [seconds / PEER_INSTANTS for seconds in took["theirs"]]
    in_ms = median(took["year"]) * 1000
    return [
        Row("who is on call", rate, "a second", rate / PER_SECOND, "of 100,000", 1),
        Row(
            "  the peer",
            PEER_INSTANTS / median(took["theirs"]),
            "a second",
            times_faster({"ours": each[0], "theirs": each[1]}, "ours", "theirs"),
            "times slower",
        ),
        Row("  of a schedule that nobody asked yet", PEER_INSTANTS / median(took["cold"]), "a second"),
        Row("the shifts of a year", in_ms, "ms", in_ms / YEAR_MS, "of 50 ms", 1, at_most=True),
        Row(
            "  the peer",
            median(took["their year"]) * 1000,
            "ms",
            times_faster(took, "year", "their year"),
            "times slower",
        ),
    ]


def _duty() -> Duty:
    return Duty(SCHEDULE, lambda day: False)


def _crews() -> list[tuple[datetime, tuple[str, ...]]]:
    """Our year as the instants at which other people are on call, and who they are."""
    duty = _duty()
    at, found = YEAR, []
    while at < YEAR + timedelta(days=365):
        found.append((at, duty.on_call(at)))
        following = duty.next_change(at)
        assert following is not None
        at = following
    return found


# --- the peer -------------------------------------------------------------------------------------------------------


def _calendar() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    for priority, person, start, hours, rule in _rules():
        event = icalendar.Event()
        event.add("uid", f"{person}-{start}-{hours}")
        event.add("summary", person)
        event.add("priority", priority)
        event.add("dtstart", start)
        event.add("dtend", start + hours)
        event.add("rrule", rule)
        calendar.add_component(event)
    return calendar


def _rules() -> Iterator[tuple[int, str, datetime, timedelta, dict[str, object]]]:
    """Priority, person, first turn, its length, how it repeats."""
    for number, person in enumerate(WEEK.people):
        start = datetime.combine(WEEK.first + timedelta(weeks=number), time(9), ZONE)
        yield 1, person, start, timedelta(weeks=1), {"freq": "weekly", "interval": len(WEEK.people)}
    for number, person in enumerate(NIGHT.people):
        start = datetime.combine(NIGHT.first + timedelta(days=number), time(22), ZONE)
        yield 2, person, start, timedelta(hours=8), {"freq": "daily", "interval": len(NIGHT.people)}
    for number, person in enumerate(WEEKEND.people):
        start = datetime.combine(WEEKEND.first + timedelta(weeks=number), time(), ZONE)
        yield 3, person, start, timedelta(days=2), {"freq": "weekly", "interval": len(WEEKEND.people)}


def _on_call_by(peer: recurring_ical_events.CalendarQuery, at: datetime) -> tuple[str, ...]:
    there = peer.at(at)
    highest = max(int(event["PRIORITY"]) for event in there)
    return tuple(str(event["SUMMARY"]) for event in there if int(event["PRIORITY"]) == highest)


def _shifts_by(peer: recurring_ical_events.CalendarQuery) -> list[tuple[datetime, tuple[str, ...]]]:
    """The peer's year, its events laid over each other: the instants at which other people are on call."""
    events = [
        (
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            int(event["PRIORITY"]),
            event["SUMMARY"],
        )
        for event in peer.between(YEAR, YEAR + timedelta(days=365))
    ]
    points = sorted({YEAR, *(at for event in events for at in event[:2] if YEAR <= at < YEAR + timedelta(days=365))})
    events.sort(key=lambda event: event[0])
    found: list[tuple[datetime, tuple[str, ...]]] = []
    active: list[tuple[datetime, datetime, int, str]] = []
    ahead = iter(events)
    coming = next(ahead, None)
    for at in points:
        while coming is not None and coming[0] <= at:
            active.append(coming)
            coming = next(ahead, None)
        active = [event for event in active if event[1] > at]
        highest = max(event[2] for event in active)
        crew = tuple(str(event[3]) for event in active if event[2] == highest)
        if not found or found[-1][1] != crew:
            found.append((at, crew))
    return found


if __name__ == "__main__":
    print(show("Who is on call", run()))

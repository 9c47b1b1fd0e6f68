"""Gaps are told of when they are first seen, and again a day before: whoever promised it, and who could close it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cards import Card, Choice, Line, Tone
from bot.domain.contacts import CALL
from bot.ports import ALERTS, Kind, News, UnitOfWork
from commands.coverage import Gap, doubt, gaps, mended, put_in
from commands.oncall_changes import tell
from commands.oncall_rota import leads_of

FACT = "gaps told"
OWN_PHONE = "Your phone makes it count: /oncall contact call NUMBER"
A_DAY = timedelta(days=1)
LONGER = timedelta(days=7)
"""A gap that goes on is told of again after so long."""


def told_of_gaps(work: UnitOfWork, now: datetime) -> None:
    """Tell of gaps that nobody was told of. One is the same as before where it touches what was told, as its ends move
    on with the days that are looked ahead."""
    found = gaps(work, now, now + timedelta(days=work.rota.plan().ahead_days))
    before = list(work.memory.fact(FACT) or [])
    kept = [_looked_at(work, gap, _known(gap, before), now) for gap in found]
    if kept != before:
        work.memory.set_fact(FACT, kept)


def _known(gap: Gap, told: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What is remembered of that gap, if anything."""
    what = (gap.level, gap.schedule if not gap.level else "")
    start, end = gap.start.timestamp(), gap.end.timestamp()
    same = (one for one in told if (one["level"], one["schedule"]) == what)
    return next((one for one in same if one["start"] <= end and start <= one["end"]), None)


def _looked_at(work: UnitOfWork, gap: Gap, known: Mapping[str, Any] | None, now: datetime) -> Mapping[str, Any]:
    """Told where it is new, soon, or has gone on for long; returns what is remembered from now on."""
    first = int(now.timestamp()) if known is None else known["first"]
    last = 0 if known is None else known["last"]
    soon = gap.start - now <= A_DAY
    worse = known is not None and gap.why != known["why"] and soon
    nearer = known is not None and soon and not known["soon"]
    if known is None or nearer or worse or now.timestamp() - last >= LONGER.total_seconds():
        _tell(work, gap, first, now, soon=soon)
        last = int(now.timestamp())
    return {
        "level": gap.level,
        "schedule": "" if gap.level else gap.schedule,
        "start": int(gap.start.timestamp()),
        "end": int(gap.end.timestamp()),
        "why": gap.why,
        "first": first,
        "last": last,
        "soon": soon,
    }


def _tell(work: UnitOfWork, gap: Gap, first: int, now: datetime, *, soon: bool) -> None:
    """The alerts channel of that level, the leads, and whoever is on call then and does not count."""
    which = gap.level or gap.schedule
    key = f"gap:{which}:{first}:{int(gap.start.timestamp())}:{int(now.timestamp()) // 3600}"
    choices = (*put_in(gap), Choice("All gaps", "oncall gaps"), Choice("Who is on call", "oncall who"))
    card = Card(
        lines=(gap.line, mended([gap])),
        choices=choices,
        tone=Tone.BREACH if soon else Tone.WARNING,
        data={"level": gap.level, "from": gap.start.astimezone(UTC).isoformat(), "why": gap.why},
    )
    to = f"{ALERTS}/{gap.level}" if gap.level else ALERTS
    work.outbox.post(News(Kind.NOTICE, to, card, key))
    tell(work, leads_of(work), f"{key}:lead", gap.line, choices=choices)
    people = {one.id: one for one in work.people.all()}
    for person in gap.people:
        if person not in people:
            continue
        words = doubt(people[person], work.contacts.of(person))
        cure: Line = ("You are on call then. ",) if words else ("You are on call then, and away. ",)
        add = "Ask for cover: /oncall cover"
        if words:
            tested = any(one.usable for one in work.contacts.of(person) if one.kind == CALL)
            add = "A key that you press makes it count: /oncall test" if tested else OWN_PHONE
        tell(work, (person,), f"{key}:own", gap.line, (*cure, add), but=leads_of(work))

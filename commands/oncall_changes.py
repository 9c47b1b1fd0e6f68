"""What changes of the rota share: how one is said, whom it concerns, and what it does to the promises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.cards import Card, Choice, Line
from bot.domain.errors import BadValue
from bot.domain.rota import Change, Override
from bot.ports import Kind, News, UnitOfWork
from commands.coverage import Gap, gaps
from commands.oncall_rota import Rota, span
from commands.oncall_values import AHEAD

ASK_FOR_COVER = Choice("Ask for cover…", "oncall cover", asks=("from", "until", "ask", "reason"))
"""A form first: whoever presses it wants to say when, and whom."""

_TURN = "rota changes turn"

MEND = 'Give both with their day: --from "24 Dec 18:00" --until "25 Dec 09:00"'


def period(now: datetime, start: datetime | None, end: datetime) -> tuple[datetime, datetime]:
    """From when to when a change counts: never in the past. Raises BadValue."""
    begins = max(start or now, now)
    if end <= now:
        raise BadValue("That is over already.", MEND)
    if end <= begins:
        raise BadValue("That ends before it begins.", MEND)
    if end > now + AHEAD:
        raise BadValue("That is more than a year ahead.", "The rota itself is written down in oncall.toml.")
    return begins, end


def alone(work: UnitOfWork, now: datetime) -> None:
    """From here on no other desk changes the rota until this transaction is over: who looks first at who is on call
    and then changes that must not have looked too early."""
    work.memory.set_fact(_TURN, now.timestamp())


def change_words(rota: Rota, one: Override) -> str:
    """ "Sam instead of Kim", "Sam, too", "without Kim", "Sam alone"."""
    who = rota.name(one.person)
    if one.change is Change.ADD:
        return f"{who}, too"
    if one.change is Change.REMOVE:
        return f"without {who}"
    return f"{who} instead of {rota.name(one.instead)}" if one.instead else f"{who} alone"


def change_line(rota: Rota, one: Override) -> Line:
    """ "level3, Thu 24 Dec 18:00 - 22:00: Sam instead of Kim"."""
    return (f"{one.schedule}, ", *span(one.start, one.end), f": {change_words(rota, one)}")


def concerned(rota: Rota, one: Override) -> tuple[str, ...]:
    """Whom a change of a rota concerns that does not have it yet: who comes in, and whose place it is."""
    if one.change is not Change.REPLACE:
        return (one.person,)
    there = {shift.person for shift in rota.duty(one.schedule).shifts(one.start, one.end)}
    return tuple(dict.fromkeys((one.person, one.instead or "", *(() if one.instead else sorted(there)))))


def new_gaps(work: UnitOfWork, before: Sequence[Gap], start: datetime, end: datetime) -> list[Gap]:
    """The gaps that were not there before the change, and those in which nobody at all is left."""
    known = {_which(gap) for gap in before}
    return [gap for gap in gaps(work, start, end) if _which(gap) not in known]


def _which(gap: Gap) -> tuple[object, ...]:
    return gap.level, gap.schedule, gap.start, gap.end, gap.empty


def tell(
    work: UnitOfWork,
    people: Iterable[str],
    key: str,
    *lines: Line,
    but: Collection[str] = (),
    choices: tuple[Choice, ...] = (),
) -> None:
    """A direct message to each of them but those who know it already."""
    for person in sorted({one for one in people if one} - set(but)):
        card = Card(lines=lines, choices=choices)
        work.outbox.post(News(Kind.NOTICE, f"@{person}", card, f"{key}:{person}"))

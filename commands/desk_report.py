"""/desk report: what was promised against what was kept, by level and over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

from bot.cards import Card, Chart, Line, Series, Strong, Table
from bot.domain.customers import Customer
from bot.domain.people import Role
from bot.domain.policy import ClockKind, SupportLevel
from bot.domain.ticket import OPEN_STATES
from bot.ports import PromiseEnd, TicketFilter, UnitOfWork
from bot.views.wording import span_words
from commands.report_misses import miss_data, miss_lines, worst_first
from commands.report_period import Period, part_words, period_of
from commands.spec import Caller, command

MOST_OVERDUE = 5000

_HEADER = ("level", "opened", "answered", "promises", "kept", "broken", "kept of them", "median", "90 % within")
_ANSWERS = (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE)


@dataclass(slots=True)
class _Tally:
    """The figures of a level or of a part of the time. `took` are the open seconds of first answers."""

    opened: int = 0
    kept: int = 0
    broken: int = 0
    took: list[int] = field(default_factory=list)

    @property
    def promises(self) -> int:
        return self.kept + self.broken

    @property
    def share(self) -> str:
        """Never "100 %" where one was broken."""
        return f"{self.kept * 1000 // self.promises / 10:g} %" if self.promises else "-"

    def within(self, percent: int) -> int | None:
        """The open seconds within which so many of the first answers came, or None where there was none."""
        ordered = sorted(self.took)
        return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None


@command(
    "desk report",
    role=Role.VIEWER,
    writes=False,
    from_="The first day; four weeks ago if you give none",
    until="The last day; today if you give none",
    month="A whole month instead: last, this or 2026-10",
    level="Only tickets of this support level",
    customer="Only this customer's tickets",
    examples=(
        "desk report",
        "desk report --month last",
        "desk report --level III --customer acme",
        "desk report --from 2026-09-07",
    ),
)
def desk_report(
    caller: Caller,
    work: UnitOfWork,
    *,
    from_: date | None = None,
    until: date | None = None,
    month: str = "",
    level: SupportLevel | None = None,
    customer: Customer | None = None,
) -> Card:
    """Report what was promised and what was kept, and to whom it was not."""
    period = period_of(work, caller.now, from_, until, month)
    narrow = {"level": level.name if level else None, "customer": customer.id if customer else None}
    unanswered = list(_overdue(work, period, caller.now, **narrow))
    part, days = period.parts
    levels, over_time, total = _levels(work, level), [_Tally() for _ in days], _Tally()
    for name, count in work.tickets.opened_between(period.since, period.until, **narrow).items():
        levels.setdefault(name, _Tally()).opened = count
        total.opened += count
    ended = work.tickets.promises_ended(period.since, period.until, **narrow)
    misses: list[PromiseEnd] = []
    for end in chain(ended, unanswered):
        at = bisect_right(days, end.at.astimezone(period.zone).date()) - 1
        if not end.kept:
            misses.append(end)
        _count(end, (levels.setdefault(end.level, _Tally()), over_time[at], total))
    misses = list(worst_first(misses))
    names = [f"{day:%b %Y}" if part == "month" else f"{day:%-d %b}" for day in days]
    told = [
        (f"{part_words(days, at, period, part)}: {one.kept} kept, {one.broken} broken",)
        for at, one in enumerate(over_time)
        if one.promises
    ]
    return Card(
        title=(Strong("Promised and kept"), f"  {period.first:%-d %b %Y} to {period.last:%-d %b %Y}"),
        badge=" · ".join(title for title in (level and level.title, customer and customer.name) if title),
        lines=(_summary(total), *_still(unanswered), *told, *miss_lines(work, misses, caller.now)),
        table=Table(_HEADER, tuple(_rows(work, levels, total))),
        chart=_chart(part, names, over_time) if total.promises else None,
        data=_data(period, levels, total, len(unanswered), zip(days, over_time, strict=True))
        | {"missed": miss_data(misses)},
    )


def _overdue(
    work: UnitOfWork, period: Period, now: datetime, level: str | None, customer: str | None
) -> Iterator[PromiseEnd]:
    """Promises that were broken then and wait for their answer still, as if each ended when it was due."""
    before = min(now, period.until)
    wanted = TicketFilter(
        states=OPEN_STATES, level=level, customer=customer, due_before=before, limit=MOST_OVERDUE, order="due"
    )
    promises = work.promises
    for ticket in work.tickets.find(wanted):
        of = promises.policy.level(ticket.level)
        for clock in ticket.clocks:
            due, target = promises.due(clock, of), promises.target(clock.kind, of)
            if clock.kind in _ANSWERS and due and target and period.since <= due < before:
                yield PromiseEnd(
                    clock.kind, ticket.level, due, due, target, target, answered=False, ticket=ticket.number, waits=True
                )


def _count(end: PromiseEnd, tallies: Iterable[_Tally]) -> None:
    for tally in tallies:
        tally.kept += end.kept
        tally.broken += not end.kept
        if end.answered and end.kind is ClockKind.FIRST_RESPONSE:
            tally.took.append(end.took)


def _levels(work: UnitOfWork, only: SupportLevel | None) -> dict[str, _Tally]:
    """An empty tally for each level of the policy, in its order; others follow as they are met."""
    return {level.name: _Tally() for level in work.promises.policy.levels if only is None or level.name == only.name}


def _summary(total: _Tally) -> Line:
    if not total.promises:
        return (f"{_tickets(total.opened)} opened; no promise of an answer ended.",)
    return (f"{_tickets(total.opened)} opened; {total.kept} of {total.promises} promises were kept: {total.share}.",)


def _still(unanswered: Sequence[PromiseEnd]) -> tuple[Line, ...]:
    if not unanswered:
        return ()
    least = "At least " if len(unanswered) >= MOST_OVERDUE else ""
    wait = "waits" if len(unanswered) == 1 else "wait"
    return ((f"{least}{len(unanswered)} of the broken ones still {wait} for an answer: /ticket list",),)


def _tickets(count: int) -> str:
    return "1 ticket was" if count == 1 else f"{count:,} tickets were"


def _rows(work: UnitOfWork, levels: dict[str, _Tally], total: _Tally) -> Iterator[tuple[Line, ...]]:
    """The levels on which there was anything, and all of them together."""
    titles = {level.name: level.title for level in work.promises.policy.levels}
    for name, tally in levels.items():
        if not tally.opened and not tally.promises and len(levels) > 1:
            continue
        yield _row(titles.get(name, name), tally)
    if len(levels) > 1:
        yield _row("all", total)


def _row(name: str, tally: _Tally) -> tuple[Line, ...]:
    counts = (tally.opened, len(tally.took), tally.promises, tally.kept, tally.broken)
    within = (_words(tally.within(50)), _words(tally.within(90)))
    return tuple((cell,) for cell in (name, *(f"{count:,}" for count in counts), tally.share, *within))


def _words(seconds: int | None) -> str:
    return "-" if seconds is None else span_words(seconds)


def _chart(part: str, names: Sequence[str], tallies: Sequence[_Tally]) -> Chart:
    series = (
        Series("kept", tuple(float(one.kept) for one in tallies)),
        Series("broken", tuple(float(one.broken) for one in tallies)),
    )
    return Chart(f"Promises by {part}", tuple(names), series)


def _data(
    period: Period,
    levels: dict[str, _Tally],
    total: _Tally,
    unanswered: int,
    over_time: Iterable[tuple[date, _Tally]],
) -> dict[str, Any]:
    return {
        "from": period.first.isoformat(),
        "until": period.last.isoformat(),
        "unanswered": unanswered,
        **_figures(total),
        "levels": {name: _figures(tally) for name, tally in levels.items()},
        "over_time": [{"from": day.isoformat(), "kept": one.kept, "broken": one.broken} for day, one in over_time],
    }


def _figures(tally: _Tally) -> dict[str, Any]:
    """Spans in open seconds of business time."""
    return {
        "opened": tally.opened,
        "answered": len(tally.took),
        "promises": tally.promises,
        "kept": tally.kept,
        "broken": tally.broken,
        "median": tally.within(50),
        "p90": tally.within(90),
    }

"""/desk report: what was promised against what was kept, by level and over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from bot.cards import Card, Chart, Line, Series, Strong, Table
from bot.domain.customers import Customer
from bot.domain.errors import BadValue
from bot.domain.people import Role
from bot.domain.policy import ClockKind, SupportLevel
from bot.domain.ticket import OPEN_STATES
from bot.ports import PromiseEnd, TicketFilter, UnitOfWork
from bot.views.wording import span_words
from commands.record import today
from commands.spec import Caller, command

USUAL = timedelta(days=28)
LONGEST = timedelta(days=731)
MOST_DAYS, MOST_WEEKS = 14, 26
"""So many days are shown one by one, so many weeks by the week, and more by the month."""
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


@dataclass(frozen=True, slots=True)
class _Period:
    """The days from `first` to `last`, each from midnight to midnight at the desk."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def parts(self) -> tuple[str, Sequence[date]]:
        """What it is shown by, and the first day of each such part."""
        days = [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]
        if len(days) <= MOST_DAYS:
            return "day", days
        if len(days) <= MOST_WEEKS * 7:
            return "week", [day for day in days if day == self.first or day.weekday() == 0]
        return "month", [day for day in days if day == self.first or day.day == 1]


@command(
    "desk report",
    role=Role.VIEWER,
    writes=False,
    from_="The first day; four weeks ago if you give none",
    until="The last day; today if you give none",
    level="Only tickets of this support level",
    customer="Only this customer's tickets",
    examples=("desk report", "desk report --level III --customer acme", "desk report --from 2026-09-07"),
)
def desk_report(
    caller: Caller,
    work: UnitOfWork,
    *,
    from_: date | None = None,
    until: date | None = None,
    level: SupportLevel | None = None,
    customer: Customer | None = None,
) -> Card:
    """Report what was promised and what was kept."""
    period = _period(work, caller.now, from_, until)
    narrow = {"level": level.name if level else None, "customer": customer.id if customer else None}
    unanswered = list(_overdue(work, period, caller.now, **narrow))
    part, days = period.parts
    levels, over_time, total = _levels(work, level), [_Tally() for _ in days], _Tally()
    for name, count in work.tickets.opened_between(period.since, period.until, **narrow).items():
        levels.setdefault(name, _Tally()).opened = count
        total.opened += count
    ended = work.tickets.promises_ended(period.since, period.until, **narrow)
    for end, kept in chain(((end, end.kept) for end in ended), ((end, False) for end in unanswered)):
        at = bisect_right(days, end.at.astimezone(period.zone).date()) - 1
        _count(end, kept, (levels.setdefault(end.level, _Tally()), over_time[at], total))
    names = [f"{day:%b %Y}" if part == "month" else f"{day:%-d %b}" for day in days]
    told = [
        (f"{_span(days, at, period, part)}: {one.kept} kept, {one.broken} broken",)
        for at, one in enumerate(over_time)
        if one.promises
    ]
    return Card(
        title=(Strong("Promised and kept"), f"  {period.first:%-d %b %Y} to {period.last:%-d %b %Y}"),
        badge=" · ".join(title for title in (level and level.title, customer and customer.name) if title),
        lines=(_summary(total), *_still(unanswered), *told),
        table=Table(_HEADER, tuple(_rows(work, levels, total))),
        chart=_chart(part, names, over_time) if total.promises else None,
        data=_data(period, levels, total, len(unanswered), zip(days, over_time, strict=True)),
    )


def _period(work: UnitOfWork, now: datetime, first: date | None, last: date | None) -> _Period:
    day = today(work, now)
    last = last or day
    first = first or last - USUAL + timedelta(days=1)
    if first > last:
        raise BadValue(f"{first} is after {last}.", "/desk report --from 2026-09-01 --until 2026-09-30")
    if first > day:
        raise BadValue(f"{first} has not come yet.", "A report looks back: /desk report --from 2026-09-01")
    if last - first >= LONGEST:
        raise BadValue("That is more than two years.", "A report is of up to two years: /desk report --from 2026-01-01")
    return _Period(first, last, ZoneInfo(work.promises.policy.zone))


def _overdue(
    work: UnitOfWork, period: _Period, now: datetime, level: str | None, customer: str | None
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
                yield PromiseEnd(clock.kind, ticket.level, due, due, target, target, answered=False)


def _count(end: PromiseEnd, kept: bool, tallies: Iterable[_Tally]) -> None:
    for tally in tallies:
        tally.kept += kept
        tally.broken += not kept
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
    return ((f"{least}{len(unanswered)} of the broken ones still wait for an answer: /ticket list",),)


def _tickets(count: int) -> str:
    return "1 ticket was" if count == 1 else f"{count:,} tickets were"


def _span(days: Sequence[date], at: int, period: _Period, part: str) -> str:
    """The days of a part in words: "5 Oct", "5 to 11 Oct"."""
    first = days[at]
    last = days[at + 1] - timedelta(days=1) if at + 1 < len(days) else period.last
    if part == "day" or first == last:
        return f"{first:%a %-d %b}"
    return f"{first:%-d %b} to {last:%-d %b}"


def _rows(work: UnitOfWork, levels: dict[str, _Tally], total: _Tally) -> Iterator[tuple[Line, ...]]:
    titles = {level.name: level.title for level in work.promises.policy.levels}
    for name, tally in levels.items():
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
    period: _Period,
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

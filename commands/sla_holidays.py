"""/sla holidays: the days off as they are frozen, where they come from, and what a person should look at."""

from __future__ import annotations

from datetime import date

from bot.cards import Card, Line, Strong, Table, Tone
from bot.domain.errors import NotFound
from bot.domain.hours import clock_text
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.promises import list_keys
from bot.holidays.freezing import doubts
from bot.ports import FrozenHolidays, UnitOfWork
from bot.views.wording import listed
from commands.record import today
from commands.spec import Caller, command

_THIS_YEAR = 0


@command(
    "sla holidays",
    role=Role.VIEWER,
    writes=False,
    year="Which year; this one, if left out",
    examples=("sla holidays", "sla holidays 2029"),
)
def sla_holidays(caller: Caller, work: UnitOfWork, *, year: int = _THIS_YEAR) -> Card:
    """Show the days off of a year, with their source."""
    policy = work.promises.policy
    wanted = year or today(work, caller.now).year
    lists = list_keys(policy.holidays)
    kept = [one for one in work.memory.holidays() if one.list in lists]
    of_year = [one for one in kept if one.year == wanted]
    if lists and not of_year:
        years = sorted({one.year for one in kept})
        known = f"The desk knows {years[0]} to {years[-1]}." if years else "Nothing is frozen yet."
        raise NotFound(f"The holidays of {wanted} are not frozen yet.", known)
    days = _days(policy, of_year, wanted)
    open_questions = [doubt for doubt in doubts(policy, kept) if doubt.day.year == wanted]
    return Card(
        title=(Strong(f"Days off in {wanted}"),),
        lines=(*_sources(of_year), *((str(doubt),) for doubt in open_questions)),
        table=Table(("Date", "Day", "Name", "From"), tuple(_row(day, name, why) for day, name, why in days)),
        tone=Tone.WARNING if open_questions else Tone.PLAIN,
        data={
            "year": wanted,
            "days": [{"date": day.isoformat(), "name": name, "from": why} for day, name, why in days],
            "sources": [{"list": one.list, "source": one.source} for one in of_year],
            "doubts": [
                {"date": doubt.day.isoformat(), "instead": doubt.instead.isoformat()} for doubt in open_questions
            ],
        },
    )


def _days(policy: Policy, frozen: list[FrozenHolidays], year: int) -> list[tuple[date, str, str]]:
    """Every date that is unlike its weekday, with where that comes from, in order."""
    rule = policy.holidays
    found = [
        (day, name, "removed: open all the same" if day in rule.removed else one.list)
        for one in frozen
        for day, name in one.days.items()
    ]
    found += [(day, name, "added by the policy") for day, name in dict(rule.added).items()]
    for day, kept in policy.special.items():
        hours = listed(f"{clock_text(opens)} to {clock_text(closes)}" for opens, closes in kept.windows)
        found.append((day, kept.name, f"special day: {hours or 'closed'}"))
    return sorted(entry for entry in found if entry[0].year == year)


def _row(day: date, name: str, why: str) -> tuple[Line, ...]:
    return ((day.isoformat(),), (f"{day:%a}",), (name,), (why,))


def _sources(frozen: list[FrozenHolidays]) -> list[Line]:
    return [(f"{one.list}: from {one.source}, frozen on {one.frozen_at:%Y-%m-%d}.",) for one in frozen]

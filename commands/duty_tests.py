"""The weekly self-test: at a time of their own day everybody of the rota is rung, and a key says that it is real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.contacts import CALL
from bot.domain.oncall import SelfTest
from bot.domain.paging import Trigger
from bot.domain.people import Staff
from bot.ports import UnitOfWork
from commands.oncall_changes import tell
from commands.oncall_rota import Rota
from commands.paging import start_page
from commands.spec import CLOCK

FACT = "self-tests"
_TURN = "self-tests turn"
LATE = timedelta(hours=2)
"""A desk that was away at the time tests so much later at most; then it waits for the next week."""
BUSY = timedelta(minutes=30)
"""Whoever was called so lately is left in peace: their cover was real then."""


def tested(work: UnitOfWork, now: datetime) -> None:
    """Ring everybody whose time has come, once in a week of theirs."""
    test = work.rota.plan().self_test
    if not test.on:
        return
    zone = work.promises.policy.zone
    everybody = _everybody(Rota(work, now, now + timedelta(days=1)))
    due = {one.id: _week(one, test, now, ZoneInfo(one.zone or zone)) for one in everybody if not one.is_away(now)}
    if not _untested(work, due):
        return
    work.memory.set_fact(_TURN, now.timestamp())  # From here on no other desk rings anybody, until this one has.
    ring = _untested(work, due)
    for person in everybody:
        if person.id in ring:
            _ring(work, person, due[person.id], now)
    work.memory.set_fact(FACT, {**(work.memory.fact(FACT) or {}), **{id: due[id] for id in ring}})


def _untested(work: UnitOfWork, due: Mapping[str, str]) -> list[str]:
    """Whose time it is and who was not rung in that week."""
    done = work.memory.fact(FACT) or {}
    return [person for person, week in due.items() if week and done.get(person) != week]


def _everybody(rota: Rota) -> Sequence[Staff]:
    """Who takes turns anywhere, each once."""
    return [rota.people[id] for id in dict.fromkeys(one for name in rota.schedules for one in rota.members(name))]


def _week(person: Staff, test: SelfTest, now: datetime, zone: ZoneInfo) -> str:
    """The name of their week, while it is the time of its test; empty at any other time."""
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - test.weekday) % 7)
    at = datetime.combine(day, time(), zone) + timedelta(seconds=test.at)
    if not at <= now.astimezone(zone) < at + LATE:
        return ""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _ring(work: UnitOfWork, person: Staff, week: str, now: datetime) -> None:
    phones = [one for one in work.contacts.of(person.id) if one.kind == CALL and one.usable]
    if not phones:
        line = ("You take turns on call and have no verified phone: you do not count as cover.",)
        tell(work, (person.id,), f"test:{week}", line, ("To add one: /oncall contact call NUMBER",))
    elif not work.pages.attempts_of(person.id, now - BUSY):
        reason = "the weekly test of your phone"
        start_page(work, trigger=Trigger.TEST, reason=reason, by=CLOCK, now=now, person=person.id)

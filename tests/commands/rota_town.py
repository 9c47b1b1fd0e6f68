"""A town with a rota: Ann, Bob and Zoe take weekly turns in "level3", each with a phone that was verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.contacts import CALL, Contact
from bot.domain.oncall import OnCall
from bot.oncall.data import plan_to_json
from bot.oncall.file import read_oncall
from bot.ports import UnitOfWork
from tests.town import TORONTO, Town

PHONES = {"zoe": "+14165550103", "ann": "+14165550101", "bob": "+14165550102", "lea": "+14165550104"}

TOML = """
important = ["III"]

[schedules.level3]
zone = "America/Toronto"
[[schedules.level3.layers]]
name = "week"
people = ["ann", "bob", "zoe"]
turn = "1 week"
first = 2026-10-05
at = "09:00"

[escalations.level3]
[[escalations.level3.steps]]
call = ["schedule:level3"]
wait = "5m"

[[pages]]
name = "worst cases"
on = "opened"
levels = ["III"]
worst_cases = true
escalation = "level3"

[[pages]]
name = "too late"
on = "breach"
levels = ["III"]
escalation = "level3"

[[pages]]
name = "asked for"
on = "staff"
escalation = "level3"
"""
"""Ann from Monday 5 October 09:00, Bob from the 12th, Zoe from the 19th, and so on."""

PLAN = read_oncall(TOML)


def with_rota(town: Town) -> Town:
    """The plan is the operator's, for a month already, and its people can be called."""
    (town.folder / "oncall.toml").write_text(TOML, encoding="utf-8")
    planned(town, PLAN, town.clock.now() - timedelta(days=28))
    for person in PHONES:
        phone(town, person)
    return town


def planned(town: Town, plan: OnCall, since: datetime | None = None) -> None:
    """Another plan is adopted, as by a desk that starts with it."""
    town.database.write(lambda work: work.rota.set_plan(plan_to_json(plan), since or town.clock.now()))


def phone(town: Town, person: str, **changed: object) -> Contact:
    """Somebody's phone, verified unless it is said otherwise."""

    def save(work: UnitOfWork) -> Contact:
        known = next((one for one in work.contacts.of(person) if one.kind == CALL), None)
        contact = known or Contact(0, person, CALL, PHONES[person], verified_at=town.clock.now())
        return work.contacts.save(replace(contact, **changed))  # type: ignore[arg-type]  # A test says what it changes.

    return town.database.write(save)


def busied(town: Town) -> None:
    """Something for every verb of the rota to do something with, for Zoe: a change, three requests, a code."""
    town.does("lea", 'oncall override level3 bob --from "Sat 09:00" --until "Sun 09:00"')
    town.does("ann", 'oncall cover --ask zoe --until "Wed 09:00"')
    town.does("bob", "oncall cover level3 --ask zoe")
    town.does("zoe", 'oncall cover --from "9 Nov 09:00" --until "10 Nov 09:00"')
    own = phone(town, "zoe")
    until = town.clock.now() + timedelta(minutes=10)
    town.database.write(lambda work: work.contacts.save(replace(own, code="123456", code_until=until)))


def at(day: int, hour: int = 9, minute: int = 0, month: int = 10) -> datetime:
    """A time of autumn 2026 in Toronto."""
    return datetime(2026, month, day, hour, minute, tzinfo=TORONTO)

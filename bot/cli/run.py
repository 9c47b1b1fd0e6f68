"""`thirdline run`: the desk of a data folder, in this terminal or driven by a script."""

from __future__ import annotations

import asyncio
import shutil
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.console.screen import Screen
from bot.cli.greeting import greeting
from bot.cli.house import settings_of
from bot.cli.one_desk import only_desk
from bot.cli.talk import PLATFORM, reader_of, talk
from bot.clocks import SystemClock
from bot.domain.errors import NotFound
from bot.domain.people import Role, Staff
from bot.domain.short_names import slug
from bot.domain.sla import Promises
from bot.ports import Entry, UnitOfWork
from bot.wiring import House, build

YOU = "you"


def run(data: Path | None, name: str, as_json: bool, with_news: bool) -> int:
    """Open the desk. 0: all was understood; 1: a line of the script was refused."""
    reader = reader_of(as_json, with_news)
    settings, clock = settings_of(data), SystemClock()
    with only_desk(settings, clock.now()), closing(build(settings, clock)) as house:
        account = arrive(house, name)
        greet = partial(_greet, house, account) if sys.stdin.isatty() else None
        history = settings.data / "console-history"
        return asyncio.run(talk(house, account, reader=reader, greet=greet, history=history))


def arrive(house: House, name: str) -> str:
    """Who is speaking: the terminal account of that name. On a desk without people, its first admin arrives.

    Raises NotFound, with who there is, for a name that the desk does not know.
    """
    now = house.clock.now()

    def deed(work: UnitOfWork) -> str:
        people = work.people.all()
        if not people:
            first = _first(name)
            work.people.save(first)
            work.memory.journal(Entry(now, first.id, f"staff:{first.id}", "added", {"role": first.role.title}))
            return first.accounts[PLATFORM]
        if name:
            return _account(work, _rescued(work, work.people.find(name), now))
        if work.people.of_account(PLATFORM, YOU) is not None:
            return YOU
        return next((staff.accounts[PLATFORM] for staff in people if PLATFORM in staff.accounts), YOU)

    try:
        return house.database.write(deed)
    except NotFound as error:
        raise NotFound(error.text, f"{error.hint} /staff add NAME adds somebody to the desk.".strip()) from None


def _account(work: UnitOfWork, staff: Staff) -> str:
    """Whoever may open the data folder may speak as anybody, so a missing account is simply made."""
    if PLATFORM not in staff.accounts:
        staff = replace(staff, accounts={**staff.accounts, PLATFORM: staff.id})
        work.people.save(staff)
    return staff.accounts[PLATFORM]


def _rescued(work: UnitOfWork, staff: Staff, now: datetime) -> Staff:
    """A desk that has lost its last admin gets a new one in the same way, and its journal says so."""
    if any(one.role is Role.ADMIN for one in work.people.all()):
        return staff
    admin = replace(staff, role=Role.ADMIN)
    work.people.save(admin)
    work.memory.journal(Entry(now, admin.id, f"staff:{admin.id}", "roles", {"role": admin.role.title}))
    return admin


def _first(name: str) -> Staff:
    id = slug(name) or YOU
    return Staff(id, name or "Admin", Role.ADMIN, {PLATFORM: id})


def _greet(house: House, account: str, screen: Screen) -> None:
    now = house.clock.now()

    def look(work: UnitOfWork) -> tuple[Promises, Staff | None, int]:
        you = work.people.of_account(PLATFORM, account)
        return work.promises, you, len(work.people.all()) - (you is not None)

    promises, you, others = house.database.read(look)
    zone = ZoneInfo(promises.policy.zone)
    screen.is_for(zone, zone, {})
    # `make run` starts what is not on the path; whoever installed it has no Makefile.
    demo = "thirdline demo" if shutil.which("thirdline") else "make demo"
    screen.answer(greeting(house.settings, promises, you, others, now, demo))

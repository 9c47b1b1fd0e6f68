"""What people type of the rota and of the ways to them, found or refused, and what could be meant by half of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.contacts import Contact
from bot.domain.errors import BadValue, NotFound
from bot.domain.people import Role
from bot.domain.rota import CoverRequest, Override, Schedule
from bot.ports import UnitOfWork
from commands.spec import Caller, Param, Takes

AHEAD = timedelta(days=366)
"""How far from now a change of the rota may lie."""
NO_PLAN = "An operator types thirdline init oncall, which asks who takes turns, and starts the desk again."
NO_TABLE = "An operator writes [[pages]] into oncall.toml; thirdline oncall check reads it."

Proposed = tuple[str, str, str]
"""What to type, what to show, what it means."""


def schedule_named(text: str, work: UnitOfWork) -> Schedule:
    """By its short name or a unique beginning of it. Raises NotFound, with what there is."""
    schedules, wanted = work.rota.plan().schedules, text.strip().casefold()
    if not schedules:
        raise NotFound("There is no on-call schedule yet.", NO_PLAN)
    by_name = {name.casefold(): one for name, one in schedules.items()}
    if wanted in by_name:
        return by_name[wanted]
    begins = [one for name, one in by_name.items() if name.startswith(wanted)]
    if len(begins) == 1:
        return begins[0]
    near = get_close_matches(wanted, by_name, n=1)
    meant = f"Did you mean {by_name[near[0]].name}? " if near else ""
    raise NotFound(f"There is no schedule “{text[:40]}”.", f"{meant}There are: {', '.join(schedules)}.")


def _schedule(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Schedule:
    try:
        return schedule_named(text, work)
    except NotFound as error:
        # The group's word alone takes a schedule, so that other words than its verbs end here, too.
        wanted = text.strip().casefold()
        person = next((one for one in work.people.all() if wanted in (one.id, one.name.casefold())), None)
        if person is not None:
            raise NotFound(error.text, f"{person.name} is a person: /oncall next {person.id}") from None
        if wanted.isdigit():
            raise NotFound(error.text, f"{error.hint} For so many weeks: /oncall show --weeks {wanted[:3]}") from None
        raise


def _override(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Override:
    number = _number(text, "change of the rota", "/oncall history shows them with their numbers.")
    found = (one for one in _overrides(work, caller.now) if one.id == number)
    if (override := next(found, None)) is None:
        hint = "/oncall history shows what there was."
        raise NotFound(f"There is no change {number} that lasts or is to come.", hint)
    return override


def _cover(text: str, param: Param, caller: Caller, work: UnitOfWork) -> CoverRequest:
    hint = "They are numbered: 7 or #7. To come in now without being asked: /oncall take --schedule NAME"
    return work.rota.cover(_number(text, "request for cover", hint))


def _contact(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Contact:
    """One of the caller's own, by its number in the list or its address."""
    mine = work.contacts.of(caller.id)
    wanted = text.strip().removeprefix("#").casefold()
    bare = "".join(wanted.split())
    found = [one for one in mine if str(one.id) == wanted] or [
        one for one in mine if bare in (one.address.casefold(), f"{one.kind}:{one.address}".casefold())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadValue(
            f"{found[0].address} is there {len(found)} times.",
            "By its number: " + ", ".join(f"{one.id} ({one.kind})" for one in found),
        )
    raise NotFound(f"You have no contact “{text.strip()[:40]}”.", "/oncall contacts shows yours with their numbers.")


def _number(text: str, what: str, hint: str) -> int:
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise BadValue(f"“{text.strip()[:40]}” is no {what}.", hint)
    return int(digits)


def _overrides(work: UnitOfWork, now: datetime) -> Iterator[Override]:
    yield from work.rota.overrides(now, now + 2 * AHEAD)


READERS: Mapping[Takes, Callable[[str, Param, Caller, UnitOfWork], Any]] = {
    Takes.SCHEDULE: _schedule,
    Takes.OVERRIDE: _override,
    Takes.COVER: _cover,
    Takes.CONTACT: _contact,
}


def _schedules(caller: Caller, typed: str, work: UnitOfWork) -> Iterator[Proposed]:
    for name, schedule in work.rota.plan().schedules.items():
        if name.casefold().startswith(typed.casefold()):
            yield name, name, schedule.zone


def _own_overrides(caller: Caller, typed: str, work: UnitOfWork) -> Iterator[Proposed]:
    """Those that the caller may take back: a lead any."""
    for one in _overrides(work, caller.now):
        mine = caller.id in (one.person, one.by) or caller.role >= Role.LEAD
        if mine and str(one.id).startswith(typed.removeprefix("#")):
            shown = f"#{one.id} {one.schedule}: {one.person}, {_said(one.start, caller, work)}"
            yield str(one.id), shown, f"until {_said(one.end, caller, work)}"


def _requests(caller: Caller, typed: str, work: UnitOfWork) -> Iterator[Proposed]:
    for one in work.rota.covers(caller.now):
        if str(one.id).startswith(typed.removeprefix("#")):
            shown = f"#{one.id} {one.schedule}: {one.person}, {_said(one.start, caller, work)}"
            yield str(one.id), shown, "you asked" if one.person == caller.id else f"asked: {one.asked or 'everybody'}"


def _contacts(caller: Caller, typed: str, work: UnitOfWork) -> Iterator[Proposed]:
    for one in work.contacts.of(caller.id):
        if str(one.id).startswith(typed) or typed.casefold() in one.address.casefold():
            yield str(one.id), f"{one.kind} {one.address}", "verified" if one.usable else "not verified"


def _said(at: datetime, caller: Caller, work: UnitOfWork) -> str:
    local = at.astimezone(ZoneInfo(caller.zone(work.promises.policy.zone)))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


PROPOSED: Mapping[Takes, Callable[[Caller, str, UnitOfWork], Iterator[Proposed]]] = {
    Takes.SCHEDULE: _schedules,
    Takes.OVERRIDE: _own_overrides,
    Takes.COVER: _requests,
    Takes.CONTACT: _contacts,
}
"""What could be meant, for the people of the desk alone; whose it is and when it is counts."""

"""Asking for cover and agreeing to it: who may, what speaks against it, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Card, Choice, Line, Strong, Style, Tone
from bot.domain.errors import BadValue, Conflict, NotAllowed, NotFound
from bot.domain.people import Role, Staff
from bot.domain.rota import Change, CoverRequest, CoverState, Override
from bot.domain.stretches import Stretch, without
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.coverage import doubt
from commands.oncall_changes import tell
from commands.oncall_rota import Rota, span
from commands.spec import Caller

REST = timedelta(hours=11)
"""What somebody should have free before and after a shift that they take over."""
SHORT_NOTICE = timedelta(minutes=15)
"""Of a shift that runs already somebody else takes over from then on, to have time to answer."""

DECLINED = "cover declined"
_AGREED = re.compile(r"(?:swap|cover), request #(\d+)")


def rota_for(work: UnitOfWork, start: datetime, end: datetime) -> Rota:
    """With what lies so near that there would be no rest."""
    return Rota(work, start - REST, end + REST)


def asking(caller: Caller, work: UnitOfWork, rota: Rota, request: CoverRequest) -> Card:
    """Keep the request and ask. Raises Conflict where one for that time is out already, and where nobody can come."""
    for other in work.rota.covers(caller.now):
        same = (other.person, other.schedule) == (request.person, request.schedule)
        if same and other.start < request.end and request.start < other.end:
            raise Conflict(
                f"You asked for that time already: request #{other.id}.", f"/oncall withdraw {other.id} takes it back."
            )
    people = asked_of(work, rota, request)
    if not people:
        raise Conflict(
            f"Nobody else takes turns in {request.schedule} then.", "Ask somebody by name: /oncall cover --ask NAME"
        )
    saved = work.rota.save_cover(request)
    ask_again(work, rota, saved, people, "asked")
    who = rota.names(people)
    lines: list[Line] = [(f"{who} {'is' if len(people) == 1 else 'are'} asked. Until somebody agrees it stays yours.",)]
    lines += [(f"{rota.name(one)}{words}.",) for one in people for words in against(work, rota, saved, one)]
    return Card(
        title=(Strong(f"Request #{saved.id}"), "  ", *request_line(rota, saved)),
        lines=tuple(lines),
        choices=(Choice("Withdraw it", "oncall withdraw", {"request": saved.id}),),
        tone=Tone.GOOD,
        data={"request": request_data(saved), "people": list(people)},
    )


def ask_again(work: UnitOfWork, rota: Rota, request: CoverRequest, people: Sequence[str], which: str) -> None:
    """A direct message with buttons to each of them. `which` time it is, so that none is sent twice."""
    name = rota.name(request.person)
    line: Line = (f"{name} asks you to cover ", *request_line(rota, request), ".")
    if request.reason:
        line = (*line, f" “{request.reason}”")
    take = Choice("Take", "oncall take", {"request": request.id}, style=Style.PRIMARY)
    decline = Choice("Decline", "oncall decline", {"request": request.id})
    tell(work, people, f"cover:{request.id}:{which}", line, choices=(take, decline))


def asked_of(work: UnitOfWork, rota: Rota, request: CoverRequest) -> tuple[str, ...]:
    """Whom a request is for now: the one it names, or everybody of the schedule who could and has not declined."""
    if request.asked:
        return (request.asked,)
    declined = declined_by(work, request)
    members = (one for one in rota.members(request.schedule) if one != request.person and one not in declined)
    return tuple(one for one in members if not _on_call(rota, request.schedule, one, request.start, request.end))


def declined_by(work: UnitOfWork, request: CoverRequest) -> tuple[str, ...]:
    """Who of everybody has said no already."""
    return tuple((work.memory.fact(DECLINED) or {}).get(str(request.id), ()))


def must_be_able(rota: Rota, request: CoverRequest, person: Staff) -> None:
    """Raises Refusal for who cannot cover that shift at all."""
    if person.id == request.person:
        raise BadValue("That is your own shift.", f"/oncall withdraw {request.id} takes it back." if request.id else "")
    if person.has_left:
        raise BadValue(f"{person.name} is no longer at the desk.")
    if person.role < Role.STAFF:
        raise NotAllowed(f"{person.name} may not act for the desk: pages are for staff and above.")
    if _on_call(rota, request.schedule, person.id, request.start, request.end):
        raise Conflict(f"{person.name} is on call in {request.schedule} then already.", "/oncall show")


def against(work: UnitOfWork, rota: Rota, request: CoverRequest, person: str) -> Iterator[str]:
    """What speaks against somebody's cover, each to be put after their name: no verified phone, away, no rest."""
    if words := doubt(rota.people.get(person), work.contacts.of(person)):
        yield f"{words}, which is no cover"
    staff = rota.people.get(person)
    if staff is not None and staff.is_away(request.start):
        yield " is away then"
    near = (request.start - REST, request.end + REST)
    given = _back(request)
    for name in rota.schedules:
        shifts = [
            one
            for shift in rota.shifts(name)
            if shift.person == person and shift.start < near[1] and near[0] < shift.end
            for one in without([(shift.start, shift.end)], [given] if given and name == request.schedule else [])
        ]
        if shifts:
            yield f" is on call in {name} at that time or less than {REST.seconds // 3600} h from it"


def _back(request: CoverRequest) -> Stretch | None:
    """The shift that is given in return."""
    if request.back_start is None or request.back_end is None:
        return None
    return request.back_start, request.back_end


def _on_call(rota: Rota, schedule: str, person: str, start: datetime, end: datetime) -> bool:
    """Whether somebody is on call for all of a time."""
    own = [(one.start, one.end) for one in rota.duty(schedule).shifts(start, end) if one.person == person]
    return not without([(start, end)], own)


def agree(caller: Caller, work: UnitOfWork, request: CoverRequest, person: Staff) -> tuple[Override, ...]:
    """The shift changes hands, and the one in return with it. Raises Conflict where it is not theirs any more."""
    rota = Rota(work, request.start, max(request.end, request.back_end or request.end))
    start = max(request.start, caller.now)
    _must_still_be(rota, request.schedule, request.person, start, request.end)
    made = [_handed(caller, work, request, person.id, request.person, start, request.end)]
    back = _back(request)
    if back is not None:
        around = Rota(work, *back)
        _must_still_be(around, request.schedule, person.id, *back)
        made.append(_handed(caller, work, request, request.person, person.id, *back))
    work.rota.save_cover(replace(request, state=CoverState.AGREED, taken_by=person.id))
    return tuple(made)


def _must_still_be(rota: Rota, schedule: str, person: str, start: datetime, end: datetime) -> None:
    if all(shift.person != person for shift in rota.duty(schedule).shifts(start, end)):
        raise Conflict(f"{rota.name(person)} is not on call then any more.", "/oncall show")


def _handed(
    caller: Caller, work: UnitOfWork, request: CoverRequest, to: str, of: str, start: datetime, end: datetime
) -> Override:
    reason = f"{'swap' if request.back_start else 'cover'}, request #{request.id}"
    override = Override(0, request.schedule, start, end, Change.REPLACE, to, of, caller.id, reason, caller.now)
    return work.rota.add_override(override)


def agreed_in(work: UnitOfWork, one: Override) -> CoverRequest | None:
    """The request that a change of the rota came of, if two people agreed on it."""
    found = _AGREED.fullmatch(one.reason)
    if found is None:
        return None
    try:
        request = work.rota.cover(int(found[1]))
    except NotFound:
        return None
    return request if {one.person, one.instead} == {request.person, request.taken_by} else None


def must_be_asked(request: CoverRequest, rota: Rota) -> None:
    """Raises Conflict for a request that somebody else was quicker with, or that is over."""
    if request.state is CoverState.AGREED:
        raise Conflict(f"{rota.name(request.taken_by)} took that shift already.", "/oncall show")
    if request.state is not CoverState.ASKED:
        raise Conflict(f"Request #{request.id} is {request.state.value}.", "/oncall next shows who is on call when.")


def request_line(rota: Rota, request: CoverRequest) -> Line:
    """ "level3, Thu 24 Dec 18:00 - 22:00; in return Kim takes Fri 25 Dec 18:00 - 22:00"."""
    line: Line = (f"{request.schedule}, ", *span(request.start, request.end))
    back = _back(request)
    if back is None:
        return line
    return (*line, f"; in return {rota.name(request.person)} takes ", *span(*back))


def request_data(request: CoverRequest) -> dict[str, object]:
    return {
        "id": request.id,
        "schedule": request.schedule,
        "person": request.person,
        "from": iso(request.start),
        "until": iso(request.end),
        "asked": request.asked,
        "back_from": iso(request.back_start),
        "back_until": iso(request.back_end),
        "state": request.state.value,
        "taken_by": request.taken_by,
    }

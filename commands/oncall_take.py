"""/oncall take: agree to cover somebody's shift, or come in for whoever is on call now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards import Card, Choice, Line, Strong, Tone, When
from bot.domain.errors import BadValue, Conflict, NotAllowed
from bot.domain.people import Role, Staff
from bot.domain.rota import Change, CoverRequest, Override, Schedule
from bot.ports import DESK, Kind, News, UnitOfWork
from commands.oncall_asking import (
    REST,
    against,
    agree,
    must_be_able,
    must_be_asked,
    request_data,
    request_line,
    rota_for,
)
from commands.oncall_changes import alone, period, tell
from commands.oncall_history import override_data
from commands.oncall_rota import Now, Rota, rota_ahead, span, standing, the_one
from commands.spec import Caller, Instant, command


@command(
    "oncall take",
    request="The request for cover, by its number; without one you come in now",
    schedule="Which schedule you come in for now",
    until="Until when; to the end of the shift if you give none",
    instead="Whose place you take now; everybody's if you name nobody",
    anyway="Although something speaks against it",
    examples=("oncall take 1", "oncall take --schedule level3", "oncall take --instead ann"),
)
def oncall_take(
    caller: Caller,
    work: UnitOfWork,
    *,
    request: CoverRequest | None = None,
    schedule: Schedule | None = None,
    until: Instant | None = None,
    instead: Staff | None = None,
    anyway: bool = False,
) -> Card:
    """Agree to cover a shift, or come in for whoever is on call now."""
    if caller.staff is None:
        raise NotAllowed("Only people of the desk are on call.")
    alone(work, caller.now)
    if request is not None and instead is not None:
        raise BadValue("--instead is for coming in now.", "A request says whose shift it is.")
    if request is not None:
        return _agreed(caller, work, request, caller.staff, anyway)
    return _now(caller, work, caller.staff, schedule, until, instead, anyway)


def _agreed(caller: Caller, work: UnitOfWork, request: CoverRequest, me: Staff, anyway: bool) -> Card:
    """Their shift is mine from now on. Both hear of it, and the desk."""
    rota = rota_for(work, min(request.start, caller.now), max(request.end, request.back_end or request.end))
    must_be_asked(request, rota)
    if request.asked not in ("", me.id) and request.person != me.id and caller.role < Role.LEAD:
        raise NotAllowed(f"{rota.name(request.asked)} is asked, not you.", "Ask for it to be given to you instead.")
    if request.end <= caller.now:
        raise Conflict("That shift is over.", "/oncall show")
    must_be_able(rota, request, me)
    _must_be_well(me, against(work, rota, request, me.id), f"/oncall take {request.id} --anyway", anyway)
    made = agree(caller, work, request, me)
    line: Line = (*request_line(rota, request),)
    other = rota.name(request.person)
    sure: Line = (f"{me.name} covers your shift: ", *line, ". You need do nothing more.")
    tell(work, [request.person], f"covered:{request.id}", sure)
    mine: Line = (
        "You are on call for ",
        Strong(other),
        f": {request.schedule}, ",
        *span(request.start, request.end),
        ".",
    )
    tell(work, [me.id], f"covered:{request.id}", (*mine, " The desk reminds you when it begins."))
    _announce(work, f"covered:{request.id}", (f"{me.name} covers for {other}: ", *line, "."))
    return Card(
        lines=(mine, (f"{other} knows it, too.",)),
        choices=(Choice("Your next shifts", "oncall next"),),
        tone=Tone.GOOD,
        data={"request": request_data(work.rota.cover(request.id)), "overrides": [override_data(one) for one in made]},
    )


def _now(
    caller: Caller,
    work: UnitOfWork,
    me: Staff,
    schedule: Schedule | None,
    until: Instant | None,
    instead: Staff | None,
    anyway: bool,
) -> Card:
    """I come in now."""
    ahead = rota_ahead(work, caller.now)
    name = the_one(ahead, schedule, "/oncall take --schedule NAME")
    now = standing(ahead, name, caller.now)
    if me.id in now.people:
        raise Conflict(f"You are on call in {name} already.", "/oncall next shows until when.")
    relieved = _relieved(ahead, now, instead)
    ends = until or (now.until if instead is None else _leaves(ahead, name, instead))
    if ends is None:
        raise BadValue("That shift has no end.", "Say until when you come in: /oncall take --until 22:00")
    start, end = period(caller.now, None, ends)
    rota = rota_for(work, start, end)
    wanted = CoverRequest(0, name, relieved[0] if relieved else "", start, end)
    again = " ".join(_typed(caller, work, name, until, instead))
    _must_be_well(me, _but_after(rota, against(work, rota, wanted, me.id)), f"{again} --anyway", anyway)
    place = relieved[0] if len(relieved) == 1 else ""
    made = work.rota.add_override(
        Override(0, name, start, end, Change.REPLACE, me.id, place, caller.id, "came in", caller.now)
    )
    said: Line = (f"{me.name} is on call in {name} from now until ", When(end))
    of = f", in place of {rota.names(relieved)}" if relieved else ""
    tell(work, relieved, f"override:{made.id}", (*said, f"{of}."), but=(me.id,))
    _announce(work, f"taken:{made.id}", (*said, f"{of}."))
    lines: list[Line] = [(f"{name} until ", When(end), f"{of}.")]
    if len(relieved) > 1:
        lines.append((f"For one of them alone: take it back, and {again} --instead {relieved[0]}",))
    return Card(
        title=(Strong("You are on call now"),),
        lines=tuple(lines),
        choices=(Choice("Take it back", "oncall undo", {"override": made.id}),),
        tone=Tone.GOOD,
        data={"override": override_data(made)},
    )


def _relieved(rota: Rota, now: Now, instead: Staff | None) -> tuple[str, ...]:
    """Whose place it is. Raises BadValue where that person is not on call."""
    if instead is None:
        return now.people
    if instead.id not in now.people:
        there = f"There is: {rota.names(now.people)}." if now.people else "Nobody is: /oncall take"
        raise BadValue(f"{instead.name} is not on call in {now.schedule} now.", there)
    return (instead.id,)


def _leaves(rota: Rota, schedule: str, person: Staff) -> datetime | None:
    """When the shift of somebody who is on call is over; None where it has no end within the rota's span."""
    ends = next(one.end for one in rota.shifts(schedule) if one.person == person.id)
    return ends if ends < rota.end else None


def _typed(
    caller: Caller, work: UnitOfWork, schedule: str, until: Instant | None, instead: Staff | None
) -> Iterator[str]:
    """What was asked for, to be typed once more."""
    yield f"/oncall take --schedule {schedule}"
    if until is not None:
        zone = ZoneInfo(caller.zone(work.promises.policy.zone))
        yield f'--until "{until.astimezone(zone):%Y-%m-%d %H:%M}"'
    if instead is not None:
        yield f"--instead {instead.id}"


def _but_after(rota: Rota, words: Iterable[str]) -> list[str]:
    """Who comes in now knows when they sleep: only a phone that is not verified speaks against it."""
    return [one for one in words if "cover" in one]


def _must_be_well(me: Staff, words: Iterable[str], again: str, anyway: bool) -> None:
    found = list(words)
    if found and not anyway:
        hours = REST.seconds // 3600
        raise Conflict(
            "; ".join(f"{me.name}{one}" for one in found) + ".",
            f"There should be {hours} h of rest and a phone that was verified. All the same: {again}",
        )


def _announce(work: UnitOfWork, key: str, line: Line) -> None:
    work.outbox.post(News(Kind.NOTICE, DESK, Card(lines=(line,)), f"{key}:desk"))

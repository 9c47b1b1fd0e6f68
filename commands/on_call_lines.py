"""Who is on call, in the lines that a person's home and the state of the desk have room for."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards import Line, Strong, When
from bot.ports import UnitOfWork
from commands.oncall_rota import Now, Rota, rota_ahead, span, standing
from commands.spec import Caller


def on_call_lines(caller: Caller, work: UnitOfWork, *, own: bool = True) -> tuple[Line, ...]:
    """ "On call now: Kim until Mon 9 Nov 09:00", and with `own` the caller's next shift; nothing without a rota."""
    if not work.rota.plan().schedules:
        return ()
    rota = rota_ahead(work, caller.now)
    several = len(rota.schedules) > 1
    lines = [_now(rota, standing(rota, name, caller.now), several) for name in rota.schedules]
    return (*lines, *(_own(rota, caller, several) if own else ()))


def _now(rota: Rota, now: Now, several: bool) -> Line:
    who = rota.names(now.people) or "nobody"
    until: Line = (" until ", When(now.until)) if now.until else ()
    return (f"On call now{f' ({now.schedule})' if several else ''}: ", Strong(who), *until)


def _own(rota: Rota, caller: Caller, several: bool) -> Iterator[Line]:
    ahead = [(name, one) for name, one in rota.shifts_of(caller.id) if one.start > rota.start]
    if ahead:
        name, shift = ahead[0]
        yield (f"Your next shift{f' ({name})' if several else ''}: ", *span(shift.start, shift.end))

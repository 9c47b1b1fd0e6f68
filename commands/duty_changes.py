"""People are told when the rota as it is written changes their shifts: a new plan moves turns that they counted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cards import Choice, Line
from bot.domain.rota import Schedule, Shift
from bot.domain.stretches import Stretch, joined, without
from bot.ports import UnitOfWork
from commands.oncall_changes import tell
from commands.oncall_rota import Rota, span

FACT = "rota told"
AHEAD = timedelta(days=28)
SHOWN = 4

Told = Mapping[str, Any]
"""Of a schedule: `plan`, what is written of it; `until`, how far its shifts were laid out; `shifts` by person, as pairs
of epoch seconds."""


def told_of_changes(work: UnitOfWork, now: datetime) -> None:
    """Compare each schedule with what was last written of it. Changes for once tell of themselves when they are made,
    so only another plan is news here."""
    before: Mapping[str, Told] = work.memory.fact(FACT) or {}
    schedules = work.rota.plan().schedules
    stale = {
        name
        for name, schedule in schedules.items()
        if name not in before or before[name]["plan"] != _written(schedule) or _old(before[name], now)
    }
    gone = before.keys() - schedules.keys()
    if not stale and not gone:
        return
    rota = Rota(work, now, now + AHEAD)
    after = {name: told for name, told in before.items() if name not in gone}
    for name in sorted(stale):
        after[name] = _laid_out(rota, name)
        if name in before and before[name]["plan"] != after[name]["plan"]:
            _tell(work, rota, name, before[name], now)
    for name in sorted(gone):
        line = (f"The schedule {name} is no more: nobody is on call by it.",)
        tell(work, before[name]["shifts"], f"rota:{name}:gone:{int(now.timestamp())}", line)
    work.memory.set_fact(FACT, after)


def _written(schedule: Schedule) -> str:
    return repr(schedule)


def _old(told: Told, now: datetime) -> bool:
    """Whether it was laid out so long ago that half of the time it covers is over."""
    return bool(told["until"] - now.timestamp() < AHEAD.total_seconds() / 2)


def _laid_out(rota: Rota, schedule: str) -> Told:
    shifts: dict[str, list[list[int]]] = {}
    for shift in rota.shifts(schedule):
        shifts.setdefault(shift.person, []).append([int(shift.start.timestamp()), int(shift.end.timestamp())])
    until = int(rota.end.timestamp())
    return {"plan": _written(rota.schedules[schedule]), "until": until, "shifts": shifts}


def _tell(work: UnitOfWork, rota: Rota, schedule: str, before: Told, now: datetime) -> None:
    """Everybody whose time on call is another one now, as far as it was laid out before."""
    until = datetime.fromtimestamp(before["until"], UTC)
    now_on: dict[str, list[Shift]] = {}
    for shift in rota.shifts(schedule):
        now_on.setdefault(shift.person, []).append(shift)
    for person in sorted((before["shifts"].keys() | now_on.keys()) & set(rota.people)):
        was = [_stretch(pair) for pair in before["shifts"].get(person, ())]
        own = now_on.get(person, [])
        if not _differ(was, [(one.start, one.end) for one in own], (now, until)):
            continue
        lines: list[Line] = [
            (f"The rota {schedule} was changed. ", "Your next shifts:" if own else "You have no shift.")
        ]
        lines += [span(one.start, one.end) for one in own[:SHOWN]]
        key = f"rota:{schedule}:{int(now.timestamp())}"
        tell(work, (person,), key, *lines, choices=(Choice("All shifts", "oncall show"),))


def _stretch(pair: Sequence[int]) -> Stretch:
    return datetime.fromtimestamp(pair[0], UTC), datetime.fromtimestamp(pair[1], UTC)


def _differ(was: list[Stretch], own: list[Stretch], within: Stretch) -> bool:
    """Whether the two are not the same time, of the part that both know."""
    outside = [(datetime.min.replace(tzinfo=UTC), within[0]), (within[1], datetime.max.replace(tzinfo=UTC))]
    return without(joined(was), outside) != without(joined(own), outside)

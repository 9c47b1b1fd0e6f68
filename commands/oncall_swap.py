"""/oncall swap: two people change shifts, if the other one agrees."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card
from bot.domain.errors import BadValue
from bot.domain.people import Staff
from bot.domain.rota import CoverRequest, Schedule, Shift
from bot.domain.stretches import Stretch
from bot.ports import UnitOfWork
from commands.oncall_asking import asking, must_be_able, rota_for
from commands.oncall_changes import period
from commands.oncall_cover import own_shift
from commands.oncall_rota import Rota, rota_ahead
from commands.spec import BLANK, Caller, Instant, Text, command


@command(
    "oncall swap",
    person="With whom",
    schedule="Which schedule; that of your next shift if you give none",
    from_="Where yours begins; your next shift if you give none",
    until="Where yours ends",
    back_from="Where theirs begins; their next shift if you give none",
    back_until="Where theirs ends; for a part of yours it is as long as that",
    reason="Why",
    asks=("from", "until", "back_from", "back_until"),
    examples=("oncall swap bob", "oncall swap bob --reason concert"),
)
def oncall_swap(
    caller: Caller,
    work: UnitOfWork,
    *,
    person: Staff,
    schedule: Schedule | None = None,
    from_: Instant | None = None,
    until: Instant | None = None,
    back_from: Instant | None = None,
    back_until: Instant | None = None,
    reason: Text = BLANK,
) -> Card:
    """Ask somebody to swap shifts: they take yours, you take theirs."""
    name, start, end = own_shift(caller, work, schedule, from_, until)
    ahead = rota_ahead(work, max(end, back_from or end))
    theirs = [shift for _, shift in ahead.shifts_of(person.id, (name,)) if shift.start > caller.now]
    if back_until is not None:
        back = period(caller.now, back_from, back_until)
    elif theirs:
        back = _as_long(theirs[0], back_from, (end - start) if from_ or until else None)
    else:
        raise BadValue(
            f"{person.name} has no shift in {name} to give in return.", f"Ask for cover: /oncall cover {name}"
        )
    if back[0] < end and start < back[1]:
        raise BadValue("The two shifts overlap.", "Say which is given in return: --back-from … --back-until …")
    if all(shift.person != person.id for shift in Rota(work, *back).shifts(name)):
        raise BadValue(f"{person.name} is not on call then.", f"/oncall next {person.id} shows when they are.")
    request = CoverRequest(0, name, caller.id, start, end, person.id, *back, made_at=caller.now, reason=reason)
    rota = rota_for(work, min(start, back[0]), max(end, back[1]))
    must_be_able(rota, request, person)
    return asking(caller, work, rota, request)


def _as_long(theirs: Shift, begins: datetime | None, length: timedelta | None) -> Stretch:
    """Their shift, or as much of it as is given: who wants one day off does not take on a week."""
    start = max(theirs.start, begins or theirs.start)
    return start, theirs.end if length is None else min(theirs.end, start + length)

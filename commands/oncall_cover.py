"""/oncall cover: somebody is asked to come in for you; whoever agrees first has the shift."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card
from bot.domain.errors import BadValue
from bot.domain.people import Staff
from bot.domain.rota import CoverRequest, Schedule
from bot.ports import UnitOfWork
from commands.oncall_asking import SHORT_NOTICE, asking, must_be_able, rota_for
from commands.oncall_changes import period
from commands.oncall_rota import HORIZON, Rota, asked
from commands.spec import BLANK, Caller, Instant, Text, command


@command(
    "oncall cover",
    schedule="Which schedule; that of your next shift if you give none",
    from_="From when; from the beginning of your next shift if you give none",
    until="Until when; to the end of that shift if you give none",
    ask="Whom to ask; everybody who takes turns if you name nobody",
    reason="Why",
    asks=("from", "until", "ask", "reason"),
    examples=("oncall cover", "oncall cover level3 --ask bob --reason dentist"),
)
def oncall_cover(
    caller: Caller,
    work: UnitOfWork,
    *,
    schedule: Schedule | None = None,
    from_: Instant | None = None,
    until: Instant | None = None,
    ask: Staff | None = None,
    reason: Text = BLANK,
) -> Card:
    """Ask somebody, or everybody, to cover your shift."""
    name, start, end = own_shift(caller, work, schedule, from_, until)
    whom = ask.id if ask else ""
    request = CoverRequest(0, name, caller.id, start, end, whom, made_at=caller.now, reason=reason)
    rota = rota_for(work, start, end)
    if ask is not None:
        must_be_able(rota, request, ask)
    return asking(caller, work, rota, request)


def own_shift(
    caller: Caller, work: UnitOfWork, schedule: Schedule | None, start: datetime | None, end: datetime | None
) -> tuple[str, datetime, datetime]:
    """The shift, or the part of one's shifts, that is meant, not before there was time to answer. Raises Refusal."""
    earliest = caller.now + SHORT_NOTICE
    if end is not None:
        start, end = period(caller.now, start, end)
    reach = max(end or earliest, earliest) + HORIZON
    rota = Rota(work, earliest, reach)
    own = rota.shifts_of(caller.id, asked(rota, schedule))
    since, before = start or earliest, end or reach
    wanted = [(name, shift) for name, shift in own if shift.end > since and shift.start < before]
    if not wanted:
        raise BadValue("You are not on call then.", "/oncall next shows your shifts.")
    name, first = wanted[0]
    last = [shift for one, shift in wanted if one == name][-1] if end else first
    begins = max(first.start, start or first.start, earliest)
    ends = min(last.end, end or last.end)
    if ends <= begins:
        raise BadValue("That shift ends too soon to be handed on.", "Whoever comes in types /oncall take")
    return name, begins, ends

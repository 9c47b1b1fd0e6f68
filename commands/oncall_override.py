"""/oncall override: for once somebody else is on call, somebody more, or somebody not."""

from __future__ import annotations

from bot.cards import Card, Choice, Line, Strong, Tone
from bot.domain.errors import BadValue, Conflict, NotAllowed
from bot.domain.people import Role, Staff
from bot.domain.rota import Change, Override, Schedule
from bot.ports import UnitOfWork
from commands.coverage import doubt, gaps
from commands.oncall_changes import alone, change_line, concerned, new_gaps, period, tell
from commands.oncall_history import override_data
from commands.oncall_rota import Rota
from commands.spec import BLANK, Caller, Instant, Text, command


@command(
    "oncall override",
    schedule="Which schedule",
    person="Who comes in; with --remove, who goes",
    from_="From when; now if you give none",
    until="Until when",
    instead="Whose place it is; everybody's if you name nobody",
    add="On call together with the others",
    remove="Not on call for that time",
    reason="Why",
    asks=("from", "instead", "reason"),
    examples=(
        'oncall override level3 bob --until "tomorrow 09:00"',
        'oncall override level3 ann --from "Sat 09:00" --until "Sun 09:00" --add',
    ),
)
def oncall_override(
    caller: Caller,
    work: UnitOfWork,
    *,
    schedule: Schedule,
    person: Staff,
    until: Instant,
    from_: Instant | None = None,
    instead: Staff | None = None,
    add: bool = False,
    remove: bool = False,
    reason: Text = BLANK,
) -> Card:
    """Change for once who is on call."""
    start, end = period(caller.now, from_, until)
    change = _change(add, remove, instead)
    place = instead.id if instead else ""
    wanted = Override(0, schedule.name, start, end, change, person.id, place, caller.id, reason, caller.now)
    alone(work, caller.now)
    rota = Rota(work, start, end)
    _must_make_sense(rota, wanted, person)
    _must_be_own(caller, wanted)
    before = gaps(work, start, end)
    told = concerned(rota, wanted)
    made = work.rota.add_override(wanted)
    opened = new_gaps(work, before, start, end)
    if opened and caller.role < Role.LEAD:
        raise Conflict(
            f"Then {opened[0].what} would be uncovered: {opened[0].why}.",
            "Ask for cover: /oncall cover. A lead can do it all the same.",
        )
    line = change_line(rota, made)
    tell(work, told, f"override:{made.id}", (f"{caller.name} changed the rota. ", *line, "."), but=(caller.id,))
    words = doubt(person, work.contacts.of(person.id)) if change is not Change.REMOVE else ""
    lines: list[Line] = [line]
    lines += [(f"{person.name}{words}: that is no cover.",)] if words else []
    lines += [gap.line for gap in opened]
    return Card(
        title=(Strong("The rota is changed"), f"  #{made.id}"),
        lines=tuple(lines),
        choices=(Choice("Take it back", "oncall undo", {"override": made.id}),),
        tone=Tone.WARNING if opened or words else Tone.GOOD,
        data={"override": override_data(made), "gaps": len(opened)},
    )


def _change(add: bool, remove: bool, instead: Staff | None) -> Change:
    if add and remove:
        raise BadValue("It is --add or --remove, not both.")
    if instead is not None and (add or remove):
        raise BadValue("--instead names whose place is taken.", "Leave --add and --remove away with it.")
    return Change.ADD if add else Change.REMOVE if remove else Change.REPLACE


def _must_make_sense(rota: Rota, wanted: Override, person: Staff) -> None:
    """Raises Refusal for a change that would change nothing, and for people who have left."""
    shifts = rota.shifts(wanted.schedule)
    if wanted.change is Change.REMOVE:
        if all(shift.person != person.id for shift in shifts):
            raise BadValue(f"{person.name} is not on call then.", f"/oncall next {person.id} shows when they are.")
        return
    if person.has_left:
        raise BadValue(f"{person.name} is no longer at the desk.")
    if wanted.instead == person.id:
        raise BadValue(f"{person.name} cannot come in for {person.name}.")
    if wanted.instead and all(shift.person != wanted.instead for shift in shifts):
        name = rota.name(wanted.instead)
        raise BadValue(f"{name} is not on call then.", f"/oncall next {wanted.instead} shows when they are.")
    own = [shift for shift in shifts if shift.person == person.id]
    whole = any((shift.start, shift.end) == (wanted.start, wanted.end) for shift in own)
    if whole and (wanted.change is Change.ADD or len(shifts) == 1):
        raise BadValue(f"{person.name} is on call then already.", "/oncall show")


def _must_be_own(caller: Caller, wanted: Override) -> None:
    if wanted.person == caller.id or caller.role >= Role.LEAD:
        return
    if wanted.instead == caller.id:
        raise NotAllowed(
            "Somebody must agree to come in for you.",
            f"Ask them: /oncall cover {wanted.schedule} --ask {wanted.person}",
        )
    raise NotAllowed("Only a lead can put somebody else on call.", "For yourself: /oncall override … me")

"""/oncall undo: a change of the rota is taken back; it stays in the history."""

from __future__ import annotations

from bot.cards import Card, Line, Tone
from bot.domain.errors import Conflict, NotAllowed
from bot.domain.people import Role
from bot.domain.rota import Override
from bot.ports import UnitOfWork
from commands.coverage import gaps
from commands.oncall_asking import agreed_in
from commands.oncall_changes import alone, change_line, concerned, new_gaps, tell
from commands.oncall_history import override_data
from commands.oncall_rota import Rota
from commands.oncall_values import AHEAD
from commands.spec import Caller, command


@command("oncall undo", override="The change, by its number", examples=("oncall undo 1",))
def oncall_undo(caller: Caller, work: UnitOfWork, *, override: Override) -> Card:
    """Take a change of the rota back."""
    _must_be_theirs(caller, work, override)
    alone(work, caller.now)
    whole = _with_its_other_half(caller, work, override)
    start, end = max(min(one.start for one in whole), caller.now), max(one.end for one in whole)
    before = gaps(work, start, end)
    dropped = [work.rota.drop_override(one.id, caller.id, caller.now) for one in whole]
    opened = new_gaps(work, before, start, end)
    if opened and caller.role < Role.LEAD:
        raise Conflict(
            f"Then {opened[0].what} would be uncovered: {opened[0].why}.",
            "Ask for cover: /oncall cover. A lead can do it all the same.",
        )
    rota = Rota(work, start, end)
    lines: list[Line] = []
    for one in dropped:
        line = change_line(rota, one)
        people = concerned(rota, one)
        tell(work, people, f"undone:{one.id}", (f"{caller.name} took back: ", *line, "."), but=(caller.id,))
        lines.append(("Taken back: ", *line, "."))
    return Card(
        lines=(*lines, *(gap.line for gap in opened)),
        tone=Tone.WARNING if opened else Tone.GOOD,
        data={"override": override_data(dropped[0]), "gaps": len(opened)},
    )


def _must_be_theirs(caller: Caller, work: UnitOfWork, one: Override) -> None:
    """Raises NotAllowed. Whoever agreed to come in for somebody does not give it back alone: the other relies on it."""
    if caller.role >= Role.LEAD:
        return
    request = agreed_in(work, one)
    if request is not None and caller.id in (one.person, one.instead):
        swapped = request.back_start is not None
        if caller.id == one.instead and not swapped:
            return
        other = one.instead if caller.id == one.person else one.person
        name = next((staff.name for staff in work.people.all() if staff.id == other), other)
        hint = f"Ask them: /oncall cover {one.schedule} --ask {other}. Or a lead takes it back."
        raise NotAllowed(f"You agreed on that with {name}.", hint)
    if caller.id not in (one.by, one.person):
        raise NotAllowed("Only a lead can take back what others changed.", "/oncall history says who did.")


def _with_its_other_half(caller: Caller, work: UnitOfWork, one: Override) -> list[Override]:
    """A swap is one change, though it is kept as two: as much of it as is not over."""
    request = agreed_in(work, one)
    if request is None:
        return [one]
    near = work.rota.overrides(caller.now, caller.now + 2 * AHEAD, one.schedule)
    others = [each for each in near if each.id != one.id and agreed_in(work, each) == request]
    return [one, *others]

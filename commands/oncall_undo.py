"""/oncall undo: a change of the rota is taken back; it stays in the history."""

from __future__ import annotations

from bot.cards import Card, Line, Tone
from bot.domain.errors import Conflict, NotAllowed
from bot.domain.people import Role
from bot.domain.rota import Override
from bot.ports import UnitOfWork
from commands.coverage import gaps
from commands.oncall_changes import change_line, concerned, new_gaps, tell
from commands.oncall_history import override_data
from commands.oncall_rota import Rota
from commands.spec import Caller, command


@command("oncall undo", override="The change, by its number", examples=("oncall undo 1",))
def oncall_undo(caller: Caller, work: UnitOfWork, *, override: Override) -> Card:
    """Take a change of the rota back."""
    if caller.id not in (override.by, override.person) and caller.role < Role.LEAD:
        raise NotAllowed("Only a lead can take back what others changed.", "/oncall history says who did.")
    start = max(override.start, caller.now)
    before = gaps(work, start, override.end)
    dropped = work.rota.drop_override(override.id, caller.id, caller.now)
    opened = new_gaps(work, before, start, override.end)
    if opened and caller.role < Role.LEAD:
        raise Conflict(
            f"Then {opened[0].what} would be uncovered: {opened[0].why}.",
            "Ask for cover: /oncall cover. A lead can do it all the same.",
        )
    rota = Rota(work, start, override.end)
    line = change_line(rota, dropped)
    people = concerned(rota, dropped)
    tell(work, people, f"undone:{dropped.id}", (f"{caller.name} took back: ", *line, "."), but=(caller.id,))
    lines: list[Line] = [("Taken back: ", *line, ".")]
    return Card(
        lines=(*lines, *(gap.line for gap in opened)),
        tone=Tone.WARNING if opened else Tone.GOOD,
        data={"override": override_data(dropped), "gaps": len(opened)},
    )

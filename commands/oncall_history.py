"""/oncall history: what was changed of a rota for once, by whom, and what was taken back."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, Table, When
from bot.domain.people import Role
from bot.domain.rota import Change, Override, Schedule
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.oncall_changes import change_words
from commands.oncall_rota import Rota, asked, rota_ahead, span
from commands.spec import Caller, command

SHOWN = 20


@command(
    "oncall history",
    role=Role.VIEWER,
    writes=False,
    schedule="Which schedule; all of them if you give none",
    examples=("oncall history", "oncall history level3"),
)
def oncall_history(caller: Caller, work: UnitOfWork, *, schedule: Schedule | None = None) -> Card:
    """Show the changes of a rota: overrides, swaps and covers, with who made them and who took them back."""
    rota = rota_ahead(work, caller.now)
    changes = [change for name in asked(rota, schedule) for change in work.rota.changes(name, SHOWN)]
    newest = sorted(changes, key=lambda one: -one.id)[:SHOWN]
    rows = tuple(_row(rota, one) for one in newest)
    header = ("no.", "schedule", "when", "what", "by")
    return Card(
        title=(Strong("Changes of the rota"),),
        lines=() if rows else (("Nothing was changed: the rota runs as it is written.",),),
        table=Table(header, rows) if rows else None,
        data={"changes": [override_data(one) for one in newest]},
    )


def _row(rota: Rota, one: Override) -> tuple[Line, ...]:
    by: Line = (rota.name(one.by), ", ", When(one.made_at)) if one.made_at else (rota.name(one.by),)
    what: Line = (change_words(rota, one), f" ({one.reason})" if one.reason else "")
    if one.dropped_at is not None:
        what = (*what, f", taken back by {rota.name(one.dropped_by)} on ", When(one.dropped_at))
    return ((f"#{one.id}",), (one.schedule,), span(one.start, one.end), what, by)


def override_data(one: Override) -> dict[str, object]:
    return {
        "id": one.id,
        "schedule": one.schedule,
        "from": iso(one.start),
        "until": iso(one.end),
        "change": one.change.value,
        "person": one.person,
        "instead": one.instead if one.change is Change.REPLACE else "",
        "by": one.by,
        "reason": one.reason,
        "taken_back_by": one.dropped_by,
    }

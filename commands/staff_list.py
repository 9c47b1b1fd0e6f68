"""/staff list: who is at the desk."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, Table
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.spec import Caller, command
from commands.staff_changes import away_words, role_words, staff_data

_SHOWN = 100


@command("staff list", role=Role.VIEWER, writes=False, examples=("staff list",))
def staff_list(caller: Caller, work: UnitOfWork) -> Card:
    """List the people of the desk, with their roles and who is away."""
    everybody = sorted(work.people.all(), key=lambda one: (-one.role, one.id))
    rows: list[tuple[Line, ...]] = []
    for one in everybody[:_SHOWN]:
        accounts = ", ".join(sorted(one.accounts))
        rows.append(((one.id,), (one.name,), (role_words(one.role),), (accounts,), away_words(one, caller.now)))
    more: Line = (f"… and {len(everybody) - _SHOWN:,} more.",) if len(everybody) > _SHOWN else ()
    return Card(
        (Strong("Staff"),),
        table=Table(("short name", "name", "role", "accounts", "now"), tuple(rows)),
        lines=(more,) if more else (),
        data={"staff": [staff_data(one, caller.now) for one in everybody]},
    )

"""/partner list: who is in the Partner Network."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, Table, say
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.partner_changes import partner_data
from commands.partner_values import network
from commands.spec import Caller, command

_SHOWN = 100


@command("partner list", role=Role.VIEWER, writes=False, examples=("partner list",))
def partner_list(caller: Caller, work: UnitOfWork) -> Card:
    """List the partners that tickets can be referred to."""
    here = network(work)
    if not here:
        nobody = "The Partner Network is empty. A lead adds a partner: /partner add NAME --mail ADDRESS"
        return say(nobody, data={"partners": []})
    rows: list[tuple[Line, ...]] = []
    for one in here[:_SHOWN]:
        cells = (one.id, one.name, one.offers, one.contact, one.address or "by hand")
        rows.append(tuple((cell,) for cell in cells))
    more: Line = (f"… and {len(here) - _SHOWN:,} more.",) if len(here) > _SHOWN else ()
    return Card(
        (Strong("Partner Network"),),
        table=Table(("short name", "name", "offers", "customers reach them", "hand-overs go to"), tuple(rows)),
        lines=(more,) if more else (),
        data={"partners": [partner_data(one) for one in here]},
    )

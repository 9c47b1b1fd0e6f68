"""/partner show: what a partner does and how they are reached."""

from __future__ import annotations

from bot.cards import Card, Choice, Line, Strong, When
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import Partner
from commands.partner_changes import must_be_known, partner_data
from commands.spec import Caller, command

_RECENT = 3


@command(
    "partner show",
    role=Role.VIEWER,
    writes=False,
    partner="Which partner: a short name or a name",
    examples=("partner show north",),
)
def partner_show(caller: Caller, work: UnitOfWork, *, partner: Partner) -> Card:
    """Show a partner: what they do, how they are reached, where hand-overs go."""
    must_be_known(partner)
    parts = (
        ("Offers: ", partner.offers or "nobody has said"),
        ("Customers reach them: ", partner.contact or "nobody has said"),
        ("Hand-overs go to: ", partner.address or "nobody: they are sent by hand"),
    )
    lines: list[Line] = [(f"{title}{text}",) for title, text in parts]
    names = {staff.id: staff.name for staff in work.people.all()}
    for entry in work.memory.journal_of(f"partner:{partner.id}", _RECENT):
        lines.append((f"{entry.what.capitalize()} by {names.get(entry.by, entry.by)}, ", When(entry.at)))
    return Card(
        title=(Strong(partner.name), "  ", partner.id),
        lines=tuple(lines),
        choices=(Choice("Change…", "partner edit", {"partner": partner.id}, asks=("address", "offers", "contact")),),
        data=partner_data(partner),
    )

"""/partner add: somebody new in the Partner Network, or somebody who comes back to it."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, Tone
from bot.domain.people import Role
from bot.domain.short_names import slug
from bot.ports import UnitOfWork
from bot.ports.intake import Partner
from commands.naming import full_name, must_be_only_name, new_id
from commands.partner_changes import address_of, note, partner_data, partner_of_id, sentence
from commands.partner_values import network
from commands.spec import Caller, Text, command

_SAME_NAME = "To change it: /partner edit {id}. Another one of the same name needs an --id of its own."


@command(
    "partner add",
    role=Role.LEAD,
    name="The full name",
    mail="The mail address that hand-overs go to",
    offers="What they do, in a sentence that customers read",
    contact="How a customer reaches them: a telephone number, a page, an address",
    id="The short name people type; made from the full name if you give none",
    examples=(
        'partner add Southwind Hosting --id south --mail help@south.example --offers "mail servers, by the hour"',
    ),
)
def partner_add(
    caller: Caller,
    work: UnitOfWork,
    *,
    name: Text,
    mail: str = "",
    offers: str = "",
    contact: str = "",
    id: str = "",
) -> Card:
    """Add a partner to the Partner Network."""
    title = full_name(name, work)
    if not id:
        must_be_only_name(title, network(work), _SAME_NAME)
    gone = _who_left(work, title, id)
    own = gone.id if gone else new_id(id, slug(title), "partner", lambda wanted: partner_of_id(work, wanted))
    partner = Partner(own, title, address_of(mail), sentence(offers, "--offers"), sentence(contact, "--contact"), None)
    work.partners.save(partner)
    note(caller, work, partner, "came back" if gone else "added", data=partner_data(partner))
    said = "is in the Partner Network again" if gone else "is in the Partner Network now"
    lines: tuple[Line, ...] = (
        (Strong(title), f" {said}: {own}. To refer a ticket: /ticket refer NUMBER --partner {own}"),
    )
    if not partner.address:
        lines += ((f"No hand-over can be sent to them yet: /partner edit {own} --mail ADDRESS",),)
    return Card(lines=lines, tone=Tone.GOOD, data=partner_data(partner))


def _who_left(work: UnitOfWork, name: str, id: str) -> Partner | None:
    """The one of that short name, or else of that name, who was in the network before."""
    left = [one for one in work.partners.all() if one.left_at is not None]
    if id:
        return next((one for one in left if one.id == id.strip().casefold()), None)
    return next((one for one in left if one.name.casefold() == name.casefold()), None)

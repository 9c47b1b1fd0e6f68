"""/partner edit: what is not named stays as it is."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from bot.cards import Card, Strong, Tone, say
from bot.domain.errors import BadValue
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import Partner
from commands.naming import full_name
from commands.partner_changes import address_of, must_be_known, note, partner_data, sentence
from commands.spec import BLANK, Caller, Text, command

NONE = "none"


@command(
    "partner edit",
    role=Role.LEAD,
    partner="Which partner",
    name="The full name",
    mail="The mail address that hand-overs go to; “none” for none",
    offers="What they do, in a sentence that customers read; “none” for none",
    contact="How a customer reaches them; “none” for none",
    examples=('partner edit north --contact "+1 416 555 0142, north.example/help"',),
)
def partner_edit(
    caller: Caller,
    work: UnitOfWork,
    *,
    partner: Partner,
    name: Text = BLANK,
    mail: str = "",
    offers: str = "",
    contact: str = "",
) -> Card:
    """Change a partner's name, address, offer or contact."""
    must_be_known(partner)
    changes: dict[str, Any] = {}
    if name:
        changes["name"] = full_name(name, work)
    if mail:
        changes["address"] = "" if _none(mail) else address_of(mail)
    if offers:
        changes["offers"] = "" if _none(offers) else sentence(offers, "--offers")
    if contact:
        changes["contact"] = "" if _none(contact) else sentence(contact, "--contact")
    if not changes:
        raise BadValue("Nothing was given to change.", f"For example: /partner edit {partner.id} --mail ADDRESS")
    after = replace(partner, **changes)
    changed = [f.name for f in fields(Partner) if getattr(partner, f.name) != getattr(after, f.name)]
    if not changed:
        return say(f"{after.name} is so already.", data=partner_data(after))
    work.partners.save(after)
    note(caller, work, after, "edited", was=partner_data(partner), now=partner_data(after))
    told = "; ".join(
        f"{name}: {getattr(after, name) or NONE} (was {getattr(partner, name) or NONE})" for name in changed
    )
    return say(Strong(after.name), f" is changed. {told}.", tone=Tone.GOOD, data=partner_data(after))


def _none(text: str) -> bool:
    return text.casefold() == NONE

"""What the commands about partners share: names that nobody has yet, a line in the journal, a partner as data."""

from __future__ import annotations

from typing import Any

from bot.domain.customers import address as mail_address
from bot.domain.errors import BadValue, NotFound
from bot.ports import Entry, UnitOfWork
from bot.ports.intake import Partner
from commands.spec import Caller

_LONGEST = 1000


def partner_of_id(work: UnitOfWork, id: str) -> Partner | None:
    """The partner of that very short name, also one who has left."""
    try:
        return work.partners.get(id)
    except NotFound:
        return None


def must_be_known(partner: Partner) -> None:
    """Raises NotFound for one that is only a name."""
    if not partner.id:
        raise NotFound(f"There is no partner “{partner.name}”.", "The Partner Network is empty: /partner add NAME")


def note(caller: Caller, work: UnitOfWork, partner: Partner, what: str, **data: Any) -> None:
    """Write a change of the network into the journal."""
    work.memory.journal(Entry(caller.now, caller.id, f"partner:{partner.id}", what, data))


def address_of(text: str) -> str:
    """The address that hand-overs go to, "" for none. Raises BadValue."""
    return mail_address(text) if text else ""


def sentence(text: str, option: str) -> str:
    """What a partner offers or how they are reached, on one line. Raises BadValue."""
    line = " ".join(text.split())
    if len(line) > _LONGEST:
        raise BadValue(f"{option} has {len(line):,} characters; the desk takes up to {_LONGEST:,}.")
    return line


def partner_data(partner: Partner) -> dict[str, Any]:
    """A partner for programs."""
    return {
        "partner": partner.id,
        "name": partner.name,
        "address": partner.address,
        "offers": partner.offers,
        "contact": partner.contact,
        "left": partner.left_at is not None,
    }

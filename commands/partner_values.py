"""Partners as they are typed and named: those of the Partner Network, or, while it is empty, anybody by name."""

from __future__ import annotations

from bot.domain.errors import BadValue, NotFound, Refusal
from bot.ports import UnitOfWork
from bot.ports.intake import Partner
from commands.spec import Caller, Param


def network(work: UnitOfWork) -> list[Partner]:
    """The partners of today, by short name."""
    return [one for one in work.partners.all() if one.left_at is None]


def partner_named(work: UnitOfWork, text: str) -> Partner:
    """By short name, name or a unique beginning. While there is no network, any name is a partner's without a short
    name, who is told by hand. Raises NotFound, with the nearest name, or BadValue."""
    wanted = " ".join(text.split())
    if not network(work):
        return Partner("", wanted)
    return work.partners.find(wanted)


def called(work: UnitOfWork, kept: str) -> str:
    """The name of the partner that a customer was given, also of one who has left since; "" for none."""
    if not kept:
        return ""
    folded = kept.casefold()
    return next((one.name for one in work.partners.all() if folded in (one.id, one.name.casefold())), kept)


def kept_as(partner: Partner) -> str:
    """How a customer's record names a partner: by the short name, which stays when the name changes."""
    return partner.id or partner.name


def read_partner(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Partner:
    longest = work.promises.policy.limits.subject
    if len(text) > longest:
        raise BadValue(f"{param.option} has {len(text):,} characters; the desk takes up to {longest:,}.")
    return partner_named(work, text)


def default_partner(work: UnitOfWork, kept: str, ticket: int) -> Partner:
    """The partner that a customer was given. Raises Refusal where there is none, or they have left the network."""
    if not kept:
        raise BadValue(
            "Which partner? The customer has none of their own.", f"/ticket refer {ticket} --partner {_example(work)}"
        )
    try:
        return partner_named(work, kept)
    except Refusal as refusal:
        name = called(work, kept)
        hint = f"/ticket refer {ticket} --partner {_example(work)}"
        raise NotFound(f"The customer's partner {name} is not in the Partner Network.", refusal.hint or hint) from None


def _example(work: UnitOfWork) -> str:
    here = network(work)
    return here[0].id if len(here) == 1 else "NAME"

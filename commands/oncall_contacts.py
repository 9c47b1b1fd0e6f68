"""/oncall contacts: how somebody is reached, whether it counts, and in which order it is tried."""

from __future__ import annotations

from bot.cards import Card, Choice, Line, Strong, Table, Tone, When
from bot.domain.contacts import CALL, DEFAULT_PLAN, IMPORTANT_PLAN, SERVICE, Contact
from bot.domain.errors import NotAllowed
from bot.domain.people import Role, Staff
from bot.domain.phone_numbers import shown
from bot.domain.reaching import plan_words
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.coverage import doubt
from commands.spec import Caller, command


@command(
    "oncall contacts",
    writes=False,
    person="Whose, if they are not yours (for leads)",
    examples=("oncall contacts", "oncall contacts bob"),
)
def oncall_contacts(caller: Caller, work: UnitOfWork, *, person: Staff | None = None) -> Card:
    """Show how you are reached, and what of it counts."""
    who = person or caller.staff
    if who is None or (who.id != caller.id and caller.role < Role.LEAD):
        raise NotAllowed("Only a lead can look at somebody else's contacts.", "Yours: /oncall contacts")
    mine = who.id == caller.id
    contacts = work.contacts.of(who.id)
    rows = [((platform,), (f"@{account}",), ("counts",)) for platform, account in sorted(who.accounts.items())]
    table = Table(
        ("kind", "address", "no.", "state"),
        (
            *((kind, address, ("-",), state) for kind, address, state in rows),
            *(((one.kind,), (shown_to(one, mine),), (f"{one.id}",), _state(one)) for one in contacts),
        ),
    )
    words = doubt(who, contacts)
    lines: list[Line] = [(f"{name}: {plan}",) for name, plan in plans(work, who.id).items()]
    if words:
        cure = (
            "To add a phone: /oncall contact call +14165550123" if mine else "They add one: /oncall contact call NUMBER"
        )
        lines.append((f"{who.name}{words}: that is no cover. {cure}",))
    return Card(
        title=(Strong("Your contacts" if mine else f"The contacts of {who.name}"),),
        lines=tuple(lines),
        table=table,
        choices=(Choice("Add one…", "oncall contact"), Choice("Ring me now", "oncall test")) if mine else (),
        tone=Tone.WARNING if words else Tone.PLAIN,
        data={
            "person": who.id,
            "covers": not words,
            "contacts": [contact_data(one, whole=mine) for one in contacts],
            "plans": plans(work, who.id),
        },
    )


def plans(work: UnitOfWork, person: str) -> dict[str, str]:
    """Both plans as they are typed."""
    important = work.contacts.plan(person, important=True) or IMPORTANT_PLAN
    usual = work.contacts.plan(person, important=False) or DEFAULT_PLAN
    return {"important": plan_words(important), "default": plan_words(usual)}


def shown_to(one: Contact, mine: bool) -> str:
    """Its address, with parts left out for others; a service's URL is a secret."""
    if one.kind == SERVICE:
        return one.address.partition("://")[0] + "://…"
    if mine or not one.address.startswith("+"):
        return one.address
    return shown(one.address)


def _state(one: Contact) -> Line:
    if one.refused:
        return (f"refused: {one.refused}",)
    if one.verified_at is None:
        return ("not verified",)
    if one.kind == CALL and one.test_passed is False:
        return ("missed the last test, ", When(one.tested_at)) if one.tested_at else ("missed the last test",)
    if one.test_passed and one.tested_at:
        return ("counts; tested ", When(one.tested_at, "date"))
    return ("counts",)


def contact_data(one: Contact, *, whole: bool = True) -> dict[str, object]:
    """A contact for programs, without its code; a service's URL is a secret."""
    return {
        "id": one.id,
        "person": one.person,
        "kind": one.kind,
        "address": shown_to(one, whole),
        "verified": one.verified_at is not None,
        "covers": one.covers,
        "refused": one.refused,
        "tested_at": iso(one.tested_at),
        "test_passed": one.test_passed,
        "language": one.language,
    }

"""/page: call the on-call engineer for a ticket, or one colleague by name; `/page 42 …` and `/page @kim …` say it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.cards import Card, Line, Tone, When
from bot.domain.entitlement import Entitlement
from bot.domain.errors import BadValue, Conflict, NotOwed
from bot.domain.paging import Page, Trigger
from bot.domain.people import Role, Staff
from bot.domain.policy import Way
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.page_ends import being_called
from commands.paging import start_page
from commands.phone_credit import spend
from commands.record import owed_by
from commands.spec import BLANK, Caller, Text, command


@command(
    "page start",
    what="A ticket (42), or a colleague (@kim)",
    reason="Why, for whoever is called",
    credit="Use one of the customer's per-incident credits; it lasts for the whole ticket",
    approved_by="Who approved the credit; it is recorded",
    asks=("reason",),
    default=True,
    examples=("page start 1", "page start @bob the server room is hot"),
)
def page_start(
    caller: Caller,
    work: UnitOfWork,
    *,
    what: str,
    reason: Text = BLANK,
    credit: bool = False,
    approved_by: str = "",
) -> Card:
    """Call the on-call engineer for a ticket, or a colleague."""
    digits = what.strip().removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        return _for_ticket(caller, work, work.tickets.get(int(digits)), reason, credit, approved_by)
    if credit or approved_by:
        raise BadValue("A credit is for a ticket, and a colleague costs none.", "/page 42 --credit --approved-by NAME")
    return _for_person(caller, work, work.people.find(what.strip().removeprefix("@")), reason)


def _for_ticket(caller: Caller, work: UnitOfWork, ticket: Ticket, reason: str, credit: bool, approved_by: str) -> Card:
    ticket.must_be_open()
    owed = owed_by(work, ticket, caller.now)
    spent: Line = ()
    data: dict[str, Any] = {}
    if credit and not ticket.phone_credit:
        if not approved_by.strip():
            raise BadValue(
                "A credit needs somebody who approved it.", f"/page {ticket.number} --credit --approved-by NAME"
            )
        spent = (spend(caller, work, owed, ticket.number, approved_by),)
        data = {"credit": True, "approved_by": approved_by}
    elif not ticket.phone_credit and Way.TELEPHONE not in owed.ways:
        raise _not_owed(owed, work, ticket.number)
    page = start_page(
        work,
        trigger=Trigger.STAFF,
        reason=reason,
        by=caller.id,
        now=caller.now,
        ticket=ticket,
        **data,
    )
    joined = page.ticket != ticket.number or (page.started_at, page.started_by) != (caller.now, caller.id)
    first = f"#{ticket.number} is part of page {page.id} already: " if joined and not page.repaged else ""
    return _answer(work, page, first, spent, caller.now)


def _for_person(caller: Caller, work: UnitOfWork, person: Staff, reason: str) -> Card:
    if person.has_left:
        raise Conflict(f"{person.name} has left the desk.", "/page 42 calls whoever is on call for a ticket.")
    if person.role < Role.STAFF:
        raise Conflict(f"{person.name} is a {person.role.title} and cannot take a page.", "/staff list")
    if person.is_away(caller.now):
        raise Conflict(f"{person.name} is away, and away people are not called.", "/oncall who")
    if not reason.strip():
        raise BadValue(f"Say why {person.name} is called.", f"/page @{person.id} the server room is hot")
    page = start_page(work, trigger=Trigger.STAFF, reason=reason, by=caller.id, now=caller.now, person=person.id)
    reached = person.name in being_called(work, page)
    first = "" if reached else f"{person.name} has no contact that counts: "
    return _answer(work, page, first, (), caller.now)


def _answer(work: UnitOfWork, page: Page, first: str, spent: Line, now: datetime) -> Card:
    names = listed(being_called(work, page))
    verb = "are" if " and " in names else "is"
    told = f"{names} {verb} being called now" if names else "nobody is on call, so the alarm went to the alerts channel"
    told = told if first else told[:1].upper() + told[1:]
    line: Line = (f"{first}{told} (page {page.id}).",)
    until: Line = ("The chain ends before ", When(page.deadline), ".") if page.deadline is not None and names else ()
    more = tuple(part for part in (spent, until) if part)
    return Card(
        lines=(line, *more, (f"/page show {page.id}",)),
        tone=Tone.GOOD if names and page.loud_at is None else Tone.WARNING,
        ticket=page.ticket,
        data={"page": page.id, "ticket": page.ticket, "calling": list(being_called(work, page))},
    )


def _not_owed(owed: Entitlement, work: UnitOfWork, number: int) -> NotOwed:
    """Kindly: what is owed, what would help, and what can be done now."""
    instead = f"You can reply by mail now: /ticket reply {number}. A colleague: /page @NAME reason"
    if owed.customer is None:
        return NotOwed(
            f"#{number} has no customer, so nobody's telephone support covers it.",
            f"Say whose it is: /ticket customer {number} NAME. {instead}",
        )
    customer = owed.customer
    includes = [one for one in work.promises.policy.levels if Way.TELEPHONE in one.ways]
    with_level = f"with {min(includes, key=lambda one: one.rank).title}, or " if includes else ""
    if customer.phone_credits:
        how = f"{customer.phone_credits} left: /page {number} --credit --approved-by NAME"
    else:
        how = f"none left: /customer credit {customer.id} --add 1 --approved-by NAME"
    return NotOwed(
        f"{customer.name} is on {owed.level.title}: {owed.ways_in_words}. Being called comes {with_level}as a "
        f"per-incident credit ({how}).",
        instead,
    )

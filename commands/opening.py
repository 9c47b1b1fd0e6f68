"""Opening: a ticket comes into being, whoever asked for it, with what its customer is owed and by when."""

from __future__ import annotations

from typing import Any

from bot.cards import Line
from bot.domain.customers import Customer
from bot.domain.entitlement import entitlement
from bot.domain.errors import BadValue, Conflict
from bot.domain.paging import Trigger
from bot.domain.policy import ClockKind, SupportLevel
from bot.domain.ticket import Priority, Ticket
from bot.ports import Anchoring, UnitOfWork
from commands.floods import must_have_room, must_not_flood
from commands.page_decisions import decided, decision_on, only_vouched
from commands.paging import on_opened
from commands.record import record_opened, today
from commands.referring import tell_that_it_is_referred
from commands.spec import Caller
from commands.ticket_tag import tidy


def open_ticket(
    caller: Caller,
    work: UnitOfWork,
    *,
    subject: str,
    customer: Customer | None = None,
    text: str = "",
    level: SupportLevel | None = None,
    priority: Priority = Priority.NORMAL,
    category: str = "",
    requester: str = "",
    tags: tuple[str, ...] = (),
    reason: str = "",
    unverified: bool = False,
    **data: Any,
) -> tuple[Ticket, Line]:
    """The new ticket, and what its opener is told of who is called; `requester` is an address in lower case. `data`
    goes into the history with it.

    Raises TooMuch past the limits against floods, Conflict where the message that is spoken of stands for a ticket
    already, BadValue for an empty subject.
    """
    _must_be_new(caller, work)
    policy = work.promises.policy
    title, story = _titled(subject, text, policy.limits.subject)
    if customer is None and requester:
        customer = work.customers.of_address(requester)
    must_not_flood(work, customer, caller.now, unverified=unverified)
    if customer is not None:
        must_have_room(work, customer, unverified=unverified)
    owed = entitlement(customer, policy, today(work, caller.now))
    held = (level or owed.level).name
    decision = decision_on(
        work, Trigger.OPENED, lambda: owed, caller.now, level=held, priority=priority.value, category=category
    )
    decision = only_vouched(decision, unverified)
    ticket = record_opened(
        caller,
        work,
        reason,
        subject=title,
        text=story,
        level=held,
        customer=customer.id if customer else None,
        requester=requester or (customer.contact if customer else ""),
        priority=priority.value,
        category=category,
        tags=tidy(tags),
        starts=[ClockKind.FIRST_RESPONSE.value, ClockKind.RESOLUTION.value],
        **({"unverified": True} if unverified else {}),
        **decided(decision),
        **data,
    )
    _stands_for(caller, work, ticket)
    if owed.referred:
        tell_that_it_is_referred(work, ticket, owed)
    called = on_opened(caller, work, ticket, decision) if decision is not None else ()
    return work.tickets.get(ticket.number), called


def _titled(subject: str, text: str, longest: int) -> tuple[str, str]:
    """A subject of one line that fits; what does not fit goes to the text, so that nothing typed is lost."""
    first, _, more = subject.strip().partition("\n")
    title = " ".join(first.split())
    if not title:
        raise BadValue("The subject is empty.", 'Say what is wrong in a sentence: /ticket open "printer on fire"')
    if len(title) > longest:
        return title[: longest - 1] + "…", "\n\n".join(part for part in (subject.strip(), text) if part)
    return title, "\n\n".join(part for part in (more.strip(), text) if part)


def _must_be_new(caller: Caller, work: UnitOfWork) -> None:
    """Raises Conflict where the message that is spoken of stands for a ticket already."""
    speaker = caller.speaker
    known = work.tickets.anchored(speaker.platform, speaker.message) if speaker.message else None
    if known is not None:
        raise Conflict(f"There is a ticket of that message already: #{known}.", f"/ticket show {known}")


def _stands_for(caller: Caller, work: UnitOfWork, ticket: Ticket) -> None:
    """The message that it was opened by stands for it: what is said below that is said of the ticket."""
    speaker = caller.speaker
    if speaker.message:
        work.tickets.anchor(ticket.number, speaker.platform, speaker.message, Anchoring.SOURCE)

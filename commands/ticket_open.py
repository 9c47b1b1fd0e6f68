"""/ticket open: bring a ticket into being, with what its customer is owed and by when."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Choice
from bot.domain.customers import Customer, address
from bot.domain.entitlement import entitlement
from bot.domain.errors import BadValue, Conflict
from bot.domain.paging import Trigger
from bot.domain.policy import ClockKind, SupportLevel
from bot.domain.ticket import Priority, Ticket
from bot.ports import Anchoring, UnitOfWork
from commands.answers import done
from commands.floods import must_have_room, must_not_flood
from commands.paging import decided, decision_on, on_opened
from commands.record import card_of, record_opened, today
from commands.spec import BLANK, NO_CATEGORY, Caller, Category, Text, command
from commands.ticket_customer import strange_address
from commands.ticket_tag import tidy


@command(
    "ticket open",
    subject="What is wrong, in a sentence",
    customer="Whose it is: a name, short name or mail address",
    text="The whole story, if there is more to say",
    level="The support level, where it is not what the customer is owed",
    priority="How urgent it is to the desk",
    category="What kind of trouble it is",
    requester="The mail address that answers go to",
    tags="Words to find it by, with commas",
    reason="Why it is opened this way",
    asks=("customer",),
    examples=("ticket open printer on fire --customer acme", 'ticket open "no mail" --customer acme --priority high'),
)
def ticket_open(
    caller: Caller,
    work: UnitOfWork,
    *,
    subject: Text,
    customer: Customer | None = None,
    text: Text = BLANK,
    level: SupportLevel | None = None,
    priority: Priority = Priority.NORMAL,
    category: Category = NO_CATEGORY,
    requester: str = "",
    tags: tuple[str, ...] = (),
    reason: Text = BLANK,
) -> Card:
    """Open a ticket."""
    _must_be_new(caller, work)
    policy = work.promises.policy
    title, story = _titled(subject, text, policy.limits.subject)
    wrote = address(requester) if requester else ""
    if customer is None and wrote:
        customer = work.customers.of_address(wrote)
    must_not_flood(work, customer, caller.now)
    if customer is not None:
        must_have_room(work, customer)
    owed = entitlement(customer, policy, today(work, caller.now))
    held = (level or owed.level).name
    decision = decision_on(
        work, Trigger.OPENED, owed, caller.now, level=held, priority=priority.value, category=category
    )
    ticket = record_opened(
        caller,
        work,
        reason,
        subject=title,
        text=story,
        level=held,
        customer=customer.id if customer else None,
        requester=wrote or (min(customer.addresses, default="") if customer else ""),
        priority=priority.value,
        category=category,
        tags=tidy(tags),
        starts=[ClockKind.FIRST_RESPONSE.value, ClockKind.RESOLUTION.value],
        **decided(decision),
    )
    _stands_for(caller, work, ticket)
    called = on_opened(caller, work, ticket, decision) if decision is not None else ()
    card = _shown(caller, work, work.tickets.get(ticket.number))
    if called:
        card = card.and_lines(called)
    if wrote and (strange := strange_address(work, ticket)):
        card = card.and_lines(strange)
    if customer is None:
        whose = Choice("Whose is it?", "ticket customer", {"ticket": ticket.number})
        hint = (f"It has no customer yet: /ticket customer {ticket.number} NAME",)
        return replace(card, lines=(*card.lines, hint), choices=(*card.choices, whose))
    return card


def _shown(caller: Caller, work: UnitOfWork, ticket: Ticket) -> Card:
    """The card; or, where everybody sees that at once, that it is there."""
    if caller.speaker.at_cards:
        return done(work, ticket, f"#{ticket.number} {ticket.subject} is open: its card is in this channel.")
    return card_of(work, ticket, caller.now)


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

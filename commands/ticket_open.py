"""/ticket open: bring a ticket into being, with what its customer is owed and by when."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Choice
from bot.domain.customers import Customer, address
from bot.domain.policy import SupportLevel
from bot.domain.ticket import Priority, Ticket
from bot.ports import UnitOfWork
from commands.answers import done
from commands.opening import open_ticket
from commands.record import card_of
from commands.spec import BLANK, NO_CATEGORY, Caller, Category, Text, command
from commands.ticket_customer import strange_address


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
    wrote = address(requester) if requester else ""
    ticket, called = open_ticket(
        caller,
        work,
        subject=subject,
        customer=customer,
        text=text,
        level=level,
        priority=priority,
        category=category,
        requester=wrote,
        tags=tags,
        reason=reason,
    )
    card = _shown(caller, work, ticket)
    if called:
        card = card.and_lines(called)
    if wrote and (strange := strange_address(work, ticket)):
        card = card.and_lines(strange)
    if ticket.customer is None:
        whose = Choice("Whose is it?", "ticket customer", {"ticket": ticket.number})
        hint = (f"It has no customer yet: /ticket customer {ticket.number} NAME",)
        return replace(card, lines=(*card.lines, hint), choices=(*card.choices, whose))
    return card


def _shown(caller: Caller, work: UnitOfWork, ticket: Ticket) -> Card:
    """The card; or, where everybody sees that at once, that it is there."""
    if caller.speaker.at_cards:
        return done(work, ticket, f"#{ticket.number} {ticket.subject} is open: its card is in this channel.")
    return card_of(work, ticket, caller.now)

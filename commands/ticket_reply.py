"""/ticket reply: the one verb that reaches the customer; it says to whom it went."""

from __future__ import annotations

from bot.cards import Card, Line, Strong
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import Kind, News, UnitOfWork, Urgency
from commands.answers import answering, clock_lines, cut, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command
from commands.ticket_customer import strange_address


def _foreword(work: UnitOfWork, ticket: Ticket) -> Line:
    """Who will read it, before a word is written."""
    if not ticket.requester:
        return (_by_hand(ticket),)
    if strange := strange_address(work, ticket):
        return strange
    whose = f" ({work.customers.get(ticket.customer).name})" if ticket.customer else ""
    return (f"What you write goes to the customer: {ticket.requester}{whose}.",)


@command(
    "ticket reply",
    ticket="Which ticket",
    text="What the customer is told",
    wait="Then wait for the customer: the clocks stop until they speak",
    reason="Why, for the history",
    foreword=_foreword,
    examples=("ticket reply 1 the printer is back, please try again", 'ticket reply 1 "Which model is it?" --wait'),
)
def ticket_reply(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, text: Text, wait: bool = False, reason: Text = BLANK
) -> Card:
    """Answer the customer by mail."""
    ticket.must_be_open()
    number, to = ticket.number, ticket.requester
    answer = answering(caller, work, ticket, "reply")
    ticket = record(caller, work, ticket, Deed.REPLIED, reason, text=text, to=to, **answer)
    letter = letter_to(ticket, text)
    if to:
        key = letter_key(number, ticket.seq)
        work.outbox.post(News(Kind.LETTER, f"mail:{to}", letter, key, Urgency.REPLY, number))
    line = f"{caller.name} replied on #{number} {ticket.subject}: {cut(text, 200)}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    if wait:
        ticket = record(caller, work, ticket, Deed.WAITING, reason)
    sent: Line = (f"Your reply goes to {to}.",) if to else (_by_hand(ticket),)
    sent = strange_address(work, ticket) or sent
    turn: Line = ("Now it waits for the customer; what they say next starts the clocks again.",) if wait else ()
    return done(work, ticket, *sent, more=(turn, *clock_lines(work, ticket, caller.now)), sent_to=to or None)


def letter_key(number: int, seq: int) -> str:
    """The name of the letter that this line of the ticket's history sent."""
    return f"reply:{number}:{seq}"


def letter_to(ticket: Ticket, text: str) -> Card:
    """The letter: its title is the subject, its first line says to whom it goes."""
    title = (Strong(f"Re: {ticket.subject} [#{ticket.number}]"),)
    return Card(title=title, lines=((f"To: {ticket.requester}",), (text,)), ticket=ticket.number)


def _by_hand(ticket: Ticket) -> str:
    return (
        f"#{ticket.number} has no mail address to answer to, so this is kept on the ticket and nothing was sent: "
        "send it by hand. To set the address: /ticket customer "
        f"{ticket.number} {ticket.customer or 'NAME'} --requester ADDRESS"
    )

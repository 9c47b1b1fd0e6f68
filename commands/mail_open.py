"""/mail open: mail that waits becomes a ticket, or a part of one, because a person says so."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Line
from bot.domain.customers import Customer, address
from bot.domain.errors import BadValue, Conflict, NotAllowed
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.ports.intake import Mail, MailState
from commands.answers import clock_lines, done
from commands.customer_changes import note, save
from commands.intake import Words, caller_of
from commands.mail_intake import NO_SUBJECT, NO_WORDS, WAY, on_ticket, put_on, with_receipt
from commands.mail_kept import files_kept
from commands.mail_notices import decided
from commands.opening import open_ticket
from commands.spec import Caller, command

_MAY_BE = (MailState.HELD, MailState.DROPPED, MailState.REFUSED)
"""What may be opened: also what was dropped or refused by mistake."""


@command(
    "mail open",
    role=Role.STAFF,
    mail="Its number, as /mail held names it",
    customer="Whose it is; without it the customer of the sender's address, or nobody's yet",
    ticket="The ticket that it belongs to, instead of a new one",
    remember="Whether the sender's address is the customer's from now on; for lead and above",
    asks=("customer", "ticket", "remember"),
    examples=("mail open 1 --customer acme", "mail open 1 --customer acme --remember", "mail open 1 --ticket 1"),
)
def mail_open(
    caller: Caller,
    work: UnitOfWork,
    *,
    mail: int,
    customer: Customer | None = None,
    ticket: Ticket | None = None,
    remember: bool = False,
) -> Card:
    """Open a ticket of mail that waits, or put it on one."""
    found = work.mails.get(mail)
    _must_be_open_to(found)
    words = _words(found)
    whose = customer or work.customers.of_address(found.sender)
    if ticket is not None and ticket.customer:
        whose = work.customers.get(ticket.customer)
        if customer is not None and customer.id != whose.id:
            raise BadValue(f"#{ticket.number} is {whose.name}'s, not {customer.name}'s.")
    if remember and caller.role < Role.LEAD:
        raise NotAllowed(
            f"To change a customer's addresses is for lead and above; {caller.name} has the role {caller.role.title}.",
            "Without it the message is let in all the same, and the address is nobody's yet.",
        )
    remembered = _remembered(caller, work, found, whose) if remember else ()
    if ticket is not None:
        return _added(caller, work, found, words, ticket, remembered)
    return _opened(caller, work, found, replace(words, customer=whose), remembered)


def _opened(caller: Caller, work: UnitOfWork, found: Mail, words: Words, remembered: Line) -> Card:
    """Whoever opens it vouches for it: it is as good as any ticket, and who must be called for it is called."""
    ticket, called = open_ticket(
        caller_of(words, caller.now),
        work,
        subject=words.subject,
        customer=words.customer,
        text=words.text,
        requester=words.who,
        reason=_let_in(caller),
        name=words.name,
    )
    dropped = found.state is MailState.DROPPED
    found = replace(on_ticket(found, ticket.number, 1), reason=_let_in(caller))
    # A machine is told of nothing.
    found = found if dropped else with_receipt(work, found, ticket, caller.now)
    work.mails.save(found)
    decided(work, found)
    whose = f"for {words.customer.name}" if words.customer else "for nobody yet"
    unknown: Line = () if words.customer else (f"Whose is it? /ticket customer {ticket.number} NAME",)
    more = (unknown, remembered, *clock_lines(work, ticket, caller.now), called)
    return done(work, ticket, f"#{ticket.number} {ticket.subject} is open {whose}.", more=more, mail=found.id)


def _added(caller: Caller, work: UnitOfWork, found: Mail, words: Words, ticket: Ticket, remembered: Line) -> Card:
    found = put_on(work, found, words, ticket, caller.now, reason=_let_in(caller))
    found = replace(found, reason=_let_in(caller))
    work.mails.save(found)
    decided(work, found)
    after = work.tickets.get(found.ticket or ticket.number)
    more = (remembered, *clock_lines(work, after, caller.now))
    return done(work, after, f"Mail {found.id} is written down on #{after.number}.", more=more, mail=found.id)


def _let_in(caller: Caller) -> str:
    return f"{caller.name} let the message in"


def _remembered(caller: Caller, work: UnitOfWork, found: Mail, customer: Customer | None) -> Line:
    if customer is None:
        raise BadValue("Whose is the address?", f"/mail open {found.id} --customer NAME --remember")
    known = address(found.sender)
    if known in customer.addresses:
        return (f"{known} is {customer.name}'s already.",)
    after = replace(customer, addresses=(*customer.addresses, known))
    save(caller, work, customer, after)
    note(caller, work, after, "edited", was={"addresses": list(customer.addresses)}, now={"added": known})
    return (f"{known} is {customer.name}'s from now on.",)


def _words(found: Mail) -> Words:
    files = files_kept(found)
    return Words(
        WAY,
        found.sender,
        str(found.data.get("text") or ("" if files else NO_WORDS)),
        subject=found.subject.strip() or NO_SUBJECT,
        name=str(found.data.get("name") or ""),
        files=files,
    )


def _must_be_open_to(found: Mail) -> None:
    if found.state in _MAY_BE:
        return
    if found.ticket is not None:
        by = f": {found.reason}" if found.reason else ""
        raise Conflict(f"Mail {found.id} is a part of #{found.ticket} already{by}.", f"/ticket show {found.ticket}")
    raise Conflict(f"Mail {found.id} is no message of a customer's.", "/mail held")

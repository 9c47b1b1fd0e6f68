"""Telling that a subscription ends: the desk in its channel, the customer by letter, each warning once."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, Choice, Line, Part, Strong, Tone, When
from bot.domain import agenda
from bot.domain.customers import Customer
from bot.domain.expiry import ExpiryWarning, warnings, warnings_due
from bot.domain.ticket import OPEN_STATES
from bot.ports import DESK, Kind, News, TicketFilter, UnitOfWork
from bot.ports.intake import Reminder
from bot.views.expiry_words import after_words, day_words, expiry_values, loses_telephone, title_words
from commands.arming import EXPIRY, due_of, morning_of, subject_of
from commands.letters import Letter, post_letter
from commands.partner_values import called
from commands.record import today

_SHOWN = 5


def look_at_expiry(work: UnitOfWork, reminder: Reminder, now: datetime) -> None:
    """Tell the newest warning of each ending that has come, and arm the next."""
    customer = work.customers.look(reminder.subject.partition(":")[2])
    since = morning_of(work, reminder.since)
    told = warnings(customer, work.promises.policy, work.promises.hours.hours, today(work, since))
    for warning in warnings_due(told, since, now):
        _tell(work, customer, warning, now)
    work.reminders.arm(subject_of(customer), due_of(work, customer, now, (EXPIRY,)))


def _tell(work: UnitOfWork, customer: Customer, warning: ExpiryWarning, now: datetime) -> None:
    policy, ending, day = work.promises.policy, warning.ending, today(work, now)
    key = f"expiry:{customer.id}:{ending.last.isoformat()}:{warning.days}"
    title = title_words(customer, ending, day)
    to = customer.contact
    values = expiry_values(customer, policy, ending, day)
    values["partner"] = called(work, customer.partner)
    if to:
        subject = f"Your support for {values['products']} {'ended' if values['over'] else 'ends'} {values['when']}"
        post_letter(work, Letter.EXPIRY, to, key, values, subject=subject, text=title)
    phone: Line = ("The telephone is no longer owed then.",) if loses_telephone(customer, policy, ending) else ()
    written = f"A letter to {to} tells them." if to else "They have no mail address, so nobody has written to them."
    lines: tuple[Line, ...] = (
        (f"Until {day_words(ending.last)}: {ending.before.level.title}, {ending.before.ways_in_words}.",),
        (f"{after_words(customer, policy, ending)}.",),
        phone,
        open_tickets(work, customer),
        (written,),
    )
    card = Card(
        title=(Strong(title),),
        lines=tuple(line for line in lines if line),
        choices=(
            Choice("Subscribe…", "customer subscribe", {"customer": customer.id}, asks=("start", "end", "phone")),
            Choice("Show the customer", "customer show", {"customer": customer.id}),
        ),
        tone=Tone.WARNING,
        data={"customer": customer.id, "last": ending.last.isoformat(), "days": warning.days},
    )
    work.outbox.post(News(Kind.NOTICE, DESK, card, key))


def open_tickets(work: UnitOfWork, customer: Customer) -> Line:
    """The customer's open tickets and by when something is promised on each: what is at risk."""
    wanted = TicketFilter(states=OPEN_STATES, customer=customer.id, limit=_SHOWN)
    tickets = work.tickets.find(wanted)
    if not tickets:
        return ("They have no open tickets.",)
    parts: list[Part] = ["Open tickets: "]
    for ticket in tickets:
        due = agenda.due(ticket, work.promises)
        parts.append(f"{'' if len(parts) == 1 else '; '}#{ticket.number} {ticket.subject} (Level {ticket.level}")
        parts += [")"] if due is None else [", due ", When(due), ")"]
    left = work.tickets.count(wanted) - len(tickets)
    return (*parts, f"; and {left:,} more." if left > 0 else ".")

"""Write down a deed: history, the ticket it makes, its timers and its card, in one place for every verb."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.cards import Card, Line, When
from bot.domain.entitlement import Entitlement, entitlement
from bot.domain.history import Deed, Event
from bot.domain.policy import Way
from bot.domain.ticket import State, Ticket, opened
from bot.ports import Kind, News, UnitOfWork
from bot.views.ticket_card import Named, ticket_card
from bot.views.wording import listed
from commands.bringing import brought, want_copies
from commands.page_ends import ACTS, being_called, name_of, touched
from commands.spec import Caller
from commands.writing import write


def record(
    caller: Caller,
    work: UnitOfWork,
    ticket: Ticket,
    deed: Deed,
    reason: str = "",
    *,
    by: str = "",
    alone: bool = True,
    threaded: bool = True,
    **data: Any,
) -> Ticket:
    """Append the event and return the ticket after it. An earlier wall clock never moves history backwards.

    `by` is whose deed it is where the caller only writes down what somebody else did; not `alone` is what an alert
    tells of, which brings the card up to date when it is delivered; not `threaded` is what the ticket's thread learns
    in another way.
    """
    at = max(caller.now, ticket.changed_at or caller.now)
    data |= _spoken(caller) | brought(caller, deed)
    event = Event(ticket.number, ticket.seq + 1, at, by or caller.id, caller.speaker.platform, deed, data, reason)
    ticket = write(work, ticket.after(event), event, alone=alone, threaded=threaded)
    want_copies(caller, work, ticket, deed)
    if deed in ACTS:
        ticket = touched(work, ticket, deed, _acting(caller, by), caller.speaker.platform, caller.now)
    return ticket


def _acting(caller: Caller, by: str) -> str:
    """Who of the desk shows by a deed that a human has the ticket; nobody where others or time alone did it."""
    return caller.staff.id if caller.staff is not None and by in ("", caller.staff.id) else ""


def record_opened(caller: Caller, work: UnitOfWork, reason: str = "", **data: Any) -> Ticket:
    """Bring a ticket into being."""
    number = work.tickets.next_number()
    data |= {"place": caller.speaker.place} | _spoken(caller) | brought(caller, Deed.OPENED)
    event = Event(number, 1, caller.now, caller.id, caller.speaker.platform, Deed.OPENED, data, reason)
    # The card says the subject already.
    ticket = write(work, opened(event), event, threaded=bool(data.get("text") or data.get("files")))
    want_copies(caller, work, ticket, Deed.OPENED)
    return ticket


def _spoken(caller: Caller) -> dict[str, str]:
    """The message in which it was said, where others read it there."""
    return {"message": caller.speaker.message} if caller.speaker.message else {}


def card_of(work: UnitOfWork, ticket: Ticket, now: datetime) -> Card:
    """The ticket's card with the names it shows."""
    return ticket_card(ticket, work.promises, named(work, ticket, now), now)


def named(work: UnitOfWork, ticket: Ticket, now: datetime) -> Named:
    """What a card says beside the ticket: what the customer is owed today, people's names, what it waits for."""
    people = {staff.id: staff.name for staff in work.people.all()}
    owed = owed_by(work, ticket, now)
    owes_call = not ticket.closed and (ticket.phone_credit or Way.TELEPHONE in owed.ways)
    callable = owes_call and bool(work.rota.plan().escalations)
    return Named(owed, people, _awaits(work, ticket), _paging(work, ticket), callable)


def _paging(work: UnitOfWork, ticket: Ticket) -> Line:
    """ "Page 7: Kim is being called", or who has answered it."""
    if ticket.closed:
        return ()
    for page in reversed(work.pages.live_of_ticket(ticket.number)):
        names = listed(being_called(work, page))
        if not page.open and page.acknowledged_at is not None:
            who = name_of(work, page.acknowledged_by)
            return (f"Page {page.id}: {who} acknowledged at ", When(page.acknowledged_at, "time"))
        if page.loud_at is not None:
            return (f"Page {page.id}: nobody has answered yet, the alarm goes on",)
        if page.open:
            return (f"Page {page.id}: {names or 'nobody'} {'are' if ' and ' in names else 'is'} being called",)
    return ()


def _awaits(work: UnitOfWork, ticket: Ticket) -> str:
    """The reason of the wait that the ticket is in."""
    if ticket.state is not State.WAITING:
        return ""
    return next(event.reason for event in reversed(work.tickets.history(ticket.number)) if event.deed is Deed.WAITING)


def owed_by(work: UnitOfWork, ticket: Ticket, now: datetime) -> Entitlement:
    """What the ticket's customer is owed now."""
    customer = work.customers.look(ticket.customer) if ticket.customer else None
    return entitlement(customer, work.promises.policy, today(work, now))


def today(work: UnitOfWork, now: datetime) -> date:
    """The date at the desk."""
    return now.astimezone(ZoneInfo(work.promises.policy.zone)).date()


def tell(caller: Caller, work: UnitOfWork, ticket: Ticket, people: Iterable[str | None], line: Line) -> None:
    """A direct message about the ticket's last event to each of them but the one who did it; away people are left
    in peace."""
    for id in sorted({id for id in people if id} - {caller.id}):
        staff = work.people.get(id)
        if not staff.is_away(caller.now):
            key = f"told:{ticket.number}:{ticket.seq}:{id}"
            card = Card(lines=(line,), ticket=ticket.number)
            work.outbox.post(News(Kind.NOTICE, f"@{id}", card, key, ticket=ticket.number))

"""How a page looks at the moment it goes out: a message with buttons, a text, a call's facts, the alarm; and, once
somebody has it, the same message saying who.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.cards import TEAM, Card, Choice, Line, Mention, Strong, Style, Tone, When
from bot.domain import agenda
from bot.domain.business_hours import BeyondCalendar
from bot.domain.contacts import CALL, TEXT, Contact
from bot.domain.errors import NotFound, Refusal
from bot.domain.paging import Attempt, Page, PageState, Trigger
from bot.domain.ticket import Ticket
from bot.ports import Kind, Parcel, ParcelState, UnitOfWork
from bot.views.page_words import why_words
from bot.views.short_text import fitted, harmless, plain
from bot.views.wording import listed, span_words
from commands.hotline_legs import on_the_line
from commands.page_attempts import held_back
from commands.page_ends import being_called, name_of
from commands.page_finding import KEY
from commands.page_told import lay_untouched, zone_of

WHO = 20
CUSTOMER = 30
"""Characters that a text has for a name."""

log = logging.getLogger(__name__)


def draw_page(work: UnitOfWork, parcel: Parcel, now: datetime) -> Card | None:
    """What a parcel about a page says now; None where nobody wants it any more. A call that may have been made, of a
    page that is over, is drawn with "over" all the same: whoever carries it looks it up and cuts it."""
    data = parcel.card.data
    if "page" not in data:
        return Card(data={"attempt": data["attempt"], "cut": data["ref"]}) if "ref" in data else parcel.card
    page = work.pages.get(data["page"])
    if parcel.kind is Kind.ALERT:
        return alarm(work, page, now, loud=bool(data.get("loud"))) if page.open else None
    attempt = work.pages.attempt(data["attempt"])
    if parcel.kind is Kind.CARD:
        # A message that never went out is not made up for by its change.
        return message(work, page, attempt.person, now) if attempt.submitted_at is not None else None
    over = not page.open or attempt.state.over
    ambiguous = parcel.state is ParcelState.AMBIGUOUS and attempt.kind == CALL
    if over and not ambiguous:
        return None
    return _attempt_card(work, page, attempt, parcel, now, over=over)


def message(work: UnitOfWork, page: Page, person: str, now: datetime) -> Card:
    """The page as a message on a chat platform: with buttons while it is open, then with who has it."""
    lines = [*_about(work, page, now), (_why(work, page),)]
    if page.repaged and page.open and page.acknowledged_at is not None:
        since: Line = (" at ", When(page.acknowledged_at, "time"), ".")
        if lay_untouched(work, page):
            since = (", and nothing has happened since.",)
        lines.append((f"{name_of(work, page.acknowledged_by)} took it", *since))
    return Card(
        title=(Strong(f"Page {page.id}"), f" for {name_of(work, person)}{_level(page)}"),
        badge=page.state.value,
        lines=tuple(line for line in (*lines, has_it(work, page)) if line),
        choices=_buttons(page) if page.open else (),
        tone=Tone.BREACH if page.open else Tone.GOOD,
        ticket=page.ticket,
        data=_data(page),
    )


def alarm(work: UnitOfWork, page: Page, now: datetime, *, loud: bool) -> Card:
    """What the alerts channel is told: whom a step calls, or, loud, that nobody has answered and the team must."""
    names = listed(being_called(work, page))
    seconds = int((now - page.started_at).total_seconds())
    if loud:
        why = f" for {span_words(seconds)}" if seconds else ": there was nobody to call"
        first: Line = (f"Nobody has answered page {page.id}{why}. ", Mention(TEAM))
        first += (f" · {names} {'is' if ' and ' not in names else 'are'} being called",) if names else ()
    else:
        first = (f"Page {page.id}: {names or 'nobody'} {'are' if ' and ' in names else 'is'} being called.",)
    return Card(
        title=(Strong(f"Page {page.id}"), _level(page)),
        lines=(first, *_about(work, page, now), (_why(work, page),)),
        choices=_buttons(page),
        tone=Tone.BREACH,
        ticket=page.ticket,
        data=_data(page),
    )


def text(work: UnitOfWork, page: Page, attempt: Attempt) -> str:
    """One segment that says who, level, customer, ticket and what, and how to take it."""
    reply = f"Reply {attempt.code} to take it"
    name = plain(name_of(work, attempt.person))[:WHO]
    if page.ticket is None:
        return fitted(f"{name}: page {page.id}.", page.reason, reply)
    more = f"+{len(page.tickets)} more. {reply}" if page.tickets else reply
    try:
        ticket = work.tickets.get(page.ticket)
        whose = harmless(plain(_customer(work, ticket))[:CUSTOMER])
        return fitted(f"{name}: Level {page.level} {whose} #{ticket.number}:", ticket.subject, more)
    except Exception:
        log.exception("What page %d is about cannot be told.", page.id)
        return fitted(f"{name}: Level {page.level}", f"#{page.ticket}.", more)


def has_it(work: UnitOfWork, page: Page) -> Line:
    """ "Kim acknowledged at 02:14 by key.", or that nobody needs to any more."""
    if page.acknowledged_by and page.acknowledged_at is not None and not page.open:
        at = When(page.acknowledged_at, "time")
        return (f"{name_of(work, page.acknowledged_by)} acknowledged at ", at, f" by {page.acknowledged_via}.")
    if page.state is PageState.RESOLVED and page.ended_at is not None:
        return ("It is over since ", When(page.ended_at, "time"), ": nobody needs to be called any more.")
    return ()


def _attempt_card(work: UnitOfWork, page: Page, attempt: Attempt, parcel: Parcel, now: datetime, *, over: bool) -> Card:
    card = message(work, page, attempt.person, now)
    contact = _contact(work, attempt)
    known: dict[str, Any] = {
        "attempt": attempt.id,
        "person": attempt.person,
        "token": attempt.token,
        "code": attempt.code,
        "language": contact.language if contact is not None else "en",
        "voice": contact.voice if contact is not None else "",
        "level": page.level,
        "capped": held_back(work, page),
        "over": over,
        "since": int(parcel.created_at.timestamp()),
    }
    if attempt.kind == TEXT:
        known["text"] = text(work, page, attempt)
    if attempt.kind == CALL and page.trigger is Trigger.TEST:
        # Where the telephone is one of the terminal's, this button is its key: no other proves that this phone rang.
        card = replace(
            card, choices=(Choice("Press 1", "page ack", {"page": KEY + attempt.token}, style=Style.PRIMARY),)
        )
    if attempt.kind not in (CALL, TEXT):
        known = {"attempt": attempt.id, "person": attempt.person, "zone": zone_of(work, attempt.person).key}
    return replace(card, data=dict(card.data) | known)


def _contact(work: UnitOfWork, attempt: Attempt) -> Contact | None:
    try:
        return work.contacts.get(attempt.contact) if attempt.contact else None
    except NotFound:
        return None


def _about(work: UnitOfWork, page: Page, now: datetime) -> tuple[Line, ...]:
    """Ticket, customer, how many more, and what is left of the time. A page goes out although that cannot be told."""
    if page.ticket is None:
        return ()
    try:
        return _told(work, page, page.ticket, now)
    except Exception:
        log.exception("What page %d is about cannot be told.", page.id)
        return ((f"#{page.ticket}: what it is about cannot be told here. /ticket show {page.ticket}",),)


def _told(work: UnitOfWork, page: Page, number: int, now: datetime) -> tuple[Line, ...]:
    ticket = work.tickets.get(number)
    more = f" · and {len(page.tickets)} more ticket{'s' * (len(page.tickets) != 1)}" if page.tickets else ""
    waits: tuple[Line, ...] = ()
    if page.call is not None:
        there = "is on the line" if on_the_line(work.calls.get(page.call)) else "called, and is not on the line now"
        waits = ((f"The customer {there}.",),)
    about: Line = (f"#{ticket.number} {_customer(work, ticket)}: {ticket.subject}{more}",)
    return tuple(line for line in (about, *waits, _promise(work, page, ticket, now)) if line)


def _promise(work: UnitOfWork, page: Page, ticket: Ticket, now: datetime) -> Line:
    try:
        due = agenda.due(ticket, work.promises)
    except (BeyondCalendar, Refusal):  # A page goes out also where the policy has changed under it.
        due = page.deadline
    if due is None:
        return ("Nothing is promised now.",)
    return ("An answer was due ", When(due)) if due < now else ("An answer is due ", When(due))


def _why(work: UnitOfWork, page: Page) -> str:
    return why_words(page, {page.started_by: name_of(work, page.started_by)})


def _customer(work: UnitOfWork, ticket: Ticket) -> str:
    return work.customers.get(ticket.customer).name if ticket.customer else "no customer yet"


def _level(page: Page) -> str:
    if page.trigger is Trigger.TEST:
        return " · a test"
    return f" · Level {page.level}" if page.level else ""


def _buttons(page: Page) -> tuple[Choice, ...]:
    me = {"page": f"p{page.id}"}
    take = Choice("Acknowledge", "page ack", me, style=Style.PRIMARY)
    if page.trigger is Trigger.TEST:
        return (take,)
    return (take, Choice("Pass on", "page pass", me), Choice("Why", "page why", {"what": f"p{page.id}"}))


def _data(page: Page) -> dict[str, Any]:
    return {"page": page.id, "ticket": page.ticket, "state": page.state.value, "level": page.level}


def is_page(parcel: Parcel) -> bool:
    """Whether this draws what the parcel says."""
    return parcel.kind is Kind.PAGE or "page" in parcel.card.data

"""Letters that did not arrive: their ticket says so, and whoever must find another way to the customer is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards import Card, Choice, Line, Style, Tone
from bot.domain.history import Deed, Event
from bot.domain.mail import Bounce
from bot.domain.ticket import Ticket
from bot.ports import DESK, Kind, News, Outcome, Parcel, ParcelState, UnitOfWork
from bot.routes import MAIL
from commands.answers import clock_lines
from commands.letter_threads import is_named
from commands.letters import Letter
from commands.ticket_reply import reply_of
from commands.unheard import closed_too_late, lost_reply
from commands.writing import append

EMAIL = "email"


def not_arrived(
    work: UnitOfWork, ticket: Ticket, bounce: Bounce, now: datetime, *, perhaps: bool = False, reply: int | None = None
) -> Ticket:
    """Write it down and tell the owner, or the desk where nobody has the ticket. `perhaps`: it may have arrived all the
    same. `reply` is the line of the reply whose only letter it is: lost for good, it was no answer, and what the
    customer was promised is owed as before. Returns the ticket after it."""
    gone = reply is not None and bounce.permanent and not perhaps
    history = work.tickets.history(ticket.number) if gone else ()
    unread = lost_reply(history, reply) if gone and reply is not None else {}
    said = append(
        work,
        ticket,
        Deed.BOUNCED,
        now,
        source=EMAIL,
        of=bounce.of,
        to=bounce.to,
        permanent=bounce.permanent,
        why=bounce.why,
        perhaps=perhaps,
        **unread,
        **closed_too_late(ticket, history, unread, work.promises.hours),
    )
    _tell(work, said, bounce, now, perhaps=perhaps, unheard="unheard" in unread)
    return said


def settled_letter(work: UnitOfWork, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """In the commit that writes down what came of a letter: one that is given up would be missed by nobody else. A link
    to sign in is asked for again by whoever waits for it."""
    kind = parcel.card.data.get("letter")
    if outcome.state is not ParcelState.DEAD or kind == Letter.SIGN_IN:
        return
    to, perhaps = parcel.place.removeprefix(MAIL), parcel.state is ParcelState.AMBIGUOUS
    if parcel.ticket is not None:
        lost = Bounce("", to, permanent=not perhaps, why=outcome.reason)
        reply = reply_of(parcel.ticket, parcel.key)
        not_arrived(work, work.tickets.get(parcel.ticket), lost, now, perhaps=perhaps, reply=reply)
        return
    line = f"{_fate(f'The letter to {to}', permanent=True, perhaps=perhaps)}: {outcome.reason}"
    card = Card(title=parcel.card.title, lines=((line,),), tone=Tone.WARNING)
    work.outbox.post(News(Kind.NOTICE, DESK, card, f"lost:{parcel.key}:{to}"))


def reply_that_bounced(work: UnitOfWork, ticket: Ticket, bounce: Bounce) -> int | None:
    """The line of the reply whose letter a mail server's report speaks of: by the letter's name, or else the newest
    that went to that address. None for other letters, and where a server that sent it on speaks of another address: it
    may have been sent on to more."""
    sent = [one for one in work.outbox.of_ticket(ticket.number) if one.kind is Kind.LETTER and _has_left(one)]
    if bounce.of:
        sent = [one for one in sent if is_named(one, bounce.of)]
    if bounce.to:
        sent = [one for one in sent if one.place == f"{MAIL}{bounce.to}"]
    return reply_of(ticket.number, sent[-1].key) if sent else None


def _has_left(parcel: Parcel) -> bool:
    return parcel.state not in (ParcelState.PLANNED, ParcelState.WITHDRAWN)


def lost_in(history: Sequence[Event]) -> Event | None:
    """The letter that did not arrive, or may not have: until one has gone out since, or the customer has written."""
    for event in reversed(history):
        if event.deed is Deed.BOUNCED and (event.data.get("permanent") or event.data.get("perhaps")):
            return event
        if event.deed in (Deed.REPLIED, Deed.SAID):
            break
    return None


def fate_in_words(lost: Event) -> str:
    """ "did not arrive", where that much is known of it."""
    return "may not have arrived" if lost.data.get("perhaps") else "did not arrive"


def _tell(work: UnitOfWork, ticket: Ticket, bounce: Bounce, now: datetime, *, perhaps: bool, unheard: bool) -> None:
    to = f" to {bounce.to}" if bounce.to else ""
    letter = f"The letter{to} about #{ticket.number} {ticket.subject}"
    line = f"{_fate(letter, permanent=bounce.permanent, perhaps=perhaps)}: {bounce.why}"
    me = {"ticket": ticket.number}
    history = Choice("Transcript", "ticket history", me)
    mend = Choice("Another address…", "ticket customer", me, asks=("customer", "requester"), style=Style.PRIMARY)
    gone = bounce.permanent or perhaps
    choices = (mend, history) if bounce.permanent else (history,)
    owed = _owed(work, ticket, now) if unheard else ()
    tone = Tone.WARNING if gone else Tone.PLAIN
    card = Card(lines=((line,), *owed), choices=choices, tone=tone, ticket=ticket.number)
    owner = work.people.get(ticket.owner) if ticket.owner else None
    place = f"@{owner.id}" if owner is not None and not owner.is_away(now) else DESK
    work.outbox.post(News(Kind.NOTICE, place, card, f"bounced:{ticket.number}:{ticket.seq}", ticket=ticket.number))


def _owed(work: UnitOfWork, ticket: Ticket, now: datetime) -> tuple[Line, ...]:
    """What an answer that nobody read leaves to do."""
    if ticket.merged_into is not None:
        return ((f"#{ticket.merged_into}, which it was merged into, counts it as answered: please look at it.",),)
    if ticket.closed:
        return ((f"Nobody has answered the customer, and #{ticket.number} is closed: /ticket reopen {ticket.number}",),)
    return (
        ("So nobody has answered the customer, and what was promised counts again.",),
        *clock_lines(work, ticket, now),
    )


def _fate(letter: str, *, permanent: bool, perhaps: bool) -> str:
    if perhaps:
        return f"Nobody knows whether {letter[0].lower()}{letter[1:]} arrived, and it is not sent again"
    return f"{letter} {'did not arrive, and will not' if permanent else 'has not arrived yet'}"

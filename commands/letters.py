"""Letters to customers and partners: posted with what they say, drawn from their templates when they are delivered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.cards import Card, Strong
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.letters.writing import Letterhead, LetterWriter
from bot.ports import CopyState, Kind, News, Parcel, UnitOfWork, Urgency
from bot.routes import MAIL
from bot.signing import Side, Signer, signer_of
from commands.letter_threads import short_subject, thread_subject, threading

MOST_ATTACHED = 20
BEST = 5

_LINK = re.compile(r"^([^:\n]{1,60}): (https?://\S+)$", re.MULTILINE)


class Letter(StrEnum):
    """The kinds of letters; each is the name of its template."""

    REPLY = "reply"
    RECEIPT = "receipt"
    CLOSED = "closed"
    REFERRED = "referred"
    HANDOVER = "handover"
    SOLVED = "solved"
    EXPIRY = "expiry"
    INSTALLATION = "installation"
    SIGN_IN = "sign_in"


GENERATED, REPLIED = "auto-generated", "auto-replied"
"""What letters say of themselves that no person wrote, so that no machine answers them (RFC 3834, 5)."""
_AUTOMATIC = {Letter.REPLY: "", Letter.RECEIPT: REPLIED}


def post_letter(
    work: UnitOfWork,
    kind: Letter,
    to: str,
    key: str,
    values: Mapping[str, Any],
    *,
    ticket: Ticket | None = None,
    subject: str = "",
    text: str = "",
    not_before: datetime | None = None,
) -> int:
    """Post one letter to a mail address; returns to how many addresses it goes (0 or 1). `values` is plain JSON, what
    its template may say; `subject` and `text` are what it says where it is shown before it is drawn."""
    signer_of(work)  # It is drawn on a snapshot, where no secret can be made.
    data = {"letter": kind.value, "values": dict(values)}
    number = ticket.number if ticket is not None else None
    card = Card(title=(Strong(subject),), lines=((f"To: {to}",), (text,)), ticket=number, data=data)
    urgency = Urgency.REPLY if kind in (Letter.REPLY, Letter.SIGN_IN) else Urgency.NOTICE
    return work.outbox.post(News(Kind.LETTER, f"{MAIL}{to}", card, key, urgency, number, not_before))


def is_letter(parcel: Parcel) -> bool:
    """Whether it is drawn from a template when it is delivered."""
    return parcel.kind is Kind.LETTER and "letter" in parcel.card.data


def draw_letter(work: UnitOfWork, parcel: Parcel, writer: LetterWriter) -> Card | None:
    """The letter: its title is the subject, its line the body. Where it is to be sent by hand its first line says to
    whom; where it goes by mail, its `data["mail"]` says what a mail adapter needs to know. None for a closing note of a
    ticket that is open again, or was closed anew; and for a sign-in link in chat, where others could use it."""
    kind, to, head = Letter(parcel.card.data["letter"]), parcel.place.removeprefix(MAIL), writer.head
    if kind is Letter.SIGN_IN and parcel.platform not in head.carriers:
        return None
    ticket = work.tickets.get(parcel.ticket) if parcel.ticket is not None else None
    if (
        kind is Letter.CLOSED
        and ticket is not None
        and not _still_closed(work, ticket, parcel.card.data["values"]["seq"])
    ):
        return None
    attached, left_out = _files(work, parcel, ticket)
    values = _posted(parcel.card) | _of_ticket(ticket, head) | {"to": to, "left_out": left_out}
    # What a partner answers must not count as the customer's words.
    side = Side.PARTNER if kind is Letter.HANDOVER else Side.CUSTOMER
    if ticket is not None and side is Side.CUSTOMER:
        subject = thread_subject(work, ticket)
        values |= {"subject": subject, "numbered": f"[#{ticket.number}]" in subject}
    if kind is Letter.CLOSED and ticket is not None:
        values |= _verdict(work, ticket, parcel.card.data["values"]["seq"], head)
    written = writer.write(kind.value, values | parcel.card.data["values"])
    title = (Strong(written.subject),)
    if parcel.platform not in head.carriers:
        return Card(title=title, lines=((f"To: {to}",), (written.body,)), ticket=parcel.ticket)
    mail = {
        **threading(work, parcel, ticket, head, side),
        "auto": _AUTOMATIC.get(kind, GENERATED),
        "links": [[label, link] for label, link in _LINK.findall(written.body) if _is_ours(link, head)],
        "files": attached,
    }
    return Card(title=title, lines=((written.body,),), ticket=parcel.ticket, data={"letter": kind.value, "mail": mail})


def _posted(card: Card) -> dict[str, Any]:
    """The words that it was posted with."""
    subject = "".join(part.text if isinstance(part, Strong) else str(part) for part in card.title)
    return {"subject": subject, "text": str(card.lines[-1][0]) if card.lines else ""}


def _of_ticket(ticket: Ticket | None, head: Letterhead) -> dict[str, Any]:
    if ticket is None:
        return {}
    shown = {"number": ticket.number, "subject": short_subject(ticket), "level": ticket.level}
    return {"ticket": shown, "ticket_page": ticket_page(head.site, ticket.number) if head.site else ""}


def ticket_page(site: str, number: int) -> str:
    """The address of a ticket on the customers' page, for whoever is signed in there."""
    return f"{site}/support/tickets/{number}"


def verdict_page(site: str, signer: Signer, ticket: int, seq: int) -> str:
    """The address of the page on which the customer says how it went, of the ticket that line `seq` of its history
    closed: whoever has the letter needs no sign-in."""
    return f"{site}/t/{ticket}/{seq}/{signer.mark('closed', ticket, seq)}"


def _still_closed(work: UnitOfWork, ticket: Ticket, seq: int) -> bool:
    """Whether the ticket stands closed, and by line `seq` of its history: a later closing has a note of its own."""
    later = (event for event in work.tickets.history(ticket.number) if event.seq > seq and event.deed is Deed.CLOSED)
    return ticket.closed and not any(later)


def _verdict(work: UnitOfWork, ticket: Ticket, seq: int, head: Letterhead) -> dict[str, Any]:
    """Where the customer says that it is not solved, or how it went; nowhere, where there is no page for that."""
    if not head.site:
        return {"not_solved": "", "ratings": []}
    page = verdict_page(head.site, signer_of(work), ticket.number, seq)
    ratings = [{"stars": stars, "link": f"{page}?stars={stars}"} for stars in range(BEST, 0, -1)]
    return {"not_solved": page, "ratings": ratings}


def _is_ours(link: str, head: Letterhead) -> bool:
    return bool(head.site) and link.startswith(f"{head.site}/")


def _files(work: UnitOfWork, parcel: Parcel, ticket: Ticket | None) -> tuple[list[dict[str, str]], list[str]]:
    """The copies of the files that came with the words of a reply, and the names of those that the desk has none of."""
    seq = parcel.card.data["values"].get("seq")
    if ticket is None or parcel.card.data["letter"] != Letter.REPLY or seq is None:
        return [], []
    names = {
        number: str(file["name"])
        for number, file in enumerate(work.tickets.event(ticket.number, seq).data.get("files", ()), start=1)
    }
    copies = {one.number: one for one in work.files.of_ticket(ticket.number) if one.seq == seq}
    here = {number: one for number, one in copies.items() if one.state is CopyState.COPIED and number <= MOST_ATTACHED}
    attached = [{"name": one.name, "type": one.type, "path": one.path} for one in here.values()]
    return attached, [name for number, name in names.items() if number not in here]

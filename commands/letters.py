"""Letters to customers and partners: posted with what they say, drawn from their templates when they are delivered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.cards import Card, Strong
from bot.domain.ticket import Ticket
from bot.intake_ports import Mail, MailState
from bot.letters.writing import Letterhead, LetterWriter
from bot.ports import CopyState, Kind, News, Parcel, UnitOfWork, Urgency
from bot.routes import MAIL
from bot.signing import Side, Signer, signer_of
from bot.views.plain import cut, one_line

LONGEST_SUBJECT = 90
"""Characters of a ticket's subject in that of a letter: what is added to it must not be cut off."""
MOST_ATTACHED = 20
BEST = 5
ANSWERED = 5
"""How many of the customer's newest messages a letter names as those that it answers."""

_ANSWER = re.compile(r"^(?:\s*(?:re|aw|antw|sv|vs|fwd?|wg)\s*:)+\s*", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>")
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
    ticket that is open again."""
    kind, to, head = Letter(parcel.card.data["letter"]), parcel.place.removeprefix(MAIL), writer.head
    ticket = work.tickets.get(parcel.ticket) if parcel.ticket is not None else None
    if kind is Letter.CLOSED and ticket is not None and not ticket.closed:
        return None
    attached, left_out = _files(work, parcel, ticket)
    values = _posted(parcel.card) | _of_ticket(ticket, head) | {"to": to, "left_out": left_out}
    if kind is Letter.CLOSED and ticket is not None:
        values |= _verdict(work, ticket, parcel.card.data["values"]["seq"], head)
    written = writer.write(kind.value, values | parcel.card.data["values"])
    title = (Strong(written.subject),)
    if parcel.platform not in head.carriers:
        return Card(title=title, lines=((f"To: {to}",), (written.body,)), ticket=parcel.ticket)
    mail = {
        **_threading(work, parcel, ticket, head),
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
    subject = cut(one_line(_ANSWER.sub("", ticket.subject)) or one_line(ticket.subject), LONGEST_SUBJECT)
    shown = {"number": ticket.number, "subject": subject, "level": ticket.level}
    return {"ticket": shown, "ticket_page": ticket_page(head.site, ticket.number) if head.site else ""}


def ticket_page(site: str, number: int) -> str:
    """The address of a ticket on the customers' page, for whoever is signed in there."""
    return f"{site}/support/tickets/{number}"


def verdict_page(site: str, signer: Signer, ticket: int, seq: int) -> str:
    """The address of the page on which the customer says how it went, of the ticket that line `seq` of its history
    closed: whoever has the letter needs no sign-in."""
    return f"{site}/t/{ticket}/{seq}/{signer.mark('closed', ticket, seq)}"


def _verdict(work: UnitOfWork, ticket: Ticket, seq: int, head: Letterhead) -> dict[str, Any]:
    """Where the customer says that it is not solved, or how it went; nowhere, where there is no page for that."""
    if not head.site:
        return {"not_solved": "", "ratings": []}
    page = verdict_page(head.site, signer_of(work), ticket.number, seq)
    ratings = [{"stars": stars, "link": f"{page}?stars={stars}"} for stars in range(BEST, 0, -1)]
    return {"not_solved": page, "ratings": ratings}


def _threading(work: UnitOfWork, parcel: Parcel, ticket: Ticket | None, head: Letterhead) -> dict[str, Any]:
    """What makes mail programs show the letter below those before it, and its answers find the ticket.

    Every letter of a ticket names a message of ours that was never sent as the root: so they stand together also where
    the customer has never written, and however few of the messages a mail program still has.
    """
    signer, unique = signer_of(work), _unique(parcel)
    if ticket is None:
        message_id = signer.message_id(unique, None, head.domain)
        return {
            "message_id": message_id,
            "references": [],
            "in_reply_to": "",
            "reply_to": head.box,
            "loop": signer.loop,
        }
    handover = parcel.card.data["letter"] == Letter.HANDOVER
    # What a partner answers must not count as the customer's words, and they have none of the customer's messages.
    side = Side.PARTNER if handover else Side.CUSTOMER
    root = signer.message_id("root", ticket.number, head.domain, side)
    came = [] if handover else _answered(work, ticket.number)
    return {
        "message_id": signer.message_id(unique, ticket.number, head.domain, side),
        "references": [root, *came],
        "in_reply_to": came[-1] if came else root,
        "reply_to": signer.reply_address(head.box, ticket.number, side) if head.box and head.plus else head.box,
        "loop": signer.loop,
    }


def _answered(work: UnitOfWork, number: int) -> Sequence[str]:
    """The first of the customer's messages and the newest ones, as they are named; a name that is none is left out."""
    came = [one.message_id for one in work.mails.of_ticket(number) if _from_customer(one)]
    named = [name for name in came if _MESSAGE_ID.fullmatch(name)]
    return [*named[:1], *named[1:][-ANSWERED:]]


def _from_customer(mail: Mail) -> bool:
    return mail.state is MailState.TAKEN and "partner" not in mail.data


def _unique(parcel: Parcel) -> str:
    """A name for the parcel alone, the same whenever it is sent, also when another desk counts from one, too."""
    told = f"{parcel.id} {int(parcel.created_at.timestamp())} {parcel.key} {parcel.place}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


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

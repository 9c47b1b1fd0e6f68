"""What makes mail programs show the letters of a ticket together, and lets answers and bounces find it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from bot.domain.ticket import Ticket
from bot.letters.writing import Letterhead
from bot.ports import Parcel, UnitOfWork
from bot.ports.intake import Mail, MailState
from bot.signing import Side, signer_of
from bot.views.plain import cut, one_line

LONGEST_SUBJECT = 90
"""Characters of a ticket's subject in that of a letter: what is added to it must not be cut off."""
ANSWERED = 5
"""How many of the customer's newest messages a letter names as those that it answers."""

_ANSWER = re.compile(r"^(?:\s*(?:re|aw|antw|sv|vs|fwd?|wg)\s*:)+\s*", re.IGNORECASE)
_IS_ANSWER = re.compile(r"^\s*(?:re|aw|antw|sv|vs)\s*:", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>")


def short_subject(ticket: Ticket) -> str:
    """What the ticket is about, without what mail programs put before it."""
    return cut(one_line(_ANSWER.sub("", ticket.subject)) or one_line(ticket.subject), LONGEST_SUBJECT)


def thread_subject(work: UnitOfWork, ticket: Ticket) -> str:
    """The subject of every letter to the customer about a ticket.

    Who wrote by mail reads their own words again, and no more: Gmail begins another conversation where a subject has
    changed by more than “Re:”, whatever the letter says that it answers. Where the desk writes first the number stands
    in it, in each letter alike.
    """
    theirs = next((one for one in work.mails.of_ticket(ticket.number) if _from_customer(one) and one.seq == 1), None)
    said = one_line(theirs.subject) if theirs is not None else ""
    if not said:
        return f"Re: {short_subject(ticket)} [#{ticket.number}]"
    return said if _IS_ANSWER.match(said) else f"Re: {said}"


def threading(work: UnitOfWork, parcel: Parcel, ticket: Ticket | None, head: Letterhead, side: Side) -> dict[str, Any]:
    """The headers of a letter. It comes from the mailbox that the ticket came by, and is answered there; `sender` is ""
    where that is the desk's first. `bounces` is where word comes that it did not arrive: by the same mark as an answer,
    as not every server's report names the letter.

    Every letter of a ticket names a message of ours that was never sent as the root: so they stand together also where
    the customer has never written, and however few of the messages a mail program still has.
    """
    signer, unique = signer_of(work), _unique(parcel)
    if ticket is None:
        return {
            "message_id": signer.message_id(unique, None, head.domain),
            "sender": "",
            "references": [],
            "in_reply_to": "",
            "reply_to": head.box,
            "bounces": head.box,
            "loop": signer.loop,
        }
    root = signer.message_id("root", ticket.number, head.domain, side)
    # A partner has none of the customer's messages.
    came = [] if side is Side.PARTNER else _answered(work, ticket.number)
    box = _box(work, ticket, head)
    back = signer.reply_address(box, ticket.number, side) if box and head.plus else box
    return {
        "message_id": signer.message_id(unique, ticket.number, head.domain, side),
        "sender": box if box != head.box else "",
        "references": [root, *came],
        "in_reply_to": came[-1] if came else root,
        "reply_to": back,
        "bounces": back,
        "loop": signer.loop,
    }


def _box(work: UnitOfWork, ticket: Ticket, head: Letterhead) -> str:
    """The address that the customer wrote to; the desk's first where they did not write, or it is read no more."""
    came = (head.boxes.get(one.mailbox) for one in work.mails.of_ticket(ticket.number) if _from_customer(one))
    return next(came, None) or head.box


def _answered(work: UnitOfWork, number: int) -> Sequence[str]:
    """The first of the customer's messages and the newest ones, as they are named; a name that is none is left out."""
    came = [one.message_id for one in work.mails.of_ticket(number) if _from_customer(one)]
    named = [name for name in came if _MESSAGE_ID.fullmatch(name)]
    return [*named[:1], *named[1:][-ANSWERED:]]


def _from_customer(mail: Mail) -> bool:
    return mail.state is MailState.TAKEN and "partner" not in mail.data


def is_named(parcel: Parcel, message_id: str) -> bool:
    """Whether the letter that the parcel became bears that Message-ID."""
    return message_id.startswith(f"<{_unique(parcel)}.")


def _unique(parcel: Parcel) -> str:
    """A name for the parcel alone, the same whenever it is sent, also when another desk counts from one, too."""
    told = f"{parcel.id} {int(parcel.created_at.timestamp())} {parcel.key} {parcel.place}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]

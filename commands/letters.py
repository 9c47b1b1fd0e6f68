"""Letters to customers and partners: posted with what they say, drawn from their templates when they are delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.cards import Card, Strong
from bot.domain.ticket import Ticket
from bot.ports import Kind, News, UnitOfWork, Urgency
from bot.routes import MAIL


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


AUTOMATIC = frozenset(Letter) - {Letter.REPLY}
"""Those that no person wrote: they say so (RFC 3834), so that no machine answers them."""


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
    data = {"letter": kind.value, "values": dict(values)}
    number = ticket.number if ticket is not None else None
    card = Card(title=(Strong(subject),), lines=((f"To: {to}",), (text,)), ticket=number, data=data)
    urgency = Urgency.REPLY if kind in (Letter.REPLY, Letter.SIGN_IN) else Urgency.NOTICE
    return work.outbox.post(News(Kind.LETTER, f"{MAIL}{to}", card, key, urgency, number, not_before))

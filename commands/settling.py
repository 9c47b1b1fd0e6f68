"""What came of a parcel, told to whoever has to know: a page's attempt, a call of the hotline, a letter's ticket, a
webhook's operator."""

from __future__ import annotations

from datetime import datetime

from bot.ports import Kind, Outcome, Parcel, UnitOfWork
from bot.routes import WEBHOOK
from commands.hotline_receipts import settled_leg
from commands.letter_lost import settled_letter
from commands.page_receipts import settled as settled_attempt
from commands.webhook_lost import settled_webhook


def settled(work: UnitOfWork, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """In the commit that writes it down."""
    if parcel.kind is Kind.LETTER:
        settled_letter(work, parcel, outcome, now)
    elif parcel.platform == WEBHOOK:
        settled_webhook(work, parcel, outcome, now)
    elif "leg" in parcel.card.data:
        settled_leg(work, parcel, outcome, now)
    else:
        settled_attempt(work, parcel, outcome, now)

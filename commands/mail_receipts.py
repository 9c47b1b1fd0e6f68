"""Receipts for mail: who opens a ticket is told so, but never often enough to keep a loop going."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.receipts import post_receipt

APART = timedelta(minutes=10)
A_DAY = timedelta(days=1)
MOST_A_DAY = 5


def send_receipt(work: UnitOfWork, ticket: Ticket, to: str, now: datetime) -> bool:
    """Post a receipt for a ticket that a message opened; returns whether there is one. None goes to an address that had
    one within ten minutes, or five within a day: whatever machine answers them, it falls silent."""
    lately = work.mails.receipts(to, now - A_DAY)
    if len(lately) >= MOST_A_DAY or (lately and now - lately[-1] < APART):
        return False
    return bool(post_receipt(work, ticket, to, now))

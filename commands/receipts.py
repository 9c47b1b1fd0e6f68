"""Receipts: who opened a ticket by mail is told that it is there, and by when they will hear."""

from __future__ import annotations

from datetime import datetime

from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.letters import Letter, post_letter


def post_receipt(work: UnitOfWork, ticket: Ticket, to: str, now: datetime) -> int:
    """Post the receipt of a ticket; returns to how many addresses it goes."""
    values = {"number": ticket.number, "subject": ticket.subject}
    text = f"Your message is #{ticket.number}."
    key = f"receipt:{ticket.number}"
    return post_letter(work, Letter.RECEIPT, to, key, values, ticket=ticket, subject=ticket.subject, text=text)

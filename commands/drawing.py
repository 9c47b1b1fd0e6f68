"""Draw news at the moment it is delivered: a ticket's card and an alert say what is so then."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card
from bot.ports import Kind, Parcel, UnitOfWork
from commands.alert_card import draw_alert
from commands.record import card_of


def draw(work: UnitOfWork, parcel: Parcel, now: datetime) -> Card:
    """What the parcel says. Letters, notices and digests were drawn when they were posted."""
    if parcel.kind is Kind.CARD and parcel.ticket is not None:
        return card_of(work, work.tickets.get(parcel.ticket), now)
    if parcel.kind is Kind.ALERT and "clock" in parcel.card.data:
        return draw_alert(work, parcel.card, now)
    return parcel.card

"""Webhooks that were not told: what is given up is told at the desk, once a day for each of them."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Tone, say
from bot.ports import Kind, News, Outcome, Parcel, ParcelState, UnitOfWork

ALERTS = "#alerts"


def settled_webhook(work: UnitOfWork, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """In the commit that gives an event up: whoever reads the other system does not know that something is missing."""
    if outcome.state is not ParcelState.DEAD:
        return
    name, event = parcel.place, parcel.card.data["webhook"]
    line = f"The webhook “{name}” was not told {event} of #{parcel.ticket}, and will not be: {outcome.reason}."
    mend = f"What else it misses today is in the log. See to its receiver, or to [webhooks.{name}] in the settings."
    card = say(line, mend, tone=Tone.WARNING)
    work.outbox.post(News(Kind.NOTICE, ALERTS, card, f"webhook:{name}:{now:%Y%m%d}"))

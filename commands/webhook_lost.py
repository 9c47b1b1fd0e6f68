"""Webhooks that were not told: what is given up is told at the desk, once a day for each of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from bot.cards import Tone, say
from bot.ports import ALERTS, Database, Kind, News, Outcome, Parcel, ParcelState, UnitOfWork
from bot.routes import WEBHOOK


def settled_webhook(work: UnitOfWork, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """In the commit that gives an event up: whoever reads the other system does not know that something is missing."""
    if outcome.state is not ParcelState.DEAD:
        return
    name, event = parcel.place, parcel.card.data["webhook"]
    line = f"The webhook “{name}” was not told {event} of #{parcel.ticket}, and will not be: {outcome.reason}."
    mend = f"What else it misses today is in the log. See to its receiver, or to [webhooks.{name}] in the settings."
    card = say(line, mend, tone=Tone.WARNING)
    work.outbox.post(News(Kind.NOTICE, ALERTS, card, f"webhook:{name}:{now:%Y%m%d}"))


def end_removed(database: Database, hooks: Collection[str], now: datetime) -> None:
    """What waits for webhooks that are in the settings no more ends, and the desk is told how much that was: nobody
    carries it, so that it would wait for ever."""
    waiting = database.read(lambda work: work.outbox.waiting(WEBHOOK))
    for name in sorted(set(waiting) - set(hooks)):
        database.write(partial(_end, name=name, now=now))


def _end(work: UnitOfWork, *, name: str, now: datetime) -> None:
    ended = work.outbox.give_up(WEBHOOK, name, "the webhook is in the settings no more", now)
    if ended:
        what = f"{ended} event{'' if ended == 1 else 's'} for the webhook “{name}”"
        line = f"{what} will not be told: it is in the settings no more."
        mend = f"With [webhooks.{name}] there again it hears of what happens from then on."
        card = say(line, mend, tone=Tone.WARNING)
        work.outbox.post(News(Kind.NOTICE, ALERTS, card, f"webhook removed:{name}:{now:%Y%m%d}"))

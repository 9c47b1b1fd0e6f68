"""Webhooks: what happens to a ticket is posted for other systems in the commit of the deed, and drawn when it is told.

An event is news to "#webhooks/EVENT": the routes know which webhooks want it, and where there is none it costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.cards import Card
from bot.domain.history import Deed, Event
from bot.domain.sla import BREACH
from bot.domain.webhooks import BREACHED, CLAIMED, MESSAGE, OPENED, REPLIED, STATUS
from bot.ports import THREAD_LINE, Kind, News, Parcel, UnitOfWork, Urgency
from bot.routes import WEBHOOKS
from bot.views.ticket_card import iso
from commands.tickets_for_api import leaves_at, message_data, speaker_of, taken_back_in, ticket_data

_TOLD = {
    Deed.OPENED: OPENED,
    Deed.REPLIED: REPLIED,
    Deed.SAID: MESSAGE,
    Deed.WAITING: STATUS,
    Deed.RESUMED: STATUS,
    Deed.CLOSED: STATUS,
    Deed.MERGED: STATUS,
    Deed.REOPENED: STATUS,
    Deed.CLAIMED: CLAIMED,
    Deed.ASSIGNED: CLAIMED,
    Deed.RELEASED: CLAIMED,
}


def event_name(event: Event) -> str:
    """What other systems are told of it as; "" for what is the desk's own business."""
    if event.deed is Deed.ALERTED:
        return BREACHED if any(name == BREACH for name, _ in event.data.get("stages", ())) else ""
    return _TOLD.get(event.deed, "")


def post_webhooks(work: UnitOfWork, event: Event) -> None:
    """Tell those who want to know. They go one after the other to each webhook, as lines of a thread do; a reply once
    it cannot be taken back."""
    name = event_name(event)
    if name:
        card = Card(ticket=event.ticket, data={"webhook": name, "seq": event.seq})
        key = f"{THREAD_LINE}{event.ticket}:{event.seq}"
        work.outbox.post(
            News(Kind.NOTICE, f"{WEBHOOKS}{name}", card, key, Urgency.NOTICE, event.ticket, leaves_at(event))
        )


def draw_webhook(work: UnitOfWork, parcel: Parcel, now: datetime) -> Card | None:
    """The payload, with the ticket as it is now; None for a reply that was taken back before anybody heard of it."""
    told, number = parcel.card.data, parcel.ticket or 0
    event = work.tickets.event(number, told["seq"])
    if event.deed is Deed.REPLIED and event.seq in taken_back_in(work.tickets.history(number)):
        return None
    ticket = work.tickets.get(number)
    payload = {
        "id": f"evt_{number}_{event.seq}",
        "type": told["webhook"],
        "timestamp": iso(event.at),
        "data": {"ticket": ticket_data(ticket, work.promises), **dict(_more(event))},
    }
    return Card(ticket=number, data={"webhook": told["webhook"], "payload": payload})


def _more(event: Event) -> Iterator[tuple[str, Any]]:
    """What the event says beside the ticket."""
    if speaker_of(event):
        yield "message", message_data(event)
    if _TOLD.get(event.deed) == STATUS:
        yield "change", event.deed.value
    if event.deed is Deed.ALERTED:
        yield "promise", event.data["clock"]

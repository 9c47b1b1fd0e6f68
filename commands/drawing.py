"""Draw news at the moment it is delivered: a ticket's card, its thread and an alert say what is so then."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card
from bot.domain.history import Deed
from bot.letters.writing import LetterWriter
from bot.ports import Kind, Parcel, UnitOfWork
from bot.views.history_lines import thread_line
from commands.alert_card import draw_alert
from commands.contact_code import VERIFY, draw_code
from commands.hotline_receipts import draw_leg
from commands.letters import draw_letter, is_letter
from commands.mail_notices import draw_held, is_held_card
from commands.page_card import draw_page, is_page
from commands.record import card_of
from commands.ticket_reply import letter_key
from commands.webhook_news import draw_webhook


def draw(work: UnitOfWork, parcel: Parcel, now: datetime, writer: LetterWriter | None = None) -> Card | None:
    """What the parcel says; None for a page that nobody wants any more. Digests and all other notices were drawn when
    they were posted. Letters are written by `writer`, or else as a desk without mail shows them."""
    if is_letter(parcel):
        return draw_letter(work, parcel, writer or LetterWriter())
    if "webhook" in parcel.card.data:
        return draw_webhook(work, parcel, now)
    if "leg" in parcel.card.data:
        return draw_leg(work, parcel, now)
    if VERIFY in parcel.card.data:
        return draw_code(work, parcel.card.data[VERIFY], now)
    if is_page(parcel):
        return draw_page(work, parcel, now)
    if is_held_card(parcel):
        return draw_held(work, parcel)
    if parcel.kind is Kind.CARD and parcel.ticket is not None:
        return card_of(work, work.tickets.get(parcel.ticket), now)
    if parcel.kind is Kind.ALERT and "clock" in parcel.card.data:
        return draw_alert(work, parcel.card, now)
    if parcel.ticket is not None and "thread" in parcel.card.data:
        return _thread_card(work, parcel, parcel.ticket, parcel.card.data["thread"])
    return parcel.card


def _thread_card(work: UnitOfWork, parcel: Parcel, number: int, seq: int) -> Card:
    """A line of the ticket's history. `origin` names the message in which it was said, if others read it there."""
    event = work.tickets.event(number, seq)
    people = {staff.id: staff.name for staff in work.people.all()}
    # A platform that the letter itself goes to shows its words there.
    letter = event.deed is Deed.REPLIED and any(
        one.key == letter_key(number, seq) and one.platform == parcel.platform for one in work.outbox.of_ticket(number)
    )
    line = thread_line(event, people, parcel.platform, whole=not letter)
    data = {"thread": seq, "deed": event.deed.value, "origin": event.data.get("message", "")}
    return Card(lines=(line,), ticket=number, data=data)

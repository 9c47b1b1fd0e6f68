"""What a partner writes about a ticket that was handed to them: for the desk to read, and no word of the customer's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cards import Card
from bot.domain.history import Deed
from bot.ports import DESK, Kind, News, UnitOfWork
from bot.ports.intake import Mail, MailState
from commands.answers import cut
from commands.intake import Words, caller_of
from commands.mail_kept import on_a_ticket
from commands.mail_matching import Match
from commands.record import record, tell
from commands.ticket_said import standing, unheard_by_owner

SHOWN = 200


def partner_wrote(work: UnitOfWork, kept: Mail, words: Words, found: Match, now: datetime) -> Mail:
    """A note on the ticket, told to whoever has it, or else to the desk. No clock starts or stops,
    nothing is opened again, and the customer never sees it."""
    caller = caller_of(words, now)
    ticket = standing(work, found.ticket)
    unheard = unheard_by_owner(caller, work, ticket)
    ticket = record(caller, work, ticket, Deed.NOTED, threaded=not unheard, text=words.text, partner=found.partner)
    wrote = f"{found.partner} ({words.who}) wrote about #{ticket.number} {ticket.subject}, which was handed to them"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (f"{wrote}: {cut(words.text, SHOWN)}",))
    if unheard:
        card = Card(lines=((f"{wrote}: {words.text} · {unheard}",),), ticket=ticket.number)
        work.outbox.post(News(Kind.NOTICE, DESK, card, f"said:{ticket.number}:{ticket.seq}", ticket=ticket.number))
    data = {**on_a_ticket(kept.data), "partner": found.partner}
    return replace(kept, state=MailState.TAKEN, ticket=ticket.number, seq=ticket.seq, data=data)

"""What machines write: bounces, which the ticket's people hear of, and automatic answers, which ask nothing of anybody.

Nothing here starts a clock or sends a letter: that is how two machines stop.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.history import Deed
from bot.domain.mail import Bounce, IncomingMail
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.ports.intake import Mail, MailState
from commands.answers import cut
from commands.letter_lost import EMAIL, not_arrived, reply_that_bounced
from commands.mail_doubted import doubted
from commands.mail_kept import text_of
from commands.mail_matching import Match
from commands.writing import append

QUIET = timedelta(hours=1)
"""For so long after one bounce of a ticket the same again is written down and told nobody."""
A_DAY = timedelta(days=1)
SHOWN = 500


def bounced(work: UnitOfWork, kept: Mail, bounce: Bounce, found: Match | None, now: datetime) -> Mail:
    """A letter of ours did not arrive, or is late: it goes into the ticket's history, and its owner is told. Only what
    bears our mark is believed: anybody can write a bounce."""
    kept = replace(kept, state=MailState.BOUNCE, reason=bounce.why)
    if found is None or not found.signed:
        return kept
    ticket = found.ticket
    kept = replace(kept, ticket=ticket.number)
    reply = reply_that_bounced(work, ticket, bounce)
    if _again(work.mails.last_of_ticket(ticket.number), kept, now) and not _is_new(work, ticket, bounce, reply):
        return kept
    said = not_arrived(work, ticket, bounce, now, reply=reply)
    return replace(kept, seq=said.seq)


def automatic(work: UnitOfWork, kept: Mail, mail: IncomingMail, found: Match | None, now: datetime) -> Mail:
    """A machine wrote it: nobody is told and nothing happens. What an answer to a letter of ours says ("I am away until
    Monday") is noted in the history, once a day; the desk is told how many came with a weak sign alone."""
    kept = replace(kept, state=MailState.DROPPED, reason=mail.machine)
    if found is None or not found.signed:
        if mail.doubtful:
            doubted(work, now)
        return kept
    ticket = found.ticket
    kept = replace(kept, ticket=ticket.number)
    last = work.mails.last_of_ticket(ticket.number)
    if last is not None and last.state is MailState.DROPPED and now - last.received_at < A_DAY:
        return kept
    text = f"An automatic answer came from {mail.sender}: {cut(text_of(mail), SHOWN)}"
    noted = append(work, ticket, Deed.NOTED, now, alone=False, source=EMAIL, text=text)
    return replace(kept, seq=noted.seq)


def _is_new(work: UnitOfWork, ticket: Ticket, bounce: Bounce, reply: int | None) -> bool:
    """Whether another reply is lost than those that are known to be: that the customer was not answered is news,
    whatever the reason."""
    told = (event for event in work.tickets.history(ticket.number) if event.deed is Deed.BOUNCED)
    return reply is not None and bounce.permanent and all(event.data.get("reply") != reply for event in told)


def _again(last: Mail | None, kept: Mail, now: datetime) -> bool:
    return (
        last is not None
        and last.state is MailState.BOUNCE
        and last.reason == kept.reason
        and now - last.received_at < QUIET
    )

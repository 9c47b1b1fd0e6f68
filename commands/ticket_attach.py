"""/ticket attach: put a file with a ticket, by its link or as it came with the message."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card
from bot.domain.attachments import LONGEST_LINK, Attachment, in_words
from bot.domain.errors import BadValue, Incomplete
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.answers import done
from commands.record import record
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket attach",
    ticket="Which ticket",
    link="Where the file lies: an address of https://…",
    name="What it is called, where the link does not say so",
    reason="Why, or what it shows",
    asks=("link", "name"),
    examples=("ticket attach 1 https://files.example/spool.log",),
)
def ticket_attach(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, link: str = "", name: str = "", reason: Text = BLANK
) -> Card:
    """Put a file with a ticket, for the desk."""
    files = caller.speaker.files
    if link:
        files = (*files, _linked(link, name))
    if not files:
        raise Incomplete(
            "/ticket attach needs a link: where the file lies.",
            f"It is typed: /ticket attach {ticket.number} https://…",
        )
    speaker = replace(caller.speaker, files=files)
    ticket = record(replace(caller, speaker=speaker), work, ticket, Deed.ATTACHED, reason)
    return done(work, ticket, f"With #{ticket.number} now: {listed(in_words(file) for file in files)}.")


def _linked(link: str, name: str) -> Attachment:
    if not link.startswith(("https://", "http://")) or len(link) > LONGEST_LINK:
        raise BadValue(f"“{link[:60]}” is not a link.", "A link begins with https://")
    last = link.partition("://")[2].partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return Attachment(name or last or link, link)

"""What a customer sends from a form: the files laid down first, then all of it in one transaction, and once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapters.web.customer.guest import Guest, guest_at
from adapters.web.door import Door
from adapters.web.pages.visit import Turned, Visit
from adapters.web.uploads import filed
from bot.cards import Card
from bot.domain.attachments import Attachment
from bot.domain.errors import Conflict
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.signing import digest_of
from commands.intake import Words

WAY = "web"

_NONCE = re.compile(r"[A-Za-z0-9_-]{20,64}")

Deed = Callable[[UnitOfWork, Guest, tuple[Attachment, ...]], Ticket]
"""What is to be done; the attachments are the files that came with the form."""


class Sending:
    """Does what a form asks for."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def once(self, visit: Visit, deed: Deed) -> int:
        """Do it in one transaction, unless this very form was sent before with the same words; returns the ticket's
        number either way. Raises what the deed raises."""
        request = _request(visit)

        def write(work: UnitOfWork, files: tuple[Attachment, ...]) -> tuple[int, bool]:
            known = work.memory.answer_to(request)
            if known is not None and known.ticket is not None:
                return known.ticket, False
            ticket = deed(work, guest_at(work, visit), files)
            work.memory.remember(request, Card(ticket=ticket.number), visit.now)
            return ticket.number, True

        with filed(self._door.filing, visit.form.files, Turned) as put:
            number, put.recorded = self._written(lambda work: write(work, put.files), request)
        if put.recorded:
            self._door.changed()
        return number

    def _written(self, write: Callable[[UnitOfWork], tuple[int, bool]], request: str) -> tuple[int, bool]:
        try:
            return self._door.database.write(write)
        except Conflict:  # Another replica may have done the same at this moment.
            known = self._door.database.read(lambda work: work.memory.answer_to(request))
            if known is None or known.ticket is None:
                raise
            return known.ticket, False


def words_of(guest: Guest, text: str, files: tuple[Attachment, ...] = (), **more: Any) -> Words:
    """What they say, signed in as they are."""
    return Words(WAY, guest.address, text, files=files, customer=guest.customer, **more)


def _request(visit: Visit) -> str:
    """The name of what is asked for: the form as it was shown to this browser, with what was filled in. Who goes back
    and says something else in it asks for another thing."""
    if not _NONCE.fullmatch(visit.form.text("nonce")):
        raise Turned(400)
    files = [(one.name, one.digest) for one in visit.form.files]
    told = repr((sorted(visit.path.items()), sorted(visit.form.fields.items()), files))
    return f"web:{digest_of(visit.secret)[:24]}:{digest_of(told)[:24]}"

"""Notes: what the desk's people write in a ticket's thread is kept with the ticket, and never sent out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapters.slack import PLATFORM
from adapters.slack.hearing.counter import Counter, Drawn
from adapters.slack.hearing.talk import Said, Talk
from bot.domain.errors import Refusal
from bot.domain.people import Role
from bot.ports import UnitOfWork

NOTE = "ticket note"
ATTACH = "ticket attach"


@dataclass(frozen=True, slots=True)
class _Thread:
    """A message that belongs to a ticket, from somebody who may write its notes."""

    ticket: int


class Notes:
    """Keeps what is written in tickets' threads; nothing is answered unless it could not be kept."""

    def __init__(self, counter: Counter, talk: Talk) -> None:
        self._counter = counter
        self._talk = talk

    async def hear(self, said: Said) -> None:
        """Keep a message of a thread, if the thread is a ticket's and its writer is of the desk."""
        counter = self._counter
        thread = await counter.workers.begin(lambda: counter.desk.database.read(lambda work: _of(work, said)))
        if thread is None:
            return
        try:
            speaker = await self._talk.speaker(said)
        except Refusal:
            return  # A guest or somebody who has left; what they write stays where it is.
        speaker = replace(speaker, ticket=thread.ticket, message=said.ref)
        text = await self._talk.read(said.text)
        raw = {"ticket": thread.ticket} | ({"text": text} if text else {})
        words = NOTE if text else ATTACH
        drawn: Drawn = await counter.workers.begin(
            lambda: counter.drawn(lambda: counter.desk.run(speaker, words, raw, said.request))
        )
        counter.done(drawn.answer, words)
        if not drawn.answer.ok:
            await counter.whisper.tell(said.spot, drawn.message)


def _of(work: UnitOfWork, said: Said) -> _Thread | None:
    ticket = work.tickets.anchored(PLATFORM, f"{said.channel}:{said.thread}")
    if ticket is None:
        return None
    writer = work.people.of_account(PLATFORM, said.user)
    return _Thread(ticket) if writer is not None and writer.role >= Role.STAFF else None

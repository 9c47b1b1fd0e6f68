"""The counter: what a chat platform's handlers share between a caller's words and the answer that is shown to them."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from bot.cards import Card
from bot.domain.errors import Refusal
from bot.names import Names
from bot.ports import Database
from bot.redaction import redacted
from bot.workers import Tasks, Workers
from commands.desk import Answer, Desk, refused

log = logging.getLogger(__name__)

M = TypeVar("M")
"""A message as the platform shows it."""

NAMES_FOR = 30.0
"""Seconds for which the people list is taken as read; a change made here is seen at once."""

FAULT = Refusal(
    "Something went wrong here, not with you, and nothing may have been done.", "The log tells what it was."
)
UNSAID = "The desk has an answer, but it could not be drawn here. The log tells why."
ONE_MOMENT = "One moment…"
FEW = 5
"""Words of a line that are soon typed again."""
_WITH_A_CODE = "desk link"
_OF_PEOPLE = ("staff ", "desk link")


class Roster:
    """Who our people are on a platform, read from the people list now and then. `team` is who “the team” is."""

    def __init__(self, database: Database, platform: str, team: str, clock: Callable[[], float] = monotonic) -> None:
        self._database = database
        self.platform = platform
        self._team = team
        self._clock = clock
        self._lock = Lock()
        self._names = Names({}, team)
        self._read_at: float | None = None

    @property
    def seen(self) -> Names:
        """As they were when last read; never waits."""
        return self._names

    def accounts(self) -> frozenset[str]:
        """The platform's accounts that the people list knows, as last read; never waits."""
        return frozenset(self._names.accounts.values())

    def names(self) -> Names:
        """As they are, read anew where that is too long ago. Blocks."""
        with self._lock:
            if self._read_at is None or self._clock() - self._read_at > NAMES_FOR:
                own = self.platform
                self._names = self._database.read(
                    lambda work: Names(
                        {one.id: one.accounts[own] for one in work.people.all() if own in one.accounts},
                        self._team,
                        work.promises.policy.zone,
                    )
                )
                self._read_at = self._clock()
            return self._names

    def forget(self) -> None:
        """Read them anew at the next occasion."""
        self._read_at = None


def with_typed(answer: Answer, line: str) -> Answer:
    """A refusal with the line that was typed, which the platform shows nowhere any more: nobody types a long one twice.
    Not where something in it is for nobody's eyes."""
    if answer.ok or answer.form is not None or len(line.split()) <= FEW or redacted(line) != line:
        return answer
    if line.removeprefix("/").startswith(_WITH_A_CODE):
        return answer
    return replace(answer, card=answer.card.and_lines((f"You typed: {line}",)))


@dataclass(frozen=True, slots=True)
class Drawn(Generic[M]):
    """An answer of the desk, and how the platform shows it."""

    answer: Answer
    message: M


class Counter(ABC, Generic[M]):
    """Runs commands for a platform's callers. `changed` is called, in the event loop, after something was written."""

    def __init__(self, desk: Desk, roster: Roster, workers: Workers, changed: Callable[[], None]) -> None:
        self.desk = desk
        self.roster = roster
        self.workers = workers
        self.tasks = Tasks()
        self._changed = changed

    @abstractmethod
    def dress(self, card: Card) -> M:
        """A card as the platform shows it. Blocks."""

    @abstractmethod
    def plain(self, text: str) -> M:
        """Words of our own as the platform shows them."""

    def answer(self, deed: Callable[[], Answer]) -> Answer:
        """What the desk says to a deed; a fault of ours is a sentence, and a traceback in the log. Blocks."""
        try:
            return deed()
        except Refusal as refusal:
            return refused(refusal)
        except Exception:
            log.exception("A command met a fault.")
            return refused(FAULT)

    def draw(self, card: Card) -> M:
        """A card as it is shown; one that cannot be drawn is a sentence, and a traceback in the log. Blocks."""
        try:
            return self.dress(card)
        except Exception:
            log.exception("A card could not be drawn.")
            return self.plain(UNSAID)

    def drawn(self, deed: Callable[[], Answer]) -> Drawn[M]:
        """Both in one go, for one thread. Blocks."""
        answer = self.answer(deed)
        return Drawn(answer, self.draw(answer.card))

    def done(self, answer: Answer, words: str) -> None:
        """Say that a command ran, so that what shows the desk's state can be drawn anew."""
        command = self.desk.catalogue.get(words)
        if command is None or not command.writes or not answer.ok:
            return
        if words.startswith(_OF_PEOPLE):
            self.roster.forget()
        self._changed()

    async def mended(self) -> None:
        """What an operator had to mend may be mended: what waited for it goes now. Where the database is away it goes
        in its time."""
        desk, platform = self.desk, self.roster.platform
        try:
            await self.workers.begin(
                lambda: desk.database.write(lambda work: work.outbox.release(platform, desk.clock.now()))
            )
        except Exception:
            log.warning("What waited for an operator could not be sent on its way yet.", exc_info=True)
        else:
            self._changed()

    def names(self) -> Names:
        """Who our people are; while the database is away, as last read. Blocks."""
        try:
            return self.roster.names()
        except Exception:
            log.warning("The people list cannot be read just now; names are as they were.")
            return self.roster.seen

"""The counter: what every handler of Slack's callers shares, from the desk to the person who waits for its answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.answering import Spot, Whisper
from adapters.slack.blocks import Message, message
from adapters.slack.names import Names
from adapters.slack.speakers import PLATFORM, Speakers
from bot.cards import Card
from bot.domain.errors import Refusal
from bot.ports import Database
from bot.workers import Tasks, Workers, in_time
from commands.desk import Answer, Desk, refused

log = logging.getLogger(__name__)

NAMES_FOR = 30.0
"""Seconds for which the people list is taken as read; a change made here is seen at once."""

FAULT = Refusal(
    "Something went wrong here, not with you, and nothing may have been done.", "The log tells what it was."
)
UNSAID = Message("The desk has an answer, but it could not be drawn here. The log tells why.", [])
_OF_PEOPLE = "staff "
ONE_MOMENT = Message("One moment…", [])


class Roster:
    """Who our people are in Slack, read from the people list now and then. `team` is who “the team” is."""

    def __init__(self, database: Database, team: str, clock: Callable[[], float] = monotonic) -> None:
        self._database = database
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
        """The Slack accounts that the people list knows, as last read; never waits."""
        return frozenset(self._names.accounts.values())

    def names(self) -> Names:
        """As they are, read anew where that is too long ago. Blocks."""
        with self._lock:
            if self._read_at is None or self._clock() - self._read_at > NAMES_FOR:
                self._names = self._database.read(
                    lambda work: Names(
                        {one.id: one.accounts[PLATFORM] for one in work.people.all() if PLATFORM in one.accounts},
                        self._team,
                        work.promises.policy.zone,
                    )
                )
                self._read_at = self._clock()
            return self._names

    def forget(self) -> None:
        """Read them anew at the next occasion."""
        self._read_at = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer of the desk, and how Slack shows it."""

    answer: Answer
    message: Message


class Counter:
    """Runs commands for Slack's callers and answers them in time. `changed` is called, in the event loop, after
    something was written; `called` names a channel, by its id, as it may be named to anybody, without waiting."""

    def __init__(
        self,
        desk: Desk,
        client: AsyncWebClient,
        roster: Roster,
        *,
        changed: Callable[[], None] = lambda: None,
        called: Callable[[str], str] = lambda channel: "#desk",
        clock: Callable[[], float] = monotonic,
        workers: Workers | None = None,
    ) -> None:
        self.desk = desk
        self.client = client
        self.roster = roster
        self.tasks = Tasks()
        self.workers = workers or Workers("slack")
        self.speakers = Speakers(client, self.tasks, roster.accounts, clock)
        self.whisper = Whisper(client)
        self.clock = clock
        self._called = called
        self._changed = changed

    async def start(self) -> None:
        """Learn who our people are before the first of them speaks."""
        await self.workers.begin(self.names)
        self.speakers.warm()

    async def stop(self) -> None:
        """Give the answers under way; then no more is done here."""
        await self.speakers.stop()
        await self.tasks.stop()
        self.workers.stop()

    def answer(self, deed: Callable[[], Answer]) -> Answer:
        """What the desk says to a deed; a fault of ours is a sentence, and a traceback in the log. Blocks."""
        try:
            return deed()
        except Refusal as refusal:
            return refused(refusal)
        except Exception:
            log.exception("A command from Slack met a fault.")
            return refused(FAULT)

    def draw(self, card: Card) -> Message:
        """A card as Slack shows it; one that cannot be drawn is a sentence, and a traceback in the log. Blocks."""
        try:
            return message(card, self.names(), new_blocks=self.whisper.new_blocks is not False)
        except Exception:
            log.exception("A card could not be drawn for Slack.")
            return UNSAID

    def drawn(self, deed: Callable[[], Answer]) -> Drawn:
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

    def place(self, channel: str) -> str:
        """What the place is called in which somebody speaks; they are at the desk where it is none."""
        return self._called(channel) if channel else "#desk"

    async def tell(self, spot: Spot, card: Card) -> bool:
        """Say a card to a caller, and to nobody else."""
        return await self.whisper.tell(spot, await self.workers.begin(lambda: self.draw(card)))

    async def tell_refusal(self, spot: Spot, refusal: Refusal) -> bool:
        """Say a refusal to a caller."""
        return await self.tell(spot, refused(refusal).card)

    async def refusal(self, refusal: Refusal) -> Message:
        """A refusal as Slack shows it."""
        return await self.workers.begin(lambda: self.draw(refused(refusal).card))

    async def told_in_time(self, deed: Callable[[], Answer], spot: Spot, words: str) -> None:
        """Run a deed and tell its answer: returns once the deed is done or has taken too long for its request to wait;
        the answer follows in either case."""
        work = self.workers.begin(lambda: self.drawn(deed))
        late = not await in_time(work)
        self.tasks.start(self.tell_later(work, spot, words, late=late), f"an answer to {spot.user}")

    async def tell_later(self, work: asyncio.Future[Drawn], spot: Spot, words: str, *, late: bool = False) -> None:
        """Tell an answer when it is there; `late` says first that it will come."""
        if late:
            await self.whisper.tell(spot, ONE_MOMENT)
        drawn = await work
        self.done(drawn.answer, words)
        await self.whisper.tell(spot, drawn.message)

    def names(self) -> Names:
        """Who our people are; while the database is away, as last read. Blocks."""
        try:
            return self.roster.names()
        except Exception:
            log.warning("The people list cannot be read just now; names are as they were.")
            return self.roster.seen

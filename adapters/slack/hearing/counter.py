"""The counter: what every handler of Slack's callers shares, from the desk to the person who waits for its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.drawing.blocks import Message, message
from adapters.slack.hearing.answering import Spot, Whisper
from adapters.slack.people.speakers import ANYWHERE, NOWHERE, Speakers, Workspace
from bot import counter
from bot.cards import Card
from bot.counter import Roster
from bot.domain.errors import Refusal
from bot.workers import Workers, in_time
from commands.desk import Answer, Desk, refused

ONE_MOMENT = Message(counter.ONE_MOMENT, [])
Drawn = counter.Drawn[Message]


def request_of(trigger: str) -> str:
    """What a repeat of a command or of a press is known by: its trigger's id. Without one nothing is, as all those
    would be one and the same."""
    return f"slack:{trigger}" if trigger else ""


class Counter(counter.Counter[Message]):
    """Runs commands for Slack's callers and answers them in time. `changed` is called, in the event loop, after
    something was written; `called` names a channel, by its id, as it may be named to anybody, without waiting; `home`
    is the workspace that the desk is in."""

    def __init__(
        self,
        desk: Desk,
        client: AsyncWebClient,
        roster: Roster,
        *,
        changed: Callable[[], None] = lambda: None,
        called: Callable[[str], str] = lambda channel: "#desk",
        is_desk: Callable[[str], bool] = lambda channel: False,
        clock: Callable[[], float] = monotonic,
        workers: Workers | None = None,
        home: Workspace = ANYWHERE,
    ) -> None:
        super().__init__(desk, roster, workers or Workers("slack"), changed)
        self.client = client
        self.speakers = Speakers(client, self.tasks, roster.accounts, clock, home)
        self.whisper = Whisper(client)
        self.clock = clock
        self._called = called
        self.is_desk = is_desk

    async def start(self) -> None:
        """Learn who our people are before the first of them speaks."""
        await self.workers.begin(self.names)
        self.speakers.warm()

    async def stop(self) -> None:
        """Give the answers under way; then no more is done here."""
        await self.speakers.stop()
        await self.tasks.stop()
        self.workers.stop()

    def dress(self, card: Card) -> Message:
        return message(card, self.names(), new_blocks=self.whisper.new_blocks is not False)

    def plain(self, text: str) -> Message:
        return Message(text, [])

    def place(self, channel: str) -> str:
        """What the place is called in which somebody speaks; Slack itself where it is none."""
        return self._called(channel) if channel else NOWHERE

    async def tell(self, spot: Spot, card: Card) -> bool:
        """Say a card to a caller, and to nobody else."""
        return await self.whisper.tell(spot, await self.workers.begin(lambda: self.draw(card)))

    async def tell_refusal(self, spot: Spot, refusal: Refusal) -> bool:
        """Say a refusal to a caller."""
        return await self.tell(spot, refused(refusal).card)

    def refused(self, answer: Answer) -> Message:
        """A refusal as Slack shows it, with names as they were last read: it waits for nothing."""
        return message(answer.card, self.roster.seen)

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

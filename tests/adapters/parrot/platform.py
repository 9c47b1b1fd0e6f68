"""The parrot: both halves of the platform. It translates and never decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.below import MAIL, NOBODY, is_ambiguous, letter_by_hand, looked, waiting
from bot.cards import Card, Mention, Strong, When
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver, Channel, Health, Kind, Parcel, Speaker, WallClock
from bot.settings import Settings
from commands.desk import Desk
from tests.adapters.parrot.cage import AWAY, HERE, TOKEN, Cage, Refused

PLATFORM = "parrot"
BLINK = 0.01


class ParrotPlatform:
    """The port `Platform`, over the cage that the settings name."""

    def __init__(self, desk: Desk, settings: Settings, clock: WallClock, changed: Callable[[], None]) -> None:
        self._own = settings.platforms[PLATFORM].model_extra or {}
        self._cage = Cage(Path(self._own["cage"]))
        self._desk = desk
        self._clock = clock
        self._changed = changed
        self._channel = ParrotChannel(self._cage, desk)
        self._task: asyncio.Task[None] | None = None

    @property
    def channel(self) -> Channel:
        return self._channel

    def routes(self) -> Sequence[Any]:
        return ()

    async def start(self) -> None:
        if self._cage.has(AWAY):
            raise ConnectionError("the cage is covered")
        if not self._cage.has(f"{TOKEN}-{self._own['token']}"):
            raise Refusal("platforms.parrot.token: the parrot does not know it.", "Ask the parrot for another.")
        self._cage.flag(HERE)
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._cage.forget(HERE)

    def health(self) -> Health:
        if self._task is None:
            return Health(False, "not connected")
        away = self._cage.has(AWAY)
        return Health(not away, "the cage is covered" if away else "connected", self._clock.now())

    async def _listen(self) -> None:
        """A file named for an account is a line of theirs for the desk; its answer is a file, too."""
        while True:
            for said in self._cage.folder.glob("says-*"):
                await asyncio.to_thread(self._answer, said)
            await asyncio.sleep(BLINK)

    def _answer(self, said: Path) -> None:
        account = said.name.removeprefix("says-")
        answer = self._desk.say(Speaker(PLATFORM, account), said.read_text())
        said.unlink()
        self._changed()
        self._cage.flag(f"hears-{account}", words(answer.card))


class ParrotChannel:
    """The port `Channel`: parcels become files."""

    platform = PLATFORM
    prompt = True

    def __init__(self, cage: Cage, desk: Desk) -> None:
        self._cage = cage
        self._database = desk.database

    async def deliver(self, parcel: Parcel) -> str:
        seen = await looked(self._database, parcel)
        room, below, card = parcel.place.removeprefix("#"), "", parcel.card
        if parcel.place.startswith("@"):
            account = seen.account(parcel, "POLLY")
            if account is None:
                return NOBODY
            room = f"to-{account}"
        elif parcel.ticket is not None and parcel.kind in (Kind.NOTICE, Kind.LETTER):
            if not seen.cards:
                raise waiting(parcel.ticket)
            room, below = "desk", seen.cards[-1]
            card = letter_by_hand(parcel) if parcel.place.startswith(MAIL) else card
        try:
            name = self._cage.post(str(parcel.id), room, words(card), below, (parcel.ref or "").rpartition("/")[2])
        except Refused as refused:
            raise CannotDeliver(
                "the parrot is busy",
                retry_after=refused.after or None,
                unknown=not refused.after or is_ambiguous(parcel),
            ) from refused
        return f"{room}/{name}"


def words(card: Card) -> str:
    """A card in the parrot's words."""
    found = []
    for line in (card.title, *card.lines):
        for part in line:
            match part:
                case str():
                    found.append(part)
                case Strong():
                    found.append(part.text)
                case Mention():
                    found.append(part.name or part.person)
                case When():
                    found.append(part.at.isoformat())
        found.append("\n")
    return "".join(found)

"""An office for tests: a town's real desk at a counter in Discord, over a real client, in a server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from adapters.discord.hearing.ways import Ways
from adapters.discord.sending.places import Places
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.gateway import Gateway
from bot.ports import Anchoring, UnitOfWork
from bot.settings import Channels, Discord
from tests.beside import LoopThread
from tests.doubles.discord import Guild
from tests.doubles.discord.fixtures import ANN, BOB, LEA, VIC, ZOE, settle
from tests.town import STAFF, Town

T = TypeVar("T")

TEAM = {"ann": ANN, "bob": BOB, "lea": LEA, "vic": VIC, "zoe": ZOE}
MAX = 106
"""Somebody whom the desk does not know."""
PATIENCE = 3.0


class Office:
    """The desk of `town`, listening to `discord`. `changes` counts what it said was written."""

    def __init__(self, town: Town, discord: Guild, **settings: Any) -> None:
        self.town = town
        self.discord = discord
        self.changes = 0
        self.ways: Ways | None = None
        self.rest: Rest | None = None
        self.settings = Discord(
            token=SecretStr(discord.token),
            server=discord.guild_id,
            api_url=discord.api_url,
            gateway_url=discord.gateway_url,
            notes=False,
            **settings,
        )

    def open(self, *, registered: bool = True) -> Office:
        """`registered` says whether its commands are waited for."""
        self._thread = LoopThread()
        self._over = AsyncExitStack()
        self._thread.start()
        self.does(self._serve())
        if registered:
            self.discord.until(lambda: self.discord.commands)
        return self

    def close(self) -> None:
        self.does(self._over.aclose())
        self._thread.stop()

    def restart(self, *, registered: bool = True) -> None:
        """Another process, so to speak: nothing is left but the database."""
        self.close()
        self.open(registered=registered)

    def forget_commands(self) -> None:
        """Discord has the commands no more, as after the bot has left the server and come back."""
        with self.discord.world.news:
            for some in self.discord.world.commands.values():
                some.clear()

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the office's own event loop."""
        return self._thread.does(work)

    def ticket(self, subject: str = "printer on fire", **more: str) -> int:
        """A ticket of Ann's; its number."""
        given = " ".join(f'--{name} "{value}"' for name, value in more.items())
        self.town.does("ann", f'/ticket open "{subject}" {given}')
        return len(self.town.tickets())

    def anchor(self, number: int, ref: str) -> None:
        self.town.database.write(lambda work: work.tickets.anchor(number, "discord", ref, Anchoring.CARD))

    def told(self, who: str | int, words: str) -> Any:
        """Wait until somebody, and nobody else, was shown these words; returns the message."""
        return self.discord.until(
            lambda: next((one for one in self.discord.ephemerals(who) if words in one.text), None)
        )

    def _changed(self) -> None:
        self.changes += 1

    async def _serve(self) -> None:
        rest = self.rest = Rest()
        gateway = Gateway(self.settings, rest, self.town.clock, self._heard, content=False)
        await gateway.start()
        self._over.push_async_callback(gateway.stop)
        places = Places(rest, Channels(desk="#desk", alerts="#alerts"), lambda: gateway.guild)
        self.ways = Ways(self.town.desk, self.settings, rest, places, self._changed)
        await self.ways.start(self.discord.application_id)
        self._over.push_async_callback(self.ways.stop)

    def _heard(self, event: str, data: Any) -> None:
        if self.ways is not None:
            self.ways.heard(event, data)


@contextmanager
def office(
    folder: Path,
    prepare: Callable[[Guild], None] = lambda discord: None,
    *,
    patience: float = PATIENCE,
    **settings: Any,
) -> Iterator[Office]:
    """An open office: the town's people in the server, and somebody the desk does not know."""
    town = Town(folder).settle()
    town.database.write(_with_accounts)
    with Guild(patience=patience) as discord:
        settle(discord)
        discord.member(MAX, "Max", roles=("support",))
        prepare(discord)
        opened = Office(town, discord, **settings)
        try:
            yield opened.open()
        finally:
            opened.close()
            town.close()
        assert not discord.faults, discord.faults


def _with_accounts(work: UnitOfWork) -> None:
    for staff in STAFF:
        work.people.save(replace(staff, accounts={**staff.accounts, "discord": str(TEAM[staff.id])}))

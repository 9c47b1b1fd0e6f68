"""A desk connected to a server on loopback, in an event loop of its own, as the running desk has one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from adapters.discord.platform import DiscordPlatform
from bot.cards import Card
from bot.clocks import MovableClock, SystemClock
from bot.courier import Courier
from bot.handover import Handover
from bot.ports import Health, Kind, News, Parcel, Speaker, UnitOfWork, Urgency
from bot.settings import Channels, Discord, Settings
from bot.wiring import build
from commands.drawing import draw
from tests.beside import LoopThread
from tests.doubles.discord import Guild, Message
from tests.doubles.discord.fixtures import ANN, BOB, DESK, LEA, VIC, settle
from tests.town import CUSTOMERS, STAFF, words

T = TypeVar("T")
ACCOUNTS = {"ann": ANN, "bob": BOB, "lea": LEA, "vic": VIC}
"""Zoe of the people list has no account on Discord."""


class Connected:
    """Not connected before `start`. `silence` and `rest` are real seconds; time at the desk is moved by hand."""

    def __init__(
        self,
        folder: Path,
        discord: Guild,
        *,
        silence: float = 60.0,
        rest: float = 60.0,
        pauses: Sequence[float] = (0.01, 0.01),
        channels: Channels | None = None,
        people: bool = True,
        **settings: Any,
    ) -> None:
        self.discord = discord
        given: dict[str, Any] = {
            "token": SecretStr(discord.token),
            "server": discord.guild_id,
            "api_url": discord.api_url,
            "team": "support",
            "notes": False,
        }
        own = Discord(**(given | settings))
        everything = Settings(data=folder, discord=own, channels=channels or Channels())
        self.clock = MovableClock(SystemClock().now())
        self.house = build(everything, self.clock, ("discord",))
        self.database, self.desk = self.house.database, self.house.desk
        self.database.write(_move_in if people else _only_customers)
        self.changes = 0
        self.platform = DiscordPlatform(
            self.desk, everything, self.clock, self._changed, silence=silence, rest=rest, pauses=pauses
        )
        self.handover = Handover(self.database, self.clock, draw)
        self._thread = LoopThread()
        self._thread.start()

    def _changed(self) -> None:
        self.changes += 1

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.does(work)

    def start(self) -> None:
        self.does(self.platform.start())

    def stop(self) -> None:
        self.does(self.platform.stop())

    @property
    def health(self) -> Health:
        return self.platform.health()

    # --- what happens ----------------------------------------------------------------------------------------

    def says(self, who: str, line: str, message: str = "") -> None:
        """Somebody says a line on Discord that the desk must do."""
        answer = self.desk.say(Speaker("discord", str(ACCOUNTS[who]), message=message), line)
        assert answer.ok, words(answer.card)

    def post(self, kind: Kind, to: str, card: Card, key: str = "it", ticket: int | None = None) -> None:
        news = News(kind, to, card, key, Urgency.NOTICE, ticket)
        self.database.write(lambda work: work.outbox.post(news))

    def delivers(self, after: float = 0.0) -> None:
        """Carry all that is due so many seconds from now."""
        self.clock.forward(seconds=after)
        self.does(self._deliver())

    async def _deliver(self) -> None:
        await Courier(self.platform.channel, self.handover, self.database, self.clock, pace=0.0).settle()

    # --- what is there ---------------------------------------------------------------------------------------

    def card(self, number: int = 1, where: int | str = DESK) -> Message:
        """The one card of a ticket in the desk's channel."""
        found = [one for one in self.discord.messages(where) if f"#{number}" in one.text and "Opened by" in one.text]
        assert len(found) == 1, [one.text for one in self.discord.messages(where)]
        return found[0]

    def thread(self, number: int = 1) -> list[Message]:
        """What stands below it."""
        return self.discord.replies(self.card(number).id)

    def of_ticket(self, number: int = 1) -> list[Parcel]:
        return self.database.read(lambda work: list(work.outbox.of_ticket(number)))

    def waiting(self) -> list[Parcel]:
        """The parcels of the first ticket that are not delivered."""
        return [one for one in self.of_ticket() if one.state.value not in ("sent", "dead")]

    def close(self) -> None:
        self.stop()
        self._thread.stop()
        self.house.close()


def _move_in(work: UnitOfWork) -> None:
    for staff in STAFF:
        account = ACCOUNTS.get(staff.id)
        work.people.save(replace(staff, accounts={"discord": str(account)} if account else {}))
    _only_customers(work)


def _only_customers(work: UnitOfWork) -> None:
    for customer in CUSTOMERS:
        work.customers.save(customer)


@contextmanager
def connected(
    folder: Path,
    *,
    server: dict[str, Any] | None = None,
    server_id: int = 0,
    prepare: Callable[[Guild], object] = lambda discord: None,
    **how: Any,
) -> Iterator[Connected]:
    """Connected from its start; at its end Discord has found no fault. `server` is how the server is, `server_id` which
    one the desk believes to be its own; `prepare` changes it before the desk comes."""
    with Guild(**(server or {})) as discord:
        settle(discord)
        prepare(discord)
        if server_id:
            how["server"] = server_id
        desk = Connected(folder, discord, **how)
        try:
            desk.start()
            yield desk
        finally:
            desk.close()
        assert discord.faults == []

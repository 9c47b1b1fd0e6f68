"""A desk joined to one platform, whichever that is, in an event loop of its own; its time is moved by hand."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from bot.cards import Card
from bot.clocks import MovableClock, SystemClock
from bot.courier import Courier
from bot.handover import Handover
from bot.ports import Anchoring, Kind, News, Parcel, Speaker, TicketFilter, UnitOfWork, Urgency
from bot.settings import Settings
from bot.ways import platform_class
from bot.wiring import build
from commands.drawing import draw
from tests.adapters.ground import Ground
from tests.beside import LoopThread
from tests.town import CUSTOMERS, STAFF, words

T = TypeVar("T")


class Joined:
    """Not connected before `start`. Zoe has no account on the platform."""

    def __init__(self, folder: Path, name: str, ground: Ground, **otherwise: Any) -> None:
        self.name = name
        self.ground = ground
        own = {**ground.settings, **otherwise}
        section = {name: own} if name in Settings.model_fields else {"platforms": {name: own}}
        settings = Settings.model_validate({"data": folder, **section})
        self.clock = MovableClock(SystemClock().now())
        self.house = build(settings, self.clock, (name,))
        self.house.database.write(self._move_in)
        self.changes = 0
        self.platform = platform_class(settings, name)(self.house.desk, settings, self.clock, self._changed)
        self._thread = LoopThread()
        self._thread.start()

    def _move_in(self, work: UnitOfWork) -> None:
        for staff in STAFF:
            account = {self.name: self.ground.account(staff.id)} if staff.id != "zoe" else {}
            work.people.save(replace(staff, accounts=account))
        for customer in CUSTOMERS:
            work.customers.save(customer)

    def _changed(self) -> None:
        self.changes += 1

    def close(self) -> None:
        self.stop()
        self._thread.stop()
        self.house.close()

    # --- what happens ----------------------------------------------------------------------------------------

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.does(work)

    def start(self) -> None:
        self.does(self.platform.start())

    def stop(self) -> None:
        self.does(self.platform.stop())

    def is_seen(self, there: bool) -> bool:
        """Whether the other side comes to see it as connected, or as gone."""
        end = time.monotonic() + 60
        while self.ground.connected() is not there and time.monotonic() < end:
            time.sleep(0.01)
        return self.ground.connected() is there

    def says(self, who: str, line: str) -> None:
        """Somebody says a line that the desk must do."""
        answer = self.house.desk.say(Speaker(self.name, self.ground.account(who)), line)
        assert answer.ok, words(answer.card)

    def posts(self, kind: Kind, to: str, card: Card, ticket: int | None = None) -> None:
        news = News(kind, to, card, f"{kind} {to}", Urgency.NOTICE, ticket)
        self.house.database.write(lambda work: work.outbox.post(news))

    def delivers(self, after: float = 0.0) -> None:
        """Carry all that is due so many seconds from now."""
        self.clock.forward(seconds=after)
        self.ground.passes(after)
        self.does(self._deliver())

    async def _deliver(self) -> None:
        database, clock = self.house.database, self.clock
        handover = Handover(database, clock, draw)
        await Courier(self.platform.channel, handover, database, clock, pace=0.0).settle()

    # --- what is on record -----------------------------------------------------------------------------------

    def cards(self) -> Sequence[str]:
        """The messages that are the first ticket's card."""
        anchors = self.house.database.read(lambda work: list(work.tickets.anchors(1, self.name)))
        return [one.ref for one in anchors if one.what is Anchoring.CARD]

    def waiting(self) -> Sequence[Parcel]:
        """The parcels of the first ticket that are not delivered."""
        parcels = self.house.database.read(lambda work: list(work.outbox.of_ticket(1)))
        return [one for one in parcels if one.state.value not in ("sent", "dead")]

    def tickets(self) -> int:
        return self.house.database.read(lambda work: work.tickets.count(TicketFilter()))

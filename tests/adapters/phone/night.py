"""A night on call for tests: a real desk with its web server beside a telephone network, and a clock moved by hand.

with night(folder) as desk:
    kim = desk.phones.person(KIM, "Kim", presses=[("Press 1", "1")])
    desk.says("ann", "/ticket open server down --customer acme --priority urgent")
    desk.settles()
    assert desk.page().acknowledged_by == "kim"
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from bot.clocks import MovableClock
from bot.domain.paging import Attempt, Page
from bot.domain.ticket import Ticket
from bot.ports import Channel, Kind, Parcel, Speaker, UnitOfWork, WallClock
from bot.settings import Settings
from bot.ways import chats_of
from bot.wiring import build
from tests.beside import LoopThread
from tests.doubles.phone import Network
from tests.doubles.phone.engineers import KIM, LEA, PLAN, PUBLIC, SAM, move_in, phone_settings
from tests.ports import Port
from tests.town import MONDAY_TEN, words

T = TypeVar("T")


@dataclass(slots=True)
class Terminal:
    """The terminal's channel: it keeps what it is given."""

    platform: str = "console"
    prompt: bool = True
    parcels: list[Parcel] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> str:
        self.parcels.append(parcel)
        return parcel.ref or f"parcel-{parcel.id}"


class Night:
    """The desk, its telephone network, and the time, which stands still but for `passes`.

    `chats` are settings of chat platforms, which are served then in place of the terminal; `settled` is done before
    the desk takes its plan on; `terminal` makes another channel than the one that keeps what it is given.
    """

    def __init__(
        self,
        folder: Path,
        phones: Network,
        start: datetime,
        plan: str,
        *,
        chats: Mapping[str, Any] = MappingProxyType({}),
        settled: Callable[[UnitOfWork], None] | None = None,
        terminal: Callable[[WallClock], Channel] | None = None,
        **phone: Any,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "oncall.toml"
        file.write_text(plan, encoding="utf-8")
        self._port = Port()
        phones.points_to(PUBLIC, f"http://127.0.0.1:{self._port.number}")
        self.clock = MovableClock(start)
        phones.state.now = self.clock.now
        given = {"data": folder, "oncall": file, "web": {"port": self._port.number}}
        self.settings = Settings.model_validate({**given, "phone": phone_settings(phones, **phone), **chats})
        self.phones = phones
        # People are there before the plan that names them.
        empty = build(self.settings.model_copy(update={"oncall": None}), self.clock)
        empty.database.write(lambda work: move_in(work, self.clock.now()))
        if settled is not None:
            empty.database.write(settled)
        empty.close()
        self._chats = chats_of(self.settings)
        self.house = build(self.settings, self.clock, self._chats or None)
        self.database = self.house.database
        self.terminal = Terminal()
        self.thread = LoopThread()
        self.thread.start()
        here = self.terminal if terminal is None else terminal(self.clock)
        self.runtime = self.house.served({} if self._chats else {"console": here})

    # --- its life --------------------------------------------------------------------------------------------

    def opens(self) -> None:
        self.does(self._start())
        self.phones.until(self._connected)

    def closes(self) -> None:
        self.does(self.runtime.stop())
        self.thread.stop()
        self.house.close()
        self._port.close()

    async def _start(self) -> None:
        self.runtime.start()

    def _connected(self) -> bool:
        health = self.runtime.health()
        return all(name in health and health[name].well for name in ("web", "phone", *self._chats))

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the desk's event loop."""
        return self.thread.does(work)

    # --- what happens ----------------------------------------------------------------------------------------

    def says(self, who: str, line: str) -> str:
        """Somebody says a line at the terminal that the desk must do; what it answers, in words."""
        answer = self.house.desk.say(Speaker("console", who, who.capitalize(), "#desk"), line)
        assert answer.ok, f"{line}\n{words(answer.card)}"
        self.runtime.changed()
        return words(answer.card)

    def refused(self, who: str, line: str) -> str:
        """The same where it must refuse."""
        answer = self.house.desk.say(Speaker("console", who, who.capitalize(), "#desk"), line)
        assert not answer.ok, f"{line}\n{words(answer.card)}"
        return words(answer.card)

    def settles(self, seconds: float = 60.0) -> None:
        """Wait until the desk has nothing to do at this time, and every telephone is at rest or in a test's hands."""
        self.runtime.changed()
        self.phones.until(self._at_rest, seconds)

    def passes(self, **span: float) -> None:
        """Time passes, stopping wherever a page is due, and at each stop everything comes to rest."""
        end = self.clock.now() + timedelta(**span)
        self.settles()
        while self.clock.now() < end:
            due = self.database.read(_next_due)
            stop = min(end, max(due, self.clock.now() + timedelta(seconds=1))) if due is not None else end
            self.does(self.runtime.advance(self.clock, stop))
            self.settles()

    def _at_rest(self) -> bool:
        due, under_way = self.database.read(lambda work: (_next_due(work), work.outbox.counts()["sending"]))
        return self.phones.at_rest and (due is None or due > self.clock.now()) and not under_way

    # --- what is on record -----------------------------------------------------------------------------------

    def page(self, id: int = 1) -> Page:
        return self.database.read(lambda work: work.pages.get(id))

    def attempts(self, page: int = 1, kind: str = "") -> Sequence[Attempt]:
        found = self.database.read(lambda work: list(work.pages.attempts(page)))
        return [one for one in found if kind in ("", one.kind)]

    def ticket(self, number: int = 1) -> Ticket:
        return self.database.read(lambda work: work.tickets.get(number))

    def told(self, place: str, kind: Kind | None = None) -> list[str]:
        """What the terminal was told for a place ("#alerts", "@ann") so far."""
        found = [one for one in self.terminal.parcels if one.place == place and kind in (None, one.kind)]
        return [words(one.card) for one in found]


def _next_due(work: UnitOfWork) -> datetime | None:
    found = [work.pages.next_due(), work.calls.next_due(), work.outbox.next_due(), work.tickets.next_timer()]
    return min((one for one in found if one is not None), default=None)


@contextmanager
def night(
    folder: Path, start: datetime = MONDAY_TEN, plan: str = PLAN, *, scale: float = 0.005, **phone: Any
) -> Iterator[Night]:
    """A desk that is connected; at its end no fault is left."""
    with Network(scale=scale) as phones:
        desk = Night(folder, phones, start, plan, **phone)
        try:
            desk.opens()
            yield desk
            # A callback that is under way when the desk closes is no fault of the desk's.
            phones.until(lambda: phones.at_rest)
        finally:
            desk.closes()
        assert phones.faults == [], phones.faults


__all__ = ["KIM", "LEA", "PLAN", "PUBLIC", "SAM", "Night", "night"]

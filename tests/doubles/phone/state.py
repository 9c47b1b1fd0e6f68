"""What the network remembers, and its clock: seconds of the network are `scale` real seconds each."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition
from typing import TYPE_CHECKING, Any

from bot.clocks import SystemClock
from tests.doubles.phone.lines import SipLines
from tests.doubles.phone.people import Person
from tests.doubles.phone.records import Call, Recording, Request, Sent, Text
from tests.doubles.phone.signing import Dialect, Signer

if TYPE_CHECKING:
    from tests.doubles.phone.rooms import Room


def wall_clock() -> datetime:
    return SystemClock().now()


@dataclass(slots=True)
class Number:
    """A number of the account, and where it points."""

    sid: str
    number: str
    voice_url: str = ""
    text_url: str = ""
    status_url: str = ""
    voice: bool = True
    texts: bool = True


@dataclass(slots=True)
class State:
    """Everything that is known. Changed on the network's loop alone; `news` is notified of every change."""

    dialect: Dialect
    account: str
    token: str
    scale: float
    patience: float
    now: Callable[[], datetime] = wall_clock
    numbers: list[Number] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)
    news: Condition = field(default_factory=Condition)
    base: str = ""
    trial: bool = False
    account_status: str = "active"
    whisper_refused: str = "completed"
    listed_after: float = 0.0
    recordings_late: float = 0.0
    recordings_absent: bool = False
    signer: Signer = field(init=False)
    tasks: dict[asyncio.Task[Any], Call | None] = field(default_factory=dict)
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    aside: dict[asyncio.Task[Any], Call | None] = field(default_factory=dict)
    lines: SipLines = field(default_factory=SipLines)
    _sids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.signer = Signer(self.dialect, self.token, lambda: self.now())

    def sid(self, kind: str) -> str:
        """A new name: two letters and 32 hexadecimal digits."""
        return f"{kind}{next(self._sids):032x}"

    def fault(self, what: str) -> None:
        with self.news:
            self.faults.append(what)
            self.news.notify_all()

    def changed(self) -> None:
        self.stirred.set()
        with self.news:
            self.news.notify_all()

    async def wait(self, seconds: float) -> None:
        """So many seconds of the network."""
        await asyncio.sleep(seconds * self.scale)

    def later(
        self, work: Coroutine[Any, Any, Any], call: Call | None = None, *, aside: bool = False
    ) -> asyncio.Task[Any]:
        """Run it on the side; it ends with the network. It is the life of `call`, or something that goes by itself;
        what is put `aside` keeps nobody waiting who waits for rest."""
        task = asyncio.get_running_loop().create_task(work)
        (self.aside if aside else self.tasks)[task] = call
        task.add_done_callback(self._done)
        return task

    @property
    def at_rest(self) -> bool:
        """Whether nothing goes on but calls that wait for a person's hands, or for somebody to come into a room."""
        running = list(self.tasks.values())
        return all(call is not None and call.leg is not None and call.leg.resting for call in running)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.pop(task, None)
        self.aside.pop(task, None)
        self.changed()
        if not task.cancelled() and task.exception() is not None:
            self.fault(f"the double broke: {task.exception()!r}")

    def number(self, number: str) -> Number | None:
        return next((one for one in self.numbers if one.number == number), None)

    def call(self, sid: str) -> Call | None:
        return next((one for one in self.calls if one.sid == sid), None)

    def person(self, number: str) -> Person | None:
        return self.people.get(number)

"""What a test sees of the network: calls, texts, recordings, rooms, requests in and webhooks out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.doubles.phone.leg import Leg

Json = dict[str, Any]
FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the app's: "calls_create" and so on, its parameters, and the status that was answered (0: none).
    `at` is a monotonic instant in seconds."""

    operation: str
    given: tuple[tuple[str, str], ...]
    status: int
    at: float

    def get(self, name: str) -> str:
        return dict(self.given).get(name, "")


@dataclass(frozen=True, slots=True)
class Sent:
    """A webhook of the network's: of what kind (voice, status, machine, recording, conference, text, text status), with
    which answer (status 0: none). `wrong` says what was deliberately wrong with it."""

    kind: str
    url: str
    given: Mapping[str, str]
    status: int
    body: str
    seconds: float
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence as it was dressed."""

    text: str
    language: str
    voice: str


@dataclass(slots=True)
class Recording:
    """A recording: of which call or room, and how long in seconds."""

    sid: str
    call: str
    room: str
    seconds: int
    source: str
    made_at: datetime
    deleted: bool = False


@dataclass(slots=True)
class Text:
    """A text, out or in. `error` is the provider's code where it was not delivered."""

    sid: str
    to: str
    sender: str
    body: str
    status: str
    at: datetime
    inbound: bool = False
    error: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Call:
    """A call, and for those who play by hand, their telephone. Its methods may be called from any thread
    but the network's own; what they do is done when they return."""

    sid: str
    to: str
    sender: str
    direction: str
    made_at: datetime
    status: str = "queued"
    parent: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: str = ""
    heard: list[str] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    music: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    keys: str = ""
    conference: str = ""
    rooms: list[str] = field(default_factory=list)
    on_hold: bool = False
    bridged_with: str = ""
    statuses: list[str] = field(default_factory=list)
    given: Mapping[str, str] = field(default_factory=dict)
    leg: Leg | None = None
    loop: asyncio.AbstractEventLoop | None = None
    until: Callable[[Callable[[], object]], None] | None = None

    @property
    def over(self) -> bool:
        return self.status in FINAL

    @property
    def words(self) -> str:
        """Everything that was heard, in a row."""
        return " ".join(self.heard)

    @property
    def hears(self) -> tuple[str, ...]:
        """The numbers of those whom this one hears now."""
        return self.leg.hears() if self.leg is not None else ()

    def waits_to_hear(self, phrase: str, times: int = 1) -> str:
        """The sentence with this phrase in it, as soon as it is spoken (for the so-manieth time)."""
        assert self.until is not None

        def found() -> list[str]:
            return [one for one in self.heard if phrase.casefold() in one.casefold()]

        self.until(lambda: len(found()) >= times)
        return found()[times - 1]

    def picks_up(self) -> None:
        """Answers, who waits for a test to say so."""
        self._do(lambda leg: leg.picked())

    def rings_out(self) -> None:
        """Nobody picks up, and the time of ringing is over."""
        self._do(lambda leg: leg.end("no-answer", "487"))

    def presses(self, keys: str) -> None:
        """Keys, one after the other. Those that nobody waits for are lost."""
        self._do(lambda leg: leg.press(keys))

    def silent(self) -> None:
        """The question that waits (or the next one) gets no key."""
        self._do(lambda leg: leg.keep_silent())

    def says(self, seconds: float) -> None:
        """Speaks so long after the beep, and is done."""
        self._do(lambda leg: leg.speak(seconds))

    def hangs_up(self) -> None:
        self._do(lambda leg: leg.hang_up())

    def _do(self, what: Callable[[Leg], None]) -> None:
        assert self.leg is not None
        assert self.loop is not None
        leg, done = self.leg, Future[None]()

        def now() -> None:
            try:
                what(leg)
            except Exception as error:
                done.set_exception(error)
            else:
                done.set_result(None)

        self.loop.call_soon_threadsafe(now)
        done.result(60)

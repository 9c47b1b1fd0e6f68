"""What the contract of pagers needs of each: the other side as its people see it, and its troubles; and a desk."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from bot.cards import Card, Choice, Strong, Tone, When
from bot.clocks import MovableClock
from bot.domain.contacts import Contact
from bot.ports import Kind, Parcel, ParcelState, Urgency
from bot.settings import Settings
from bot.ways import platform_class
from bot.wiring import build
from tests.beside import LoopThread
from tests.town import MONDAY_TEN

T = TypeVar("T")


class PagerGround(Protocol):
    """A pager's other side. In the module `ground` of the pager's folder of tests, as the class `Ground`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """What is set of the desk for it."""

    @property
    def place(self) -> str:
        """Kim's."""

    @property
    def contact(self) -> Contact:
        """Hers, the first that the desk knows."""

    @property
    def secrets(self) -> Sequence[str]:
        """What must be in no log and in no error."""

    def told(self) -> Sequence[str]:
        """What Kim was told, oldest first."""

    def refuses(self, *, for_good: bool) -> None:
        """From now on, what is for Kim."""

    def goes(self) -> None:
        """Nothing answers there."""

    def returns(self) -> None:
        """It is there again, and takes what is for Kim."""


PAGE = Card(
    title=("Page 7: #42 Printer on fire",),
    lines=(
        ("Due ", When(MONDAY_TEN), "."),
        (Strong("Acme"), " is owed an answer.\r\nBcc: mallory@example.com"),
    ),
    choices=(Choice("Acknowledge", "page ack", {"page": 7}),),
    tone=Tone.BREACH,
)


class Paging:
    """A desk with one pager, in an event loop of its own."""

    def __init__(
        self, folder: Path, name: str, settings: Mapping[str, Any], contact: Contact | None = None, **rest: Any
    ) -> None:
        self.clock = MovableClock(MONDAY_TEN)
        found = Settings.model_validate({"data": folder, **settings})
        self._house = build(found, self.clock, ("console",))
        self.platform = platform_class(found, name)(self._house.desk, found, self.clock, lambda: None, **rest)
        if contact is not None:
            self.saves(contact)
        self._thread = LoopThread()
        self._thread.start()

    def saves(self, contact: Contact) -> Contact:
        return self._house.database.write(lambda work: work.contacts.save(contact))

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.does(work)

    def start(self) -> None:
        self.does(self.platform.start())

    def stop(self) -> None:
        self.does(self.platform.stop())

    def delivers(self, parcel: Parcel) -> str:
        return self.does(self.platform.channel.deliver(parcel))

    @contextmanager
    def without_threads(self) -> Iterator[None]:
        """Whatever the desk's own threads have to do, they are at it."""
        over, hold = Event(), ThreadPoolExecutor(1)
        hold.submit(over.wait)
        self._thread.calls(lambda: self._thread.loop.set_default_executor(hold))
        try:
            yield
        finally:
            over.set()

    def close(self) -> None:
        self.stop()
        self._thread.stop()
        self._house.close()


def page_for(ground: PagerGround, id: int = 1, card: Card = PAGE, **rest: Any) -> Parcel:
    """A page's parcel as the handover gives it to the channel: drawn."""
    drawn = replace(card, data={"page": 7, "attempt": id})
    key, state = f"page:7:{id}", rest.pop("state", ParcelState.SENDING)
    kind, place = rest.pop("kind", Kind.PAGE), rest.pop("place", ground.place)
    return Parcel(id, kind, "pager", place, drawn, key, Urgency.PAGE, MONDAY_TEN, attempts=1, state=state, **rest)

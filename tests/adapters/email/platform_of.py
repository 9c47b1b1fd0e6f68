"""The platform of mail over a town, in an event loop of its own, reading mailboxes without long pauses."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from adapters.email.mailboxes.pauses import Pauses
from adapters.email.platform import EmailPlatform
from bot.settings import Settings
from tests.beside import LoopThread
from tests.town import Town

T = TypeVar("T")
PATIENCE = 60.0
QUICK = Pauses(answer=5.0, beat=0.2, first=0.02, most=0.1, refused=0.02, most_refused=0.05, again=0.01)


class Reading:
    """`email` is the section of the settings, `boxes` those of its mailboxes by name. It runs inside its `with`."""

    def __init__(self, town: Town, email: Mapping[str, Any], boxes: Mapping[str, Mapping[str, Any]]) -> None:
        self.town = town
        url = {"database": town.database_url} if town.database_url else {}
        given = {"data": town.folder, "email": {**email, "boxes": dict(boxes)}, **url}
        self.settings = Settings.model_validate(given)
        self.woken = 0
        self.platform = EmailPlatform(town.desk, self.settings, town.clock, self._wake, pauses=QUICK)
        self._thread = LoopThread()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.does(self.platform.stop())
        self._thread.stop()

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.does(work)

    def starts(self) -> Self:
        self.does(self.platform.start())
        return self

    def _wake(self) -> None:
        self.woken += 1

    def until(self, so: Callable[[], object]) -> None:
        """Wait for what comes in its own time."""
        end = time.monotonic() + PATIENCE
        while not so():
            assert time.monotonic() < end, self.platform.health()
            time.sleep(0.01)

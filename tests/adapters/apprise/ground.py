"""The apprise library's side of the contract of pagers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from bot.domain.contacts import SERVICE, Contact
from tests.adapters.apprise.service import TOKEN, Service

PAGER = True


class Ground:
    """A service and Kim's address on it."""

    def __init__(self) -> None:
        self.service = Service()

    def __enter__(self) -> Self:
        self.service.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.service.__exit__()

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"apprise": True, "apprise_inside": ["127.0.0.1", "localhost"]}

    @property
    def place(self) -> str:
        return "contact:1"

    @property
    def contact(self) -> Contact:
        return Contact(0, "kim", SERVICE, self.service.address)

    @property
    def secrets(self) -> Sequence[str]:
        return (TOKEN,)

    def told(self) -> Sequence[str]:
        return [f"{one['title']}\n{one['message']}" for one in self.service.told]

    def refuses(self, *, for_good: bool) -> None:
        self.service.answers = 404 if for_good else 503

    def goes(self) -> None:
        self.service.down()

    def returns(self) -> None:
        self.service.answers = 200
        self.service.up()

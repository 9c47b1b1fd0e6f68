"""Mail's side of the contract of pagers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from bot.domain.contacts import EMAIL, Contact
from tests.doubles.mail.smtp import KIM, PASSWORD, Mailbox

PAGER = True


class Ground:
    """A mail server and Kim's mailbox on it."""

    def __init__(self) -> None:
        self._mailbox = Mailbox()

    def __enter__(self) -> Self:
        self._mailbox.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mailbox.__exit__()

    @property
    def settings(self) -> Mapping[str, Any]:
        return self._mailbox.settings()

    @property
    def place(self) -> str:
        return KIM

    @property
    def contact(self) -> Contact:
        return Contact(0, "kim", EMAIL, KIM)

    @property
    def secrets(self) -> Sequence[str]:
        return (PASSWORD,)

    def told(self) -> Sequence[str]:
        return [f"{one['Subject']}\n{one.get_content()}" for one in self._mailbox.letters]

    def refuses(self, *, for_good: bool) -> None:
        self._mailbox.answers["RCPT"] = "550 5.1.1 No such mailbox" if for_good else "450 4.2.0 Try again later"

    def goes(self) -> None:
        self._mailbox.down()

    def returns(self) -> None:
        self._mailbox.answers.clear()
        self._mailbox.up()

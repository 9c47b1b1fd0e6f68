"""A small desk with a terminal: a real database, a clock moved by hand, and whatever the terminal was written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

from adapters.console.channel import ConsoleChannel
from adapters.console.conversation import converse
from adapters.console.screen import Screen
from adapters.console.session import Session
from bot.clocks import MovableClock
from bot.domain.customers import Customer, Subscription
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from bot.runtime import Runtime
from bot.settings import Settings
from bot.wiring import House, build

FRIDAY = datetime(2026, 10, 9, 21, 30, tzinfo=UTC)


class ConsoleHouse:
    """Bob (admin), Ann (staff), Eva (lead, in Berlin) and ACME on Level III, on a Friday at 17:30."""

    def __init__(self, house: House, clock: MovableClock) -> None:
        self.clock = clock
        self.desk = house.desk
        self.out = StringIO()
        self.screen = Screen(self.out, clock, environ={}, width=90)
        self.channel = ConsoleChannel(self.screen)
        self.runtime: Runtime = house.runtime({"console": self.channel})

    def seen(self) -> list[str]:
        """What was written since it was last asked."""
        lines = self.out.getvalue().splitlines()
        self.out.seek(0)
        self.out.truncate()
        return lines

    def script(self, text: str | bytes) -> tuple[int, list[str], str]:
        """Feed standard input; the exit code, what was written, and the words on standard error."""
        stdin = TextIOWrapper(BytesIO(text if isinstance(text, bytes) else text.encode()))
        stderr = StringIO()
        code = asyncio.run(
            converse(
                self.desk,
                self.channel,
                stdin=stdin,
                stderr=stderr,
                deliver_now=self.runtime.settle,
                account="bob",
            )
        )
        return code, self.seen(), stderr.getvalue()

    def person(self, account: str = "bob") -> Session:
        """Somebody who can be asked."""
        return Session(self.desk, self.screen, account=account)

    def says(self, session: Session, line: str) -> list[str]:
        """What a person sees after a line, without the news."""
        session.hear(line)
        return self.seen()


@contextmanager
def console_house(folder: Path) -> Iterator[ConsoleHouse]:
    """Set up in a folder; its database is closed at the end."""
    clock = MovableClock(FRIDAY)
    house = build(Settings(data=folder), clock)
    house.database.write(_move_in)
    try:
        yield ConsoleHouse(house, clock)
    finally:
        house.close()


def _move_in(work: UnitOfWork) -> None:
    work.people.save(Staff("bob", "Bob", Role.ADMIN, {"console": "bob"}))
    work.people.save(Staff("ann", "Ann", Role.STAFF, {"console": "ann"}))
    work.people.save(Staff("eva", "Eva", Role.LEAD, {"console": "eva"}, zone="Europe/Berlin"))
    subscription = Subscription("gateway 5.2", "III", date(2026, 1, 1), date(2027, 3, 31))
    work.customers.save(Customer("acme", "ACME Ltd", addresses=("jo@acme.example",), subscriptions=(subscription,)))

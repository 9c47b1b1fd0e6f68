"""An office for tests: a town's real desk at a counter in Slack, over signed HTTP, in a workspace on loopback."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from pydantic import SecretStr

from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.http import HttpDoor
from adapters.slack.hearing.listening import listen, make_app
from adapters.slack.wire.clients import Clients
from bot.clocks import SystemClock
from bot.counter import Roster
from bot.ports import UnitOfWork
from bot.settings import Slack
from tests.beside import LoopThread, listening
from tests.doubles.slack import Workspace
from tests.town import STAFF, Town

T = TypeVar("T")

DESK = "C0DESK"
TEAM = {staff.id: f"U0{staff.id.upper()}" for staff in STAFF}
STRANGER, GUEST = "U0MAX", "U0GUEST"


class Office:
    """The desk of `town`, listening to `slack`. `changes` counts what the counter said was written."""

    def __init__(self, town: Town, slack: Workspace) -> None:
        self.town = town
        self.slack = slack
        self.changes = 0
        self.counter: Counter | None = None
        self._thread = LoopThread()
        self._over = AsyncExitStack()

    def open(self) -> None:
        self._thread.start()
        self.does(self._serve())

    def close(self) -> None:
        self.does(self._over.aclose())
        self._thread.stop()

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the office's own event loop."""
        return self._thread.does(work)

    def _changed(self) -> None:
        self.changes += 1

    async def _serve(self) -> None:
        settings = Slack(
            bot_token=SecretStr(self.slack.bot_token),
            signing_secret=SecretStr(self.slack.signing_secret),
            mode="http",
            api_url=self.slack.api_url,
        )
        clients = Clients(settings)
        await clients.open()
        self._over.push_async_callback(clients.close)
        identity: Any = (await clients.asking.auth_test()).data
        roster = Roster(self.town.database, "slack", "here")
        self.counter = Counter(self.town.desk, clients.asking, roster, changed=self._changed)
        await self.counter.start()
        self._over.push_async_callback(self.counter.stop)
        app = make_app(clients.asking, identity, self.slack.signing_secret)
        door, server = HttpDoor(SystemClock()), web.Application()
        door.open(app, listen(app, self.counter).answer, self.slack.signing_secret)
        server.router.add_routes(door.routes())
        runner, base = await listening(server)
        self._over.push_async_callback(runner.cleanup)
        self.slack.http_to(f"{base}/slack/events")


@contextmanager
def office(folder: Path, prepare: Callable[[Workspace], None] = lambda slack: None) -> Iterator[Office]:
    """An open office: the town's people in one private channel, a guest, and somebody the desk does not know."""
    town = Town(folder).settle()
    town.database.write(_with_accounts)
    with Workspace() as slack:
        for staff in STAFF:
            slack.person(TEAM[staff.id], staff.name, zone="America/Toronto")
        slack.person(STRANGER, "Max", zone="Europe/Berlin")
        slack.person(GUEST, "Gus", zone="Europe/Berlin", guest=True)
        slack.channel(DESK, "support-desk", private=True, members=tuple(TEAM.values()), has_bot=True)
        prepare(slack)
        opened = Office(town, slack)
        opened.open()
        try:
            yield opened
        finally:
            opened.close()
            town.close()
        assert not slack.faults, slack.faults


def _with_accounts(work: UnitOfWork) -> None:
    for staff in STAFF:
        work.people.save(replace(staff, accounts={**staff.accounts, "slack": TEAM[staff.id]}))

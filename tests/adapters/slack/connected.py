"""A desk connected to a workspace on loopback, in an event loop of its own, as the running desk has one."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from aiohttp import web
from pydantic import SecretStr

from adapters.slack.platform import SlackPlatform
from bot.clocks import SystemClock
from bot.ports import Health, Speaker, UnitOfWork
from bot.settings import Channels, Settings, Slack
from bot.wiring import build
from commands.desk import Desk
from commands.spec import Command
from tests.beside import LoopThread, listening
from tests.doubles.slack import Workspace
from tests.doubles.slack.fixtures import settle
from tests.town import CUSTOMERS, STAFF

T = TypeVar("T")


class Attentive(Desk):
    """A desk that says when somebody was heard."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.database, desk.catalogue, desk.clock)
        self.heard = Event()

    def understood(self, speaker: Speaker, line: str) -> tuple[Command, Mapping[str, str]]:
        self.heard.set()
        return super().understood(speaker, line)


class Connected:
    """Not connected before `start`; `silence` and `pulse` are real seconds."""

    def __init__(
        self, folder: Path, slack: Workspace, *, silence: float = 60.0, pulse: float = 60.0, **settings: Any
    ) -> None:
        self.slack = slack
        given: dict[str, Any] = {
            "bot_token": SecretStr(slack.bot_token),
            "app_token": SecretStr(slack.app_token),
            "signing_secret": SecretStr(slack.signing_secret),
            "api_url": slack.api_url,
        }
        own = Slack(**(given | settings))
        everything = Settings(data=folder, slack=own, channels=Channels())
        self.house = build(everything, SystemClock(), ("slack",))
        self.house.database.write(_move_in)
        self.changes = 0
        desk = Attentive(self.house.desk)
        self.heard = desk.heard
        self.platform = SlackPlatform(desk, everything, SystemClock(), self._changed, silence=silence, pulse=pulse)
        self._thread = LoopThread()
        self._thread.start()
        self._runner: web.AppRunner | None = None

    def _changed(self) -> None:
        self.changes += 1

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.does(work)

    def start(self) -> None:
        self.does(self.platform.start())

    def stop(self) -> None:
        self.does(self.platform.stop())

    def serve(self) -> str:
        """Serve the platform's routes; returns where."""
        return self.does(self._serve())

    async def _serve(self) -> str:
        app = web.Application()
        app.add_routes(self.platform.routes())
        self._runner, base = await listening(app)
        return base

    @property
    def health(self) -> Health:
        return self.platform.health()

    def close(self) -> None:
        self.stop()
        if self._runner is not None:
            self.does(self._runner.cleanup())
        self._thread.stop()
        self.house.close()


def _move_in(work: UnitOfWork) -> None:
    for staff in STAFF:
        work.people.save(replace(staff, accounts={"slack": f"U0{staff.id.upper()}"}))
    for customer in CUSTOMERS:
        work.customers.save(customer)


@contextmanager
def connected(folder: Path, **how: Any) -> Iterator[Connected]:
    """At its end Slack has found no fault."""
    with Workspace() as slack:
        settle(slack)
        desk = Connected(folder, slack, **how)
        try:
            yield desk
        finally:
            desk.close()
        assert slack.faults == []

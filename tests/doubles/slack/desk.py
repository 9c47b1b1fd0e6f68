"""The real desk as a process of its own beside the workspace: settled, connected, killed and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Self

from bot.ports import UnitOfWork
from tests.cli.terminal import environment
from tests.doubles.slack.file_clock import FileClock
from tests.doubles.slack.fixtures import settle
from tests.doubles.slack.seen import Message
from tests.doubles.slack.workspace import Workspace
from tests.town import CUSTOMERS, MONDAY_TEN, STAFF, Town

PATIENCE = 30.0
DESK, ALERTS, TALK = "C0DESK", "C0ALERTS", "C0TALK"


class SlackDesk:
    """`thirdline serve` on a folder, with the town's people and customers, in the town's workspace.

    It opens on Monday 5 October 2026 at 10:00 in Toronto and time goes on from there; `passes` moves it. Settings are
    given as the environment has them: {"SLACK__TEAM": "@support"}. `http` is HTTP mode instead of Socket Mode.
    """

    def __init__(
        self, slack: Workspace, folder: Path, *, http: bool = False, settings: Mapping[str, str] | None = None
    ) -> None:
        self.slack = slack
        self.folder = folder / "data"
        self.clock = FileClock(folder / "clock")
        self._clock_file = folder / "clock"
        self._port = _free_port() if http else 0
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[str] | None = None
        self._told: list[str] = []
        self._reader: Thread | None = None
        settle(slack)
        self.clock.set(MONDAY_TEN)
        self._move_in()

    def _move_in(self) -> None:
        town = Town(self.folder, MONDAY_TEN)

        def deed(work: UnitOfWork) -> None:
            for staff in STAFF:
                work.people.save(replace(staff, accounts={"slack": f"U0{staff.id.upper()}"}))
            for customer in CUSTOMERS:
                work.customers.save(customer)

        town.database.write(deed)
        town.close()

    def __enter__(self) -> Self:
        return self.starts()

    def __exit__(self, *exception: object) -> None:
        self.ends(signal.SIGTERM)

    # --- the process -----------------------------------------------------------------------------------------

    def starts(self) -> Self:
        """Start it and wait until it is connected."""
        before = len(self.slack.calls("auth.test"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.doubles.slack.serving", str(self.folder), str(self._clock_file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(**{f"THIRDLINE_{name}": value for name, value in self._environment().items()}),
        )
        self._reader = Thread(target=self._read, args=(self._process,))
        self._reader.start()
        if self._port:
            self.slack.http_to(f"http://127.0.0.1:{self._port}/slack/events")
            self._wait(lambda: len(self.slack.calls("auth.test")) > before and _listens(self._port))
        else:
            self._wait(lambda: self.slack.sockets)
        return self

    def ends(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(PATIENCE)
        if self._reader is not None:
            self._reader.join()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._process = None
        return code

    def killed(self) -> None:
        """`kill -9`, and its sockets are seen to be gone."""
        self.ends(signal.SIGKILL)
        self.slack.until(lambda: not self.slack.sockets)

    @property
    def told(self) -> str:
        """What it has written to standard error so far."""
        return "".join(self._told)

    def _wait(self, condition: Any) -> None:
        def so() -> bool:
            ended = self._process is not None and self._process.poll() is not None
            assert not ended, f"The desk has ended:\n{self.told}"
            return bool(condition())

        try:
            self.slack.until(so, PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.told}") from None

    def _environment(self) -> dict[str, str]:
        given = {
            "SLACK__API_URL": self.slack.api_url,
            "SLACK__BOT_TOKEN": self.slack.bot_token,
            "SLACK__APP_TOKEN": self.slack.app_token,
            "SLACK__SIGNING_SECRET": self.slack.signing_secret,
            "SLACK__TEAM": "S0SUP",
            "CHANNELS__DESK": DESK,
            "CHANNELS__ALERTS": ALERTS,
            "LOG_LEVEL": "INFO",
        }
        if self._port:
            given |= {"SLACK__MODE": "http", "WEB__PORT": str(self._port)}
        return given | self._settings

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self._told.append(line)

    # --- time ------------------------------------------------------------------------------------------------

    def passes(self, **span: float) -> datetime:
        """Time passes at the desk; something is said there, so that it looks at what is due by now."""
        self.clock.set(self.clock.now() + timedelta(**span))
        self.slack.command("U0ZOE", DESK, "/desk", "help")
        return self.clock.now()

    # --- what there is to see --------------------------------------------------------------------------------

    def card(self, number: int, channel: str = DESK) -> Message:
        """A ticket's card in the desk channel, once it is there."""
        return self.slack.until(lambda: self._card(number, channel))  # type: ignore[no-any-return]

    def _card(self, number: int, channel: str) -> Message | None:
        found = [one for one in self.slack.messages(channel) if one.buttons and f"#{number} " in f"{one.words} "]
        return found[0] if found else None

    def shows(self, number: int, *words: str, within: float = 15.0) -> Message:
        """Wait until a ticket's card says all of these words or has such buttons."""

        def so() -> Message | None:
            card = self._card(number, DESK)
            said = "" if card is None else f"{card.words}\n{card.buttons}"
            return card if all(one in said for one in words) else None

        try:
            found: Message = self.slack.until(so, within)
        except AssertionError:
            card = self._card(number, DESK)
            raise AssertionError(
                f"#{number} does not show {words}, but:\n{card and card.words}\n{card and card.buttons}\n{self.told}"
            ) from None
        return found

    def thread(self, number: int) -> list[str]:
        """What stands in a ticket's thread."""
        return [one.words for one in self.slack.replies(DESK, self.card(number).ts)]

    def hears(self, number: int, words: str) -> str:
        """Wait until a ticket's thread says something; returns that message's words."""
        root = self.card(number).ts

        def so() -> str | None:
            return next((one.words for one in self.slack.replies(DESK, root) if words in one.words), None)

        try:
            found: str = self.slack.until(so)
        except AssertionError:
            raise AssertionError(f"The thread does not say {words!r}, but {self.thread(number)}\n{self.told}") from None
        return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

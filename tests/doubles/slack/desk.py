"""The real desk as a process of its own beside the workspace: settled, connected, killed and started again."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Self, TypeVar

from bot.domain.ticket import replay
from bot.ports import UnitOfWork
from storage.maintenance import check
from tests.cli.terminal import environment
from tests.doubles.slack.file_clock import FileClock
from tests.doubles.slack.fixtures import settle
from tests.doubles.slack.seen import Call, Message, View
from tests.doubles.slack.workspace import Workspace
from tests.town import CUSTOMERS, MONDAY_TEN, STAFF, Town

T = TypeVar("T")
PATIENCE = 30.0
DESK, ALERTS, TALK = "C0DESK", "C0ALERTS", "C0TALK"


def found_town(folder: Path) -> Path:
    """The data folder of a desk with the town's customers and people, who are known by their Slack accounts."""
    town = Town(folder, MONDAY_TEN)

    def deed(work: UnitOfWork) -> None:
        for staff in STAFF:
            work.people.save(replace(staff, accounts={"slack": f"U0{staff.id.upper()}"}))
        for customer in CUSTOMERS:
            work.customers.save(customer)

    town.database.write(deed)
    town.close()
    return folder


class SlackDesk:
    """`thirdline serve` on a folder, with the town's people and customers, in the town's workspace.

    It opens on Monday 5 October 2026 at 10:00 in Toronto and time goes on from there; `passes` moves it. Settings are
    given as the environment has them: {"SLACK__TEAM": "@support"}. `http` is HTTP mode instead of Socket Mode;
    `town` is a folder of `found_town`, to save time.
    """

    def __init__(
        self,
        slack: Workspace,
        folder: Path,
        *,
        http: bool = False,
        settings: Mapping[str, str] | None = None,
        town: Path | None = None,
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
        if town is None:
            found_town(self.folder)
        else:
            shutil.copytree(town, self.folder)

    def __enter__(self) -> Self:
        return self.starts()

    def __exit__(self, *exception: object) -> None:
        self.ends(signal.SIGTERM)

    # --- the process -----------------------------------------------------------------------------------------

    def starts(self) -> Self:
        """Start it and wait until it is connected."""
        self._told.clear()
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
            self._wait(lambda: "listening for Slack" in "".join(self._told))
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
        """What it has written to standard error so far, and the end of its log."""
        log = self.folder / "thirdline.log"
        written = log.read_text(encoding="utf-8")[-3000:] if log.exists() else ""
        return f"{''.join(self._told)}\n{written}"

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

    def is_on_record(self) -> None:
        """After its end: every ticket is what its history adds up to."""
        town = Town(self.folder, self.clock.now())
        try:
            for ticket in town.tickets():
                assert replay(town.history(ticket.number)) == ticket
            health = check(town.house.settings.database_url)
            assert health.well, health.problems
        finally:
            town.close()

    def history(self, number: int) -> list[str]:
        """What has happened to a ticket, by the database's own record."""
        with closing(sqlite3.connect(f"file:{self.folder / 'thirdline.db'}?mode=ro", uri=True)) as database:
            return [
                what for (what,) in database.execute("SELECT deed FROM events WHERE ticket = ? ORDER BY seq", (number,))
            ]

    # --- time ------------------------------------------------------------------------------------------------

    def passes(self, **span: float) -> datetime:
        """Time passes at the desk; something is said there, so that it looks at what is due by now."""
        self.clock.set(self.clock.now() + timedelta(**span))
        self.slack.command("U0ZOE", DESK, "/desk", "help")
        return self.clock.now()

    def passes_in_silence(self, **span: float) -> None:
        """Time passes, and nobody says anything; the desk sees it within some seconds."""
        self.clock.set(self.clock.now() + timedelta(**span))

    # --- what there is to see --------------------------------------------------------------------------------

    def card(self, number: int) -> Message:
        """A ticket's card in the desk channel, once it is there and the desk knows that it is."""
        return self.shows(number)

    def _card(self, number: int) -> Message | None:
        """No person is as quick as a test: the answer to a post has reached the desk before they have read it."""
        with closing(sqlite3.connect(f"file:{self.folder / 'thirdline.db'}?mode=ro", uri=True)) as database:
            known = database.execute(_CARDS, (number,)).fetchall()
        cards = {one.ref: one for one in self.slack.messages(DESK)}
        return next((cards[ref] for (ref,) in known if ref in cards), None)

    def shows(self, number: int, *words: str, within: float = 15.0) -> Message:
        """Wait until a ticket's card says all of these words or has such buttons."""

        def so() -> Message | None:
            card = self._card(number)
            said = "" if card is None else f"{card.words}\n{card.buttons}"
            return card if card is not None and all(one in said for one in words) else None

        try:
            found: Message = self.slack.until(so, within)
        except AssertionError:
            card = self._card(number)
            raise AssertionError(
                f"#{number} does not show {words}, but:\n{card and card.words}\n{card and card.buttons}\n{self.told}"
            ) from None
        return found

    def form(self, user: str) -> View:
        """The form that somebody has in front of them, once it has something to fill in."""
        return self._there(lambda: self._form(user), f"{user} has no form to fill in")

    def _form(self, user: str) -> View | None:
        view = self.slack.view_of(user)
        return view if view is not None and view.inputs else None

    def whispers(self, user: str, words: str) -> Message:
        """Wait until somebody is shown something that only they see."""

        def so() -> Message | None:
            return next((one for one in reversed(self.slack.ephemerals(user)) if words in one.words), None)

        return self._there(so, f"{user} is not told {words!r}")

    def answers(self, call: Call, words: str) -> str:
        """Wait until somebody is answered with these words; returns all that they were answered."""

        def so() -> str | None:
            return call.words if words in call.words else None

        return self._there(so, f"The answer is not {words!r}, but {call.words!r}")

    def home(self, user: str, words: str) -> View:
        """Wait until somebody's page says something."""

        def so() -> View | None:
            view = self.slack.home_of(user)
            return view if view is not None and words in view.words else None

        return self._there(so, f"The page of {user} does not say {words!r}")

    def says_in(self, channel: str, words: str) -> Message:
        """Wait until a channel shows something."""

        def so() -> Message | None:
            return next((one for one in self.slack.messages(channel) if words in one.words), None)

        return self._there(so, f"{channel} does not show {words!r}")

    def _there(self, so: Callable[[], T | None], otherwise: str) -> T:
        try:
            found: T = self.slack.until(so)
        except AssertionError:
            raise AssertionError(f"{otherwise}.\n{self.told}") from None
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


_CARDS = "SELECT ref FROM ticket_messages WHERE platform = 'slack' AND what = 'card' AND ticket = ? ORDER BY id DESC"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

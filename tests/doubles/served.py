"""The real desk as a process of its own beside a platform's double: settled, connected, killed and started again."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Self, TypeVar

from bot.domain.ticket import replay
from bot.ports import UnitOfWork
from storage.maintenance import check
from tests.cli.terminal import environment
from tests.doubles.discord.fixtures import ANN, BOB, LEA, VIC, ZOE
from tests.doubles.file_clock import FileClock
from tests.town import CUSTOMERS, MONDAY_TEN, STAFF, Town

T = TypeVar("T")
PATIENCE = 30.0
_DISCORD = {"ann": ANN, "bob": BOB, "lea": LEA, "vic": VIC, "zoe": ZOE}


def found_town(folder: Path) -> Path:
    """The data folder of a desk with the town's customers and people, who are known by their accounts everywhere."""
    town = Town(folder, MONDAY_TEN)

    def deed(work: UnitOfWork) -> None:
        for staff in STAFF:
            elsewhere = {"slack": f"U0{staff.id.upper()}", "discord": str(_DISCORD[staff.id])}
            work.people.save(replace(staff, accounts={**staff.accounts, **elsewhere}))
        for customer in CUSTOMERS:
            work.customers.save(customer)

    town.database.write(deed)
    town.close()
    return folder


class Served:
    """`thirdline serve` on a folder, with the town's people and customers.

    It opens on Monday 5 October 2026 at 10:00 in Toronto and time goes on from there. Settings are given as the
    environment has them: {"SLACK__TEAM": "@support"}. `town` is a folder of `found_town`, to save time. `there` is
    whether the platforms see it connected; it only looks.
    """

    def __init__(
        self, folder: Path, settings: Mapping[str, str], there: Callable[[], object], *, town: Path | None = None
    ) -> None:
        self.folder = folder / "data"
        self.clock = FileClock(folder / "clock")
        self._clock_file = folder / "clock"
        self._settings = {"LOG_LEVEL": "INFO", **settings}
        self._there = there
        self._process: subprocess.Popen[str] | None = None
        self._told: list[str] = []
        self._reader: Thread | None = None
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
            [sys.executable, "-m", "tests.doubles.serving", str(self.folder), str(self._clock_file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(**{f"THIRDLINE_{name}": value for name, value in self._settings.items()}),
        )
        self._reader = Thread(target=self._read, args=(self._process,))
        self._reader.start()
        self.until(self._there, lambda: "The desk does not connect", PATIENCE)
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
        """`kill -9`, and its connections are seen to be gone."""
        self.ends(signal.SIGKILL)
        self.until(lambda: not self._there(), lambda: "The desk is gone, and still connected")

    @property
    def told(self) -> str:
        """What it has written to standard error so far, and the end of its log."""
        log = self.folder / "thirdline.log"
        written = log.read_text(encoding="utf-8")[-3000:] if log.exists() else ""
        return f"{self.said}\n{written}"

    @property
    def said(self) -> str:
        """What it has written to standard error so far."""
        return "".join(self._told)

    def until(self, so: Callable[[], T | None], otherwise: Callable[[], str], seconds: float = 15.0) -> T:
        """Wait until something is there to see, and return it; or say what is not so, and what the desk tells."""
        end = time.monotonic() + seconds
        while not (found := so()):
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > end:
                raise AssertionError(f"{otherwise()}.{' The desk has ended:' * ended}\n{self.told}")
            time.sleep(0.02)
        return found

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self._told.append(line)

    # --- time and records ------------------------------------------------------------------------------------

    def passes(self, **span: float) -> datetime:
        """Time passes, and nobody says anything; the desk sees it within some seconds."""
        self.clock.set(self.clock.now() + timedelta(**span))
        return self.clock.now()

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
        return self._column("SELECT deed FROM events WHERE ticket = ? ORDER BY seq", number)

    def cards(self, number: int, platform: str) -> list[str]:
        """What the desk knows to be a ticket's card on a platform, the newest first.

        No person is as quick as a test: the answer to a post has reached the desk before they have read it.
        """
        known = "SELECT ref FROM ticket_messages WHERE ticket = ? AND platform = ? AND what = 'card' ORDER BY id DESC"
        return self._column(known, number, platform)

    def _column(self, query: str, *values: object) -> list[str]:
        with closing(sqlite3.connect(f"file:{self.folder / 'thirdline.db'}?mode=ro", uri=True)) as database:
            return [str(one) for (one,) in database.execute(query, values)]

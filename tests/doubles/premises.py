"""A desk's folder and its clock: settled with the town, moved through time, and read as the database has it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.ticket import replay
from bot.ports import UnitOfWork
from storage.maintenance import check
from tests.doubles.discord import fixtures as discord
from tests.doubles.file_clock import FileClock
from tests.doubles.slack import fixtures as slack
from tests.town import CUSTOMERS, MONDAY_TEN, STAFF, Town


def found_town(folder: Path) -> Path:
    """The data folder of a desk with the town's customers and people, who are known by their accounts everywhere."""
    town = Town(folder, MONDAY_TEN)

    def deed(work: UnitOfWork) -> None:
        for staff in STAFF:
            elsewhere = {"slack": slack.account_of(staff.id), "discord": str(discord.account_of(staff.id))}
            work.people.save(replace(staff, accounts={**staff.accounts, **elsewhere}))
        for customer in CUSTOMERS:
            work.customers.save(customer)

    town.database.write(deed)
    town.close()
    return folder


class Premises:
    """The folder of a desk with the town's people and customers, and the clock that the desk goes by.

    It opens on Monday 5 October 2026 at 10:00 in Toronto and time goes on from there. `town` is a folder of
    `found_town`, to save time.
    """

    def __init__(self, folder: Path, town: Path | None = None) -> None:
        self.folder = folder / "data"
        self.clock_file = folder / "clock"
        self.clock = FileClock(self.clock_file)
        self.clock.set(MONDAY_TEN)
        if town is None:
            found_town(self.folder)
        else:
            shutil.copytree(town, self.folder)

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

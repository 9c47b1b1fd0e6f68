"""The real desk as a process of its own beside a telephone network and a Slack workspace."""

from __future__ import annotations

import sqlite3
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from bot.ports import Speaker
from bot.settings import Settings
from bot.wiring import assembled
from tests.doubles.phone.engineers import PLAN, PUBLIC, move_in, phone_settings
from tests.doubles.phone.network import Network
from tests.doubles.phone.records import Call
from tests.doubles.premises import found_town
from tests.doubles.served import Served
from tests.doubles.slack.desk import DESK, slack_settings
from tests.doubles.slack.fixtures import settle
from tests.doubles.slack.workspace import Workspace
from tests.ports import Port
from tests.town import MONDAY_TEN, Town

_ANN = Speaker("slack", "U0ANN", "Ann", "C0DESK")
_ASKED = "SELECT {columns} FROM {table} ORDER BY {by}"


def found_night(folder: Path, plan: str = PLAN) -> Path:
    """The data folder of a desk with the town's customers and people, engineers who can be called, and a plan."""
    found_town(folder)
    town = Town(folder, MONDAY_TEN)
    town.database.write(lambda work: move_in(work, MONDAY_TEN))
    town.close()
    (folder / "oncall.toml").write_text(plan, encoding="utf-8")
    return folder


class PhoneDesk:
    """A process of the desk, with the network that reaches it at its public address."""

    def __init__(
        self,
        folder: Path,
        phones: Network,
        slack: Workspace,
        *,
        town: Path | None = None,
        settings: Mapping[str, str] | None = None,
        **phone: Any,
    ) -> None:
        self.phones, self.slack = phones, slack
        settle(slack)
        for id, name in (("U0KIM", "Kim"), ("U0SAM", "Sam")):
            slack.person(id, name)
        self._port = Port()
        phones.points_to(PUBLIC, f"http://127.0.0.1:{self._port.number}")
        own = {f"PHONE__{name.upper()}": str(value) for name, value in phone_settings(phones, **phone).items()}
        given = {**slack_settings(slack), **own, "WEB__PORT": str(self._port.number), "WEB__HEALTH": "true"}
        self.process = Served(folder, {**given, **(settings or {})}, self._there, town=town)
        phones.state.now = self.process.clock.now

    def __enter__(self) -> Self:
        self.process.starts()
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.ends()
        self._port.close()

    def _there(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self._port.number}/health", timeout=10).close()
        except urllib.error.HTTPError:
            return self.slack.sockets > 0
        except OSError:
            return False
        return self.slack.sockets > 0

    # --- what happens ----------------------------------------------------------------------------------------

    def passes(self, **span: float) -> None:
        """Time passes; something is said at the desk, so that it looks at what is due by now."""
        self.process.passes(**span)
        self.slack.command("U0ZOE", DESK, "/desk", "help")

    def writes_beside(self, line: str) -> bool:
        """Somebody says a line at another process of the same desk: nobody rings this one's bell. Whether it was done:
        a process that stands still may hold the database."""
        slack = {"bot_token": self.slack.bot_token, "app_token": self.slack.app_token}
        given = {"data": self.process.folder, "slack": slack, "phone": phone_settings(self.phones)}
        with closing(assembled(Settings.model_validate(given), self.process.clock, ("slack",))) as house:
            return house.desk.say(_ANN, line).ok

    # --- what is on record -----------------------------------------------------------------------------------

    def rows(self, table: str, *columns: str, by: str = "id") -> Sequence[tuple[Any, ...]]:
        """Rows as the database has them, in the order of `by`."""
        asked = _ASKED.format(columns=", ".join(columns), table=table, by=by)
        with closing(sqlite3.connect(f"file:{self.process.folder / 'thirdline.db'}?mode=ro", uri=True)) as database:
            return list(database.execute(asked))

    def placed(self, token: str) -> Sequence[Call]:
        """The calls that the network took for an attempt, by the secret in their addresses."""
        return [one for one in self.phones.calls if token in one.given.get("Url", "")]

"""Discord's side of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from commands import catalogue, parsing
from tests.doubles.discord import Guild
from tests.doubles.discord.fixtures import ALERTS, DESK, account_of, settle

STRANGER = 107
POST = "POST */messages"


class Ground:
    """The town's server."""

    def __init__(self) -> None:
        self._discord = Guild(granted=("message_content",))

    def __enter__(self) -> Self:
        self._discord.__enter__()
        settle(self._discord)
        self._discord.member(STRANGER, "Max", roles=("support",))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discord.__exit__()
        assert self._discord.faults == []

    @property
    def settings(self) -> Mapping[str, Any]:
        return {
            "token": self._discord.token,
            "server": self._discord.guild_id,
            "api_url": self._discord.api_url,
            "team": "support",
            "members": "none",
        }

    @property
    def wrong(self) -> Mapping[str, Any]:
        return {"token": "MTAw.wrong.token"}

    def account(self, who: str) -> str:
        return str(STRANGER if who == "stranger" else account_of(who))

    def desk(self) -> Sequence[str]:
        return [one.text for one in self._discord.messages(DESK)]

    def below(self) -> Sequence[str]:
        return [one.text for one in self._discord.replies(self._discord.messages(DESK)[0].id)]

    def alerts(self) -> Sequence[str]:
        return [one.text for one in self._discord.messages(ALERTS)]

    def direct(self, who: str) -> Sequence[str]:
        return [one.text for one in self._discord.direct(int(self.account(who)))]

    def connected(self) -> bool:
        return self._discord.connections > 0

    def says(self, who: str, line: str) -> str:
        self._discord.until_ready()
        command, rest = parsing.find_command(line, catalogue.build())
        call = self._discord.slash(int(self.account(who)), DESK, command.words, parsing.read(command, rest))
        return str(self._discord.until(lambda: call.text))

    def loses_the_answer(self) -> None:
        self._discord.fails(POST, lost_after=True)

    def asks_for_patience(self, seconds: float) -> None:
        self._discord.fails(POST, rate_limit=seconds)

    def goes(self) -> None:
        self._discord.down()

    def returns(self) -> None:
        self._discord.up()

    def passes(self, seconds: float) -> None:
        self._discord.passes(seconds)

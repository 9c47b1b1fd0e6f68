"""Slack's side of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import ALERTS, DESK
from tests.doubles.slack.fixtures import account_of, settle


class Ground:
    """The town's workspace."""

    def __init__(self) -> None:
        self._slack = Workspace()

    def __enter__(self) -> Self:
        self._slack.__enter__()
        settle(self._slack)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slack.__exit__()
        assert self._slack.faults == []

    @property
    def settings(self) -> Mapping[str, Any]:
        return {
            "bot_token": self._slack.bot_token,
            "app_token": self._slack.app_token,
            "api_url": self._slack.api_url,
            "team": "S0SUP",
        }

    @property
    def wrong(self) -> Mapping[str, Any]:
        return {"bot_token": "xoxb-wrong"}

    def account(self, who: str) -> str:
        return "U0GUS" if who == "stranger" else account_of(who)

    def desk(self) -> Sequence[str]:
        return [one.words for one in self._slack.messages(DESK)]

    def below(self) -> Sequence[str]:
        return [one.words for one in self._slack.replies(DESK, self._slack.messages(DESK)[0].ts)]

    def alerts(self) -> Sequence[str]:
        return [one.words for one in self._slack.messages(ALERTS)]

    def direct(self, who: str) -> Sequence[str]:
        return [one.words for one in self._slack.direct(self.account(who))]

    def connected(self) -> bool:
        return self._slack.sockets > 0

    def says(self, who: str, line: str) -> str:
        word, _, rest = line.partition(" ")
        call = self._slack.command(self.account(who), DESK, word, rest)
        return str(self._slack.until(lambda: call.words))

    def loses_the_answer(self) -> None:
        self._slack.fails("chat.postMessage", lost_after=True)

    def asks_for_patience(self, seconds: float) -> None:
        self._slack.fails("chat.postMessage", rate_limit=seconds)

    def goes(self) -> None:
        self._slack.down()

    def returns(self) -> None:
        self._slack.up()

    def passes(self, seconds: float) -> None:
        """Slack forgets nothing."""

"""The desk as people of the workspace see it: its cards, threads, forms and whispers, each awaited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from tests.doubles.served import Served
from tests.doubles.slack.fixtures import settle
from tests.doubles.slack.seen import Call, Message, View
from tests.doubles.slack.workspace import Workspace
from tests.ports import Port

T = TypeVar("T")
DESK, ALERTS, TALK = "C0DESK", "C0ALERTS", "C0TALK"


def slack_settings(slack: Workspace) -> dict[str, str]:
    """What the desk must be told of this workspace, as the environment has it."""
    return {
        "SLACK__API_URL": slack.api_url,
        "SLACK__BOT_TOKEN": slack.bot_token,
        "SLACK__APP_TOKEN": slack.app_token,
        "SLACK__SIGNING_SECRET": slack.signing_secret,
        "SLACK__TEAM": "S0SUP",
        "CHANNELS__DESK": DESK,
        "CHANNELS__ALERTS": ALERTS,
    }


class SlackDesk:
    """A process of the desk, and what can be seen of it in the workspace."""

    def __init__(self, slack: Workspace, process: Served, port: Port | None = None) -> None:
        self.slack = slack
        self.process = process
        self._port = port

    @classmethod
    def alone(
        cls,
        slack: Workspace,
        folder: Path,
        *,
        http: bool = False,
        settings: Mapping[str, str] | None = None,
        town: Path | None = None,
    ) -> Self:
        """A desk for the town's workspace and no other platform. `http` is HTTP mode instead of Socket Mode."""
        settle(slack)
        given = {**slack_settings(slack), **(settings or {})}
        if not http:
            return cls(slack, Served(folder, given, lambda: slack.sockets, town=town))
        port = Port()
        slack.http_to(f"http://127.0.0.1:{port.number}/slack/events")
        given |= {"SLACK__MODE": "http", "WEB__PORT": str(port.number)}
        process = Served(folder, given, lambda: "listening for Slack" in process.said, town=town)
        return cls(slack, process, port)

    def __enter__(self) -> Self:
        self.process.starts()
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.ends()
        if self._port is not None:
            self._port.close()

    # --- time ------------------------------------------------------------------------------------------------

    def passes(self, **span: float) -> datetime:
        """Time passes at the desk; something is said there, so that it looks at what is due by now."""
        now = self.process.passes(**span)
        self.slack.command("U0ZOE", DESK, "/desk", "help")
        return now

    # --- what there is to see --------------------------------------------------------------------------------

    def card(self, number: int) -> Message:
        """A ticket's card in the desk channel, once it is there and the desk knows that it is."""
        return self.shows(number)

    def _card(self, number: int) -> Message | None:
        cards = {one.ref: one for one in self.slack.messages(DESK)}
        return next((cards[ref] for ref in self.process.cards(number, "slack") if ref in cards), None)

    def shows(self, number: int, *words: str, within: float = 60.0) -> Message:
        """Wait until a ticket's card says all of these words or has such buttons."""

        def so() -> Message | None:
            card = self._card(number)
            return card if card is not None and all(one in _read(card) for one in words) else None

        return self._there(so, lambda: f"#{number} does not show {words}, but:\n{_read(self._card(number))}", within)

    def form(self, user: str) -> View:
        """The form that somebody has in front of them, once it has something to fill in."""
        return self._there(lambda: self._form(user), lambda: f"{user} has no form to fill in")

    def _form(self, user: str) -> View | None:
        view = self.slack.view_of(user)
        return view if view is not None and view.inputs else None

    def whispers(self, user: str, words: str) -> Message:
        """Wait until somebody is shown something that only they see."""

        return self._says(lambda: self.slack.ephemerals(user)[::-1], f"What {user} alone is shown", words)

    def answers(self, call: Call, words: str) -> str:
        """Wait until somebody is answered with these words; returns all that they were answered."""

        def so() -> str | None:
            return call.words if words in call.words else None

        return self._there(so, lambda: f"The answer is not {words!r}, but {call.words!r}")

    def home(self, user: str, words: str) -> View:
        """Wait until somebody's page says something."""

        def so() -> View | None:
            view = self.slack.home_of(user)
            return view if view is not None and words in view.words else None

        return self._there(so, lambda: f"The page of {user} does not say {words!r}")

    def says_in(self, channel: str, words: str) -> Message:
        """Wait until a channel shows something."""

        return self._says(lambda: self.slack.messages(channel), channel, words)

    def tells(self, user: str, words: str) -> Message:
        """Wait until the desk tells somebody something in their direct messages."""
        return self._says(lambda: self.slack.direct(user), f"The desk to {user}", words)

    def hears(self, number: int, *words: str) -> Message:
        """Wait until a message in a ticket's thread says all of these words."""
        root = self.card(number).ts
        return self._says(lambda: self.slack.replies(DESK, root), f"The thread of #{number}", *words)

    def _says(self, said: Callable[[], Sequence[Message]], who: str, *words: str) -> Message:
        def so() -> Message | None:
            return next((one for one in said() if all(word in one.words for word in words)), None)

        return self._there(so, lambda: f"{who} does not say {words!r}, but {[one.words for one in said()]}")

    def _there(self, so: Callable[[], T | None], otherwise: Callable[[], str], within: float = 60.0) -> T:
        """Wait until something is there to see; after `within` seconds say how it is instead."""
        return self.process.until(so, otherwise, within)


def _read(card: Message | None) -> str:
    return "no card" if card is None else f"{card.words}\n{card.buttons}"

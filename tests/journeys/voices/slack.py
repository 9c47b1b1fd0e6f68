"""The stories told in Slack."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.doubles.premises import Premises
from tests.doubles.slack import Call, Message, Workspace
from tests.doubles.slack.desk import ALERTS, DESK, SlackDesk
from tests.doubles.slack.fixtures import account_of


class SlackVoice:
    """The town's people in a workspace."""

    def __init__(self, desk: SlackDesk) -> None:
        self._desk = desk
        self._slack: Workspace = desk.slack

    @property
    def premises(self) -> Premises:
        return self._desk.process

    # --- what people do --------------------------------------------------------------------------------------

    def says(self, who: str, line: str, *, about: int | None = None) -> str:
        user = account_of(who)
        if about is not None:
            thread = self._desk.card(about).ts
            before = len(self._slack.ephemerals(user))
            self._slack.mentions(user, DESK, line, thread=thread)
            return self._there(lambda: "\n".join(one.words for one in self._slack.ephemerals(user)[before:]))
        word, _, rest = line.partition(" ")
        return self._answer(self._slack.command(user, DESK, word, rest))

    def at_once(self, who: str, other: str, line: str) -> list[str]:
        word, _, rest = line.partition(" ")
        said = [self._slack.commands(account_of(one), DESK, word, rest) for one in (who, other)]
        return [self._answer(one()) for one in said]

    def writes(self, who: str, number: int, text: str) -> None:
        self._slack.says(account_of(who), DESK, text, thread=self._desk.card(number).ts)

    def presses(self, who: str, number: int, label: str) -> str:
        return self._press(who, self._desk.shows(number, label), label)

    def presses_alert(self, who: str, words: str, label: str) -> str:
        return self._press(who, self._desk.says_in(ALERTS, words), label)

    def _press(self, who: str, message: Message, label: str) -> str:
        return self._answer(self._slack.press(account_of(who), message, label))

    def fills(self, who: str, number: int, label: str, fields: Mapping[str, str]) -> str:
        self._slack.press(account_of(who), self._desk.shows(number, label), label)
        return self.corrects(who, fields)

    def corrects(self, who: str, fields: Mapping[str, str]) -> str:
        user = account_of(who)
        before = len(self._slack.ephemerals(user))
        call = self._slack.submit(user, self._desk.form(user), fields)
        if call.errors:
            return "\n".join(call.errors.values())

        def told() -> str:
            view = self._slack.view_of(user)
            shown = self._slack.ephemerals(user)[before:]
            return "\n".join([*(one.words for one in shown), view.words if view is not None else ""]).strip()

        return self._there(told) if call.ack else told()

    def _answer(self, call: Call) -> str:
        return self._there(lambda: call.words)

    def _there(self, told: Callable[[], str]) -> str:
        return self._desk.process.until(told, lambda: "There is no answer")

    # --- what people see -------------------------------------------------------------------------------------

    def card(self, number: int, *words: str) -> str:
        card = self._desk.shows(number, *words)
        return "\n".join([card.words, *card.buttons])

    def copies(self, number: int) -> int:
        return len([one for one in self._slack.messages(DESK) if one.buttons and f"#{number} " in f"{one.words} "])

    def letter(self, number: int, words: str) -> str:
        return self._desk.hears(number, "Letter to", words).words

    def alert(self, words: str) -> str:
        return self._desk.says_in(ALERTS, words).words

    def alerts(self, number: int) -> int:
        return len([one for one in self._slack.messages(ALERTS) if f"#{number} " in f"{one.words} "])

    def told(self, who: str, words: str) -> str:
        return self._desk.tells(account_of(who), words).words

    # --- what happens ----------------------------------------------------------------------------------------

    def passes(self, **span: float) -> None:
        self._desk.passes(**span)

    def is_killed(self) -> None:
        self._desk.process.killed()

    def starts(self) -> None:
        self._desk.process.starts()

    def goes(self) -> None:
        self._slack.down()
        self._desk.process.until(lambda: "not well" in self._desk.process.said, lambda: "The desk does not notice", 30)

    def returns(self) -> None:
        self._slack.up()
        self._desk.process.until(lambda: self._slack.sockets, lambda: "The desk does not come back", 60)

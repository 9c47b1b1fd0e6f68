"""Nights on call in Slack."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.adapters.phone.night import Night
from tests.doubles.slack import Message, Workspace
from tests.doubles.slack.desk import ALERTS, DESK
from tests.doubles.slack.fixtures import account_of
from tests.journeys.nights.voice import flat, has


class SlackNight:
    """The town's people and its engineers in a workspace."""

    def __init__(self, desk: Night, slack: Workspace) -> None:
        self.desk = desk
        self._slack = slack

    def says(self, who: str, line: str) -> str:
        word, _, rest = line.partition(" ")
        call = self._slack.command(account_of(who), DESK, word, rest)
        return flat(self._slack.until(lambda: call.words))

    def message(self, who: str, *words: str) -> str:
        return flat(_read(self._message(who, *words)))

    def _message(self, who: str, *words: str) -> Message:
        self.desk.settles()
        direct = self._slack.direct(account_of(who))
        found = _saying(direct, words)
        assert found, f"Nothing to {who} says {words}, but:\n" + "\n".join(map(_read, direct))
        return found[-1]

    def presses(self, who: str, label: str, *words: str) -> str:
        return self.about_to_press(who, label, *words)()

    def about_to_press(self, who: str, label: str, *words: str) -> Callable[[], str]:
        message = self._message(who, label, *words)
        return lambda: self._press(who, message, label)

    def alerts(self, *words: str) -> list[str]:
        return [flat(_read(one)) for one in self._alerts(*words)]

    def _alerts(self, *words: str) -> list[Message]:
        self.desk.settles()
        return _saying(self._slack.messages(ALERTS), words)

    def presses_alert(self, who: str, label: str, *words: str) -> str:
        return self._press(who, self._alerts(label, *words)[-1], label)

    def _press(self, who: str, message: Message, label: str) -> str:
        call = self._slack.press(account_of(who), message, label)
        return flat(self._slack.until(lambda: call.words))


def _read(message: Message) -> str:
    return "\n".join([message.words, *message.buttons])


def _saying(messages: Sequence[Message], words: Sequence[str]) -> list[Message]:
    return [one for one in messages if has(_read(one), words)]

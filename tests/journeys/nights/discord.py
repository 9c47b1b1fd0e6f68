"""Nights on call in Discord."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adapters.discord.drawing.payloads import MORE
from commands import catalogue
from tests.adapters.phone.night import Night
from tests.doubles.discord import Call, Guild, Message
from tests.doubles.discord.desk import read
from tests.doubles.discord.fixtures import ALERTS, DESK, account_of
from tests.journeys.nights.voice import flat, has
from tests.journeys.voices.discord import slash_of


class DiscordNight:
    """The town's people and its engineers in a server."""

    def __init__(self, desk: Night, discord: Guild) -> None:
        self.desk = desk
        self._discord = discord
        self._catalogue = catalogue.build()

    def says(self, who: str, line: str) -> str:
        words, options = slash_of(line, self._catalogue)
        return self._answer(self._discord.slash(account_of(who), DESK, self._offered(words), options))

    def _offered(self, words: str) -> str:
        """What somebody chooses from: a large group keeps the rest behind "more"."""
        group, _, name = words.partition(" ")
        found = next(one for one in self._discord.commands if one["name"] == group)
        shown = {one["name"] for one in found.get("options", ())}
        return words if name in shown or MORE not in shown else f"{group} {MORE} {name}"

    def message(self, who: str, *words: str) -> str:
        return flat(read(self._message(who, *words)))

    def _message(self, who: str, *words: str) -> Message:
        self.desk.settles()
        direct = self._discord.direct(account_of(who))
        found = _saying(direct, words)
        assert found, f"Nothing to {who} says {words}, but:\n" + "\n".join(map(read, direct))
        return found[-1]

    def presses(self, who: str, label: str, *words: str) -> str:
        return self.about_to_press(who, label, *words)()

    def about_to_press(self, who: str, label: str, *words: str) -> Callable[[], str]:
        message = self._message(who, label, *words)
        return lambda: self._answer(self._discord.press(account_of(who), message, label))

    def alerts(self, *words: str) -> list[str]:
        return [flat(read(one)) for one in self._alerts(*words)]

    def _alerts(self, *words: str) -> list[Message]:
        self.desk.settles()
        return _saying(self._discord.messages(ALERTS), words)

    def presses_alert(self, who: str, label: str, *words: str) -> str:
        return self._answer(self._discord.press(account_of(who), self._alerts(label, *words)[-1], label))

    def _answer(self, call: Call) -> str:
        return flat(self._discord.until(lambda: "\n".join(read(one) for one in call.answers)))


def _saying(messages: Sequence[Message], words: Sequence[str]) -> list[Message]:
    return [one for one in messages if has(read(one), words)]

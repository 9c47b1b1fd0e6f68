"""The stories told in Discord: a line that somebody would type is a command with its options here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from commands import catalogue, parsing
from commands.spec import Command, Takes
from tests.doubles.discord import Call, Guild, Message
from tests.doubles.discord.desk import DiscordDesk, read
from tests.doubles.discord.fixtures import ALERTS, DESK, account_of
from tests.doubles.premises import Premises


def slash_of(line: str, catalogue: Mapping[str, Command], about: int | None = None) -> tuple[str, dict[str, Any]]:
    """The slash command that somebody would choose and fill in who means this line: its words and options. `about` is
    the ticket in whose thread they are."""
    command, rest = parsing.find_command(line, catalogue)
    values = parsing.read(command, rest, in_ticket=about)
    if about is not None:
        del values["ticket"]
    given: dict[str, Any] = {param.name: values[param.name] for param in command.params if param.name in values}
    flags = {param.name: True for param in command.params if param.takes is Takes.FLAG and param.name in given}
    return command.words, {**given, **flags}


class DiscordVoice:
    """The town's people in a server."""

    def __init__(self, desk: DiscordDesk) -> None:
        self._desk = desk
        self._discord: Guild = desk.discord
        self._catalogue = catalogue.build()
        self._refused: dict[str, Message] = {}

    @property
    def premises(self) -> Premises:
        return self._desk.process

    # --- what people do --------------------------------------------------------------------------------------

    def says(self, who: str, line: str, *, about: int | None = None) -> str:
        where = DESK if about is None else self._desk.thread(about)
        spoken = line if line.startswith("/") else f"/ticket {line}"
        return self._answer(self._slash(who, where, spoken, about))

    def _slash(self, who: str, where: int, line: str, about: int | None = None) -> Call:
        words, options = slash_of(line, self._catalogue, about)
        return self._discord.slash(account_of(who), where, words, options)

    def at_once(self, who: str, other: str, line: str) -> list[str]:
        with ThreadPoolExecutor(2) as people:
            return [self._answer(one) for one in people.map(lambda one: self._slash(one, DESK, line), (who, other))]

    def writes(self, who: str, number: int, text: str) -> None:
        self._discord.says(account_of(who), self._desk.thread(number), text)

    def presses(self, who: str, number: int, label: str) -> str:
        return self._answer(self._desk.press(account_of(who), self._desk.shows(number, label), label))

    def presses_alert(self, who: str, words: str, label: str) -> str:
        return self._answer(self._desk.press(account_of(who), self._desk.says_in(ALERTS, words), label))

    def fills(self, who: str, number: int, label: str, fields: Mapping[str, str]) -> str:
        return self._send(who, self._desk.press(account_of(who), self._desk.shows(number, label), label), fields)

    def corrects(self, who: str, fields: Mapping[str, str]) -> str:
        """No form can follow a form here: the refusal has a button that opens it anew, filled in."""
        return self._send(who, self._desk.press(account_of(who), self._refused[who], "Fill in again"), fields)

    def _send(self, who: str, opened: Call, fields: Mapping[str, str]) -> str:
        call = self._discord.submits(account_of(who), opened, fields)
        said = self._answer(call)
        self._refused[who] = call.answers[-1]
        return said

    def _answer(self, call: Call) -> str:
        return self._there(lambda: "\n".join(read(one) for one in call.answers))

    def _there(self, told: Callable[[], str]) -> str:
        return self._desk.process.until(told, lambda: "There is no answer")

    # --- what people see -------------------------------------------------------------------------------------

    def card(self, number: int, *words: str) -> str:
        return read(self._desk.shows(number, *words))

    def copies(self, number: int) -> int:
        return self._count(DESK, number)

    def letter(self, number: int, words: str) -> str:
        return read(self._desk.hears(number, "Letter to", words))

    def alert(self, words: str) -> str:
        return read(self._desk.says_in(ALERTS, words))

    def alerts(self, number: int) -> int:
        return self._count(ALERTS, number)

    def _count(self, channel: int, number: int) -> int:
        return sum(f"#{number} " in f"{one.text} " for one in self._discord.messages(channel))

    def told(self, who: str, words: str) -> str:
        return read(self._desk.tells(account_of(who), words))

    # --- what happens ----------------------------------------------------------------------------------------

    def passes(self, **span: float) -> None:
        self._desk.passes(**span)

    def is_killed(self) -> None:
        self._desk.process.killed()

    def starts(self) -> None:
        self._desk.process.starts()

    def goes(self) -> None:
        self._discord.down()
        self._desk.process.until(lambda: "not well" in self._desk.process.said, lambda: "The desk does not notice", 30)

    def returns(self) -> None:
        self._discord.up()
        self._desk.process.until(lambda: self._discord.connections, lambda: "The desk does not come back", 60)

"""Nights on call at a terminal, typed to and read as a person would."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition
from typing import TypeVar

from adapters.console.channel import ConsoleChannel
from adapters.console.conversation import converse
from adapters.console.screen import Screen
from bot.ports import Channel, WallClock
from tests.adapters.phone.night import Night
from tests.journeys.nights.voice import flat, has
from tests.journeys.voices.typist import FRAME, Typist

T = TypeVar("T")
WIDTH = 200
PATIENCE = 60.0
BEGINS = re.compile(r"#\w|[→☎✉] |\w+> |You are ")
"""What the first line of an answer, a message or somebody's turn looks like."""


class Paper(io.StringIO):
    """What the terminal shows, for somebody who waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.news = Condition()

    def write(self, text: str, /) -> int:
        with self.news:
            written = super().write(text)
            self.news.notify_all()
        return written

    def so_far(self) -> list[str]:
        with self.news:
            return self.getvalue().split("\n")[:-1]


class Keyboard:
    """A conversation with a desk in this process, through a pipe. `sits` makes the desk's channel."""

    def __init__(self) -> None:
        self._paper = Paper()
        self._channel: ConsoleChannel | None = None
        self._talk: Future[int] | None = None

    def sits(self, clock: WallClock) -> Channel:
        self._channel = ConsoleChannel(Screen(self._paper, clock, environ={}, width=WIDTH))
        return self._channel

    def begins(self, desk: Night) -> None:
        assert self._channel is not None
        reads, self._writes = os.pipe()
        self._stdin = os.fdopen(reads, encoding="utf-8")

        async def rounds() -> None:
            await desk.runtime.tick()

        talk = converse(
            desk.house.desk, self._channel, stdin=self._stdin, stderr=sys.stderr, deliver_now=rounds, account="zoe"
        )
        self._talk = desk.thread.begins(talk)

    def ends(self) -> None:
        os.close(self._writes)
        if self._talk is not None:
            self._talk.result(PATIENCE)
            self._stdin.close()

    def types(self, lines: Sequence[str]) -> None:
        os.write(self._writes, "".join(f"{line}\n" for line in lines).encode())

    def shows(self, so: Callable[[list[str]], T | None], otherwise: str) -> T:
        with self._paper.news:
            self._paper.news.wait_for(lambda: so(self.lines), PATIENCE)
            found = so(self.lines)
            assert found, "\n".join([otherwise, *self.lines[-60:]])
            return found

    @property
    def lines(self) -> list[str]:
        return self._paper.so_far()


class TerminalNight(Typist):
    """The people of the desk sit down at one terminal by turns; it shows each of them what is for them."""

    _process: Keyboard

    def __init__(self, desk: Night, keyboard: Keyboard) -> None:
        super().__init__()
        self.desk = desk
        self._process = keyboard

    def says(self, who: str, line: str) -> str:
        return flat(self.types(who, line))

    def message(self, who: str, *words: str) -> str:
        return flat(self._message(who, *words))

    def _message(self, who: str, *words: str) -> str:
        self.desk.settles()
        told = self._saying(f"→ {who.capitalize()} (", words)
        assert told, "\n".join([f"Nothing to {who} says {words}, but:", *self.everything()])
        return told[-1]

    def told_at(self, heading: str) -> list[str]:
        """All that was shown at a place, to where something else begins."""
        lines, found = self.everything(), []
        for at in [at for at, line in enumerate(lines) if line.startswith(heading)]:
            end = next((n for n in range(at + 1, len(lines)) if BEGINS.match(lines[n])), len(lines))
            found.append("\n".join(lines[at:end]).translate(FRAME))
        return found

    def _saying(self, heading: str, words: Sequence[str]) -> list[str]:
        return [one for one in self.told_at(heading) if has(one, words)]

    def presses(self, who: str, label: str, *words: str) -> str:
        return self.about_to_press(who, label, *words)()

    def about_to_press(self, who: str, label: str, *words: str) -> Callable[[], str]:
        number = self.button(self._message(who, label, *words), label)
        return lambda: self.says(who, number)

    def alerts(self, *words: str) -> list[str]:
        return [flat(one) for one in self._alerts(*words)]

    def _alerts(self, *words: str) -> list[str]:
        self.desk.settles()
        return self._saying("#alerts", words)

    def presses_alert(self, who: str, label: str, *words: str) -> str:
        return self.says(who, self.button(self._alerts(label, *words)[-1], label))

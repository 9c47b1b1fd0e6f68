"""Typing at a terminal and reading what it shows, for the stories that are told there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

FRAME = str.maketrans("", "", "┌│└")
BUTTON = re.compile(r"\[(\d+)\] (.+?)(?=\s{2,}\[|$)")
ASKS = re.compile(r"asks for (?:(one) field|(\d+) fields)")

T = TypeVar("T")


class Typed(Protocol):
    """A desk that is typed to, and what it has written."""

    def types(self, lines: Sequence[str]) -> None: ...

    def shows(self, so: Callable[[list[str]], T | None], otherwise: str) -> T: ...

    @property
    def lines(self) -> list[str]: ...


class Typist:
    """Lines typed into a terminal. Each is followed by "/as", whose echo tells that the line is done with."""

    _process: Typed

    def __init__(self) -> None:
        self.earlier: list[str] = []

    def types(self, who: str, line: str) -> str:
        """Somebody sits down and types a line; what was shown then."""
        return self.typed([f"/as {who}", line])

    def typed(self, lines: list[str]) -> str:
        """Type them and wait until they are done with; what was shown meanwhile, without its frames."""
        start = len(self._process.lines)
        ends = sum(line.startswith("/as ") for line in lines) + 1
        self._process.types([*lines, "/as zoe"])

        def done(shown: list[str]) -> int | None:
            echoes = [at for at in range(start, len(shown)) if "> /as " in shown[at]]
            return echoes[ends - 1] if len(echoes) >= ends else None

        end = self._process.shows(done, f"{lines} have no answer")
        return "\n".join(self._process.lines[start:end]).translate(FRAME)

    def button(self, shown: str, label: str) -> str:
        numbers = {name.strip(): str(number) for line in shown.splitlines() for number, name in BUTTON.findall(line)}
        assert label in numbers, f"There is no “{label}” in:\n{shown}"
        return numbers[label]

    def news(self, heading: str, *words: str) -> str:
        """What was shown below such a heading with all of these words, the latest first."""
        found = [one for one in self.told_at(heading) if all(word in one for word in words)]
        assert found, "\n".join([f"{heading} does not say {words}, but:", *self.everything()])
        return found[-1]

    def told_at(self, heading: str) -> list[str]:
        """All that was shown at a place: what follows on its line, and the frame below it."""
        lines, found = self.everything(), []
        for at in [at for at, line in enumerate(lines) if line.startswith(heading)]:
            end = next((n for n in range(at + 1, len(lines)) if not lines[n].startswith((*"┌│└", "  "))), len(lines))
            found.append("\n".join(lines[at:end]).translate(FRAME))
        return found

    def everything(self) -> list[str]:
        return [*self.earlier, *self._process.lines]

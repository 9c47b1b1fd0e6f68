"""The stories told at a terminal: one desk, at which the town's people sit down by turns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.doubles.desk_process import DeskProcess
from tests.doubles.premises import Premises

_FRAME = str.maketrans("", "", "┌│└")
_BUTTON = re.compile(r"\[(\d+)\] (.+?)(?=\s{2,}\[|$)")
_ASKS = re.compile(r"asks for (?:(one) field|(\d+) fields)")


class TerminalVoice:
    """Lines typed into `thirdline run`. Each is followed by "/as", whose echo tells that the line is done with."""

    def __init__(self, premises: Premises) -> None:
        self.premises = premises
        self._earlier: list[str] = []
        self._form: tuple[str, int, str, dict[str, str]] | None = None
        self.starts()

    # --- what people do --------------------------------------------------------------------------------------

    def says(self, who: str, line: str, *, about: int | None = None) -> str:
        if about is None:
            return self._typed([f"/as {who}", line])
        return self._in_thread(who, about, f"/ticket {line}")

    def _in_thread(self, who: str, number: int, line: str) -> str:
        return self._typed([f"/as {who}", f"/in {number}", line, "/out"])

    def at_once(self, who: str, other: str, line: str) -> list[str]:
        """As near as it comes: both lines are there before the first is read."""
        both = self._typed([f"/as {who}", line, f"/as {other}", line])
        first, _, second = both.partition(f"> /as {other}")
        return [first, second]

    def writes(self, who: str, number: int, text: str) -> None:
        self._in_thread(who, number, text)

    def presses(self, who: str, number: int, label: str) -> str:
        return self.says(who, self._button(self.says(who, f"/ticket show {number}"), label))

    def presses_alert(self, who: str, words: str, label: str) -> str:
        return self.says(who, self._button(self.alert(words), label))

    def fills(self, who: str, number: int, label: str, fields: Mapping[str, str]) -> str:
        self._form = (who, number, label, dict(fields))
        button = self._button(self.says(who, f"/ticket show {number}"), label)
        start = len(self._process.lines)
        self._process.types([f"/as {who}", button])
        asks = self._process.shows(lambda lines: _ASKS.search("\n".join(lines[start:])), f"{label} opens no form")
        count = int(asks[2] or 1)
        return self._typed([*fields.values(), *[""] * (count - len(fields))])

    def corrects(self, who: str, fields: Mapping[str, str]) -> str:
        """A script is not asked again: it is told what it had typed, to be typed once more."""
        assert self._form is not None
        filled_by, number, label, typed = self._form
        assert filled_by == who
        return self.fills(who, number, label, {**typed, **fields})

    # --- what people see -------------------------------------------------------------------------------------

    def card(self, number: int, *words: str) -> str:
        shown = self.says("zoe", f"/ticket show {number}")
        assert all(one in shown for one in words), shown
        return shown

    def copies(self, number: int) -> int:
        return sum(f"card of #{number} is posted" in line for line in self._all())

    def letter(self, number: int, words: str) -> str:
        return self._news("✉ letter to ", f"[#{number}]", words)

    def alert(self, words: str) -> str:
        return self._news("#alerts", words)

    def alerts(self, number: int) -> int:
        return sum(f"#{number} " in one for one in self._told("#alerts"))

    def told(self, who: str, words: str) -> str:
        return self._news(f"→ {who.capitalize()} (direct message)", words)

    # --- what happens ----------------------------------------------------------------------------------------

    def passes(self, **span: float) -> None:
        self.premises.passes(**span)
        self.says("zoe", "/time")

    def is_killed(self) -> None:
        self._process.kill()
        self._earlier += self._process.lines

    def starts(self) -> None:
        where: tuple[Path, Path] = (self.premises.folder, self.premises.clock_file)
        self._process = DeskProcess(*where, module="tests.doubles.typed")

    def goes(self) -> None:
        """Whoever sat there has left, and the desk with them."""
        self.ends()
        self._earlier += self._process.lines

    def returns(self) -> None:
        self.starts()

    def ends(self) -> None:
        """The end of what is typed."""
        self._process.end()

    # --- within ----------------------------------------------------------------------------------------------

    def _typed(self, lines: list[str]) -> str:
        """Type them and wait until they are done with; what was shown meanwhile, without its frames."""
        start = len(self._process.lines)
        ends = sum(line.startswith("/as ") for line in lines) + 1
        self._process.types([*lines, "/as zoe"])

        def done(shown: list[str]) -> int | None:
            echoes = [at for at in range(start, len(shown)) if "> /as " in shown[at]]
            return echoes[ends - 1] if len(echoes) >= ends else None

        end = self._process.shows(done, f"{lines} have no answer")
        return "\n".join(self._process.lines[start:end]).translate(_FRAME)

    def _button(self, shown: str, label: str) -> str:
        numbers = {name.strip(): str(number) for line in shown.splitlines() for number, name in _BUTTON.findall(line)}
        assert label in numbers, f"There is no “{label}” in:\n{shown}"
        return numbers[label]

    def _news(self, heading: str, *words: str) -> str:
        """What was shown below such a heading with all of these words, the latest first."""
        found = [one for one in self._told(heading) if all(word in one for word in words)]
        assert found, "\n".join([f"{heading} does not say {words}, but:", *self._all()])
        return found[-1]

    def _told(self, heading: str) -> list[str]:
        """All that was shown at a place: what follows on its line, and the frame below it."""
        lines, found = self._all(), []
        for at in [at for at, line in enumerate(lines) if line.startswith(heading)]:
            end = next((n for n in range(at + 1, len(lines)) if not lines[n].startswith((*"┌│└", "  "))), len(lines))
            found.append("\n".join(lines[at:end]).translate(_FRAME))
        return found

    def _all(self) -> list[str]:
        return [*self._earlier, *self._process.lines]

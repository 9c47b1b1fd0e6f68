"""The stories told at a terminal: one desk, at which the town's people sit down by turns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.doubles.desk_process import DeskProcess
from tests.doubles.premises import Premises
from tests.journeys.voices.typist import ASKS, Typist


class TerminalVoice(Typist):
    """Lines typed into `thirdline run`."""

    _process: DeskProcess

    def __init__(self, premises: Premises) -> None:
        self.premises = premises
        super().__init__()
        self._form: tuple[str, int, str, dict[str, str]] | None = None
        self.starts()

    # --- what people do --------------------------------------------------------------------------------------

    def says(self, who: str, line: str, *, about: int | None = None) -> str:
        if about is None:
            return self.types(who, line)
        return self._in_thread(who, about, f"/ticket {line}")

    def _in_thread(self, who: str, number: int, line: str) -> str:
        return self.typed([f"/as {who}", f"/in {number}", line, "/out"])

    def at_once(self, who: str, other: str, line: str) -> list[str]:
        """As near as it comes: both lines are there before the first is read."""
        both = self.typed([f"/as {who}", line, f"/as {other}", line])
        first, _, second = both.partition(f"> /as {other}")
        return [first, second]

    def writes(self, who: str, number: int, text: str) -> None:
        self._in_thread(who, number, text)

    def presses(self, who: str, number: int, label: str) -> str:
        return self.says(who, self.button(self.says(who, f"/ticket show {number}"), label))

    def presses_alert(self, who: str, words: str, label: str) -> str:
        return self.says(who, self.button(self.alert(words), label))

    def fills(self, who: str, number: int, label: str, fields: Mapping[str, str]) -> str:
        self._form = (who, number, label, dict(fields))
        button = self.button(self.says(who, f"/ticket show {number}"), label)
        start = len(self._process.lines)
        self._process.types([f"/as {who}", button])
        asks = self._process.shows(lambda lines: ASKS.search("\n".join(lines[start:])), f"{label} opens no form")
        count = int(asks[2] or 1)
        return self.typed([*fields.values(), *[""] * (count - len(fields))])

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
        return sum(f"card of #{number} is posted" in line for line in self.everything())

    def letter(self, number: int, words: str) -> str:
        return self.news("✉ letter to ", f"[#{number}]", words)

    def alert(self, words: str) -> str:
        return self.news("#alerts", words)

    def alerts(self, number: int) -> int:
        return sum(f"#{number} " in one for one in self.told_at("#alerts"))

    def told(self, who: str, words: str) -> str:
        return self.news(f"→ {who.capitalize()} (direct message)", words)

    # --- what happens ----------------------------------------------------------------------------------------

    def passes(self, **span: float) -> None:
        self.premises.passes(**span)
        self.says("zoe", "/time")

    def is_killed(self) -> None:
        self._process.kill()
        self.earlier += self._process.lines

    def starts(self) -> None:
        where: tuple[Path, Path] = (self.premises.folder, self.premises.clock_file)
        self._process = DeskProcess(*where, module="tests.doubles.typed")

    def goes(self) -> None:
        """Whoever sat there has left, and the desk with them."""
        self.ends()
        self.earlier += self._process.lines

    def returns(self) -> None:
        self.starts()

    def ends(self) -> None:
        """The end of what is typed."""
        self._process.end()

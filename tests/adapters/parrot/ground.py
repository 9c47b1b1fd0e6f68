"""The parrot's side of the contract."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.adapters.parrot.cage import AWAY, BUSY, HERE, LOSES, TOKEN, Cage

GOOD, WRONG = "nuts", "stones"


class Ground:
    """A cage of its own."""

    def __init__(self) -> None:
        self._cage = Cage(Path(tempfile.mkdtemp()))

    def __enter__(self) -> Self:
        self._cage.flag(f"{TOKEN}-{GOOD}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._cage.folder)

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"adapter": "tests.adapters.parrot", "cage": str(self._cage.folder), "token": GOOD}

    @property
    def wrong(self) -> Mapping[str, Any]:
        return {"token": WRONG}

    def account(self, who: str) -> str:
        return f"polly-{who}"

    def desk(self) -> Sequence[str]:
        return [one["words"] for one in self._cage.messages("desk").values() if not one["below"]]

    def below(self) -> Sequence[str]:
        return [one["words"] for one in self._cage.messages("desk").values() if one["below"]]

    def alerts(self) -> Sequence[str]:
        return [one["words"] for one in self._cage.messages("alerts").values()]

    def direct(self, who: str) -> Sequence[str]:
        return [one["words"] for one in self._cage.messages(f"to-{self.account(who)}").values()]

    def connected(self) -> bool:
        return self._cage.has(HERE)

    def says(self, who: str, line: str) -> str:
        account = self.account(who)
        self._cage.flag(f"says-{account}", line)
        heard = self._cage.folder / f"hears-{account}"
        while not (heard.exists() and (answer := heard.read_text())):  # A file is there before its words are.
            time.sleep(0.01)
        heard.unlink()
        return answer

    def loses_the_answer(self) -> None:
        self._cage.flag(LOSES)

    def asks_for_patience(self, seconds: float) -> None:
        self._cage.flag(BUSY, str(seconds))

    def goes(self) -> None:
        self._cage.flag(AWAY)

    def returns(self) -> None:
        self._cage.forget(AWAY)

    def passes(self, seconds: float) -> None:
        """A parrot forgets nothing."""

"""Troubles that a test orders: which of the next calls fail, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.doubles.slack.seen import Json


@dataclass(slots=True)
class Trouble:
    """What happens to the next `times` calls of a method ("*" for any) that `when` is true of."""

    method: str
    times: int = 1
    error: str = ""
    status: int = 0
    rate_limit: int = 0
    lost_before: bool = False
    lost_after: bool = False
    delay: float = 0.0
    when: Callable[[Json], bool] = lambda arguments: True


@dataclass(slots=True)
class Troubles:
    """The troubles in force; `down` means that nothing is answered at all."""

    ordered: list[Trouble] = field(default_factory=list)
    down: bool = False

    def next(self, method: str, arguments: Json) -> Trouble | None:
        """The trouble of this call; each is used up."""
        for trouble in self.ordered:
            if trouble.method in (method, "*") and trouble.times > 0 and trouble.when(arguments):
                trouble.times -= 1
                return trouble
        return None

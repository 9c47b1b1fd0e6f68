"""Troubles that a test orders: which of the next requests fail, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(slots=True)
class Trouble:
    """What happens to the next `times` requests whose "METHOD /path" fits the pattern ("*" stands for anything).

    `rate_limit` and `slow` are seconds; `lost_before` drops the connection before anything is done, `lost_after` when
    all is done and only the answer is missing.
    """

    pattern: str
    times: int = 1
    status: int = 0
    code: int = 0
    rate_limit: float = 0.0
    everywhere: bool = False
    lost_before: bool = False
    lost_after: bool = False
    slow: float = 0.0


@dataclass(slots=True)
class Limit:
    """At most `count` requests in `window` seconds for each channel or webhook of the requests that fit."""

    pattern: str
    count: int
    window: float
    seen: dict[str, list[float]] = field(default_factory=dict)


@dataclass(slots=True)
class Troubles:
    """The troubles in force; `down` means that nothing is answered at all."""

    ordered: list[Trouble] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    down: bool = False

    def next(self, request: str) -> Trouble | None:
        """The trouble of this request; each is used up."""
        for trouble in self.ordered:
            if trouble.times > 0 and fnmatchcase(request, trouble.pattern):
                trouble.times -= 1
                return trouble
        return None

    def limit_of(self, request: str) -> Limit | None:
        return next((limit for limit in self.limits if fnmatchcase(request, limit.pattern)), None)

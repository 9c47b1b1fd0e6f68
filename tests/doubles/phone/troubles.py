"""Troubles of the API that a test orders: which of the next requests fail, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Failure = int | Literal["timeout_before", "timeout_after", "dropped_before", "dropped_after", "refused"]


@dataclass(slots=True)
class Trouble:
    """What happens to the next `times` requests of an operation: "Calls" or "Messages" for those that create,
    "calls_list" and so on for the others, "*" for any.

    `status` is an HTTP status with `code`, or: the request is never answered, before or after it was done (timeout);
    the connection breaks instead of an answer (dropped), or at once (refused). `until` answers late: when the call is
    ringing, in-progress or over.
    """

    operation: str
    status: Failure = 0
    times: int = 1
    code: int = 0
    retry_after: int | None = None
    until: str = ""
    to: str = ""


@dataclass(slots=True)
class Troubles:
    ordered: list[Trouble] = field(default_factory=list)
    refusals: dict[str, tuple[int, int]] = field(default_factory=dict)

    def next(self, operation: str, to: str) -> Trouble | None:
        """The trouble of this request; each is used up."""
        names = {operation, "*", {"calls_create": "Calls", "messages_create": "Messages"}.get(operation, operation)}
        for trouble in self.ordered:
            if trouble.operation in names and trouble.times != 0 and trouble.to in ("", to):
                trouble.times -= 1
                return trouble
        return None

"""Names: what a platform must know of our people and place to mention the one and tell the time at the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """`accounts` maps a staff id to the platform's own id of that person; `team` is its id of the group that is “the
    team”, or its word for everybody ("here", "channel", "everyone"), or "" (nobody is notified); `zone` is the desk's,
    for texts that cannot tell each reader their own time."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    team: str = ""
    zone: str = "UTC"

"""Names: what Slack needs to know of our people and our place to mention the one and tell the time at the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """`accounts` maps a staff id to a Slack user id; `team` is a user group's id ("S0123ABC"), "here", "channel" or ""
    (nobody is notified); `zone` is the desk's, for texts that cannot tell each reader their own time."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    team: str = ""
    zone: str = "UTC"

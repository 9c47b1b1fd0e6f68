"""Staff: who they are, which accounts are theirs on which platform, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.domain.errors import BadValue


class Role(IntEnum):
    """What somebody may do; each role includes the ones before it."""

    NOBODY = 0
    VIEWER = 1
    STAFF = 2
    LEAD = 3
    ADMIN = 4

    @property
    def title(self) -> str:
        return self.name.lower()

    @classmethod
    def named(cls, name: str) -> Role:
        """The role of that name. Raises BadValue, naming the roles there are."""
        for role in cls:
            if role is not cls.NOBODY and role.title == name.strip().casefold():
                return role
        raise BadValue(f"There is no role “{name}”.", "The roles are viewer, staff, lead and admin.")


@dataclass(frozen=True, slots=True)
class Staff:
    """One person of the desk. `id` is the short name people type; `accounts` maps a platform to its own id.

    `managed_by` names the platform whose groups say what this person may do; empty for those kept by hand.
    """

    id: str
    name: str
    role: Role = Role.STAFF
    accounts: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    away_since: datetime | None = None
    away_until: datetime | None = None
    managed_by: str = ""

    def is_away(self, now: datetime) -> bool:
        """Away people are neither assigned nor mentioned, and no more is anybody who has left the desk."""
        away = self.away_since is not None and (self.away_until is None or now < self.away_until)
        return self.has_left or away

    @property
    def has_left(self) -> bool:
        """Whether they were at the desk once and may not even look now; history keeps their name."""
        return self.role is Role.NOBODY

"""The roles as people type them, so that forms and completion offer them."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.people import Role
from bot.ports import UnitOfWork

NO_ADMIN = "This desk has no admin yet: thirdline run --as NAME, on its own machine, makes NAME one."


class RoleName(StrEnum):
    """What somebody may do; each role includes the ones before it. "none" is for those who have left the desk."""

    NONE = "none"
    VIEWER = "viewer"
    STAFF = "staff"
    LEAD = "lead"
    ADMIN = "admin"

    @property
    def role(self) -> Role:
        return Role.NOBODY if self is RoleName.NONE else Role.named(self.value)


def has_admin(work: UnitOfWork) -> bool:
    """Whether there is anybody who may change what people may do."""
    return any(one.role is Role.ADMIN for one in work.people.all())

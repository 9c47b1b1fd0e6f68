"""/policy: the page a customer would read."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.people import Role
from bot.domain.policy import SupportLevel
from bot.policy.page import level_page, policy_page
from bot.ports import UnitOfWork
from commands.record import today
from commands.spec import Caller, command


@command(
    "policy",
    role=Role.VIEWER,
    writes=False,
    level="One level only",
    examples=("policy", "policy III"),
)
def policy_show(caller: Caller, work: UnitOfWork, *, level: SupportLevel | None = None) -> Card:
    """Show what the desk promises, as a customer would read it."""
    promises = work.promises
    if level is not None:
        return level_page(promises.policy, level)
    since = today(work, caller.now)
    off = promises.hours.hours.closed
    return policy_page(promises.policy, [(day, name) for day, name in off.items() if day >= since])

"""The promises, made once for each policy and calendar and not once for each command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.sla import Promises
from bot.ports import FrozenHolidays
from storage.memory import SqlMemory

PromisesFrom = Callable[[str, Sequence[FrozenHolidays], int], Promises]
Stamp = tuple[int | None, int | None]


class PromisesCache:
    """Holds the promises of the newest stamp seen. Thread-safe: at worst two threads make the same value."""

    def __init__(self, make: PromisesFrom) -> None:
        self._make = make
        self._made: tuple[Stamp, Promises] | None = None

    def of(self, memory: SqlMemory) -> Promises:
        """The promises as this transaction sees them; made anew when the policy or the holidays have changed."""
        stamp = memory.stamp()
        made = self._made
        if made is not None and made[0] == stamp:
            return made[1]
        policy = memory.policy()
        if policy is None:
            raise RuntimeError("No support policy is stored yet: call memory.set_policy first.")
        version, text = policy
        promises = self._make(text, memory.holidays(), version)
        if not memory.changed:
            # What this transaction itself has changed may yet be undone, and its version be given to another policy.
            self._made = (stamp, promises)
        return promises
